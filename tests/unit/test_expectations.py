"""What is derived from a declaration, and how strictly the written rules are read."""

import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from orchestration.declarations import Extract, read_declarations
from orchestration.expectations import (
    SQL_RULE,
    Expectation,
    ExpectationError,
    Severity,
    code_lists,
    marts_with_expectations,
    parameters_of,
    suite_of_extract,
    suite_of_mart,
)
from orchestration.paths import EXPECTATIONS, ROOT

DECLARATIONS = read_declarations()
RAW_FILES = sorted(EXPECTATIONS.glob("raw/*/*.yml"))
FORM_FILES = sorted(EXPECTATIONS.glob("raw/*.yml"))
MART_FILES = sorted(EXPECTATIONS.glob("marts/*.yml"))
RULE = {
    "name": "regel",
    "type": "expect_column_values_to_be_between",
    "description": "Wat er wordt verwacht.",
    "kwargs": {"column": "code", "max_value": 3},
}
# Its query is a file beside it.
SQL = {"name": "regel", "description": "Wat er wordt verwacht."}


def extract(**changes: Any) -> Extract:
    """Declare a small extract, with changes."""
    declared: dict[str, Any] = {
        "registration": "proef",
        "name": "zaken",
        "description": "Een rij per zaak, om mee te proberen.",
        "delivery": "volledig",
        "key": ["code"],
        "columns": [column("code"), column("persoon", personal=True)],
        "delimiter": ";",
        "encoding": "utf-8",
        "cadence": "maand",
        "max_set_aside_pct": 0,
        "owner": "niemand",
        "purpose": "proef",
        "legal_ground": "geen",
        "retention_years": 1,
        "retention_source": "een proef",
    }
    return Extract.model_validate(declared | changes)


def column(name: str, data_type: str = "varchar", **changes: Any) -> dict[str, Any]:
    """Declare a column, with changes."""
    return {"name": name, "data_type": data_type, "description": "Een kolom om te proberen."} | changes


def write(folder: Path, *rules: dict[str, Any], file: str = "raw/proef/zaken.yml") -> Path:
    """Write a file of rules below a folder and give the folder."""
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml.safe_dump({"expectations": list(rules)}), encoding="utf-8")
    return folder


def write_query(folder: Path, query: str, file: str = "raw/proef/zaken/regel.sql") -> Path:
    """Write the query of a rule below a folder and give the folder."""
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(query, encoding="utf-8")
    return folder


def by_name(suite: list[Expectation]) -> dict[str, Expectation]:
    return {rule.name: rule for rule in suite}


def test_key_of_one_column_is_unique(tmp_path: Path) -> None:
    rule = by_name(suite_of_extract(extract(), tmp_path))["sleutel_uniek"]
    assert (rule.type, rule.kwargs) == ("expect_column_values_to_be_unique", {"column": "code"})
    assert rule.severity == "critical"


def test_key_of_several_columns_is_unique_as_a_whole(tmp_path: Path) -> None:
    rule = by_name(suite_of_extract(extract(key=["code", "persoon"]), tmp_path))["sleutel_uniek"]
    assert rule.type == "expect_compound_columns_to_be_unique"
    assert rule.kwargs == {"column_list": ["code", "persoon"]}


def test_a_delivery_has_a_row_unless_it_holds_changes_only(tmp_path: Path) -> None:
    changes = {"delivery": "mutaties", "change_column": "code", "deletion_code": "V"}
    assert "minstens_een_rij" in by_name(suite_of_extract(extract(), tmp_path))
    assert "minstens_een_rij" not in by_name(suite_of_extract(extract(**changes), tmp_path))


@pytest.mark.parametrize(
    ("key", "named"), [(["code"], 'bron."code"'), (["code", "persoon"], 'bron."code", bron."persoon"')]
)
def test_a_key_may_come_back_among_changes_and_not_in_a_whole_register(
    tmp_path: Path, key: list[str], named: str
) -> None:
    declared = extract(delivery="mutaties", change_column="code", deletion_code="V", key=key)
    rule = by_name(suite_of_extract(declared, tmp_path))["sleutel_uniek"]
    query = rule.kwargs["unexpected_rows_query"]
    assert (rule.type, rule.severity) == (SQL_RULE, "critical")
    assert "levering.soort is distinct from 'mutaties'" in query
    assert f"partition by {named})" in query


