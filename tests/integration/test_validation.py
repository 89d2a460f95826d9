"""Great Expectations on DuckDB: every rule in use is seen to pass and to fail, with what it then says."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import gx_duckdb, register, validation
from orchestration.declarations import Extract, read_declarations
from orchestration.expectations import (
    SQL_RULE,
    Expectation,
    marts_with_expectations,
    parameters_of,
    suite_of_extract,
    suite_of_mart,
)
from orchestration.paths import ROOT
from orchestration.validation import Finding, ValidationError, validate, validate_extract

DECLARATIONS = read_declarations()
OPEN_DATA = ROOT.parent / "shared" / "open-data"

TABLE = """
    create or replace table kandidaat.proef (
        record_nr bigint, stand_datum date, code varchar, soort varchar, maat decimal(9,2), dag date,
        maten bigint[]
    )
"""
GOOD = [
    (1, "2024-03-31", "A", "X", 1, "2024-01-01", [1, 2]),
    (2, "2024-03-31", "B", None, 2.5, "2024-03-31", [3, 4]),
    (3, "2024-03-31", "C", "X", None, None, None),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as kandidaat")
        register.prepare(connection)
        connection.execute(TABLE)
        connection.executemany("insert into kandidaat.proef values (?, ?, ?, ?, ?, ?, ?)", GOOD)
        yield connection


def rule(kind: str, name: str = "regel", hidden: tuple[str, ...] = (), **kwargs: Any) -> Expectation:
    return Expectation(name, kind, kwargs, "warning", "Wat er wordt verwacht.", hidden)


def one(con: duckdb.DuckDBPyConnection, tested: Expectation, **parameters: Any) -> Finding:
    (finding,) = validate(con, "kandidaat.proef", [tested], parameters)
    return finding


def records(finding: Finding) -> list[int]:
    return [example["record_nr"] for example in finding.examples]


# Rule, statement that breaks a row, deviating rows, their records, what is said.
CASES = [
    (
        rule("expect_column_values_to_be_unique", column="code"),
        "update kandidaat.proef set code = 'A' where record_nr = 3",
        2,
        [1, 3],
        "2 van 3 rijen: code 'A' komt vaker voor (record 1, 3)",
    ),
    (
        rule("expect_compound_columns_to_be_unique", column_list=["code", "soort"]),
        "update kandidaat.proef set code = 'A' where record_nr = 3",
        2,
        [1, 3],
        "2 van 3 rijen voldoen niet: record 1 (code 'A', soort 'X'), record 3 (code 'A', soort 'X')",
    ),
    (
        rule("expect_table_row_count_to_be_between", min_value=1),
        "delete from kandidaat.proef",
        1,
        [],
        "gevonden: 0",
    ),
    (
        rule("expect_column_values_to_be_in_set", column="soort", value_set={"$PARAMETER": "code_list_x"}),
        "update kandidaat.proef set soort = code where record_nr > 1",
        2,
        [2, 3],
        "2 van 3 rijen: soort 'B', 'C' staan niet in de lijst (record 2, 3)",
    ),
    (
        rule("expect_column_values_to_be_between", column="maat", min_value=0, max_value=5000),
        "update kandidaat.proef set maat = 5000.01 where record_nr = 3",
        1,
        [3],
        "1 van 3 rijen: maat 5000.01 ligt buiten de grenzen (record 3)",
    ),
    (
        rule("expect_column_values_to_be_between", column="dag", min_value="2005-01-01"),
        "update kandidaat.proef set dag = '2004-12-31' where record_nr = 2",
        1,
        [2],
        "1 van 3 rijen: dag '2004-12-31' ligt buiten de grenzen (record 2)",
    ),
    (
        rule(
            "expect_column_pair_values_a_to_be_greater_than_b",
            column_A="stand_datum",
            column_B="dag",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
        "update kandidaat.proef set dag = '2024-04-01' where record_nr = 2",
        1,
        [2],
        "1 van 3 rijen voldoet niet: record 2 (stand_datum '2024-03-31', dag '2024-04-01')",
    ),
    (
        rule(SQL_RULE, unexpected_rows_query="select record_nr, soort from {batch} where code = 'Z'"),
        "update kandidaat.proef set code = 'Z' where record_nr > 1",
        2,
        [2, 3],
        "2 afwijkingen: record 2 (soort leeg), record 3 (soort 'X')",
    ),
]


@pytest.mark.parametrize(
    ("tested", "breaks", "number", "broken", "found"),
    CASES,
    ids=[f"{case[0].type}-{case[0].kwargs.get('column')}" for case in CASES],
)
def test_a_rule_passes_on_good_rows_and_fails_on_a_broken_one(
    con: duckdb.DuckDBPyConnection,
    tested: Expectation,
    breaks: str,
    number: int,
    broken: list[int],
    found: str,
) -> None:
    good = one(con, tested, code_list_x=["X", "Y"])
    assert (good.passed, good.unexpected_count, good.row_count, good.examples) == (True, 0, 3, [])
    con.execute(breaks)
    bad = one(con, tested, code_list_x=["X", "Y"])
    assert (bad.passed, bad.severity, bad.unexpected_count) == (False, "warning", number)
    assert records(bad) == broken
    assert bad.found == found
    assert bad.expected


def test_every_type_of_rule_in_use_is_tried_here() -> None:
    suites = [suite_of_extract(declared) for declared in DECLARATIONS.values()]
    suites += [suite_of_mart(mart) for mart in marts_with_expectations()]
    used = {tested.type for suite in suites for tested in suite}
    tried = {case[0].type for case in CASES} | {kind for kind, _good, _bad in DIALECT}
    assert used <= tried


# Type, arguments under which the good rows pass, arguments under which they fail.
DIALECT = [
    ("expect_column_values_to_match_regex", {"column": "code", "regex": "^[A-C]$"}, {"regex": "A|B"}),
    ("expect_column_values_to_not_match_regex", {"column": "code", "regex": "Z"}, {"regex": "A"}),
    (
        "expect_column_values_to_match_regex_list",
        {"column": "code", "regex_list": ["^A$", "^[B-C]$"]},
        {"match_on": "all"},
    ),
    (
        "expect_column_values_to_not_match_regex_list",
        {"column": "code", "regex_list": ["Y", "Z"]},
        {"regex_list": ["A", "Z"]},
    ),
    (
        "expect_column_values_to_match_like_pattern",
        {"column": "code", "like_pattern": "_"},
        {"like_pattern": "A%"},
    ),
    (
        "expect_column_values_to_not_match_like_pattern",
        {"column": "code", "like_pattern": "Z%"},
        {"like_pattern": "A"},
    ),
    (
        "expect_column_values_to_match_like_pattern_list",
        {"column": "code", "like_pattern_list": ["A", "%"]},
        {"match_on": "all"},
    ),
    (
        "expect_column_values_to_not_match_like_pattern_list",
        {"column": "code", "like_pattern_list": ["Z"]},
        {"like_pattern_list": ["Z", "A"]},
    ),
    (
        "expect_column_values_to_match_strftime_format",
        {"column": "tekst", "strftime_format": "%Y-%m-%d"},
        {"strftime_format": "%d-%m-%Y"},
    ),
    ("expect_column_values_to_be_of_type", {"column": "maat", "type_": "DECIMAL"}, {"type_": "DATE"}),
    (
        "expect_column_values_to_be_in_type_list",
        {"column": "dag", "type_list": ["DATE"]},
        {"type_list": ["ONBEKEND"]},
    ),
    ("expect_column_values_to_not_be_null", {"column": "code"}, {"column": "soort"}),
    ("expect_column_to_exist", {"column": "code"}, {"column": "kode"}),
    ("expect_table_row_count_to_equal", {"value": 3}, {"value": 4}),
    ("expect_column_sum_to_be_between", {"column": "maat", "min_value": 3.5}, {"min_value": 3.6}),
    (
        "expect_column_max_to_be_between",
        {"column": "dag", "max_value": "2024-03-31"},
        {"max_value": "2024-03-30"},
    ),
    (
        "expect_column_distinct_values_to_be_in_set",
        {"column": "soort", "value_set": ["X"]},
        {"value_set": ["Y"]},
    ),
    ("expect_column_unique_value_count_to_be_between", {"column": "code", "min_value": 3}, {"min_value": 4}),
    (
        "expect_column_values_to_be_in_set",
        {
            "column": "code",
            "value_set": ["A"],
            "row_condition": {
                "type": "comparison",
                "column": {"name": "code"},
                "operator": "==",
                "parameter": "A",
            },
        },
        {"value_set": ["B"]},
    ),
]


@pytest.mark.parametrize(("kind", "good", "bad"), DIALECT, ids=[kind for kind, _good, _bad in DIALECT])
def test_a_rule_of_the_vocabulary_works_in_duckdb(
    con: duckdb.DuckDBPyConnection, kind: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    con.execute("create view kandidaat.ruim as select *, dag::varchar as tekst from kandidaat.proef")
    suite = [rule(kind, "goed", **good), rule(kind, "fout", **good | bad)]
    passes, fails = validate(con, "kandidaat.ruim", suite, {})
    assert (passes.passed, fails.passed) == (True, False)
    assert fails.row_count  # it failed on the rows, not on an error
    assert fails.unexpected_count > 0


def test_a_duplicate_key_with_an_empty_part_is_found(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update kandidaat.proef set code = 'A', soort = null")
    finding = one(con, rule("expect_compound_columns_to_be_unique", column_list=["code", "soort"]))
    assert (finding.unexpected_count, records(finding)) == (3, [1, 2, 3])


def test_empty_values_meet_every_rule_about_values(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update kandidaat.proef set soort = null, dag = null, code = 'Z' where true")
    suite = [
        rule("expect_column_values_to_be_unique", "a", column="soort"),
        rule("expect_column_values_to_be_in_set", "b", column="soort", value_set=["X"]),
        rule("expect_column_values_to_be_between", "c", column="dag", min_value="2024-01-01"),
    ]
    assert all(finding.passed for finding in validate(con, "kandidaat.proef", suite, {}))


def test_an_empty_table_fails_only_the_rule_that_it_has_rows(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from kandidaat.proef")
    suite = [replace(case[0], name=f"regel_{number}") for number, case in enumerate(CASES)]
    findings = validate(con, "kandidaat.proef", suite, {"code_list_x": ["X"]})
    assert [finding.name for finding in findings if not finding.passed] == ["regel_2"]
    assert {finding.row_count for finding in findings} == {0}


def test_a_tolerated_share_of_deviations_is_said_but_passes(con: duckdb.DuckDBPyConnection) -> None:
    finding = one(con, rule("expect_column_values_to_be_in_set", column="code", value_set=["A", "B"], mostly=0.6))
    assert (finding.passed, finding.unexpected_count) == (True, 1)
    assert finding.found == "1 van 3 rijen wijkt af, minder dan toegestaan"
    assert finding.expected == "code is een van 2 waarden: A, B, voor minstens 60% van de rijen"


def test_at_most_ten_examples_are_kept_and_all_deviations_counted(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into kandidaat.proef (record_nr, code) select i, 'Z' from range(1000, 3, -1) as t(i)")
    suite = [
        rule("expect_column_values_to_be_in_set", "a", column="code", value_set=["A", "B", "C"]),
        rule(SQL_RULE, "b", unexpected_rows_query="select record_nr from {batch} where code = 'Z'"),
    ]
    for finding in validate(con, "kandidaat.proef", suite, {}):
        assert (finding.unexpected_count, len(finding.examples)) == (997, 10)


def test_values_of_personal_columns_give_way_to_record_numbers(con: duckdb.DuckDBPyConnection) -> None:
    tested = rule("expect_column_values_to_be_in_set", hidden=("code",), column="code", value_set=["A"])
    finding = one(con, tested)
    assert finding.examples == [{"record_nr": 2}, {"record_nr": 3}]
    assert finding.found == "2 van 3 rijen: code staat niet in de lijst (record 2, 3)"
    query = "select record_nr, code, soort from {batch} where code = 'B'"
    assert one(con, rule(SQL_RULE, hidden=("code",), unexpected_rows_query=query)).examples == [
        {"record_nr": 2, "soort": None}
    ]


def test_text_that_is_no_code_is_shown_by_its_kind_only(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update kandidaat.proef set code = 'Jansen12', soort = 'Jan Bos' where record_nr = 2")
    con.execute("update kandidaat.proef set code = 'XYZ', soort = 'ABCDEF' where record_nr = 3")
    lists = {"code_list_proef": ["A", "BCD"], "code_list_soort": ["X", "ABCDEF", "LANGERECODE"]}
    suite = [
        rule("expect_column_values_to_be_in_set", column="code", value_set={"$PARAMETER": "code_list_proef"}),
        rule("expect_column_values_to_be_in_set", "s", column="soort", value_set={"$PARAMETER": "code_list_soort"}),
        rule(SQL_RULE, "zoek", unexpected_rows_query="select record_nr, code, soort, dag from {batch}"),
    ]
    codes = {"code": "code_list_proef", "soort": "code_list_soort"}
    suite = [replace(each, shown=(), codes=codes) for each in suite]
    listed, _, queried = validate(con, "kandidaat.proef", suite, lists)
    assert listed.examples == [{"record_nr": 2, "code": "aaaaaa99"}, {"record_nr": 3, "code": "XYZ"}]
    assert listed.found == "2 van 3 rijen: code 'aaaaaa99', 'XYZ' staan niet in de lijst (record 2, 3)"
    assert queried.examples == [
        {"record_nr": 1, "code": "A", "soort": "X", "dag": "2024-01-01"},
        {"record_nr": 2, "code": "aaaaaa99", "soort": "aaa aaa", "dag": "2024-03-31"},
        {"record_nr": 3, "code": "XYZ", "soort": "ABCDEF", "dag": None},
    ]


def test_without_record_numbers_whole_rows_are_shown(con: duckdb.DuckDBPyConnection) -> None:
    columns = "code, maat, dag, maten, 'nan'::double as deel"
    con.execute(f"create table main.mart as select {columns} from kandidaat.proef")
    suite = [rule("expect_column_values_to_be_in_set", column="code", value_set=["A", "C"])]
    (finding,) = validate(con, "main.mart", suite, {})
    assert finding.examples == [{"code": "B", "maat": 2.5, "dag": "2024-03-31", "maten": [3, 4], "deel": "nan"}]
    json.dumps(finding.examples, allow_nan=False)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (
            rule("expect_column_values_to_be_in_sett", "b", column="code"),
            "expect_column_values_to_be_in_sett not found",
        ),
        (rule("expect_column_values_to_be_unique", "b", column="kode"), 'column "kode"'),
        (rule("expect_column_values_to_be_unique", "b", colum="code"), "extra fields not permitted"),
        (
            rule("expect_column_values_to_be_in_set", "b", column="code", value_set={"$PARAMETER": "q"}),
            "PARAMETER q",
        ),
        (rule("expect_column_values_to_be_in_set", "b", column="maat", value_set=["q"]), "Could not convert"),
        (rule(SQL_RULE, "b", unexpected_rows_query="select nergens from {batch}"), "nergens"),
        (rule(SQL_RULE, "b", unexpected_rows_query="select {'a': 1} from {batch}"), "brace"),
        (rule(SQL_RULE, "b"), "unexpected_rows_query"),
    ],
)
def test_a_rule_that_cannot_run_fails_critically_and_leaves_the_others_alone(
    con: duckdb.DuckDBPyConnection, broken: Expectation, found: str
) -> None:
    beside = "expect_column_values_to_be_in_set"
    suite = [
        rule(beside, "a", column="code", value_set=["A", "B", "C"]),
        broken,
        rule(beside, "c", column="code", value_set=["A"]),
    ]
    findings = validate(con, "kandidaat.proef", suite, {})
    assert [(finding.name, finding.passed, finding.severity) for finding in findings] == [
        ("a", True, "warning"),
        ("b", False, "critical"),
        ("c", False, "warning"),
    ]
    assert findings[1].found.startswith("de controle zelf is mislukt: ")
    assert found in findings[1].found
    assert findings[1].row_count is None
    assert findings[2].unexpected_count == 2


# What happens to the good rows, among which are empty values.
STATES = [
    "select 1",
    "delete from kandidaat.proef",
    "update kandidaat.proef set code = null, soort = null, dag = null, maat = null",
    "update kandidaat.proef set code = 'A', soort = null, maat = 9000, dag = '2024-04-01'",
    "insert into kandidaat.proef (record_nr, code) select i, 'Z' from range(1000, 3, -1) as t(i)",
]
BESIDE = [
    rule("expect_column_values_to_be_in_set", "tolerant", column="code", value_set=["A", "B"], mostly=0.6),
    rule("expect_column_values_to_be_in_set", "verborgen", hidden=("code",), column="code", value_set=["A"]),
    rule("expect_column_values_to_not_be_null", "gevuld", column="soort"),
    rule("expect_column_values_to_be_of_type", "soort_kolom", column="maat", type_="DECIMAL"),
    rule("expect_column_max_to_be_between", "hoogste", column="dag", max_value="2024-03-31"),
    rule("expect_column_values_to_be_in_set", "deel", **DIALECT[-1][1]),
    rule("expect_column_values_to_be_unique", "stuk", column="nergens"),
    rule("expect_column_values_to_be_in_set", "stuk_bij_waarde", column="maat", value_set=["q"]),
    rule(SQL_RULE, "stuk_sql", unexpected_rows_query="select nergens from {batch}"),
    rule(SQL_RULE, "duizend_sql", unexpected_rows_query="select record_nr from {batch} where code = 'Z'"),
]


def each_alone(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    suite: Sequence[Expectation],
    parameters: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> list[Finding]:
    """Test each rule by itself, in the way of Great Expectations."""
    with monkeypatch.context() as patch:
        patch.setattr(gx_duckdb, "test_together", lambda *_: {})
        return [finding for tested in suite for finding in validate(con, relation, [tested], parameters)]


@pytest.mark.parametrize("state", STATES)
def test_rules_together_find_what_each_finds_alone(
    con: duckdb.DuckDBPyConnection, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    con.execute(state)
    suite = [*(replace(case[0], name=f"regel_{number}") for number, case in enumerate(CASES)), *BESIDE]
    parameters = {"code_list_x": ["X", "Y"]}
    together = validate(con, "kandidaat.proef", suite, parameters)
    assert together == each_alone(con, "kandidaat.proef", suite, parameters, monkeypatch)
    broken = {finding.name for finding in together if finding.row_count is None}
    # A text is no number only where there is a number to hold it against.
    assert broken - {"stuk_bij_waarde"} == {"stuk", "stuk_sql"}


def test_what_every_row_meets_needs_no_second_look(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = [replace(case[0], name=f"regel_{number}") for number, case in enumerate(CASES)]
    looked_again = []
    once_more = gx_duckdb.test_alone
    monkeypatch.setattr(
        gx_duckdb, "test_alone", lambda engine, rule: looked_again.append(rule) or once_more(engine, rule)
    )
    assert all(finding.passed for finding in validate(con, "kandidaat.proef", suite, {"code_list_x": ["X"]}))
    assert looked_again == []
    con.execute("update kandidaat.proef set soort = 'Z' where record_nr = 1")
    validate(con, "kandidaat.proef", suite, {"code_list_x": ["X"]})
    assert len(looked_again) == 1


def test_a_query_runs_once_unless_more_rows_are_found_than_fetched(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []
    execute = gx_duckdb.DuckDBSqlExecutionEngine.execute_query
    monkeypatch.setattr(
        gx_duckdb.DuckDBSqlExecutionEngine,
        "execute_query",
        lambda engine, query: ran.append(str(query)) or execute(engine, query),
    )
    tested = rule(SQL_RULE, unexpected_rows_query="select record_nr from {batch} where code = 'Z'")
    for number, times in ((199, 1), (200, 2), (201, 2)):
        con.execute("delete from kandidaat.proef")
        con.execute("insert into kandidaat.proef (record_nr, code) select i, 'Z' from range(?) as t(i)", [number])
        ran.clear()
        assert one(con, tested).unexpected_count == number
        assert len([query for query in ran if "code = 'Z'" in query]) == times


def test_what_is_loaded_when_used_still_works() -> None:
    code = (
        "import sys; from orchestration import validation; validation._library(); "
        "assert 'scipy.stats._stats_py' not in sys.modules; "
        "from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as divergence; "
        "print(divergence.stats.entropy([1.0]), 'scipy.stats._stats_py' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "0.0 True"


def test_findings_that_do_not_cover_the_suite_are_refused(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "_outcomes", lambda *_: {})
    with pytest.raises(ValidationError, match=r"0 findings for 1 rules, missing \['regel'\]"):
        one(con, CASES[0][0])


def test_two_rules_of_one_name_are_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValidationError, match="two rules of one name"):
        validate(con, "kandidaat.proef", [CASES[0][0], CASES[1][0]], {})


def test_nothing_expected_means_nothing_found(con: duckdb.DuckDBPyConnection) -> None:
    assert validate(con, "kandidaat.proef", [], {}) == []


def test_a_relation_that_cannot_be_read_is_an_error_not_a_finding(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create temp table tijdelijk as select 1 as code")
    for relation in ("kandidaat.nergens", "temp.tijdelijk"):
        with pytest.raises(duckdb.Error):
            validate(con, relation, [CASES[0][0]], {})


def test_sql_may_name_the_batch_as_a_table_and_use_colons(con: duckdb.DuckDBPyConnection) -> None:
    for query in (
        "select b.record_nr from {batch} as b where b.code = 'A'",
        "select a.record_nr from {batch} as a join {batch} as b using (code) where code = 'A' -- de eerste",
        "with b as (select * from {batch}) select record_nr, ' :x' as x from b where maten[:1] = [1];",
        "select record_nr from {batch} where code like 'A%' or code like '%Z' order by record_nr",
    ):
        finding = one(con, rule(SQL_RULE, unexpected_rows_query=query))
        assert records(finding) == [1], finding.found


def test_the_schema_in_use_is_the_one_that_rules_see(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create schema hier; create table hier.klein as select 1 as nr; use hier")
    (finding,) = validate(con, "klein", [rule("expect_table_row_count_to_equal", value=1)], {})
    assert finding.passed


def test_the_connection_stays_usable_and_the_file_is_free_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "proef.duckdb"
    suite = [
        rule("expect_column_values_to_be_unique", "a", column="nr"),
        rule("expect_column_values_to_be_unique", "b", column="nergens"),
    ]
    with duckdb.connect(file) as con:
        con.execute("create table t as select 1 as nr")
        assert [finding.passed for finding in validate(con, "t", suite, {})] == [True, False]
        con.execute("insert into t values (1)")
        assert [finding.passed for finding in validate(con, "t", suite, {})] == [False, False]
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('drop table t')"
    subprocess.run([sys.executable, "-c", code, str(file)], check=True)


def candidate(con: duckdb.DuckDBPyConnection, extract: Extract, rows: Sequence[dict[str, Any]]) -> None:
    """Make the candidate table of an extract; columns that a row leaves out are empty."""
    columns = {"levering_nr": "integer", "record_nr": "bigint", "stand_datum": "date"}
    columns |= {column.name: column.data_type for column in extract.columns}
    declared = ", ".join(f'"{name}" {data_type}' for name, data_type in columns.items())
    con.execute(f'create or replace table kandidaat."{extract.name}" ({declared})')
    for number, row in enumerate(rows, start=1):
        values = {"levering_nr": 7, "record_nr": number, "stand_datum": "2024-03-31"} | row
        marks = ", ".join("?" for _ in columns)
        con.execute(f'insert into kandidaat."{extract.name}" values ({marks})', [values.get(name) for name in columns])


@pytest.mark.parametrize("extract", DECLARATIONS.values(), ids=lambda extract: ".".join(extract.asset_key))
def test_every_rule_of_a_declared_extract_can_run(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    for (registration, _name), other in DECLARATIONS.items():
        if registration == extract.registration:
            candidate(con, other, [])
    findings = validate_extract(con, extract)
    assert len(findings) == len(suite_of_extract(extract))
    assert [finding.found for finding in findings if finding.row_count is None] == []


@pytest.mark.parametrize(("kind", "doubles"), [("mutaties", 0), ("volledig", 2), (None, 2)])
def test_a_dossier_may_come_back_among_changes_and_not_in_a_whole_register(
    con: duckdb.DuckDBPyConnection, kind: str | None, doubles: int
) -> None:
    dossiers = DECLARATIONS["executie_dossiers", "dossiers"]
    candidate(con, dossiers, [{"dossier_nr": number, "mutatie": "W"} for number in ("een", "twee", "een")])
    if kind:
        con.execute(
            f"""insert into leveringen.levering by name select 7 as levering_nr, 'executie_dossiers' as registratie,
            'dossiers' as extract, '{kind}' as soort, '' as bestand, 0 as bestand_grootte, 0 as bestand_gewijzigd_ns,
            '' as inhoud_sha256, date '2024-03-31' as stand_datum, now()::timestamp as ontvangen_op,
            now()::timestamp as geladen_op, true as is_demo, [] as koppen"""
        )
    found = {finding.name: finding for finding in validate_extract(con, dossiers)}["sleutel_uniek"]
    assert (found.unexpected_count, records(found)) == (doubles, [1, 3] if doubles else [])
    assert found.passed == (doubles == 0)
    assert found.row_count == 3


ONDERZOEKEN = DECLARATIONS["csv_onderzoeken", "onderzoeken"]
AANDACHTSGEBIEDEN = DECLARATIONS["csv_onderzoeken", "aandachtsgebieden"]
INSTROOM = DECLARATIONS["mensenhandel_verdachten", "instroom"]
MISDRIJVEN = DECLARATIONS["geregistreerde_misdrijven", "misdrijven"]


def good_candidates(con: duckdb.DuckDBPyConnection) -> None:
    onderzoek = {"eenheid": "NN", "aanpak": "SR", "fase": "OP", "startdatum": "2023-05-01", "inzet_fte": 2.5}
    candidate(
        con,
        ONDERZOEKEN,
        [
            onderzoek | {"onderzoek_nr": "een", "einddatum": "2023-05-01", "regio_overstijgend": "J"},
            onderzoek | {"onderzoek_nr": "twee", "startdatum": "2024-03-31"},
        ],
    )
    candidate(
        con,
        AANDACHTSGEBIEDEN,
        [
            {"onderzoek_nr": "een", "aandachtsgebied": "DRUGS", "drugsoort": "SYN", "eerste": "J"},
            {"onderzoek_nr": "een", "aandachtsgebied": "WITWAS", "eerste": "N"},
            {"onderzoek_nr": "twee", "aandachtsgebied": "WITWAS", "eerste": "J"},
        ],
    )
    candidate(
        con,
        INSTROOM,
        [
            {
                "inschrijving_nr": 1,
                "aanleverende_dienst": "POL",
                "eenheid": "NN",
                "instroomdatum": "2024-03-31",
            },
            {"inschrijving_nr": 2, "aanleverende_dienst": "KMAR", "instroomdatum": "2024-01-01"},
        ],
    )
    regional = [{"regio": f"Eenheid {number} (RE)", "aantallen": [number, 1]} for number in range(1, 12)]
    candidate(
        con,
        MISDRIJVEN,
        [
            {"regio": "Nederland", "aantallen": [66, 11]},
            {"regio": "Aalten", "aantallen": [3, None]},
            *regional,
        ],
    )


def broken_names(con: duckdb.DuckDBPyConnection, extract: Extract) -> list[str]:
    return [finding.name for finding in validate_extract(con, extract) if not finding.passed]


# Extract, statement that breaks good candidates, rules that then fail with their deviations.
BROKEN: list[tuple[Extract, str, dict[str, int]]] = [
    (ONDERZOEKEN, "update kandidaat.onderzoeken set onderzoek_nr = 'een'", {"sleutel_uniek": 2}),
    (ONDERZOEKEN, "delete from kandidaat.onderzoeken", {"minstens_een_rij": 1}),
    (ONDERZOEKEN, "update kandidaat.onderzoeken set fase = 'op'", {"fase_in_codelijst": 2}),
    (ONDERZOEKEN, "update kandidaat.onderzoeken set inzet_fte = -0.01", {"inzet_fte_binnen_grenzen": 2}),
    (
        ONDERZOEKEN,
        "update kandidaat.onderzoeken set startdatum = '2023-05-02'",
        {"einddatum_niet_voor_startdatum": 1},
    ),
    (
        AANDACHTSGEBIEDEN,
        "insert into kandidaat.aandachtsgebieden from kandidaat.aandachtsgebieden where record_nr = 2",
        {"sleutel_uniek": 2},
    ),
    (
        AANDACHTSGEBIEDEN,
        "delete from kandidaat.onderzoeken where onderzoek_nr = 'een'",
        {"onderzoek_nr_bestaat_in_onderzoeken": 2},
    ),
    (
        AANDACHTSGEBIEDEN,
        "update kandidaat.aandachtsgebieden set eerste = 'J'",
        {"precies_een_eerste_per_onderzoek": 1},
    ),
    (
        AANDACHTSGEBIEDEN,
        "update kandidaat.aandachtsgebieden set eerste = 'N'",
        {"precies_een_eerste_per_onderzoek": 2},
    ),
    (
        AANDACHTSGEBIEDEN,
        "delete from kandidaat.aandachtsgebieden where onderzoek_nr = 'twee'",
        {"elk_onderzoek_heeft_een_aandachtsgebied": 1},
    ),
    (
        AANDACHTSGEBIEDEN,
        "update kandidaat.aandachtsgebieden set drugsoort = null",
        {"drugsoort_alleen_bij_drugs": 1},
    ),
    (
        AANDACHTSGEBIEDEN,
        "update kandidaat.aandachtsgebieden set drugsoort = 'HEN'",
        {"drugsoort_alleen_bij_drugs": 2},
    ),
    (INSTROOM, "update kandidaat.instroom set eenheid = null", {"eenheid_gevuld_bij_politie": 1}),
    (
        INSTROOM,
        "update kandidaat.instroom set inschrijving_nr = 0 where record_nr = 2",
        {"inschrijving_nr_binnen_grenzen": 1},
    ),
    (
        MISDRIJVEN,
        "delete from kandidaat.misdrijven where record_nr = 13",
        {"elf_regionale_rijen": 1, "eenheden_tellen_op_tot_nederland": 2},
    ),
    (
        MISDRIJVEN,
        "update kandidaat.misdrijven set aantallen = [66, 12] where regio = 'Nederland'",
        {"eenheden_tellen_op_tot_nederland": 1},
    ),
    (
        MISDRIJVEN,
        "delete from kandidaat.misdrijven where regio = 'Nederland'",
        {"eenheden_tellen_op_tot_nederland": 2},
    ),
    (
        MISDRIJVEN,
        "update kandidaat.misdrijven set aantallen = [-3, -1] where regio = 'Aalten'",
        {"aantallen_binnen_grenzen": 2},
    ),
]


@pytest.mark.parametrize("extract", [ONDERZOEKEN, AANDACHTSGEBIEDEN, INSTROOM, MISDRIJVEN], ids=lambda e: e.name)
def test_good_candidates_meet_everything(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    good_candidates(con)
    assert broken_names(con, extract) == []


# Extracts with every type of rule: row by row, a combination as key, another table beside it, lists, totals.
@pytest.mark.parametrize(
    ("extract", "breaks"), [(extract, breaks) for extract, breaks, _ in BROKEN if extract is not ONDERZOEKEN]
)
def test_a_delivery_gives_the_findings_that_each_of_its_rules_gives_alone(
    con: duckdb.DuckDBPyConnection, extract: Extract, breaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_candidates(con)
    con.execute(breaks)
    suite = suite_of_extract(extract)
    findings = validate_extract(con, extract)
    alone = each_alone(con, f"kandidaat.{extract.name}", suite, parameters_of(suite), monkeypatch)
    assert findings == alone
    assert not all(finding.passed for finding in findings)


@pytest.mark.parametrize(("extract", "breaks", "expected"), BROKEN)
def test_a_broken_candidate_fails_the_rule_that_guards_it_and_no_other(
    con: duckdb.DuckDBPyConnection, extract: Extract, breaks: str, expected: dict[str, int]
) -> None:
    good_candidates(con)
    con.execute(breaks)
    findings = validate_extract(con, extract)
    assert {finding.name: finding.unexpected_count for finding in findings if not finding.passed} == expected


def test_every_written_rule_is_seen_to_fail() -> None:
    seen = {name for _extract, _breaks, expected in BROKEN for name in expected}
    written = {
        rule.name
        for extract in (ONDERZOEKEN, AANDACHTSGEBIEDEN, INSTROOM, MISDRIJVEN)
        for rule in suite_of_extract(extract)
        if not rule.name.endswith(("_in_codelijst", "_binnen_grenzen"))
    }
    assert written <= seen


CYBER = DECLARATIONS["cyber_onderzoeken", "onderzoeken"]
FEITEN = DECLARATIONS["cyber_onderzoeken", "feiten"]
CYBERVERDACHTEN = DECLARATIONS["cyber_verdachten", "verdachten"]
OSKM = DECLARATIONS["oskm_onderzoeken", "onderzoeken"]
RESULTATEN = DECLARATIONS["oskm_onderzoeken", "resultaten"]
OF_2C = (CYBER, FEITEN, CYBERVERDACHTEN, OSKM, RESULTATEN)

_CYBER_ROW = {"soort": "REG", "team": "CCT", "startdatum": "2024-01-01", "tactisch_afgerond": "2024-03-01"}
_OSKM_ROW = {"onderzoek_nr": "een", "categorie_inzet": "A", "startdatum": "2024-01-01", "einddatum": "2024-03-01"}
_RESULTAAT_ROW = {"onderzoek_nr": "een", "team": "K01", "inzet_150_fte": "J", "vastgesteld_op": "2024-03-31"}
# Good rows per extract; extracts of the same name are never candidates at once.
GOOD_OF_2C: dict[str, list[tuple[Extract, list[dict[str, Any]]]]] = {
    "cyber_onderzoeken": [
        (
            CYBER,
            [
                _CYBER_ROW | {"onderzoek_nr": "een", "tactisch_afgerond": "2024-01-01"},
                _CYBER_ROW | {"onderzoek_nr": "twee", "soort": "THTC", "team": "THTC", "tactisch_afgerond": None},
            ],
        ),
        (
            FEITEN,
            [
                {"onderzoek_nr": "een", "feit_nr": 1, "wetsartikel": "138ab", "pleegdatum": "2024-03-31"},
                {"onderzoek_nr": "twee", "feit_nr": 1, "wetsartikel": "326", "pleegdatum": "2023-03-31"},
            ],
        ),
    ],
    "cyber_verdachten": [
        (
            CYBERVERDACHTEN,
            [{"registratie_nr": 1, "verdachte_nr": "v", "soort": "REG", "registratiedatum": "2024-03-31"}],
        )
    ],
    "oskm_onderzoeken": [
        (
            OSKM,
            [
                _OSKM_ROW | {"verdenking_nr": 1},
                _OSKM_ROW | {"verdenking_nr": 2, "categorie_inzet": None},
            ],
        ),
        (RESULTATEN, [_RESULTAAT_ROW | {"resultaat_nr": 1}, _RESULTAAT_ROW | {"resultaat_nr": 2, "team": "K02"}]),
    ],
}
BROKEN_OF_2C: list[tuple[Extract, str, dict[str, int]]] = [
    (CYBER, "update kandidaat.onderzoeken set onderzoek_nr = 'een'", {"sleutel_uniek": 2}),
    (CYBER, "delete from kandidaat.onderzoeken", {"minstens_een_rij": 1}),
    (
        CYBER,
        "update kandidaat.onderzoeken set tactisch_afgerond = '2023-12-31' where record_nr = 1",
        {"afronding_niet_voor_startdatum": 1},
    ),
    (CYBER, "update kandidaat.onderzoeken set soort = 'THTC'", {"opgegeven_soort_past_bij_het_team": 1}),
    (
        FEITEN,
        "update kandidaat.feiten set onderzoek_nr = 'een'",
        {"sleutel_uniek": 2, "elk_onderzoek_heeft_een_feit": 1},
    ),
    (
        FEITEN,
        "delete from kandidaat.feiten",
        {"minstens_een_rij": 1, "elk_onderzoek_heeft_een_feit": 2},
    ),
    (
        FEITEN,
        "delete from kandidaat.onderzoeken where onderzoek_nr = 'een'",
        {"onderzoek_nr_bestaat_in_onderzoeken": 1},
    ),
    (
        CYBERVERDACHTEN,
        "insert into kandidaat.verdachten from kandidaat.verdachten",
        {"sleutel_uniek": 2},
    ),
    (CYBERVERDACHTEN, "delete from kandidaat.verdachten", {"minstens_een_rij": 1}),
    (OSKM, "update kandidaat.onderzoeken set verdenking_nr = 1", {"sleutel_uniek": 2}),
    (OSKM, "delete from kandidaat.onderzoeken", {"minstens_een_rij": 1}),
    (
        OSKM,
        "update kandidaat.onderzoeken set einddatum = '2023-12-31'",
        {"einddatum_niet_voor_startdatum": 2},
    ),
    (
        OSKM,
        "update kandidaat.onderzoeken set startdatum = '2024-02-01' where record_nr = 1",
        {"onderzoek_heeft_op_elke_rij_dezelfde_datums": 1},
    ),
    (
        OSKM,
        "update kandidaat.onderzoeken set categorie_inzet = null",
        {"elk_onderzoek_heeft_een_categorie_bij_inzet": 1},
    ),
    (RESULTATEN, "update kandidaat.resultaten set resultaat_nr = 1", {"sleutel_uniek": 2}),
    (RESULTATEN, "delete from kandidaat.resultaten", {"minstens_een_rij": 1}),
    (
        RESULTATEN,
        "delete from kandidaat.onderzoeken",
        {"onderzoek_nr_bestaat_in_onderzoeken": 2},
    ),
    (
        RESULTATEN,
        "update kandidaat.resultaten set team = 'OVT' where record_nr = 1",
        {"ander_team_valt_buiten_de_150_fte": 1},
    ),
]


@pytest.mark.parametrize("extract", OF_2C, ids=lambda extract: ".".join(extract.asset_key))
def test_good_candidates_of_2c_meet_everything(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    for other, rows in GOOD_OF_2C[extract.registration]:
        candidate(con, other, rows)
    assert broken_names(con, extract) == []


@pytest.mark.parametrize(("extract", "breaks", "expected"), BROKEN_OF_2C)
def test_a_broken_candidate_of_2c_fails_the_rule_that_guards_it_and_no_other(
    con: duckdb.DuckDBPyConnection, extract: Extract, breaks: str, expected: dict[str, int]
) -> None:
    for other, rows in GOOD_OF_2C[extract.registration]:
        candidate(con, other, rows)
    con.execute(breaks)
    findings = validate_extract(con, extract)
    assert {finding.name: finding.unexpected_count for finding in findings if not finding.passed} == expected


def test_every_written_rule_of_2c_is_seen_to_fail() -> None:
    seen = {(extract.name, name) for extract, _breaks, expected in BROKEN_OF_2C for name in expected}
    written = {
        (extract.name, rule.name)
        for extract in OF_2C
        for rule in suite_of_extract(extract)
        if not rule.name.endswith(("_in_codelijst", "_binnen_grenzen"))
    }
    assert written <= seen


def test_a_finding_says_where_a_total_does_not_add_up(con: duckdb.DuckDBPyConnection) -> None:
    good_candidates(con)
    con.execute("update kandidaat.misdrijven set aantallen = [66, 12] where regio = 'Nederland'")
    (finding,) = [finding for finding in validate_extract(con, MISDRIJVEN) if not finding.passed]
    assert finding.found == "1 afwijking: kolom 2, som_van_eenheden 11, nederland 12"
    assert finding.as_mapping() == {
        "controle": "eenheden_tellen_op_tot_nederland",
        "verwachting": "De regionale rijen tellen in elke kolom met aantallen op tot de rij Nederland.",
        "ernst": "critical",
        "is_voldaan": False,
        "gevonden": finding.found,
        "aantal_afwijkend": 1,
        "aantal_bekeken": 13,
        "voorbeelden": [{"kolom": 2, "som_van_eenheden": 11, "nederland": 12}],
    }


def police_rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))[6:-1]
    return [{"regio": row[0], "aantallen": [int(value) if value != "." else None for value in row[1:]]} for row in rows]


@pytest.mark.parametrize(("name", "years"), [("2022_2023", 2), ("2024", 1)])
def test_real_files_of_the_police_meet_everything(con: duckdb.DuckDBPyConnection, name: str, years: int) -> None:
    file = OPEN_DATA / f"politie_47013NED_{name}.csv"
    if not file.exists():
        pytest.skip("the open data of the police is not beside this checkout (../shared/open-data)")
    rows = police_rows(file)
    assert {len(row["aantallen"]) for row in rows} == {years}
    candidate(con, MISDRIJVEN, rows)
    assert broken_names(con, MISDRIJVEN) == []
