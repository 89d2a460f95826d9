"""The proof of the tests: break a guard or a rule in a scratch copy of the project, and see whether a test goes red.

What is broken stands in the table below: a place of which a change was once not noticed, or of which it would cost a
figure or somebody's trust. Of the few modules whose tests take a breath (`tool.mutmut` in `pyproject.toml`) mutmut
changes every line besides; elsewhere each of thousands of changes would cost seconds of tests, and the table names what
matters. It is a report: `tests/unit/test_mutants.py` holds both against the code.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.paths import ROOT

PARTS = (
    *("orchestration", "dbt_project", "seeds", "expectations", "tests", "target"),
    *("dbt_project.yml", "profiles.yml", "pyproject.toml", "README.md"),
)
MODELS = "dbt_project/models/intermediate"
TOOL = ROOT / ".venv-mutants" / "bin" / "mutmut"
UNIT_TESTS = """
import sys
from orchestration.paths import PROJECT
from orchestration.transformation import TransformationError, run_dbt
try:
    run_dbt(PROJECT, ["test", "--select", sys.argv[1] + ",test_type:unit"])
except TransformationError as error:
    sys.exit(str(error))
"""


@dataclass(frozen=True)
class Mutant:
    """One thing that is broken.

    Args:
        file: Where it stands, from the root of the project.
        was: The text that goes; it occurs once.
        becomes: What takes its place.
        tests: The files that should notice, below `tests`; none for a model, of which dbt's unit tests should.
    """

    file: str
    was: str
    becomes: str
    tests: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        """What goes red where the change is noticed."""
        if self.tests:
            files = [f"tests/{test}" for test in self.tests]
            return [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *files]
        return [sys.executable, "-c", UNIT_TESTS, Path(self.file).stem]

    def __str__(self) -> str:
        """The change in one line."""
        was, becomes = (" ".join(text.split())[:50] for text in (self.was, self.becomes))
        return f"{self.file}: {was!r} -> {becomes!r}"


MUTANTS = (
    Mutant("orchestration/building.py", "if faults.is_of_the_disk(error):", "if False:", ("unit/test_trial.py",)),
    Mutant(
        "orchestration/rekeying.py",
        """    con.execute(f'checkpoint wissel; checkpoint "{fresh}"')\n""",
        "",
        ("unit/test_no_room.py",),
    ),
    Mutant(
        "orchestration/ledger.py",
        "if is_held(error) or faults.is_of_the_disk(error):",
        "if is_held(error):",
        ("unit/test_read_only.py",),
    ),
    Mutant(
        "orchestration/journal.py",
        'size and os.pread(file, 1, size - 1) != b"\\n"',
        "False",
        ("unit/test_no_room.py",),
    ),
    Mutant("orchestration/novelty.py", "if moment >= last.ended - SUMMER_TIME:", "if True:", ("unit/test_novelty.py",)),
    Mutant(
        "orchestration/assets.py",
        "if turn.refused is not None:",
        "if False:",
        ("integration/test_journal_of_runs.py",),
    ),
    Mutant(
        "orchestration/release/__init__.py",
        "            _report_on(paths, earlier[-1])\n",
        "",
        ("unit/test_release.py",),
    ),
    Mutant("orchestration/backup.py", "if found != each.sha256:", "if False:", ("unit/test_backup.py",)),
    Mutant("orchestration/backup.py", "if expected.get(name) != found.get(name)", "if False", ("unit/test_backup.py",)),
    Mutant("orchestration/backup.py", "if known[line] < 0:", "if False:", ("unit/test_backup.py",)),
    Mutant("orchestration/backup.py", "if _age(before) != _age(after):", "if False:", ("unit/test_backup.py",)),
    Mutant("orchestration/backup.py", "    if not there:\n", "    if True:\n", ("unit/test_backup.py",)),
    Mutant(
        "orchestration/damage.py",
        "if not counted and is_published(paths):",
        "if False:",
        ("unit/test_damage.py",),
    ),
    Mutant("orchestration/damage.py", "if _is_cut_off(con, paths.raw):", "if False:", ("unit/test_damage.py",)),
    *(
        Mutant("orchestration/rebuilding.py", was, becomes, ("unit/test_rebuilding.py",))
        for was, becomes in (
            ("before = _as_decided(before, since.decided)", "pass"),
            ('if ended in ("code 0", journal.BEGUN):', "if True:"),
            ("    if unreadable:\n", "    if False:\n"),
            ("elif acts and publication is not None:", "elif False:"),
        )
    ),
    Mutant(
        "orchestration/rebuilding.py",
        "                _number_as_before(con, before or [])\n",
        "",
        ("unit/test_rebuilding.py",),
    ),
    Mutant("orchestration/migrations.py", "if found > known:", "if False:", ("unit/test_migrations.py",)),
    Mutant("orchestration/publishing.py", "if found != held:", "if False:", ("unit/test_publishing.py",)),
    Mutant(
        "dbt_project/models/intermediate/cijfers/int_optelbaarheden_bepaald.sql",
        "coalesce(eenheden.aantal_leeg, 0) = 0",
        "true",
    ),
    Mutant(
        "dbt_project/models/intermediate/cijfers/int_optelbaarheden_bepaald.sql",
        "gehelen.indicator_code is null and coalesce(deel.telt_op, true)",
        "coalesce(deel.telt_op, true)",
    ),
    Mutant(
        "dbt_project/models/marts/rpt_voortgang.sql",
        "cijfers.is_optelbaar and cijfers.eenheid_code != 'NL' as telt_op",
        "cijfers.is_optelbaar as telt_op",
    ),
    Mutant(
        "orchestration/publishing.py",
        "if ours != theirs:",
        "if ours[0] != theirs[0]:",
        ("unit/test_publishing.py",),
    ),
    Mutant(
        "orchestration/publishing.py",
        """        report_beside(file)
        entry = replace(entry, files=checksums.write(fresh))
        # The number is new to the ledger and to the folders; were it not, this would fail and replace nothing.
        fresh.rename(folder)
        _close(folder)
        _swap(paths, number)
