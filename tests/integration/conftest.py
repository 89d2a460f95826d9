"""What the integration tests share: a data folder after its first night on the demo deliveries, and copies of it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from orchestration import beside, novelty, publishing
from orchestration.paths import DATA_SETTING, DataPaths

Rows = list[tuple]
# What takes minutes and shows what smaller tests show in part runs in `make soak`.
WHOLE = bool(os.environ.get("VOLLEDIG"))
long = pytest.mark.skipif(not WHOLE, reason="takes minutes: make soak runs it")


@pytest.fixture(scope="session")
def after_first_night(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[DataPaths]:
    """A data folder in which the first night ran, on nothing but the demo deliveries; not to be changed.

    Processes that share the tests share the night of whichever of them is first.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    paths = DataPaths(shared / "nacht" / "data")
    earlier = os.environ.get(DATA_SETTING)
    os.environ[DATA_SETTING] = str(paths.data)
    # Loading the definitions parses the dbt project into the data folder that is set.
    from orchestration.__main__ import main

    with FileLock(shared / "nacht.lock"):
        assert paths.published.exists() or main(["nightly"]) == 0
    yield paths
    os.environ.pop(DATA_SETTING) if earlier is None else os.environ.update({DATA_SETTING: earlier})


@pytest.fixture(autouse=True)
def drawings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first night draws its report and its picture; later ones, dozens in all, only where a test is about them."""
    if request.node.get_closest_marker("draws") is None:
        draw_nothing(monkeypatch)


def draw_nothing(patch: pytest.MonkeyPatch) -> None:
    """Let nights pass without a report and a picture."""
    for module in (beside, publishing):
        patch.setattr(module, "report_beside", lambda *_, **__: None)
    # Loading it parses the project, so that is left to the tests that need it.
    if assets := sys.modules.get("orchestration.assets"):
        patch.setattr(assets, "overview", lambda _: "niet getekend")


@pytest.fixture
def night(
    after_first_night: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[DataPaths, Callable[[], int]]:
    """A data folder of the test's own in the state after the first night, and the command that runs another one."""
    from orchestration.__main__ import main

    paths = copy_of(after_first_night, tmp_path)
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    return paths, lambda: main(["nightly"])


def copy_of(after_first_night: DataPaths, place: Path) -> DataPaths:
    """A data folder in the state after the first night, in which more may happen."""
    paths = DataPaths(place / "data")
    shutil.copytree(after_first_night.data, paths.data, symlinks=True)
    # The system dates the entries of a copy anew, and a night looks at them; here the copy stands for what it copies.
    note = paths.data / "nacht.json"
    note.write_text(note.read_text().replace(novelty.inbox(after_first_night), novelty.inbox(paths)))
    return paths


def ask(database: Path, query: str) -> Rows:
    """The rows that a query gives on a database, opened read-only as BI tools do."""
    with duckdb.connect(str(database), read_only=True) as con:
        return con.sql(query).fetchall()
