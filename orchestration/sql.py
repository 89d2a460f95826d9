"""How SQL is spelled and kept together: a value where no parameter can stand, a transaction, and a limit to memory."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

log = logging.getLogger(__name__)

# As in `profiles.yml`. Without it DuckDB takes four fifths of the machine, which others use too.
MEMORY_LIMIT = "4GB"


def quoted(value: object) -> str:
    """A value as SQL spells a text, for where no parameter can stand.

    Args:
        value: The value.
    """
    return "'" + str(value).replace("'", "''") + "'"


def attach(con: duckdb.DuckDBPyConnection, file: Path, name: str, options: str = "read_only") -> None:
    """Attach a database to a connection.

    Args:
        con: The connection.
        file: The database.
        name: The name by which statements call it.
        options: What DuckDB is asked beside it; to read only, where nothing is said.
    """
    con.execute(f"attach {quoted(file)} as {name} {f'({options})' if options else ''}")


def bound(con: duckdb.DuckDBPyConnection, scratch: Path | None = None) -> None:
    """Let a connection take no more memory than a night may, and put what does not fit on disk.

    Args:
        con: The connection.
        scratch: Where on disk, to be cleared should the run be killed; beside the database itself where None, for
            who reads or writes little.
    """
    con.execute(f"set memory_limit = {quoted(MEMORY_LIMIT)}")
    # Where it was put there already it stays: once used, it cannot be changed.
    if scratch and con.execute("select current_setting('temp_directory')").fetchall() != [(str(scratch),)]:
        con.execute(f"set temp_directory = {quoted(scratch)}")


@contextmanager
def whole(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep what the block writes as a whole, or nothing of it.

    Args:
        con: Connection to a database, writable and outside a transaction.

    Yields:
        Nothing.
    """
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        try:
            con.execute("rollback")
        except duckdb.Error as error:
            # DuckDB may have ended the transaction by itself; what is told is why.
            log.debug("terugdraaien lukte niet: %s", type(error).__name__)
        raise
