"""What Great Expectations needs to run its rules as SQL inside DuckDB: datasource, engine and a few metrics.

Only the dialect belongs here: how a rule is spelled for DuckDB, not which rules there are and not what their
outcome means. Importing this module imports Great Expectations, in seconds: only `validation` does, and late.

Great Expectations has no DuckDB engine of its own. The classes are called `DuckDBSql*` because it registers
engines and datasources by name, and `DuckDB*` is the name that an engine of its own would take.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_function_partial import (
    multicolumn_function_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_map_metric_provider import (
    MulticolumnMapMetricProvider,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider


class DuckDBSqlExecutionEngine(SqlAlchemyExecutionEngine):
    """An SQL engine that keeps one connection open from its first query until `close`.

    Great Expectations leaves the connection before it fetches the rows. Leaving it rolls back, and after a
    rollback DuckDB answers every fetch with nothing.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Prepare the engine; no connection is made yet.

        Args:
            kwargs: What `SqlAlchemyExecutionEngine` takes.
        """
        self._open: sa.Connection | None = None
        super().__init__(**kwargs)
        # Type names in a suite (`VARCHAR`, `DATE`) are looked up here, see `DuckDBSqlColumnTypes`.
        self.dialect_module = sa  # pyright: ignore[reportAttributeAccessIssue]

    @contextmanager
    def get_connection(self) -> Generator[sa.Connection, None, None]:
        """Lend the one connection.

        Yields:
            The connection, which stays open afterwards.
        """
        if self._open is None:
            self._open = self.engine.connect()
        try:
            yield self._open
        except Exception:
            # DuckDB refuses every further query of a transaction in which one failed.
            self._open.rollback()
            raise

    def close(self) -> None:
        """Close the connection, and with it the cursor that would keep the file locked."""
        if self._open is not None:
            self._open.close()
            self._open = None
        super().close()


# Spelled here because `type` is a field of the class below.
_EngineClass = type[SqlAlchemyExecutionEngine]


class DuckDBSqlDatasource(SQLDatasource):
    """A datasource whose rules run in DuckDB."""

    type: Literal["duckdb_sql"] = "duckdb_sql"  # pyright: ignore[reportIncompatibleVariableOverride]

    @property
    def execution_engine_type(self) -> _EngineClass:
        """The engine that runs the rules."""
        return DuckDBSqlExecutionEngine


def datasource_on(cursor: Callable[[], duckdb.DuckDBPyConnection], name: str) -> DuckDBSqlDatasource:
    """Describe a datasource that works on cursors of a connection somebody else holds.

    Opening the file a second time is no option: in one process DuckDB refuses a second configuration, and the
    dialect always brings its own.

    Args:
        cursor: Gives a new cursor at each call; whoever asks for it closes it.
        name: Name of the datasource, unique in its context.

    Returns:
        The datasource, not yet part of a context.
    """
    settings: dict[str, Any] = {
        "name": name,
        "connection_string": "duckdb://",
        "kwargs": {"creator": lambda: ConnectionWrapper(cursor()), "poolclass": sa.NullPool},
    }
    return DuckDBSqlDatasource(**settings)


class DuckDBSqlColumnTypes(TableMetricProvider):
    """Names and types of the columns, asked of DuckDB itself, as reflection fails on some versions."""

    metric_name = "table.column_types"
    value_keys = ("include_nested",)

    @metric_value(engine=DuckDBSqlExecutionEngine)
    def _duckdb(  # the class itself is handed in
        cls,  # noqa: N805
        execution_engine: DuckDBSqlExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        **_: Any,
    ) -> list[dict[str, Any]]:
        records, _kwargs, _accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        query = sa.select(sa.text("*")).select_from(_from_clause(records))
        compiled = query.compile(execution_engine.engine, compile_kwargs={"literal_binds": True})
        rows = execution_engine.execute_query(sa.text(f"describe {compiled}")).fetchall()
        return [{"name": row[0], "type": _sql_type(row[1])} for row in rows]


def _from_clause(records: Any) -> sa.FromClause:
    """Make a table of what a rule looks at: with a `row_condition` that is a bare query."""
    return records.subquery() if isinstance(records, sa.Select) else records


def _sql_type(duckdb_type: str) -> Any:
    """Translate `DECIMAL(9,2)` to SQLAlchemy's DECIMAL; a type that it has no name for matches no rule."""
    if duckdb_type.endswith("]"):
        return sa.ARRAY(sa.types.NullType)
    return getattr(sa, duckdb_type.split("(")[0], sa.types.NullType)()


