"""The command line: `python -m orchestration <command>`, which the Makefile calls.

Exit codes of `nightly`: 0 published (or nothing had changed), 3 published with refused or held deliveries, 1 not
published. The figures that readers see after 1 are those of the night before.
"""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.logging import RichHandler

from orchestration.locking import open_database, open_warehouse, sole_writer
from orchestration.paths import ROOT, BesidePaths, DataPaths, data_paths
from orchestration.register import Row
from orchestration.transformation import manifest_file, run_dbt

PUBLISHED, NOT_PUBLISHED, WITH_REFUSALS = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The words after the program's name; those of the process where None.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("nightly", help="van leveringen naar gepubliceerde cijfers")
    commands.add_parser("demo", help="zet fictieve leveringen klaar")
    commands.add_parser("docs", help="maak de documentatie van de modellen")
    as_of = commands.add_parser("as-of", help="schrijf de cijfers zoals bekend op een eerdere dag")
    as_of.add_argument("peildatum", type=_day, help="jjjj-mm-dd")
    what_if = commands.add_parser("what-if", help="zet de cijfers onder andere versies van definities naast die van nu")
    what_if.add_argument("versies", nargs="+", help="zoals csv_aangepakt_2 of afdoening_2")
    ledger = commands.add_parser("ledger", help="toon de publicaties en controleer het grootboek")
    ledger.add_argument("--laatste", type=int, default=20, help="hoeveel publicaties worden getoond")
    explain = commands.add_parser("explain", help="toon waarop een cijfer rust, of waar een geleverd record telt")
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument("--cijfer", type=_figure, help="indicator/jaar, zoals slachtoffers_comensha/2020")
    what.add_argument("--record", type=_record, help="levering/record, zoals 12/345")
    explain.add_argument("--naar", type=Path, help="schrijf alle records achter het cijfer naar dit bestand")
    offer = commands.add_parser("offer", help="bied een geweigerde of ingetrokken levering opnieuw aan")
    offer.add_argument("levering_nr", type=_delivery_number)
    withdraw = commands.add_parser("withdraw", help="trek een toegelaten levering in")
    withdraw.add_argument("levering_nr", type=_delivery_number)
    withdraw.add_argument("--reden", default="", help="waarom; wordt bij de levering gepubliceerd")
    chosen = parser.parse_args(arguments)
    console = Console()
    _show_log(console)
    paths = data_paths()
    run = {
        "nightly": lambda: _nightly(paths, console),
        "demo": lambda: _demo(paths, console),
        "docs": lambda: _docs(paths, console),
        "as-of": lambda: _as_of(paths, console, chosen.peildatum),
        "what-if": lambda: _what_if(paths, console, chosen.versies),
        "explain": lambda: _explain(paths, console, chosen.cijfer, chosen.record, chosen.naar),
        "ledger": lambda: _ledger(paths, console, chosen.laatste),
        "offer": lambda: _offer(paths, console, chosen.levering_nr),
        "withdraw": lambda: _withdraw(paths, console, chosen.levering_nr, chosen.reden),
    }[chosen.command]
    try:
        return run()
    except (RuntimeError, ValueError) as error:
        console.print(f"[red]{chosen.command} kan niet verder:[/red]")
        console.print(str(error), markup=False, highlight=False)
        return NOT_PUBLISHED


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is geen dag; verwacht wordt jjjj-mm-dd, zoals 2021-03-01") from None


def _delivery_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is geen nummer van een levering; die staan in marts.levering")
    return int(text)


