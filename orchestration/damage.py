"""What of a data folder is lost or damaged, found before a run rests on it.

Raw cannot be made again without a person who knows what that costs, so there the run stops, with what to do; the
history of runs is the source of no figure, so it is put aside and begun anew. How raw is put back stands in `backup`,
how it is made again in `rebuilding`; the ledger and the published file are looked at by `publishing`.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from orchestration import alerts, faults, register
from orchestration.clock import now
from orchestration.locking import open_database
from orchestration.migrations import LaterFormError
from orchestration.paths import DataPaths
from orchestration.progress import CAUTION

log = logging.getLogger(__name__)

# What DuckDB writes before the first block.
HEADINGS = 3 * 4096
HISTORY = ("event_log.db", "history/runs.db", "schedules/schedules.db")
WAYS_OUT = (
    "Zet een reservekopie terug (make restore VAN=...). Is die er niet, dan bouwt make nightly HERBOUW=1 het opnieuw "
    "op uit de bestanden in de inbox, en zegt wat daarbij verloren gaat."
)


class DamageError(RuntimeError):
    """Something is lost or damaged on which a run would rest; the message says what to do, in Dutch."""


# What `examine` has told people of by itself.
TOLD = (DamageError, LaterFormError)


def examine(paths: DataPaths) -> None:
    """See that raw is there and can be read, before a run rests on it; tell people where it cannot.

    Args:
        paths: The data folder.

    Raises:
        DamageError: Raw is lost or damaged.
        LaterFormError: A later release wrote it.
    """
    try:
        if reason := fault_of_raw(paths):
            raise DamageError(f"{reason} {WAYS_OUT}{_what_readers_see(paths)}")
    except TOLD as error:
        tell(error)
        raise


def tell(error: Exception) -> None:
    """Tell people that a run did not begin: no step of it failed, so nothing else would.

    Args:
        error: Why.
    """
    alerts.tell("nachtelijke run niet begonnen; de vorige publicatie blijft staan", faults.told(str(error)))


def fault_of_raw(paths: DataPaths) -> str | None:
    """Say in Dutch what is the matter with raw; None where nothing is, or where there is nothing yet.

    Args:
        paths: The data folder.

    Raises:
        LaterFormError: A later release wrote it.
        duckdb.Error: It cannot be opened for another reason than damage, such as a right that lacks.
    """
    if not paths.raw.exists():
        return f"{paths.raw} is er niet meer, en er is al gepubliceerd." if is_published(paths) else None
    try:
        with open_database(paths.raw, read_only=True) as con:
            register.check_form(con)
            if _is_cut_off(con, paths.raw):
                return f"{paths.raw} is beschadigd en kan niet worden gelezen: het einde ontbreekt."
            known = con.execute(
                "select table_name from duckdb_tables() where schema_name = 'leveringen' and table_name = 'levering'"
            ).fetchall()
            # Counted over a column, so that its blocks are read and not only their number.
            count = "select count(inhoud_sha256) from leveringen.levering"
            counted = con.execute(count).fetchall()[0][0] if known else 0
    except duckdb.Error as error:
        if "Permission denied" in str(error) or "Could not set lock" in str(error):
            raise
        return f"{paths.raw} is beschadigd en kan niet worden gelezen."
    if not counted and is_published(paths):
        return f"in {paths.raw} staat geen enkele levering, en er is al gepubliceerd."
    return None


def _is_cut_off(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether a database is shorter than it must be: it opens, and what is gone shows only when somebody reads it.

    A free block at the end need never have been written, so only those that hold something are counted.
    """
    ((size, blocks),) = con.execute(
        "select block_size, used_blocks from pragma_database_size() where database_name = current_database()"
    ).fetchall()
    return file.stat().st_size < HEADINGS + size * blocks


def is_published(paths: DataPaths) -> bool:
    """Whether anything was ever published from this folder, as far as can be seen without raw.

    Args:
        paths: The data folder.
    """
    return paths.ledger.exists() or paths.published.is_symlink() or any(paths.versions.glob("*"))


def settle_history(paths: DataPaths) -> str | None:
    """Put the history of runs aside where it is damaged: Dagster begins a new one.

    Args:
        paths: The data folder.

    Returns:
        What was done, in Dutch; None where nothing had to be.
    """
    damaged = [name for name in HISTORY if not _is_sound(paths.dagster_home / name)]
    if not damaged:
        return None
    aside = put_aside(paths.dagster_home / "beschadigd")
    aside.mkdir()
    for name in HISTORY:
        # The three tell of the same runs; with them goes what SQLite did not fold in yet.
        for file in (paths.dagster_home / name).parent.glob(f"{Path(name).name}*"):
            file.rename(aside / file.name)
    told = (
        f"de geschiedenis van runs was beschadigd ({', '.join(damaged)}), staat apart in {aside}, en begint opnieuw; "
        "geen cijfer rust erop"
    )
    log.warning("%s", told, extra=CAUTION)
    return told


def put_aside(file: Path) -> Path:
    """A free name for what is kept though it is damaged.

    Args:
        file: What it was called.
    """
    return file.with_name(f"{file.name}-{now():%Y%m%dT%H%M%S%f}")


def _is_sound(file: Path) -> bool:
    if not file.exists():
        return True
    if not file.stat().st_size:
        # To SQLite that is a database without a table; Dagster makes its tables only where there is no file.
        return False
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True)) as con:
            return con.execute("pragma quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.OperationalError as error:
        # Somebody else is writing, or the folder may not be written: that is no damage, and is told where it matters.
        log.debug("%s", error)
        return True
    except sqlite3.DatabaseError:
        return False


def _what_readers_see(paths: DataPaths) -> str:
    folder = paths.published.resolve().parent.name
    return f" Lezers zien publicatie {int(folder)}, zoals die was." if folder.isdecimal() else ""
