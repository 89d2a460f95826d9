"""The history of Dagster in PostgreSQL, for where several people use one instance; `history` says how long it is kept.

The only module that knows the optional package dagster-postgres, and it is loaded only where the settings name it.
"""

from dagster_postgres import PostgresEventLogStorage

from orchestration.history import PurgedEventLogStorage


# Dagster's own names itself as what it makes, where ours makes whatever it is called on.
class KeptPostgresEventLogStorage(  # pyright: ignore[reportIncompatibleMethodOverride]
    PurgedEventLogStorage, PostgresEventLogStorage
):
    """The events of all runs in a database of PostgreSQL, no longer than is asked."""

    PLACE = "postgres_url"