def test_a_code_outside_its_list_is_a_warning(tmp_path: Path) -> None:
    declared = extract(columns=[column("code", code_list="eenheid")])
    rule = by_name(suite_of_extract(declared, tmp_path))["code_in_codelijst"]
    assert rule.severity == "warning"
    assert rule.kwargs == {"column": "code", "value_set": {"$PARAMETER": "code_list_eenheid"}}
    assert "eenheid" in rule.description


@pytest.mark.parametrize(
    ("data_type", "bounds", "kwargs"),
    [
        ("integer", {"minimum": 0}, {"min_value": 0}),
        ("decimal(9,2)", {"maximum": 5000}, {"max_value": 5000}),
        ("date", {"minimum": "2005-01-01"}, {"min_value": "2005-01-01"}),
        ("integer", {"minimum": 1, "maximum": 9}, {"min_value": 1, "max_value": 9}),
    ],
)
def test_bounds_of_a_column(tmp_path: Path, data_type: str, bounds: dict[str, Any], kwargs: dict[str, Any]) -> None:
    declared = extract(columns=[column("code"), column("maat", data_type, **bounds)])
    rule = by_name(suite_of_extract(declared, tmp_path))["maat_binnen_grenzen"]
    assert rule.kwargs == {"column": "maat"} | kwargs
    assert rule.severity == "critical"
    assert all(str(value) in rule.description for value in kwargs.values())


def test_bounds_of_a_repeating_column_hold_for_each_of_its_values(tmp_path: Path) -> None:
    declared = extract(columns=[column("code"), column("maten", "date[]", minimum="2005-01-01", maximum=9)])
    rule = by_name(suite_of_extract(declared, tmp_path))["maten_binnen_grenzen"]
    query = rule.kwargs["unexpected_rows_query"]
    assert 'unnest("maten")' in query
    assert "waarde < date '2005-01-01' or waarde > 9" in query


def test_a_reference_looks_for_its_partner_among_the_candidates(tmp_path: Path) -> None:
    declared = extract(columns=[column("code", references="personen.nr")])
    rule = by_name(suite_of_extract(declared, tmp_path))["code_bestaat_in_personen"]
    # As the declaration writes it, and not as a computer does: 0% and not 0.0%.
    assert "hooguit 0% mist daar zijn rij" in rule.description
    assert 'kandidaat."personen" as doel on doel."nr" = bron."code"' in rule.kwargs["unexpected_rows_query"]
    assert rule.severity == "critical"


@pytest.mark.parametrize("meaning", [{"code_list": "eenheid"}, {"references": "personen.nr"}])
def test_what_has_no_meaning_for_a_repeating_column_is_refused(tmp_path: Path, meaning: dict[str, str]) -> None:
    declared = extract(columns=[column("code"), column("maten", "integer[]", **meaning)])
    with pytest.raises(ExpectationError, match="'maten' repeats"):
        suite_of_extract(declared, tmp_path)


def test_written_rules_follow_the_derived_ones_and_hide_what_may_name_somebody(tmp_path: Path) -> None:
    columns = [
        column("code", code_list="eenheid"),
        column("zaak_nr", "bigint"),
        column("persoon", personal=True),
        column("toelichting"),
        column("dag", "date"),
        column("bedrag", "decimal(9,2)"),
    ]
    suite = suite_of_extract(extract(columns=columns), write(tmp_path, RULE))
    assert [rule.name for rule in suite] == ["sleutel_uniek", "minstens_een_rij", "code_in_codelijst", "regel"]
    assert {rule.hidden for rule in suite} == {("zaak_nr", "persoon", "toelichting")}
    assert suite[-1].severity == "critical"


def test_dates_in_written_rules_become_text(tmp_path: Path) -> None:
    file = write(tmp_path) / "raw" / "proef" / "zaken.yml"
    text = "expectations: [{name: x, type: y, description: lang genoeg, kwargs: {a: [2020-01-31]}}]"
    file.write_text(text, encoding="utf-8")
    assert suite_of_extract(extract(), tmp_path)[-1].kwargs == {"a": ["2020-01-31"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"serverity": "critical"}, r"zaken\.yml:\n  rule regel: serverity: Extra inputs"),
        ({"severity": "info"}, "rule regel: severity: Input should be 'critical' or 'warning'"),
        ({"name": "Regel 1"}, "rule Regel 1: name: String should match"),
        ({"name": "sleutel_uniek"}, r"zaken\.yml: name sleutel_uniek occurs twice"),
        ({"description": "kort"}, "rule regel: description: String should have at least 10"),
        ({"type": SQL_RULE}, r"rule regel: type: .*a rule in SQL names no type"),
        ({"type": None}, "rule regel: .*kwargs without a type"),
        ({"kwargs": {"column": "cod"}}, r"zaken\.yml: rule regel: cod is no column of proef\.zaken"),
        ({"kwargs": {"column_list": ["code", "stand_datum", "x"]}}, "rule regel: x is no column"),
    ],
)
def test_a_rule_that_is_not_in_order_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ExpectationError, match=message):
        suite_of_extract(extract(), write(tmp_path, RULE | change))


