"""What Dagster loads: the graph as a picture that a change has to show, the checks, the sensor."""

from pathlib import Path

import dagster as dg
import pytest
from syrupy.assertion import SnapshotAssertion

from orchestration.paths import DATA_SETTING, DataPaths


@pytest.fixture
def defs(after_first_night: DataPaths) -> dg.Definitions:
    from orchestration.definitions import defs

    return defs


def test_the_graph_is_the_one_that_was_reviewed(defs: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    graph = defs.resolve_asset_graph()
    lines = [
        f"{graph.get(key).group_name}: {key.to_user_string()} <- "
        + ", ".join(sorted(parent.to_user_string() for parent in graph.get(key).parent_keys))
        for key in sorted(graph.get_all_asset_keys())
    ]
    checks = [f"{key.asset_key.to_user_string()}: {key.name}" for key in sorted(graph.asset_check_keys, key=str)]
    assert {"assets": lines, "checks": checks} == snapshot


def test_one_check_per_expectation(defs: dg.Definitions) -> None:
    from orchestration.declarations import read_declarations
    from orchestration.expectations import marts_with_expectations, suite_of_extract, suite_of_mart

    graph = defs.resolve_asset_graph()
    expected = {
        (tuple(extract.asset_key), rule.name)
        for extract in read_declarations().values()
        for rule in suite_of_extract(extract)
    } | {(("marts", mart), rule.name) for mart in marts_with_expectations() for rule in suite_of_mart(mart)}
    found = {(tuple(key.asset_key.path), key.name) for key in graph.asset_check_keys}
    assert len(expected) > 40
    assert expected <= found


def test_every_asset_has_group_and_description_and_the_road_ends_in_the_publication(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    assert len(keys) > 40
    for key in keys:
        assert graph.get(key).group_name != "default", key
        assert graph.get(key).description, key
    marts = {key for key in keys if key.path[0] == "marts"}
    assert graph.get(dg.AssetKey(["publicatie", "veiligheidsagenda"])).parent_keys == marts


def test_the_schedule_and_the_sensor_run_the_one_job(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    schedule = repository.get_schedule_def("elke_nacht")
    sensor = repository.get_sensor_def("nieuwe_levering")
    assert (schedule.job_name, schedule.execution_timezone) == ("nightly", "Europe/Amsterdam")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert (sensor.job_name, sensor.default_status) == ("nightly", dg.DefaultSensorStatus.RUNNING)


def test_the_sensor_starts_a_run_once_when_a_complete_delivery_lies_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.automation import new_delivery_sensor

    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    cursor: str | None = None

    def look() -> int:
        nonlocal cursor
        with dg.build_sensor_context(cursor=cursor) as context:
            outcome = new_delivery_sensor(context)
            cursor = outcome.cursor if isinstance(outcome, dg.SensorResult) else context.cursor
            return len(outcome.run_requests or []) if isinstance(outcome, dg.SensorResult) else 0

    folder = tmp_path / "leveringen" / "mensenhandel_verdachten"
    folder.mkdir(parents=True)
    assert look() == 0
    file = folder / "demo_instroom_20200101.csv"
    file.write_text("half")
    assert look() == 0, "it may still grow"
    file.write_text("half and whole")
    assert look() == 0, "it did grow"
    assert look() == 1
    assert look() == 0, "it was requested already"
    (folder / "demo_instroom_20200201.csv.part").write_text("half")
    assert look() == 0
