"""Who may read which file, whatever the umask of whoever runs it."""

import fnmatch
import logging
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import rights
from orchestration.locking import sole_writer
from orchestration.paths import DATA_SETTING, PUBLISHED_NAME, ROOT, DataPaths, data_paths

UNTIDY = {
    "leveringen/om_beslag/beslag_20200101.csv": 0o644,
    "raw.duckdb": 0o666,
    "raw.duckdb.wal": 0o644,
    "warehouse.nieuw.duckdb": 0o644,
    "publicaties.duckdb": 0o640,
    "dagster/history/runs.db": 0o644,
    "dbt/target/manifest.json": 0o644,
    "rapporten/1_proef_rijen.html": 0o644,
    "superset/superset.db": 0o644,
    "as-of/2020-01-01/veiligheidsagenda.duckdb": 0o444,
    "nacht.json": 0o644,
    f"versies/00001/{PUBLISHED_NAME}": 0o400,
    "versies/00001/grafieken/csv.csv": 0o444,
    "open-data/00001/cijfers.csv": 0o600,
    "documentatie/index.html": 0o600,
    "van-een-ander/notitie.txt": 0o644,
}


@pytest.fixture(params=[0o022, 0o000, 0o077], ids=oct)
def paths(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[DataPaths]:
    """A data folder as an earlier release left it, under each umask that occurs."""
    before = os.umask(request.param)
    try:
        for name, mode in UNTIDY.items():
            file = tmp_path / "data" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            file.chmod(mode)
        link = tmp_path / "data" / PUBLISHED_NAME
        link.symlink_to(f"versies/00001/{PUBLISHED_NAME}")
        yield DataPaths(tmp_path / "data")
    finally:
        os.umask(before)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_run_gives_every_file_the_rights_that_it_must_have(paths: DataPaths) -> None:
    with sole_writer(paths):
        pass
    assert mode(paths.data) & 0o077 == 0o011
    private = [name for name in UNTIDY if name.split("/")[0] not in (*rights.PUBLIC, "van-een-ander")]
    public = [name for name in UNTIDY if name.split("/")[0] in rights.PUBLIC]
    assert (len(private), len(public)) == (11, 4)
    for name in private:
        assert mode(paths.data / name) & 0o077 == 0, name
        assert mode((paths.data / name).parent) & 0o066 == 0, name
    for name in public:
        assert mode(paths.data / name) & 0o044 == 0o044, name
        assert mode((paths.data / name).parent) & 0o055 == 0o055, name
    assert mode(paths.data / "van-een-ander" / "notitie.txt") == 0o644, "it is not ours"


def test_what_is_published_in_a_new_folder_can_be_found(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    with rights.private_files():
        file = paths.open_data / "00001" / "codelijsten" / "jaar.csv"
        file.parent.mkdir(parents=True)
        file.touch()
        rights.share(paths, paths.open_data / "00001")
    assert [oct(mode(place)) for place in (file, file.parent, file.parents[1], file.parents[2], paths.data)] == [
        *("0o644", "0o755", "0o755", "0o755", "0o711")
    ]


def test_what_is_written_in_a_run_is_the_owners_alone(paths: DataPaths) -> None:
    with sole_writer(paths):
        con = duckdb.connect(str(paths.data / "nieuw.duckdb"))
        con.execute("create table t as select 1 as a")
        made = [paths.data / "nieuw.duckdb", paths.data / "nieuw.duckdb.wal"]
        assert [mode(file) for file in made] == [0o600, 0o600]
        con.close()
    before = os.umask(0)
    os.umask(before)
    assert before != 0o077 or mode(paths.data / "van-een-ander") == 0o700, "afterwards it is as it was"


def test_an_entry_that_is_as_it_must_be_keeps_its_age(paths: DataPaths) -> None:
    with sole_writer(paths):
        pass
    file = paths.inbox / "om_beslag" / "beslag_20200101.csv"
    before = file.stat().st_ctime_ns
    with sole_writer(paths):
        pass
    assert file.stat().st_ctime_ns == before, "by its age a delivered file is known"


def test_no_link_is_followed_out_of_the_data_folder(paths: DataPaths, tmp_path: Path) -> None:
    outside = tmp_path / "van_een_ander.csv"
    outside.touch()
    outside.chmod(0o644)
    (paths.inbox / "om_beslag" / "link.csv").symlink_to(outside)
    (paths.data / "open-data" / "link.csv").symlink_to(outside)
    with sole_writer(paths):
        pass
    assert mode(outside) == 0o644


def test_rights_that_cannot_be_set_are_told(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(self: Path, _: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    with sole_writer(paths):
        pass
    for file in (paths.raw, paths.ledger):
        file.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", refuse)
    with caplog.at_level(logging.WARNING):
        rights.settle(paths)
    assert f"de rechten van {paths.raw} en 1 andere zijn niet te zetten" in caplog.text


HOLD = """
import sys
from pathlib import Path
from orchestration.locking import sole_writer
from orchestration.paths import DataPaths
paths = DataPaths(Path(sys.argv[1]))
with sole_writer(paths):
    (paths.scratch / "kopie").mkdir()
    (paths.scratch / "kopie" / "levering.csv").write_text("klare tekst")
    with sole_writer(paths):
        print("holds", flush=True)
        sys.stdin.readline()
"""


def test_scratch_is_emptied_by_the_next_run_and_never_beside_another(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(paths.data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "holds\n"
        # He who holds the folder took it twice, and somebody reads beside him.
        assert (paths.scratch / "kopie" / "levering.csv").exists()
        other.kill()
    assert (paths.scratch / "kopie" / "levering.csv").exists()
    with sole_writer(paths):
        assert list(paths.scratch.iterdir()) == []
    shutil.rmtree(paths.data)


@pytest.mark.parametrize("name", ["data[1]", "da*ta", "data?"])
def test_a_folder_in_which_dagster_would_not_find_its_settings_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_SETTING, str(tmp_path / name))
    with pytest.raises(ValueError, match="waar Dagster niet mee overweg kan"):
        data_paths()
    monkeypatch.setenv(DATA_SETTING, str(tmp_path / "da'ta <b> %s"))
    assert data_paths().data == tmp_path / "da'ta <b> %s"


def test_the_web_server_answers_to_this_machine_alone() -> None:
    (command,) = [
        line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "dagster dev" in line
    ]
    assert command.endswith('dagster dev --host 127.0.0.1 $(if $(POORT),--port "$$POORT")')
    assert command.startswith("\tumask 077; ")


@pytest.mark.parametrize("name", ["leveringen", "leveringen/om_beslag"])
def test_an_inbox_that_is_a_link_is_as_private(tmp_path: Path, name: str) -> None:
    paths, elsewhere = DataPaths(tmp_path / "data"), tmp_path / "elders"
    place = paths.data / name
    place.parent.mkdir(parents=True)
    (elsewhere / "map").mkdir(parents=True)
    place.symlink_to(elsewhere)
    file = elsewhere / "map" / "beslag_20200101.csv"
    file.touch(0o644)
    with sole_writer(paths):
        pass
    assert [mode(each) & 0o077 for each in (elsewhere, file.parent, file)] == [0, 0, 0]


def test_a_link_to_what_holds_the_data_folder_changes_nothing_there(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    paths.data.mkdir()
    paths.inbox.symlink_to("..")
    (tmp_path / "van-een-ander").touch(0o644)
    before = mode(tmp_path)
    with sole_writer(paths):
        pass
    assert (mode(tmp_path), mode(tmp_path / "van-een-ander")) == (before, 0o644)


def test_the_readme_names_every_file_of_the_data_folder() -> None:
    """Those of which somebody decided who may read them, and those that a module names."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    table = page.split("Data stand in `data/`", 1)[1].split("\n\n", 3)[1]
    first = [row.split("|")[1] for row in table.splitlines()]
    named = {name.split("/")[0] for cell in first for name in re.findall(r"`([^`]+)`", cell)}
    missing = [
        pattern
        for pattern in (*rights.PUBLIC, *rights.PRIVATE)
        if not any(fnmatch.fnmatch(name, pattern) for name in named)
    ]
    folder = DataPaths(Path("/proef"))
    places = (getattr(folder, name) for name, kind in vars(DataPaths).items() if isinstance(kind, property))
    here = {place.relative_to(folder.data).parts[0] for place in places if place.is_relative_to(folder.data)}
    # While a key changes raw is made beside itself; the new one is never there when nothing runs.
    missing += sorted(here - named - {folder.raw_rekeyed.name})
    assert missing == []
    assert {"publicaties.anker", "tmp", "warehouse.lock", "nacht.begonnen.json"} <= named
