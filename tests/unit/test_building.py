"""What is made, what is made again, and where it stops: on a project of a few nodes, without dbt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import building, register
from orchestration.building import ASKED, ASKED_VERSIONS, PRESENT, Builder, BuildError, Question
from orchestration.ledger import open_ledger
from orchestration.paths import DataPaths
from orchestration.recording import Kind, Node, Recording

SOURCE = "source.proef.publicaties.gebeurtenis"


def node(name: str, sql: str, reads: Sequence[str] = (), kind: Kind = "model", **facts: Any) -> Node:
    """A node as dbt executes it; `sql` is its query, and `reads` are names or whole identifiers."""
    schema = {"seed": "seeds", "test": "afwijkingen"}.get(kind, "intermediate")
    statements = [f'create table warehouse."{schema}"."{name}" as {sql}']
    if kind == "test":
        statements.append(f'select count(*) from warehouse."{schema}"."{name}"')
    made = Node(
        f"{kind}.proef.{name}",
        name,
        kind,
        (schema, name),
        False,
        tuple(read if "." in read else f"model.proef.{read}" for read in reads),
        tuple(statements),
    )
    return replace(made, **facts)


LIST = node("lijst", "select unnest([1, 2]) as code", kind="seed")
LIST_TEST = node("lijst_klopt", "from seeds.lijst where code > 9", ["seed.proef.lijst"], "test")
QUESTION = node(ASKED, "select null::date as peildatum, true as is_publicatie")
VERSIONS = node(ASKED_VERSIONS, "select null::varchar as versie where false")
DAY = node("dag", f"select coalesce(peildatum, date '2025-01-01') as dag from intermediate.{ASKED}", [ASKED])
YEAR = node("jaar", "select year(dag) as jaar from intermediate.dag", ["dag"])
COUNT = node("telling", "select jaar, count(*) as n from intermediate.jaar, seeds.lijst group by 1", ["jaar"])
COUNT_TEST = node("telling_klopt", "from intermediate.telling where n != 2", ["telling"], "test")
EVENTS = node("gebeurtenissen", "select count(*) as n from publicaties.gebeurtenis", [SOURCE])
NODES = (LIST, LIST_TEST, QUESTION, VERSIONS, DAY, YEAR, COUNT, COUNT_TEST, EVENTS)


def recording(*nodes: Node) -> Recording:
    return Recording(nodes, ("seeds", "intermediate", "afwijkingen"))


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    found = DataPaths(tmp_path)
    with duckdb.connect(str(found.raw)) as con, open_ledger(found):
        register.prepare(con)
    return found


def ask(paths: DataPaths, query: str) -> list[tuple]:
    with duckdb.connect(str(paths.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def names(outcomes: Sequence[building.Outcome], status: str = "gelukt") -> list[str]:
    return [outcome.node.name for outcome in outcomes if outcome.status == status]


def test_everything_is_made_in_order_and_every_test_is_asked(paths: DataPaths) -> None:
    outcomes = Builder(paths, recording(*NODES)).answer(PRESENT)
    assert names(outcomes) == [each.name for each in NODES]
    assert ask(paths, "select jaar, n from intermediate.telling") == [(2025, 2)]


def test_a_question_stands_in_the_tables_that_models_read(paths: DataPaths) -> None:
    question = Question(date(2021, 3, 1), ("fase_9", "csv_2"), is_publication=False, state=date(2020, 12, 31))
    Builder(paths, recording(*NODES)).answer(question)
    found = ask(paths, f"select peildatum, is_publicatie, stand_tot from intermediate.{ASKED}")
    assert found == [(date(2021, 3, 1), False, date(2020, 12, 31))]
    assert ask(paths, f"select versie from intermediate.{ASKED_VERSIONS} order by 1") == [("csv_2",), ("fase_9",)]
    assert ask(paths, "select jaar from intermediate.telling") == [(2021,)]


def test_the_next_answer_makes_only_what_reads_something_else(paths: DataPaths) -> None:
    builder = Builder(paths, recording(*NODES))
    builder.answer(Question(date(2021, 3, 1)), last=False)
    # Another day of the same year: what rests on the year alone stays.
    outcomes = builder.answer(Question(date(2021, 9, 1)), last=False)
    assert names(outcomes) == [ASKED, ASKED_VERSIONS, "dag", "jaar", "gebeurtenissen"]
    outcomes = builder.answer(Question(date(2022, 1, 1)))
    assert names(outcomes) == [ASKED, ASKED_VERSIONS, "dag", "jaar", "telling", "telling_klopt", "gebeurtenissen"]
    assert ask(paths, "select jaar, n from intermediate.telling") == [(2022, 2)]


def test_what_the_ledger_holds_is_read_anew_for_each_question(paths: DataPaths) -> None:
    builder = Builder(paths, recording(*NODES))
    builder.answer(PRESENT, last=False)
    with open_ledger(paths) as con:
        con.execute(
            """insert into gebeurtenis by name select 1 as gebeurtenis_nr, 1 as publicatie_nr, 'voornemen' as soort,
                now()::timestamp as vastgelegd_op, today() as peildatum, '' as rekenwijze, '' as inhoud_sha256,
                '' as vorige_sha256, '' as sha256"""
        )
    assert "gebeurtenissen" in names(builder.answer(PRESENT))
    assert ask(paths, "select n from intermediate.gebeurtenissen") == [(1,)]


def test_only_what_is_wanted_is_made_with_what_it_reads_and_the_rest_when_it_is_wanted(paths: DataPaths) -> None:
    builder = Builder(paths, recording(*NODES))
    assert names(builder.answer(PRESENT, {"jaar"}, last=False)) == [ASKED, "dag", "jaar"]
    later = names(builder.answer(PRESENT))
    # Of every node it knows what came of it, also of those that were made for an earlier question.
    assert names(builder.outcomes) == [each.name for each in NODES]
    assert {"lijst", "lijst_klopt", "telling", "telling_klopt", "gebeurtenissen"} <= set(later)
    assert "jaar" not in later


def test_a_list_that_breaks_its_test_stops_at_once_and_its_row_is_named(paths: DataPaths) -> None:
    wrong = node("lijst_klopt", "from seeds.lijst where code = 2", ["seed.proef.lijst"], "test")
    builder = Builder(paths, recording(LIST, wrong, *NODES[2:]))
    with pytest.raises(BuildError) as caught:
        builder.answer(PRESENT)
    assert str(caught.value) == ("lijst_klopt: 1 rijen voldoen niet; zij staan in afwijkingen.lijst_klopt\n  code 2")
    assert [outcome.node.name for outcome in caught.value.outcomes] == ["lijst", "lijst_klopt"]


def test_what_rests_on_a_broken_model_is_left_and_the_rest_is_built(paths: DataPaths) -> None:
    wrong = node("telling_klopt", "from intermediate.telling where n = 2", ["telling"], "test")
    reader = node("lezer", "from intermediate.telling", ["telling"])
    builder = Builder(paths, recording(*NODES[:7], wrong, reader, EVENTS))
    with pytest.raises(BuildError) as caught:
        builder.answer(PRESENT)
    assert names(caught.value.outcomes, "gefaald") == ["telling_klopt"]
    assert names(caught.value.outcomes, "overgeslagen") == ["lezer"]
    assert "gebeurtenissen" in names(caught.value.outcomes)
    # Of what is delivered no row is quoted: it says where they stand.
    assert str(caught.value) == "telling_klopt: 1 rijen voldoen niet; zij staan in afwijkingen.telling_klopt"
    assert ask(paths, "select n from afwijkingen.telling_klopt") == [(2,)]


def test_a_test_that_warns_stops_nothing(paths: DataPaths) -> None:
    warns = node("telling_klopt", "from intermediate.telling", ["telling"], "test", is_warning=True)
    outcomes = Builder(paths, recording(*NODES[:7], warns)).answer(PRESENT)
    assert names(outcomes, "waarschuwing") == ["telling_klopt"]


def test_a_model_that_cannot_be_built_is_named_with_the_reason(paths: DataPaths) -> None:
    broken = node("jaar", "select year(dog) as jaar from intermediate.dag", ["dag"])
    with pytest.raises(BuildError, match=r'jaar: .*"dog"') as caught:
        Builder(paths, recording(*NODES[:5], broken, COUNT)).answer(PRESENT)
    assert names(caught.value.outcomes, "overgeslagen") == ["telling"]


def test_a_model_in_python_makes_its_own_table(paths: DataPaths) -> None:
    code = """
class dbtObj:
    def __init__(self, load):
        self.load = load

def model(dbt, session):
    return dbt.load('warehouse.intermediate.jaar').df().assign(dubbel=lambda rows: rows.jaar * 2)

def materialize(made, con):
    con.register('gemaakt', made)
    con.execute('create table warehouse.intermediate.dubbel as from gemaakt')
    con.unregister('gemaakt')
"""
    python = node("dubbel", "", ["jaar"], statements=(), code=code)
    Builder(paths, recording(*NODES[:6], python)).answer(PRESENT)
    assert ask(paths, "select dubbel from intermediate.dubbel") == [(4050,)]


def test_tests_can_be_asked_once_more_of_the_warehouse_that_stands(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "recorded", lambda: recording(*NODES))
    Builder(paths).answer(PRESENT)
    assert names(building.ask_tests(paths, [("intermediate", "telling")])) == ["telling_klopt"]
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute("update intermediate.telling set n = 3")
    (outcome,) = building.ask_tests(paths, [("intermediate", "telling")])
    assert (outcome.status, outcome.failures) == ("gefaald", 1)
