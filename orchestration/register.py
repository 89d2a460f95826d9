"""The register of deliveries: what was delivered, what was set aside, what was found, what was decided.

The register lives in `raw.duckdb` beside the delivered rows, in the schema `leveringen`. It only grows: a verdict is a
row, and the newest verdict of a delivery holds. Reading a delivered file is the loader's business.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import duckdb

from orchestration.deliveries import Delivery

Verdict = Literal["toegelaten", "geweigerd", "aangehouden", "ingetrokken", "opnieuw_aangeboden"]

TABLES = """
create schema if not exists leveringen;
create table if not exists leveringen.levering (
    levering_nr integer primary key,
    registratie varchar not null,
    extract varchar not null,
    bestand varchar not null,
    bestand_grootte bigint not null,
    bestand_gewijzigd_ns bigint not null,
    inhoud_sha256 varchar not null,
    soort varchar not null,
    stand_datum date not null,
    ontvangen_op timestamp not null,
    geladen_op timestamp not null,
    is_demo boolean not null,
    sleutel_afdruk varchar,
    dekking_vanaf date,
    koppen varchar[] not null,
    aantal_records bigint,
    aantal_geladen bigint,
    aantal_apart bigint
);
create table if not exists leveringen.levering_periode (levering_nr integer not null, periode varchar not null);
create table if not exists leveringen.oordeel (
    levering_nr integer not null,
    oordeel varchar not null,
    geldt_vanaf timestamp not null,
    vastgelegd_op timestamp not null,
    door varchar not null,
    reden varchar
);
create table if not exists leveringen.apartgezet (
    levering_nr integer not null,
    record_nr bigint not null,
    kolom varchar,
    waarde_gemaskeerd varchar,
    reden varchar not null
);
create table if not exists leveringen.bevinding (
    levering_nr integer not null,
    controle varchar not null,
    verwachting varchar not null,
    ernst varchar not null,
    is_voldaan boolean not null,
    gevonden varchar not null,
    aantal_afwijkend bigint not null,
    aantal_bekeken bigint,
    voorbeelden json
);
create or replace view leveringen.levering_met_oordeel as
select levering.*, laatste.oordeel, laatste.reden, laatste.door, laatste.geldt_vanaf
from leveringen.levering
left join (
    select distinct on (levering_nr) * from leveringen.oordeel order by levering_nr, vastgelegd_op desc, rowid desc
) as laatste using (levering_nr);
"""


def now() -> datetime:
    """The time on the clock in the Netherlands, without zone, as the register keeps it."""
    return datetime.now(ZoneInfo("Europe/Amsterdam")).replace(tzinfo=None)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the register where it does not exist yet.

    Args:
        con: Connection to `raw.duckdb`, writable.
    """
    con.execute(TABLES)


@dataclass(frozen=True)
class Known:
    """A delivery that the register holds already.

    Args:
        number: Its levering_nr.
        verdict: Its newest verdict; None for a candidate that was never judged.
        reason: Why, in Dutch.
    """

    number: int
    verdict: str | None
    reason: str | None


def find_file(con: duckdb.DuckDBPyConnection, delivery: Delivery) -> Known | None:
    """Find a delivery by its file (name, size, time of change), without reading the file.

    Returns:
        The newest delivery of that file, or None where the file is new, changed, or offered again.
    """
    stat = delivery.file.stat()
    return _newest(
        con,
        "registratie = ? and extract = ? and bestand = ? and bestand_grootte = ? and bestand_gewijzigd_ns = ?",
        [
            delivery.extract.registration,
            delivery.extract.name,
            delivery.file.name,
            stat.st_size,
            stat.st_mtime_ns,
        ],
    )


