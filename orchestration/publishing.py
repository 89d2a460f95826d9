"""Write, audit, publish: readers see yesterday's complete file or today's complete file, never anything else.

Each publication is a folder of its own with a read-only file, and beside it every table as Parquet; one symlink says
which of them holds. The ledger (`ledger`) knows of each publication before the swap and after it, and by their
checksums what its files were. A folder is made under another name, gets its number when it is whole, and is never
written to again: what readers were shown and is no longer that is replaced by a publication with a number of its own.
"""

import logging
import os
import shutil
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration import alerts, checksums, ledger
from orchestration.identifiers import check_reason
from orchestration.locking import open_database
from orchestration.paths import DataPaths, version
from orchestration.progress import CAUTION, step
from orchestration.reporting import DOWNLOADS, PAGE, page_beside, report_beside
from orchestration.rights import share
from orchestration.sql import attach, bound, quoted
from orchestration.transformation import fingerprint_of_project

log = logging.getLogger(__name__)

# The oldest format that every client since DuckDB 1.2 reads.
STORAGE_VERSION = "v1.2.0"
DEMO = "Demo: deze cijfers rusten op verzonnen leveringen."
SCHEMA = "marts"
KEPT_VERSIONS = 3
# Beside the published file, for who reads files: one per table, of the same name.
PARQUET = "parquet"
# The report fails by itself, and is then made by a later run.
MAY_COME_LATER = (PAGE, DOWNLOADS)

# What these tables say changes with each publication, so that they cannot tell whether anything else did.
ABOUT_PUBLICATIONS = (
    "fct_publicatie",
    "fct_publicatie_cijfer",
    "fct_bijstelling",
    "fct_bijstelling_stroom",
    "fct_bijstelling_driehoek",
    "fct_bijstelling_kwaliteit",
)
OWN_ROW = f"""
insert into doel.{SCHEMA}.fct_publicatie by name
select publicatie_nr, 'gepubliceerd' as soort, vastgelegd_op as gepubliceerd_op, peildatum, vingerafdruk, rekenwijze,
    aantal_tabellen, aantal_rijen, sha256 as keten_sha256
from gebeurtenis where publicatie_nr = ? and soort = 'voornemen'
"""


class AuditError(RuntimeError):
    """The file that was written is not the file that should be published; yesterday's stays."""


@dataclass(frozen=True)
class Publication:
    """One publication.

    Args:
        number: Its number in the ledger.
        peildatum: Day on which its figures were known so.
        is_new: False where nothing had changed and the earlier publication stays.
        is_demo: Its figures rest on fictitious deliveries, and the description of every table says so.
        rows: Number of rows per published table.
        file: The path that readers open.
    """

    number: int
    peildatum: date
    is_new: bool
    is_demo: bool
    rows: dict[str, int]
    file: Path


def published_verdicts(paths: DataPaths) -> dict[int, str]:
    """Read the verdict on each delivery as readers see it.

    Args:
        paths: The data folder.

    Returns:
        The verdict by levering_nr; empty where nothing was published yet.
    """
    earlier = [ledger.folder_of(paths, number) / paths.published.name for number in reversed(ledger.folders(paths))]
    for file in (paths.published, *earlier):
        # Of a file that is damaged the one before it is the best that is known; that it is, is told elsewhere.
        with suppress(duckdb.Error):
            if file.is_file():
                with open_database(file, read_only=True) as con:
                    return dict(
                        con.execute(
                            "select levering_nr, oordeel from marts.levering where levering_nr is not null"
                        ).fetchall()
                    )
    return {}


