"""The ledger of publications: what was published when, and on what it rested; it only grows.

It is a database of its own outside dbt, so that no rebuild can touch it. Each event is chained to the one before it by
a hash, so that a changed, removed or inserted event shows. How the published file is written and swapped in stands in
`publishing`; what the figures are, in the models that it copies from.

A publication is an intent (`voornemen`), with all that it rests on, and then its confirmation (`bevestigd`) or its end
(`afgebroken`). A state that readers never saw, and that was derived afterwards for a day on which figures were made
public, is one event (`gereconstrueerd`).
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import duckdb

from orchestration import versions
from orchestration.locking import open_database
from orchestration.paths import DataPaths
from orchestration.register import now
from orchestration.sql import attach

log = logging.getLogger(__name__)

Kind = Literal["voornemen", "bevestigd", "afgebroken", "gereconstrueerd"]
FIRST = "0" * 64

TABLES = """
create table if not exists gebeurtenis (
    gebeurtenis_nr integer primary key,
    publicatie_nr integer not null,
    soort varchar not null check (soort in ('voornemen', 'bevestigd', 'afgebroken', 'gereconstrueerd')),
    vastgelegd_op timestamp not null,
    peildatum date not null,
    vingerafdruk varchar,
    rekenwijze varchar not null,
    aantal_tabellen integer,
    aantal_rijen bigint,
    inhoud_sha256 varchar not null,
    vorige_sha256 varchar not null,
    sha256 varchar not null
);
create table if not exists cijfer (
    publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar integer not null,
    agenda_code varchar,
    realisatie decimal(18, 2),
    realisatie_status varchar,
    geen_realisatie_reden varchar,
    gedekt_tot date,
    definitie_versie varchar,
    lijst_versies varchar,
    streefcijfer decimal(18, 2),
    streefcijfer_besluit varchar,
    geen_streefcijfer_reden varchar
);
create table if not exists bijstelling (
    publicatie_nr integer not null,
    vorige_publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar integer not null,
    grootheid varchar not null,
    oorzaak_code varchar not null,
    waarde_van decimal(18, 2),
    waarde_naar decimal(18, 2),
    bijdrage decimal(18, 2)
);
create table if not exists stroom (
    publicatie_nr integer not null,
    vorige_publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar integer not null,
    rol varchar not null,
    oorzaak_code varchar not null,
    erbij decimal(18, 2) not null,
    eraf decimal(18, 2) not null
);
create table if not exists levering (publicatie_nr integer not null, levering_nr integer not null);
create table if not exists versieregel (
    publicatie_nr integer not null,
    lijst varchar not null,
    versie varchar not null,
    regel varchar not null
);
create table if not exists telling (
    publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar bigint,
    rol varchar not null,
    teleenheid varchar,
    waarde decimal(18, 2),
    levering_nr integer,
    record_nr bigint,
    regel_code varchar not null,
    telt_mee boolean
);
create table if not exists stand (
    sleutel varchar not null,
    rekenwijze varchar not null,
    indicator_code varchar not null,
    jaar integer,
    stand_datum date not null,
    realisatie decimal(18, 2)
);
"""

# What a publication rests on, from the warehouse that was built for it.
CONTENT = {
    "cijfer": "select $nr as publicatie_nr, * from warehouse.intermediate.int_cijfers_samengevoegd",
    "bijstelling": "select $nr as publicatie_nr, * from warehouse.intermediate.int_bijstellingen_verklaard",
    "stroom": "select $nr as publicatie_nr, * from warehouse.intermediate.int_stromen_opgeteld",
    "levering": (
        "select distinct $nr as publicatie_nr, levering_nr from warehouse.staging.base_leveringen__van_kracht"
    ),
    # What every row was to every figure: the next publication is compared with it, and it goes when that one stands.
    "telling": "select $nr as publicatie_nr, * from warehouse.intermediate.int_tellingen_vastgelegd",
}
# What the figures were by each state that was delivered of a series that grows. Whatever is missing is derived again
# from the deliveries, so it is neither kept for good nor chained. A state without a whole year has a row without one.
STATES = """
insert into stand
select gevraagd.sleutel, $method, gevraagd.indicator_code, geteld.jaar, gevraagd.stand_datum, geteld.realisatie
from warehouse.intermediate.int_standen_gevraagd as gevraagd
anti join stand using (sleutel, indicator_code)
left join warehouse.intermediate.int_standen_geteld as geteld using (indicator_code)
where gevraagd.stand_datum = $day
"""
MISSING = """
select distinct gevraagd.stand_datum
from warehouse.intermediate.int_standen_gevraagd as gevraagd
anti join stand using (sleutel, indicator_code)
order by all
"""
# What is kept for good, and therefore guarded by the chain.
KEPT = ("cijfer", "bijstelling", "stroom", "levering", "versieregel")
# The versions that held: of definitions, of lists, and the decisions about norms.
CHOSEN = """select definitie_versie from warehouse.intermediate.int_definities_gekozen
union select lijst_versie from warehouse.intermediate.int_lijsten_gekozen
union select streefcijfer_besluit from warehouse.intermediate.int_normen_bepaald"""
EVENT = (
    "gebeurtenis_nr",
    "publicatie_nr",
    "soort",
    "vastgelegd_op",
    "peildatum",
    "vingerafdruk",
    "rekenwijze",
    "aantal_tabellen",
    "aantal_rijen",
    "inhoud_sha256",
    "vorige_sha256",
)


class LedgerError(RuntimeError):
    """The ledger is not what was written down; nothing is added to it. The message says where, in Dutch."""


@dataclass(frozen=True)
class Entry:
    """A publication as the ledger has it.

    Args:
        number: Its number.
        peildatum: Day on which its figures were known so.
        fingerprint: Fingerprint of the published tables; None where no file was published.
        method: Fingerprint of the models and seeds that made it.
        tables: Number of published tables.
        rows: Number of published rows.
    """

    number: int
    peildatum: date
    fingerprint: str | None
    method: str
    tables: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Audit:
    """What checking the chain showed.

    Args:
        events: Number of events looked at.
        rows: Number of rows of content looked at.
        head: Hash of the last event: whoever keeps it can tell later whether events were taken away.
        faults: What is wrong, in Dutch; empty where all is as it was written down.
    """

    events: int
    rows: int
    head: str
    faults: tuple[str, ...]


@contextmanager
def open_ledger(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the ledger to write; it is made where it does not exist yet.

    Args:
        paths: The data folder.

    Yields:
        The connection.

    Raises:
        LedgerError: The last event is not the one that was written down, or the file is of an older form.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    with open_database(paths.ledger) as con:
        # Of so little, threads would spend more on one another than on the work.
        con.execute("set threads = 1")
        con.execute(TABLES)
        known = {row[0] for row in con.execute("describe gebeurtenis").fetchall()}
        if missing := set(EVENT) - known:
            raise LedgerError(
                f"{paths.ledger} is van een oudere vorm: {', '.join(sorted(missing))} ontbreekt; "
                "zet het bestand apart en bewaar het, dan begint de volgende nacht een nieuw grootboek"
            )
        _check_last(con)
        yield con


def settle(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Confirm or end what an interrupted night left as an intent: the symlink tells whether the swap was made.

    Args:
        con: Connection to the ledger.
        paths: The data folder.
    """
    for entry in _open_intents(con):
        swapped = paths.published.is_symlink() and paths.published.resolve().parent.name == folder_name(entry.number)
        log.warning("publicatie %s was onderbroken en is nu %s", entry.number, "bevestigd" if swapped else "afgebroken")
        (confirm if swapped else end)(con, entry)


