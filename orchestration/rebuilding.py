"""Raw made again from the inbox, by a person who asks for it: what that brings back, and what it cannot.

What the published file says of each delivery is held against what was found in the inbox, and what was decided since
it was published is read from the log of acts. Files that are gone, dates of receipt that only raw knew, and decisions
of people do not come back by themselves, so they are told, one by one. Putting back a backup is better, and stands in
`backup`.
"""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from orchestration import damage, journal
from orchestration.admission import admit_deliveries
from orchestration.clock import local, now
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
    ("opnieuw_aangeboden", "geweigerd"): "offer",
}
# What a person gives, and the verdict that a delivery then has.
DECISIONS = {
    "accept": "toegelaten",
    "refuse": "geweigerd",
    "withdraw": "ingetrokken",
    "offer": "opnieuw_aangeboden",
}
DELIVERIES = re.compile(r"levering (\d+(?:, \d+)*)")
# Of what was decided since, the log has no word that somebody wrote.
NO_REASON = '"..."'
BY_THE_LOG = "de bewaartermijn, volgens het logboek"
AFRESH = (
    "Deze besluiten van mensen zijn er niet meer, en moeten opnieuw worden gegeven. Vanaf welke dag zij golden, komt "
    "niet terug: zoals bekend op een eerdere dag kunnen cijfers anders zijn dan toen. Wat is gepubliceerd, staat in "
    "het grootboek."
)
FileName = tuple[str, str, str, date]


@dataclass(frozen=True)
class _Decided:
    """A decision that the log has.

    Args:
        act: The command.
        numbers: The deliveries that it was about, the one that was asked for first.
    """

    act: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class _Since:
    """What the log tells of what happened since a publication.

    Args:
        decided: What people decided, in order.
        removed: Deliveries of which the rows were removed since their term had passed, with the day.
        begun: Deliveries of which that was begun, and not ended.
        gaps: Why it may not be all, in Dutch.
    """

    decided: tuple[_Decided, ...]
    removed: dict[int, date]
    begun: frozenset[int]
    gaps: tuple[str, ...]


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
        publication, before, removed = _published(paths)
        since = _since(paths, publication)
        if before is not None:
            before = _as_decided(before, since.decided)
        fresh = paths.raw.with_name(f"{paths.raw.name}.herbouw")
        with _whole_or_nothing(paths, fresh):
            with open_database(fresh) as con:
                admit_deliveries(con, paths.inbox, paths.scratch, extracts, key)
            with open_database(fresh) as con:
                _number_as_before(con, before or [])
                after = con.execute(AFTER).fetchall()
                removed += _removed_since(before or [], after, since)
                for number, day, reason, last_in_force in removed:
                    # Of these days figures cannot be made, whether its row comes back or not.
                    values = [number, day, reason, last_in_force, day]
                    con.execute("insert into leveringen.verwijderd values (?, ?, ?, ?, ?)", values)
                # Closing would do it too, silent where there is no room; what is beside a file does not go with it.
                con.execute("checkpoint")
                ((deliveries,),) = con.execute("select count(*) from leveringen.levering").fetchall()
        remarks, commands = _compared(before, after, {row[0] for row in removed})
        remarks += _told_since(before, after, since, publication)
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


def _published(paths: DataPaths) -> tuple[int | None, list[tuple] | None, list[tuple]]:
    """What the newest published file that can be read says of deliveries.

    Returns:
        The number of the publication, a row for each delivery, and for each of which the rows were removed; None where
        no file can be read.
    """
    others = sorted(paths.versions.glob(f"[0-9]*/{paths.published.name}"), reverse=True)
    for file in (paths.published, *others):
        with suppress(duckdb.Error):
            if file.is_file():
                with open_database(file, read_only=True) as con:
                    before = con.execute(BEFORE).fetchall()
                    removed: list[tuple] = []
                    # A file of an earlier release knows of no removal.
                    with suppress(duckdb.BinderException):
                        removed = con.execute(REMOVED).fetchall()
                name = file.resolve().parent.name
                return int(name) if name.isdecimal() else None, before, removed
    return None, None, []


def _since(paths: DataPaths, publication: int | None) -> _Since:
    """Read in the log what happened since a publication was built; all of it where that is not known."""
    acts, unreadable = journal.acts(paths)
    gaps = []
    if not acts:
        gaps.append("het logboek is er niet meer, of is leeg")
    if unreadable:
        gaps.append(f"van het logboek zijn {unreadable} regels niet te lezen")
    told = [
        place
        for place, act in enumerate(acts)
        if (act.act, act.subject) == (journal.PUBLICATION, f"publicatie {publication}")
    ]
    begin = 0
    if told:
        # What was decided while that run built is not in what it published.
        begin = max(
            (
                place
                for place, act in enumerate(acts[: told[-1]])
                if (act.act, act.outcome, act.origin) == ("run", journal.BEGUN, acts[told[-1]].origin)
            ),
            default=told[-1],
        )
    elif acts and publication is not None:
        gaps.append(f"het logboek zegt niets van publicatie {publication}")
    removed: dict[int, date] = {}
    begun: set[int] = set()
    for act in acts[begin:]:
        if act.act == journal.RETENTION and (numbers := _numbers(act)):
            if act.outcome.startswith(journal.REMOVED):
                removed |= dict.fromkeys(numbers, local(act.moment).date())
            else:
                begun |= {*numbers}
    return _Since(tuple(_decided(acts[begin:])), removed, frozenset(begun - removed.keys()), tuple(gaps))


