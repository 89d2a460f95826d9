"""Tests a table against a suite of expectations and says in Dutch what was found; it decides nothing.

Great Expectations does the testing, as SQL inside DuckDB. Only this module knows how it is called and how it
answers, and it imports it on first use, because that takes seconds.
"""

import gc
import importlib.util
import re
import string
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from math import isfinite
from numbers import Number
from typing import Any

import duckdb

from orchestration.declarations import Extract
from orchestration.expectations import (
    CANDIDATE_SCHEMA,
    SQL_RULE,
    Expectation,
    Severity,
    marts_with_expectations,
    parameters_of,
    suite_of_extract,
    suite_of_mart,
)
from orchestration.forms import TELLING_DIGITS
from orchestration.wording import counted, dutch

MAX_EXAMPLES = 10
SHORT_CODE = 4

_IN_TEXT = 3
_SIGNS = frozenset(string.punctuation + string.whitespace)
_LIKE_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T][\d:.]+)?")


class ValidationError(RuntimeError):
    """The outcome does not cover the suite; nothing may be concluded from it."""


@dataclass(frozen=True)
class Finding:
    """What testing one expectation showed.

    Args:
        name: Name of the expectation.
        description: Dutch: what is expected, in the words of whoever wrote the rule.
        severity: `critical` or `warning`; always `critical` where the test itself failed.
        passed: Whether the expectation was met.
        expected: Dutch: what the rule demands, precisely.
        found: Dutch: what was found.
        unexpected_count: Rows that do not meet it; 1 for a rule about the table as a whole.
        row_count: Rows that the rule looked at; None where the test itself failed.
        examples: At most ten of the rows. Where the table has record numbers: that number and the values that
            the rule is about, except of personal columns. Elsewhere: the whole row.
    """

    name: str
    description: str
    severity: Severity
    passed: bool
    expected: str
    found: str
    unexpected_count: int
    row_count: int | None
    examples: list[dict[str, Any]] = field(default_factory=list)

    def as_mapping(self) -> dict[str, Any]:
        """Give the finding under the names by which the register of deliveries and the checks know it."""
        return {
            "controle": self.name,
            "verwachting": self.description,
            "ernst": self.severity,
            "is_voldaan": self.passed,
            "gevonden": self.found,
            "aantal_afwijkend": self.unexpected_count,
            "aantal_bekeken": self.row_count,
            "voorbeelden": self.examples,
        }


@dataclass(frozen=True)
class _Outcome:
    passed: bool
    result: Mapping[str, Any]
    error: str | None = None


def validate_extract(con: duckdb.DuckDBPyConnection, extract: Extract) -> list[Finding]:
    """Test the candidate delivery of an extract, which is visible as the view `kandidaat.<extract>`.

    Args:
        con: Connection in which the candidates of the whole set are visible, as `validate` needs it.
        extract: The declaration.

    Returns:
        A finding per expectation.
    """
    suite = suite_of_extract(extract)
    return validate(con, f'{CANDIDATE_SCHEMA}."{extract.name}"', suite, parameters_of(suite))


def validate_marts(
    con: duckdb.DuckDBPyConnection, chosen: Callable[[str, Expectation], bool] = lambda _mart, _rule: True
) -> Iterator[tuple[str, Finding]]:
    """Test the marts against the agenda.

    Args:
        con: Connection to a warehouse, with raw attached for the views that read it.
        chosen: Says of a mart and a rule whether it is tested.

    Yields:
        The mart and the finding, per expectation.
    """
    for mart in marts_with_expectations():
        suite = [rule for rule in suite_of_mart(mart) if chosen(mart, rule)]
        for finding in validate(con, f"marts.{mart}", suite, parameters_of(suite)):
            yield mart, finding