def find_content(con: duckdb.DuckDBPyConnection, delivery: Delivery, sha256: str) -> Known | None:
    """Find a delivery by what it holds.

    The same content is the same delivery when the file has the same name, or when nothing else was delivered for that
    stand_datum since. Content that returns after a correction is a correction of that correction.

    Returns:
        The delivery that this file repeats, or None.
    """
    return _newest(
        con,
        """registratie = ? and extract = ? and stand_datum = ? and inhoud_sha256 = ? and (
            bestand = ? or levering_nr = (
                select arg_max(levering_nr, (ontvangen_op, levering_nr)) from leveringen.levering_met_oordeel as andere
                where andere.registratie = keuze.registratie and andere.extract = keuze.extract
                    and andere.stand_datum = keuze.stand_datum and andere.oordeel is distinct from 'geweigerd'
            )
        )""",
        [
            delivery.extract.registration,
            delivery.extract.name,
            delivery.stand_datum,
            sha256,
            delivery.file.name,
        ],
    )


def _newest(con: duckdb.DuckDBPyConnection, condition: str, values: list[Any]) -> Known | None:
    row = con.execute(
        f"""select levering_nr, oordeel, reden from leveringen.levering_met_oordeel as keuze
        where {condition} order by levering_nr desc limit 1""",
        values,
    ).fetchone()
    if row is None or row[1] == "opnieuw_aangeboden":
        return None
    return Known(*row)


def add_delivery(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, sha256: str, fingerprint: str | None, loaded_at: datetime
) -> int:
    """Write down a delivery, as a candidate without verdict.

    Args:
        con: Connection to `raw.duckdb`, writable.
        delivery: The delivery, with its date of receipt.
        sha256: Checksum of its content.
        fingerprint: Fingerprint of the key with which personal columns are hashed; None where it has none.
        loaded_at: When it is loaded.

    Returns:
        Its levering_nr.
    """
    stat = delivery.file.stat()
    number = con.execute("select coalesce(max(levering_nr), 0) + 1 from leveringen.levering").fetchall()[0][0]
    con.execute(
        """insert into leveringen.levering by name select
            $levering_nr as levering_nr, $registratie as registratie, $extract as extract, $bestand as bestand,
            $grootte as bestand_grootte, $gewijzigd as bestand_gewijzigd_ns, $sha256 as inhoud_sha256,
            $soort as soort, $stand_datum as stand_datum, $ontvangen_op as ontvangen_op, $geladen_op as geladen_op,
            $is_demo as is_demo, $afdruk as sleutel_afdruk, $dekking_vanaf as dekking_vanaf, [] as koppen""",
        {
            "levering_nr": number,
            "registratie": delivery.extract.registration,
            "extract": delivery.extract.name,
            "bestand": delivery.file.name,
            "grootte": stat.st_size,
            "gewijzigd": stat.st_mtime_ns,
            "sha256": sha256,
            "soort": delivery.kind,
            "stand_datum": delivery.stand_datum,
            "ontvangen_op": delivery.received,
            "geladen_op": loaded_at,
            "is_demo": delivery.is_demo,
            "afdruk": fingerprint,
            "dekking_vanaf": delivery.extract.complete_from,
        },
    )
    return number


def add_counts(
    con: duckdb.DuckDBPyConnection, number: int, headings: Sequence[str], loaded: int, set_aside: int
) -> None:
    """Complete a delivery with what its file turned out to hold.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        headings: Headings of a repeating column, in the order of its values.
        loaded: Number of records loaded.
        set_aside: Number of records set aside.
    """
    con.execute(
        """update leveringen.levering
        set koppen = ?, aantal_records = ?, aantal_geladen = ?, aantal_apart = ? where levering_nr = ?""",
        [list(headings), loaded + set_aside, loaded, set_aside, number],
    )


def add_periods(con: duckdb.DuckDBPyConnection, number: int, periods: Iterable[str]) -> None:
    """Write down for which periods a delivery is complete."""
    for period in periods:
        con.execute("insert into leveringen.levering_periode values (?, ?)", [number, period])


def add_findings(con: duckdb.DuckDBPyConnection, number: int, findings: Iterable[dict[str, Any]]) -> None:
    """Write down what the border in found; replaces what an interrupted night found earlier.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        findings: Per check a value for each column of `leveringen.bevinding`, by name.
    """
    con.execute("delete from leveringen.bevinding where levering_nr = ?", [number])
    for finding in findings:
        examples = json.dumps(finding["voorbeelden"], ensure_ascii=False)
        names = ", ".join(finding)
        marks = ", ".join("?" for _ in finding)
        con.execute(
            f"insert into leveringen.bevinding (levering_nr, {names}) values (?, {marks})",
            [number, *(finding | {"voorbeelden": examples}).values()],
        )