class DuckDBSqlCompoundColumnsCount(MulticolumnMapMetricProvider):
    """How often each combination of values occurs, counted so that an empty value equals an empty value.

    The SQL of Great Expectations itself joins on equality, and so overlooks duplicates with an empty part.
    """

    function_metric_name = "compound_columns.count"

    @multicolumn_function_partial(engine=DuckDBSqlExecutionEngine)
    def _duckdb(  # the class itself is handed in
        cls,  # noqa: N805
        column_list: list[Any],
        _table: Any,
        _table_columns: list[str],
        **_: Any,
    ) -> sa.FromClause:
        count = sa.func.count().over(partition_by=column_list).label("_num_rows")
        columns = [sa.column(column) for column in _table_columns]
        return sa.select(*columns, count).select_from(_from_clause(_table)).alias("counted")


def _matches(column: Any, pattern: str) -> Any:
    # `~` matches the whole value in DuckDB 1.5 and a part of it in 2.0; this function always a part.
    return sa.func.regexp_matches(column, pattern)


def _any_or_all(match_on: str | None) -> Callable[..., Any]:
    return {None: sa.or_, "any": sa.or_, "all": sa.and_}[match_on]


def _match_regex_list(column: Any, regex_list: list[str], match_on: str | None) -> Any:
    return _any_or_all(match_on)(*(_matches(column, regex) for regex in regex_list))


def _not_match_regex_list(column: Any, regex_list: list[str]) -> Any:
    return sa.and_(*(~_matches(column, regex) for regex in regex_list))


def _match_like_list(column: Any, like_pattern_list: list[str], match_on: str | None, escape: str | None) -> Any:
    return _any_or_all(match_on)(*(column.like(pattern, escape=escape) for pattern in like_pattern_list))


def _not_match_like_list(column: Any, like_pattern_list: list[str], escape: str | None) -> Any:
    return sa.and_(*(~column.like(pattern, escape=escape) for pattern in like_pattern_list))


# Per metric: the arguments of the rule, and the SQL condition that a good value meets.
_CONDITIONS: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "match_regex": (("regex",), lambda column, regex: _matches(column, regex)),
    "not_match_regex": (("regex",), lambda column, regex: ~_matches(column, regex)),
    "match_regex_list": (("regex_list", "match_on"), _match_regex_list),
    "not_match_regex_list": (("regex_list",), _not_match_regex_list),
    "match_like_pattern": (
        ("like_pattern", "escape"),
        lambda column, like_pattern, escape: column.like(like_pattern, escape=escape),
    ),
    "not_match_like_pattern": (
        ("like_pattern", "escape"),
        lambda column, like_pattern, escape: ~column.like(like_pattern, escape=escape),
    ),
    "match_like_pattern_list": (("like_pattern_list", "match_on", "escape"), _match_like_list),
    "not_match_like_pattern_list": (("like_pattern_list", "escape"), _not_match_like_list),
    "match_strftime_format": (
        ("strftime_format",),
        lambda column, strftime_format: sa.func.try_strptime(column, strftime_format).is_not(None),
    ),
}


def _register(metric: str, keys: tuple[str, ...], condition: Callable[..., Any]) -> None:
    """Let `column_values.<metric>` be this condition in DuckDB; defining the class is what registers it."""

    @column_condition_partial(engine=DuckDBSqlExecutionEngine)
    def duckdb_condition(cls: type, column: Any, **arguments: Any) -> Any:
        return condition(column, **{key: arguments.get(key) for key in keys})

    type(
        f"DuckDBSql_{metric}",
        (ColumnMapMetricProvider,),
        {
            "condition_metric_name": f"column_values.{metric}",
            "condition_value_keys": keys,
            "_duckdb": duckdb_condition,
        },
    )


for _metric, (_keys, _condition) in _CONDITIONS.items():
    _register(_metric, _keys, _condition)
