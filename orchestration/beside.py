"""Answer another question than that of the present, with the same models, in a file beside what is published.

Two questions can be put: what was known on an earlier day (`as-of`), and what the figures would be under another
version of a definition or a list (`what-if`). The published present is read, and never touched.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.building import Builder, Question
from orchestration.figures import Compared
from orchestration.ledger import open_ledger, settle
from orchestration.locking import open_database, open_warehouse, sole_writer
from orchestration.novelty import KNOWN_DAYS
from orchestration.paths import BesidePaths, DataPaths, seed_file
from orchestration.publishing import write_copy
from orchestration.reconstruction import count_states
from orchestration.recording import marts_of, recorded
from orchestration.register import first_known_whole, now
from orchestration.reporting import report_beside
from orchestration.sql import attach
from orchestration.validation import Finding, validate_marts

log = logging.getLogger(__name__)

# A version that decides for some years leaves a question: what if it had decided for the others too.
VERSIONS = """
select definitie_versie as versie, is_gekozen and count(*) filter (is_gekozen) over (partition by indicator_code) = 1
from marts.dim_definitie
union all
select lijst_versie as versie, is_gekozen and count(*) filter (is_gekozen) over (partition by lijst_code) = 1
from marts.dim_lijst_versie
order by versie
"""
# What is otherwise comes first: with a list come all figures that are made by it, most of them as they were.
SIDE_BY_SIDE = """
select indicator_code, indicator.indicator_naam, indicator.eenheid_van_maat, indicator.eenheid_van_maat_naam, jaar,
    eigen.realisatie,
    ander.realisatie as wat_als, ander.realisatie - eigen.realisatie,
    concat_ws(', ', ander.definitie_versie, ander.lijst_versies) as versies,
    if(ander.gedekt_tot < make_date(jaar, 12, 31), ander.gedekt_tot, null)
from nu.marts.fct_realisatie as eigen
inner join anders.marts.fct_realisatie as ander
    using (indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code)
inner join nu.marts.dim_indicator as indicator using (indicator_code)
where eenheid_code = 'NL' and uitsplitsing_soort = 'geen'
    and (eigen.definitie_versie, eigen.lijst_versies) is distinct from (ander.definitie_versie, ander.lijst_versies)
order by bool_or(eigen.realisatie is distinct from ander.realisatie) over (partition by indicator_code) desc,
    indicator.volgorde, indicator_code, jaar