def decide(
    con: duckdb.DuckDBPyConnection,
    number: int,
    verdict: Verdict,
    reason: str | None,
    by: str,
    holds_from: datetime | None = None,
) -> None:
    """Add a verdict to a delivery.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        verdict: What was decided.
        reason: Why, in Dutch; None where there is nothing to say.
        by: Who decided: `grens_in`, or a person's role.
        holds_from: From when it holds; the time of receipt where None, so that a backfill reads as it would have been.
    """
    con.execute(
        """insert into leveringen.oordeel
        select levering_nr, ?, coalesce(?, ontvangen_op), ?, ?, ? from leveringen.levering where levering_nr = ?""",
        [verdict, holds_from, now(), by, reason, number],
    )


def other_key(con: duckdb.DuckDBPyConnection, registration: str, is_demo: bool, fingerprint: str | None) -> str | None:
    """Say why rows of this delivery cannot stand beside the rows that the registration has already.

    Returns:
        A Dutch sentence where demo and real data, or rows hashed with two keys, would mix; None where all is well.
    """
    rows = con.execute(
        """select distinct is_demo, sleutel_afdruk from leveringen.levering_met_oordeel
        where registratie = ? and oordeel in ('toegelaten', 'aangehouden')""",
        [registration],
    ).fetchall()
    if any(row[0] != is_demo for row in rows):
        return f"{registration} bevat al {'echte' if is_demo else 'fictieve'} gegevens; meng die niet"
    if fingerprint and any(row[1] not in (None, fingerprint) for row in rows):
        return (
            f"{registration} is met een andere sleutel geladen; gebruik dezelfde sleutel, of begin met een lege datamap"
        )
    return None


@dataclass(frozen=True)
class Row:
    """One delivery as people read it.

    Args:
        number: levering_nr.
        registration: Name of the registration.
        extract: Name of the extract.
        file: Name of the delivered file.
        stand_datum: Day whose state of the register it gives.
        verdict: Its newest verdict.
        reason: Why.
        records: Number of records delivered; None where the file could not be read.
        loaded: Number of records loaded.
        set_aside: Number of records set aside.
    """

    number: int
    registration: str
    extract: str
    file: str
    stand_datum: date
    verdict: str | None
    reason: str | None
    records: int | None
    loaded: int | None
    set_aside: int | None


def deliveries(con: duckdb.DuckDBPyConnection, numbers: Sequence[int] | None = None) -> list[Row]:
    """Read the register.

    Args:
        con: Connection to `raw.duckdb`.
        numbers: Only these deliveries; all where None.

    Returns:
        One row per delivery, oldest first.
    """
    rows = con.execute(
        """select levering_nr, registratie, extract, bestand, stand_datum, oordeel, reden,
            aantal_records, aantal_geladen, aantal_apart
        from leveringen.levering_met_oordeel where ? is null or list_contains(?, levering_nr) order by levering_nr""",
        [numbers, numbers],
    ).fetchall()
    return [Row(*row) for row in rows]


def finding(
    con: duckdb.DuckDBPyConnection, extract: Sequence[str], check: str, preferred: Sequence[int]
) -> dict[str, Any] | None:
    """Find what a check of the border in found last.

    Args:
        con: Connection to `raw.duckdb`.
        extract: Registration and extract.
        check: Name of the check.
        preferred: Deliveries of this night: among these the first that failed the check, else the newest.

    Returns:
        The finding with its delivery, by column name; None where the check never ran.
    """
    cursor = con.execute(
        """select levering.levering_nr, levering.bestand, bevinding.* exclude (levering_nr)
        from leveringen.bevinding inner join leveringen.levering using (levering_nr)
        where registratie = ? and extract = ? and controle = ?
        order by list_contains(?, levering_nr) desc, list_contains(?, levering_nr) and not is_voldaan desc,
            levering_nr desc
        limit 1""",
        [*extract, check, preferred, preferred],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    found = dict(zip([column[0] for column in cursor.description], row, strict=True))
    return found | {"voorbeelden": json.loads(found["voorbeelden"])}