def validate(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    suite: Sequence[Expectation],
    parameters: Mapping[str, Any],
) -> list[Finding]:
    """Test a table or view.

    Args:
        con: Connection that stays the caller's. The work happens on cursors of it, which see only what is
            committed and not temporary.
        relation: The table or view as SQL names it.
        suite: What is expected.
        parameters: Values for the `$PARAMETER`s in the suite.

    Returns:
        One finding per expectation, in the order of the suite. A rule that cannot be run is a failed one.

    Raises:
        ValidationError: Two rules have one name, or the findings are not exactly those of the suite.
        duckdb.Error: The relation cannot be read.
    """
    if not suite:
        return []
    if len({rule.name for rule in suite}) < len(suite):
        raise ValidationError(f"{relation}: two rules of one name would give one outcome")
    cursor = partial(_cursor, con, *con.sql("select current_database(), current_schema()").fetchall()[0])
    with cursor() as reader:
        row_count = reader.execute(f"select count(*) from {relation}").fetchall()[0][0]
    outcomes = _outcomes(cursor, relation, suite, parameters)
    findings = [_finding(rule, outcomes[rule.name], parameters, row_count) for rule in suite if rule.name in outcomes]
    if [finding.name for finding in findings] != [rule.name for rule in suite]:
        missing = sorted({rule.name for rule in suite} - outcomes.keys())
        raise ValidationError(f"{relation}: {len(findings)} findings for {len(suite)} rules, missing {missing}")
    return findings


def _cursor(con: duckdb.DuckDBPyConnection, database: str, schema: str) -> duckdb.DuckDBPyConnection:
    # A cursor starts in the default schema of the database, not in the one that its connection uses.
    return con.cursor().execute('use "{}"."{}"'.format(*(name.replace('"', '""') for name in (database, schema))))


def _outcomes(
    cursor: Callable[[], duckdb.DuckDBPyConnection],
    relation: str,
    suite: Sequence[Expectation],
    parameters: Mapping[str, Any],
) -> dict[str, _Outcome]:
    """Run all rules together, and what that did not settle once more alone: one error spoils others beside it."""
    gx = _library()
    outcomes: dict[str, _Outcome] = {}
    prepared = {}
    for rule in suite:
        try:
            prepared[rule.name] = gx.prepared(rule.type, _arguments(rule), parameters)
        except Exception as error:  # whatever a library makes of a bad rule, the rule has failed
            outcomes[rule.name] = _failure(error)
    # Closed before the caller closes its connection: a cursor left open would keep the file locked.
    with closing(gx.engine_on(cursor, relation)) as engine:
        for name, result in gx.test_together(engine, prepared).items():
            outcomes[name] = _Outcome(bool(result["success"]), result.get("result") or {})
        for name, rule in prepared.items():
            if name not in outcomes:
                outcomes[name] = _test_alone(gx, engine, rule)
    return outcomes