def publish(paths: DataPaths, tables: Sequence[str]) -> Publication:
    """Publish the marts.

    Args:
        paths: The data folder.
        tables: The marts that must be published, all of them.

    Returns:
        The publication; the earlier one where its content is the same and its files are what was published, or where
        the content is that of a publication that was taken back.

    Raises:
        AuditError: A mart is missing, empty of columns or comments, or differs from what was built; or what readers see
            is damaged, and what was built was taken back.
        LedgerError: The ledger is not what was written down.
        AnchorError: The anchor cannot be read or written.
    """
    if not tables:
        raise AuditError("er is geen enkele mart om te publiceren")
    step("publicatie")
    with ledger.open_ledger(paths) as book:
        paths.versions.mkdir(parents=True, exist_ok=True)
        ledger.settle(book, paths)
        _finish_roll_back(book, paths)
        number = ledger.next_number(book)
        folder = ledger.folder_of(paths, number)
        fresh = folder.with_name(f"{folder.name}.nieuw")
        _remove_unfinished(paths)
        try:
            file = _write(paths, fresh, tables)
            rows, peildatum, is_demo, fingerprint = _audit(paths, file, tables)
        except BaseException:
            _remove(fresh)
            raise
        earlier = next(iter(ledger.standing(book)), None)
        faults = _faults(paths, earlier) if earlier else []
        if earlier and _stays(book, earlier, fingerprint, faults):
            _remove(fresh)
            report_on_present(paths)
            log.info("niets veranderd: publicatie %s blijft staan", earlier.number)
            return Publication(earlier.number, peildatum, False, is_demo, rows, paths.published)
        entry = ledger.Entry(number, peildatum, fingerprint, fingerprint_of_project(), len(rows), sum(rows.values()))
        ledger.intend(book, paths, entry)
        _add_own_row(book, file, number)
        _write_parquet(file, tables)
        report_beside(file)
        entry = replace(entry, files=checksums.write(fresh))
        # The number is new to the ledger and to the folders; were it not, this would fail and replace nothing.
        fresh.rename(folder)
        _close(folder)
        _swap(paths, number)
        ledger.confirm(book, paths, entry)
        _forget_old(book, paths)
    if earlier and faults:
        told = "lezers zagen publicatie %s niet zoals zij is gepubliceerd (%s); publicatie %s vervangt haar"
        log.warning(told, earlier.number, "; ".join(faults), number, extra=CAUTION)
    log.info("publicatie %s staat klaar: %s", number, paths.published)
    return Publication(number, peildatum, True, is_demo, rows, paths.published)


def examine(paths: DataPaths) -> list[str]:
    """See whether readers see what was published, before a night rests on it; it tells people where they do not.

    Args:
        paths: The data folder.

    Returns:
        What is wrong with the published file, in Dutch; the next publication replaces it.

    Raises:
        LedgerError: The ledger is not what was written down.
        AnchorError: The anchor cannot be read or written.
    """
    ledger.examine(paths)
    with ledger.open_ledger(paths) as book:
        ledger.settle(book, paths)
        _finish_roll_back(book, paths)
        faults = faults_of_present(book, paths)
    if faults:
        alerts.tell(
            "lezers zien niet wat is gepubliceerd",
            "\n".join(faults)
            + "\nDeze run schrijft een nieuwe publicatie uit de leveringen. Lezers van nu zien wat er "
            "nu staat tot die er is; een eerdere laten zien kan met make rollback",
        )
    return faults


def roll_back(paths: DataPaths, reason: str) -> tuple[int, int]:
    """Let readers see the publication before the present one again.

    Args:
        paths: The data folder.
        reason: Why, in the words of whoever decided it; it is published.

    Returns:
        The number of the publication that was taken back, and of the one that readers see now.

    Raises:
        ValueError: The reason cannot be published, or no publication before it still stands.
        AuditError: The file of the one before it is not what was published.
        LedgerError: The ledger is not what was written down.
        AnchorError: The anchor cannot be read or written.
    """
    check_reason(reason, "geef de reden waarom de publicatie wordt teruggezet; die wordt gepubliceerd")
    with ledger.open_ledger(paths) as book:
        ledger.settle(book, paths)
        _finish_roll_back(book, paths)
        present, before = [*ledger.standing(book)[:2], None, None][:2]
        if present is None or before is None or before.number not in ledger.folders(paths):
            raise ValueError("er staat geen eerdere publicatie meer om naar terug te gaan")
        if faults := _faults_of_files(paths, before):
            raise AuditError(f"publicatie {before.number} is niet meer wat is gepubliceerd: {'; '.join(faults)}")
        ledger.take_back(book, paths, present, reason)
        _finish_roll_back(book, paths)
    return present.number, before.number


