"""Lead from a figure to the delivered rows behind it, and from a delivered row to the figures in which it counts.

The answer is a view in the private warehouse (`int_herkomsten_gevolgd`); here it is only asked and put in order. No
value of a row is read, only its delivery, file and record number, its role, and the rule that decided: whoever wants to
see the row itself looks in the delivered file, which has rights of its own.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

ORIGIN = "warehouse.intermediate.int_herkomsten_gevolgd"
# A row by which another one was judged: it counts nowhere itself, and what is said of counting is of the other.
GROUND = "grond"
HEADINGS = (
    "levering_nr",
    "registratie",
    "extract",
    "bestand",
    "record_nr",
    "rol",
    "telt_mee",
    "beoordeelde_telt_mee",
    "regel_code",
    "teleenheid",
)


@dataclass(frozen=True)
class Figure:
    """A figure and what it was made by.

    Args:
        indicator: Code of the indicator.
        name: Its name.
        year: The year.
        unit: Unit of the figure, in words.
        value: The figure; None where there is none.
        status: `voorlopig` or `definitief`.
        reason: Why there is no figure.
        definition: Version of the definition.
        lists: Versions of the lists on which it rests.
        rule: What the definition says, in Dutch.
        peildatum: Day on which it was known so.
        lowest_day: Of a stock the first day on which it was lowest; None for any other figure.
    """

    indicator: str
    name: str
    year: int
    unit: str
    value: Decimal | None
    status: str | None
    reason: str | None
    definition: str | None
    lists: str | None
    rule: str | None
    peildatum: date
    lowest_day: date | None = None


@dataclass(frozen=True)
class Part:
    """The rows of one delivery that play one role in a figure by one rule.

    Args:
        delivery: levering_nr.
        file: Registration and name of the delivered file.
        role: `teller`, `noemer`, `bedrag`, `stand` or `grond`.
        counts: Whether they count, or of a ground whether what was judged by it does; None where that is not known.
        rule: The rule that decided, in Dutch.
        rows: Number of rows.
        units: Number of counting units.
        amount: Sum of the amounts, in the unit of the figure; None where it is not about an amount.
        records: Their record numbers in the file, in ascending order.
    """

    delivery: int
    file: str
    role: str
    counts: bool | None
    rule: str
    rows: int
    units: int
    amount: Decimal | None
    records: Sequence[int]


@dataclass(frozen=True)
class Place:
    """What a delivered row is to one figure.

    Args:
        indicator: Code of the indicator, or of what is published beside the indicators.
        year: The year; None where the row falls in none.
        split: The split and its value; `geen/totaal` for the figure itself.
        role: What the row adds.
        counts: Whether it counts, or of a ground whether what was judged by it does; None where that is not known.
        rule: The rule that decided, in Dutch.
    """

    indicator: str
    year: int | None
    split: str
    role: str
    counts: bool | None
    rule: str


@dataclass(frozen=True)
class Row:
    """A delivered row and where it counts.

    Args:
        delivery: levering_nr.
        record: Record number in the file.
        file: Registration and name of the delivered file.
        remark: Why it counts nowhere, in Dutch, where that does not lie in a rule; empty otherwise.
        places: What it is to each figure.
    """

    delivery: int
    record: int
    file: str
    remark: str
    places: tuple[Place, ...]


def explain_figure(con: duckdb.DuckDBPyConnection, indicator: str, year: int) -> tuple[Figure, list[Part]]:
    """Say of a national figure on which delivered rows it rests, and which rows were left out by which rule.

    Args:
        con: Connection to the warehouse, with raw and the ledger attached.
        indicator: Code of the indicator.
        year: The year.

    Returns:
        The figure, and its rows per delivery, role and rule: those that count first.

    Raises:
        ValueError: There is no such figure.
    """
    rows = con.execute(
        """select cijfer.indicator_code, indicator.indicator_naam, cijfer.jaar, indicator.eenheid_van_maat_naam,
            cijfer.realisatie, cijfer.realisatie_status, cijfer.geen_realisatie_reden, cijfer.definitie_versie,
            cijfer.lijst_versies, definitie.omschrijving, cijfer.peildatum
        from warehouse.marts.fct_realisatie as cijfer
        inner join warehouse.marts.dim_indicator as indicator using (indicator_code)
        left join warehouse.marts.dim_definitie as definitie on cijfer.definitie_versie = definitie.definitie_versie
        where cijfer.indicator_code = ? and cijfer.jaar = ? and eenheid_code = 'NL' and uitsplitsing_soort = 'geen'""",
        [indicator, year],
    ).fetchall()
    if not rows:
        raise ValueError(_no_figure(con, indicator, year))
    parts = con.execute(
        f"""from (
            select levering_nr, registratie || '/' || bestand, rol, telt_mee, regel, count(distinct record_nr),
                count(distinct teleenheid), sum(waarde) filter (rol = 'bedrag'),
                list(distinct record_nr order by record_nr)
            from {ORIGIN}
            where indicator_code = ? and jaar = ? and uitsplitsing_soort = 'geen'
            group by all
        ) order by rol = '{GROUND}', telt_mee desc nulls last, rol, levering_nr, regel""",
        [indicator, year],
    ).fetchall()
    lowest = con.execute(
        f"""select teleenheid::date from {ORIGIN}
        where indicator_code = ? and jaar = ? and uitsplitsing_soort = 'geen' and rol = 'stand' and telt_mee
        group by teleenheid order by sum(waarde), teleenheid limit 1""",
        [indicator, year],
    ).fetchall()
    return Figure(*rows[0], *(lowest[0] if lowest else ())), [Part(*part) for part in parts]


def _no_figure(con: duckdb.DuckDBPyConnection, indicator: str, year: int) -> str:
    years = con.execute(
        "select distinct jaar from warehouse.marts.fct_realisatie where indicator_code = ? order by jaar", [indicator]
    ).fetchall()
    if years:
        return f"{indicator} heeft geen cijfer over {year}; wel over {', '.join(str(found) for (found,) in years)}"
    known = con.execute("select indicator_code from warehouse.marts.dim_indicator order by volgorde").fetchall()
    return f"indicator {indicator!r} bestaat niet; wel {', '.join(code for (code,) in known)}"


def explain_row(con: duckdb.DuckDBPyConnection, delivery: int, record: int) -> Row:
    """Say of a delivered row in which figures it counts, or by which rule it does not.

    Args:
        con: Connection to the warehouse, with raw and the ledger attached.
        delivery: levering_nr.
        record: Record number in the file.

    Returns:
        The row, with what it is to each figure; or with why it is out of all of them.

    Raises:
        ValueError: There is no such delivery or record.
    """
    rows = con.execute(
        """select registratie || '/' || bestand, oordeel, reden, aantal_records, extract, registratie, stand_datum
        from raw.leveringen.levering_met_oordeel where levering_nr = ?""",
        [delivery],
    ).fetchall()
    if not rows:
        raise ValueError(f"levering {delivery} bestaat niet; marts.dim_levering noemt ze alle")
    file, verdict, reason, records, *_ = rows[0]
    if records is not None and not 1 <= record <= records:
        raise ValueError(f"levering {delivery} ({file}) heeft de records 1 tot en met {records}, en geen {record}")
    places = con.execute(
        f"""from (
            select distinct indicator_code, jaar, uitsplitsing_soort || '/' || uitsplitsing_code as uitsplitsing, rol,
                telt_mee, regel
            from {ORIGIN} where levering_nr = ? and record_nr = ?
        ) order by rol = '{GROUND}', telt_mee desc nulls last, indicator_code, jaar nulls last, uitsplitsing, rol,
            regel""",
        [delivery, record],
    ).fetchall()
    remark = "" if places else _why_nowhere(con, delivery, record, verdict, reason)
    return Row(delivery, record, file, remark, tuple(Place(*place) for place in places))


def _why_nowhere(con: duckdb.DuckDBPyConnection, delivery: int, record: int, verdict: str, reason: str | None) -> str:
    aside = con.execute(
        """select string_agg(distinct coalesce(kolom || ': ', '') || reden, '; ') from raw.leveringen.apartgezet
        where levering_nr = ? and record_nr = ?""",
        [delivery, record],
    ).fetchall()[0][0]
    if aside:
        return f"het record is apart gezet: {aside}"
    gone = con.execute(
        "select verwijderd_op, reden from raw.leveringen.verwijderd where levering_nr = ?", [delivery]
    ).fetchall()
    if gone:
        return "de levering is verwijderd op {:%d-%m-%Y} volgens {}".format(*gone[0])
    if verdict != "toegelaten":
        return f"de levering is {verdict}" + (f": {reason}" if reason else "")
    in_force = con.execute(
        "select count(*) from warehouse.staging.base_leveringen__van_kracht where levering_nr = ?", [delivery]
    ).fetchall()[0][0]
    if not in_force:
        return "de levering is niet van kracht: een latere stand of een correctie is ervoor in de plaats gekomen"
    return "een later record met dezelfde sleutel is ervoor in de plaats gekomen, of zegt dat het is vervallen"


def write_rows(con: duckdb.DuckDBPyConnection, indicator: str, year: int, file: Path) -> int:
    """Write every row behind a figure to a file, one line per row and role.

    Args:
        con: Connection to the warehouse, with raw and the ledger attached.
        indicator: Code of the indicator.
        year: The year.
        file: The file, separated by commas, with HEADINGS. The counting unit is a number that means something in this
            file only: rows with the same number are about the same thing.

    Returns:
        The number of lines.
    """
    cursor = con.execute(
        f"""select levering_nr, registratie, extract, bestand, record_nr, rol, telt_mee and rol != '{GROUND}',
            case when rol = '{GROUND}' then telt_mee end, regel_code, dense_rank() over (order by teleenheid)
        from {ORIGIN} where indicator_code = ? and jaar = ? and uitsplitsing_soort = 'geen'
        order by rol = '{GROUND}', telt_mee desc nulls last, rol, levering_nr, record_nr, teleenheid""",
        [indicator, year],
    )
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        count = 0
        for row in _fetched(cursor):
            writer.writerow(row)
            count += 1
    return count


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[Sequence[object]]:
    while rows := cursor.fetchmany(10_000):
        yield from rows
