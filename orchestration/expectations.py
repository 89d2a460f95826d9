"""What is expected of a delivery and of a mart, as data: derived from a declaration, or read from a file.

Nothing here looks at a row; `validation` does that. The vocabulary (types of rules, arguments) is that of
Great Expectations, but this module does not import it, so that listing the checks does not cost its seconds.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.declarations import Column, Extract
from orchestration.forms import personal_forms
from orchestration.paths import EXPECTATIONS, ROOT, SEEDS, seed_file
from orchestration.wording import dutch

Severity = Literal["critical", "warning"]

CANDIDATE_SCHEMA = "kandidaat"
# Stands in the database of the candidates' rows, which is the one in use while they are tested.
REGISTER = "leveringen.levering"
CANDIDATE_COLUMNS = ("levering_nr", "record_nr", "stand_datum")
CODE_LIST_PARAMETER = "code_list_"

SQL_RULE = "unexpected_rows_expectation"
# The table in a file with a query, so that the linter of SQL can read it.
BATCH = "{{ batch }}"

# The one in C reads the same ten times as fast, where PyYAML was built with it.
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")
_COLUMNS_ARGUMENTS = ("column_list", "column_set")


class ExpectationError(ValueError):
    """A file of expectations, or what it refers to, is not in order; the message names file and rule."""


@dataclass(frozen=True)
class Expectation:
    """One thing that is expected of a table.

    Args:
        name: Identifier, unique in its suite; the name of the check.
        type: Type of rule in the vocabulary of Great Expectations, snake_case.
        kwargs: Its arguments; `{"$PARAMETER": <name>}` is filled in when the rule is run.
        severity: `critical` refuses or blocks, `warning` reports.
        description: Dutch: what is expected.
        hidden: Columns whose values are not shown where a record number can be shown instead.
        shown: Columns whose text is shown as it was delivered; of other text beside a record number only codes are. All
            columns where None, as of a mart, which holds no delivered text.
        codes: Columns with a code list, with the parameter that holds its codes.
        personal: Patterns of the numbers of persons that the extract holds; what has that form is not shown.
    """

    name: str
    type: str
    kwargs: dict[str, Any]
    severity: Severity
    description: str
    hidden: tuple[str, ...] = field(default=())
    shown: tuple[str, ...] | None = None
    codes: dict[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = field(default=())


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rule(_Strict):
    name: str = Field(pattern=r"^[a-z0-9_]+$")
    # Without it the rule is SQL, in a file of its own.
    type: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    severity: Severity = "critical"
    description: str = Field(min_length=10)
    kwargs: dict[str, Any] | None = None

    @field_validator("type")
    @classmethod
    def _sql_is_a_file(cls, value: str | None) -> str | None:
        if value == SQL_RULE:
            raise ValueError("a rule in SQL names no type; its query stands in <name>.sql")
        return value

    @model_validator(mode="after")
    def _arguments_have_a_type(self) -> Self:
        if self.type is None and self.kwargs is not None:
            raise ValueError("kwargs without a type; a rule in SQL has neither")
        return self


class _Rules(_Strict):
    expectations: list[_Rule] = Field(min_length=1)


def suite_of_extract(extract: Extract, folder: Path = EXPECTATIONS) -> list[Expectation]:
    """List what is expected of a delivery of an extract.

    Args:
        extract: The declaration, from which keys, code lists, bounds and references are derived.
        folder: Folder with `raw/<registration>/<extract>.yml`: what is expected beyond the declaration. The
            file may be absent. What is expected of a form that several suppliers share stands in `raw/<form>.yml`. The
            query of a rule in SQL stands in `<name of the rule>.sql`, in a folder beside the file and named as it.

    Returns:
        The derived rules in the order of the columns, then the written ones in the order of the files.

    Raises:
        ExpectationError: A file is not in order, or a rule cannot apply to this extract.
    """
    suite = _derived(extract)
    own = folder / "raw" / extract.registration / f"{extract.name}.yml"
    # The form must be there: an extract that names one expects something of it.
    files = [folder / "raw" / f"{extract.form}.yml"] if extract.form else []
    for file in [*files, own] if own.exists() or _queries(own) else files:
        written = _read(file)
        for rule in written:
            _check_columns(rule, extract, file)
        suite = [*suite, *written]
        _check_names(suite, file)
    hidden = tuple(column.name for column in extract.columns if not _may_be_shown(column))
    shown = tuple(column.name for column in extract.columns if column.shown)
    codes = {column.name: f"{CODE_LIST_PARAMETER}{column.code_list}" for column in extract.columns if column.code_list}
    personal = personal_forms(extract)
    return [replace(rule, hidden=hidden, shown=shown, codes=codes, personal=personal) for rule in suite]


def suite_of_mart(mart: str, folder: Path = EXPECTATIONS) -> list[Expectation]:
    """List what is expected of a mart.

    Args:
        mart: Name of the mart.
        folder: Folder with `marts/<mart>.yml`, and `marts/<mart>/<name of the rule>.sql` for each rule in SQL.

    Returns:
        The rules in the order of the file.

    Raises:
        ExpectationError: The file is absent or not in order.
    """
    file = folder / "marts" / f"{mart}.yml"
    if not file.exists():
        raise ExpectationError(f"{_shown(file)}: no such file, so nothing is expected of mart {mart!r}")
    suite = _read(file)
    _check_names(suite, file)
    return suite


def marts_with_expectations(folder: Path = EXPECTATIONS) -> list[str]:
    """List the marts of which something is expected.

    Args:
        folder: Folder with `marts/<mart>.yml`. A mart with queries alone is listed too: reading it says what is amiss.

    Returns:
        Their names, sorted.
    """
    marts = folder / "marts"
    return sorted({file.stem for file in marts.glob("*.yml")} | {file.parent.name for file in marts.glob("*/*.sql")})


def code_lists(names: Iterable[str], seeds: Path = SEEDS) -> dict[str, list[str]]:
    """Read the permitted codes of code lists.

    Args:
        names: Names of the seeds.
        seeds: Folder with `<name>.csv` in it or below it, codes in the first column.

    Returns:
        The codes per seed, in the order of the file.

    Raises:
        ExpectationError: A seed is absent or has no codes.
    """
    return {name: _codes(seed_file(name, seeds)) for name in names}


def parameters_of(suite: Iterable[Expectation], seeds: Path = SEEDS) -> dict[str, Any]:
    """Look up the values of the parameters that rules ask for.

    Args:
        suite: The rules.
        seeds: Folder with the code lists.

    Returns:
        The value per parameter, for `validate`.

    Raises:
        ExpectationError: A rule asks for a parameter that is no code list, or for a code list that is absent.
    """
    values: dict[str, Any] = {}
    for rule in suite:
        for parameter in _parameters(rule.kwargs):
            seed = parameter.removeprefix(CODE_LIST_PARAMETER)
            if seed == parameter:
                raise ExpectationError(
                    f"rule {rule.name}: asks for parameter {parameter!r}, but only {CODE_LIST_PARAMETER}<seed> is known"
                )
            values[parameter] = code_lists([seed], seeds)[seed]
    return values


def _may_be_shown(column: Column) -> bool:
    """Whether a value of a column may be shown: a code, an amount or a day, and no free text unless declared so."""
    is_free_text = column.element_type == "varchar" and column.code_list is None
    return column.shown or not (column.identifies or is_free_text)


def code_list_check(column: Column) -> str:
    """Name of the rule that holds a column against its code list.

    Args:
        column: A column with a code list.
    """
    return f"{column.name}_in_codelijst"


def _derived(extract: Extract) -> list[Expectation]:
    rules = [_key_rule(extract)]
    if extract.delivery != "mutaties":
        rules.append(
            Expectation(
                "minstens_een_rij",
                "expect_table_row_count_to_be_between",
                {"min_value": 1},
                "critical",
                "De levering bevat minstens een rij.",
            )
        )
    for column in extract.columns:
        if column.code_list is not None:
            rules.append(_code_list_rule(column))
        if column.minimum is not None or column.maximum is not None:
            rules.append(_bounds_rule(column))
        if column.references is not None:
            rules.append(_reference_rule(column, extract.max_set_aside_pct))
    return rules


def _key_rule(extract: Extract) -> Expectation:
    if extract.delivery == "mutaties":
        return _key_rule_of_changes(extract)
    description = f"Elke rij heeft een eigen sleutel ({', '.join(extract.key)})."
    if len(extract.key) == 1:
        kwargs: dict[str, Any] = {"column": extract.key[0]}
        return Expectation("sleutel_uniek", "expect_column_values_to_be_unique", kwargs, "critical", description)
    kwargs = {"column_list": extract.key}
    return Expectation("sleutel_uniek", "expect_compound_columns_to_be_unique", kwargs, "critical", description)


def _key_rule_of_changes(extract: Extract) -> Expectation:
    """Among changes a key may come back, and its last record counts; not so in the whole register."""
    key = ", ".join(f'bron."{name}"' for name in extract.key)
    # The rows do not say what kind of delivery they are of; the register of deliveries does.
    query = (
        f"select bron.record_nr, {key} from {{batch}} as bron "
        f"left join {REGISTER} as levering on levering.levering_nr = bron.levering_nr "
        "where levering.soort is distinct from 'mutaties' "
        f"qualify count(*) over (partition by {key}) > 1"
    )
    return _sql_rule(
        "sleutel_uniek",
        query,
        f"In een volledige levering heeft elke rij een eigen sleutel ({', '.join(extract.key)}); "
        "tussen mutaties mag een sleutel terugkomen en geldt het laatste record.",
    )


def _code_list_rule(column: Column) -> Expectation:
    if column.repeats:
        # A rule on the parts of a list is SQL text, into which a code list cannot be filled in.
        raise ExpectationError(f"column {column.name!r} repeats, which goes with no code list")
    # An unknown code empties one figure later on; that is no reason to refuse the rest of a delivery.
    return Expectation(
        code_list_check(column),
        "expect_column_values_to_be_in_set",
        {"column": column.name, "value_set": {"$PARAMETER": f"{CODE_LIST_PARAMETER}{column.code_list}"}},
        "warning",
        f"Elke waarde van {column.name} staat in codelijst {column.code_list}.",
    )


def _bounds_rule(column: Column) -> Expectation:
    bounds = {"min_value": _plain(column.minimum), "max_value": _plain(column.maximum)}
    bounds = {key: value for key, value in bounds.items() if value is not None}
    limits = [
        f"{word} {bounds[key]}"
        for key, word in (("min_value", "minstens"), ("max_value", "hoogstens"))
        if key in bounds
    ]
    name = f"{column.name}_binnen_grenzen"
    description = f"Elke waarde van {column.name} is {' en '.join(limits)}."
    if not column.repeats:
        return Expectation(
            name,
            "expect_column_values_to_be_between",
            {"column": column.name} | bounds,
            "critical",
            description,
        )
    outside = [
        f"waarde {comparison} {_literal(bounds[key], column.element_type)}"
        for key, comparison in (("min_value", "<"), ("max_value", ">"))
        if key in bounds
    ]
    query = (
        f'select record_nr, waarde from (select record_nr, unnest("{column.name}") as waarde from {{batch}}) '
        f"where {' or '.join(outside)}"
    )
    return _sql_rule(name, query, description)


def _reference_rule(column: Column, tolerated_pct: float) -> Expectation:
    """Every value has a partner, but for as many as may have been set aside on the other side."""
    if column.repeats:
        raise ExpectationError(f"column {column.name!r} repeats, which goes with no reference")
    other, target = str(column.references).split(".")
    query = (
        f'select bron.record_nr, bron."{column.name}" from {{batch}} as bron '
        f'left join {CANDIDATE_SCHEMA}."{other}" as doel on doel."{target}" = bron."{column.name}" '
        f'where bron."{column.name}" is not null and doel."{target}" is null '
        f"qualify count(*) over () > {tolerated_pct / 100} * (select count(*) from {{batch}})"
    )
    return _sql_rule(
        f"{column.name}_bestaat_in_{other}",
        query,
        f"Waarden van {column.name} komen voor als {target} in {other} van dezelfde levering; hooguit "
        f"{dutch(tolerated_pct)}% mist daar zijn rij, zoals een rij die apart is gezet.",
    )


def _sql_rule(name: str, query: str, description: str) -> Expectation:
    return Expectation(name, SQL_RULE, {"unexpected_rows_query": query}, "critical", description)


def _literal(value: Any, data_type: str) -> str:
    return f"{data_type} '{value}'" if isinstance(value, str) else str(value)


def _read(file: Path) -> list[Expectation]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_SAFE_LOADER)
    except FileNotFoundError:
        raise ExpectationError(f"{_shown(file)}: no such file") from None
    except yaml.YAMLError as error:
        raise ExpectationError(f"{_shown(file)}: not YAML: {error}") from error
    try:
        rules = _Rules.model_validate(content).expectations
    except ValidationError as error:
        raise ExpectationError(f"{_shown(file)}:\n{_explain(error, content)}") from error
    queries = _queries(file)
    for name in sorted(queries.keys() - {rule.name for rule in rules if rule.type is None}):
        raise ExpectationError(f"{_shown(queries[name])}: no rule {name} without a type stands in {_shown(file)}")
    return [_written(rule, file, queries) for rule in rules]


def _queries(file: Path) -> dict[str, Path]:
    """The files with the queries of the rules of a file, by the name of the rule."""
    return {query.stem: query for query in file.with_suffix("").glob("*.sql")}


def _written(rule: _Rule, file: Path, queries: Mapping[str, Path]) -> Expectation:
    if rule.type is not None:
        return Expectation(rule.name, rule.type, _plain(rule.kwargs or {}), rule.severity, rule.description)
    if rule.name not in queries:
        place = _shown(file.with_suffix("") / f"{rule.name}.sql")
        raise ExpectationError(f"{_shown(file)}: rule {rule.name}: has no type and no query; {place} is not there")
    query = queries[rule.name].read_text(encoding="utf-8").strip()
    # Without it a rule reports on rows that it never looked at.
    if BATCH not in query:
        raise ExpectationError(f"{_shown(queries[rule.name])}: the query does not read {BATCH}")
    kwargs = {"unexpected_rows_query": query.replace(BATCH, "{batch}")}
    return Expectation(rule.name, SQL_RULE, kwargs, rule.severity, rule.description)


def _explain(error: ValidationError, content: Any) -> str:
    lines = []
    for fault in error.errors():
        path = list(fault["loc"])
        if len(path) >= 2 and path[0] == "expectations" and isinstance(path[1], int):
            rule = content["expectations"][path[1]]
            name = rule.get("name") if isinstance(rule, dict) else None
            path[:2] = [f"rule {name or f'number {path[1] + 1}'}"]
        where = ": ".join(str(part) for part in path) or "(the whole file)"
        lines.append(f"  {where}: {fault['msg']}")
    return "\n".join(lines)


def _check_names(suite: Sequence[Expectation], file: Path) -> None:
    names = [rule.name for rule in suite]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ExpectationError(f"{_shown(file)}: name {', '.join(twice)} occurs twice (derived rules included)")


def _check_columns(rule: Expectation, extract: Extract, file: Path) -> None:
    known = [*CANDIDATE_COLUMNS, *(column.name for column in extract.columns)]
    named = [rule.kwargs[key] for key in _COLUMN_ARGUMENTS if key in rule.kwargs]
    for key in _COLUMNS_ARGUMENTS:
        named.extend(rule.kwargs.get(key, []))
    unknown = [str(column) for column in named if column not in known]
    if unknown:
        raise ExpectationError(
            f"{_shown(file)}: rule {rule.name}: {', '.join(unknown)} is no column of "
            f"{extract.registration}.{extract.name}"
        )


def _parameters(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$PARAMETER" in value:
            yield value["$PARAMETER"]
        for part in value.values():
            yield from _parameters(part)
    elif isinstance(value, list):
        for part in value:
            yield from _parameters(part)


def _codes(file: Path) -> list[str]:
    if not file.exists():
        raise ExpectationError(f"{_shown(file)}: no such seed, although it is declared as a code list")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    # A list that is kept in versions has a code once for each.
    codes = list(dict.fromkeys(row[0] for row in rows[1:] if row and row[0]))
    if not codes:
        raise ExpectationError(f"{_shown(file)}: holds no codes")
    return codes


def _plain(value: Any) -> Any:
    """Write dates as ISO text: DuckDB compares those with dates, and rules stay JSON."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _shown(file: Path) -> Path:
    return file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
