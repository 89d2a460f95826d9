"""What a person reads in the terminal: figures, deliveries, publications. Reads only what is published or kept."""

import itertools
from collections.abc import Sequence

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration import register
from orchestration.beside import WhatIf
from orchestration.explanation import Figure, Part, Place, Row
from orchestration.ledger import Audit
from orchestration.locking import open_database
from orchestration.paths import DataPaths

SHOWN_RECORDS = 12
JUDGED = {"behaald": "green", "op_schema": "green", "niet_behaald": "red", "achter_op_schema": "red"}


def show_figures(paths: DataPaths, console: Console) -> None:
    """Print the published figures: one line per indicator and year that has one, and how many have none.

    Across a break in a series the change says so. What is expected of figures that still grow is a table of its own.

    Args:
        paths: The data folder.
        console: Where to print.
    """
    with open_database(paths.published, read_only=True) as con:
        rows = con.execute(
            """select agenda_code, voortgang.indicator_naam, voortgang.eenheid_van_maat, jaar, realisatie,
                realisatie_status, verandering, verandering_pct, geen_vergelijking_reden, streefcijfer, oordeel
            from marts.fct_voortgang as voortgang inner join marts.dim_indicator as indicator using (indicator_code)
            where realisatie is not null order by agenda_code, indicator.volgorde, jaar"""
        ).fetchall()
        without = con.execute(
            """select geen_realisatie_reden, count(*) from marts.fct_voortgang
            where realisatie is null group by all order by all"""
        ).fetchall()
        expected = con.execute(
            """select indicator_naam, jaar, realisatie, verwachte_eindwaarde, ondergrens, bovengrens,
                betrouwbaarheid_pct
            from marts.fct_verwachting inner join marts.dim_indicator using (indicator_code)
            where verwachte_eindwaarde is not null order by indicator_naam, jaar"""
        ).fetchall()
        peildatum = con.execute("select max(peildatum) from marts.fct_voortgang").fetchall()[0][0]
    table = _table(f"Voortgang van de Veiligheidsagenda, zoals bekend op {peildatum:%d-%m-%Y}")
    table.add_column("indicator (maat)")
    table.add_column("jaar", no_wrap=True)
    for heading in ("cijfer", "t.o.v.\nvorig jaar", "norm"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("oordeel", no_wrap=True)
    # One row per indicator, whose years are lines of it: a long name then wraps beside them.
    for (_, name, unit), years in itertools.groupby(rows, key=lambda row: row[:3]):
        lines = [_year(unit, *year[3:]) for year in years]
        table.add_row(f"{name} ({unit})", *("\n".join(cells) for cells in zip(*lines, strict=True)))
        table.add_section()
    console.print(table)
    console.print("* voorlopig cijfer; verandering ten opzichte van het jaar ervoor, pt: procentpunt", highlight=False)
    if without:
        console.print("Zonder cijfer: " + ", ".join(f"{number} x {reason}" for reason, number in without))
    if expected:
        _show_expected(expected, console)


def _year(
    unit: str,
    year: int,
    figure: object,
    status: str,
    change: object,
    percentage: object,
    not_compared: str | None,
    norm: object,
    verdict: str,
) -> tuple[str, ...]:
    return (
        str(year),
        _dutch(figure) + ("*" if status == "voorlopig" else " "),
        _change(unit, change, percentage, not_compared),
        _or_empty(norm),
        f"[{JUDGED.get(verdict, 'default')}]{verdict}[/]",
    )


def _change(unit: str, difference: object, percentage: object, reason: str | None) -> str:
    if reason == "trendbreuk":
        return reason
    if unit == "pct":
        return "" if difference is None else f"{_dutch(difference, sign='+')} pt"
    return "" if percentage is None else f"{_dutch(percentage, sign='+')}%"


def _show_expected(rows: Sequence[tuple], console: Console) -> None:
    table = _table("Verwachting: waar cijfers die nog groeien op uitkomen (schatting)")
    table.add_column("indicator")
    table.add_column("jaar")
    for heading in ("nu", "verwacht", f"{rows[0][-1]}% ligt tussen"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, year, figure, expected, low, high, _ in rows:
        table.add_row(
            name,
            str(year),
            *(_dutch(round(float(number))) for number in (figure, expected)),
            f"{_dutch(round(float(low)))} - {_dutch(round(float(high)))}",
        )
    console.print(table)


def show_deliveries(paths: DataPaths, console: Console, earlier: int) -> bool:
    """Print what this night did with deliveries.

    Args:
        paths: The data folder.
        console: Where to print.
        earlier: Highest levering_nr before this night.

    Returns:
        Whether a delivery was refused or held.
    """
    with open_database(paths.raw, read_only=True) as con:
        rows = [row for row in register.deliveries(con) if row.number > earlier]
    admitted = [row for row in rows if row.verdict == "toegelaten"]
    others = [row for row in rows if row.verdict != "toegelaten"]
    if not rows:
        console.print("Leveringen: niets nieuws.")
    else:
        records = sum(row.loaded or 0 for row in admitted)
        aside = sum(row.set_aside or 0 for row in admitted)
        console.print(
            f"Leveringen: {len(admitted)} toegelaten ({_dutch(records)} records, {aside} apart gezet), "
            f"{len(others)} niet toegelaten."
        )
    for row in others:
        console.print(
            f"  [red]{row.verdict}[/red] levering {row.number} {row.registration}/{row.file}", highlight=False
        )
        console.print(f"    {row.reason}", markup=False, highlight=False)
        console.print(f"    na herstel opnieuw aanbieden: make offer LEVERING={row.number}", highlight=False)
    return bool(others)


def show_what_if(answer: WhatIf, console: Console) -> None:
    """Print figures under other versions beside the published ones.

    Args:
        answer: The answer.
        console: Where to print.
    """
    table = _table("Wat als: de gepubliceerde cijfers naast die onder andere versies")
    table.add_column("indicator", max_width=36)
    table.add_column("jaar")
    for heading in ("nu", "wat als", "verschil"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("versies", max_width=44)
    shown = None
    for row in answer.figures:
        first = row.indicator != shown
        shown = row.indicator
        if first and table.row_count:
            table.add_section()
        numbers = [_or_empty(number) for number in (row.figure, row.other, row.difference)]
        table.add_row(row.indicator if first else "", str(row.year), *numbers, row.versions if first else "")
    console.print(table)
    for told in answer.broken:
        console.print(f"onder deze versies gaat niet op: {told}", markup=False, highlight=False)
    console.print(f"Alle tabellen: {answer.file}", highlight=False, soft_wrap=True)


def show_figure_explained(figure: Figure, parts: Sequence[Part], console: Console) -> None:
    """Print a figure and the delivered rows behind it.

    Args:
        figure: The figure.
        parts: Its rows per delivery, role and rule.
        console: Where to print.
    """
    value = f"geen cijfer ({figure.reason})" if figure.value is None else f"{_dutch(figure.value)} {figure.unit}"
    known = f"{figure.status}, " if figure.status else ""
    console.print(f"[bold]{figure.name}, {figure.year}: {value}[/bold] ({known}bekend op {figure.peildatum:%d-%m-%Y})")
    versions = ", ".join(filter(None, (figure.definition, figure.lists)))
    console.print(f"Definitie {versions}: {figure.rule}", markup=False, highlight=False)
    table = _table()
    table.add_column("levering", justify="right", no_wrap=True)
    table.add_column("rol", no_wrap=True)
    table.add_column("telt", no_wrap=True)
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("eenheden", justify="right", no_wrap=True)
    table.add_column("regel", max_width=40)
    for part in parts:
        counts = {True: "ja", False: "nee", None: "?"}[part.counts]
        rule = part.rule if part.amount is None else f"{part.rule} ({_dutch(part.amount)} euro)"
        table.add_row(str(part.delivery), part.role, counts, _dutch(part.rows), _dutch(part.units), rule)
    if figure.lowest_day:
        console.print(f"De voorraad was het laagst op {figure.lowest_day:%d-%m-%Y}; een eenheid is een dag.")
    console.print(table)
    for delivery, file in dict.fromkeys((part.delivery, part.file) for part in parts):
        console.print(f"Levering {delivery} is {file}; daarvan telt record:", highlight=False, soft_wrap=True)
        for part in parts:
            if part.delivery == delivery and part.counts:
                shown = ", ".join(str(number) for number in part.records[:SHOWN_RECORDS])
                rest = len(part.records) - SHOWN_RECORDS
                more = f" en {_dutch(rest)} andere" if rest > 0 else ""
                console.print(f"  {part.role}: {shown}{more}", highlight=False)
    asked = f"CIJFER={figure.indicator}/{figure.year}"
    console.print(f"Alle records in een bestand: make explain {asked} NAAR=herkomst.csv", highlight=False)


def show_row_explained(row: Row, console: Console) -> None:
    """Print where a delivered row counts, and by which rule it does not.

    Args:
        row: The row.
        console: Where to print.
    """
    console.print(f"[bold]Record {row.record} van levering {row.delivery}[/bold] ({row.file})", highlight=False)
    if row.remark:
        console.print(f"Telt nergens mee: {row.remark}", markup=False, highlight=False)
        return
    table = _table()
    table.add_column("telt", no_wrap=True)
    table.add_column("cijfer, en waarnaar het is uitgesplitst", min_width=30, overflow="fold")
    for heading in ("jaar", "rol", "regel"):
        table.add_column(heading, no_wrap=heading != "regel")
    # The figure itself comes first among its places; below it stand the splits in which the row does the same.
    for (counts, indicator, year, role, rule), places in itertools.groupby(
        sorted(row.places, key=lambda place: (place.counts is not True, *map(str, _same(place)))), key=_same
    ):
        splits = [place.split for place in places if place.split != "geen/totaal"]
        table.add_row(
            {True: "ja", False: "nee", None: "?"}[counts],
            "\n  ".join([indicator, *splits]),
            "-" if year is None else str(year),
            role,
            rule,
        )
    console.print(table)


def _same(place: Place) -> tuple[bool | None, str, int | None, str, str]:
    return place.counts, place.indicator, place.year, place.role, place.rule


def show_ledger(con: duckdb.DuckDBPyConnection, found: Audit, number: int, console: Console) -> None:
    """Print the newest publications of the ledger, and whether it is whole.

    Args:
        con: Connection to the ledger.
        found: What checking it showed.
        number: How many publications are shown.
        console: Where to print.
    """
    table = _table("Grootboek van publicaties")
    for heading in ("nr", "soort", "opgeschreven", "peildatum", "cijfers", "bijgesteld", "controle"):
        table.add_column(heading, no_wrap=True)
    rows = con.execute(
        """select publicatie_nr, arg_max(soort, gebeurtenis_nr), min(vastgelegd_op), min(peildatum),
            (select count(*) from cijfer where cijfer.publicatie_nr = gebeurtenis.publicatie_nr),
            (select count(*) from bijstelling where bijstelling.publicatie_nr = gebeurtenis.publicatie_nr),
            arg_max(sha256, gebeurtenis_nr)
        from gebeurtenis group by publicatie_nr order by publicatie_nr desc limit ?""",
        [number],
    ).fetchall()
    for row, kind, written, day, figures, adjustments, digest in reversed(rows):
        cells = (row, kind, f"{written:%d-%m-%Y}", f"{day:%d-%m-%Y}", figures, adjustments, digest[:8])
        table.add_row(*(str(cell) for cell in cells))
    console.print(table)
    console.print(f"{found.events} gebeurtenissen en {found.rows} rijen gecontroleerd; de laatste heeft controlegetal")
    console.print(found.head, highlight=False)
    if found.faults:
        console.print(f"[red]Het grootboek is niet heel: {len(found.faults)} afwijkingen[/red]")
        for fault in found.faults:
            console.print(f"  {fault}", markup=False, highlight=False)
    else:
        console.print("[green]Het grootboek is zoals het is opgeschreven.[/green]")


def newest_delivery(paths: DataPaths) -> int:
    """The highest levering_nr in the register; 0 where nothing was ever delivered."""
    if not paths.raw.exists():
        return 0
    with open_database(paths.raw, read_only=True) as con:
        return max((row.number for row in register.deliveries(con)), default=0)


def _table(title: str | None = None) -> Table:
    """A table that leaves as much of the line as it can to what is in it."""
    return Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _or_empty(number: object) -> str:
    return "" if number is None else _dutch(number)


def _dutch(number: object, sign: str = "-") -> str:
    """Dutch notation: a dot between thousands, a comma before decimals, no decimals where they are zero."""
    text = f"{float(str(number)):{sign},.1f}".removesuffix(".0")
    return text.translate(str.maketrans({",": ".", ".": ","}))
