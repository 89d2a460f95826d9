"""How Dagster's history is kept: in one file, over one open connection, and no longer than is asked.

Dagster's own storage opens, commits and closes a connection for each event, and writes most events twice: into a file
of the run and into one of all runs. Here nothing is known of what the events mean, nor of any asset.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

import dagster as dg
import sqlalchemy
from dagster._config import StringSource
from dagster._core.storage.event_log import (
    ConsolidatedSqliteEventLogStorage,
    SqlEventLogStorage,
    SqlPollingEventWatcher,
)
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sqlite.consolidated_sqlite_event_log import SQLITE_EVENT_LOG_FILENAME
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._serdes import ConfigurableClassData
from sqlalchemy.event import listen


class PurgedEventLogStorage(SqlEventLogStorage):
    """What a storage of events does with runs that are older than it keeps them, whatever its database."""

    # The setting that says where its database is.
    PLACE: ClassVar[str]

    def __init__(self, purge_runs_after_days: int, **settings: Any) -> None:
        """Open the storage.

        Args:
            purge_runs_after_days: How old a run may become, in days.
            settings: What the storage of Dagster is told: where its database is, and where Dagster read these.
        """
        self.purge_runs_after_days = purge_runs_after_days
        super().__init__(**settings)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What dagster.yaml may say."""
        return {cls.PLACE: StringSource, "purge_runs_after_days": dg.Field(int, is_required=True)}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Make a storage of what dagster.yaml says."""
        return cls(inst_data=inst_data, **config_value)

    def delete_events_for_run(self, conn: sqlalchemy.Connection, run_id: str) -> None:
        """Delete what a run wrote; what a check found last stays, since a check is not asked anew every night."""
        super().delete_events_for_run(conn, run_id)
        found = AssetCheckExecutionsTable.c
        newest = sqlalchemy.select(sqlalchemy.func.max(found.id)).group_by(found.asset_key, found.check_name)
        conn.execute(
            AssetCheckExecutionsTable.delete().where(found.run_id == run_id, found.id.not_in(newest.scalar_subquery()))
        )


class KeptEventLogStorage(PurgedEventLogStorage, ConsolidatedSqliteEventLogStorage):
    """The events of all runs in one SQLite file, with connections that stay open for the life of the process.

    One run at a time writes much (dagster.yaml); others read, or write a line now and then, which SQLite's write-ahead
    log allows. The pool hands a connection to one thread at a time.
    """

    PLACE = "base_dir"

    def __init__(self, base_dir: str, **settings: Any) -> None:
        """Open the file, and make it where it is not there yet.

        Args:
            base_dir: Folder of the file.
            settings: What else it is told.
        """
        # Without a pool class SQLAlchemy keeps connections to a file.
        self._kept = create_engine(
            create_db_conn_string(base_dir, SQLITE_EVENT_LOG_FILENAME),
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
        )
        listen(self._kept, "connect", _write_without_waiting)
        self._poller: SqlPollingEventWatcher | None = None
        self._tables: set[str] = set()
        self._asset_key_columns: dict[str, bool] = {}
        super().__init__(base_dir=base_dir, **settings)

    def _init_db(self) -> None:
        # Of the usual page of 4 kB an event fills half, and the rest stays empty.
        Path(self._base_dir).mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.get_db_path())) as con:
            con.execute("pragma page_size = 16384")
            con.execute("pragma journal_mode = wal")
        super()._init_db()

    @contextmanager
    def _connect(self) -> Iterator[sqlalchemy.Connection]:
        with self._kept.connect() as con, con.begin():
            yield con

    def has_table(self, table_name: str) -> bool:
        """Whether a table exists; one that does stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: sqlalchemy.Connection, column_name: str) -> bool:
        if column_name not in self._asset_key_columns:
            self._asset_key_columns[column_name] = super()._has_asset_key_col_on_connection(conn, column_name)
        return self._asset_key_columns[column_name]

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Tell of new events of a run by looking each second: between checkpoints only the write-ahead log changes."""
        if self._poller is None:
            self._poller = SqlPollingEventWatcher(self)
        self._poller.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: Any) -> None:
        """Stop telling."""
        if self._poller is not None:
            self._poller.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        """Close all connections, which brings the write-ahead log into the file."""
        if self._poller is not None:
            self._poller.close()
        self._kept.dispose()
        super().dispose()


def _write_without_waiting(connection: Any, _: Any) -> None:
    """Let the disk come after: power that fails may cost the last events, never the file."""
    connection.execute("pragma synchronous = normal")


def purge_runs(instance: dg.DagsterInstance, now: datetime | None = None) -> int:
    """Delete runs that are older than the storage keeps them, with their events and what they printed.

    Args:
        instance: The instance; one with another storage keeps everything.
        now: Moment from which is counted back; the clock's where None.

    Returns:
        How many runs were deleted.
    """
    storage = instance.event_log_storage
    if not isinstance(storage, PurgedEventLogStorage):
        return 0
    before = (now or datetime.now(UTC)) - timedelta(days=storage.purge_runs_after_days)
    records = instance.get_run_records(dg.RunsFilter(created_before=before))
    old = [record.dagster_run.run_id for record in records if record.dagster_run.is_finished]
    for run_id in old:
        instance.delete_run(run_id)
        instance.compute_log_manager.delete_logs(prefix=[run_id])
    return len(old)
