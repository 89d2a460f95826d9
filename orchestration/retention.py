"""What was kept as long as it may be, removed: deliveries of which the term has passed and on which no figure rests.

How long a delivery may be kept, and on which ground, its declaration says. A delivery in force stays, since the figures
rest on it; so does one of which a figure would change, which is tried and not believed: the warehouse is built on a raw
without the rows, and every table must come out as it was. What stays though its term has passed is told, with what a
supplier has to do about it.

Raw is written anew without the rows, and takes the place of the one that stands in one step; that one stays beside it,
under another name, until nothing of the rows is left elsewhere and every file was searched for the pseudonyms in them.
So a removal that was killed is finished by the next. The register keeps who delivered what when, and that it is gone.
"""

import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration import backup, damage, journal, ledger, novelty, register, traces
from orchestration.building import CHANGING_SOURCE, IN_FORCE, PRESENT, Builder, Question
from orchestration.clock import ZONE, local, now
from orchestration.declarations import Extract
from orchestration.deliveries import MANIFEST
from orchestration.locking import empty, open_database, sole_writer
from orchestration.paths import BACKUPS_SETTING, CleanedPaths, DataPaths
from orchestration.progress import step
from orchestration.reading import checksum
from orchestration.recording import marts_of, recorded
from orchestration.sql import attach, bound
from orchestration.wording import counted, dutch

# What says of a delivery that it is removed, and what tells of publications: these are to change.
NOT_COMPARED = ("dim_levering",)
# What is kept of raw when it was damaged holds what must go, and nobody can look into it.
ASIDE = ("raw.duckdb.beschadigd*", "raw.duckdb.herbouw*", "warehouse*.duckdb*")
BACKUP_NAME = re.compile(r"veiligheidsagenda_(\d{8}T\d{6})_.*\.tar")
SHOWN = 5
# A shorter number of a thing may be anything.
SHORTEST_NUMBER = 8

Key = tuple[str, str]


class RetentionError(RuntimeError):
    """What must go cannot go, or is not gone everywhere; the message says why and what to do, in Dutch."""


@dataclass(frozen=True)
class Kept:
    """A delivery that was kept as long as it may be.

    Args:
        number: levering_nr.
        extract: Registration and extract.
        file: Name of the delivered file.
        received: Day of its receipt.
        until: The last day on which it may be kept.
        reason: By which ground and term, in Dutch.
        rows: Number of records that were loaded of it.
        sha256: Checksum of its file.
        last_in_force: The last day on which it was in force; None where it never was.
        stays: Why it cannot go yet and what to do, in Dutch; empty where it goes.
    """

    number: int
    extract: Key
    file: str
    received: date
    until: date
    reason: str
    rows: int
    sha256: str
    last_in_force: date | None = None
    stays: str = ""