""",
        """        entry = replace(entry, files=checksums.write(fresh))
        fresh.rename(folder)
        _swap(paths, number)
        report_beside(folder / file.name)
""",
        ("unit/test_publishing.py",),
    ),
    Mutant(
        "orchestration/reporting/colours.py",
        "return (lighter + 0.05) / (darker + 0.05)",
        "return round((lighter + 0.05) / (darker + 0.05), 2)",
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/reporting/sentences.py",
        'is_met = figure.oordeel == "behaald"',
        'is_met = figure.oordeel != "niet_gehaald"',
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/reporting/tables.py",
        "None not in parts and sum(parts, Decimal()) != whole",
        "None not in parts and sum(parts, Decimal()) < whole",
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/reporting/tables.py",
        "case when count(*) = count(bedrag_eur) then sum(bedrag_eur) end as bedrag",
        "sum(bedrag_eur) as bedrag",
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/reporting/verdicts.py",
        "if figure.referentie_jaar == figure.jaar:",
        'if figure.oordeel_reden == "referentiejaar":',
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/reporting/marks.py",
        "NOT_WHOLE: not figure.is_whole,",
        "PROVISIONAL: not figure.is_whole,",
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/reporting/look.py",
        "autoescape=True",
        "autoescape=False",
        ("unit/test_reporting.py",),
    ),
    Mutant(
        "orchestration/release/protection.py",
        "block) for cell, value in _national(block).items() for each in before",
        "block) for cell, value in _national(block).items() for each in ()",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/protection.py",
        "kept = {cell for each in before for cell, shown in each.cells.items() if shown.value is None}",
        "kept: set[Cell] = set()",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/protection.py",
        "if question.stands_beside(before, cells):",
        "if True:",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/__init__.py",
        'if before["wijze"] == way:',
        "if True:",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/__init__.py",
        " | left) - set(found)",
        ") - set(found)",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/rules.py",
        "weight.holders < self.threshold or weight.others < self.closeness(weight)",
        "weight.holders < self.threshold",
        ("unit/test_release_amounts.py",),
    ),
    Mutant(
        "orchestration/release/protection.py",
        "return grown < 0 or (grown > 0 and (weight is None or grown < _safe_growth(weight, rules[cell.indicator])))",
        "return grown < 0",
        ("unit/test_release_amounts.py",),
    ),
    Mutant(
        "orchestration/release/blocks.py",
        "            if whole in held:",
        "            if not held:",
        ("unit/test_release_amounts.py",),
    ),
    Mutant(
        "orchestration/release/blocks.py",
        "        if cell.indicator in parent:",
        "        if cell.indicator in ():",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/tables.py",
        "if(is_verborgen or zonder_vorige, null, verandering) as verandering",
        "verandering",
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/release/__init__.py",
        'if treatment == "geheel":',
        'if treatment != "afgeschermd":',
        ("unit/test_release.py",),
    ),
    Mutant(
        "orchestration/open_data/__init__.py",
        "where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and realisatie is not null",
        "where realisatie is not null",
        ("unit/test_open_data.py",),
    ),
    Mutant(
        "orchestration/open_data/__init__.py",
        "breuk.ontvangen_vanaf <= cijfers.peildatum",
        "breuk.ontvangen_vanaf >= cijfers.peildatum",
        ("unit/test_open_data.py",),
    ),
    Mutant(
        "orchestration/open_data/__init__.py",
        'demo = DEMO if published.is_demo else ""',
        'demo = ""',
        ("unit/test_open_data.py",),
    ),
    Mutant(
        "orchestration/documentation/contents.py",
        '("voldaan" if passed and not wrong else told)',
        '("voldaan" if not wrong else told)',
        ("unit/test_documentation.py",),
    ),
    Mutant(
        "orchestration/documentation/__init__.py",
        "order by levering_nr desc) = 1",
        "order by levering_nr) = 1",
        ("unit/test_documentation.py",),
    ),
    *(
        Mutant(file, was, becomes, ("unit/test_tampering.py",))
        for file, was, becomes in (
            ("orchestration/ledger.py", "if written is None or written == found:", "if True:"),
            ("orchestration/ledger.py", "if publication >= next_number(con):", "if False:"),
            ("orchestration/ledger.py", "if firsts.get(publication, sha256) != sha256:", "if False:"),
            ("orchestration/anchor.py", "and stands[event.number].sha256 != event.sha256", "and False"),
            ("orchestration/anchor.py", "elif event.sha256 not in announced.get(event.number, ()):", "elif False:"),
            ("orchestration/anchor.py", "if signatures:", "if False:"),
            ("orchestration/anchor.py", "if event is not events[-1]:", "if False:"),
            ("orchestration/anchor.py", "and event.number not in from_the_start:", "and False:"),
            ("orchestration/migrations.py", "    if found > known:", "    if found < 0:"),
            ("orchestration/ledger.py", "    if found == sha256:", "    if True:"),
            ("orchestration/ledger.py", "(contents.keys() | counted) - known", "contents.keys() - known"),
            ("orchestration/ledger_form.py", "        if rows != 1:", "        if False:"),
            ("orchestration/ledger_form.py", "elif kind != wanted[table][column]:", "elif False:"),
            ("orchestration/checksums.py", "elif of_file(file) != checksum:", "elif False:"),
            (
                "orchestration/publishing.py",
                "return checksums.faults(folder, entry.files, MAY_COME_LATER)",
                "return []",
            ),
            (
                "orchestration/publishing.py",
                "if entry.number > present.number and entry.fingerprint == fingerprint:",
                "if False:",
            ),
        )
    ),
    *(
        Mutant(file, was, becomes, ("unit/test_retention.py",))
        for file, was, becomes in (
            ("orchestration/retention.py", "    if number in in_force:", "    if False:"),
            ("orchestration/retention.py", "    if number in rested_on:", "    if False:"),
            ("orchestration/retention.py", "    if searched.found:", "    if False:"),
            ("orchestration/retention.py", "    if not _begun(paths):", "    if True:"),
            ("orchestration/beside.py", "if whole_from and day < whole_from:", "if False:"),
        )
    ),
    Mutant("orchestration/traces.py", "for start in range(WORD)", "for start in range(1)", ("unit/test_traces.py",)),
    Mutant(
        "orchestration/reconstruction.py",
        "        if day < whole_from:",
        "        if False:",
        ("unit/test_reconstruction.py",),
    ),
    Mutant(
        "orchestration/ledger.py",
        'rekenwijze)", [method, FIXED])',
        'rekenwijze)", [method, ""])',
        ("unit/test_ledger.py",),
    ),
    Mutant(
        "orchestration/ledger.py",
        "having list(soort) = ['voornemen']",
        "having count(*) = 1",
        ("unit/test_ledger.py",),
    ),
    Mutant(
        "orchestration/ledger.py",
        "anti join (from stand where list_contains([$method, $fixed], rekenwijze)) using (sleutel, indicator_code)\n"
        "left join",
        "left join",
        ("unit/test_ledger.py",),
    ),
    Mutant(
        "orchestration/growth.py",
        "stdtrit(freedom, ",
        "stdtrit(10**9, ",
        ("unit/test_growth.py",),
    ),
    Mutant(
        "orchestration/report.py",
        "if role != GROUND:",
        "if counts:",
        ("unit/test_report.py",),
    ),
    Mutant(
        "dbt_project/models/intermediate/verantwoording/int_bijdragen_vergeleken.sql",
        "'rij.jaar = eenheid.jaar and rij.rol = eenheid.rol'",
        "'false'",
    ),
    Mutant(
        "dbt_project/models/intermediate/cijfers/int_standen_geteld.sql",
        "stand.stand_datum >= make_date(telling.jaar, 12, 31)",
        "stand.stand_datum >= make_date(telling.jaar, 1, 1)",
    ),
    Mutant(
        "orchestration/pseudonyms.py",
        "if len(self.secret) <= BLOCK",
        "if len(self.secret) < BLOCK",
        ("unit/test_loading.py",),
    ),
    Mutant(
        "orchestration/pseudonyms.py",
        "left(sha256($geheim::blob || encode({value})), {LENGTH})",
        "left(sha256(encode({value})), {LENGTH})",
        ("unit/test_loading.py",),
    ),
    Mutant(
        "orchestration/rekeying.py",
        "if original is not None and _unpaired(con, each):",
        "if original is not None and _unpaired(con, each) and not files:",
        ("unit/test_rekeying.py",),
    ),
    Mutant(
        "orchestration/ledger.py",
        "if is_swapped and changed:",
        "if changed:",
        ("unit/test_rekeying.py",),
    ),
    Mutant(
        "orchestration/pseudonyms.py",
        "if may_be_read_by_others(file)",
        "if not file.exists()",
        ("unit/test_pseudonyms.py",),
    ),
    Mutant(
        "orchestration/pseudonyms.py",
        "if SENTENCE.search(text):",
        "if False:",
        ("unit/test_pseudonyms.py",),
    ),
    Mutant(
        "orchestration/pseudonyms.py",
        "if secret == DEMO_KEY.secret:",
        "if False:",
        ("unit/test_pseudonyms.py",),
    ),
    Mutant(
        "orchestration/novelty.py",
        "    keep_inbox_private(paths)\n",
        "",
        ("unit/test_novelty.py",),
    ),
    Mutant(
        "orchestration/rights.py",
        "before = os.umask(OTHERS)",
        "before = os.umask(0)",
        ("unit/test_rights.py",),
    ),
    Mutant(
        "orchestration/loading.py",
        "        if not is_released:\n            _check_identifiers(con, delivery, source, numbered)\n",
        "",
        ("unit/test_identifiers.py",),
    ),
    Mutant(
        "orchestration/register.py",
        "and oordeel.reden is not null",
        "",
        ("unit/test_identifiers.py",),
    ),
    Mutant(
        "orchestration/forms.py",
        'if column.pattern else "true"',
        'if not column.pattern else "true"',
        ("unit/test_forms.py",),
    ),
    Mutant(
        "orchestration/journal.py",
        "os.O_RDWR | os.O_APPEND | os.O_CREAT",
        "os.O_RDWR | os.O_TRUNC | os.O_CREAT",
        ("unit/test_journal.py",),
    ),
    Mutant(
        "orchestration/decisions.py",
        'moment = register.now() if row.verdict == "ingetrokken" else None',
        "moment = None",
        ("unit/test_decisions.py",),
    ),
    Mutant(
        "orchestration/deliveries.py",
        "return (self.received or datetime.max, ",
        "return (self.received or datetime.min, ",
        ("unit/test_deliveries.py",),
    ),
    Mutant(
        "orchestration/admission.py",
        "found is None or found.repeats or found.verdict or found.received != delivery.received or not found.records",
        "found is None or found.repeats or found.verdict or not found.records",
        ("unit/test_admission.py",),
    ),
    Mutant(
        "orchestration/admission.py",
        "found is None or found.repeats or found.verdict or found.received != delivery.received or not found.records",
        "found is None or found.repeats or found.verdict or found.received != delivery.received",
        ("unit/test_admission.py",),
    ),
    Mutant(
        "orchestration/register.py",
        "        order by is_bekeken, herhaalt desc, gezien_op, levering_nr",
        "",
        ("unit/test_admission.py", "unit/test_decisions.py"),
    ),
    Mutant(
        f"{MODELS}/cijfers/int_jaren_vergeleken.sql",
        "when not (cijfer.is_heel_jaar and vorige.is_heel_jaar) then",
        "when not cijfer.is_heel_jaar then",
    ),
    Mutant(
        f"{MODELS}/ondermijning/int_csvs_geteld.sql",
        "'start_datum, eenheid_code, onderzoek_nr') }}",
        "'start_datum') }}",
    ),
    Mutant(
        f"{MODELS}/cijfers/int_ontwikkelingen_verzameld.sql",
        "and met_ouderdom.jaar >= breuk.jaar_vanaf",
        "and met_ouderdom.jaar > breuk.jaar_vanaf",
    ),
    Mutant(
        f"{MODELS}/cijfers/int_ontwikkelingen_verzameld.sql",
        "and met_ouderdom.ontvangen_op < breuk.ontvangen_vanaf",
        "and met_ouderdom.ontvangen_op <= breuk.ontvangen_vanaf",
    ),
    Mutant(
        f"{MODELS}/cijfers/int_eenheden_getoetst.sql",
        "where realisatie.uitsplitsing_soort = 'geen'",
        "where true",
    ),
    Mutant(
        f"{MODELS}/cijfers/int_voortgang_beoordeeld.sql",
        "and eigen.maand = month(voortgang.gedekt_tot + interval 1 day) - 1",
        "and eigen.maand = month(voortgang.gedekt_tot)",
    ),
    Mutant(
        "orchestration/size.py",
        "return expected - there > max(expected / 2, 2 * sqrt(expected))",
        "return False",
        ("unit/test_size.py",),
    ),
    Mutant(
        "orchestration/forms.py",
        'return ((f"{unlike} or ({untyped})", f"verwacht {told}"),)',
        'return ((untyped, f"verwacht {told}"),)',
        ("unit/test_forms.py",),
    ),
    Mutant(
        "orchestration/repetition.py",
        'and newest.verdict != "opnieuw_aangeboden"',
        "",
        ("unit/test_decisions.py", "unit/test_admission.py"),
    ),
    Mutant(
        "orchestration/trial.py",
        'if row.verdict == "aangehouden" and published.get(row.number) != "aangehouden":',
        'if row.verdict == "aangehouden":',
        ("unit/test_trial.py",),
    ),
    Mutant(
        "orchestration/loading.py",
        "        _check_periods(periods, delivery.stand_datum)\n",
        "",
        ("unit/test_loading.py",),
    ),
    Mutant(
        "orchestration/size.py",
        "            *_all_one_code(con, extract, own, before, found),\n",
        "",
        ("unit/test_size.py",),
    ),
    Mutant(
        "orchestration/size.py",
        "groups = before.compared",
        "groups = before.groups",
        ("unit/test_size.py",),
    ),
    Mutant(
        "orchestration/size.py",
        "if not moved and number >= FEWEST and now.largest > OTHER_SCALE * largest:",
        "if False:",
        ("unit/test_size.py",),
    ),
    Mutant(
        "orchestration/size.py",
        'if kind == "volledig" and extract.deletion_code:',
        "if False:",
        ("unit/test_size.py",),
    ),
    Mutant(
        "orchestration/deliveries.py",
        "if PERSONAL_NUMBER.search(file.name):",
        "if False:",
        ("unit/test_admission.py",),
    ),
    Mutant(
        "orchestration/validation.py",
        "if telling or any(re.search(form, written) for form in personal):",
        "if False:",
        ("unit/test_check.py",),
    ),
    Mutant(
        "orchestration/register.py",
        "not self.by_person\n            and ",
        "",
        ("unit/test_supplier_report.py",),
    ),
    Mutant(
        "orchestration/decisions.py",
        "moment = None if row.number in unpublished else register.now()",
        "moment = register.now()",
        ("unit/test_decisions.py",),
    ),
    Mutant(
        f"{MODELS}/afpakken/int_afpakboekingen_beoordeeld.sql",
        "when coalesce(aanleveraar.kent_beslagsoort, true) and",
        "when aanleveraar.kent_beslagsoort and",
    ),
    Mutant(
        f"{MODELS}/afpakken/int_afpakboekingen_beoordeeld.sql",
        "min(volgorde) filter (not is_zonder_boeking) as eerste_volgorde",
        "min(volgorde) as eerste_volgorde",
    ),
    Mutant(
        f"{MODELS}/afpakken/int_afpakboekingen_beoordeeld.sql",
        "when soort.is_stand or gekozen.telregel",
        "when gekozen.telregel",
    ),
    Mutant(
        f"{MODELS}/executie/int_executie_voorraad_geteld.sql",
        "and (dossiers.tot_datum is null or dossiers.tot_datum > dagen.dag)",
        "",
    ),
    Mutant(
        f"{MODELS}/afpakken/int_afpakboekingen_beoordeeld.sql",
        "coalesce(aanleveraar.aanleveraar_code, 'onbekend') as aanleveraar_code",
        "boeking.aanleveraar_code",
    ),
    Mutant(
        f"{MODELS}/mensenhandel/int_om_verdachten_geteld.sql",
        "'verdachte_nr, parket_nr', ",
        "'verdachte_nr', ",
    ),
    Mutant(
        f"{MODELS}/cijfers/int_realisaties_berekend.sql",
        "count(*) filter (telt_mee is null) as aantal_onbekend",
        "0 as aantal_onbekend",
    ),
    Mutant(
        f"{MODELS}/agenda/int_normen_bepaald.sql",
        "where besluit.besluit_datum <= peildatum.kijkdag",
        "where true",
    ),
)


def broken(mutant: Mutant, scratch: Path) -> str:
    """Give the text of a file with one thing broken.

    Args:
        mutant: What is broken.
        scratch: The root of the project, or of a copy.

    Raises:
        ValueError: What should be broken does not stand there once.
    """
    text = (scratch / mutant.file).read_text(encoding="utf-8")
    if (times := text.count(mutant.was)) != 1:
        raise ValueError(f"{mutant}: stands there {times} times")
    return text.replace(mutant.was, mutant.becomes)


def survivors(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Break one thing after the other, and say of each whether it was noticed.

    Args:
        mutants: What is broken.

    Yields:
        The change, and whether no test went red.

    Raises:
        RuntimeError: A test is red with nothing broken, so that it proves nothing.
    """
    with scratch_copy() as scratch:
        environment = os.environ | {"PYTHONPATH": str(scratch), "VEILIGHEIDSAGENDA_DATA": str(scratch / "data")}
        seen_green: set[tuple[str, ...]] = set()

        def run(mutant: Mutant) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                mutant.command, cwd=scratch, env=environment, capture_output=True, check=False, text=True
            )

        for mutant in mutants:
            if tuple(mutant.command) not in seen_green:
                if (before := run(mutant)).returncode:
                    raise RuntimeError(f"{' '.join(mutant.command)}: {before.stdout}{before.stderr}")
                seen_green.add(tuple(mutant.command))
            file = scratch / mutant.file
            whole = file.read_text(encoding="utf-8")
            file.write_text(broken(mutant, scratch), encoding="utf-8")
            yield mutant, run(mutant).returncode == 0
            file.write_text(whole, encoding="utf-8")