def undo_roll_back(paths: DataPaths, reason: str) -> tuple[int, int]:
    """Let readers see the publication again that was taken back last.

    Args:
        paths: The data folder.
        reason: Why, in the words of whoever decided it; it is published.

    Returns:
        The number of the publication that readers saw, and of the one that they see again.

    Raises:
        ValueError: The reason cannot be published, none was taken back since the present one, or its file is gone.
        AuditError: Its file is not what was published.
        LedgerError: The ledger is not what was written down.
        AnchorError: The anchor cannot be read or written.
    """
    check_reason(reason, "geef de reden waarom de publicatie toch blijft; die wordt gepubliceerd")
    with ledger.open_ledger(paths) as book:
        ledger.settle(book, paths)
        _finish_roll_back(book, paths)
        present = next(iter(ledger.standing(book)), None)
        later = [entry for entry, _ in ledger.taken_back(book) if present and entry.number > present.number]
        if present is None or not later:
            raise ValueError("sinds de publicatie die nu staat is er geen teruggezet")
        again = later[-1]
        if faults := _faults_of_files(paths, again):
            raise AuditError(f"publicatie {again.number} is niet meer wat is gepubliceerd: {'; '.join(faults)}")
        ledger.put_forward(book, paths, again, reason)
        _finish_roll_back(book, paths)
    return present.number, again.number


def _stays(book: duckdb.DuckDBPyConnection, present: ledger.Entry, fingerprint: str, faults: Sequence[str]) -> bool:
    """Whether what was built is no reason for another publication."""
    if fingerprint == present.fingerprint:
        return not faults
    for entry, reason in ledger.taken_back(book):
        if entry.number > present.number and entry.fingerprint == fingerprint:
            undo = 'make rollback ONGEDAAN=1 REDEN="..."'
            if faults:
                raise AuditError(
                    f"lezers zien publicatie {present.number} niet zoals zij is gepubliceerd ({'; '.join(faults)}), en "
                    f"wat nu is gebouwd is de teruggezette publicatie {entry.number}: herstel de oorzaak, of {undo}"
                )
            told = "publicatie %s is teruggezet (%s), en wat nu is gebouwd is hetzelfde: publicatie %s blijft staan; %s"
            log.warning(told, entry.number, reason, present.number, f"toch laten zien: {undo}", extra=CAUTION)
            return True
    return False


def faults_of_present(book: duckdb.DuckDBPyConnection, paths: DataPaths) -> list[str]:
    """What readers see otherwise than the ledger says was published.

    Args:
        book: Connection to the ledger; it may be read-only.
        paths: The data folder.

    Returns:
        In Dutch; empty where all is as it was published, or nothing was.
    """
    present = next(iter(ledger.standing(book)), None)
    return _faults(paths, present) if present else []


def _faults(paths: DataPaths, present: ledger.Entry) -> list[str]:
    """What readers see otherwise than was published, in Dutch."""
    faults = _faults_of_files(paths, present)
    if (seen := ledger.shown(paths)) == present.number:
        return faults
    leads = f"de publicatie {seen}" if seen is not None else "geen publicatie"
    # Whoever moved a link has not touched a figure, and who looks for what was changed need not look for that.
    whole = "" if faults else f"; het bestand van publicatie {present.number} zelf is heel"
    return [f"{paths.published.name} wijst naar {leads}, en niet naar publicatie {present.number}{whole}", *faults]


def _faults_of_files(paths: DataPaths, entry: ledger.Entry) -> list[str]:
    folder = ledger.folder_of(paths, entry.number)
    if entry.files is not None:
        return checksums.faults(folder, entry.files, MAY_COME_LATER)
    # An earlier release wrote down what the tables held, and not what the files were.
    file = folder / paths.published.name
    try:
        if file.is_file() and _fingerprint_of(file) == entry.fingerprint:
            return []
    except duckdb.Error:
        pass
    return [f"{folder.name}/{file.name} is veranderd of ontbreekt"]


def report_on_present(paths: DataPaths) -> Path | None:
    """The progress report on the publication that holds, as it was published with it.

    Where it is not there (it failed, or the publication is older than the report), it is written now.

    Args:
        paths: The data folder, with a publication.

    Returns:
        The page; None where it cannot be made, which is told.
    """
    if page := page_beside(paths.published):
        return page
    if not paths.published.is_symlink():
        return None
    file = paths.published.resolve()
    file.parent.chmod(stat.S_IRWXU)
    try:
        return report_beside(file)
    finally:
        file.parent.chmod(0o555)
        share(paths, file.parent)


def write_copy(paths: DataPaths, tables: Sequence[str]) -> Path:
    """Write the marts to a file beside the published one, which stays as it is.

    Args:
        paths: The paths of a day in the past.
        tables: The marts that must be written, all of them.

    Returns:
        The file, read-only.

    Raises:
        AuditError: A mart is missing, empty of columns or comments, or differs from what was built.
    """
    folder = paths.published.parent / "nieuw"
    try:
        file = _write(paths, folder, tables)
        _audit(paths, file, tables)
        file.chmod(0o400)
        file.replace(paths.published)
    finally:
        _remove(folder)
    return paths.published