@dataclass(frozen=True)
class Retained:
    """What came of it.

    Args:
        executed: It was done, and not only shown.
        going: Deliveries that went, or would go.
        staying: Deliveries of which the term has passed, that cannot go.
        files: How many files in the inbox hold what goes.
        whole_from: From which day figures can be made as they were known, when it is done; None where any day can.
        tables: How many tables came out as they were without the rows.
        finished: Deliveries of which an earlier removal was finished now, or waits to be.
        searched: What was looked at to show that nothing is left; None where nothing was removed.
        common: How many pseudonyms and numbers of what went stand in a delivery that stays too.
        backups: Backups that hold what went, and are replaced by a new one, or would be.
        by_hand: What a person has to see to, in Dutch.
    """

    executed: bool
    going: tuple[Kept, ...] = ()
    staying: tuple[Kept, ...] = ()
    files: int = 0
    whole_from: date | None = None
    tables: int = 0
    finished: tuple[int, ...] = ()
    searched: traces.Searched | None = None
    common: int = 0
    backups: tuple[Path, ...] = ()
    by_hand: tuple[str, ...] = field(default=())

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left for a person to do."""
        return not (self.staying or self.by_hand or (not self.executed and (self.going or self.finished)))


def retain(
    paths: DataPaths, extracts: Mapping[Key, Extract], *, execute: bool, origin: str, today: date | None = None
) -> Retained:
    """Remove what was kept as long as it may be, or show what that would be.

    Args:
        paths: The data folder, of which the last night was whole.
        extracts: The declared extracts.
        execute: Remove it; otherwise all is tried, and nothing changed.
        origin: From where it is asked, for the journal.
        today: The day of which the terms are looked at; that of the clock where None.

    Returns:
        What went or would go, what stays, and what was shown of it.

    Raises:
        ValueError: There is nothing yet, or something is new, so that a night has to run first.
        RetentionError: Something of it is left somewhere; the next run goes on where this one stopped.
        BuildError: Without those rows the warehouse cannot be built; nothing was changed.
    """
    with sole_writer(paths):
        damage.examine(paths)
        if not paths.raw.exists():
            raise ValueError(f"{paths.raw} bestaat nog niet; draai eerst make nightly")
        _clear(paths)
        if begun := _begun(paths):
            if not execute:
                return Retained(executed=False, finished=begun, whole_from=_whole_from(paths, ()))
            searched, common = _finish(paths, begun, origin)
            done = Retained(True, finished=begun, searched=searched, common=common)
            return _with_backups(paths, replace(done, whole_from=_whole_from(paths, ())), origin)
        try:
            plan = _plan(paths, extracts, today or now().date())
            if plan.going:
                plan = _try(paths, plan)
            plan = replace(
                plan,
                executed=execute,
                whole_from=_whole_from(paths, plan.going),
                files=_count_files(paths, plan.going),
                by_hand=tuple(_nameless(paths, extracts, today or now().date())),
            )
            if execute and plan.going:
                numbers = tuple(kept.number for kept in plan.going)
                _commit(paths, numbers, origin)
                searched, common = _finish(paths, numbers, origin)
                plan = replace(plan, searched=searched, common=common)
        finally:
            _clear(paths)
        return _with_backups(paths, plan, origin)


def told_retention(outcome: Retained) -> list[str]:
    """Say in Dutch what came of it, a sentence each.

    Args:
        outcome: What came of it.
    """
    lines = [*_told_deliveries(outcome), *_told_shown(outcome)]
    if not lines:
        return ["Van geen levering is de bewaartermijn voorbij."]
    if outcome.executed and (outcome.going or outcome.finished):
        return [*lines, "Het warehouse is weg; make nightly bouwt en publiceert opnieuw."]
    return lines if outcome.executed else [*lines, "Er is niets verwijderd. Uitvoeren: make retention UITVOEREN=1"]


def _told_deliveries(outcome: Retained) -> Iterator[str]:
    if outcome.finished:
        done = "is afgemaakt" if outcome.executed else "is niet afgemaakt"
        yield f"Een eerdere verwijdering (levering {_listed(outcome.finished)}) {done}."
    if outcome.going:
        rows = sum(kept.rows for kept in outcome.going)
        yield (
            f"{'Verwijderd' if outcome.executed else 'Moet weg'}: "
            f"{counted(len(outcome.going), 'levering', 'leveringen')}, {counted(rows, 'record', 'records')} in raw, "
            f"{counted(outcome.files, 'bestand', 'bestanden')} in de inbox."
        )
    for reason in dict.fromkeys(kept.stays for kept in outcome.staying):
        numbers = [kept.number for kept in outcome.staying if kept.stays == reason]
        yield f"Nog niet weg: levering {_listed(numbers)}: {reason}."


def _told_shown(outcome: Retained) -> Iterator[str]:
    if outcome.tables:
        yield f"Zonder deze rijen zijn {outcome.tables} tabellen opnieuw gebouwd; in geen daarvan verandert iets."
    if outcome.whole_from:
        can = "kan" if outcome.executed or not outcome.going else "kan daarna"
        yield f"make as-of {can} vanaf {outcome.whole_from:%d-%m-%Y}, en niet voor een eerdere dag."
    if searched := outcome.searched:
        yield (
            f"Aangetoond: {dutch(searched.values)} pseudoniemen en nummers die nu nergens meer horen, en de inhoud van "
            f"de geleverde bestanden, gezocht in {counted(searched.files, 'bestand', 'bestanden')} "
            f"({dutch(searched.size)} bytes) en {counted(searched.columns, 'kolom', 'kolommen')}: niets gevonden. "
            f"{dutch(outcome.common)} andere staan ook in leveringen die blijven."
        )
    for file in outcome.backups:
        yield f"Reservekopie die dit bevat, {'vervangen' if outcome.executed else 'wordt vervangen'}: {file}"
    for each in outcome.by_hand:
        yield f"Zelf te doen: {each}."


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


# ---------------------------------------------------------------------------------------------------------------------
# What goes


def _plan(paths: DataPaths, extracts: Mapping[Key, Extract], today: date) -> Retained:
    """Find the deliveries of which the term has passed, and those of them on which figures rest."""
    with open_database(paths.raw, read_only=True) as con:
        if register.check_form(con) < len(register.STEPS):
            raise ValueError("raw.duckdb is van een eerdere versie; draai eerst make nightly")
        rows = con.execute(
            """select levering_nr, registratie, extract, bestand, ontvangen_op::date, coalesce(aantal_geladen, 0),
                inhoud_sha256, coalesce(set_nr, levering_nr)
            from leveringen.levering anti join leveringen.verwijderd using (levering_nr) order by levering_nr"""
        ).fetchall()
        days = [day for (day,) in con.execute(novelty.KNOWN_DAYS).fetchall() if day <= today]
    passed: list[Kept] = []
    sets: dict[int, int] = {}
    together: dict[int, set[int]] = {}
    for number, registration, name, file, received, loaded, sha256, set_number in rows:
        together.setdefault(set_number, set()).add(number)
        sets[number] = set_number
        extract = extracts.get((registration, name))
        if extract is None:
            # What is no longer declared has no term of its own, and none of it may be forgotten for that.
            passed.append(
                Kept(
                    *(number, (registration, name), file, received, received, "", loaded, sha256),
                    stays="dit extract is niet meer verklaard, en heeft dus geen termijn: verklaar het weer",
                )
            )
        elif (until := _until(received, extract.retention_years)) < today:
            passed.append(Kept(number, (registration, name), file, received, until, _reason(extract), loaded, sha256))
    if not passed:
        return Retained(executed=False)
    last, in_force = _last_in_force(paths, days)
    rested_on = _rested_on(paths)
    over = {kept.number for kept in passed if not kept.stays}
    found = [
        kept
        if kept.stays
        else replace(
            kept,
            last_in_force=last.get(kept.number),
            stays=_stays(kept.number, in_force, rested_on, together[sets[kept.number]] - over),
        )
        for kept in passed
    ]
    return Retained(
        executed=False,
        going=tuple(kept for kept in found if not kept.stays),
        staying=tuple(kept for kept in found if kept.stays),
    )


def _until(received: date, years: int) -> date:
    """The last day on which what was received may be kept; of a leap day that is the last of February."""
    try:
        return received.replace(year=received.year + years)
    except ValueError:
        return received.replace(year=received.year + years, day=28)


def _written_on(file: Path) -> date:
    return datetime.fromtimestamp(file.lstat().st_mtime, ZONE).date()


def _reason(extract: Extract) -> str:
    return f"de bewaartermijn van {extract.retention_years} jaar na ontvangst ({extract.legal_ground})"


def _stays(number: int, in_force: Collection[int], rested_on: Mapping[int, int], waiting: Collection[int]) -> str:
    """Why a delivery cannot go yet; empty where nothing keeps it.

    Args:
        number: levering_nr.
        in_force: Deliveries in force.
        rested_on: Deliveries on which a publication rests that is still there, with its number.
        waiting: Deliveries of its set of which the term has not passed.
    """
    if number in in_force:
        return (
            "zij is van kracht: vraag de leverancier een nieuwe levering, zonder de rijen waarvan de termijn voorbij "
            "is; als die is toegelaten, gaat deze"
        )
    if number in rested_on:
        return f"publicatie {rested_on[number]} rust op haar, en kan nog worden teruggezet: zij gaat als die weg is"
    if waiting:
        return f"zij hoort bij levering {_listed(sorted(waiting))}, waarvan de termijn nog loopt"
    return ""


def _last_in_force(paths: DataPaths, days: Sequence[date]) -> tuple[dict[int, date], set[int]]:
    """Ask the models on which day each delivery was in force last, and which are in force now."""
    builder = Builder(CleanedPaths(paths.data, is_tried=False))

    def ask(question: Question) -> set[int]:
        builder.answer(question, {IN_FORCE}, last=False)
        with open_database(builder.paths.warehouse, read_only=True) as con:
            return {number for (number,) in con.execute(f"select levering_nr from staging.{IN_FORCE}").fetchall()}

    last: dict[int, date] = {}
    for day, following in zip(reversed(days[:-1]), reversed(days[1:]), strict=True):
        # Between two days on which something became known nothing changes.
        for number in ask(Question(peildatum=day, is_publication=False)):
            last.setdefault(number, following - timedelta(days=1))
    return last, ask(PRESENT)


def _rested_on(paths: DataPaths) -> dict[int, int]:
    """The deliveries on which a publication rests with which a next one may be compared, with the newest of these."""
    if not paths.ledger.exists():
        return {}
    with ledger.read_ledger(paths) as con:
        rows = con.execute(
            """select levering_nr, max(publicatie_nr) from (
                select publicatie_nr, levering_nr from telling where levering_nr is not null
                union all
                select publicatie_nr, levering_nr from levering where list_contains(?, publicatie_nr)
            ) group by levering_nr""",
            [ledger.folders(paths)],
        ).fetchall()
    return dict(rows)


def _count_files(paths: DataPaths, going: Sequence[Kept]) -> int:
    sums = {kept.sha256 for kept in going}
    return sum(checksum(file) in sums for file in _regular(paths.inbox)) if sums else 0


def _whole_from(paths: DataPaths, going: Sequence[Kept]) -> date | None:
    with open_database(paths.raw, read_only=True) as con:
        days = [register.first_known_whole(con)]
    days += [kept.last_in_force + timedelta(days=1) for kept in going if kept.last_in_force]
    return max((day for day in days if day), default=None)


def _nameless(paths: DataPaths, extracts: Mapping[Key, Extract], today: date) -> Iterator[str]:
    """Tell of files in the inbox that no delivery is of any more, or that lie there longer than any of theirs may."""
    with open_database(paths.raw, read_only=True) as con:
        gone = register.removals(con)
        rows = con.execute("select levering_nr, inhoud_sha256 from leveringen.levering").fetchall()
    there = {sha256 for number, sha256 in rows if number not in gone}
    removed = {sha256 for _, sha256 in rows} - there
    for folder in sorted(place for place in paths.inbox.glob("*") if place.is_dir() and not place.is_symlink()):
        years = max((each.retention_years for (name, _), each in extracts.items() if name == folder.name), default=1)
        sums = {file: checksum(file) for file in _regular(folder) if not file.name.endswith(MANIFEST)}
        if again := sum(found in removed for found in sums.values()):
            yield f"in {folder} liggen {again} bestanden met wat al was verwijderd: verwijder ze zelf"
        others = [file for file, found in sums.items() if found not in there | removed]
        old = sum(_until(_written_on(file), years) < today for file in others)
        if old:
            yield (
                f"in {folder} liggen {old} bestanden van meer dan {years} jaar oud die geen levering zijn: bekijk ze, "
                "en verwijder ze zelf"
            )


# ---------------------------------------------------------------------------------------------------------------------
# Whether the figures stay what they are


def _try(paths: DataPaths, plan: Retained) -> Retained:
    """Build on a raw without the rows, and keep what a figure would change for."""
    last = novelty.last_night(paths)
    if news := novelty.changed(paths):
        told = novelty.told_news(paths, news, last) if last else "er was nog geen hele nacht"
        raise ValueError(
            f"er is iets nieuws ({told}), zodat niet is na te gaan of de cijfers zonder deze rijen gelijk blijven; "
            "draai eerst make nightly"
        )
    different, tables = _differences(paths, plan.going)
    if different:
        # Of an extract that is delivered as changes, what a newer full delivery replaced says how it was before.
        history = {kept.number for kept in plan.going if _is_of_changes(paths, kept.number)}
        told = (
            f"zonder haar rijen zouden cijfers anders worden ({'; '.join(different[:SHOWN])}): die rusten op wat zij "
            "van eerder zegt. Laat de beheerder van de definitie beslissen of dat zonder kan"
        )
        held = tuple(replace(kept, stays=told) for kept in plan.going if kept.number in history)
        plan = replace(
            plan,
            going=tuple(kept for kept in plan.going if kept.number not in history),
            staying=(*plan.staying, *held),
        )
        different, tables = _differences(paths, plan.going) if held and plan.going else (different, tables)
        if plan.going and different:
            raise RetentionError(
                f"zonder de rijen waarvan de termijn voorbij is zouden gepubliceerde cijfers veranderen: "
                f"{'; '.join(different[:SHOWN])}. Er is niets verwijderd"
            )
    return replace(plan, tables=tables)


def _is_of_changes(paths: DataPaths, number: int) -> bool:
    with open_database(paths.raw, read_only=True) as con:
        return con.execute(
            """select count(*) > 0 from leveringen.levering as zelf inner join leveringen.levering as ander
            using (registratie, extract) where zelf.levering_nr = ? and ander.soort = 'mutaties'""",
            [number],
        ).fetchall()[0][0]


def _differences(paths: DataPaths, going: Sequence[Kept]) -> tuple[list[str], int]:
    """Say which tables come out otherwise without rows, and how many were looked at."""
    there = CleanedPaths(paths.data)
    _write_without(paths, there.raw, going)
    Builder(there).answer(PRESENT)
    names = [name for name in marts_of(recorded()) if name not in {*NOT_COMPARED, *_of_publications()}]
    return _otherwise(paths.warehouse, there.warehouse, names), len(names)


def _otherwise(standing: Path, tried: Path, names: Sequence[str]) -> list[str]:
    """Name the marts of which a row is otherwise in one warehouse than in another, with the figures."""
    different = []
    with duckdb.connect() as con:
        attach(con, standing, "nu")
        attach(con, tried, "straks")
        for name in names:
            rows = [
                con.execute(f'select count(*), sum(hash(rij)::hugeint) from {side}.marts."{name}" as rij').fetchall()
                for side in ("nu", "straks")
            ]
            if rows[0] != rows[1]:
                different.append(f"{name}{_which(con, name)}")
    return different


def _of_publications() -> set[str]:
    """The tables in which the last publication itself shows: it came after they were built."""
    nodes = recorded().nodes
    # What was counted by a state is no publication, and must come out the same.
    found = {
        read
        for node in nodes
        for read in node.depends_on
        if read.split(".")[-2] == CHANGING_SOURCE and not read.endswith(".stand")
    }
    # Nodes stand in the order in which they read one another.
    for node in nodes:
        if found.intersection(node.depends_on):
            found.add(node.id)
    return {node.name for node in nodes if node.id in found}


def _which(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Name the figures of a table that come out otherwise, where it is a table of figures."""
    columns = {row[0] for row in con.execute(f'describe nu.marts."{name}"').fetchall()}
    if not {"indicator_code", "jaar"} <= columns:
        return ""
    rows = con.execute(
        f"""select distinct indicator_code, jaar from (
            (from nu.marts."{name}" except all from straks.marts."{name}")
            union all (from straks.marts."{name}" except all from nu.marts."{name}")
        ) order by all limit {SHOWN}"""
    ).fetchall()
    return f" ({', '.join(f'{indicator} {year}' for indicator, year in rows)})"