def folder_name(number: int) -> str:
    """Name of the folder in which the file of a publication stands."""
    return f"{number:05d}"


def next_number(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the next publication; the models say the same."""
    return con.execute("select coalesce(max(publicatie_nr), 0) + 1 from gebeurtenis").fetchall()[0][0]


def last(con: duckdb.DuckDBPyConnection, *kinds: Kind) -> Entry | None:
    """The newest publication with an event of one of these kinds.

    Args:
        con: Connection to the ledger.
        kinds: For instance `bevestigd`: readers have seen it.

    Returns:
        The publication, or None where there is none.
    """
    rows = con.execute(
        """select publicatie_nr, peildatum, vingerafdruk, rekenwijze, aantal_tabellen, aantal_rijen from gebeurtenis
        where list_contains(?, soort) order by gebeurtenis_nr desc limit 1""",
        [list(kinds)],
    ).fetchall()
    return Entry(*rows[0]) if rows else None


def intend(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry) -> None:
    """Write down that a publication will be swapped in, and what it rests on.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse from which the content is taken.
        entry: The publication.
    """
    _add(con, "voornemen", entry, paths)


def reconstruct(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry) -> None:
    """Write down a state that was derived afterwards, and what it rests on.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse from which the content is taken.
        entry: The state.
    """
    _add(con, "gereconstrueerd", entry, paths)
    _forget_tellings(con, entry.number)


def confirm(con: duckdb.DuckDBPyConnection, entry: Entry) -> None:
    """Write down that readers see the publication now."""
    _add(con, "bevestigd", entry)
    _forget_tellings(con, entry.number)


def end(con: duckdb.DuckDBPyConnection, entry: Entry) -> None:
    """Write down that the publication was not swapped in; the earlier one stays."""
    _add(con, "afgebroken", entry)
    con.execute("delete from telling where publicatie_nr = ?", [entry.number])


def missing_states(con: duckdb.DuckDBPyConnection, paths: DataPaths, method: str) -> list[date]:
    """Days of the delivered states that are asked for and not known; what was counted in another way is forgotten.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse that says which states are asked for.
        method: Fingerprint of the models and seeds that count them.

    Returns:
        The days, in order.
    """
    if con.execute("from stand where rekenwijze != ? limit 1", [method]).fetchall():
        con.execute("delete from stand where rekenwijze != ?", [method])
    attach(con, paths.warehouse, "warehouse")
    try:
        return [day for (day,) in con.execute(MISSING).fetchall()]
    finally:
        con.execute("detach warehouse")


def keep_state(con: duckdb.DuckDBPyConnection, paths: DataPaths, method: str, day: date) -> None:
    """Keep what the figures were by the state of a day.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse that counted that state.
        method: Fingerprint of the models and seeds that counted it.
        day: The day.
    """
    attach(con, paths.warehouse, "warehouse")
    try:
        con.execute(STATES, {"method": method, "day": day})
    finally:
        con.execute("detach warehouse")


def audit(con: duckdb.DuckDBPyConnection) -> Audit:
    """Check that every event, and what it rests on, is as it was written down.

    Args:
        con: Connection to the ledger; it may be read-only.

    Returns:
        What was looked at and what is wrong.
    """
    faults = []
    previous = FIRST
    rows = 0
    events = _events(con)
    for position, (event, written) in enumerate(events, start=1):
        where = f"gebeurtenis {event['gebeurtenis_nr']} (publicatie {event['publicatie_nr']}, {event['soort']})"
        if event["gebeurtenis_nr"] != position:
            faults.append(f"{where}: verwacht is gebeurtenis {position}; er is een gebeurtenis verdwenen of ingevoegd")
        if event["vorige_sha256"] != previous:
            faults.append(f"{where}: sluit niet aan op de gebeurtenis ervoor")
        if _hash(event) != written:
            faults.append(f"{where}: is na het opschrijven veranderd")
        if event["soort"] in ("voornemen", "gereconstrueerd"):
            found, count = _content_hash(con, event["publicatie_nr"])
            rows += count
            if found != event["inhoud_sha256"]:
                faults.append(
                    f"{where}: de cijfers, bijstellingen, leveringen of versies zijn na het opschrijven veranderd"
                )
        previous = written
    numbers = [event["publicatie_nr"] for event, _ in events]
    for table in KEPT:
        stray = con.execute(
            f"select distinct publicatie_nr from {table} where not list_contains(?, publicatie_nr)", [numbers]
        ).fetchall()
        faults += [f"{table}: rijen van publicatie {number}, die geen gebeurtenis heeft" for (number,) in stray]
    return Audit(len(events), rows, previous, tuple(faults))


def _add(con: duckdb.DuckDBPyConnection, kind: Kind, entry: Entry, paths: DataPaths | None = None) -> None:
    """Add an event in one transaction with its content."""
    if paths is not None:
        # The views of staging read raw.
        attach(con, paths.raw, "raw")
        attach(con, paths.warehouse, "warehouse")
    con.execute("begin")
    try:
        for table, query in CONTENT.items() if paths is not None else ():
            con.execute(f"insert into {table} by name {query}", {"nr": entry.number})
        if paths is not None:
            versions.remember(con, entry.number, [version for (version,) in con.execute(CHOSEN).fetchall()])
        content, _ = _content_hash(con, entry.number)
        number, previous = con.execute(
            f"select coalesce(max(gebeurtenis_nr), 0) + 1, coalesce(arg_max(sha256, gebeurtenis_nr), '{FIRST}') "
            "from gebeurtenis"
        ).fetchall()[0]
        event: dict[str, Any] = dict(
            zip(
                EVENT,
                (
                    number,
                    entry.number,
                    kind,
                    now(),
                    entry.peildatum,
                    entry.fingerprint,
                    entry.method,
                    entry.tables,
                    entry.rows,
                    content,
                    previous,
                ),
                strict=True,
            )
        )
        names = ", ".join([*EVENT, "sha256"])
        marks = ", ".join("?" for _ in range(len(EVENT) + 1))
        con.execute(f"insert into gebeurtenis ({names}) values ({marks})", [*event.values(), _hash(event)])
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    finally:
        if paths is not None:
            con.execute("detach warehouse; detach raw")


def _events(con: duckdb.DuckDBPyConnection, last_only: bool = False) -> list[tuple[dict[str, Any], str]]:
    order = "gebeurtenis_nr desc limit 1" if last_only else "gebeurtenis_nr"
    rows = con.execute(f"select {', '.join(EVENT)}, sha256 from gebeurtenis order by {order}").fetchall()
    return [(dict(zip(EVENT, row[:-1], strict=True)), row[-1]) for row in rows]


def _check_last(con: duckdb.DuckDBPyConnection) -> None:
    """Check the event that a new one would be chained to; `audit` checks them all."""
    for event, written in _events(con, last_only=True):
        if _hash(event) != written:
            raise LedgerError(
                f"grootboek: gebeurtenis {event['gebeurtenis_nr']} is na het opschrijven veranderd; "
                "er wordt niets aan toegevoegd. Controleer het geheel met `make ledger`, en zet een reservekopie terug"
            )


def _hash(event: dict[str, Any]) -> str:
    return hashlib.sha256(_spelled([event[name] for name in EVENT]).encode()).hexdigest()


def _content_hash(con: duckdb.DuckDBPyConnection, number: int) -> tuple[str, int]:
    """Hash of what a publication rests on, and the number of rows of it."""
    digest = hashlib.sha256()
    count = 0
    for table in KEPT:
        for row in con.execute(f"from {table} where publicatie_nr = ? order by all", [number]).fetchall():
            digest.update(f"{table} {_spelled(row)}\n".encode())
            count += 1
    return digest.hexdigest(), count


def _spelled(values: Sequence[Any]) -> str:
    """One spelling for values, whatever the version of a library that reads them."""

    def spell(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="microseconds")
        return value.isoformat() if isinstance(value, date) else str(value)

    return json.dumps(list(values), default=spell, ensure_ascii=True, separators=(",", ":"))


def _open_intents(con: duckdb.DuckDBPyConnection) -> list[Entry]:
    rows = con.execute(
        """select publicatie_nr, any_value(peildatum), any_value(vingerafdruk), any_value(rekenwijze),
            any_value(aantal_tabellen), any_value(aantal_rijen)
        from gebeurtenis group by publicatie_nr having list(soort) = ['voornemen'] order by publicatie_nr"""
    ).fetchall()
    return [Entry(*row) for row in rows]


def _forget_tellings(con: duckdb.DuckDBPyConnection, kept: int) -> None:
    con.execute("delete from telling where publicatie_nr != ?", [kept])
