"""Of whom an error is that nobody foresaw: of the one file that was worked on, or of the machine, and so of the night.

Such an error may quote what was delivered, so what is told of it is where it arose, and never what it says. What a
delivery is refused for by rule belongs to the loader and to the border in.
"""

import errno
import os
import re
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# The machine has no room, no right to write, or no handles left: the next file would meet the same.
OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
NO_SPACE = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "database or disk is full",
    "failed to offload data block",
)
NO_ROOM = (*NO_SPACE, "has been invalidated")
NO_RIGHT = ("Read-only file system", "attempt to write a readonly database", "Permission denied")


# What says in a sentence what is the matter; of any other error the place in the code helps more.
TELLING = (RuntimeError, ValueError, OSError, duckdb.Error)

# What the system and the databases say in English where a person can do something, and what that is.
_AFTER = "Wat begonnen was, maakt een volgende run af of ongedaan; lezers zien de vorige publicatie."
REMEDIES = {
    "|".join(NO_SPACE): f"de schijf is vol{{where}}: maak ruimte, en draai opnieuw. {_AFTER}",
    r"disk I/O error": f"de schijf is vol of beschadigd{{where}}: maak ruimte, en draai opnieuw. {_AFTER}",
    r"Read-only file system|attempt to write a readonly database": (
        f"er kan niet worden geschreven{{where}}: de schijf of map is alleen te lezen. {_AFTER}"
    ),
    r"Permission denied|unable to open database file": (
        f"er is geen recht om te lezen of te schrijven{{where}}. {_AFTER}"
    ),
    r"not a valid DuckDB database file|Could not read enough bytes|Corrupt database file": (
        "een database is beschadigd{where}. Is het warehouse.duckdb, dan bouwt make nightly OPNIEUW=1 het opnieuw; "
        "raw of het grootboek komt uit een reservekopie (make restore VAN=...; README, In production)"
    ),
}
_QUOTED_PATH = re.compile(r"[\"'](/[^\"']+)[\"']")


class MachineError(RuntimeError):
    """Not even that a delivery failed can be written down, so no other can be admitted either."""


def stops_the_night(error: Exception, files: Iterable[Path]) -> bool:
    """Whether an error is of the machine, though it arose while one delivery was worked on.

    Args:
        error: What was raised.
        files: What was being read: an error that the system or DuckDB has with one of these is of the delivery.

    Returns:
        True where going on with the next delivery makes no sense.
    """
    if isinstance(error, (MachineError, ImportError, duckdb.FatalException)):
        return True
    if isinstance(error, duckdb.Error) and any(told in str(error) for told in NO_ROOM):
        return True
    if isinstance(error, duckdb.OutOfMemoryException):
        return False
    if isinstance(error, duckdb.IOException):
        # Of a pattern without a file, and of a file that cannot be read, DuckDB tells the name.
        return not any(str(file) in str(error) for file in files)
    if isinstance(error, OSError):
        elsewhere = error.filename is not None and Path(os.fsdecode(error.filename)) not in set(files)
        return error.errno in OF_THE_MACHINE or elsewhere
    return False


def is_of_the_disk(error: BaseException) -> bool:
    """Whether there is no room to write, or no right: no word about what was read or built.

    Args:
        error: What was raised.
    """
    if isinstance(error, OSError) and error.errno in OF_THE_MACHINE:
        return True
    return isinstance(error, OSError | duckdb.Error) and any(said in str(error) for said in (*NO_SPACE, *NO_RIGHT))


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Let an error of the system name the file: one that arises while a file is written names none.

    Args:
        file: What is written in the block.

    Yields:
        Nothing.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(file)
        raise


def where(error: BaseException) -> str:
    """Say for the log what kind of error arose where, without a word of what it says.

    Args:
        error: What was raised.

    Returns:
        The kinds of error, outermost first, each with the place in the code.
    """
    told: list[str] = []
    seen: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in seen:
        seen.append(each)
        frames = traceback.extract_tb(each.__traceback__)
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[:-4:-1])
        told.append(f"{type(each).__module__}.{type(each).__qualname__} ({places or 'onbekende plaats'})")
        each = each.__cause__ or each.__context__
    return "; na ".join(told)


def told(error: str) -> str:
    """Say in Dutch what a person can do about an error of the machine or of a damaged database.

    Args:
        error: What it says.

    Returns:
        The sentence; what the error says itself where it is another.
    """
    for pattern, sentence in REMEDIES.items():
        if re.search(pattern, error):
            place = _QUOTED_PATH.search(error)
            return sentence.format(where=f" ({place[1]})" if place else "")
    return error
