"""What the journal says of a run that somebody starts in Dagster, whatever the job: how it began, and how it ended."""

import json
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from orchestration import alerts, assets, damage
from orchestration.assets import sole_writer_resource, told_plainly
from orchestration.paths import DATA_SETTING, DataPaths


@dg.op(required_resource_keys={"sole_writer"}, config_schema={"faalt": bool})
def stap(context: dg.OpExecutionContext) -> None:
    """A step of a job that is not the night."""
    with told_plainly(context.resources.sole_writer):
        if context.op_config["faalt"]:
            raise AssertionError("Jansen")


@dg.job(resource_defs={"sole_writer": sole_writer_resource})
def een_klik() -> None:
    """One step."""
    stap()


@pytest.mark.parametrize(("fails", "outcome"), [(True, "mislukt: stap stap"), (False, "gelukt")])
def test_a_run_of_any_job_says_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool, outcome: str
) -> None:
    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    config = {"ops": {"stap": {"config": {"faalt": fails}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        een_klik.execute_in_process(run_config=config, instance=instance, raise_on_error=False)
    lines = [json.loads(line) for line in DataPaths(tmp_path).journal.read_text(encoding="utf-8").splitlines()]
    assert [(line["object"], line["resultaat"]) for line in lines] == [("een_klik", "begonnen"), ("een_klik", outcome)]
    assert "Jansen" not in str(lines)


def test_a_run_that_finds_what_it_rests_on_damaged_says_that_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    (tmp_path / "raw.duckdb").write_bytes(b"geen databank" * 100)
    config = {"ops": {"stap": {"config": {"faalt": False}}}}
    heard: list[str] = []
    monkeypatch.setattr(alerts, "tell", lambda title, _: heard.append(title))
    with dg.DagsterInstance.ephemeral() as instance:
        run = een_klik.execute_in_process(run_config=config, instance=instance, raise_on_error=False)
    lines = [json.loads(line) for line in DataPaths(tmp_path).journal.read_text(encoding="utf-8").splitlines()]
    assert [line["resultaat"].partition(":")[0] for line in lines] == ["begonnen", "mislukt"]
    # A sentence and no trace: what a resource raises, Dagster shows with both.
    (failed,) = [event.step_failure_data for event in run.all_events if event.is_step_failure]
    assert failed.user_failure_data
    assert "is beschadigd en kan niet worden gelezen" in (failed.user_failure_data.description or "")
    assert failed.error and failed.error.cls_name == "NotBegunError" and failed.error.cause is None
    assert "make restore VAN=" in failed.error.message
    assert [event for event in run.all_events if event.event_type_value == "RESOURCE_INIT_FAILURE"] == []
    assert heard == ["nachtelijke run niet begonnen; de vorige publicatie blijft staan"]


def test_every_step_that_writes_asks_whether_it_may() -> None:
    """The resource raises nothing by itself."""
    text = Path(assets.__file__).read_text(encoding="utf-8")
    asked = text.count("with told_plainly(context.resources.sole_writer):")
    assert asked == text.count('required_resource_keys={"sole_writer"}') == 6


def test_a_retention_without_a_data_folder_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.automation import retention

    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        run = retention.execute_in_process(instance=instance, raise_on_error=False)
    (failed,) = [event.step_failure_data for event in run.all_events if event.is_step_failure]
    assert failed.error and failed.error.cls_name == "Failure" and failed.error.cause is None
    assert "bestaat nog niet; draai eerst make nightly" in failed.error.message


def test_raw_that_is_lost_while_the_night_takes_its_turn_is_told_in_a_sentence(
    night: tuple[DataPaths, Callable[[], int]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command has looked at it, and waited for the lock; then Dagster looks."""
    paths, run = night
    (paths.inbox / "om_beslag" / "nieuw.csv").write_text("iets")
    looks, examine = [], damage.examine
    heard: list[str] = []

    def examine_what_is_lost(of: DataPaths) -> None:
        looks.append(of)
        if len(looks) == 2:
            paths.raw.rename(paths.data / "elders")
        examine(of)

    monkeypatch.setattr(damage, "examine", examine_what_is_lost)
    monkeypatch.setattr(alerts, "tell", lambda title, _: heard.append(title))
    before = paths.published.readlink()
    assert run() == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "raw.duckdb is er niet meer, en er is al gepubliceerd. Zet een reservekopie terug (make restore VAN" in said
    assert "Traceback" not in said and "Error" not in said and "zie het logboek" not in said
    assert heard == ["nachtelijke run niet begonnen; de vorige publicatie blijft staan"]
    assert paths.published.readlink() == before and not paths.raw.exists()
