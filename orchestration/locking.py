"""Nobody fails on a lock: writers take turns, and whoever finds a database open elsewhere waits.

The lock of the writers is one of the operating system: it works between terminals and Dagster instances alike, and is
gone with the process that held it.
"""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout
from tenacity import RetryCallState, retry, retry_if_exception, stop_after_delay, wait_exponential

from orchestration.paths import DataPaths
from orchestration.rights import private_files, settle
from orchestration.sql import attach, bound

log = logging.getLogger(__name__)

REMIND_SECONDS = 60.0
PATIENCE_SECONDS = 3600.0


def is_held(error: BaseException) -> bool:
    """Whether somebody else has a database open, and nothing else is the matter with it.

    Args:
        error: What was raised on opening it.
    """
    return isinstance(error, duckdb.IOException) and "Could not set lock" in str(error)


def _say_waiting(state: RetryCallState) -> None:
    log.warning("%s is nog open in een ander programma; deze run wacht", state.args[0])


@retry(
    retry=retry_if_exception(is_held),
    wait=wait_exponential(multiplier=0.2, max=10),
    stop=stop_after_delay(PATIENCE_SECONDS),
    before_sleep=_say_waiting,
    reraise=True,
)
def open_database(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database of the data folder; wait, and say so, while somebody else has it open.

    Args:
        file: The database.
        read_only: Open it to read, beside other readers.

    Returns:
        The connection.

    Raises:
        duckdb.IOException: It was still open elsewhere after an hour, or cannot be opened at all.
    """
    con = duckdb.connect(str(file), read_only=read_only)
    bound(con)
    return con


def open_warehouse(paths: DataPaths) -> duckdb.DuckDBPyConnection:
    """Open the warehouse to read, with raw and the ledger attached: the views of staging read them.

    Args:
        paths: The data folder.

    Returns:
        The connection.
    """
    con = open_database(paths.warehouse, read_only=True)
    bound(con, paths.scratch)
    attach(con, paths.raw, "raw")
    attach(con, paths.ledger, "publicaties")
    return con


@contextmanager
def sole_writer(paths: DataPaths) -> Iterator[None]:
    """Hold the data folder for as long as the block lasts; wait, and say so, while another process holds it.

    Whoever holds it may ask for it again: a command holds it around the night whose steps each take it. Who gets it
    first finds every file with the rights that it must have and scratch empty, and what he writes is the owner's alone.

    Args:
        paths: The data folder.

    Yields:
        Nothing.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock, is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        log.warning("een andere run schrijft nu in %s; deze run wacht tot die klaar is", paths.data)
        while not lock.is_locked:
            try:
                lock.acquire(timeout=REMIND_SECONDS)
            except Timeout:
                log.warning("nog aan het wachten op de andere run in %s", paths.data)
    try:
        with private_files():
            if lock.lock_counter == 1:
                settle(paths)
                empty(paths.scratch)
            yield
    finally:
        lock.release()


def empty(scratch: Path) -> None:
    """Remove what a killed run left behind, such as plain copies of deliveries.

    Args:
        scratch: The folder for files that live no longer than one step; nobody else may be at work in it.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    for entry in scratch.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
