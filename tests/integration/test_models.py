"""The dbt unit tests: each rule of a definition on the smallest rows that show it."""

from collections.abc import Callable

from orchestration.paths import ROOT, DataPaths


def test_every_unit_test_of_the_models_passes(night: tuple[DataPaths, Callable[[], int]]) -> None:
    from orchestration.transformation import run_dbt

    paths, _ = night
    run_dbt(paths, ["test", "--select", "test_type:unit"])
    ran = (paths.dbt_target / "run_results.json").read_text(encoding="utf-8").count('"unique_id": "unit_test.')
    declared = sum(
        file.read_text(encoding="utf-8").split("unit_tests:")[1].count("\n  - name: ")
        for file in (ROOT / "dbt_project" / "models").rglob("*.yml")
        if "unit_tests:" in file.read_text(encoding="utf-8")
    )
    assert ran == declared > 190
