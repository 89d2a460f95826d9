"""What is kept of what dbt says to the database, and what is refused because nobody knows what it does."""

from pathlib import Path

import pytest

from orchestration import recording
from orchestration.paths import DataPaths
from orchestration.recording import Kind, Node, Recording, _place, _statement, marts_of, place_of
from orchestration.transformation import TransformationError

SAID = '/* {"app": "dbt", "node_id": "model.x"} */\n\n  '


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("BEGIN", "model", None),
        ("COMMIT", "seed", None),
        (f"{SAID}create table a as (select 1)", "model", "create table a as (select 1)"),
        (f"{SAID}alter table a rename to b", "model", "alter table a rename to b"),
        (f"{SAID}comment on table a is 'x'", "model", "comment on table a is 'x'"),
        (f"{SAID}drop table if exists a cascade", "model", None),
        (f"{SAID}describe (select 1)", "model", None),
        (f"{SAID}select column_name from x", "model", None),
        # The outcome of a test is what its last query answers.
        (f"{SAID}select count(*) as failures from a", "test", "select count(*) as failures from a"),
        # What dbt says of a seed always ends so.
        (f"{SAID}copy a from 'a.csv' (format csv)\n   ...", "seed", "copy a from 'a.csv' (format csv)"),
    ],
)
def test_what_makes_something_is_kept_and_what_asks_is_not(text: str, kind: Kind, kept: str | None) -> None:
    assert _statement(text, kind) == kept


def test_a_statement_that_dbt_cut_off_is_refused() -> None:
    with pytest.raises(TransformationError, match="niet geheel"):
        _statement(f"insert into a values {'(1),' * 200}...", "seed")


def test_a_statement_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TransformationError, match="niet bekend is: pragma"):
        _statement(f"{SAID}pragma threads = 4", "model")


def node(name: str, kind: Kind, *reads: str, schema: str = "marts") -> Node:
    return Node(f"{kind}.{name}", name, kind, (schema, name), False, reads, ())


def test_lists_and_their_tests_come_before_anything_is_built() -> None:
    nodes = [
        node("model", "model", "seed.lijst"),
        node("model_klopt", "test", "model.model", "seed.lijst"),
        node("lijst", "seed"),
        node("lijst_klopt", "test", "seed.lijst"),
    ]
    ordered = sorted(nodes, key=lambda each: _place(each, {"seed.lijst"}))
    assert [each.name for each in ordered] == ["lijst", "lijst_klopt", "model", "model_klopt"]


def test_marts_are_the_models_of_that_layer() -> None:
    nodes = (node("b", "model"), node("a", "model"), node("c", "model", schema="staging"), node("d", "test"))
    assert marts_of(Recording(nodes, ("marts",))) == ["a", "b"]


@pytest.mark.parametrize("content", ["", "[]", "null", '{"nodes": []}'])
def test_a_damaged_recording_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(recording, "PROJECT", DataPaths(tmp_path))
    monkeypatch.setattr(recording, "FILE", tmp_path / "opname.json")
    monkeypatch.setattr(recording, "_record", lambda: [node("a", "model")])
    recording.FILE.write_text(content)
    assert [each.name for each in recording.recorded().nodes] == ["a"]
    # The next time it is read, and not made.
    monkeypatch.setattr(recording, "_record", lambda: [])
    assert [each.name for each in recording.recorded().nodes] == ["a"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"code": "b", "aantal_rijen": 2}, "regel 3, 5"),
        ({"code": "c", "naam": "derde"}, "regel 4"),
        ({"code": "z", "aantal_rijen": 1}, ""),
        ({"code": None, "naam": "eerste"}, "regel 2"),
        ({"value_field": "c", "n_records": 1}, "regel 4"),
    ],
    ids=[
        "a code that occurs twice, and its count",
        "two values of one row",
        "a value of no row",
        "an empty value",
        "a name that the test gave it",
    ],
)
def test_the_place_of_a_row_in_a_list_is_told(tmp_path: Path, row: dict, told: str) -> None:
    file = tmp_path / "lijst.csv"
    file.write_text("code,naam\na,eerste\nb,tweede\nc,derde\nb,vierde\n", encoding="utf-8")
    assert place_of(file, row) == ", ".join(filter(None, (str(file), told)))
