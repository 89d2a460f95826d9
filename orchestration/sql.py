"""How a value or a path is spelled in SQL where no parameter can stand; what is asked stands elsewhere."""

from pathlib import Path

import duckdb


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
