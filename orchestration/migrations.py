"""In which form a database is kept, and how one of an earlier release comes into the form of this one.

The number of its form stands in the database itself. What the tables are and what they mean, says the module whose
database it is; it hands over its steps.
"""

from collections.abc import Sequence

import duckdb

from orchestration.paths import version
from orchestration.sql import whole

TABLE = "vorm"


class LaterFormError(RuntimeError):
    """A later release wrote the database, so nothing is the matter with it; the message says so, in Dutch."""


def form_of(con: duckdb.DuckDBPyConnection, schema: str) -> int:
    """The form of a database; 0 where it was written before it carried one, or is empty.

    Args:
        con: Connection to the database; it may be read-only.
        schema: Schema in which its form is kept.
    """
    # Without parameters: to bind one, DuckDB imports pandas, and a night with nothing new asks this too.
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
    ).fetchall()
    if (schema, TABLE) not in tables:
        return 0
    return con.execute(f"select coalesce(max(vorm), 0) from {schema}.{TABLE}").fetchall()[0][0]


def refuse_later(con: duckdb.DuckDBPyConnection, schema: str, known: int, what: str) -> int:
    """See that no later release wrote a database.

    Args:
        con: Connection to the database; it may be read-only.
        schema: Schema in which its form is kept.
        known: The form that this release writes.
        what: The database, as people call it.

    Returns:
        The form that it has.

    Raises:
        LaterFormError: It has a form that this release does not know.
    """
    found = form_of(con, schema)
    if found > known:
        raise LaterFormError(
            f"{what} heeft vorm {found}, en deze versie ({version()}) kent vorm {known}: een nieuwere versie van de "
            "Veiligheidsagenda heeft erin geschreven. Gebruik die; er is niets veranderd"
        )
    return found


def bring_to_form(con: duckdb.DuckDBPyConnection, schema: str, steps: Sequence[str], what: str) -> int:
    """Bring a database into the form of this release, all steps or none.

    Args:
        con: Connection to the database, writable and outside a transaction.
        schema: Schema in which its form is kept.
        steps: The SQL that leads from each form to the next; form n is what the first n of them make of nothing. Those
            of the time before a database carried its form leave alone what is there.
        what: The database, as people call it.

    Returns:
        The form that it had.

    Raises:
        LaterFormError: A later release wrote it; nothing was changed.
    """
    found = refuse_later(con, schema, len(steps), what)
    if found == len(steps):
        return found
    with whole(con):
        con.execute(f"create schema if not exists {schema}")
        for step in steps[found:]:
            con.execute(step)
        con.execute(f"create table if not exists {schema}.{TABLE} (vorm integer not null)")
        con.execute(f"delete from {schema}.{TABLE}; insert into {schema}.{TABLE} values ({len(steps)})")
    return found
