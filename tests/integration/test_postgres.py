"""The history of Dagster in PostgreSQL: against a real server, which the test starts and stops."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.__main__ import main
from orchestration.history import PurgedEventLogStorage, purge_runs
from orchestration.paths import DAGSTER_DATABASE_SETTING, DATA_SETTING

INITDB = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
if INITDB is None:
    pytest.skip(
        "PostgreSQL is not installed (no initdb); on Debian: apt-get install postgresql", allow_module_level=True
    )
pytest.importorskip("dagster_postgres", reason="the extra `postgres` is not installed: dagster-postgres")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that answers on a socket in a folder of its own, and on no port of the machine."""
    assert INITDB is not None
    programs = Path(INITDB).resolve().parent
    # The path of a socket may have no more than 107 characters.
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/pg.XXXXXX"], text=True).strip())
    # The server refuses to be run by root; Debian's package comes with a user for it.
    is_root = os.geteuid() == 0
    user = ["runuser", "-u", "postgres", "--"] if is_root else []
    if is_root:
        shutil.chown(folder, "postgres")

    def call(program: str, *words: str) -> None:
        subprocess.run([*user, str(programs / program), *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    call("initdb", "--pgdata", f"{folder}/data", "--auth", "trust", "--username", "dagster", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    call("pg_ctl", "start", "--wait", "--pgdata", f"{folder}/data", "--log", f"{folder}/log", "--options", options)
    try:
        yield f"postgresql+psycopg2://dagster@/postgres?host={folder}"
    finally:
        call("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", f"{folder}/data")
        shutil.rmtree(folder)


@pytest.fixture
def instance(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance as `dagster-home` sets it up where the setting names a database."""
    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    monkeypatch.setenv(DAGSTER_DATABASE_SETTING, address)
    monkeypatch.setenv("DAGSTER_HOME", "")
    assert main(["dagster-home"]) == 0
    with dg.DagsterInstance.get() as instance:
        yield instance


@dg.asset
def cijfers() -> None:
    """Something to make."""


@dg.asset_check(asset=cijfers)
def klopt() -> dg.AssetCheckResult:
    """Something to find."""
    return dg.AssetCheckResult(passed=True)


def run(instance: dg.DagsterInstance) -> str:
    job = dg.Definitions(assets=[cijfers], asset_checks=[klopt]).resolve_implicit_global_asset_job_def()
    return job.execute_in_process(instance=instance).run_id


def test_runs_are_kept_in_the_database_and_no_longer_than_is_asked(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    run_id = run(instance)
    assert instance.get_run_by_id(run_id) is not None
    assert instance.get_latest_materialization_event(dg.AssetKey("cijfers")) is not None
    # All of it is there: nothing of the history lies in the data folder.
    assert not [*tmp_path.rglob("*.db")]
    with dg.DagsterInstance.get() as other:
        assert [each.run_id for each in other.get_runs()] == [run_id]

    storage = instance.event_log_storage
    assert isinstance(storage, PurgedEventLogStorage)
    soon = datetime.now(UTC) + timedelta(days=storage.purge_runs_after_days)
    assert purge_runs(instance, soon - timedelta(days=1)) == 0
    assert purge_runs(instance, soon + timedelta(days=1)) == 1
    assert instance.get_runs() == []
    assert instance.all_logs(run_id) == []
    # What was made last and what a check found last stays known.
    key = dg.AssetCheckKey(dg.AssetKey("cijfers"), "klopt")
    found = storage.get_latest_asset_check_execution_by_key([key])
    assert found[key].run_id == run_id
