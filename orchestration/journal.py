"""Who did what with the data: one line per act in a file that only grows, beside everything that is published.

It holds the act, on what, with which outcome, from where, by whom and when (BIO2 8.15), and of people nothing but the
name of the user. What a run did in detail stands in the history of Dagster; why a delivery was decided about, in the
register.
"""

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from orchestration.paths import DataPaths

BEGUN, DONE, FAILED = "begonnen", "gelukt", "mislukt"


def note(paths: DataPaths, act: str, subject: str, outcome: str, origin: str) -> None:
    """Add a line; where there is no data folder yet, nothing can be done with it, and none is made.

    Args:
        paths: The data folder.
        act: What was done, in Dutch.
        subject: On what: a number, a day, a code; never a word that somebody wrote.
        outcome: What came of it.
        origin: From where: the command line, or which run of Dagster.

    Raises:
        OSError: The file cannot be written; then nothing may be done that has to be accounted for.
    """
    if not paths.data.exists():
        return
    line = json.dumps(
        {
            "tijdstip": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "gebruiker": _user(),
            "oorsprong": f"{origin} op {socket.gethostname()}, proces {os.getpid()}",
            "actie": act,
            "object": subject,
            "resultaat": outcome,
        },
        ensure_ascii=False,
    )
    # One write at the end of the file, so that two processes never write through one another.
    file = os.open(paths.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)


@contextmanager
def noted(paths: DataPaths, act: str, subject: str, origin: str) -> Iterator[list[str]]:
    """Add a line when the block begins, and one when it ends.

    Args:
        paths: The data folder.
        act: What is done, in Dutch.
        subject: On what.
        origin: From where.

    Yields:
        An empty list, to which the block may add what came of it.
    """
    note(paths, act, subject, BEGUN, origin)
    told: list[str] = []
    try:
        yield told
    except BaseException as error:
        # What an exception says may quote anything; its kind does not.
        note(paths, act, subject, f"{FAILED}: {type(error).__name__}", origin)
        raise
    note(paths, act, subject, "; ".join(told) or DONE, origin)


def entries(paths: DataPaths) -> list[dict[str, str]]:
    """What was written down, oldest first.

    Args:
        paths: The data folder.

    Returns:
        Its lines, by the names that stand in them; a line that was cut off is left out.
    """
    found = []
    with suppress(FileNotFoundError):
        for line in paths.journal.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(json.JSONDecodeError):
                found.append(json.loads(line))
    return found


def _user() -> str:
    """The user as the system knows him; a variable says what anybody sets it to."""
    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        name = getpass.getuser()
    # Who took another's rights to do it is named too.
    before = os.environ.get("SUDO_USER")
    return f"{name} (sudo door {before})" if before and before != name else name