def _figure(text: str) -> tuple[str, int]:
    indicator, _, year = text.partition("/")
    if not (indicator and year.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is geen cijfer; verwacht wordt indicator/jaar, zoals oskm_a/2020")
    return indicator, int(year)


def _record(text: str) -> tuple[int, int]:
    delivery, _, record = text.partition("/")
    if not (delivery.isdigit() and record.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is geen record; verwacht wordt levering/record, zoals 12/345")
    return int(delivery), int(record)


def _show_log(console: Console) -> None:
    """Print what the project's own modules say; Dagster keeps the rest in the history of the run."""
    handler = RichHandler(console=console, show_path=False, show_level=False, log_time_format="%H:%M:%S")
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("orchestration")
    logger.setLevel(logging.INFO)
    logger.handlers = [handler]
    logger.propagate = False


def _nightly(paths: DataPaths, console: Console) -> int:
    console.print("[bold]Veiligheidsagenda: nachtelijke run[/bold]")
    if not paths.inbox.exists():
        console.print(f"{paths.inbox} bestaat nog niet: de fictieve demoleveringen worden klaargezet.")
        _demo(paths, console)
    earlier = _newest_delivery(paths)
    _dagster_home(paths)
    # Dagster is seconds of import that the other commands need not pay.
    import dagster as dg

    from orchestration.definitions import defs
    from orchestration.report import show_deliveries, show_figures

    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def("nightly").execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    refused = show_deliveries(paths, console, earlier)
    if not result.success:
        console.print("[red]Niet gepubliceerd.[/red] De vorige publicatie blijft staan. Oorzaak:")
        for event in result.get_failed_step_keys():
            failure = result.failure_data_for_node(event)
            console.print(f"  stap {event}: {_cause(failure)}", markup=False, highlight=False)
        return NOT_PUBLISHED
    show_figures(paths, console)
    console.print(f"Gepubliceerd bestand: {paths.published}", highlight=False, soft_wrap=True)
    return WITH_REFUSALS if refused else PUBLISHED


def _cause(failure: Any) -> str:
    """The innermost cause: what Dagster wraps around it helps nobody."""
    if failure is None or failure.error is None:
        return "zie het logboek van de run"
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    error = failure.error
    while error.cause:
        error = error.cause
    return error.message


def _newest_delivery(paths: DataPaths) -> int:
    from orchestration.report import newest_delivery

    return newest_delivery(paths)


def _dagster_home(paths: DataPaths) -> None:
    """Keep the run history in the data folder, where `make dev` looks for it too."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "dagster.yaml", paths.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(paths.dagster_home)


def _demo(paths: DataPaths, console: Console) -> int:
    from orchestration.demo.scenario import write_demo

    files = write_demo(paths.inbox, say=lambda text: console.print(f"  {text}", highlight=False))
    console.print(f"{len(files)} fictieve leveringen staan in {paths.inbox}", highlight=False, soft_wrap=True)
    return 0


def _as_of(paths: DataPaths, console: Console, day: date) -> int:
    from orchestration.beside import build_as_of
    from orchestration.report import show_figures

    file = build_as_of(paths, day)
    show_figures(BesidePaths.as_of(paths.data, day), console)
    console.print(f"Bestand: {file}", highlight=False, soft_wrap=True)
    return 0


def _what_if(paths: DataPaths, console: Console, versions: Sequence[str]) -> int:
    from orchestration.beside import build_what_if
    from orchestration.report import show_what_if

    answer = build_what_if(paths, versions)
    show_what_if(answer, console)
    return 0


def _explain(
    paths: DataPaths,
    console: Console,
    figure: tuple[str, int] | None,
    record: tuple[int, int] | None,
    file: Path | None,
) -> int:
    from orchestration.explanation import explain_figure, explain_row, write_rows
    from orchestration.report import show_figure_explained, show_row_explained

    if not paths.warehouse.exists():
        raise ValueError(f"{paths.warehouse} bestaat niet; draai eerst make nightly")
    with open_warehouse(paths) as con:
        if record:
            show_row_explained(explain_row(con, *record), console)
        elif figure:
            show_figure_explained(*explain_figure(con, *figure), console)
            if file:
                console.print(f"{write_rows(con, *figure, file)} regels geschreven naar {file}", highlight=False)
    return 0


def _ledger(paths: DataPaths, console: Console, number: int) -> int:
    """Exit code 0 where the chain is whole, 1 where it is not."""
    from orchestration.ledger import audit
    from orchestration.report import show_ledger

    if not paths.ledger.exists():
        console.print(f"{paths.ledger} bestaat nog niet; het begint bij de eerste publicatie")
        return 0
    with open_database(paths.ledger, read_only=True) as con:
        found = audit(con)
        show_ledger(con, found, number, console)
    return 1 if found.faults else 0


def _docs(paths: DataPaths, console: Console) -> int:
    """Make one page; without a warehouse it lacks the types that were built and the number of rows."""
    manifest_file(paths)
    if paths.warehouse.exists():
        with sole_writer(paths):
            run_dbt(paths, ["docs", "generate", "--static"])
    else:
        run_dbt(paths, ["docs", "generate", "--static", "--no-compile", "--empty-catalog"])
    console.print(f"Documentatie: {paths.dbt_target / 'static_index.html'}", highlight=False, soft_wrap=True)
    return 0


def _offer(paths: DataPaths, console: Console, number: int) -> int:
    from orchestration.decisions import offer_again

    with sole_writer(paths), open_database(paths.raw) as con:
        rows = offer_again(con, number, by=_user())
    _show_decided(console, rows, "wordt bij de volgende run opnieuw geladen")
    return 0


def _withdraw(paths: DataPaths, console: Console, number: int, reason: str) -> int:
    from orchestration.decisions import withdraw

    with sole_writer(paths), open_database(paths.raw) as con:
        rows = withdraw(con, number, reason, by=_user())
    _show_decided(console, rows, "is ingetrokken; vanaf de volgende run rusten de cijfers er niet meer op")
    console.print(f"toch weer in gebruik nemen: make offer LEVERING={number}", highlight=False)
    return 0


def _show_decided(console: Console, rows: Sequence[Row], outcome: str) -> None:
    """Say what was decided, and of which other deliveries: the same set, or the same content."""
    for row in rows:
        with_it = "" if row is rows[0] else f", met levering {rows[0].number} mee"
        console.print(f"levering {row.number} ({row.registration}/{row.file}) {outcome}{with_it}", highlight=False)


def _user() -> str:
    """Who runs the command, as verdicts name him."""
    return os.environ.get("USER", "onbekend")


if __name__ == "__main__":
    sys.exit(main())
