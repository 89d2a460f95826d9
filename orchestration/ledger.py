"""The ledger of publications: what was published when, and on what it rested; it only grows.

It is a database of its own outside dbt, so that no rebuild can touch it. Each event is chained to the one before it by
a hash, so that a changed, removed or inserted event shows; the anchor (`anchor`) and the published files themselves
show what a chain alone cannot: that its end was taken away, or all of it made anew. How the published file is written
and swapped in stands in `publishing`; what the figures are, in the models that it copies from.

A publication is an intent (`voornemen`), with all that it rests on, and then its confirmation (`bevestigd`) or its end
(`afgebroken`). A state that readers never saw, and that was derived afterwards for a day on which figures were made
public, is one event (`gereconstrueerd`). A publication that readers saw can be taken back (`teruggezet`), and that can
be undone (`hersteld`). Where a person declared that the ledger goes on without what it lost, it says so (`hervat`);
where the pseudonyms behind the newest publication came under another key, too (`omgesleuteld`), and where figures were
counted by the states that were delivered (`geteld`).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import duckdb

from orchestration import alerts, checksums, faults, ledger_form, versions
from orchestration.anchor import Anchor, Event
from orchestration.identifiers import check_reason
from orchestration.ledger_form import WAY_OUT, LaterFormError, LedgerError
from orchestration.locking import is_held, open_database
from orchestration.paths import DataPaths
from orchestration.register import now
from orchestration.sql import attach, bound, whole

__all__ = ["LedgerError"]

log = logging.getLogger(__name__)

Kind = Literal[
    "voornemen",
    "bevestigd",
    "afgebroken",
    "gereconstrueerd",
    "teruggezet",
    "hersteld",
    "hervat",
    "omgesleuteld",
    "geteld",
]
# Of these an event says what a publication rests on; of the second nothing happened to any publication.
WITH_CONTENT: tuple[Kind, ...] = ("voornemen", "gereconstrueerd")
OF_NO_PUBLICATION: tuple[Kind, ...] = ("omgesleuteld", "geteld")
FIRST = "0" * 64

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
# from the deliveries, as long as these are kept. A state without a whole year has a row without one.
STATES = """
select gevraagd.sleutel, $method, gevraagd.indicator_code, geteld.jaar, gevraagd.stand_datum, geteld.realisatie
from warehouse.intermediate.int_standen_gevraagd as gevraagd
anti join (from stand where list_contains([$method, $fixed], rekenwijze)) using (sleutel, indicator_code)
left join warehouse.intermediate.int_standen_geteld as geteld using (indicator_code)
where gevraagd.stand_datum = $day and not gevraagd.is_verwijderd
"""
MISSING = """
select distinct gevraagd.stand_datum
from warehouse.intermediate.int_standen_gevraagd as gevraagd
anti join (from stand where list_contains([$method, $fixed], rekenwijze)) using (sleutel, indicator_code)
where not gevraagd.is_verwijderd
order by all
"""
KEEP_STATE = """
insert into stand values (?, ?, ?, ?, ?, ?, (select coalesce(max(gebeurtenis_nr), 0) from gebeurtenis))
"""
# Where rows that a state rests on are removed, what was counted of it last is all that will ever be known.
FIXED = "vast"
TO_FIX = f"""
rekenwijze != '{FIXED}' and (sleutel, indicator_code) in (
    select (sleutel, indicator_code) from warehouse.intermediate.int_standen_gevraagd where is_verwijderd
)
"""
# What is kept for good, and therefore guarded by the chain.
KEPT = ("cijfer", "bijstelling", "stroom", "levering", "versieregel")
# The versions that held: of definitions, of lists, and the decisions about norms.
CHOSEN = """select definitie_versie from warehouse.intermediate.int_definities_gekozen
union select lijst_versie from warehouse.intermediate.int_lijsten_gekozen
union select streefcijfer_besluit from warehouse.intermediate.int_normen_bepaald"""
# What an event is hashed by; what came later counts where it was written.
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
MORE = ("telling_sha256", "bestanden_sha256", "reden", "stand_sha256")
TELLING = (
    "indicator_code",
    "jaar",
    "rol",
    "teleenheid",
    "waarde",
    "levering_nr",
    "record_nr",
    "regel_code",
    "telt_mee",
)
# In the order in which they were written. An indicator at a time: all of it is more than memory is for.
TELLINGS = f"""
select indicator_code, count(*), sha256(string_agg(
    concat_ws(chr(31), {", ".join(f"coalesce({name}::varchar, chr(0))" for name in TELLING)}), chr(30) order by rowid
))
from telling where publicatie_nr = ? group by indicator_code order by indicator_code
"""
# A row may be of two things, such as a suspect in a case, with a line between their numbers.
REKEYED = """
select plaats, string_agg(coalesce(nieuw, deel), '/' order by volgorde) as teleenheid
from (
    select rowid as plaats, unnest(string_split(teleenheid, '/')) as deel,
        generate_subscripts(string_split(teleenheid, '/'), 1) as volgorde
    from telling where publicatie_nr = ? and teleenheid is not null
)
left join wissel.koppeling on deel = oud
group by plaats having bool_or(nieuw is not null)
"""
SWAPPED = """
select not exists (
    select 1 from wissel.anders left join raw.leveringen.levering using (levering_nr)
    where levering.sleutel_afdruk is distinct from anders.afdruk
)
"""
REKEY = """
update telling set teleenheid = omgesleuteld.teleenheid from omgesleuteld where telling.rowid = omgesleuteld.plaats
"""
WHY_REKEYED = "de pseudoniemen achter de cijfers staan onder een andere sleutel"
# What readers saw, by what happened to it last.
SEEN = f"""
select publicatie_nr, peildatum, vingerafdruk, rekenwijze, aantal_tabellen, aantal_rijen, bestanden_sha256
from gebeurtenis as bevestiging
inner join (
    select publicatie_nr, arg_max(soort, gebeurtenis_nr) as nu from gebeurtenis
    where soort not in {OF_NO_PUBLICATION} group by publicatie_nr
) as laatste using (publicatie_nr)
where bevestiging.soort = 'bevestigd' and list_contains(?, laatste.nu)
order by publicatie_nr desc
"""
SHOWN_FAULTS = 10

# A row of what the figures were by a state, but for the event after which it came.
Counted = tuple[Any, ...]


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
        files: Checksum of the list of its files (`checksums`); None where that was not written down.
    """

    number: int
    peildatum: date
    fingerprint: str | None
    method: str
    tables: int = 0
    rows: int = 0
    files: str | None = None


