"""Who may read which file of the data folder, set by the program and not left to the umask of whoever runs it.

This is the one place that says it: what may be about people is the owner's alone, and what was published is for
everybody. Who takes which decision is no matter of rights of the file system, and stands elsewhere.
"""

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.paths import PUBLISHED_NAME, DataPaths

log = logging.getLogger(__name__)

# What everybody may read, by its name in the data folder.
PUBLIC = ("versies", "vrijgave", "open-data", "documentatie", "voortgangsrapportage.pdf")
# What is the owner's alone; of a database also what DuckDB and SQLite keep beside it. A name that is in neither list is
# not ours: a data folder may hold what somebody else put there.
PRIVATE = (
    *("leveringen", "raw.duckdb*", "warehouse*.duckdb*", "publicaties.*", "warehouse.lock", "tmp", "rapporten"),
    *("dagster", "dbt", "superset", "as-of", "what-if", "nacht*.json", "logboek*", "herbouw-*", "herstel*"),
    "sleutelwissel*",
)
OTHERS = stat.S_IRWXG | stat.S_IRWXO
READ, ENTER = stat.S_IRGRP | stat.S_IROTH, stat.S_IXGRP | stat.S_IXOTH


@contextmanager
def private_files() -> Iterator[None]:
    """Make every file that is written in the block the owner's alone, also those that a library makes.

    Yields:
        Nothing.
    """
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def settle(paths: DataPaths) -> None:
    """Give all that stands in a data folder the rights that it must have.

    A file of another user is left as it is, and told of: only he can change its rights.

    Args:
        paths: The data folder, which exists.
    """
    failed = _add([paths.data], ENTER, of_all=OTHERS & ~ENTER)
    for pattern in PRIVATE:
        for place in paths.data.glob(pattern):
            failed += _add(_tree(place), 0, of_all=OTHERS)
    for place in _linked_inboxes(paths):
        failed += _add(_tree(place), 0, of_all=OTHERS)
    _tell(failed)
    for name in PUBLIC:
        share(paths, paths.data / name)


def keep_inbox_private(paths: DataPaths) -> None:
    """Take from others the rights to all that is delivered, also where the inbox is a link.

    What is of another user is left as it is; the next run tells of it.

    Args:
        paths: The data folder.
    """
    for place in (paths.inbox, *_linked_inboxes(paths)):
        _add(_tree(place), 0, of_all=OTHERS)


def share(paths: DataPaths, place: Path) -> None:
    """Let everybody read a file or folder that was published, and the folders on the way to it.

    Args:
        paths: The data folder.
        place: The file or folder, somewhere below it.
    """
    if not os.path.lexists(place):
        return
    *between, data = (paths.data / folder for folder in place.relative_to(paths.data).parents)
    _tell(_add(_tree(place), READ) + _add(between, READ) + _add([data], ENTER))


def may_be_read_by_others(file: Path) -> bool:
    """Whether the rights of a file let anybody but its owner read or change it.

    Args:
        file: The file.
    """
    return bool(file.stat().st_mode & (READ | stat.S_IWGRP | stat.S_IWOTH))


def is_public(paths: DataPaths, file: Path) -> bool:
    """Whether everybody may read a file of the data folder.

    Args:
        paths: The data folder.
        file: A file below it.
    """
    return file.relative_to(paths.data).parts[0] in (*PUBLIC, PUBLISHED_NAME)


def _linked_inboxes(paths: DataPaths) -> Iterator[Path]:
    """Where the inbox really lies, or a folder of it, when that is a link: what is delivered there is as private.

    A folder in which the data folder itself lies is none: its rights are not ours.
    """
    links = [paths.inbox, *(paths.inbox.iterdir() if paths.inbox.is_dir() else ())]
    for place in links:
        if place.is_symlink() and place.is_dir():
            target = place.resolve()
            if not paths.data.resolve().is_relative_to(target):
                yield target


def _tree(place: Path) -> Iterator[Path]:
    """A place and all below it; no link is followed, since it may lead out of the data folder."""
    if place.is_symlink():
        return
    yield place
    for folder, folders, files in os.walk(place):
        yield from (each for name in (*folders, *files) if not (each := Path(folder, name)).is_symlink())


def _add(entries: Iterable[Path], rights: int, of_all: int = 0) -> list[Path]:
    """Give others the rights that they lack; of those in `of_all` they keep no more than these.

    Who may read a folder may enter it.

    Returns:
        The entries of which the rights could not be set.
    """
    failed = []
    for entry in entries:
        try:
            before = entry.lstat().st_mode
            enter = ENTER if rights & READ and stat.S_ISDIR(before) else 0
            # A change of rights changes the age of an entry, by which a file of the inbox is known: only where needed.
            if (after := (before & ~of_all) | rights | enter) != before:
                entry.chmod(stat.S_IMODE(after))
        except FileNotFoundError:
            # Gone since the folder was listed, such as what a database keeps beside it.
            continue
        except OSError:
            failed.append(entry)
    return failed


def _tell(failed: list[Path]) -> None:
    if failed:
        others = f" en {len(failed) - 1} andere" if failed[1:] else ""
        log.warning(
            "de rechten van %s%s zijn niet te zetten: zij zijn van een ander, of zijn alleen te lezen; zet ze zelf",
            failed[0],
            others,
        )
