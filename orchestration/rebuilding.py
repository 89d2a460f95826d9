"""Raw made again from the inbox, by a person who asks for it: what that brings back, and what it cannot.

What the published file says of each delivery is held against what was found in the inbox. Files that are gone, dates
of receipt that only raw knew, and decisions of people do not come back by themselves, so they are told, one by one.
Putting back a backup is better, and stands in `backup`.
"""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from orchestration import damage
from orchestration.admission import admit_deliveries
from orchestration.clock import now
from orchestration.declarations import Extract
from orchestration.locking import open_database, sole_writer
from orchestration.paths import DataPaths
from orchestration.pseudonyms import Key

BEFORE = """
select levering_nr, registratie, extract, bestand, stand_datum, ontvangen_op, levering_oordeel, levering_oordeel_reden,
    levering_oordeel_door = 'mens'
from marts.dim_levering where levering_nr is not null order by levering_nr
"""
REMOVED = """
select levering_nr, verwijderd_datum, verwijderd_reden, van_kracht_tot_datum
from marts.dim_levering where verwijderd_datum is not null order by levering_nr
"""
AFTER = """
select levering_nr, registratie, extract, bestand, stand_datum, ontvangen_op, oordeel, coalesce(set_nr, levering_nr)
from leveringen.levering_met_oordeel
union all
select levering_nr, registratie, extract, herhaling.bestand, stand_datum, herhaling.ontvangen_op, oordeel,
    coalesce(set_nr, levering_nr)
from leveringen.herhaling inner join leveringen.levering_met_oordeel using (levering_nr)
order by all
"""
# By what the verdict of a person was, and what the delivery is now: what makes it so again.
AGAIN = {
    ("toegelaten", "aangehouden"): "accept",
    ("ingetrokken", "toegelaten"): "withdraw",
    ("ingetrokken", "aangehouden"): "refuse",
    ("geweigerd", "toegelaten"): "withdraw",
    ("geweigerd", "aangehouden"): "refuse",
    ("geweigerd", "geweigerd"): "refuse",
}
AFRESH = (
    "Deze besluiten van mensen zijn er niet meer, en moeten opnieuw worden gegeven. Vanaf welke dag zij golden, komt "
    "niet terug: zoals bekend op een eerdere dag kunnen cijfers anders zijn dan toen. Wat is gepubliceerd, staat in "
    "het grootboek."
)
FileName = tuple[str, str, str, date]


@dataclass(frozen=True)
class Rebuilt:
    """What came of raw.

    Args:
        deliveries: Number of deliveries that it has now.
        known: Number of deliveries that the published file told of; None where none can be read.
        remarks: What does not come back by itself, in Dutch; empty where all is as it was.
        commands: What a person has to give again.
        account: The file in which both are kept; None where there is nothing to tell.
    """

    deliveries: int
    known: int | None
    remarks: tuple[str, ...]
    commands: tuple[str, ...]
    account: Path | None