@dataclass(frozen=True)
class Audit:
    """What checking the ledger showed.

    Args:
        events: Number of events looked at.
        rows: Number of rows of content looked at.
        head: Hash of the last event: whoever keeps it can tell later whether events were taken away.
        faults: What is wrong, in Dutch; empty where all is as it was written down.
        tellings: Number of rows behind the newest publication that were looked at.
        anchored: Number of lines of the anchor that were looked at.
        witnesses: Number of rows of published files that were looked at.
        lags: All that is there is right, and something that was written down is not there.
    """

    events: int
    rows: int
    head: str
    faults: tuple[str, ...]
    tellings: int = 0
    anchored: int = 0
    witnesses: int = 0
    lags: bool = False


@contextmanager
def open_ledger(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the ledger to write; it is made where nothing was ever published.

    What is cheap is checked each time: that it can be read, that it is not behind what was published, that its last
    event is as it was written, and that the anchor knows its events. `audit` checks all of it.

    Args:
        paths: The data folder.

    Yields:
        The connection.

    Raises:
        LedgerError: The ledger is not what was written down, or is not there while something was published.
        AnchorError: The anchor cannot be read or written.
    """
    with _opened(paths) as con:
        _follow_anchor(con, paths)
        if paths.pairs.exists():
            _end_rekeying(con, paths)
        yield con


@contextmanager
def read_ledger(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the ledger to read, whatever is the matter with what it says.

    Args:
        paths: The data folder.

    Yields:
        The connection.

    Raises:
        LedgerError: It cannot be read, or is of a later release.
    """
    if not paths.ledger.exists():
        raise LedgerError(_lost(paths, _numbers_known(paths)[1]))
    with _damage_told(paths), _connected(paths, read_only=True) as con:
        if not ledger_form.is_earlier(con, paths.ledger):
            yield con
            return
    # Read by nobody but who reads this, in the form that it will have.
    with _damage_told(paths), duckdb.connect() as copy:
        copy.execute("set threads = 1")
        attach(copy, paths.ledger, "eerder")
        copy.execute("copy from database eerder to memory; detach eerder")
        ledger_form.bring_to_form(copy, paths.ledger)
        yield copy


def examine(paths: DataPaths) -> Audit:
    """Check all of the ledger, before a night rests on it.

    Args:
        paths: The data folder.

    Returns:
        What was looked at.

    Raises:
        LedgerError: Something in it is not as it was written down, or something that was written down is not in it.
        AnchorError: The anchor cannot be read or written.
    """
    with _damage_told(paths), _opened(paths) as con:
        # The anchor is only completed by what agrees with it.
        found = audit(con, paths)
        if found.faults:
            more = len(found.faults) - SHOWN_FAULTS
            told = [*found.faults[:SHOWN_FAULTS], *([f"en {more} andere"] if more > 0 else [])]
            raise LedgerError(
                f"het grootboek {paths.ledger} is niet zoals het is opgeschreven; er wordt niets aan toegevoegd en "
                "niets gepubliceerd:\n" + "\n".join(f"- {fault}" for fault in told) + f"\n{WAY_OUT}"
            )
        _follow_anchor(con, paths)
    return found


def settle(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Confirm or end what an interrupted night left as an intent: the symlink tells whether the swap was made.

    Args:
        con: Connection to the ledger.
        paths: The data folder.
    """
    for entry in _open_intents(con):
        swapped = shown(paths) == entry.number
        log.warning("publicatie %s was onderbroken en is nu %s", entry.number, "bevestigd" if swapped else "afgebroken")
        if swapped:
            confirm(con, paths, replace(entry, files=checksums.of_list(folder_of(paths, entry.number))))
        else:
            end(con, paths, entry)


def folder_name(number: int) -> str:
    """Name of the folder in which the file of a publication stands."""
    return f"{number:05d}"


def folder_of(paths: DataPaths, number: int) -> Path:
    """The folder in which the file of a publication stands.

    Args:
        paths: The data folder.
        number: Number of the publication.
    """
    return paths.versions / folder_name(number)


def folders(paths: DataPaths) -> list[int]:
    """Numbers of the publications that have a folder, whatever the ledger says of them, in order.

    Args:
        paths: The data folder.
    """
    if not paths.versions.is_dir():
        return []
    return sorted(int(folder.name) for folder in paths.versions.iterdir() if folder.name.isdecimal())


def shown(paths: DataPaths) -> int | None:
    """Number of the publication that the link names, whether its file is there or not; None where it names none.

    Args:
        paths: The data folder.
    """
    if not paths.published.is_symlink():
        return None
    name = paths.published.readlink().parent.name
    return int(name) if name.isdecimal() else None


def next_number(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the next publication; the models say the same.

    No folder has it: a ledger that knows less than the folders is not opened.
    """
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
        """select publicatie_nr, peildatum, vingerafdruk, rekenwijze, aantal_tabellen, aantal_rijen, bestanden_sha256
        from gebeurtenis where list_contains(?, soort) order by gebeurtenis_nr desc limit 1""",
        [list(kinds)],
    ).fetchall()
    return Entry(*rows[0]) if rows else None


def newest_event(con: duckdb.DuckDBPyConnection) -> tuple[int, Kind] | None:
    """Publication and kind of the last event; None where there is none.

    Args:
        con: Connection to the ledger.
    """
    rows = con.execute(
        f"""select publicatie_nr, soort from gebeurtenis
        where soort not in {OF_NO_PUBLICATION} order by gebeurtenis_nr desc limit 1"""
    ).fetchall()
    return rows[0] if rows else None


def ended(con: duckdb.DuckDBPyConnection) -> set[int]:
    """Numbers of the publications that readers never saw, since they were broken off.

    Args:
        con: Connection to the ledger.
    """
    return {
        number
        for (number,) in con.execute("select publicatie_nr from gebeurtenis where soort = 'afgebroken'").fetchall()
    }


def standing(con: duckdb.DuckDBPyConnection) -> list[Entry]:
    """The publications that readers saw and that were not taken back, newest first: the first is the present one.

    Args:
        con: Connection to the ledger.
    """
    return [Entry(*row) for row in con.execute(SEEN, [["bevestigd", "hersteld"]]).fetchall()]


def taken_back(con: duckdb.DuckDBPyConnection) -> list[tuple[Entry, str]]:
    """The publications that were taken back, each with the reason, newest first.

    Args:
        con: Connection to the ledger.
    """
    reasons: dict[int, str] = dict(
        con.execute(
            """select publicatie_nr, arg_max(reden, gebeurtenis_nr) from gebeurtenis
            where soort = 'teruggezet' group by publicatie_nr"""
        ).fetchall()
    )
    return [
        (entry, reasons[entry.number])
        for entry in (Entry(*row) for row in con.execute(SEEN, [["teruggezet"]]).fetchall())
    ]


def intend(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry) -> None:
    """Write down that a publication will be swapped in, and what it rests on.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse from which the content is taken.
        entry: The publication.
    """
    _add(con, paths, "voornemen", entry, with_content=True)


def reconstruct(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry, *, is_compared: bool = True) -> None:
    """Write down a state that was derived afterwards, and what it rests on.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse from which the content is taken.
        entry: The state.
        is_compared: The next publication may be compared with it some other night, so the rows behind it are chained;
            False where another state follows at once.
    """
    _add(con, paths, "gereconstrueerd", entry, with_content=True, with_tellings=is_compared)
    _forget_tellings(con, entry.number)


def confirm(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry) -> None:
    """Write down that readers see the publication now, and what its files were."""
    _add(con, paths, "bevestigd", entry)
    _forget_tellings(con, entry.number)


def end(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry) -> None:
    """Write down that the publication was not swapped in; the earlier one stays."""
    _add(con, paths, "afgebroken", entry)
    con.execute("delete from telling where publicatie_nr = ?", [entry.number])


def take_back(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry, reason: str) -> None:
    """Write down that readers no longer see a publication, and why.

    Args:
        con: Connection to the ledger.
        paths: The data folder.
        entry: The publication.
        reason: Why, in the words of whoever decided it; it is published.
    """
    _add(con, paths, "teruggezet", entry, reason=reason)


def put_forward(con: duckdb.DuckDBPyConnection, paths: DataPaths, entry: Entry, reason: str) -> None:
    """Write down that readers see a publication again that was taken back, and why.

    Args:
        con: Connection to the ledger.
        paths: The data folder.
        entry: The publication.
        reason: Why, in the words of whoever decided it; it is published.
    """
    _add(con, paths, "hersteld", entry, reason=reason)


def resume(paths: DataPaths, reason: str) -> str:
    """Let the ledger go on without what it lost, because a person says so.

    A ledger of which all that is there is right goes on behind its last event. One that is not is set aside, and a new
    one begins. Either way numbers go up over what was ever known of, and the event says so for good.

    Args:
        paths: The data folder.
        reason: Why, in the words of whoever decided it; it is published.

    Returns:
        What was done, in Dutch.

    Raises:
        ValueError: There is no reason that can be published, or nothing was lost.
        LedgerError: A later release wrote the ledger.
        AnchorError: The anchor cannot be read or written.
    """
    check_reason(
        reason, "geef de reden waarom het grootboek verdergaat zonder wat het kwijt is; die wordt gepubliceerd"
    )
    number, publication = _numbers_known(paths)
    found = _looked_at(paths)
    if found is not None and not found.faults:
        raise ValueError("het grootboek is zoals het is opgeschreven; er is niets te hervatten")
    told = "het grootboek gaat verder achter zijn laatste gebeurtenis"
    if found is None or not found.lags:
        told = "een nieuw grootboek begint"
        if paths.ledger.exists():
            aside = paths.ledger.with_name(f"{paths.ledger.stem}.beschadigd-{now():%Y%m%dT%H%M%S}{paths.ledger.suffix}")
            # What DuckDB did not fold into it yet goes with it.
            for suffix in ("", ".wal"):
                if (file := paths.ledger.with_name(paths.ledger.name + suffix)).exists():
                    file.rename(aside.with_name(aside.name + suffix))
            told += f"; wat er stond is bewaard als {aside.name}"
    paths.data.mkdir(parents=True, exist_ok=True)
    with _connected(paths) as con:
        if ledger_form.is_empty(con):
            ledger_form.prepare(con)
        ledger_form.bring_to_form(con, paths.ledger)
        anchor = Anchor(paths.anchor)
        if anchor.exists:
            # What a night that was killed did not come to say of the last event, it says before another follows.
            anchor.settle(_told(_events(con, last_only=True)))
        publication = max(publication, next_number(con) - 1) + 1
        entry = Entry(publication, now().date(), None, "-")
        # They can be counted again, so that nobody has to know whether they were changed.
        forget = partial(con.execute, "delete from stand")
        _add(con, paths, "hervat", entry, reason=reason, after=number, change=forget)
    return f"{told}; de volgende publicatie krijgt een nummer boven {publication}"


def missing_states(con: duckdb.DuckDBPyConnection, paths: DataPaths, method: str) -> list[date]:
    """Days of the delivered states that are asked for and not known; what was counted in another way is not.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse that says which states are asked for.
        method: Fingerprint of the models and seeds that count them.

    Returns:
        The days, in order.
    """
    with _attached(con, paths):
        return [day for (day,) in con.execute(MISSING, {"method": method, "fixed": FIXED}).fetchall()]


def counted_by_state(con: duckdb.DuckDBPyConnection, paths: DataPaths, method: str, day: date) -> list[Counted]:
    """Read what the figures were by the state of a day, as far as that is not kept.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with the warehouse that counted that state.
        method: Fingerprint of the models and seeds that counted it.
        day: The day.

    Returns:
        A row per state and year.
    """
    with _attached(con, paths):
        return con.execute(STATES, {"method": method, "fixed": FIXED, "day": day}).fetchall()


def keep_states(con: duckdb.DuckDBPyConnection, paths: DataPaths, method: str, counted: Sequence[Counted]) -> None:
    """Keep what the figures were by the states that were counted, chained; what was counted in another way goes.

    Args:
        con: Connection to the ledger.
        paths: The data folder.
        method: Fingerprint of the models and seeds that counted them.
        counted: What `counted_by_state` gave; where it gave nothing, nothing is written down.
    """

    def change() -> None:
        con.execute("delete from stand where not list_contains([?, ?], rekenwijze)", [method, FIXED])
        con.executemany(KEEP_STATE, counted)

    if counted:
        _add(con, paths, "geteld", _newest(con), change=change)


def fix_states(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Keep for good what was counted by the states of which rows are removed: they cannot be counted again.

    Args:
        con: Connection to the ledger.
        paths: The data folder, with a warehouse that is built without those rows.
    """
    with _attached(con, paths):
        if con.execute(f"select 1 from stand where {TO_FIX} limit 1").fetchall():
            change = partial(con.execute, f"update stand set rekenwijze = '{FIXED}' where {TO_FIX}")
            _add(con, paths, "geteld", _newest(con), change=change)


def write_anew(paths: DataPaths) -> None:
    """Write the ledger anew as it is: what was forgotten may still stand in blocks that it no longer uses.

    Args:
        paths: The data folder; nothing happens where it has no ledger.

    Raises:
        LedgerError: What was written is not what there was; the ledger stays as it is.
    """
    if not paths.ledger.exists():
        return
    fresh = paths.ledger.with_name("publicaties.opgeschoond.duckdb")
    _remove(fresh)
    with _connected(paths) as con:
        # What DuckDB keeps beside it would be read with the file that takes its place.
        con.execute("checkpoint")
        before = audit(con, paths)
    try:
        with duckdb.connect() as con:
            # Rows are chained in the order in which they stand.
            con.execute("set threads = 1")
            bound(con, paths.scratch)
            attach(con, paths.ledger, "oud")
            attach(con, fresh, "nieuw", "")
            con.execute("copy from database oud to nieuw; checkpoint nieuw")
        with open_database(fresh, read_only=True) as con:
            if audit(con, paths) != before:
                raise LedgerError(f"{paths.ledger} is niet opnieuw te schrijven zoals het is; is de schijf in orde?")
        fresh.replace(paths.ledger)
    finally:
        _remove(fresh)


def _remove(database: Path) -> None:
    for file in (database, database.with_name(f"{database.name}.wal")):
        file.unlink(missing_ok=True)


def audit(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> Audit:
    """Check that every event, and what it rests on, is as it was written down, and that none is gone.

    Args:
        con: Connection to the ledger; it may be read-only.
        paths: The data folder, with the anchor and the published files that the ledger is held against.

    Returns:
        What was looked at and what is wrong.

    Raises:
        AnchorError: The anchor cannot be read.
    """
    faults = []
    previous, number = FIRST, 0
    events = _events(con)
    contents = _content_hashes(con)
    nothing = hashlib.sha256().hexdigest(), 0
    for event, written in events:
        where = f"gebeurtenis {event['gebeurtenis_nr']} (publicatie {event['publicatie_nr']}, {event['soort']})"
        is_resumed = event["soort"] == "hervat" and event["gebeurtenis_nr"] > number
        if event["gebeurtenis_nr"] != number + 1 and not is_resumed:
            faults.append(
                f"{where}: verwacht is gebeurtenis {number + 1}; er is een gebeurtenis verdwenen of ingevoegd"
            )
        # What was before a ledger that begins again is in no ledger.
        if event["vorige_sha256"] != previous and not (is_resumed and number == 0):
            faults.append(f"{where}: sluit niet aan op de gebeurtenis ervoor")
        if _hash(event) != written:
            faults.append(f"{where}: is na het opschrijven veranderd")
        if event["soort"] in WITH_CONTENT:
            found, _ = contents.get(event["publicatie_nr"], nothing)
            if found != event["inhoud_sha256"]:
                faults.append(
                    f"{where}: de cijfers, bijstellingen, leveringen of versies zijn na het opschrijven veranderd"
                )
        previous, number = written, event["gebeurtenis_nr"]
    # Of another event no row is chained, so that nobody would see what was put there.
    known = {event["publicatie_nr"] for event, _ in events if event["soort"] in WITH_CONTENT}
    counted = {number for (number,) in con.execute("select distinct publicatie_nr from telling").fetchall()}
    strays = sorted((contents.keys() | counted) - known)
    faults += [f"publicatie {stray} heeft rijen en geen gebeurtenis die ze noemt" for stray in strays]
    tellings, told = _audit_tellings(con)
    faults += [*told, *_audit_states(con)]
    compared = Anchor(paths.anchor).compare(_told(events), signatures=True)
    witnesses, contradicted, missing = _witnesses(con, paths)
    faults += [*compared.contradicted, *contradicted]
    gone = [*compared.missing, *missing]
    rows = sum(count for _, count in contents.values())
    return Audit(
        len(events),
        rows,
        previous,
        (*faults, *gone),
        tellings,
        compared.lines,
        witnesses,
        lags=bool(gone) and not faults,
    )


def _audit_tellings(con: duckdb.DuckDBPyConnection) -> tuple[int, list[str]]:
    """Check the rows with which the next publication is compared; those of others are read by nobody."""
    newest = last(con, "bevestigd", "gereconstrueerd")
    if newest is None:
        return 0, []
    found, count = _telling_hash(con, newest.number)
    written = con.execute(
        """select arg_max(telling_sha256, gebeurtenis_nr) from gebeurtenis
        where publicatie_nr = ? and soort in ('voornemen', 'gereconstrueerd', 'omgesleuteld')""",
        [newest.number],
    ).fetchall()[0][0]
    if written is None or written == found:
        return count, []
    return count, [f"publicatie {newest.number}: de tellingen achter de cijfers zijn na het opschrijven veranderd"]


def _audit_states(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Check what figures were by each state: each change of it is an event of its own."""
    found, count = _states_hash(con)
    written = con.execute(
        """select gebeurtenis_nr, stand_sha256 from gebeurtenis where stand_sha256 is not null
        order by gebeurtenis_nr desc limit 1"""
    ).fetchall()
    if not count and not con.execute("select 1 from gebeurtenis where soort = 'geteld' limit 1").fetchall():
        # An earlier release did not chain each change, so what it left unchained went when its ledger came into this
        # form; the next night counts all of it again.
        return []
    if not written:
        return ["er staan cijfers volgens een stand, en er is geen gebeurtenis die ze noemt"]
    ((number, sha256),) = written
    if found == sha256:
        return []
    return [f"gebeurtenis {number}: de cijfers volgens elke stand zijn na het opschrijven veranderd"]


def _states_hash(con: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Hash of what figures were by each state, and the number of rows."""
    rows = con.execute("from stand order by all").fetchall()
    return hashlib.sha256(_spelled([_spelled(row) for row in rows]).encode()).hexdigest(), len(rows)


def _witnesses(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> tuple[int, list[str], list[str]]:
    """Hold the ledger against what the published files say of their own and of earlier publications."""
    firsts: dict[int, str] = dict(
        con.execute(
            """select publicatie_nr, arg_min(sha256, gebeurtenis_nr) from gebeurtenis where soort != 'hervat'
            group by publicatie_nr"""
        ).fetchall()
    )
    resumed = con.execute("select coalesce(max(publicatie_nr), 0) from gebeurtenis where soort = 'hervat'").fetchall()
    before = resumed[0][0]
    files = {entry.number: entry.files for entry in (*standing(con), *(entry for entry, _ in taken_back(con)))}
    contradicted: list[str] = []
    missing: list[str] = []
    rows = 0
    for number in folders(paths):
        folder = folder_of(paths, number)
        recorded = files.get(number)
        # What was changed afterwards tells nothing; that it was, is told where files are looked at.
        if recorded and checksums.faults(folder, recorded):
            continue
        for publication, sha256 in _chained(folder / paths.published.name):
            rows += 1
            if firsts.get(publication, sha256) != sha256:
                contradicted.append(f"publicatie {publication}: heeft in haar bestand een ander controlegetal")
            elif publication not in firsts and publication > before:
                missing.append(f"publicatie {publication}: is gepubliceerd, en staat niet in het grootboek")
        if number not in firsts and number > before:
            missing.append(f"publicatie {number}: heeft een bestand, en staat niet in het grootboek")
    # Each of the kept files says it.
    return rows, list(dict.fromkeys(contradicted)), list(dict.fromkeys(missing))


def _chained(file: Path) -> list[tuple[int, str]]:
    """What a published file says of the publications that it knows; nothing where it cannot be read."""
    if not file.is_file():
        return []
    try:
        with open_database(file, read_only=True) as con:
            return con.execute(
                "select publicatie_nr, keten_sha256 from marts.fct_publicatie where keten_sha256 is not null"
            ).fetchall()
    except duckdb.Error:
        return []


@contextmanager
def _damage_told(paths: DataPaths) -> Iterator[None]:
    """Say in a sentence that the ledger cannot be read."""
    try:
        yield
    except duckdb.Error as error:
        if is_held(error) or faults.is_of_the_disk(error):
            raise
        raise LedgerError(
            f"het grootboek {paths.ledger} is beschadigd en niet te lezen ({type(error).__name__}). {WAY_OUT}"
        ) from error


@contextmanager
def _connected(paths: DataPaths, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_database(paths.ledger, read_only=read_only) as con:
        bound(con, paths.scratch)
        # Of so little, threads would spend more on one another than on the work.
        con.execute("set threads = 1")
        yield con


@contextmanager
def _opened(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open to write what can be believed as far as a glance tells."""
    _, publication = _numbers_known(paths)
    if publication and not paths.ledger.exists():
        raise LedgerError(_lost(paths, publication))
    paths.data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _damage_told(paths):
            con = stack.enter_context(_connected(paths))
            if ledger_form.is_empty(con):
                if publication:
                    raise LedgerError(_lost(paths, publication))
                ledger_form.prepare(con)
            if ledger_form.bring_to_form(con, paths.ledger) and not Anchor(paths.anchor).exists:
                Anchor(paths.anchor).begin(_told(_events(con)))
            _check_last(con)
            if publication >= next_number(con):
                raise LedgerError(
                    f"het grootboek {paths.ledger} loopt achter: het kent {next_number(con) - 1} publicaties, en "
                    f"publicatie {publication} is er al. Er wordt niets aan toegevoegd en niets gepubliceerd. {WAY_OUT}"
                )
        yield con


def _lost(paths: DataPaths, publication: int) -> str:
    return (
        f"het grootboek {paths.ledger} is er niet of is leeg, en er is al een publicatie {publication}; een nieuw "
        f"begint nooit vanzelf. Er wordt niets gepubliceerd. {WAY_OUT}"
    )


def _numbers_known(paths: DataPaths) -> tuple[int, int]:
    """The highest number of an event and of a publication that something beside the ledger knows of; 0 where none."""
    event, anchored, _ = Anchor(paths.anchor).last() or (0, 0, "")
    return event, max(anchored, *folders(paths), 0)


def _looked_at(paths: DataPaths) -> Audit | None:
    """What a look at the ledger shows; None where it is not there or cannot be read."""
    if not paths.ledger.exists():
        return None
    try:
        with read_ledger(paths) as con:
            return audit(con, paths)
    except LaterFormError:
        raise
    except LedgerError:
        return None


def _follow_anchor(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Hold the ledger against the anchor, and let that say what a night that was killed did not come to say."""
    anchor = Anchor(paths.anchor)
    events = _told(_events(con))
    if not anchor.exists:
        if events:
            anchor.begin(events)
            alerts.tell(
                "het anker van het grootboek was er niet, en begint opnieuw",
                f"{anchor.file} zegt nu wat het grootboek zegt ({len(events)} gebeurtenissen). Is het anker verplaatst "
                "of voor het eerst ingesteld, dan klopt dat. Anders: zoek uit wie het heeft weggehaald, en houd het "
                "grootboek tegen een reservekopie",
            )
        return
    compared = anchor.compare(events)
    if told := [*compared.contradicted, *compared.missing]:
        raise LedgerError(
            f"het grootboek {paths.ledger} en het anker {anchor.file} zijn het niet eens; er wordt niets aan "
            "toegevoegd en niets gepubliceerd:\n"
            + "\n".join(f"- {fault}" for fault in told[:SHOWN_FAULTS])
            + f"\n{WAY_OUT} Is het anker "
            "beschadigd en het grootboek niet, zet dat bestand dan apart: er begint een nieuw"
        )
    anchor.settle(events[-1:])


def _end_rekeying(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Put the pseudonyms that raw has now behind the newest publication, and chain those rows as they are then."""
    newest = last(con, "bevestigd", "gereconstrueerd")
    if newest and paths.raw.exists():
        attach(con, paths.raw, "raw")
        attach(con, paths.pairs, "wissel")
        try:
            # Broken off before raw was swapped in, nothing of it was done, and so this is not; it may also be done.
            ((is_swapped,),) = con.execute(SWAPPED).fetchall()
            con.execute(f"create temp table omgesleuteld as {REKEYED}", [newest.number])
            ((changed,),) = con.execute("select count(*) from omgesleuteld").fetchall()
        finally:
            con.execute("detach wissel; detach raw")
        if is_swapped and changed:
            _add(con, paths, "omgesleuteld", newest, reason=WHY_REKEYED, change=partial(con.execute, REKEY))
        con.execute("drop table omgesleuteld")
    paths.pairs.unlink()


def _add(
    con: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    kind: Kind,
    entry: Entry,
    *,
    with_content: bool = False,
    with_tellings: bool = True,
    reason: str | None = None,
    after: int = 0,
    change: Callable[[], object] | None = None,
) -> None:
    """Add an event in one transaction with its content or a change, and tell the anchor before and after."""
    if with_content:
        # The views of staging read raw.
        attach(con, paths.raw, "raw")
        attach(con, paths.warehouse, "warehouse")
    anchor = Anchor(paths.anchor)
    is_told = kind == "omgesleuteld" or (with_content and with_tellings)
    try:
        with whole(con):
            if change:
                change()
            for table, query in CONTENT.items() if with_content else ():
                con.execute(f"insert into {table} by name {query}", {"nr": entry.number})
            if with_content:
                versions.remember(con, entry.number, [version for (version,) in con.execute(CHOSEN).fetchall()])
            number, previous = con.execute(
                "select coalesce(max(gebeurtenis_nr), 0), arg_max(sha256, gebeurtenis_nr) from gebeurtenis"
            ).fetchall()[0]
            event: dict[str, Any] = {
                "gebeurtenis_nr": max(number, after) + 1,
                "publicatie_nr": entry.number,
                "soort": kind,
                "vastgelegd_op": now(),
                "peildatum": entry.peildatum,
                "vingerafdruk": entry.fingerprint,
                "rekenwijze": entry.method,
                "aantal_tabellen": entry.tables,
                "aantal_rijen": entry.rows,
                "inhoud_sha256": _content_hashes(con, entry.number).get(
                    entry.number, (hashlib.sha256().hexdigest(), 0)
                )[0],
                "vorige_sha256": previous or FIRST,
                "telling_sha256": _telling_hash(con, entry.number)[0] if is_told else None,
                "bestanden_sha256": entry.files if kind == "bevestigd" else None,
                "reden": reason,
                "stand_sha256": _states_hash(con)[0] if with_content or kind in ("geteld", "hervat") else None,
            }
            event["sha256"] = _hash(event)
            marks = ", ".join("?" for _ in event)
            con.execute(f"insert into gebeurtenis ({', '.join(event)}) values ({marks})", list(event.values()))
            told = _told([(event, event["sha256"])])
            anchor.announce(told[0])
    finally:
        if with_content:
            con.execute("detach warehouse; detach raw")
    anchor.settle(told)


def _events(con: duckdb.DuckDBPyConnection, last_only: bool = False) -> list[tuple[dict[str, Any], str]]:
    order = "gebeurtenis_nr desc limit 1" if last_only else "gebeurtenis_nr"
    found = con.execute(f"from gebeurtenis order by {order}")
    names = [name for name, *_ in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [(row, row["sha256"]) for row in rows]


def _told(events: Iterable[tuple[dict[str, Any], str]]) -> list[Event]:
    """Events as the anchor tells of them."""
    return [
        Event(
            event["gebeurtenis_nr"],
            event["publicatie_nr"],
            event["soort"],
            event["vastgelegd_op"],
            sha256,
            skips=event["soort"] == "hervat",
        )
        for event, sha256 in events
    ]


def _check_last(con: duckdb.DuckDBPyConnection) -> None:
    """Check the event that a new one would be chained to; `audit` checks them all."""
    for event, written in _events(con, last_only=True):
        if _hash(event) != written:
            raise LedgerError(
                f"grootboek: gebeurtenis {event['gebeurtenis_nr']} is na het opschrijven veranderd; "
                f"er wordt niets aan toegevoegd. Controleer het geheel met `make ledger`. {WAY_OUT}"
            )


def _hash(event: Mapping[str, Any]) -> str:
    more = {name: event[name] for name in MORE if event.get(name) is not None}
    values = [event[name] for name in EVENT]
    return hashlib.sha256(_spelled([*values, more] if more else values).encode()).hexdigest()


def _content_hashes(con: duckdb.DuckDBPyConnection, number: int | None = None) -> dict[int, tuple[str, int]]:
    """Hash of what each publication rests on, or one of them, and the number of rows of it."""
    found: dict[int, tuple[Any, int]] = {}
    chosen = "" if number is None else f"where publicatie_nr = {number}"
    for table in KEPT:
        for row in con.execute(f"from {table} {chosen} order by all").fetchall():
            digest, count = found.get(row[0]) or (hashlib.sha256(), 0)
            digest.update(f"{table} {_spelled(row)}\n".encode())
            found[row[0]] = digest, count + 1
    return {publication: (digest.hexdigest(), count) for publication, (digest, count) in found.items()}


def _telling_hash(con: duckdb.DuckDBPyConnection, number: int) -> tuple[str, int]:
    """Hash of the rows behind the figures of a publication, and their number."""
    rows = con.execute(TELLINGS, [number]).fetchall()
    return hashlib.sha256(_spelled(rows).encode()).hexdigest(), sum(count for _, count, _ in rows)


def _spelled(values: Sequence[Any]) -> str:
    """One spelling for values, whatever the version of a library that reads them."""

    def spell(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat(sep=" ", timespec="microseconds")
        return value.isoformat() if isinstance(value, date) else str(value)

    return json.dumps(list(values), default=spell, ensure_ascii=True, separators=(",", ":"))


def _newest(con: duckdb.DuckDBPyConnection) -> Entry:
    """The publication of which an event is that is about none: the newest, or number 0 where there is none yet."""
    return last(con, "bevestigd", "gereconstrueerd") or Entry(0, now().date(), None, "-")


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, paths: DataPaths) -> Iterator[None]:
    """Let statements read the warehouse for as long as the block lasts."""
    attach(con, paths.warehouse, "warehouse")
    try:
        yield
    finally:
        con.execute("detach warehouse")


def _open_intents(con: duckdb.DuckDBPyConnection) -> list[Entry]:
    rows = con.execute(
        """select publicatie_nr, any_value(peildatum), any_value(vingerafdruk), any_value(rekenwijze),
            any_value(aantal_tabellen), any_value(aantal_rijen)
        from gebeurtenis group by publicatie_nr having list(soort) = ['voornemen'] order by publicatie_nr"""
    ).fetchall()
    return [Entry(*row) for row in rows]


def _forget_tellings(con: duckdb.DuckDBPyConnection, kept: int) -> None:
    con.execute("delete from telling where publicatie_nr != ?", [kept])