@cache
def _library() -> Any:
    """Import Great Expectations, in two thirds of the time that it takes otherwise."""
    _put_off_statistics()
    # Nothing of what is imported is garbage; looking for it again and again takes a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings(), _hidden("pyspark"):
            # The library imports a module that Python has deprecated, about which nothing can be done here.
            warnings.simplefilter("ignore", DeprecationWarning)
            from orchestration import gx_duckdb
    finally:
        if collecting:
            gc.enable()
    return gx_duckdb


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Let nothing that is imported find a package, as if it were not installed.

    Great Expectations imports Spark wherever it is, which takes a second, warns about pandas, and ends a process that
    has no main module, because it takes it for a test of its own.
    """
    known = sys.modules.get(package)
    sys.modules[package] = None  # pyright: ignore[reportArgumentType]
    try:
        yield
    finally:
        del sys.modules[package]
        if known is not None:
            sys.modules[package] = known


def _put_off_statistics() -> None:
    """Let `scipy.stats`, which three rules need that nobody uses here, be loaded when something asks anything of it."""
    if "scipy.stats" in sys.modules:
        return
    import scipy

    spec = importlib.util.find_spec("scipy.stats")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("scipy.stats")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    # As an import does, so that `from scipy import stats` finds it without loading it.
    setattr(scipy, "stats", module)  # noqa: B010
    spec.loader.exec_module(module)


def _arguments(rule: Expectation) -> dict[str, Any]:
    if rule.type != SQL_RULE or "unexpected_rows_query" not in rule.kwargs:
        return rule.kwargs
    return rule.kwargs | {"unexpected_rows_query": _as_named_rows(rule.kwargs["unexpected_rows_query"])}


def _as_named_rows(query: str) -> str:
    """Let `{batch}` behave as the name of a table, in a query with joins and in one without.

    Great Expectations puts a subquery in its place, which must have an alias in the one and must not in the
    other. It also reads `:word` as a parameter.
    """
    body = query.strip().rstrip(";").replace("{batch}", "batch_rows")
    body = re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", body)
    return (
        f"with batch_rows as not materialized (select * from {{batch}})\nselect * from (\n{body}\n) as unexpected_rows"
    )


def _test_alone(gx: Any, engine: Any, rule: Any) -> _Outcome:
    try:
        return _outcome(gx.test_alone(engine, rule))
    except Exception as error:  # whatever a library makes of a bad rule, the rule has failed
        return _failure(error)


def _outcome(result: Any) -> _Outcome:
    # An error is either here itself or one level down, per metric.
    info = result.exception_info or {}
    errors = [info] if "raised_exception" in info else list(info.values())
    messages = [str(error["exception_message"]) for error in errors if error.get("raised_exception", True)]
    return _Outcome(
        bool(result.success) and not messages, result.result or {}, _short(messages[0]) if messages else None
    )


def _failure(error: Exception) -> _Outcome:
    return _Outcome(False, {}, _short(f"{type(error).__name__}: {error}"))


def _short(message: str) -> str:
    return " ".join(message.split("[SQL:")[0].split())[:500]


def _finding(
    rule: Expectation,
    outcome: _Outcome,
    parameters: Mapping[str, Any],
    row_count: int,
) -> Finding:
    expected = _expected(rule, parameters)
    if outcome.error is not None:
        found = f"de controle zelf is mislukt: {outcome.error}"
        return Finding(rule.name, rule.description, "critical", False, expected, found, 0, None)
    result = outcome.result
    rows = result.get("unexpected_rows") or result.get("details", {}).get("unexpected_rows") or []
    examples = _examples(rows, rule, parameters)
    seen = result.get("element_count", row_count)
    if rule.type == SQL_RULE:
        number = int(result["observed_value"])
        found = _found_by_sql(number, examples, seen)
    elif "element_count" in result:
        number = int(result["unexpected_count"] or 0)
        found = _found_in_rows(rule, outcome.passed, number, examples, seen)
    else:
        number = 0 if outcome.passed else 1
        found = f"gevonden: {_shown(_plain(result.get('observed_value')))}"
    return Finding(rule.name, rule.description, rule.severity, outcome.passed, expected, found, number, seen, examples)


def _examples(
    rows: Iterable[Mapping[str, Any]], rule: Expectation, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: row.get("record_nr") or 0)
    return [_example(row, rule, parameters) for row in ordered[:MAX_EXAMPLES]]


def _example(row: Mapping[str, Any], rule: Expectation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    if "record_nr" not in row:
        return {name: _plain(value) for name, value in row.items()}
    names = _columns(rule) or [name for name in row if name != "record_nr"]
    shown = {
        name: row[name]
        if rule.shown is None or name in rule.shown
        else _may_be_shown(row[name], parameters.get(rule.codes.get(name, ""), ()), rule.personal)
        for name in names
        if name in row and name not in rule.hidden
    }
    return {"record_nr": row["record_nr"]} | {name: _plain(value) for name, value in shown.items()}


def _may_be_shown(value: Any, codes: Collection[str], personal: Sequence[str]) -> Any:
    """A number, a day or a code as it is; of what may name a person, the kind of its characters."""
    if isinstance(value, Number) and not isinstance(value, bool):
        written = f"{value}"
        telling = sum(each.isdigit() for each in written) >= TELLING_DIGITS
        if telling or any(re.search(form, written) for form in personal):
            return re.sub("[0-9]", "9", written)
        return value
    if not isinstance(value, str) or value in codes or _LIKE_A_DAY.fullmatch(value):
        return value
    # What is as short as this says nothing by itself, and helps to find the code that a list lacks.
    if codes and len(value) <= SHORT_CODE and " " not in value:
        return value
    return "".join("9" if each.isnumeric() else each if each in _SIGNS else "a" for each in value)


def _columns(rule: Expectation) -> list[str]:
    single = [rule.kwargs[key] for key in ("column", "column_A", "column_B") if key in rule.kwargs]
    return single or list(rule.kwargs.get("column_list", []))


def _plain(value: Any) -> Any:
    """Keep what JSON can hold and write the rest as text."""
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    return float(value) if isinstance(value, Decimal) else str(value)


# Per type of rule about single values: what is wrong with one value, and with several.
_FAULTS = {
    "expect_column_values_to_be_in_set": ("staat niet in de lijst", "staan niet in de lijst"),
    "expect_column_values_to_be_between": ("ligt buiten de grenzen", "liggen buiten de grenzen"),
    "expect_column_values_to_be_unique": ("komt vaker voor", "komen vaker voor"),
}
_FAULT = ("voldoet niet", "voldoen niet")


def _found_in_rows(
    rule: Expectation, passed: bool, number: int, examples: Sequence[Mapping[str, Any]], seen: int
) -> str:
    if number == 0:
        return _nothing_found(seen)
    share = f"{dutch(number)} van {counted(seen, 'rij', 'rijen')}"
    if passed:
        return f"{share} {'wijkt' if number == 1 else 'wijken'} af, minder dan toegestaan"
    columns = _columns(rule)
    if len(columns) == 1 and examples:
        values = list(dict.fromkeys(_shown(example[columns[0]]) for example in examples if columns[0] in example))
        fault = _FAULTS.get(rule.type, _FAULT)[len(values) > 1]
        records = [str(example["record_nr"]) for example in examples if "record_nr" in example]
        where = f" (record {_listed(records)})" if records else ""
        return f"{share}: {' '.join(filter(None, (columns[0], _listed(values), fault)))}{where}"
    shown = _listed([_shown_example(example) for example in examples])
    return f"{share} {_FAULT[number > 1]}: {shown}"


def _found_by_sql(number: int, examples: Sequence[Mapping[str, Any]], seen: int) -> str:
    if number == 0:
        return _nothing_found(seen)
    shown = _listed([_shown_example(example) for example in examples])
    return f"{counted(number, 'afwijking', 'afwijkingen')}: {shown}"


def _nothing_found(seen: int) -> str:
    return f"{counted(seen, 'rij', 'rijen')} bekeken, geen afwijking"


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts[:_IN_TEXT]) + (" en andere" if len(parts) > _IN_TEXT else "")


def _shown_example(example: Mapping[str, Any]) -> str:
    values = ", ".join(f"{name} {_shown(value)}" for name, value in example.items() if name != "record_nr")
    if "record_nr" not in example:
        return values
    return f"record {example['record_nr']}" + (f" ({values})" if values else "")


def _shown(value: Any) -> str:
    if value is None:
        return "leeg"
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value)
    return f"'{value}'" if isinstance(value, str) else str(value)


def _expected(rule: Expectation, parameters: Mapping[str, Any]) -> str:
    say = _DEMANDS.get(rule.type, lambda kwargs: f"{rule.type} met {_plain(kwargs)}")
    try:
        demand = say({name: _filled_in(value, parameters) for name, value in rule.kwargs.items()})
    except (KeyError, TypeError):  # an argument is missing, which makes the rule a failed one
        demand = f"{rule.type} met {_plain(rule.kwargs)}"
    if "mostly" in rule.kwargs:
        demand += f", voor minstens {rule.kwargs['mostly']:.0%} van de rijen"
    return demand


def _filled_in(value: Any, parameters: Mapping[str, Any]) -> Any:
    return parameters[value["$PARAMETER"]] if isinstance(value, dict) and "$PARAMETER" in value else value


def _one_of(kwargs: Mapping[str, Any]) -> str:
    values = [str(value) for value in kwargs["value_set"]]
    shown = ", ".join(values[:MAX_EXAMPLES]) + (", …" if len(values) > MAX_EXAMPLES else "")
    return f"{kwargs['column']} is een van {counted(len(values), 'waarde', 'waarden')}: {shown}"


def _limits(kwargs: Mapping[str, Any]) -> str:
    words = (("min_value", "minstens"), ("max_value", "hoogstens"))
    return " en ".join(f"{word} {kwargs[key]}" for key, word in words if kwargs.get(key) is not None)


def _greater(kwargs: Mapping[str, Any]) -> str:
    comparison = "groter dan of gelijk aan" if kwargs.get("or_equal") else "groter dan"
    return f"{kwargs['column_A']} is {comparison} {kwargs['column_B']}"


_DEMANDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "expect_column_values_to_be_in_set": _one_of,
    "expect_column_values_to_be_between": lambda kwargs: f"{kwargs['column']} is {_limits(kwargs)}",
    "expect_column_values_to_be_unique": lambda kwargs: f"{kwargs['column']} komt per waarde een keer voor",
    "expect_column_values_to_not_be_null": lambda kwargs: f"{kwargs['column']} is gevuld",
    "expect_column_pair_values_a_to_be_greater_than_b": _greater,
    "expect_compound_columns_to_be_unique": lambda kwargs: (
        f"de combinatie van {', '.join(kwargs['column_list'])} komt een keer voor"
    ),
    "expect_table_row_count_to_be_between": lambda kwargs: f"het aantal rijen is {_limits(kwargs)}",
    SQL_RULE: lambda _: "de controle vindt geen enkele rij",
}
