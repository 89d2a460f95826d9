"""What Great Expectations needs to run its rules as SQL inside DuckDB: engine, a few metrics, and the run itself.

Only how a rule is run in DuckDB belongs here, not which rules there are and not what their outcome means.
Importing this module imports Great Expectations, in seconds: only `validation` does, and late.

Great Expectations has no DuckDB engine of its own. The classes are called `DuckDBSql*` because it registers
engines by name, and `DuckDB*` is the name that an engine of its own would take.

Its context, datasources, batch definitions and validators are left out: they find, store and describe what is
tested and cost more time than the testing. What remains is what does the work: a rule says which metrics it wants,
the engine measures these for all rules in few queries, and the rule says what it makes of them.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.suite_parameters import build_suite_parameters
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
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
from great_expectations.expectations.metrics.query_metrics.query_row_count.unexpected_rows_query_row_count import (
    UnexpectedRowsQueryRowCount,
)
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.metrics_calculator import MetricsCalculator
from great_expectations.validator.validation_graph import MetricEdge, ValidationGraph
from great_expectations.validator.validator import Validator

# Great Expectations stops at 200 rows in any case; as many are fetched, so that the first can be shown.
_ROWS = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 200,
    "include_unexpected_rows": True,
    "return_unexpected_index_query": False,
}
_COUNTS = _ROWS | {"result_format": "BOOLEAN_ONLY"}
_ROW_COUNT = "table.row_count"
_UNEXPECTED_ROWS = "unexpected_rows_query.table"


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


def engine_on(cursor: Callable[[], duckdb.DuckDBPyConnection], relation: str) -> DuckDBSqlExecutionEngine:
    """Make an engine that looks at one table or view, on a cursor of a connection somebody else holds.

    Opening the file a second time is no option: in one process DuckDB refuses a second configuration, and the
    dialect always brings its own.

    Args:
        cursor: Gives a new cursor at each call; the engine closes it.
        relation: The table or view as SQL names it.

    Returns:
        The engine, to be closed by whoever asked for it.
    """
    source = sa.create_engine("duckdb://", creator=lambda: ConnectionWrapper(cursor()), poolclass=sa.NullPool)
    engine = DuckDBSqlExecutionEngine(engine=source)
    rows = SqlAlchemyBatchData(execution_engine=engine, query=f"SELECT * FROM {relation}", create_temp_table=False)
    engine.load_batch_data("relation", rows)
    return engine


# Is only asked which metrics there are; it connects to nothing.
_BLUEPRINT = DuckDBSqlExecutionEngine(engine=sa.create_engine("duckdb://"))


@dataclass(frozen=True)
class Prepared:
    """A rule, made ready for testing: what it wants measured, worked out once for all tables.

    Args:
        configuration: The rule as Great Expectations has it.
        expectation: The same, as what judges.
        metrics: What it wants measured, by the name under which it looks for it.
        count_of_faults: Of a rule that every row must meet, the metric that counts those that do not; None elsewhere.
        edges: The metrics with all that they need themselves.
    """

    configuration: ExpectationConfiguration
    expectation: Expectation
    metrics: Mapping[str, MetricConfiguration]
    count_of_faults: str | None
    edges: Sequence[MetricEdge]


def prepared(kind: str, arguments: Mapping[str, Any], parameters: Mapping[str, Any]) -> Prepared:
    """Make a rule ready.

    Args:
        kind: Type of rule in the vocabulary of Great Expectations.
        arguments: Its arguments, as JSON has them.
        parameters: Values for the `$PARAMETER`s in these.

    Returns:
        The rule, the same one each time for the same arguments and parameters.

    Raises:
        Exception: Whatever Great Expectations makes of a bad rule.
    """
    return _prepared(kind, json.dumps(arguments), json.dumps(parameters))


@lru_cache(maxsize=1024)
def _prepared(kind: str, arguments: str, parameters: str) -> Prepared:
    filled, _ = build_suite_parameters(json.loads(arguments), json.loads(parameters))
    configuration = ExpectationConfiguration(type=kind, kwargs=filled)
    expectation = configuration.to_domain_obj()
    metrics = expectation.get_validation_dependencies(_BLUEPRINT, {"result_format": _COUNTS}).metric_configurations
    count_of_faults = f"{getattr(expectation, 'map_metric', None)}.unexpected_count"
    if {count_of_faults, _ROW_COUNT} <= metrics.keys():
        metrics = {name: metrics[name] for name in (count_of_faults, _ROW_COUNT)}
    else:
        count_of_faults = None
        metrics = expectation.get_validation_dependencies(_BLUEPRINT, {"result_format": _ROWS}).metric_configurations
    graph = MetricsCalculator(_BLUEPRINT).build_metric_dependency_graph(list(metrics.values()))
    return Prepared(configuration, expectation, metrics, count_of_faults, graph.edges)


def test_together(engine: DuckDBSqlExecutionEngine, rules: Mapping[str, Prepared]) -> dict[str, Mapping[str, Any]]:
    """Test rules with as few queries as possible.

    Args:
        engine: The engine, on the table.
        rules: The rules, by name.

    Returns:
        The answer of Great Expectations by name of the rule, except of what must be tested alone: rules that not every
        row meets, as only their number was asked, and what could not be run, be it for an error in another rule.
    """
    graph = ValidationGraph(engine)
    for rule in rules.values():
        for edge in rule.edges:
            graph.add(edge)
    measured, _ = graph.resolve({"result_format": _ROWS}, show_progress_bars=False)
    answers = {name: _answer(engine, rule, measured) for name, rule in rules.items()}
    return {name: answer for name, answer in answers.items() if answer is not None}


def _answer(engine: DuckDBSqlExecutionEngine, rule: Prepared, measured: Mapping[Any, Any]) -> Mapping[str, Any] | None:
    if any(wanted.id not in measured for wanted in rule.metrics.values()):
        return None
    found = {name: measured[wanted.id] for name, wanted in rule.metrics.items()}
    if rule.count_of_faults is None:
        try:
            answer = rule.expectation._validate(found, {"result_format": _ROWS}, engine)
        except Exception:  # said when it is tested alone
            return None
        return answer if isinstance(answer, dict) else None
    # Without rows there is nothing to count.
    if found[rule.count_of_faults] == 0 or found[_ROW_COUNT] == 0:
        return {"success": True, "result": {"element_count": found[_ROW_COUNT], "unexpected_count": 0}}
    return None


def test_alone(engine: DuckDBSqlExecutionEngine, rule: Prepared) -> ExpectationValidationResult:
    """Test one rule in the way of Great Expectations itself, which tells which rows do not meet it.

    Args:
        engine: The engine, on the table.
        rule: The rule.

    Returns:
        The answer; an error is in it.

    Raises:
        Exception: Whatever Great Expectations makes of a bad rule.
    """
    validator = Validator(engine)
    validator.metrics_calculator.show_progress_bars = False
    return validator.graph_validate([rule.configuration], {"result_format": _ROWS})[0]


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


class DuckDBSqlUnexpectedRowsCount(UnexpectedRowsQueryRowCount):
    """How many rows a rule in SQL finds, from the rows themselves as long as all of them were fetched.

    Great Expectations itself runs the query a second time.
    """

    metric_name = "unexpected_rows_query.row_count"
    value_keys = ("unexpected_rows_query",)

    @metric_value(engine=DuckDBSqlExecutionEngine)
    def _duckdb(  # the class itself is handed in
        cls,  # noqa: N805
        metrics: dict[str, Any],
        **arguments: Any,
    ) -> int:
        rows = metrics[_UNEXPECTED_ROWS]
        if len(rows) < MAX_RESULT_RECORDS:
            return len(rows)
        count: Any = cls._sqlalchemy
        return count(cls=cls, metrics=metrics, **arguments)

    @classmethod
    def _get_evaluation_dependencies(cls, metric: MetricConfiguration, *_: Any, **__: Any) -> dict[str, Any]:
        rows = MetricConfiguration(_UNEXPECTED_ROWS, metric.metric_domain_kwargs, metric.metric_value_kwargs)
        return {_UNEXPECTED_ROWS: rows}


class DuckDBSqlUniqueCount(TableMetricProvider):
    """How many rows have a value that another row has too; an empty value is none.

    Great Expectations itself gives each row the number of its value, by a window that costs four times as much.
    """

    metric_name = "column_values.unique.unexpected_count"
    domain_keys = ("batch_id", "table", "column", "row_condition", "condition_parser")

    @metric_value(engine=DuckDBSqlExecutionEngine)
    def _duckdb(  # the class itself is handed in
        cls,  # noqa: N805
        execution_engine: DuckDBSqlExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        **_: Any,
    ) -> int:
        records, _kwargs, accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.COLUMN
        )
        column, count = sa.column(accessor["column"]), sa.func.count().label("aantal")
        found = sa.select(count).select_from(_from_clause(records)).where(column.is_not(None))
        repeated = found.group_by(column).having(count > 1).subquery()
        total = sa.select(sa.func.coalesce(sa.func.sum(repeated.c.aantal), 0))
        return int(execution_engine.execute_query(total).fetchall()[0][0])


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
