"""Write, audit, publish: readers see yesterday's complete file or today's complete file, never anything else.

Each publication is a folder of its own with a read-only file, and beside it every table as Parquet; one symlink says
which of them holds. The ledger (`ledger`) knows of each publication before the swap and after it.
"""

import logging
import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration import ledger
from orchestration.locking import open_database
from orchestration.paths import DataPaths, version
from orchestration.progress import step
from orchestration.reporting import page_beside, report_beside
from orchestration.rights import share
from orchestration.sql import attach, quoted
from orchestration.transformation import fingerprint_of_project

log = logging.getLogger(__name__)

# The oldest format that every client since DuckDB 1.2 reads.
STORAGE_VERSION = "v1.2.0"
DEMO = "Demo: deze cijfers rusten op verzonnen leveringen."
SCHEMA = "marts"
KEPT_VERSIONS = 3
# Beside the published file, for who reads files: one per table, of the same name.
PARQUET = "parquet"

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
    if not paths.published.exists():
        return {}
    with open_database(paths.published, read_only=True) as con:
        return dict(
            con.execute("select levering_nr, oordeel from marts.levering where levering_nr is not null").fetchall()
        )


def publish(paths: DataPaths, tables: Sequence[str]) -> Publication:
    """Publish the marts.

    Args:
        paths: The data folder.
        tables: The marts that must be published, all of them.

    Returns:
        The publication; the earlier one where its content is the same.

    Raises:
        AuditError: A mart is missing, empty of columns or comments, or differs from what was built.
    """
    if not tables:
        raise AuditError("er is geen enkele mart om te publiceren")
    step("publicatie")
    paths.versions.mkdir(parents=True, exist_ok=True)
    with ledger.open_ledger(paths) as book:
        ledger.settle(book, paths)
        number = ledger.next_number(book)
        folder = paths.versions / ledger.folder_name(number)
        try:
            file = _write(paths, folder, tables)
            rows, peildatum, is_demo, fingerprint = _audit(paths, file, tables)
        except BaseException:
            _remove(folder)
            raise
        earlier = ledger.last(book, "bevestigd")
        if earlier is not None and earlier.fingerprint == fingerprint and paths.published.exists():
            _remove(folder)
            report_on_present(paths)
            log.info("niets veranderd: publicatie %s blijft staan", earlier.number)
            return Publication(earlier.number, peildatum, False, is_demo, rows, paths.published)
        entry = ledger.Entry(number, peildatum, fingerprint, fingerprint_of_project(), len(rows), sum(rows.values()))
        ledger.intend(book, paths, entry)
        _add_own_row(book, file, number)
        _write_parquet(file, tables)
        report_beside(file)
        _swap(paths, file)
        ledger.confirm(book, entry)
        _forget_old(paths)
    log.info("publicatie %s staat klaar: %s", number, paths.published)
    return Publication(number, peildatum, True, is_demo, rows, paths.published)


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
        attach(con, paths.warehouse, "bron")
        attach(con, file, "doel")
        written = con.execute(
            "select table_name from duckdb_tables() where database_name = 'doel' order by all"
        ).fetchall()
        if [row[0] for row in written] != sorted(tables):
            raise AuditError(f"verwacht zijn de tabellen {sorted(tables)}, geschreven zijn {written}")
        rows, prints = {}, []
        for table in tables:
            ours, theirs = (
                con.execute(
                    f"""select count(*), coalesce(sum(hash(rij)::hugeint), 0)::varchar
                    from {name}.{SCHEMA}.{table} as rij"""
                ).fetchall()[0]
                for name in ("doel", "bron")
            )
            if ours != theirs:
                raise AuditError(
                    f"{table}: gepubliceerd zouden {ours[0]} rijen worden, gebouwd zijn {theirs[0]} andere"
                )
            rows[table] = ours[0]
            if table not in ABOUT_PUBLICATIONS:
                prints.append(f"{table}={ours[0]}:{ours[1]}")
        ((peildatum, is_demo),) = con.execute(
            f"select max(peildatum), coalesce(bool_or(is_demo), false) from doel.{SCHEMA}.fct_voortgang"
        ).fetchall()
    if peildatum is None:
        raise AuditError("fct_voortgang is leeg; er wordt niets gepubliceerd")
    return rows, peildatum, is_demo, ";".join(prints)


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
            target.chmod(0o444)
            with target.open("rb") as written:
                os.fsync(written.fileno())
    folder.chmod(0o555)


def _swap(paths: DataPaths, file: Path) -> None:
    file.chmod(0o444)
    file.parent.chmod(0o555)
    share(paths, file.parent)
    link = paths.published.with_name(paths.published.name + ".nieuw")
    link.unlink(missing_ok=True)
    link.symlink_to(file.relative_to(paths.data))
    link.replace(paths.published)


def _forget_old(paths: DataPaths) -> None:
    for folder in sorted(paths.versions.iterdir())[:-KEPT_VERSIONS]:
        _remove(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        for inner in (folder, *(entry for entry in folder.rglob("*") if entry.is_dir())):
            inner.chmod(stat.S_IRWXU)
        shutil.rmtree(folder)