@pytest.mark.parametrize("place", ["raw/proef/zaken", "raw/vorm", "marts/fct_proef"])
def test_a_rule_without_a_type_is_the_query_beside_it(tmp_path: Path, place: str) -> None:
    folder = write(tmp_path, SQL | {"severity": "warning"}, file=f"{place}.yml")
    write_query(folder, "select code\nfrom {{ batch }}\n", f"{place}/regel.sql")
    declared = extract(form="vorm" if place == "raw/vorm" else None)
    suite = suite_of_mart("fct_proef", folder) if "marts" in place else suite_of_extract(declared, folder)
    query = {"unexpected_rows_query": "select code\nfrom {batch}"}
    assert (suite[-1].name, suite[-1].type, suite[-1].kwargs) == ("regel", SQL_RULE, query)
    assert (suite[-1].severity, suite[-1].description) == ("warning", "Wat er wordt verwacht.")


def test_a_query_that_does_not_read_the_table_is_named(tmp_path: Path) -> None:
    folder = write_query(write(tmp_path, SQL), "select 1 from batch")
    with pytest.raises(ExpectationError, match=r"zaken/regel\.sql: the query does not read \{\{ batch \}\}"):
        suite_of_extract(extract(), folder)


def test_a_rule_without_its_query_is_named(tmp_path: Path) -> None:
    folder = write_query(write(tmp_path, SQL), "from {{ batch }}", "raw/proef/regel.sql")
    with pytest.raises(ExpectationError, match=r"zaken\.yml: rule regel: has no type .*raw/proef/zaken/regel\.sql"):
        suite_of_extract(extract(), folder)


@pytest.mark.parametrize("rule", [RULE, SQL | {"name": "anders"}])
def test_a_query_without_its_rule_is_named(tmp_path: Path, rule: dict[str, Any]) -> None:
    folder = write_query(write(tmp_path, rule), "from {{ batch }}")
    with pytest.raises(ExpectationError, match=r"zaken/regel\.sql: no rule regel without a type .*zaken\.yml"):
        suite_of_extract(extract(), folder)


def test_a_query_without_a_file_of_rules_is_named(tmp_path: Path) -> None:
    write_query(tmp_path, "from {{ batch }}")
    with pytest.raises(ExpectationError, match=r"raw/proef/zaken\.yml: no such file"):
        suite_of_extract(extract(), tmp_path)
    write_query(tmp_path, "from {{ batch }}", "marts/fct_proef/regel.sql")
    assert marts_with_expectations(tmp_path) == ["fct_proef"]
    with pytest.raises(ExpectationError, match=r"marts/fct_proef\.yml: no such file"):
        suite_of_mart("fct_proef", tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("expectations: [", r"zaken\.yml: not YAML"),
        ("", r"zaken\.yml:\n  \(the whole file\): "),
        ("expectations: []", "expectations: List should have at least 1 item"),
        ("expectations: [tekst]", "rule number 1: "),
        ("rules: []", "rules: Extra inputs are not permitted"),
    ],
)
def test_a_file_that_is_not_in_order_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path) / "raw" / "proef" / "zaken.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationError, match=message):
        suite_of_extract(extract(), tmp_path)


def test_marts_have_the_rules_of_their_file(tmp_path: Path) -> None:
    folder = write(tmp_path, RULE, RULE | {"name": "nog_een"}, file="marts/fct_proef.yml")
    assert marts_with_expectations(folder) == ["fct_proef"]
    assert [rule.name for rule in suite_of_mart("fct_proef", folder)] == ["regel", "nog_een"]
    with pytest.raises(ExpectationError, match="'fct_ander'"):
        suite_of_mart("fct_ander", folder)


