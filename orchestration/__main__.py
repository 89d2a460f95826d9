"""The command line: `python -m orchestration <command>`, which the Makefile calls.

Exit codes of `nightly`: 0 published (or nothing had changed), 3 published with refused or held deliveries or with files
that are left, 1 not published. The figures that readers see after 1 are those of the night before. 2: the command was
not understood. Of `check`: 0 would be admitted, 3 would not.
"""

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import duckdb
from rich.console import Console

from orchestration import damage, faults, journal, novelty
from orchestration.locking import open_database, open_warehouse, sole_writer
from orchestration.paths import DAGSTER_DATABASE_SETTING, ROOT, BesidePaths, DataPaths, data_paths, version
from orchestration.progress import Progress, step
from orchestration.register import BY_ITSELF, Row, still_open, told_open
from orchestration.rights import private_files, share
from orchestration.standing import told_late
from orchestration.versions import named

PUBLISHED, NOT_PUBLISHED, NOT_UNDERSTOOD, WITH_REFUSALS = 0, 1, 2, 3
# Tables are made for this width; a narrower window breaks the lines itself.
NARROWEST = 80


class NotUnderstoodError(Exception):
    """The words of a command cannot be read; the message says why, in Dutch, where more is known than how it is asked.

    It is no ValueError, of which argparse would make a sentence in English.
    """