# ---------------------------------------------------------------------------------------------------------------------
# The removal itself


def _old(paths: DataPaths) -> Path:
    """Raw as it was, for as long as it is not shown that nothing else holds what went."""
    return paths.data / "raw.duckdb.verwijderen"


def _clear(paths: DataPaths) -> None:
    """Remove what a trial leaves, and the raw of a removal that was shown to be whole, or was never begun."""
    there = CleanedPaths(paths.data)
    _remove(there.raw)
    _remove(there.warehouse)
    if not _begun(paths):
        _remove(_old(paths))


def _remove(database: Path) -> None:
    for suffix in ("", ".wal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _begun(paths: DataPaths) -> tuple[int, ...]:
    """The deliveries that are out of raw, and of which traces may be left elsewhere."""
    with open_database(paths.raw, read_only=True) as con:
        return tuple(sorted(number for number, each in register.removals(con).items() if not each.is_complete))


def _write_without(paths: DataPaths, target: Path, going: Sequence[Kept]) -> None:
    """Write raw anew without the rows: a page that never held them cannot show them."""
    _remove(target)
    _fold(paths.raw)
    with duckdb.connect() as con:
        bound(con, paths.scratch)
        attach(con, paths.raw, "oud")
        attach(con, target, "nieuw", "")
        con.execute("copy from database oud to nieuw (schema)")
        con.execute("create temp table weg (levering_nr integer)")
        con.execute("insert into weg select unnest(?::integer[])", [[kept.number for kept in going]])
        for schema, table, has_rows in con.execute(
            """select schema_name, table_name, bool_or(column_name = 'levering_nr')
                and any_value(schema_name != 'leveringen' or table_name = 'apartgezet')
            from duckdb_columns() inner join duckdb_tables() using (database_name, schema_name, table_name)
            where database_name = 'oud' group by schema_name, table_name order by all"""
        ).fetchall():
            # What a check found stays as a number; the examples of it are of the rows.
            but = "replace (if(levering_nr in (from weg), '[]', voorbeelden) as voorbeelden)"
            con.execute(
                f"""insert into nieuw."{schema}"."{table}"
                select * {but if table == "bevinding" else ""} from oud."{schema}"."{table}"
                {"where levering_nr not in (from weg)" if has_rows else ""}"""
            )
        for kept in going:
            con.execute(
                "insert into nieuw.leveringen.verwijderd values (?, ?, ?, ?, null)",
                [kept.number, now(), kept.reason, kept.last_in_force],
            )
        con.execute("checkpoint nieuw")


def _fold(database: Path) -> None:
    """Bring what DuckDB keeps beside a database into it: the file that takes its place would be read with that."""
    if database.with_name(database.name + ".wal").exists():
        with open_database(database) as con:
            con.execute("checkpoint")


def _commit(paths: DataPaths, numbers: Sequence[int], origin: str) -> None:
    """Put the raw without the rows in the place of the one that stands, in one step."""
    there = CleanedPaths(paths.data)
    journal.note(paths, journal.RETENTION, f"levering {_listed(numbers)}", journal.BEGUN, origin)
    with ledger.open_ledger(paths) as book:
        ledger.fix_states(book, there)
    _old(paths).unlink(missing_ok=True)
    try:
        os.link(paths.raw, _old(paths))
    except OSError:
        # Not every file system lets one file have two names.
        shutil.copy(paths.raw, _old(paths))
    there.raw.replace(paths.raw)


def _finish(paths: DataPaths, numbers: Sequence[int], origin: str) -> tuple[traces.Searched, int]:
    """Remove what is left elsewhere of deliveries that are out of raw, and show that nothing is.

    Returns:
        What was looked at, and how many pseudonyms and numbers stand in a delivery that stays too.
    """
    step(journal.RETENTION, what="elders verwijderen")
    with open_database(paths.raw, read_only=True) as con:
        rows = con.execute(
            "select inhoud_sha256 from leveringen.levering where list_contains(?, levering_nr)", [list(numbers)]
        ).fetchall()
    sums = _only_theirs(paths, [sha256 for (sha256,) in rows])
    files = [file for file in _regular(paths.inbox) if checksum(file) in sums]
    for file in files:
        file.unlink()
        file.with_name(file.name + MANIFEST).unlink(missing_ok=True)
    for number in numbers:
        for report in paths.reports.glob(f"{number}_*"):
            report.unlink()
    for pattern in ASIDE:
        for file in paths.data.glob(pattern):
            file.unlink()
    empty(paths.scratch)
    ledger.write_anew(paths)
    step(journal.RETENTION, what="zoeken")
    values, staying = _values_gone(paths, numbers)
    searched = traces.search(paths.data, values, contents=sums, but=[_old(paths)])
    if searched.found:
        raise RetentionError(
            "de rijen zijn uit raw verwijderd, en nog niet overal weg; verwijder deze bestanden zelf, en draai make "
            + "\n  ".join(["retention UITVOEREN=1 opnieuw:", *searched.found])
        )
    with open_database(paths.raw) as con:
        con.execute(
            "update leveringen.verwijderd set voltooid_op = ? where list_contains(?, levering_nr)",
            [now(), list(numbers)],
        )
    journal.note(
        paths,
        journal.RETENTION,
        f"levering {_listed(numbers)}",
        f"{journal.REMOVED}, met {len(files)} bestanden; {searched.values} pseudoniemen en nummers gezocht in "
        f"{searched.files} bestanden ({searched.size} bytes) en {searched.columns} kolommen: niets gevonden; {staying} "
        "andere staan ook in leveringen die blijven",
        origin,
    )
    _remove(_old(paths))
    return searched, staying


def _only_theirs(paths: DataPaths, sums: Collection[str]) -> set[str]:
    """Which of the checksums of removed deliveries are of no delivery that stays."""
    with open_database(paths.raw, read_only=True) as con:
        gone = register.removals(con)
        rows = con.execute("select levering_nr, inhoud_sha256 from leveringen.levering").fetchall()
    return set(sums) - {sha256 for number, sha256 in rows if number not in gone}


def _regular(folder: Path) -> Iterator[Path]:
    """Files below a folder, also those that nobody looks at; no link is followed."""
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if not (file := Path(place, name)).is_symlink() and file.is_file():
                yield file


def _values_gone(paths: DataPaths, numbers: Sequence[int]) -> tuple[set[str], int]:
    """The pseudonyms and numbers of things in the rows that went, which stand in no row that stays.

    Returns:
        These, and how many others stand in a delivery that stays too; none where raw as it was is not there any more,
        as in a backup of a removal that was not finished.
    """
    if not _old(paths).exists():
        return set(), 0
    with duckdb.connect() as con:
        bound(con, paths.scratch)
        attach(con, _old(paths), "oud")
        attach(con, paths.raw, "nieuw")
        con.execute("create temp table weg (waarde varchar); create temp table blijft (waarde varchar)")
        for schema, table, column, kind in con.execute(
            """select schema_name, table_name, column_name, data_type
            from duckdb_columns() inner join duckdb_tables() using (database_name, schema_name, table_name)
            where database_name = 'nieuw' and schema_name != 'leveringen'"""
        ).fetchall():
            if kind not in traces.SCALARS:
                continue
            value = traces.SCALARS[kind].format(f'"{column}"')
            # A pseudonym, in whatever type it is kept, or a number that is long enough to be nothing else.
            identifies = f"""regexp_full_match(waarde, '[0-9a-f]{{32,}}') or (
                {column.endswith("_nr")} and length(waarde) >= {SHORTEST_NUMBER})"""
            con.execute(
                f"""insert into weg from (
                    select distinct {value} as waarde from oud."{schema}"."{table}" where list_contains(?, levering_nr)
                ) where {identifies}""",
                [list(numbers)],
            )
            con.execute(f'insert into blijft select distinct {value} from nieuw."{schema}"."{table}"')
        rows = con.execute("select waarde, waarde in (from blijft) from (select distinct waarde from weg)").fetchall()
    return {value for value, stays in rows if not stays}, sum(stays for _, stays in rows)


# ---------------------------------------------------------------------------------------------------------------------
# Backups


def _with_backups(paths: DataPaths, plan: Retained, origin: str) -> Retained:
    """Replace the backups that hold what went, where they can be reached; tell of the others."""
    with open_database(paths.raw, read_only=True) as con:
        gone = con.execute(
            """select geladen_op, coalesce(verwijderd_op, ?) from leveringen.levering
            left join leveringen.verwijderd using (levering_nr)
            where verwijderd_op is not null or list_contains(?, levering_nr)""",
            [now(), [kept.number for kept in plan.going]],
        ).fetchall()
    if not gone:
        return plan
    holding: list[Path] = []
    by_hand = list(plan.by_hand)
    for folder in _folders():
        try:
            files = sorted(folder.iterdir())
        except OSError as error:
            by_hand.append(
                f"{folder} is niet te bekijken ({error.strerror}): vernietig daar zelf de reservekopieën van voor "
                f"{max(removed for _, removed in gone):%d-%m-%Y %H:%M}"
            )
            continue
        old = [file for file in files if (made := _made(file)) and any(a <= made < b for a, b in gone)]
        holding += old
        if old and plan.executed:
            # First a new one: what is kept may at no moment be nowhere.
            fresh, _ = backup.make_backup(paths, folder)
            for file in old:
                file.unlink()
                journal.note(
                    paths, journal.RETENTION, f"reservekopie {file.name}", f"vernietigd; nu {fresh.name}", origin
                )
    elsewhere = _made_elsewhere(paths, gone, holding)
    if elsewhere and (plan.going or plan.finished):
        by_hand.append(
            f"het logboek noemt {elsewhere} reservekopieën met wat weg moet, die niet in een bekende map staan "
            f"({BACKUPS_SETTING}): wie er nog een heeft, vernietigt haar"
        )
    return replace(plan, backups=tuple(holding), by_hand=tuple(by_hand))


def _folders() -> list[Path]:
    return [Path(name) for name in os.environ.get(BACKUPS_SETTING, "").split(os.pathsep) if name]


def _made(file: Path) -> datetime | None:
    """When a backup was made, as its name says; None where it is none."""
    found = BACKUP_NAME.fullmatch(file.name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S") if found else None


def _made_elsewhere(paths: DataPaths, gone: Sequence[tuple[Any, ...]], known: Sequence[Path]) -> int:
    """How many backups the journal tells of that hold what goes, and that are in no folder that is known."""
    made = [moment for file in known if (moment := _made(file))]
    count = 0
    for act in journal.acts(paths)[0]:
        if act.act != "backup" or act.outcome != "code 0":
            continue
        ended = local(act.moment)
        is_here = any(ended - timedelta(hours=1) <= moment <= ended for moment in made)
        count += not is_here and any(loaded <= ended < removed for loaded, removed in gone)
    return count