def _decided(acts: Sequence[journal.Act]) -> Iterator[_Decided]:
    """The decisions in a part of the log; of one that was killed it is not known whether it was taken."""
    for place, act in enumerate(acts):
        if act.act not in DECISIONS or act.outcome != journal.BEGUN or not (numbers := _numbers(act)):
            continue
        own = [other for other in acts[place + 1 :] if other.origin == act.origin]
        ended = next((other.outcome for other in own if other.act == act.act), "code 0")
        # Another that begins under the same number of a process is a later one.
        if ended in ("code 0", journal.BEGUN):
            taken = next((_numbers(other) for other in own if other.act == journal.DECISION), numbers)
            yield _Decided(act.act, (*numbers, *(each for each in taken if each not in numbers)))


def _numbers(act: journal.Act) -> tuple[int, ...]:
    found = DELIVERIES.fullmatch(act.subject)
    return tuple(map(int, found[1].split(", "))) if found else ()


def _as_decided(before: Sequence[tuple], decided: Sequence[_Decided]) -> list[tuple]:
    """The deliveries as they were when raw was lost: what was decided since takes the place of what was published.

    Returns:
        The rows; one with a later decision has no reason, and its place among the decisions at its end.
    """
    last = {number: place for place, each in enumerate(decided) for number in each.numbers}
    rows = []
    for row in before:
        place = last.get(row[0])
        if place is None or (row[8] and row[6] == DECISIONS[decided[place].act]):
            rows.append(row)
        else:
            rows.append((*row[:6], DECISIONS[decided[place].act], None, True, place))
    return rows


def _removed_since(before: Sequence[tuple], after: Sequence[tuple], since: _Since) -> list[tuple]:
    """The removals that no publication tells of, of deliveries that did not come back.

    When they were in force last only raw knew: of the days until the removal no figure is made again.
    """
    there = {row[1:5] for row in after}
    ever = ("toegelaten", "ingetrokken")
    return [
        (row[0], since.removed[row[0]], BY_THE_LOG, since.removed[row[0]] if row[6] in ever else None)
        for row in before
        if row[0] in since.removed and row[1:5] not in there
    ]


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
    commands = [*_commands(pairs), *_released_again(before, found)]
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
    """What a person decided and has to decide again; one command is of a whole set, or of what was decided at once."""
    given: set[tuple] = set()
    for old, new in pairs:
        act = AGAIN.get((old[6], new[6])) if old[8] else None
        of = (act, old[9:] or new[7])
        if act and of not in given:
            given.add(of)
            yield _command(act, new[0], old[7], since=bool(old[9:]))


def _command(act: str, number: int, reason: str | None, *, since: bool) -> str:
    if since:
        # Without a reason it is offered as well.
        return f"make {act} LEVERING={number}" + ("" if act == "offer" else f" REDEN={NO_REASON}")
    return f"make {act} LEVERING={number} REDEN={shlex.quote(reason or '')}"


def _released_again(before: Sequence[tuple], found: Mapping[FileName, tuple]) -> Iterator[str]:
    """What was admitted since a person said that it is about nobody, and is refused now that he did not."""
    newest = {row[1:5]: row for row in before}
    for row in before:
        then, new = newest[row[1:5]], found.get(row[1:5])
        if new and (row[6], then[6], new[6]) == ("opnieuw_aangeboden", "toegelaten", "geweigerd") and row[7]:
            yield _command("offer", new[0], row[7], since=False)


def _told_since(
    before: Sequence[tuple] | None, after: Sequence[tuple], since: _Since, publication: int | None
) -> Iterator[str]:
    """What the log has that the published file cannot tell, and what nothing tells any more."""
    called = "" if publication is None else f" sinds publicatie {publication}"
    if since.gaps:
        yield (
            f"Of er{called} over leveringen is besloten, of leveringen zijn verwijderd, is niet zeker: "
            f"{'; '.join(since.gaps)}. Vraag wie besluiten nam."
        )
    rows = {row[0]: row for row in before or ()}
    if any(row[9:] for row in rows.values()):
        yield f"Van wat{called} is besloten staat de reden nergens meer: schrijf haar in plaats van de puntjes."
    for each in since.decided:
        if not any(number in rows for number in each.numbers):
            yield (
                f"levering {', '.join(map(str, each.numbers))}: hierover is{called} besloten (make {each.act}), en "
                "welk bestand het was zegt geen publicatie; zoek het op, en geef dat besluit opnieuw"
            )
    there = {row[1:5] for row in after}
    gone = sorted(number for number in since.removed if number in rows and rows[number][1:5] not in there)
    if gone:
        last = max(since.removed[number] for number in gone)
        yield (
            f"Levering {', '.join(map(str, gone))} is{called} verwijderd omdat de bewaartermijn voorbij was. Tot "
            f"wanneer zij van kracht was weet niemand meer: zoals bekend op een dag tot en met {last:%d-%m-%Y} kan "
            "make as-of geen cijfers meer maken."
        )
    back = sorted(
        number
        for number in (*since.removed, *since.begun)
        if number not in rows or rows[number][1:5] in there or number in since.begun
    )
    if back:
        yield (
            f"Levering {', '.join(map(str, back))} was{called} verwijderd omdat de bewaartermijn voorbij was, of dat "
            "was begonnen; zij kan terug zijn. Draai na de volgende run make retention."
        )


def _minute(moment: Any) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _files(number: int, one: str = "ligt", more: str = "liggen") -> str:
    return f"1 geleverd bestand {one}" if number == 1 else f"{number} geleverde bestanden {more}"