def rebuild_raw(paths: DataPaths, extracts: Mapping[tuple[str, str], Extract], key: Key | None) -> Rebuilt:
    """Read the inbox into a new raw, and say what of the one before it is not in it.

    The one before it, if there is any, is put aside and not removed. Until the new one is whole, nothing stands in its
    place.

    Args:
        paths: The data folder.
        extracts: The declared extracts.
        key: Key for real personal data; None where none is set.

    Returns:
        What came of it.

    Raises:
        ValueError: Nothing is the matter with raw, or there is no inbox.
        LaterFormError: A later release wrote raw.
    """
    with sole_writer(paths):
        if damage.fault_of_raw(paths) is None:
            raise ValueError(
                "met raw.duckdb is niets aan de hand; HERBOUW=1 is voor wie het kwijt is. Alles opnieuw bouwen uit "
                "raw doet make nightly OPNIEUW=1"
            )
        if not paths.inbox.exists():
            raise ValueError(f"{paths.inbox} is er niet; zonder de geleverde bestanden valt er niets op te bouwen")
        before, removed = _published(paths, BEFORE), _published(paths, REMOVED) or []
        fresh = paths.raw.with_name(f"{paths.raw.name}.herbouw")
        with _whole_or_nothing(paths, fresh):
            with open_database(fresh) as con:
                admit_deliveries(con, paths.inbox, paths.scratch, extracts, key)
            with open_database(fresh) as con:
                _number_as_before(con, before or [])
                for number, day, reason, last_in_force in removed:
                    # Of these days figures cannot be made, whether its row comes back or not.
                    values = [number, day, reason, last_in_force, day]
                    con.execute("insert into leveringen.verwijderd values (?, ?, ?, ?, ?)", values)
                # Closing would do it too, silent where there is no room; what is beside a file does not go with it.
                con.execute("checkpoint")
                after = con.execute(AFTER).fetchall()
                ((deliveries,),) = con.execute("select count(*) from leveringen.levering").fetchall()
        remarks, commands = _compared(before, after, {row[0] for row in removed})
        account = None
        if remarks or commands:
            # Before raw stands there: a run that is killed in between leaves a raw that is lost, or an account.
            account = paths.data / f"herbouw-{now():%Y%m%dT%H%M%S}.txt"
            account.write_text("\n".join([*remarks, "", *commands, ""]), encoding="utf-8")
            account.chmod(0o600)
        aside = damage.put_aside(paths.raw.with_name(f"{paths.raw.name}.beschadigd"))
        for end in ("", ".wal"):
            with suppress(FileNotFoundError):
                paths.raw.with_name(paths.raw.name + end).rename(aside.with_name(aside.name + end))
        fresh.rename(paths.raw)
    return Rebuilt(deliveries, None if before is None else len(before), tuple(remarks), tuple(commands), account)


@contextmanager
def _whole_or_nothing(paths: DataPaths, fresh: Path) -> Iterator[None]:
    """Begin without what a killed run left, and leave no half of a raw to take the room that may lack."""

    def remove() -> None:
        for file in paths.data.glob(f"{fresh.name}*"):
            file.unlink()

    remove()
    try:
        yield
    except BaseException:
        remove()
        raise


def _published(paths: DataPaths, query: str) -> list[tuple] | None:
    """What the newest published file in which it can be read says of deliveries."""
    others = sorted(paths.versions.glob(f"[0-9]*/{paths.published.name}"), reverse=True)
    for file in (paths.published, *others):
        with suppress(duckdb.Error):
            if file.is_file():
                with open_database(file, read_only=True) as con:
                    return con.execute(query).fetchall()
    return None


def _number_as_before(con: duckdb.DuckDBPyConnection, before: Sequence[tuple]) -> None:
    """Give each delivery the number that it had: publications, the ledger and people know it by that."""
    known: dict[FileName, int] = {row[1:5]: row[0] for row in before}
    fresh = count(max(known.values(), default=0) + 1)
    files = con.execute(
        "select levering_nr, registratie, extract, bestand, stand_datum from leveringen.levering order by levering_nr"
    ).fetchall()
    numbers = [(number, known.get(tuple(file)) or next(fresh)) for number, *file in files]
    if all(now == then for now, then in numbers):
        return
    columns = con.execute(
        """select schema_name, table_name, column_name from duckdb_columns() inner join duckdb_tables()
            using (database_name, schema_name, table_name)
        where database_name = current_database() and column_name in ('levering_nr', 'set_nr')"""
    ).fetchall()
    con.execute("create temp table nummer (nu integer, toen integer)")
    con.executemany("insert into nummer values (?, ?)", numbers)
    # By way of numbers that are nobody's: two deliveries with one number, even for a moment, are refused.
    for what in ("set {0} = -{0}", "set {0} = toen from nummer where {0} = -nu"):
        for schema, table, column in columns:
            con.execute(f'update "{schema}"."{table}" {what.format(column)}')


def _compared(
    before: Sequence[tuple] | None, after: Sequence[tuple], removed: Collection[int]
) -> tuple[list[str], list[str]]:
    if before is None:
        return [
            "Er is geen publicatie meer te lezen. Welke leveringen er waren en wat mensen erover hadden besloten, is "
            "dus niet na te gaan; vraag wie besluiten nam, en leg de leveringen naast wat leveranciers stuurden."
        ], []
    found: dict[FileName, tuple] = {row[1:5]: row for row in after}
    # Of a file that was offered again, the newest delivery.
    known: dict[FileName, tuple] = {row[1:5]: row for row in before}
    gone = [row for file, row in known.items() if file not in found and row[0] not in removed]
    pairs = [(row, found[file]) for file, row in known.items() if file in found]
    remarks = [
        *_told_gone(gone),
        *_told_removed(removed),
        *_told_received(pairs),
        *_told_numbers(pairs),
        *_told_lost(pairs),
    ]
    commands = [*_commands(pairs)]
    return [*remarks, *([AFRESH] if commands else [])], commands