"""
# Of what is known something is the first: a delivery that was admitted, or a decision about an agenda.
FIRST_KNOWN = f"""
select min(dag)::date from (
    select dag from ({KNOWN_DAYS})
    union all
    select besluit_datum from read_csv('{seed_file("besluit")}', header = true)
)
"""


class BorderOutError(RuntimeError):
    """The figures of that day do not agree with the agenda; the message holds what was found, in Dutch."""


@dataclass(frozen=True)
class WhatIf:
    """The answer to "what if".

    Args:
        file: All marts under the other versions.
        figures: The national figures that are made by another version, beside the published ones; first the indicators
            of which one is otherwise.
        broken: Checks of the border out that do not hold under these versions, in Dutch.
        is_demo: Whether the published figures are made up.
    """

    file: Path
    figures: list[Compared]
    broken: list[str]
    is_demo: bool


def build_as_of(paths: DataPaths, day: date) -> Path:
    """Write the marts as they were known on a day.

    What counts as known: deliveries received, and norms and definitions decided, on or before that day.

    Args:
        paths: The data folder; what is published there stays as it is.
        day: The peildatum.

    Returns:
        The file, `data/as-of/<day>/veiligheidsagenda.duckdb`, which replaces an earlier one for the same day.

    Raises:
        ValueError: The day is still to come, nothing was ever delivered, nothing was known on that day, or rows that
            were in force on it were removed since.
        BuildError: A model or test failed.
        BorderOutError: A check of the border out failed.
        AuditError: The written file is not what was built.
    """
    _check_day(paths, day)
    there = BesidePaths.as_of(paths.data, day)
    log.info("de modellen worden gebouwd zoals bekend op %s", f"{day:%d-%m-%Y}")
    broken = _build(paths, there, Question(peildatum=day, is_publication=False))
    if broken:
        raise BorderOutError("\n".join(broken))
    report_beside(there.published, as_of=day)
    log.info("de cijfers zoals bekend op %s staan in %s", f"{day:%d-%m-%Y}", there.published)
    return there.published


def _check_day(paths: DataPaths, day: date) -> None:
    if day > now().date():
        raise ValueError(f"{day:%d-%m-%Y} moet nog komen; wat dan bekend is, weet nu niemand")
    if not paths.raw.exists():
        raise ValueError(f"{paths.raw} bestaat nog niet; draai eerst make nightly")
    with open_database(paths.raw, read_only=True) as con:
        ((first,),) = con.execute(FIRST_KNOWN).fetchall()
        whole_from = first_known_whole(con)
    if day < first:
        raise ValueError(
            f"op {day:%d-%m-%Y} was er niets bekend: er was nog geen agenda, en er was nog niets geleverd; "
            f"het eerste is van {first:%d-%m-%Y}"
        )
    if whole_from and day < whole_from:
        raise ValueError(
            f"zoals bekend op {day:%d-%m-%Y} zijn cijfers niet meer te maken: rijen die toen van kracht waren zijn "
            f"verwijderd, omdat hun bewaartermijn voorbij was (dim_levering zegt welke). Vanaf {whole_from:%d-%m-%Y} "
            "kan het wel; wat eerder is gepubliceerd, staat in marts.fct_publicatie_cijfer"
        )


def build_what_if(paths: DataPaths, versions: Sequence[str]) -> WhatIf:
    """Write the marts as they would be under other versions of definitions or lists, and set them beside the present.

    Args:
        paths: The data folder; what is published there stays as it is.
        versions: Versions of definitions (`csv_aangepakt_2`) or lists (`afdoening_2`), decided or not.

    Returns:
        The file, `data/what-if/<versions>/veiligheidsagenda.duckdb`, and the figures side by side.

    Raises:
        ValueError: Nothing is published yet, or a version does not exist or is the one that holds.
        BuildError: A model or test failed.
        AuditError: The written file is not what was built.
    """
    _check_versions(paths, versions)
    there = BesidePaths.what_if(paths.data, versions)
    log.info("de modellen worden gebouwd met %s", ", ".join(versions))
    # What the agenda promises of a figure need not hold under a definition that nobody decided.
    broken = _build(paths, there, Question(versions=tuple(versions), is_publication=False))
    with duckdb.connect() as con:
        attach(con, paths.published, "nu")
        attach(con, there.published, "anders")
        figures = [Compared(*row) for row in con.execute(SIDE_BY_SIDE).fetchall()]
        ((is_demo,),) = con.execute("select coalesce(bool_or(is_demo), false) from nu.marts.fct_realisatie").fetchall()
    report_beside(there.published, what_if=versions, compared=figures, broken=broken)
    return WhatIf(there.published, figures, broken, is_demo)


def _check_versions(paths: DataPaths, versions: Sequence[str]) -> None:
    if not versions:
        raise ValueError("noem ten minste een versie, bijvoorbeeld csv_aangepakt_2")
    if not paths.published.exists():
        raise ValueError(f"{paths.published} bestaat nog niet; draai eerst make nightly")
    with open_database(paths.published, read_only=True) as con:
        chosen: dict[str, bool] = dict(con.execute(VERSIONS).fetchall())
    for version in versions:
        if version not in chosen:
            others = ", ".join(name for name, is_chosen in chosen.items() if not is_chosen)
            raise ValueError(f"versie {version!r} bestaat niet; naast wat geldt zijn er: {others}")
        if chosen[version]:
            raise ValueError(f"versie {version} is die waarmee de gepubliceerde cijfers zijn gemaakt")


def _build(paths: DataPaths, there: BesidePaths, question: Question) -> list[str]:
    """Build, check and write the marts; return the checks that failed."""
    with sole_writer(paths), _answer_or_nothing(there):
        with open_ledger(paths) as book:
            settle(book, paths)
        builder = Builder(there)
        count_states(builder, question)
        builder.answer(question)
        with open_warehouse(there) as con:
            broken = [_told(mart, finding) for mart, finding in validate_marts(con) if _stops(finding)]
        # What does not agree with the agenda is worth a look in a what-if; the figures of a day stay what they were.
        if question.versions or not broken:
            write_copy(there, marts_of(recorded()))
    return broken


@contextmanager
def _answer_or_nothing(there: BesidePaths) -> Iterator[None]:
    """Leave the answer, and an earlier one where there is no new one; of a question without an answer nothing."""
    there.folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for suffix in ("", ".wal"):
            there.warehouse.with_name(there.warehouse.name + suffix).unlink(missing_ok=True)
        if not there.published.exists():
            shutil.rmtree(there.folder)
            if not any(there.folder.parent.iterdir()):
                there.folder.parent.rmdir()


def _stops(finding: Finding) -> bool:
    return not finding.passed and finding.severity == "critical"


def _told(mart: str, finding: Finding) -> str:
    return f"{mart}.{finding.name}: {finding.found}"