def _write(paths: DataPaths, folder: Path, tables: Sequence[str]) -> Path:
    _remove(folder)
    folder.mkdir(parents=True)
    file = folder / paths.published.name
    with duckdb.connect() as con:
        bound(con, paths.scratch)
        attach(con, paths.warehouse, "bron")
        attach(con, file, "doel", f"storage_version {quoted(STORAGE_VERSION)}")
        con.execute(f"use doel; create schema {SCHEMA}; begin")
        ((is_demo,),) = con.execute(f"select bool_or(is_demo) from bron.{SCHEMA}.fct_voortgang").fetchall()
        for table in tables:
            _copy_table(con, table, DEMO if is_demo else "")
        con.execute("commit; checkpoint doel; use memory; detach doel")
    with file.open("rb") as written:
        os.fsync(written.fileno())
    return file


def _copy_table(con: duckdb.DuckDBPyConnection, table: str, remark: str) -> None:
    """Copy rows and comments (that of the table behind a remark); `create table as` alone would lose them."""
    source = f"bron.{SCHEMA}.{table}"
    target = f"doel.{SCHEMA}.{table}"
    found = con.execute(
        "select count(*) from duckdb_tables() where database_name = 'bron' and schema_name = ? and table_name = ?",
        [SCHEMA, table],
    ).fetchall()[0][0]
    if not found:
        raise AuditError(f"mart {table} is niet gebouwd; er wordt niets gepubliceerd")
    con.execute(f"create table {target} as from {source}")
    comments = con.execute(
        """select null, comment from duckdb_tables()
        where database_name = 'bron' and schema_name = $schema and table_name = $table
        union all
        select column_name, comment from duckdb_columns()
        where database_name = 'bron' and schema_name = $schema and table_name = $table""",
        {"schema": SCHEMA, "table": table},
    ).fetchall()
    for column, comment in comments:
        subject = f"table {target}" if column is None else f'column {target}."{column}"'
        if not comment:
            raise AuditError(f"{table}.{column or '(tabel)'} heeft geen omschrijving; BI-gebruikers lezen die")
        told = f"{remark} {comment}".lstrip() if column is None else comment
        con.execute(f"comment on {subject} is {quoted(told)}")


def _audit(paths: DataPaths, file: Path, tables: Sequence[str]) -> tuple[dict[str, int], date, bool, str]:
    """Hold the written file against the warehouse.

    Returns:
        Rows per table, peildatum, whether it is fictitious, and the fingerprint of the content.
    """
    if file.with_name(file.name + ".wal").exists():
        raise AuditError(f"{file.name} staat niet op zichzelf: er is nog een .wal-bestand")
    with duckdb.connect() as con:
        bound(con, paths.scratch)
        attach(con, paths.warehouse, "bron")
        attach(con, file, "doel")
        written = con.execute(
            "select table_name from duckdb_tables() where database_name = 'doel' order by all"
        ).fetchall()
        if [row[0] for row in written] != sorted(tables):
            raise AuditError(f"verwacht zijn de tabellen {sorted(tables)}, geschreven zijn {written}")
        rows, prints = {}, []
        for table in tables:
            ours, theirs = (_print(con, name, table) for name in ("doel", "bron"))
            if ours != theirs:
                raise AuditError(
                    f"{table}: gepubliceerd zouden {ours[0]} rijen worden, gebouwd zijn {theirs[0]} andere"
                )
            rows[table] = ours[0]
            prints.append((table, *ours))
        ((peildatum, is_demo),) = con.execute(
            f"select max(peildatum), coalesce(bool_or(is_demo), false) from doel.{SCHEMA}.fct_voortgang"
        ).fetchall()
    if peildatum is None:
        raise AuditError("fct_voortgang is leeg; er wordt niets gepubliceerd")
    return rows, peildatum, is_demo, _fingerprint(prints)


def _print(con: duckdb.DuckDBPyConnection, database: str, table: str) -> tuple[int, str]:
    """Number of rows of a table, and what they hold."""
    return con.execute(
        f"select count(*), coalesce(sum(hash(rij)::hugeint), 0)::varchar from {database}.{SCHEMA}.{table} as rij"
    ).fetchall()[0]