def _told_gone(gone: Sequence[tuple]) -> Iterator[str]:
    if not gone:
        return
    yield f"{_files(len(gone))} niet meer in de inbox; wat erin stond, is er niet meer:"
    for number, registration, extract, file, stand, received, verdict, *_ in gone:
        yield (
            f"  levering {number} {registration}/{file} ({extract}, stand {stand:%d-%m-%Y}, ontvangen "
            f"{received:%d-%m-%Y}, {verdict})"
        )
    if days := [row[5] for row in gone if row[6] == "toegelaten"]:
        yield (
            f"  Cijfers die daarop rustten, ontbreken of zijn anders zoals bekend op {min(days):%d-%m-%Y} en later; "
            "eerdere dagen niet. Vraag de leverancier ze opnieuw, en zet ontvangen_op in een manifest."
        )
    else:
        yield "  Geen daarvan was toegelaten: er rust geen cijfer op."


def _told_removed(removed: Collection[int]) -> Iterator[str]:
    if removed:
        yield (
            f"Van levering {', '.join(map(str, sorted(removed)))}, waarvan de rijen waren verwijderd omdat de "
            "bewaartermijn voorbij was, komt de rij in het register niet terug; eerdere publicaties noemen haar."
        )


def _told_received(pairs: Sequence[tuple[tuple, tuple]]) -> Iterator[str]:
    moved = [(old, new) for old, new in pairs if _minute(old[5]) != _minute(new[5])]
    if moved:
        yield (
            f"{_files(len(moved), 'zegt', 'zeggen')} niet zelf wanneer het is ontvangen; dat is nu de dag van "
            "vandaag, en zo zouden cijfers zoals bekend op een eerdere dag veranderen. Zet naast elk een manifest "
            "met deze datum, zet raw.duckdb apart, en draai make nightly HERBOUW=1 opnieuw:"
        )
        yield from (f"  {old[1]}/{old[3]}.manifest.yml: ontvangen_op: {old[5].isoformat()}" for old, _ in moved)


def _told_numbers(pairs: Sequence[tuple[tuple, tuple]]) -> Iterator[str]:
    other = [(old[0], new[0]) for old, new in pairs if old[0] != new[0]]
    if other:
        named = ", ".join(f"{old} is nu {new}" for old, new in other[:10])
        more = f" en {len(other) - 10} andere" if other[10:] else ""
        yield (
            f"Nummers van leveringen zijn anders dan in eerdere publicaties en in het grootboek: {named}{more}. Lees "
            "ze daar met deze lijst ernaast."
        )


def _told_lost(pairs: Sequence[tuple[tuple, tuple]]) -> Iterator[str]:
    for old, new in pairs:
        if old[8] and old[6] == "toegelaten" and new[6] == "geweigerd":
            yield (
                f"levering {new[0]} {new[1]}/{new[3]} was door een mens toegelaten en is nu geweigerd; herstel haar, "
                f"en bied haar opnieuw aan: make offer LEVERING={new[0]}"
            )


def _commands(pairs: Sequence[tuple[tuple, tuple]]) -> Iterator[str]:
    """What a person decided and has to decide again; one command is of a whole set."""
    given: set[tuple[str, int]] = set()
    for old, new in pairs:
        act = AGAIN.get((old[6], new[6])) if old[8] else None
        if act and (act, new[7]) not in given:
            given.add((act, new[7]))
            reason = (old[7] or "").replace("$", "$$")
            yield f"make {act} LEVERING={new[0]} REDEN={shlex.quote(reason)}"


def _minute(moment: Any) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _files(number: int, one: str = "ligt", more: str = "liggen") -> str:
    return f"1 geleverd bestand {one}" if number == 1 else f"{number} geleverde bestanden {more}"
