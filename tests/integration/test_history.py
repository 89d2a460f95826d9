"""How Dagster's history is kept, in an instance of the tests' own that is set up as that of the project."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy.exc
from dagster._core.storage.event_log.sqlite import consolidated_sqlite_event_log
from sqlalchemy import event
from sqlalchemy.event import listen

from orchestration import faults
from orchestration.history import KeptEventLogStorage, purge_runs
from orchestration.paths import ROOT

OUTPUTS = 20


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "orchestration" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as instance:
        yield instance


def storage_of(instance: dg.DagsterInstance) -> KeptEventLogStorage:
    storage = instance.event_log_storage
    assert isinstance(storage, KeptEventLogStorage)
    return storage


@dg.multi_asset(specs=[dg.AssetSpec(f"lijst_{number}") for number in range(OUTPUTS)])
def lists() -> Iterator[dg.MaterializeResult]:
    print("een regel in de uitvoer")
    for number in range(OUTPUTS):
        yield dg.MaterializeResult(asset_key=f"lijst_{number}")


@dg.asset_check(asset="lijst_0")
def is_complete() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def run(instance: dg.DagsterInstance) -> str:
    result = dg.Definitions(assets=[lists], asset_checks=[is_complete]).resolve_implicit_global_asset_job_def()
    return result.execute_in_process(instance=instance).run_id


def events(instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType) -> int:
    return len(instance.all_logs(run_id, of_type=kind))


def test_a_run_writes_all_its_events_over_few_connections(instance: dg.DagsterInstance) -> None:
    opened = []
    kept = storage_of(instance)._kept
    kept.dispose()
    listen(kept, "connect", lambda *_: opened.append(1))

    run_id = run(instance)

    assert events(instance, run_id, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED) == OUTPUTS
    assert events(instance, run_id, dg.DagsterEventType.ASSET_MATERIALIZATION) == OUTPUTS
    assert events(instance, run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION) == 1
    assert events(instance, run_id, dg.DagsterEventType.RUN_SUCCESS) == 1
    assert 1 <= len(opened) <= 3


def test_no_connection_is_opened_beside_the_kept_ones(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(instance)
    beside = []
    monkeypatch.setattr(consolidated_sqlite_event_log, "create_engine", lambda *_, **__: beside.append(1))

    run(instance)

    assert beside == []


def test_another_process_reads_what_was_written_while_the_connection_is_open(
    instance: dg.DagsterInstance, home: Path
) -> None:
    run_id = run(instance)

    with dg.DagsterInstance.from_config(str(home)) as other:
        assert storage_of(other) is not storage_of(instance)
        assert events(other, run_id, dg.DagsterEventType.RUN_SUCCESS) == 1
        assert other.get_latest_materialization_event(dg.AssetKey("lijst_7"))
        asked_again = run(other)
    assert events(instance, asked_again, dg.DagsterEventType.RUN_SUCCESS) == 1


def test_threads_can_write_at_the_same_time(instance: dg.DagsterInstance) -> None:
    def report(thread: int) -> None:
        for number in range(OUTPUTS):
            instance.report_runless_asset_event(dg.AssetMaterialization(f"draad_{thread}_{number}"))

    threads = [threading.Thread(target=report, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = [key for key in instance.all_asset_keys() if key.path[0].startswith("draad_")]
    assert len(found) == 8 * OUTPUTS


def test_a_page_that_watches_a_run_is_told_of_its_events(instance: dg.DagsterInstance) -> None:
    run_id = run(instance)
    seen = []

    instance.watch_event_logs(run_id, None, lambda entry, _: seen.append(entry.dagster_event_type))
    until = time.monotonic() + 20
    while dg.DagsterEventType.RUN_SUCCESS not in seen and time.monotonic() < until:
        time.sleep(0.1)

    assert seen.count(dg.DagsterEventType.ASSET_MATERIALIZATION) == OUTPUTS
    assert dg.DagsterEventType.RUN_SUCCESS in seen


def test_when_the_instance_closes_all_stands_in_the_one_file(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        run(instance)
        assert (home / "event_log.db-wal").exists()

    assert [file.name for file in home.glob("event_log.db*")] == ["event_log.db"]


def test_an_old_run_goes_with_its_events_and_what_it_printed(instance: dg.DagsterInstance, home: Path) -> None:
    old, new = run(instance), run(instance)
    waiting = dg.DagsterRun("nightly", status=dg.DagsterRunStatus.STARTED)
    instance.add_run(waiting)
    days = storage_of(instance).purge_runs_after_days
    record = instance.get_run_record_by_id(old)
    assert record
    moment = record.create_timestamp
    assert list((home / "storage" / old).rglob("*.out"))

    assert purge_runs(instance, moment + timedelta(days=days)) == 0
    assert purge_runs(instance, moment + timedelta(days=days, microseconds=1)) == 1

    assert {record.dagster_run.run_id for record in instance.get_run_records()} == {new, waiting.run_id}
    assert instance.all_logs(old) == []
    assert not (home / "storage" / old).exists()
    assert events(instance, new, dg.DagsterEventType.ASSET_MATERIALIZATION) == OUTPUTS
    assert purge_runs(instance, datetime.now(UTC) + timedelta(days=days + 1)) == 1
    assert [record.dagster_run.run_id for record in instance.get_run_records()] == [waiting.run_id]


def test_what_was_made_and_found_last_stays_known_after_its_run_went(instance: dg.DagsterInstance) -> None:
    check = dg.AssetCheckKey(dg.AssetKey("lijst_0"), "is_complete")
    old, new = run(instance), run(instance)

    assert purge_runs(instance, datetime.now(UTC) + timedelta(days=365)) == 2

    kept = storage_of(instance).get_asset_check_execution_history(check, limit=10)
    assert [record.run_id for record in kept] == [new]
    assert kept[0].evaluation and kept[0].evaluation.passed
    assert old != new
    records = instance.get_asset_records([dg.AssetKey("lijst_3")])
    assert records[0].asset_entry.last_run_id == new


def test_an_instance_that_keeps_its_history_otherwise_keeps_it_all() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run(instance)

        assert purge_runs(instance, datetime.now(UTC) + timedelta(days=3650)) == 0
        assert len(instance.get_run_records()) == 1


def test_a_disk_without_room_for_the_history_is_told_and_the_next_run_goes_on_in_it(
    home: Path, instance: dg.DagsterInstance
) -> None:
    """A limit on the pages of the file stands for the disk: SQLite says the same of both."""
    before = run(instance)
    kept = storage_of(instance)._kept
    kept.dispose()
    limited: list[int] = []

    def limit(connection: Any, _: Any) -> None:
        (pages,) = connection.execute("pragma page_count").fetchone()
        limited.append(pages)
        connection.execute(f"pragma max_page_count = {pages}")

    listen(kept, "connect", limit)
    with pytest.raises(sqlalchemy.exc.DBAPIError) as stopped:
        for _ in range(5):
            run(instance)
    assert limited
    assert faults.told(str(stopped.value.orig)).startswith("de schijf is vol: maak ruimte, en draai opnieuw")
    event.remove(kept, "connect", limit)
    kept.dispose()
    with sqlite3.connect(home / "event_log.db") as con:
        assert con.execute("pragma quick_check(1)").fetchall() == [("ok",)]
    after = run(instance)
    assert events(instance, after, dg.DagsterEventType.RUN_SUCCESS) == 1
    assert events(instance, before, dg.DagsterEventType.RUN_SUCCESS) == 1
