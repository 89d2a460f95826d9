"""What a person reads at the end of a night: the figures and the deliveries. Reads only what is published or kept."""

from rich import box
from rich.console import Console
from rich.table import Table

from orchestration import register
from orchestration.locking import open_database
from orchestration.paths import DataPaths

JUDGED = {"behaald": "green", "op_schema": "green", "niet_behaald": "red", "achter_op_schema": "red"}


def show_figures(paths: DataPaths, console: Console) -> None:
    """Print the published figures: one line per indicator and year that has one, and how many have none.

    Args:
        paths: The data folder.
        console: Where to print.
    """
    with open_database(paths.published, read_only=True) as con:
        rows = con.execute(
            """select agenda_code, voortgang.indicator_naam, jaar, realisatie, streefcijfer,
                voortgang.eenheid_van_maat, oordeel, realisatie_status
            from marts.fct_voortgang as voortgang inner join marts.dim_indicator as indicator using (indicator_code)
            where realisatie is not null order by agenda_code, indicator.volgorde, jaar"""
        ).fetchall()
        without = con.execute(
            """select geen_realisatie_reden, count(*) from marts.fct_voortgang
            where realisatie is null group by all order by all"""
        ).fetchall()
        peildatum = con.execute("select max(peildatum) from marts.fct_voortgang").fetchall()[0][0]
    table = Table(
        title=f"Voortgang van de Veiligheidsagenda, zoals bekend op {peildatum:%d-%m-%Y}", box=box.SIMPLE_HEAD
    )
    table.add_column("indicator (maat)", max_width=34)
    table.add_column("jaar")
    table.add_column("cijfer", justify="right", no_wrap=True)
    table.add_column("norm", justify="right", no_wrap=True)
    table.add_column("oordeel", no_wrap=True)
    shown = None
    for agenda, name, year, figure, norm, unit, verdict, status in rows:
        first = (agenda, name) != shown
        shown = (agenda, name)
        if first and table.row_count:
            table.add_section()
        colour = JUDGED.get(verdict, "default")
        table.add_row(
            f"{name} ({unit})" if first else "",
            str(year),
            _dutch(figure) + ("*" if status == "voorlopig" else " "),
            "" if norm is None else _dutch(norm),
            f"[{colour}]{verdict}[/{colour}]",
        )
    console.print(table)
    console.print("* voorlopig cijfer", highlight=False)
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


def newest_delivery(paths: DataPaths) -> int:
    """The highest levering_nr in the register; 0 where nothing was ever delivered."""
    if not paths.raw.exists():
        return 0
    with open_database(paths.raw, read_only=True) as con:
        return max((row.number for row in register.deliveries(con)), default=0)


def _dutch(number: object) -> str:
    """Dutch notation: a dot between thousands, a comma before decimals, no decimals where they are zero."""
    text = f"{float(str(number)):,.1f}".removesuffix(".0")
    return text.translate(str.maketrans({",": ".", ".": ","}))
