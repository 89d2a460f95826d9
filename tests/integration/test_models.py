"""The dbt unit tests: each rule of a definition on the smallest rows that show it."""

from typing import Any

from orchestration.paths import PROJECT, ROOT
from orchestration.recording import recorded


def test_every_unit_test_of_the_models_passes() -> None:
    from orchestration.transformation import run_dbt

    # A unit test brings its own rows, and takes from the warehouse only of which types they are: it needs no night.
    recorded()
    passed: set[str] = set()
    unread: list[str] = []

    def note(event: Any) -> None:
        if event.info.name == "ParsedFileLoadFailed":
            unread.append(event.info.msg)
        node = event.data.node_info if event.info.name == "NodeFinished" else None
        if node and (node.resource_type, node.node_status) == ("unit_test", "pass"):
            passed.add(node.unique_id)

    # Others read the manifest that stands there while this runs.
    run_dbt(PROJECT, ["--no-write-json", "test", "--select", "test_type:unit"], on_event=note)
    declared = sum(
        file.read_text(encoding="utf-8").split("unit_tests:")[1].count("\n  - name: ")
        for file in (ROOT / "dbt_project" / "models").rglob("*.yml")
        if "unit_tests:" in file.read_text(encoding="utf-8")
    )
    assert len(passed) == declared > 190
    # A key that is a number in a YAML file, and dbt parses the whole project at every command, for twenty seconds.
    assert unread == [], "dbt reads back what it kept of its last parse"