@contextmanager
def scratch_copy() -> Iterator[Path]:
    """Copy what tests need, so that nothing is broken in the project itself."""
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            copy(ROOT / part, scratch / part)
        yield scratch


def changed_everywhere() -> list[str]:
    """The modules of which every line is changed, from the root of the project."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["mutmut"]["only_mutate"]


def verdicts_of_tool(modules: Sequence[str], tool: Path = TOOL) -> dict[str, str]:
    """Have every line of some modules changed, one at a time.

    Args:
        modules: Their files, of those that `changed_everywhere` names.
        tool: The program.

    Returns:
        By change `killed`, or what became of it instead, with the change itself.

    Raises:
        RuntimeError: The tool did not run, or changed nothing.
    """
    names = [f"{module.removesuffix('.py').replace('/', '.')}." for module in modules]
    with scratch_copy() as scratch:
        # It has an environment of its own, and runs our tests with the packages of this one.
        environment = os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")}

        def run(*words: str) -> str:
            done = subprocess.run(
                [tool, *words], cwd=scratch, env=environment, capture_output=True, check=False, text=True
            )
            if done.returncode:
                raise RuntimeError(f"mutmut {words[0]}: {done.stdout[-2000:]}{done.stderr}")
            return done.stdout

        run("run", *(f"{name}*" for name in names))
        lines = [line.strip().split(": ") for line in run("results", "--all", "true").splitlines()]
        found = {name: verdict for name, verdict in lines if name.startswith(tuple(names))}
        if not found:
            raise RuntimeError(f"mutmut changed nothing in {', '.join(modules)}")
        return {
            name: verdict if verdict == "killed" else f"{verdict}\n{run('show', name)}"
            for name, verdict in found.items()
        }


def main() -> int:
    """Break what the table names, and say what nobody noticed.

    Returns:
        The exit code: 1 where a change survived.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waar", default="", help="only files whose path holds this")
    where = parser.parse_args().waar
    chosen = [mutant for mutant in MUTANTS if where in mutant.file]
    modules = [module for module in changed_everywhere() if where in module]
    if not chosen and not modules:
        parser.error(f"neither the table nor mutmut changes a file with {where!r} in its path")
    begun, survived = time.monotonic(), 0
    for number, (mutant, survives) in enumerate(survivors(chosen), 1):
        survived += survives
        print(f"{number} van {len(chosen)} {'OVERLEEFT' if survives else 'gedood':<9} {mutant}", flush=True)
    verdicts = verdicts_of_tool(modules) if modules else {}
    for verdict in verdicts.values():
        if verdict != "killed":
            survived += 1
            print(f"OVERLEEFT {verdict}")
    every = len(chosen) + len(verdicts)
    print(f"{every - survived} van {every} gedood in {time.monotonic() - begun:.0f} s")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
