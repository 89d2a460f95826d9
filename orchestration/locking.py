"""One writer at a time: whoever loads, builds or publishes holds one lock of the operating system, others wait.

The lock works between terminals and Dagster instances alike, and is gone with the process that held it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from orchestration.paths import DataPaths

log = logging.getLogger(__name__)

REMIND_SECONDS = 60.0


@contextmanager
def sole_writer(paths: DataPaths) -> Iterator[None]:
    """Hold the data folder for as long as the block lasts; wait, and say so, while another process holds it.

    Args:
        paths: The data folder.

    Yields:
        Nothing.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock)
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
        yield
    finally:
        lock.release()
