"""What a person reads at the end of a night: the figures, the deliveries, the file. Reads only what is published or kept."""

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration import register
from orchestration.paths import DataPaths

JUDGED = {"behaald": "green", "op_schema": "green", "niet_behaald": "red", "achter_op_schema": "red"}


def show_figures(paths: DataPaths, console: Console) -> None:
    """Print the published figures: one line per indicator and year that has one, and how many have none.

    Args:
        paths: The data folder.
        console: Where to print.
    """
    with duckdb.connect(str(paths.published), read_only=True) as con:
        rows = con.execute(
            """select agenda_code, voortgang.indicator_naam, jaar, realisatie, streefcijfer, voortgang.eenheid_van_maat, oordeel,
                coalesce(realisatie_status, ''), coalesce(geen_streefcijfer_reden, '')
            from marts.fct_voortgang as voortgang inner join marts.dim_indicator as indicator using (indicator_code)
            where realisatie is not null order by agenda_code, indicator.volgorde, jaar"""
        ).fetchall()
        without = con.execute(
            """select geen_realisatie_reden, count(*) from marts.fct_voortgang
            where realisatie is null group by all order by all"""
        ).fetchall()
        peildatum = con.execute("select max(peildatum) from marts.fct_voortgang").fetchall()[0][0]
    table = Table(title=f"Voortgang van de Veiligheidsagenda, zoals bekend op {peildatum:%d-%m-%Y}")
    for heading in ("agenda", "indicator", "jaar"):
        table.add_column(heading)
    for heading in ("realisatie", "streefcijfer"):
        table.add_column(heading, justify="right")
    for heading in ("maat", "oordeel", "status"):
        table.add_column(heading)
    for agenda, name, year, figure, norm, unit, verdict, status, reason in rows:
        colour = JUDGED.get(verdict, "default")
        table.add_row(
            agenda,
            name,
            str(year),
            _dutch(figure),
            _dutch(norm) if norm is not None else f"({reason})",
            unit,
            f"[{colour}]{verdict}[/{colour}]",
            status,
        )
    console.print(table)
    if without:
        console.print("Zonder cijfer: " + ", ".join(f"{number} x {reason}" for reason, number in without))


def show_deliveries(paths: DataPaths, console: Console, earlier: int) -> bool:
    """Print what this night did with deliveries.

    Args:
        paths: The data folder.
        console: Where to print.
        earlier: Highest levering_nr before this night.

    Returns:
        Whether a delivery was refused or held.
    """
    with duckdb.connect(str(paths.raw), read_only=True) as con:
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
        console.print(f"  [red]{row.verdict}[/red] levering {row.number} {row.registration}/{row.file}", highlight=False)
        console.print(f"    {row.reason}", markup=False, highlight=False)
        console.print(f"    na herstel opnieuw aanbieden: make offer LEVERING={row.number}", highlight=False)
    return bool(others)


def newest_delivery(paths: DataPaths) -> int:
    """The highest levering_nr in the register; 0 where nothing was ever delivered."""
    if not paths.raw.exists():
        return 0
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        return max((row.number for row in register.deliveries(con)), default=0)


def _dutch(number: object) -> str:
    """Dutch notation: a dot between thousands, a comma before decimals, no decimals where they are zero."""
    text = f"{float(str(number)):,.1f}".removesuffix(".0")
    return text.translate(str.maketrans({",": ".", ".": ","}))
