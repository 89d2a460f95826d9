"""Which engine executes the models, and what is said where it is not there; Spark itself is not started."""

import importlib.util
import shutil
import socket
from pathlib import Path

import duckdb
import pytest

from orchestration import building, register
from orchestration.building import Builder, check_engine
from orchestration.ledger import open_ledger
from orchestration.paths import ENGINE_SETTING, MASTER_SETTING, DataPaths
from orchestration.recording import Recording
from orchestration.spark import session
from orchestration.spark.session import NoSparkError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As if Spark and Java were there."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(shutil, "which", lambda name, **_: name)
    monkeypatch.setattr(session, "_version_of", lambda java: 17)
    monkeypatch.setenv(ENGINE_SETTING, "spark")
    return monkeypatch


def test_without_a_setting_duckdb_executes_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE_SETTING, raising=False)
    assert check_engine() == "duckdb"
    monkeypatch.setenv(ENGINE_SETTING, "")
    assert check_engine() == "duckdb"


def test_an_engine_that_is_none_is_told_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_SETTING, "Spark")
    with pytest.raises(ValueError, match=f"^{ENGINE_SETTING} is 'Spark'; het is duckdb of spark$"):
        check_engine()


def test_what_is_not_installed_is_told_with_what_to_do(installed: pytest.MonkeyPatch) -> None:
    assert check_engine() == "spark"
    installed.setattr(importlib.util, "find_spec", lambda name: None if name == "pyspark" else name)
    with pytest.raises(NoSparkError, match="want pyspark is niet geïnstalleerd: draai make spark"):
        check_engine()


def test_java_that_is_not_there_is_told_with_what_to_do(installed: pytest.MonkeyPatch) -> None:
    installed.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(NoSparkError, match="Java is niet gevonden: installeer Java 17 of later"):
        check_engine()


@pytest.mark.parametrize(
    ("says", "is_enough"),
    [
        ("echo 'openjdk version \"17.0.15\" 2025-04-15' >&2", True),
        ("echo 'java version \"21\" 2023-09-19 LTS' >&2", True),
        ("echo 'java version \"1.8.0_401\"' >&2", False),
        ("echo 'openjdk version \"11.0.22\"' >&2", False),
        ("exit 1", False),
        ("sleep 5", False),
    ],
)
def test_java_that_is_too_old_broken_or_silent_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, is_enough: bool
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\n{says}\n")
    java.chmod(0o700)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setenv(ENGINE_SETTING, "spark")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    # Enough for a script that answers, and not for one that sleeps.
    monkeypatch.setattr(session, "JAVA_SECONDS", 2)
    if is_enough:
        assert check_engine() == "spark"
    else:
        with pytest.raises(NoSparkError, match=f"want {java} is geen Java 17 of later: installeer Java 17 of later"):
            check_engine()


@pytest.mark.parametrize(
    "address", ["host:7077", "spark//host:7077", "SPARK://host:7077", "local[0]", "locale[2]", " local"]
)
def test_a_master_that_is_none_is_told_before_anything_starts(installed: pytest.MonkeyPatch, address: str) -> None:
    installed.setenv(MASTER_SETTING, address)
    with pytest.raises(
        NoSparkError, match=f"^{MASTER_SETTING} is .*, en dat is geen master van Spark: het is spark://"
    ):
        check_engine()
    for known in ("local", "local[*]", "local[4]", "local[2,3]", "yarn", "k8s://https://host:6443"):
        installed.setenv(MASTER_SETTING, known)
        assert check_engine() == "spark"


def test_a_wish_that_cannot_be_met_leaves_the_warehouse_that_stands(
    installed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = DataPaths(tmp_path)
    with duckdb.connect(str(paths.raw)) as con, open_ledger(paths):
        register.prepare(con)
    paths.warehouse.write_text("staat er nog")
    installed.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoSparkError):
        Builder(paths, Recording((), ()))
    assert paths.warehouse.read_text() == "staat er nog"


def test_a_master_that_does_not_answer_is_told_with_its_setting(installed: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Bound and not listened to: whoever calls is turned away.
        address = f"spark://127.0.0.1:{taken.getsockname()[1]}"
        installed.setenv(MASTER_SETTING, address)
        with pytest.raises(NoSparkError, match=f"{address} antwoordt niet: start hem, of zet {MASTER_SETTING} goed"):
            session.start(1, "1GB", "Europe/Amsterdam", tmp_path)


def test_of_several_masters_one_that_answers_is_enough() -> None:
    with socket.socket() as gone, socket.create_server(("127.0.0.1", 0)) as there:
        gone.bind(("127.0.0.1", 0))
        first, second = (f"127.0.0.1:{one.getsockname()[1]}" for one in (gone, there))
        session._meet(f"spark://{first},{second}")
        with pytest.raises(NoSparkError):
            session._meet(f"spark://{first},{first}")


@pytest.mark.parametrize("address", ["spark://zonder-poort", "spark://host:geen-getal"])
def test_an_address_that_is_none_is_told_likewise(installed: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    installed.setenv(MASTER_SETTING, address)
    with pytest.raises(NoSparkError, match="antwoordt niet"):
        session.start(1, "1GB", "Europe/Amsterdam", tmp_path)


def test_nothing_of_spark_is_imported_unless_it_is_asked_for() -> None:
    # The module of the setting itself is there; what it would import is not.
    source = Path(building.__file__).read_text(encoding="utf-8").split("def check_engine")[0]
    assert "orchestration.spark" not in source