def _fingerprint(prints: Iterable[tuple[str, int, str]]) -> str:
    """What a publication holds beside what it says about publications."""
    return ";".join(f"{table}={rows}:{held}" for table, rows, held in prints if table not in ABOUT_PUBLICATIONS)


def _fingerprint_of(file: Path) -> str:
    with duckdb.connect() as con:
        attach(con, file, "doel")
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'doel' order by all"
        ).fetchall()
        return _fingerprint((table, *_print(con, "doel", table)) for (table,) in tables)


def _add_own_row(book: duckdb.DuckDBPyConnection, file: Path, number: int) -> None:
    """Let the file name its own publication, and what wrote it, of which the models could not know."""
    attach(book, file, "doel", "")
    book.execute(OWN_ROW, [number])
    # In a comment and not in a row: another version that changes no figure is no other publication.
    told = book.execute(
        "select comment from duckdb_tables() where database_name = 'doel' and table_name = 'fct_publicatie'"
    ).fetchall()[0][0]
    written_by = f"{told} Dit bestand is geschreven door versie {version()} van de Veiligheidsagenda."
    book.execute(f"comment on table doel.{SCHEMA}.fct_publicatie is {quoted(written_by)}")
    book.execute("checkpoint doel")
    book.execute("detach doel")


def _write_parquet(file: Path, tables: Sequence[str]) -> None:
    """Write every table of the finished file beside it, and hold what can be read of it against the file."""
    folder = file.parent / PARQUET
    folder.mkdir()
    with duckdb.connect() as con:
        # Of so little, threads would spend more on one another than on the work.
        con.execute("set threads = 1")
        attach(con, file, "doel")
        # Asked once: the answer takes longer than to write a table.
        comments = con.execute("select table_name, comment from duckdb_tables() where database_name = 'doel'")
        told = dict(comments.fetchall())
        for table in tables:
            source, target = f"doel.{SCHEMA}.{table}", folder / f"{table}.parquet"
            con.execute(
                f"""copy (from {source}) to {quoted(str(target))}
                (format parquet, compression zstd, kv_metadata {{omschrijving: {quoted(told[table])}}})"""
            )
            found, held = (
                con.execute(f"select count(*), sum(hash(rij)::hugeint) from {rows} as rij").fetchall()
                for rows in (f"read_parquet({quoted(str(target))})", source)
            )
            if found != held:
                raise AuditError(
                    f"{target.name}: gelezen worden {found[0][0]} rijen, geschreven zijn {held[0][0]} andere"
                )


def _close(folder: Path) -> None:
    """Let nobody write in a folder that is whole; what is in it stands on the disk before it gets its name."""
    for inner in (*(entry for entry in folder.rglob("*") if entry.is_file()), folder):
        inner.chmod(0o555 if inner.is_dir() else 0o444)
        descriptor = os.open(inner, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _swap(paths: DataPaths, number: int) -> None:
    file = ledger.folder_of(paths, number) / paths.published.name
    share(paths, file.parent)
    link = paths.published.with_name(paths.published.name + ".nieuw")
    link.unlink(missing_ok=True)
    link.symlink_to(file.relative_to(paths.data))
    link.replace(paths.published)


def _finish_roll_back(book: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Point the link where the ledger says, where the last thing that happened is that it was moved without a night."""
    newest = ledger.newest_event(book)
    if newest and newest[1] in ("teruggezet", "hersteld"):
        present = ledger.standing(book)[0]
        if ledger.shown(paths) != present.number:
            _swap(paths, present.number)


def _forget_old(book: duckdb.DuckDBPyConnection, paths: DataPaths) -> None:
    """Remove what is older than the versions that are kept, and what never became one; never what readers see."""
    ended = ledger.ended(book)
    numbers = ledger.folders(paths)
    kept = {*[number for number in numbers if number not in ended][-KEPT_VERSIONS:], ledger.shown(paths)}
    for number in numbers:
        if number not in kept:
            _remove(ledger.folder_of(paths, number))


def _remove_unfinished(paths: DataPaths) -> None:
    for folder in paths.versions.glob("*.nieuw"):
        _remove(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        for inner in (folder, *(entry for entry in folder.rglob("*") if entry.is_dir())):
            inner.chmod(stat.S_IRWXU)
        shutil.rmtree(folder)
