"""All pseudonyms brought under another key, in raw and behind the newest publication, by a person who asks for it.

Which new pseudonym takes the place of which old one is read from the delivered files: what a record got under the new
key stands in the place of what it got before. So the old key is needed for nothing, and everything else stays as it
was: numbers, verdicts, decisions, dates, figures. To hash the old pseudonyms once more would need no files, but each
later delivery would have to be hashed with every key that ever was, and one of these that leaked or was lost could
never be done away with. How a value is hashed stands in `pseudonyms`; how raw is made again when it is lost, in
`rebuilding`.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import damage, faults, ledger, register
from orchestration.checksums import of_file
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery, find_deliveries
from orchestration.loading import load, prepare_table
from orchestration.locking import open_database, sole_writer
from orchestration.paths import BuildPaths, DataPaths
from orchestration.progress import step
from orchestration.pseudonyms import DEMO_KEY, KEY_FILE_SETTING, KEY_SETTING, Key
from orchestration.reading import RefusedError, prepared
from orchestration.sql import attach, bound, whole

log = logging.getLogger(__name__)

# What readers, questions of the past and people who decide may still meet; of the others nothing was ever in force.
NEEDED = """
(oordeel is null or oordeel = 'aangehouden' or levering_nr in (
    select levering_nr from oud.leveringen.oordeel where oordeel = 'toegelaten'
))"""
FIRST_TOLD = 10


@dataclass(frozen=True)
class Rekeyed:
    """What came of it.

    Args:
        deliveries: Number of deliveries that stand under the key now, and did not before; where it is 0, nothing was
            changed.
        pseudonyms: Number of different pseudonyms that changed.
        files: Number of delivered files that were read for it.
        emptied: Deliveries that never counted and of which a number stands in no file any more: it is empty in raw now.
        copies: Files in the data folder that are still under the key of before, put aside as damaged.
        is_demo: All that is hashed is made up, and stays under the key of the demo, whatever key is set.
    """

    deliveries: int
    pseudonyms: int
    files: int
    emptied: tuple[int, ...]
    copies: tuple[str, ...]
    is_demo: bool = False


@dataclass(frozen=True)
class _Loaded:
    number: int
    extract: Extract
    sha256: str
    key: Key


def rekey(paths: DataPaths, extracts: Mapping[tuple[str, str], Extract], key: Key | None) -> Rekeyed:
    """Bring raw, and the rows behind the newest publication, under a key.

    Whoever kills it finds all of it under the old key or all of it under the new one; what is left to do then, the next
    run does by itself.

    Args:
        paths: The data folder.
        extracts: The declared extracts.
        key: The key for real personal data; None where none is set.

    Returns:
        What came of it.

    Raises:
        ValueError: There is no key, raw cannot be read, or a number that counts stands in no delivered file any more:
            it is told of which deliveries. Nothing was changed.
        LaterFormError: A later release wrote raw.
    """
    with sole_writer(paths):
        if reason := damage.fault_of_raw(paths):
            raise ValueError(reason)
        if not paths.raw.exists():
            raise ValueError(f"{paths.raw} bestaat nog niet; er staat nog niets onder een sleutel")
        _settle(paths)
        with open_database(paths.raw) as con:
            register.prepare(con)
            loaded = _under_another(con, extracts, key)
            if not loaded:
                return Rekeyed(0, 0, 0, (), (), is_demo=_is_demo(con))
            for each in loaded:
                prepare_table(con, each.extract)
        _remove_unfinished(paths)
        try:
            with open_database(paths.raw_rekeyed) as con:
                made = _made(con, paths, extracts, loaded)
            # Made again by the next night; till then it would hold the pseudonyms of before.
            for file in (paths.warehouse, BuildPaths(paths.data).warehouse, BuildPaths(paths.data).failed):
                for each in (file, file.with_name(f"{file.name}.wal")):
                    each.unlink(missing_ok=True)
            _pairs_made(paths).replace(paths.pairs)
            # From here on all is under the new key: while the pairs lie there, whoever opens the ledger ends it.
            paths.raw_rekeyed.replace(paths.raw)
        finally:
            _remove_unfinished(paths)
        _settle(paths)
        ledger.write_anew(paths)
    return made


def _is_demo(con: duckdb.DuckDBPyConnection) -> bool:
    return con.execute(
        "select coalesce(bool_and(is_demo), false) from leveringen.levering where sleutel_afdruk is not null"
    ).fetchall()[0][0]


def _remove_unfinished(paths: DataPaths) -> None:
    for file in paths.data.glob(f"{paths.raw_rekeyed.name}*"):
        file.unlink()


def _settle(paths: DataPaths) -> None:
    """End or undo what was broken off; an intent that a killed night left is not of the newest publication yet."""
    if paths.ledger.exists():
        with ledger.open_ledger(paths) as book:
            ledger.settle(book, paths)
    else:
        paths.pairs.unlink(missing_ok=True)


def _pairs_made(paths: DataPaths) -> Path:
    return paths.scratch / paths.pairs.name


def _under_another(
    con: duckdb.DuckDBPyConnection, extracts: Mapping[tuple[str, str], Extract], key: Key | None
) -> list[_Loaded]:
    """The deliveries under another key than they should be, newest first: a register mostly holds what it held."""
    rows = con.execute(
        """select levering_nr, registratie, extract, inhoud_sha256, is_demo, sleutel_afdruk from leveringen.levering
        where sleutel_afdruk is not null order by levering_nr desc"""
    ).fetchall()
    if key is None and not all(is_demo for *_, is_demo, _ in rows):
        raise ValueError(f"er is geen nieuwe sleutel: zet haar in {KEY_SETTING} of {KEY_FILE_SETTING}")
    loaded = []
    for number, registration, name, sha256, is_demo, fingerprint in rows:
        used = DEMO_KEY if is_demo or key is None else key
        if used.fingerprint == fingerprint:
            continue
        if (extract := extracts.get((registration, name))) is None:
            raise ValueError(
                f"levering {number} is van {registration}/{name}, dat niet meer is verklaard; zonder verklaring is "
                "niet te lezen wat erin stond. Er is niets veranderd"
            )
        loaded.append(_Loaded(number, extract, sha256, used))
    return loaded


def _made(
    con: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    extracts: Mapping[tuple[str, str], Extract],
    loaded: Sequence[_Loaded],
) -> Rekeyed:
    """Write the new raw and the pairs, each whole and neither yet in its place."""
    ((fresh,),) = con.execute("select current_database()").fetchall()
    bound(con, paths.scratch)
    attach(con, paths.raw, "oud")
    con.execute("create temp table koppeling (oud varchar, nieuw varchar)")
    con.execute("create temp table anders (levering_nr integer, afdruk varchar)")
    con.executemany("insert into anders values (?, ?)", [(each.number, each.key.fingerprint) for each in loaded])
    with _scratch(con, paths, fresh):
        files = _read_again(con, paths, extracts, loaded)
    told, emptied = _missing(con, loaded)
    if told:
        raise ValueError(
            "niet alles kan onder de nieuwe sleutel: van deze leveringen staan nummers in geen enkel bestand in de "
            "inbox meer, of is het bestand veranderd. Leg de bestanden terug zoals zij waren (zij staan ook in "
            "reservekopieën), en probeer opnieuw. Er is niets veranderd:\n" + "\n".join(told)
        )
    ((pairs, olds, news),) = con.execute(
        "select count(*), count(distinct oud), count(distinct nieuw) from koppeling"
    ).fetchall()
    if not pairs == olds == news:
        raise ValueError(
            "wat nu in de bestanden wordt gelezen is niet wat eruit is geladen: een nummer wordt anders geschreven dan "
            "toen, zodat niet vaststaat wie dezelfde is. Er is niets veranderd"
        )
    _copy(con, fresh, loaded)
    attach(con, _pairs_made(paths), "wissel", "")
    con.execute("create table wissel.koppeling as from koppeling; create table wissel.anders as from anders")
    # Closing would do it too, and be silent where there is no room; what is beside a file does not go with it.
    con.execute(f'checkpoint wissel; checkpoint "{fresh}"')
    con.execute("detach wissel; detach oud")
    copies = [file.name for file in sorted(paths.data.glob("*beschadigd-*")) if file.is_file()]
    return Rekeyed(len(loaded), pairs, files, tuple(emptied), tuple(copies))


@contextmanager
def _scratch(con: duckdb.DuckDBPyConnection, paths: DataPaths, fresh: str) -> Iterator[None]:
    """Let the loader write in a database of its own for as long as the block lasts."""
    file = paths.scratch / "opnieuw.duckdb"
    attach(con, file, "opnieuw", "")
    con.execute("use opnieuw")
    register.prepare(con)
    try:
        yield
    finally:
        con.execute(f'use "{fresh}"; detach opnieuw')
        file.unlink()


def _read_again(
    con: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    extracts: Mapping[tuple[str, str], Extract],
    loaded: Sequence[_Loaded],
) -> int:
    """Pair old and new for every number that stands in a delivered file; return how many files that took."""
    concerned = {each.extract.registration for each in loaded}
    sets, _ = find_deliveries(paths.inbox, extracts, only=concerned)
    originals: dict[tuple[str, str, str], Delivery] = {}
    for delivery in (delivery for item in sets for delivery in item.deliveries):
        if delivery.extract.personal_columns:
            originals[delivery.extract.registration, delivery.extract.name, of_file(delivery.file)] = delivery
    files = 0
    for place, each in enumerate(loaded):
        step("sleutel", place, len(loaded), f"{each.extract.registration}/{each.extract.name}")
        original = originals.get((each.extract.registration, each.extract.name, each.sha256))
        if original is not None and _unpaired(con, each):
            files += 1
            _pair(con, paths, each, original)
    step("sleutel", len(loaded), len(loaded))
    return files


def _values(database: str, extract: Extract) -> str:
    """SQL for every personal value of an extract with its delivery and record, in the order of the columns."""
    columns = ", ".join(f'"{column.name}"' for column in extract.personal_columns)
    places = range(1, len(extract.personal_columns) + 1)
    return (
        f"select levering_nr, record_nr, unnest([{columns}]) as waarde, "
        f"unnest([{', '.join(map(str, places))}]) as plaats from {database}.{extract.table}"
    )


def _unpaired(con: duckdb.DuckDBPyConnection, each: _Loaded) -> int:
    """Number of different values of a delivery of which the new one is not known."""
    return con.execute(
        f"""select count(distinct waarde) from ({_values("oud", each.extract)} where levering_nr = ?)
        anti join koppeling on waarde = oud""",
        [each.number],
    ).fetchall()[0][0]


def _pair(con: duckdb.DuckDBPyConnection, paths: DataPaths, each: _Loaded, original: Delivery) -> None:
    prepare_table(con, each.extract)
    try:
        with whole(con), prepared(original, paths.scratch) as source:
            # What a person let in, or nobody looked for then, is no matter of today.
            load(con, original, each.number, source, each.key, is_released=True)
    except (RefusedError, duckdb.DataError, OSError) as error:
        if faults.is_of_the_disk(error) and not isinstance(error, PermissionError):
            raise
        # It is told of with those that are gone: what it held can no longer be read.
        log.warning("levering %s is niet meer te lezen: %s", each.number, faults.where(error))
        return
    con.execute(
        f"""insert into koppeling
        select distinct toen.waarde, nu.waarde
        from ({_values("oud", each.extract)} where levering_nr = $number) as toen
        inner join ({_values("opnieuw", each.extract)}) as nu using (record_nr, plaats)
        where toen.waarde is not null and nu.waarde is not null
        except select oud, nieuw from koppeling""",
        {"number": each.number},
    )
    con.execute(f"delete from opnieuw.{each.extract.table}; delete from opnieuw.leveringen.apartgezet")


def _missing(con: duckdb.DuckDBPyConnection, loaded: Sequence[_Loaded]) -> tuple[list[str], list[int]]:
    """What is known of no new pseudonym: a line for each delivery that counts, and the numbers of the others."""
    missing = {each.number: count for each in loaded if (count := _unpaired(con, each))}
    rows = con.execute(
        f"""select levering_nr, registratie, bestand, stand_datum, ontvangen_op, {NEEDED}
        from oud.leveringen.levering_met_oordeel
        where list_contains(?, levering_nr) order by ontvangen_op, levering_nr""",
        [list(missing)],
    ).fetchall()
    told = [
        f"  levering {number} {registration}/{file} (stand {stand:%d-%m-%Y}, ontvangen {received:%d-%m-%Y}): "
        f"{missing[number]} nummers"
        for number, registration, file, stand, received, is_needed in rows
        if is_needed
    ]
    more = len(told) - FIRST_TOLD
    return [*told[:FIRST_TOLD], *([f"  en {more} andere"] if more > 0 else [])], [row[0] for row in rows if not row[-1]]


def _copy(con: duckdb.DuckDBPyConnection, fresh: str, loaded: Sequence[_Loaded]) -> None:
    """Write all of raw anew: of what is changed in place, DuckDB keeps the old in its free blocks."""
    con.execute(f'copy from database oud to "{fresh}" (schema)')
    extracts = {each.extract.table: each.extract for each in loaded}
    tables = con.execute(
        """select format('"{}"."{}"', schema_name, table_name) as tabel from duckdb_tables()
        where database_name = 'oud' order by tabel"""
    ).fetchall()
    for (table,) in tables:
        chosen, joined = "bron.*", ""
        if extract := extracts.get(table):
            changed = [
                f'case when anders.levering_nr is null then bron."{column.name}" else k{place}.nieuw end '
                f'as "{column.name}"'
                for place, column in enumerate(extract.personal_columns)
            ]
            chosen = f"bron.* replace ({', '.join(changed)})"
            joined = "left join anders on bron.levering_nr = anders.levering_nr " + " ".join(
                f'left join koppeling as k{place} on bron."{column.name}" = k{place}.oud'
                for place, column in enumerate(extract.personal_columns)
            )
        elif table == f'"{register.SCHEMA}"."levering"':
            chosen = "bron.* replace (coalesce(anders.afdruk, bron.sleutel_afdruk) as sleutel_afdruk)"
            joined = "left join anders on bron.levering_nr = anders.levering_nr"
        con.execute(f"insert into {table} select {chosen} from oud.{table} as bron {joined} order by bron.rowid")
        ((before, after),) = con.execute(
            f"select (select count(*) from oud.{table}), (select count(*) from {table})"
        ).fetchall()
        if before != after:
            raise AssertionError(f"{table}: {before} rows became {after}")