class _Parser(argparse.ArgumentParser):
    """A parser that says in Dutch how its command is asked; what argparse itself says is in English."""

    def __init__(self, *, asks: str = "", example: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.asks, self.example = asks, example

    def error(self, message: str) -> NoReturn:
        raise NotUnderstoodError

    def format_help(self) -> str:
        return f"{self.description}\n{self.how()}\n"

    def how(self) -> str:
        return "\n".join(filter(None, (self.asks, self.example and f"bijvoorbeeld: {self.example}")))


def _parser() -> tuple[_Parser, dict[str, _Parser]]:
    """The parser, and that of each command by its name."""
    parser = _Parser(prog="python -m orchestration", description="Veiligheidsagenda: van leveringen naar cijfers.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    known: dict[str, _Parser] = {}

    def add(name: str, told: str, asks: str = "", example: str = "") -> _Parser:
        known[name] = commands.add_parser(name, description=told, asks=asks, example=example or f"make {name}")
        return known[name]

    nightly = add(
        "nightly",
        "van leveringen naar gepubliceerde cijfers, als er iets nieuws is",
        "met --opnieuw ook als er niets nieuws is; met --herbouw wordt een verloren raw.duckdb\n"
        "opnieuw opgebouwd uit de inbox, en gezegd wat niet terugkomt",
        "make nightly, make nightly OPNIEUW=1 of make nightly HERBOUW=1",
    )
    nightly.add_argument("--opnieuw", action="store_true")
    nightly.add_argument("--herbouw", action="store_true")
    backup = add(
        "backup",
        "bewaar wat niet opnieuw te maken is in een bestand",
        "geef een bestaande map, liefst op een andere schijf",
        "make backup NAAR=/media/reserve",
    )
    backup.add_argument("naar", type=_given)
    restore = add(
        "restore",
        "zet een reservekopie terug in een datamap die kwijt is wat erin staat",
        "geef het bestand dat make backup maakte",
        "make restore VAN=/media/reserve/veiligheidsagenda_20261126T030000_publicatie_14.tar",
    )
    restore.add_argument("van", type=_given)
    retention = add(
        "retention",
        "toon wat weg moet omdat zijn bewaartermijn voorbij is, of verwijder het",
        "zonder meer wordt alles geprobeerd en niets veranderd; met UITVOEREN=1 wordt het verwijderd",
        "make retention, of make retention UITVOEREN=1",
    )
    retention.add_argument("--uitvoeren", action="store_true")
    add(
        "rekey",
        "breng alle sleutelwaarden van personen en zaken onder de sleutel die nu is gezet",
        "zet eerst de nieuwe sleutel; de oude is nergens voor nodig",
    )
    add("dagster-home", "maak de map waarin Dagster zijn geschiedenis bewaart klaar, en noem haar")
    add("demo", "zet fictieve leveringen klaar")
    add("prepare", "laat dbt het project bouwen zonder leveringen", example="make setup")
    add("docs", "maak de documentatie, als bladen die van de schijf openen")
    figures = add(
        "figures",
        "toon de gepubliceerde cijfers",
        "kan met een jaar en met een indicator",
        "make figures JAAR=2020 INDICATOR=oskm_a",
    )
    figures.add_argument("--jaar", type=_year)
    figures.add_argument("--indicator")
    report = add(
        "report",
        "noem de pagina over de gepubliceerde cijfers",
        "met PEILDATUM of VERSIES die van een eerdere dag of van andere versies, na make as-of of make what-if;\n"
        "met --pdf (make report-pdf) wordt zij afgedrukt",
        "make report, of make report-pdf PEILDATUM=2021-03-01",
    )
    report.add_argument("--pdf", action="store_true")
    of = report.add_mutually_exclusive_group()
    of.add_argument("--peildatum", type=_day)
    of.add_argument("--versies", nargs="+")
    release = add(
        "release",
        "geef de gepubliceerde cijfers vrij voor buiten, afgeschermd",
        "met --afronden afgerond waar zij anders zijn achtergehouden",
        "make release, of make release AFRONDEN=1",
    )
    release.add_argument("--afronden", action="store_true")
    add("open-data", "schrijf wat is vrijgegeven (anders de landelijke cijfers) als open data")
    as_of = add(
        "as-of",
        "schrijf de cijfers zoals bekend op een eerdere dag",
        "geef de dag, als jjjj-mm-dd",
        "make as-of PEILDATUM=2021-03-01",
    )
    as_of.add_argument("peildatum", type=_day)
    what_if = add(
        "what-if",
        "zet de cijfers onder andere versies naast die van nu",
        "geef een of meer versies, met komma's ertussen; dim_definitie en dim_lijst_versie noemen ze",
        "make what-if VERSIES=csv_aangepakt_2 of VERSIES=csv_aangepakt_2,fase_2",
    )
    what_if.add_argument("versies", nargs="+")
    ledger = add(
        "ledger",
        "toon de publicaties en controleer het grootboek",
        "--laatste: hoeveel publicaties worden getoond",
    )
    ledger.add_argument("--laatste", type=_number, default=20)
    rollback = add(
        "rollback",
        "laat lezers de publicatie voor die van nu weer zien",
        "geef de reden; die wordt gepubliceerd. Met --ongedaan (ONGEDAAN=1) komt de teruggezette weer terug",
        'make rollback REDEN="verkeerde levering"',
    )
    rollback.add_argument("--reden", type=_reason, required=True)
    rollback.add_argument("--ongedaan", action="store_true")
    resume = add(
        "resume-ledger",
        "laat het grootboek verdergaan zonder wat het kwijt is, als er geen reservekopie is",
        "geef de reden; die wordt gepubliceerd",
        'make resume-ledger REDEN="schijf verloren, kopie van gisteren teruggezet"',
    )
    resume.add_argument("--reden", type=_reason, required=True)
    explain = add(
        "explain",
        "toon waarop een cijfer rust, of waar een geleverd record telt",
        "geef een cijfer, als indicator/jaar, of een record, als levering/record;\n"
        "met NAAR=herkomst.csv gaan alle records achter het cijfer naar dat bestand",
        "make explain CIJFER=oskm_a/2020, of make explain RECORD=12/345",
    )
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument("--cijfer", type=_figure)
    what.add_argument("--record", type=_record)
    explain.add_argument("--naar", type=Path)
    offer = add(
        "offer",
        "bied een geweigerde of ingetrokken levering opnieuw aan",
        "geef het nummer van de levering; de nummers staan in marts.dim_levering. Met een reden zegt u ook dat wat op\n"
        "gegevens van personen leek, dat niet is",
        "make offer LEVERING=12",
    )
    offer.add_argument("levering_nr", type=_number)
    offer.add_argument("--reden", default="")
    withdraw = add(
        "withdraw",
        "trek een toegelaten levering in",
        "geef het nummer van de levering, en de reden; die wordt gepubliceerd",
        'make withdraw LEVERING=12 REDEN="dubbel geteld"',
    )
    withdraw.add_argument("levering_nr", type=_number)
    withdraw.add_argument("--reden", type=_reason, required=True)
    check = add(
        "check",
        "kijk of bestanden zouden worden toegelaten; er wordt niets aangeraakt",
        "geef een bestand, bestanden die bij elkaar horen, of hun map; waar hun naam niet\n"
        "zegt wat het is, zegt EXTRACT het: registratie/extract",
        "make check BESTAND=beslag_20230115.csv EXTRACT=om_beslag/beslag",
    )
    check.add_argument("bestanden", nargs="+", type=_given)
    check.add_argument("--extract")
    supplier_report = add(
        "supplier-report",
        "maak het rapport van een levering, voor de leverancier",
        "geef het nummer van de levering; de nummers staan in marts.dim_levering",
        "make supplier-report LEVERING=12",
    )
    supplier_report.add_argument("levering_nr", type=_number)
    for name, told, reason in (
        ("accept", "laat een aangehouden levering toch toe", "een jaar is terecht vervallen"),
        ("refuse", "weiger een aangehouden levering voorgoed", "een half bestand"),
    ):
        decide = add(
            name,
            told,
            "geef het nummer van de levering, en de reden; die wordt gepubliceerd",
            f'make {name} LEVERING=12 REDEN="{reason}"',
        )
        decide.add_argument("levering_nr", type=_number)
        decide.add_argument("--reden", type=_reason, required=True)
    parser.asks = "geef een opdracht:\n" + "\n".join(
        f"  {name:<15} {command.description}" for name, command in known.items()
    )
    parser.asks += "\nof vraag de versie: --version"
    parser.example = "python -m orchestration nightly"
    return parser, known


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The words after the program's name; those of the process where None.

    Returns:
        The exit code.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser, commands = _parser()
    if words == ["--version"]:
        print(f"veiligheidsagenda {version()}")
        return 0
    with private_files(), _terminal() as console, Progress(console) as progress:
        try:
            chosen = parser.parse_args(words)
            if given := getattr(chosen, "versies", None):
                chosen.versies = _versions(given)
        except NotUnderstoodError as error:
            command = next((commands[word] for word in words if word in commands), parser)
            return _not_understood(command, error, console)
        try:
            return _run(chosen, data_paths(), console, progress)
        except NotUnderstoodError as error:
            progress.end()
            return _not_understood(commands[chosen.command], error, console)
        except faults.TELLING as error:
            progress.end()
            console.print(f"{chosen.command} kan niet verder:", style="red", highlight=False)
            console.print(faults.told(str(error)), markup=False, highlight=False)
            return NOT_PUBLISHED


def _not_understood(command: _Parser, error: NotUnderstoodError, console: Console) -> int:
    told = f"{command.prog.removeprefix('python -m orchestration').strip() or 'opdracht'}: "
    console.print(f"{told}niet begrepen", style="red", highlight=False)
    console.print("\n".join(filter(None, (str(error), command.how()))), markup=False, highlight=False)
    return NOT_UNDERSTOOD


def _run(chosen: argparse.Namespace, paths: DataPaths, console: Console, progress: Progress) -> int:
    """Run a command; one that changes, shows or takes out what is not published is written down."""
    if (subject := _subject(chosen)) is None:
        return _run_command(chosen, paths, console, progress)
    with journal.noted(paths, chosen.command, subject, "opdrachtregel") as told:
        code = _run_command(chosen, paths, console, progress)
        told.append(f"code {code}")
    return code


def _subject(chosen: argparse.Namespace) -> str | None:
    """On what a command acts, in words of our own; None where it shows what everybody may see, or touches no data."""
    if chosen.command in ("check", "dagster-home", "docs", "figures", "ledger", "prepare"):
        return None
    if chosen.command == "explain":
        of = f"record {'/'.join(map(str, chosen.record))}" if chosen.record else "cijfer"
        return f"{of}{', naar een bestand' if chosen.naar else ''}"
    if chosen.command == "report":
        return "naar pdf" if chosen.pdf else None
    return {
        "as-of": lambda: f"peildatum {chosen.peildatum}",
        "what-if": lambda: f"{len(chosen.versies)} versies",
        "nightly": lambda: "herbouw" if chosen.herbouw else "opnieuw" if chosen.opnieuw else "als er iets nieuws is",
        "backup": lambda: "datamap",
        "release": lambda: "publicatie",
        "restore": lambda: "datamap",
        "retention": lambda: "uitvoeren" if chosen.uitvoeren else "tonen",
        "rollback": lambda: "ongedaan" if chosen.ongedaan else "publicatie",
        "resume-ledger": lambda: "grootboek",
        "rekey": lambda: "sleutel",
        "demo": lambda: "inbox",
        "open-data": lambda: "publicatie",
    }.get(chosen.command, lambda: f"levering {chosen.levering_nr}")()


def _run_command(chosen: argparse.Namespace, paths: DataPaths, console: Console, progress: Progress) -> int:
    return {
        "nightly": lambda: _nightly(paths, console, progress, chosen.opnieuw, chosen.herbouw),
        "backup": lambda: _backup(paths, console, progress, Path(chosen.naar)),
        "restore": lambda: _restore(paths, console, progress, Path(chosen.van)),
        "retention": lambda: _retention(paths, console, progress, chosen.uitvoeren),
        "rekey": lambda: _rekey(paths, console, progress),
        "dagster-home": lambda: _dagster_home(paths, console),
        "demo": lambda: _demo(paths, console),
        "docs": lambda: _docs(paths, console),
        "prepare": lambda: _prepare(),
        "figures": lambda: _figures(paths, console, chosen.jaar, chosen.indicator),
        "report": lambda: _report(paths, console, chosen),
        "release": lambda: _release(paths, console, progress, chosen.afronden),
        "open-data": lambda: _open_data(paths, console),
        "as-of": lambda: _as_of(paths, console, progress, chosen.peildatum),
        "what-if": lambda: _what_if(paths, console, progress, chosen.versies),
        "explain": lambda: _explain(paths, console, chosen.cijfer, chosen.record, chosen.naar),
        "ledger": lambda: _ledger(paths, console, chosen.laatste),
        "rollback": lambda: _rollback(paths, console, chosen.reden, chosen.ongedaan),
        "resume-ledger": lambda: _resume_ledger(paths, console, chosen.reden),
        "offer": lambda: _offer(paths, console, chosen.levering_nr, chosen.reden),
        "withdraw": lambda: _withdraw(paths, console, chosen.levering_nr, chosen.reden),
        "check": lambda: _check(console, progress, chosen.bestanden, chosen.extract),
        "supplier-report": lambda: _supplier_report(paths, console, chosen.levering_nr),
        "accept": lambda: _accept(paths, console, chosen.levering_nr, chosen.reden),
        "refuse": lambda: _refuse(paths, console, chosen.levering_nr, chosen.reden),
    }[chosen.command]()


@contextmanager
def _terminal() -> Iterator[Console]:
    """Hold on to the terminal: Dagster turns the process's own output to a file while a step runs."""
    try:
        stream = io.TextIOWrapper(
            io.FileIO(os.dup(sys.stdout.fileno()), "w"),
            encoding=sys.stdout.encoding,
            errors=sys.stdout.errors,
            write_through=True,
        )
    except OSError:
        # What stands in for the output in a test or a notebook has no file below it.
        yield _console(None)
        return
    with stream:
        yield _console(stream)


def _console(stream: io.TextIOWrapper | None) -> Console:
    # The name of a file and the reason of a person are printed as they are, whatever brackets and colons stand in them.
    console = Console(file=stream, markup=False, emoji=False)
    if console.width < NARROWEST:
        console.width = NARROWEST
    return console


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotUnderstoodError(f"{text!r} is geen dag" if text else "") from None


def _number(text: str) -> int:
    if not text.isdecimal():
        raise NotUnderstoodError(f"{text!r} is geen nummer" if text else "")
    return int(text)


def _given(text: str) -> str:
    if not text.strip():
        raise NotUnderstoodError
    return text


def _reason(text: str) -> str:
    if not text.strip():
        raise NotUnderstoodError("er is geen reden gegeven")
    return text


def _versions(texts: Sequence[str]) -> list[str]:
    """Names of versions, with spaces or commas between them."""
    if not (names := [name for text in texts for name in named(text)]):
        raise NotUnderstoodError
    return names


def _year(text: str) -> int:
    if not text.isdecimal():
        raise NotUnderstoodError(f"{text!r} is geen jaar")
    return int(text)


def _figure(text: str) -> tuple[str, int]:
    indicator, _, year = text.partition("/")
    if not (indicator and year.isdecimal()):
        raise NotUnderstoodError(f"{text!r} is geen cijfer")
    return indicator, int(year)


def _record(text: str) -> tuple[int, int]:
    delivery, _, record = text.partition("/")
    if not (delivery.isdecimal() and record.isdecimal()):
        raise NotUnderstoodError(f"{text!r} is geen record")
    return int(delivery), int(record)


def _prepare() -> int:
    """Let dbt build the project by itself, so that the first night need not."""
    from orchestration.recording import recorded

    recorded()
    return 0


def _needs(file: Path) -> None:
    """Answer at once where a command asks about what is not there yet."""
    if not file.exists():
        raise ValueError(f"{file} bestaat nog niet; draai eerst make nightly")


def _nightly(paths: DataPaths, console: Console, progress: Progress, again: bool, anew: bool) -> int:
    console.print("Veiligheidsagenda: nachtelijke run", style="bold", highlight=False)
    if anew and not _rebuild(paths, console, progress):
        return NOT_PUBLISHED
    damage.examine(paths)
    news, last = novelty.changed(paths), novelty.last_night(paths)
    if last and not again and (told := novelty.behind(last)):
        damage.tell(error := ValueError(told))
        raise error
    if last and not news and not again:
        return _nothing_new(paths, console, last)
    with sole_writer(paths):
        if (since := novelty.last_night(paths)) != last:
            # Another night ended while this one waited for it.
            news, last = novelty.changed(paths), since
            if last and not news and not again:
                return _nothing_new(paths, console, last)
        if last:
            told = novelty.told_news(paths, news, last) or "niets; opnieuw omdat daarom is gevraagd"
            console.print(f"Nieuw sinds de vorige run: {told}", highlight=False)
        return _whole_night(paths, console, progress)


def _rebuild(paths: DataPaths, console: Console, progress: Progress) -> bool:
    """Make raw again from the inbox; True where nothing was lost, so that the night can go on."""
    from orchestration.declarations import read_declarations
    from orchestration.pseudonyms import key_from_environment
    from orchestration.rebuilding import rebuild_raw

    rebuilt = rebuild_raw(paths, read_declarations(), key_from_environment())
    progress.end()
    # What is left in the inbox the night finds again, and tells then.
    progress.take()
    known = "onbekend hoeveel" if rebuilt.known is None else rebuilt.known
    console.print(
        f"raw.duckdb is opnieuw opgebouwd: {rebuilt.deliveries} leveringen; gepubliceerd waren er {known}",
        highlight=False,
    )
    if rebuilt.account is None:
        return True
    for line in (*rebuilt.remarks, *rebuilt.commands):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    decisions = "Geef eerst opnieuw de besluiten hierboven" if rebuilt.commands else "Kan dat zo"
    told = (
        f"Er is niets gepubliceerd. {decisions}, en draai dan make nightly; het schema doet dat anders om 03:00 uur "
        f"vanzelf. Dit alles staat ook in {rebuilt.account}"
    )
    console.print(told, markup=False, highlight=False, soft_wrap=True)
    return False


def _backup(paths: DataPaths, console: Console, progress: Progress, folder: Path) -> int:
    from orchestration import backup

    file, contents = backup.make_backup(paths, folder)
    progress.end()
    console.print(str(file), markup=False, highlight=False, soft_wrap=True)
    console.print(f"reservekopie {backup.told(contents)}; teruggelezen en goed bevonden", highlight=False)
    return 0


def _restore(paths: DataPaths, console: Console, progress: Progress, file: Path) -> int:
    from orchestration import backup

    restored = backup.restore(paths, file)
    progress.end()
    console.print(f"teruggezet: reservekopie {backup.told(restored.contents)}", highlight=False)
    for name in restored.kept:
        told = f"  {name} stond er al, met iets anders erin, en is gelaten zoals het is"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    console.print("de rest maakt de volgende run: make nightly", highlight=False)
    return 0


def _rekey(paths: DataPaths, console: Console, progress: Progress) -> int:
    from orchestration.declarations import read_declarations
    from orchestration.pseudonyms import key_from_environment
    from orchestration.rekeying import rekey

    made = rekey(paths, read_declarations(), key_from_environment())
    progress.end()
    if not made.deliveries:
        told = (
            "Alles is verzonnen en blijft onder de sleutel van de demo, welke sleutel er ook is gezet; onder een echte "
            "sleutel staat hier niets. Er is niets veranderd."
            if made.is_demo
            else "Er staat niets onder een andere sleutel dan die nu is gezet. Er is niets veranderd."
        )
        console.print(told, highlight=False)
        return 0
    console.print(
        f"{made.deliveries} leveringen staan nu onder deze sleutel: {made.pseudonyms} sleutelwaarden, uit {made.files} "
        "geleverde bestanden. De oude sleutel is hier nergens meer voor nodig.",
        highlight=False,
    )
    if made.emptied:
        console.print(
            f"levering {', '.join(map(str, made.emptied))}: geldt niet, en het bestand ligt niet meer in de inbox; "
            "haar nummers zijn leeggemaakt",
            highlight=False,
        )
    for name in made.copies:
        console.print(f"nog onder de oude: {name}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        "Reservekopieën van voor nu staan nog onder de oude sleutel. Maak een nieuwe (make backup), en vernietig die "
        "van ervoor, of bewaar de oude sleutel zo lang als zij. Nu: make nightly; de cijfers blijven wat zij waren.",
        highlight=False,
    )
    return 0


def _whole_night(paths: DataPaths, console: Console, progress: Progress) -> int:
    from orchestration.report import Stand, show_night

    if not paths.inbox.exists():
        if paths.raw.exists():
            told = "er zijn eerder leveringen geladen: zet de map terug, of maak haar leeg aan"
            raise ValueError(f"{paths.inbox} is er niet, en {told}")
        _demo(paths, console)
    before = Stand.now(paths)
    _dagster_home(paths)
    step("voorbereiden", what="Dagster laden")
    # Dagster is seconds of import that the other commands need not pay.
    import dagster as dg
    import sqlalchemy.exc

    from orchestration.definitions import defs

    try:
        with dg.DagsterInstance.get() as instance:
            result = defs.resolve_job_def("nightly").execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
    except sqlalchemy.exc.DBAPIError as error:
        # Of the history itself; the whole text quotes what would be written.
        told = faults.told(str(error.orig))
        raise RuntimeError(
            f"de geschiedenis van Dagster ({paths.dagster_home}) kan niet worden bijgehouden: {told}"
        ) from error
    progress.end()
    kept = progress.take()
    failures = {name: _cause(result.failure_data_for_node(name)) for name in result.get_failed_step_keys()}
    is_incomplete = show_night(paths, console, before, kept, failures)
    if not result.success:
        return NOT_PUBLISHED
    return WITH_REFUSALS if is_incomplete else PUBLISHED


def _retention(paths: DataPaths, console: Console, progress: Progress, execute: bool) -> int:
    """Exit code 3 where something is left for a person to do, also where it was only shown."""
    from orchestration.declarations import read_declarations
    from orchestration.report import show_retention
    from orchestration.retention import retain

    outcome = retain(paths, read_declarations(), execute=execute, origin="opdrachtregel")
    progress.end()
    show_retention(outcome, console)
    return PUBLISHED if outcome.is_settled else WITH_REFUSALS


def _nothing_new(paths: DataPaths, console: Console, last: novelty.LastNight) -> int:
    told = novelty.told(last)
    console.print(f"{told[0].upper()}{told[1:]}.", style="bold green", highlight=False)
    console.print(f"  {paths.published}", highlight=False, markup=False, soft_wrap=True)
    for left in last.left:
        console.print(f"  blijft liggen: {left}", highlight=False, markup=False, soft_wrap=True)
    if paths.raw.exists():
        with open_database(paths.raw, read_only=True) as con:
            opened = still_open(con)
        for told in told_open(opened):
            console.print(f"  {told}", highlight=False, soft_wrap=True)
    for told in told_late(paths):
        console.print(f"  te laat {told}", highlight=False, markup=False, soft_wrap=True)
    console.print("Alle cijfers: make figures. Toch opnieuw: make nightly OPNIEUW=1.", highlight=False)
    return PUBLISHED


def _cause(failure: Any) -> str:
    """The innermost cause, in our own words where there are any: what Dagster wraps around it helps nobody."""
    if failure is None or failure.error is None:
        return "zie het logboek van de run"
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    error = failure.error
    while error.cause:
        error = error.cause
    kind, _, told = error.message.strip().partition(": ")
    return told if kind.startswith("orchestration.") else faults.told(error.message.strip())


def _dagster_home(paths: DataPaths, console: Console | None = None) -> int:
    """Keep the run history in the data folder, where Dagster's own commands look for it too."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    damage.settle_history(paths)
    settings = (ROOT / "orchestration" / "dagster.yaml").read_text(encoding="utf-8")
    if os.environ.get(DAGSTER_DATABASE_SETTING):
        import yaml

        other = (ROOT / "orchestration" / "dagster.postgres.yaml").read_text(encoding="utf-8")
        settings = yaml.safe_dump(yaml.safe_load(settings) | yaml.safe_load(other))
    file = paths.dagster_home / "dagster.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != settings:
        # Whole or not at all: with half of its settings Dagster takes its own, without a word.
        fresh = file.with_name(f"{file.name}.nieuw")
        with faults.naming(fresh):
            fresh.write_text(settings, encoding="utf-8")
        fresh.replace(file)
    os.environ["DAGSTER_HOME"] = str(paths.dagster_home)
    if console:
        console.print(str(paths.dagster_home), markup=False, highlight=False, soft_wrap=True)
    return 0


def _demo(paths: DataPaths, console: Console) -> int:
    from orchestration.demo.scenario import write_demo

    files = write_demo(paths.inbox, say=lambda text: step("demoleveringen", what=text))
    console.print(f"{len(files)} fictieve leveringen staan in {paths.inbox}", highlight=False, soft_wrap=True)
    return 0


def _figures(paths: DataPaths, console: Console, year: int | None, indicator: str | None) -> int:
    from orchestration.report import show_figures

    _needs(paths.published)
    show_figures(paths, console, year, indicator)
    return 0


def _report(paths: DataPaths, console: Console, chosen: argparse.Namespace) -> int:
    from orchestration.publishing import report_on_present
    from orchestration.reporting import PAGE, PDF, page_beside, print_report

    if chosen.peildatum or chosen.versies:
        there = BesidePaths.as_of(paths.data, chosen.peildatum) if chosen.peildatum else None
        there = there or BesidePaths.what_if(paths.data, chosen.versies)
        page, pdf = there.folder / PAGE, there.folder / PDF
        if not page.exists():
            first = f"as-of PEILDATUM={chosen.peildatum}" if chosen.peildatum else f"what-if {_asked(chosen.versies)}"
            raise ValueError(f"{page} bestaat nog niet; draai eerst make {first}")
    else:
        _needs(paths.published)
        page, pdf = page_beside(paths.published), paths.data / PDF
        if page is None:
            with sole_writer(paths):
                page = report_on_present(paths)
        if page is None:
            return NOT_PUBLISHED
    if chosen.pdf:
        step("afdrukken")
        print_report(page, pdf)
        if page == page_beside(paths.published):
            share(paths, pdf)
    console.print(str(pdf if chosen.pdf else page), highlight=False, markup=False, soft_wrap=True)
    return 0


def _release(paths: DataPaths, console: Console, progress: Progress, round_off: bool) -> int:
    from orchestration.release import write_release
    from orchestration.reporting import page_beside

    _needs(paths.published)
    with sole_writer(paths):
        made = write_release(paths, round_off)
    progress.end()
    told = (
        f"van publicatie {made.publication}"
        if made.is_new
        else "staat er al, en blijft: er is niets anders vrij te geven"
    )
    console.print(f"Vrijgave {made.number} {told}", highlight=False)
    for file in filter(None, (made.file, page_beside(made.file))):
        console.print(f"  {file}", highlight=False, markup=False, soft_wrap=True)
    free, small, other = made.cells.values()
    console.print(
        f"Cellen: {free} vrij, {small} achtergehouden om zichzelf, {other} omdat zij zo een zouden tonen.",
        highlight=False,
    )
    console.print(
        f"In hun geheel achtergehouden: {made.withheld} tabellen (fct_achtergehouden zegt waarom); "
        f"{made.kept} keer blijft een eerdere vrijgave staan.",
        highlight=False,
    )
    return 0


def _open_data(paths: DataPaths, console: Console) -> int:
    from orchestration.open_data import write_open_data
    from orchestration.open_data.catalogue import Settings

    _needs(paths.published)
    settings = Settings.from_environment()
    console.print(str(write_open_data(paths, settings)), highlight=False, markup=False, soft_wrap=True)
    if settings.unknown:
        console.print("Nog in te vullen voor een dataportaal (zie README, Open data):", highlight=False)
        for name in settings.unknown:
            console.print(f"  {name}", highlight=False, markup=False)
    return 0


def _as_of(paths: DataPaths, console: Console, progress: Progress, day: date) -> int:
    from orchestration.beside import build_as_of
    from orchestration.report import show_figures

    file = build_as_of(paths, day)
    progress.end()
    show_figures(BesidePaths.as_of(paths.data, day), console)
    console.print(f"Bestand: {file}", highlight=False, soft_wrap=True)
    console.print(f"Als pagina: make report PEILDATUM={day}", highlight=False)
    return 0


def _what_if(paths: DataPaths, console: Console, progress: Progress, versions: Sequence[str]) -> int:
    from orchestration.beside import build_what_if
    from orchestration.report import show_what_if

    answer = build_what_if(paths, versions)
    progress.end()
    show_what_if(answer, console)
    console.print(f"Als pagina: make report {_asked(versions)}", highlight=False, soft_wrap=True)
    return 0


def _asked(versions: Sequence[str]) -> str:
    """How a recipe is asked for versions."""
    return f"VERSIES={','.join(versions)}"


def _explain(
    paths: DataPaths,
    console: Console,
    figure: tuple[str, int] | None,
    record: tuple[int, int] | None,
    file: Path | None,
) -> int:
    from orchestration.explanation import explain_figure, explain_row, write_rows
    from orchestration.report import show_figure_explained, show_row_explained

    if record and file:
        raise ValueError("NAAR schrijft de records achter een cijfer op; geef daarbij CIJFER, en geen RECORD")
    _needs(paths.warehouse)
    with open_warehouse(paths) as con:
        if record:
            show_row_explained(explain_row(con, *record), console)
        elif figure:
            show_figure_explained(*explain_figure(con, *figure), console)
            if file:
                try:
                    written = write_rows(con, *figure, file)
                except OSError as error:
                    raise ValueError(f"{file} kan niet worden geschreven: bestaat de map, en mag u erin?") from error
                console.print(f"{written} regels geschreven naar {file}", highlight=False)
    return 0


def _ledger(paths: DataPaths, console: Console, number: int) -> int:
    """Exit code 0 where the ledger is whole and readers see what was published, 1 where not."""
    from orchestration.ledger import audit, folders, read_ledger
    from orchestration.publishing import faults_of_present
    from orchestration.report import show_ledger

    if not paths.ledger.exists() and not folders(paths):
        console.print(f"{paths.ledger} bestaat nog niet; het begint bij de eerste publicatie")
        return 0
    with read_ledger(paths) as con:
        found, damage = audit(con, paths), faults_of_present(con, paths)
        show_ledger(con, found, damage, number, console)
    return 1 if found.faults or damage else 0


def _rollback(paths: DataPaths, console: Console, reason: str, undo: bool) -> int:
    from orchestration.publishing import roll_back, undo_roll_back

    with sole_writer(paths):
        was, now = (undo_roll_back if undo else roll_back)(paths, reason)
    console.print(f"lezers zien nu publicatie {now}, en niet meer publicatie {was}", highlight=False)
    if not undo:
        told = (
            f"een volgende run die hetzelfde bouwt als publicatie {was}, publiceert dat niet opnieuw; "
            'toch: make rollback ONGEDAAN=1 REDEN="..."'
        )
        console.print(told, highlight=False, markup=False)
    return 0


def _resume_ledger(paths: DataPaths, console: Console, reason: str) -> int:
    from orchestration.ledger import resume

    with sole_writer(paths):
        console.print(resume(paths, reason), highlight=False, markup=False)
    return 0


def _docs(paths: DataPaths, console: Console) -> int:
    """Make the pages of the project as it stands; no delivery is needed for them."""
    from orchestration.documentation import write_documentation
    from orchestration.transformation import manifest_file

    step("documentatie")
    console.print(str(write_documentation(paths, manifest_file())), highlight=False, markup=False, soft_wrap=True)
    return 0


def _offer(paths: DataPaths, console: Console, number: int, reason: str) -> int:
    from orchestration.decisions import offer_again

    ask = partial(offer_again, number=number, reason=reason)
    rows = _decide(paths, console, ask, "wordt bij de volgende run opnieuw geladen")
    for row in rows:
        if not (file := paths.inbox / row.registration / row.file).exists():
            told = f"dat kan pas als het bestand weer in de inbox ligt: {file}"
            console.print(told, markup=False, highlight=False, soft_wrap=True)
    return 0


def _withdraw(paths: DataPaths, console: Console, number: int, reason: str) -> int:
    from orchestration.decisions import withdraw
    from orchestration.publishing import published_verdicts
    from orchestration.register import not_yet_published

    def decide(con: duckdb.DuckDBPyConnection, by: str) -> list[Row]:
        fresh = [row.number for row in not_yet_published(con, published_verdicts(paths))]
        return withdraw(con, number, reason, by, fresh)

    _decide(paths, console, decide, "is ingetrokken; vanaf de volgende run rusten de cijfers er niet meer op")
    console.print(f"toch weer in gebruik nemen: make offer LEVERING={number}", highlight=False)
    return 0


def _accept(paths: DataPaths, console: Console, number: int, reason: str) -> int:
    from orchestration.decisions import accept

    outcome = "is toegelaten; de volgende run rust erop, als zij verderop geen regel breekt"
    _decide(paths, console, partial(accept, number=number, reason=reason), outcome)
    console.print(f"weer intrekken: make withdraw LEVERING={number} REDEN=...", highlight=False)
    return 0


def _refuse(paths: DataPaths, console: Console, number: int, reason: str) -> int:
    from orchestration.decisions import refuse

    outcome = "is geweigerd; de levering ervoor blijft van kracht"
    _decide(paths, console, partial(refuse, number=number, reason=reason), outcome)
    console.print(f"toch weer aanbieden: make offer LEVERING={number}", highlight=False)
    return 0


def _decide(paths: DataPaths, console: Console, decide: Callable[..., list[Row]], outcome: str) -> list[Row]:
    """Take a decision, and say of which other deliveries it is: the same set, or the same content."""
    _needs(paths.raw)
    with sole_writer(paths), open_database(paths.raw) as con:
        rows = decide(con, by=_user())
    numbers = ", ".join(str(row.number) for row in rows)
    journal.note(paths, journal.DECISION, f"levering {numbers}", outcome.split(";")[0], "opdrachtregel")
    for row in rows:
        with_it = "" if row is rows[0] else f", met levering {rows[0].number} mee"
        told = f"levering {row.number} ({row.registration}/{row.file}) {outcome}{with_it}"
        console.print(told, markup=False, highlight=False)
    return rows


def _check(console: Console, progress: Progress, files: Sequence[str], extract: str | None) -> int:
    """Exit code 0 where a night would admit the files, 3 where it would not."""
    from orchestration.checking import NotCheckableError, check
    from orchestration.declarations import read_declarations
    from orchestration.report import show_check

    # Who stops it politely leaves no copy of the files behind.
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        checked = check(files, extract, read_declarations())
    except NotCheckableError as error:
        raise NotUnderstoodError(str(error)) from error
    finally:
        signal.signal(signal.SIGTERM, before)
    progress.end()
    # What a night would keep for its summary stands in what was found.
    progress.take()
    show_check(checked, console)
    return PUBLISHED if checked.would_be_admitted else WITH_REFUSALS


def _supplier_report(paths: DataPaths, console: Console, number: int) -> int:
    from orchestration import register
    from orchestration.declarations import read_declarations
    from orchestration.supplier_report import write_report

    _needs(paths.raw)
    with open_database(paths.raw, read_only=True) as con:
        files = write_report(con, register.account(con, number), read_declarations(), paths.reports)
    for file in files:
        console.print(str(file), highlight=False, markup=False, soft_wrap=True)
    return 0


def _user() -> str:
    """Who runs the command, as verdicts name him."""
    name = os.environ.get("USER", "onbekend")
    # What decides by itself is told from a person by its name.
    return f"gebruiker {name}" if name in BY_ITSELF else name


if __name__ == "__main__":
    sys.exit(main())