def test_a_name_occurs_once_in_the_suite_of_a_mart(tmp_path: Path) -> None:
    folder = write(tmp_path, RULE, RULE, file="marts/fct_proef.yml")
    with pytest.raises(ExpectationError, match="name regel occurs twice"):
        suite_of_mart("fct_proef", folder)


def test_code_lists_are_the_first_column_of_their_seed(tmp_path: Path) -> None:
    (tmp_path / "letters.csv").write_text('code,naam\nA,"aa, met komma"\nB,bee\n', encoding="utf-8")
    assert code_lists(["letters"], tmp_path) == {"letters": ["A", "B"]}


def test_a_code_list_without_seed_or_codes_is_named(tmp_path: Path) -> None:
    (tmp_path / "leeg.csv").write_text("code,naam\n", encoding="utf-8")
    with pytest.raises(ExpectationError, match=r"cijfers\.csv: no such seed"):
        code_lists(["cijfers"], tmp_path)
    with pytest.raises(ExpectationError, match=r"leeg\.csv: holds no codes"):
        code_lists(["leeg"], tmp_path)


def test_parameters_are_looked_up_wherever_a_rule_asks_for_them(tmp_path: Path) -> None:
    (tmp_path / "letters.csv").write_text("code\nA\n", encoding="utf-8")
    asked = {"a": [{"b": {"$PARAMETER": "code_list_letters"}}]}
    rule = Expectation("regel", "een_type", asked, "critical", "Wat er wordt verwacht.")
    assert parameters_of([rule], tmp_path) == {"code_list_letters": ["A"]}
    unknown = Expectation("regel", "een_type", {"a": {"$PARAMETER": "iets"}}, "critical", "Verwachting.")
    with pytest.raises(ExpectationError, match="rule regel: asks for parameter 'iets'"):
        parameters_of([unknown], tmp_path)


def test_every_written_file_belongs_to_a_declared_extract() -> None:
    assert RAW_FILES
    assert {(file.parent.name, file.stem) for file in RAW_FILES} <= DECLARATIONS.keys()
    assert {file.stem for file in FORM_FILES} == {declared.form for declared in DECLARATIONS.values() if declared.form}
    # Nothing lies where no suite would read it.
    files = [*RAW_FILES, *FORM_FILES, *MART_FILES]
    queries = [query for file in files for query in file.with_suffix("").glob("*.sql")]
    assert len(queries) > len(files)
    assert sorted(file for file in EXPECTATIONS.rglob("*") if file.is_file()) == sorted([*files, *queries])


def test_what_is_expected_of_a_form_is_expected_of_each_extract_in_it(tmp_path: Path) -> None:
    folder = write(write(tmp_path, RULE, file="raw/vorm.yml"), RULE | {"name": "eigen"})
    assert [rule.name for rule in suite_of_extract(extract(form="vorm"), folder)][-2:] == ["regel", "eigen"]
    assert [rule.name for rule in suite_of_extract(extract(form="vorm", name="andere"), folder)][-1] == "regel"
    assert "regel" not in by_name(suite_of_extract(extract(), folder))
    with pytest.raises(ExpectationError, match=r"raw/geen\.yml: no such file"):
        suite_of_extract(extract(form="geen"), folder)
    with pytest.raises(ExpectationError, match=r"zaken\.yml: name regel occurs twice"):
        suite_of_extract(extract(form="vorm"), write(folder, RULE))


@pytest.mark.parametrize("declared", DECLARATIONS.values(), ids=lambda declared: ".".join(declared.asset_key))
def test_every_declared_extract_has_a_suite_that_is_in_order(declared: Extract) -> None:
    suite = suite_of_extract(declared)
    names = [rule.name for rule in suite]
    assert len(set(names)) == len(names)
    assert {rule.severity for rule in suite} <= set(get_args(Severity))
    assert all(rule.description.endswith(".") for rule in suite)
    lists = {column.code_list for column in declared.columns if column.code_list}
    assert set(parameters_of(suite)) == {f"code_list_{name}" for name in lists}


def test_every_mart_with_expectations_has_a_suite_that_is_in_order() -> None:
    assert marts_with_expectations() == [file.stem for file in MART_FILES]
    for mart in marts_with_expectations():
        assert suite_of_mart(mart)


def test_listing_expectations_imports_no_framework() -> None:
    code = (
        "import sys, orchestration.expectations, orchestration.validation; "
        "print([name for name in ('great_expectations', 'dagster', 'dbt', 'pandas') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
