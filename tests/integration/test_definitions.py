"""What Dagster loads: the graph as a picture that a change has to show, the checks, the sensor."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import cast

import dagster as dg
import duckdb
import pytest
from dagster._core.loader import LoadingContextForTest
from syrupy.assertion import SnapshotAssertion

from orchestration import journal, register, versions
from orchestration.paths import DATA_SETTING, ROOT, SEEDS, DataPaths


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
    from orchestration.size import checks_of

    graph = defs.resolve_asset_graph()
    expected = {
        (tuple(extract.asset_key), rule.name)
        for extract in read_declarations().values()
        for rule in (*suite_of_extract(extract), *checks_of(extract))
    } | {(("marts", mart), rule.name) for mart in marts_with_expectations() for rule in suite_of_mart(mart)}
    found = {(tuple(key.asset_key.path), key.name) for key in graph.asset_check_keys}
    assert len(expected) > 40
    assert expected <= found


def test_the_documentation_names_every_check_that_dagster_has(defs: dg.Definitions, tmp_path: Path) -> None:
    from orchestration.assets import MODELS
    from orchestration.documentation import read_site
    from orchestration.transformation import manifest_file

    site = read_site(manifest_file(), DataPaths(tmp_path))
    told = {
        *((key, check.name) for key, checks in site.checks_in.items() for check in checks),
        *((("marts", mart), check.name) for mart, checks in site.checks_out.items() for check in checks),
        *((key, "dbt_tests") for key, node in site.nodes.items() if node.tests and node.layer != "seeds"),
    }
    found = {(tuple(key.asset_key.path), key.name) for key in defs.resolve_asset_graph().asset_check_keys}
    assert len(MODELS) > 100 and len(found) > 400
    assert told == found


def test_every_asset_has_group_and_description_and_the_road_ends_in_the_publication(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    assert len(keys) > 40
    for key in keys:
        assert graph.get(key).group_name != "default", key
        assert graph.get(key).description, key
    marts = {key for key in keys if key.path[0] == "marts"}
    assert graph.get(dg.AssetKey(["publicatie", "veiligheidsagenda"])).parent_keys == marts


def test_every_seed_is_shown_and_none_is_a_step_of_the_night(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    seeds = {key for key in graph.get_all_asset_keys() if key.path[0] == "seeds"}
    assert {key.path[1] for key in seeds} == {file.stem for file in SEEDS.rglob("*.csv")}
    assert not any(graph.get(key).is_executable for key in seeds)
    # A few are read by tests alone, or before the models.
    assert sum(bool(graph.get(key).child_keys) for key in seeds) > 50


def test_every_test_of_a_model_stands_in_the_check_of_one_model(defs: dg.Definitions) -> None:
    from orchestration.assets import MODELS
    from orchestration.transformation import manifest_file

    nodes = json.loads(manifest_file().read_text(encoding="utf-8"))["nodes"].values()
    tests = [
        node["name"]
        for node in nodes
        if node["resource_type"] == "test" and any(name.startswith("model.") for name in node["depends_on"]["nodes"])
    ]
    graph = defs.resolve_asset_graph()
    told = [test for node in MODELS.values() for test in node.tests.values()]
    assert len(tests) > 80
    assert sorted(told) == sorted(tests)
    for node in MODELS.values():
        check = dg.AssetCheckKey(dg.AssetKey(node.key), "dbt_tests")
        assert (check in graph.asset_check_keys) == bool(node.tests)
        if node.tests:
            described = graph.get_check_spec(check).description or ""
            assert described.startswith(f"{len(node.tests)} test{'s' if len(node.tests) > 1 else ''} van ")
            assert all(test in described for test in node.tests.values())


def test_the_night_plans_no_check_and_tells_of_all_where_it_does_the_work(defs: dg.Definitions) -> None:
    from orchestration.assets import border_in, border_out, model_tests

    planned = defs.resolve_job_def("nightly").asset_layer.asset_graph.asset_check_keys
    assert len(border_in.check_keys) > 100
    assert len(model_tests.check_keys) > 50
    assert len(border_out.check_keys) > 50
    assert not planned


def test_a_night_writes_down_what_it_begins_with_before_it_reads_the_project(
    after_first_night: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import assets
    from orchestration.__main__ import main

    paths = DataPaths(tmp_path / "data")
    paths.inbox.mkdir(parents=True)
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    noted: list[bool] = []

    def read() -> None:
        noted.append((paths.data / "nacht.begonnen.json").exists())
        raise RuntimeError("tot hier")

    monkeypatch.setattr(assets, "recorded", read)
    assert main(["nightly"]) == 1
    # What changes while the project is read is news for the next night.
    assert noted == [True]


def test_loading_the_definitions_imports_no_framework_beside_dagster(defs: dg.Definitions) -> None:
    code = (
        "import sys, orchestration.definitions; "
        "print([name for name in ('great_expectations', 'dbt', 'pandas', 'scipy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_first_night_told_of_every_asset_and_of_every_check(
    after_first_night: DataPaths, defs: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = defs.resolve_asset_graph()
    executable, checks = set(graph.executable_asset_keys), graph.asset_check_keys
    monkeypatch.setenv("DAGSTER_HOME", str(after_first_night.dagster_home))
    with dg.DagsterInstance.get() as instance:
        made = {record.asset_entry.asset_key for record in instance.get_asset_records(list(executable))}
        found = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(checks))
    assert made == executable
    assert set(found) == set(checks)
    assert all(record.evaluation for record in found.values())


def test_a_model_tells_how_many_tests_were_looked_at_and_what_each_found() -> None:
    from orchestration.assets import _tests_result
    from orchestration.building import Outcome, Status
    from orchestration.dbt_nodes import Node
    from orchestration.recording import Node as Recorded

    names = {"test.p.a": "a", "test.p.b": "b", "test.p.c": "c"}
    model = Node("model.p.fct", ("marts", "fct"), "marts", "marts", "Feiten.", "", (), (), names)

    def ask(**statuses: Status) -> dg.AssetCheckResult | None:
        node = cast(Recorded, None)
        outcomes = {f"test.p.{name}": Outcome(node, status, f"zin over {name}") for name, status in statuses.items()}
        return _tests_result(model, outcomes)

    assert ask() is None
    assert ask(a="overgeslagen") is None
    right, partly, warned = ask(a="gelukt", b="gelukt", c="gelukt"), ask(a="gelukt"), ask(a="gelukt", b="waarschuwing")
    broken = ask(a="gefaald", b="waarschuwing", c="fout")
    assert right and partly and warned and broken
    assert (right.passed, right.description) == (True, "3 van 3 tests bekeken; geen afwijking")
    assert (partly.passed, partly.description) == (True, "1 van 3 tests bekeken; geen afwijking")
    assert (warned.passed, warned.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert warned.description == "2 van 3 tests bekeken; b: zin over b"
    assert (broken.passed, broken.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert broken.description == (
        "3 van 3 tests bekeken; a: zin over a; b: zin over b; c: kon niet worden uitgevoerd; de stap zegt waarom"
    )


def test_an_asset_about_which_there_is_nothing_new_is_told_once_and_the_next_step_goes_on() -> None:
    from orchestration.assets import _told_once

    size = 3

    @dg.multi_asset(specs=[dg.AssetSpec("lijst")], can_subset=True)
    def lists(context: dg.AssetExecutionContext):
        yield _told_once(context, dg.AssetKey("lijst"), {"dagster/row_count": dg.MetadataValue.int(size)})

    @dg.asset(deps=["lijst"])
    def cijfer() -> None: ...

    def made() -> list[str]:
        result = dg.materialize([lists, cijfer], instance=instance)
        return [
            event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key
        ]

    with dg.DagsterInstance.ephemeral() as instance:
        assert made() == ["lijst", "cijfer"]
        assert made() == ["cijfer"]
        size = 4
        assert made() == ["lijst", "cijfer"]


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


def test_the_sensor_answers_whatever_lies_in_the_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.automation import new_delivery_sensor

    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    folder = tmp_path / "leveringen" / "cjib_incasso"
    folder.mkdir(parents=True)
    (folder / "demo_incasso_20230115.csv").symlink_to("/nergens")
    (folder / "demo_incasso_20230116.csv").symlink_to("demo_incasso_20230116.csv")
    (folder / "demo_incasso_20230117.csv").mkdir()
    os.mkfifo(folder / "demo_incasso_20230118.csv")
    (folder / "demo_incasso_20230119.csv").write_text("x")
    (folder / "demo_incasso_20230119.csv.manifest.yml").mkdir()
    (folder / os.fsdecode(b"demo_\xff.csv")).write_text("x")
    (folder / "demo_incasso_20991231.csv").write_text("x")
    with dg.build_sensor_context() as context:
        outcome = new_delivery_sensor(context)
    assert outcome == dg.SkipReason("geen complete levering; 7 bestanden blijven liggen")


def test_what_is_not_admitted_is_told_and_every_check_stays_about_what_is_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import alerts, assets
    from orchestration.locking import open_database

    paths, key = DataPaths(tmp_path), dg.AssetKey(["integrale_acties", "acties"])
    checks = [each for each in assets.border_in.check_keys if each.asset_key == key]
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    monkeypatch.setattr(alerts, "tell", lambda *_: None)
    monkeypatch.setattr(assets, "recorded", lambda: None)
    heading = "actie_nr;partner;eenheid;bijdrage;status;actiedatum;omschrijving\r\n"
    row = "IHA-{:06};POL;NN;UITV;UIT;05-05-2020;x\r\n"
    good = heading + "".join(row.format(number) for number in range(1, 101))

    def night(name: str, text: str) -> tuple[dict[str, dg.AssetCheckEvaluation], bool]:
        (paths.inbox / "integrale_acties").mkdir(parents=True, exist_ok=True)
        (paths.inbox / "integrale_acties" / name).write_bytes(text.encode())
        run = dg.materialize(
            [assets.deliveries], instance=instance, resources={"sole_writer": assets.sole_writer_resource}
        )
        told = {each.check_name: each for each in run.get_asset_check_evaluations() if each.asset_key == key}
        made = [each.asset_key for each in run.get_asset_materialization_events()]
        return told, key in made

    def shown() -> dict[str, tuple[bool, str]]:
        """What Dagster shows of each check; nothing of one that it calls not evaluated."""
        records = instance.event_log_storage.get_latest_asset_check_execution_by_key(checks)
        found = {}
        for check in checks:
            record = records.get(check)
            if (
                record
                and record.evaluation
                and asyncio.run(record.targets_latest_materialization(LoadingContextForTest(instance)))
            ):
                found[check.name] = (record.evaluation.passed, record.evaluation.description or "")
        return found

    with dg.DagsterInstance.ephemeral() as instance:
        first, is_made = night("demo_acties_20210115_ontvangen_20210120.csv", good)
        assert is_made
        assert first["toegelaten"].passed
        assert first["toegelaten"].description == "levering 1 is toegelaten: 100 records, stand 15-01-2021"
        assert first["status_in_codelijst"].description == "levering 1: 100 rijen bekeken, geen afwijking"
        assert first["op_tijd"].passed
        before = shown()
        assert before.keys() == {each.name for each in checks}, "all are evaluated"
        # Refused: the file cannot be read. Held: it has a row where there were a hundred.
        told, is_made = night("demo_acties_20220115_ontvangen_20220120.csv", good.replace("status", "stand"))
        assert (told.keys(), is_made) == ({"toegelaten"}, False)
        refused = told["toegelaten"]
        assert (refused.passed, refused.severity) == (False, dg.AssetCheckSeverity.ERROR)
        assert (refused.description or "").startswith("geweigerd levering 2 demo_acties_20220115")
        assert (refused.description or "").endswith("na herstel opnieuw aanbieden: make offer LEVERING=2")
        told, is_made = night("demo_acties_20220115_ontvangen_20220121.csv", heading + row.format(1))
        assert (told.keys(), is_made) == ({"toegelaten"}, False)
        assert "aangehouden levering 3 demo_acties_20220115" in (told["toegelaten"].description or "")
        assert told["toegelaten"].metadata["nieuwste_toegelaten"].value == "1"
        assert shown() | {"toegelaten": before["toegelaten"]} == before
        # Another in the place of both: the asset is made anew, and all is told of that one, also what is as it was.
        told, is_made = night("demo_acties_20220115_ontvangen_20220122.csv", good)
        assert (told.keys(), is_made) == (before.keys(), True)
        after = shown()
        assert all(passed for passed, _ in after.values())
        assert after["status_in_codelijst"] == (True, "levering 4: 100 rijen bekeken, geen afwijking")
        assert after["op_tijd"] == before["op_tijd"]
        assert night("demo_acties_20220115_ontvangen_20220122.csv", good) == ({}, False), "nothing is told twice"
        # What is taken out of force: the checks are about what is in force instead.
        with open_database(paths.raw) as con:
            register.decide(con, 4, "ingetrokken", "dubbel", "jansen")
        told, is_made = night("demo_acties_20220115_ontvangen_20220122.csv", good)
        assert is_made
        assert (told["omvang"].description or "").startswith("levering 1: ")


def test_people_and_dagster_are_told_once_that_a_supplier_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import alerts
    from orchestration.automation import late_supplier_sensor

    told: list[tuple[str, str]] = []
    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    monkeypatch.setattr(alerts, "tell", lambda title, text: told.append((title, text)))
    with duckdb.connect(str(DataPaths(tmp_path).published)) as con:
        con.execute(
            """create schema marts; create table marts.dim_extract as
            from (values ('cjib_incasso', 'incasso', 'CJIB', 'kwartaal', date '2023-01-20', date '2023-05-20'),
                ('om_beslag', 'beslag', 'OM', 'jaarlijks', date '2023-01-20', date '2999-05-20'))
                as rij (registratie, extract, leverancier, levering_ritme, ontvangen_datum, verwacht_voor)"""
        )
    cursor: str | None = None
    found, said = [], []
    for _ in range(2):
        with dg.build_sensor_context(cursor=cursor, instance=dg.DagsterInstance.ephemeral()) as context:
            outcome = late_supplier_sensor(context)
        assert isinstance(outcome, dg.SensorResult)
        cursor = outcome.cursor
        found.append({each.asset_key.path[0]: each for each in outcome.asset_events})
        said.append(outcome.skip_reason and outcome.skip_reason.skip_message)
    assert said == ["gemeld: 1 levering te laat", "1 levering is te laat; dat is eerder gemeld"]
    assert [title for title, _ in told] == ["1 levering is te laat; de eerdere blijven van kracht"]
    assert told[0][1].startswith("cjib_incasso/incasso: CJIB is te laat: verwacht voor 20-05-2023")
    late, in_time = found[0]["cjib_incasso"], found[0]["om_beslag"]
    assert (late.check_name, late.passed, late.severity) == ("op_tijd", False, dg.AssetCheckSeverity.WARN)
    assert in_time.passed


def test_the_questions_can_be_launched_as_offered(defs: dg.Definitions) -> None:
    from orchestration.automation import VERSIONS, asked_day, asked_versions, write_what_if

    for job in ("as_of", "what_if"):
        assert dg.validate_run_config(defs.resolve_job_def(job))
    # First what nobody decided to count by: the version that holds is no question.
    offered = defs.resolve_job_def("what_if").run_config
    assert offered == {"ops": {"write_what_if": {"config": {"versies": ["afdoening_2"]}}}}
    assert len(VERSIONS) > 40 and all(VERSIONS.values())
    described = write_what_if.config_schema.as_field().config_type.fields["versies"].description or ""  # pyright: ignore[reportAttributeAccessIssue]
    assert [name for name, told in VERSIONS.items() if f"`{name}`: {told}" not in described] == []
    assert asked_day("2022-12-31") == date(2022, 12, 31)
    with pytest.raises(dg.Failure, match="'gisteren' is geen dag; schrijf de peildatum als jjjj-mm-dd"):
        asked_day("gisteren")
    assert asked_versions(None) == []
    assert asked_versions("csv_aangepakt_2") == ["csv_aangepakt_2"]
    assert asked_versions(["csv_aangepakt_2, fase_1", "aanpak_1"]) == ["csv_aangepakt_2", "fase_1", "aanpak_1"]


@pytest.mark.parametrize(
    ("job", "step", "config", "told"),
    [
        ("as_of", "write_as_of", {"peildatum": "2999-01-01"}, "01-01-2999 moet nog komen; wat dan bekend is, weet nu"),
        ("as_of", "write_as_of", {"peildatum": None}, "er is geen dag gegeven; schrijf de peildatum als jjjj-mm-dd"),
        ("what_if", "write_what_if", {"versies": []}, "noem ten minste een versie, bijvoorbeeld csv_aangepakt_2"),
        ("what_if", "write_what_if", {"versies": None}, "noem ten minste een versie, bijvoorbeeld csv_aangepakt_2"),
        ("what_if", "write_what_if", {"versies": "bestaatniet"}, "versie 'bestaatniet' bestaat niet; naast wat geldt"),
        ("what_if", "write_what_if", {"versies": ["csv_aangepakt_1"]}, "versie csv_aangepakt_1 is die waarmee de"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_in_a_sentence(
    defs: dg.Definitions,
    after_first_night: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    job: str,
    step: str,
    config: dict[str, object],
    told: str,
) -> None:
    monkeypatch.setattr(journal, "note", lambda *_: None)
    monkeypatch.setenv(DATA_SETTING, str(after_first_night.data))
    run = defs.resolve_job_def(job).execute_in_process(
        run_config={"ops": {step: {"config": config}}}, raise_on_error=False
    )
    assert_is_told(run, step, told)


def test_what_stops_a_night_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration import assets

    monkeypatch.setenv(DATA_SETTING, str(tmp_path / "data"))

    def stop() -> None:
        raise versions.VersionError("lijst fase_1 is veranderd nadat ermee is gepubliceerd")

    monkeypatch.setattr(assets, "recorded", stop)
    run = dg.materialize(
        [assets.deliveries], resources={"sole_writer": assets.sole_writer_resource}, raise_on_error=False
    )
    assert_is_told(run, "leveringen", "lijst fase_1 is veranderd nadat ermee is gepubliceerd")


def assert_is_told(run: dg.ExecuteInProcessResult, step: str, told: str) -> None:
    """A step failed with a sentence of ours, and not with a trace around it."""
    assert not run.success
    failed = run.failure_data_for_node(step)
    assert failed and failed.user_failure_data and failed.error
    assert (failed.user_failure_data.description or "").startswith(told)
    assert failed.error.cls_name == "Failure" and failed.error.cause is None


def test_people_are_told_once_of_files_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration import alerts, assets
    from orchestration.deliveries import Waiting

    told: list[tuple[str, str]] = []
    monkeypatch.setattr(alerts, "tell", lambda title, text: told.append((title, text)))
    assets._tell_left([])
    assert told == []
    assets._tell_left([Waiting(Path("in/proef/x.csv"), "naam volgt niet"), Waiting(Path("in/y.csv"), "ligt los")])
    assert told == [
        (
            "2 bestanden blijven liggen; zij tellen nergens mee",
            "proef/x.csv: naam volgt niet\nin/y.csv: ligt los",
        )
    ]


def test_schedule_and_sensor_skip_where_nothing_is_new_and_say_since_when(
    night: tuple[DataPaths, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import novelty
    from orchestration.automation import new_delivery_sensor, nightly_schedule

    paths, _ = night
    last = novelty.last_night(paths)
    assert last is not None
    told = novelty.told(last)
    assert told.startswith("niets nieuws sinds publicatie 13, van ")

    def schedule() -> object:
        with dg.build_schedule_context() as context:
            return nightly_schedule(context)

    def sensor(cursor: str | None = None) -> object:
        with dg.build_sensor_context(cursor=cursor) as context:
            return new_delivery_sensor(context)

    assert schedule() == dg.SkipReason(told)
    assert sensor() == dg.SkipReason(told)
    # A list is news for the schedule; the sensor looks at the inbox.
    monkeypatch.setattr(novelty, "_days_come", lambda _paths, _today: "2027: 1")
    found = schedule()
    assert isinstance(found, dg.RunRequest)
    assert found.tags["nieuw"] == "een dag die aanbrak"
    assert sensor() == dg.SkipReason(told)
