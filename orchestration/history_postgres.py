"""The history of Dagster in PostgreSQL, for where several people use one instance; `history` says how long it is kept.

The only module that knows the optional package dagster-postgres, and it is loaded only where the settings name it.
"""

from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._config import StringSource
from dagster._serdes import ConfigurableClassData
from dagster_postgres import PostgresEventLogStorage

from orchestration.history import PurgedEventLogStorage


class KeptPostgresEventLogStorage(PurgedEventLogStorage, PostgresEventLogStorage):
    """The events of all runs in a database of PostgreSQL, no longer than is asked."""

    def __init__(
        self, postgres_url: str, purge_runs_after_days: int, inst_data: ConfigurableClassData | None = None
    ) -> None:
        """Connect, and make the tables where they are not there yet.

        Args:
            postgres_url: Address of the database.
            purge_runs_after_days: How old a run may become, in days.
            inst_data: Where Dagster read these.
        """
        self.purge_runs_after_days = purge_runs_after_days
        super().__init__(postgres_url, inst_data=inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What dagster.yaml may say."""
        return {"postgres_url": StringSource, "purge_runs_after_days": dg.Field(int, is_required=True)}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Make a storage of what dagster.yaml says."""
        return cls(inst_data=inst_data, **config_value)
