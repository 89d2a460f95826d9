"""What is lost or damaged ends in a sentence that says what to do, and in the publication before it."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration import alerts, damage, faults, novelty, register
from orchestration.__main__ import main
from orchestration.damage import DamageError
from orchestration.locking import sole_writer
from orchestration.migrations import LaterFormError
from orchestration.paths import DATA_SETTING, DataPaths
from tests.unit.conftest import make_delivery

ROWS = 50_000


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A data folder with one delivery of many rows, and a publication that rests on it."""
    paths = DataPaths(tmp_path / "data")
    paths.inbox.mkdir(parents=True)
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
        register.add_delivery(con, make_delivery(paths.inbox, "id\r\n1\r\n"), "abc", None, register.now())
        con.execute(f"create table proef as select range as id, hash(range) as naam from range({ROWS})")
    (paths.versions / "00007").mkdir(parents=True)
    (paths.versions / "00007" / paths.published.name).write_text("cijfers")
    paths.published.symlink_to(f"versies/00007/{paths.published.name}")
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    monkeypatch.delenv(alerts.ALERT_SETTING, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return paths


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 3)


def overwrite(file: Path) -> None:
    file.write_bytes(os.urandom(file.stat().st_size))


def empty(file: Path) -> None:
    os.truncate(file, 0)


def begin_anew(file: Path) -> None:
    """A register without a delivery, as a run makes where there is none."""
    file.unlink()
    with duckdb.connect(str(file)) as con:
        register.prepare(con)


def another_database(file: Path) -> None:
    file.unlink()
    with duckdb.connect(str(file)) as con:
        con.execute("create table iets (a integer)")


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "removed": (Path.unlink, "is er niet meer, en er is al gepubliceerd"),
    "cut off": (cut, "is beschadigd en kan niet worden gelezen"),
    "filled with garbage": (overwrite, "is beschadigd en kan niet worden gelezen"),
    "emptied": (empty, "is beschadigd en kan niet worden gelezen"),
    "begun anew": (begin_anew, "staat geen enkele levering, en er is al gepubliceerd"),
    "another database": (another_database, "staat geen enkele levering, en er is al gepubliceerd"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_night_stops_where_raw_is_lost_and_says_what_to_do(
    paths: DataPaths, what: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    harm, told = DAMAGE[what]
    harm(paths.raw)
    before = paths.raw.read_bytes() if paths.raw.exists() else None
    assert main(["nightly"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    for part in (told, "make restore VAN=", "make nightly HERBOUW=1", "Lezers zien publicatie 7, zoals die was"):
        assert part in said
    assert "Error" not in said
    assert (paths.raw.read_bytes() if paths.raw.exists() else None) == before
    assert paths.published.read_text() == "cijfers"


@pytest.mark.parametrize("what", DAMAGE)
def test_the_schedule_starts_a_run_that_tells_it(paths: DataPaths, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that raised would start nothing, and nobody would hear of it."""
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert novelty.changed(paths) == []
    harm, told = DAMAGE[what]
    harm(paths.raw)
    assert "besluiten over leveringen" in novelty.changed(paths)
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(alerts, "tell", lambda title, text: heard.append((title, text)))
    with pytest.raises(DamageError, match=told):
        damage.examine(paths)
    assert [title for title, _ in heard] == ["nachtelijke run niet begonnen; de vorige publicatie blijft staan"]
    assert told in heard[0][1]


def test_without_anything_published_there_is_nothing_to_lose(paths: DataPaths) -> None:
    for place in (paths.raw, paths.published, paths.versions / "00007" / paths.published.name):
        place.unlink()
    (paths.versions / "00007").rmdir()
    damage.examine(paths)
    begin_anew_file = paths.raw
    with duckdb.connect(str(begin_anew_file)) as con:
        register.prepare(con)
    damage.examine(paths)


def test_what_is_whole_passes(paths: DataPaths) -> None:
    damage.examine(paths)


def test_a_raw_of_a_later_release_is_left_alone(paths: DataPaths, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        con.execute("update leveringen.vorm set vorm = 99")
    with pytest.raises(LaterFormError):
        damage.examine(paths)
    assert main(["nightly"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "raw.duckdb heeft vorm 99" in said
    assert "er is niets veranderd" in said
    # It is not damaged, so it is not made again either.
    assert main(["nightly", "--herbouw"]) == 1
    assert "raw.duckdb heeft vorm 99" in " ".join(capsys.readouterr().out.split())


NOTES = {
    "garbage": "\x00\x01garbage",
    "no end": '{"publicatie": "00007", "ingre',
    "another form": '{"ingredienten": {}, "publicatie": 7, "klaar": "nu", "blijft_liggen": 3}',
    "no day": '{"ingredienten": {}, "publicatie": "00007", "klaar": "gisteren", "blijft_liggen": []}',
    "no number": '{"ingredienten": {}, "publicatie": "x", "klaar": "2026-11-25T03:00:00", "blijft_liggen": []}',
    "numbers for texts": '{"ingredienten": {}, "publicatie": "00007", "klaar": 3, "blijft_liggen": []}',
    "a list": "[1, 2]",
    "nothing": "",
}


@pytest.mark.parametrize("what", NOTES)
def test_a_damaged_note_of_the_last_night_is_no_note(paths: DataPaths, what: str) -> None:
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert novelty.last_night(paths) is not None
    (paths.data / "nacht.json").write_text(NOTES[what])
    assert novelty.last_night(paths) is None
    assert novelty.changed(paths)


def history(paths: DataPaths) -> dict[str, Path]:
    """The history of runs, as Dagster keeps it: three databases of rows enough to be damaged inside."""
    files = {name: paths.dagster_home / name for name in damage.HISTORY}
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(file) as con:
            con.execute("create table runs (a text)")
            con.executemany("insert into runs values (?)", [(str(n) * 50,) for n in range(2000)])
        con.close()
    return files


def blot(file: Path) -> None:
    with file.open("r+b") as held:
        held.seek(file.stat().st_size // 2 // 4096 * 4096)
        held.write(b"\xff" * 8192)


@pytest.mark.parametrize("name", damage.HISTORY)
@pytest.mark.parametrize("harm", [cut, overwrite, blot, empty])
def test_a_damaged_history_is_put_aside_and_told(paths: DataPaths, name: str, harm: Callable[[Path], None]) -> None:
    files = history(paths)
    assert damage.settle_history(paths) is None
    assert all(file.exists() for file in files.values())
    harm(files[name])
    kept = files[name].read_bytes()
    told = damage.settle_history(paths)
    assert told is not None
    assert name in told
    assert "begint opnieuw" in told
    assert not any(file.exists() for file in files.values())
    (aside,) = paths.dagster_home.glob("beschadigd-*")
    assert sorted(file.name for file in aside.iterdir()) == ["event_log.db", "runs.db", "schedules.db"]
    assert (aside / Path(name).name).read_bytes() == kept
    assert damage.settle_history(paths) is None


def test_a_history_that_somebody_writes_is_not_damaged(paths: DataPaths) -> None:
    files = history(paths)
    with sqlite3.connect(files["event_log.db"]) as con:
        con.execute("begin exclusive")
        assert damage.settle_history(paths) is None
        con.rollback()
    con.close()
    assert files["event_log.db"].exists()


SAYINGS = {
    "[Errno 28] No space left on device: '/srv/data/raw.duckdb'": ("de schijf is vol (/srv/data/raw.duckdb)"),
    'IO Error: Could not write file "/srv/data/a.duckdb": No space left on device': "de schijf is vol (/srv/data/a",
    "disk I/O error": "de schijf is vol of beschadigd: maak ruimte",
    "(sqlite3.OperationalError) database or disk is full": "de schijf is vol: maak ruimte",
    "[Errno 30] Read-only file system: '/srv/data/warehouse.lock'": "is alleen te lezen",
    "[Errno 13] Permission denied: '/srv/data/nacht.json'": "er is geen recht om te lezen of te schrijven (/srv",
    "IO Error: Corrupt database file: checksum 1 does not match": "een database is beschadigd.",
}


@pytest.mark.parametrize("said", SAYINGS)
def test_what_the_machine_says_gets_a_dutch_sentence(said: str) -> None:
    assert faults.told(said).startswith(SAYINGS[said]) or SAYINGS[said] in faults.told(said)


def test_our_own_words_stay() -> None:
    assert faults.told("levering 12 bestaat niet") == "levering 12 bestaat niet"


def test_a_damaged_warehouse_is_named_where_it_is_read(paths: DataPaths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.warehouse.write_bytes(os.urandom(20_000))
    assert main(["explain", "--cijfer", "oskm_a/2020"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "warehouse.duckdb" in said
    assert "bouwt make nightly OPNIEUW=1 het opnieuw" in said


def test_a_folder_that_may_not_be_written_is_told(
    paths: DataPaths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is the first thing that is written. A folder in its place stands for a right that root does not lack."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(paths.lock))

    monkeypatch.setattr("orchestration.locking.FileLock.acquire", refuse)
    with pytest.raises(OSError, match="Read-only"), sole_writer(paths):
        pass
    assert main(["nightly"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "de schijf of map is alleen te lezen" in said
    assert "lezers zien de vorige publicatie" in said


def test_a_free_block_that_was_never_written_is_nothing_that_was_cut_off(tmp_path: Path) -> None:
    """A sound database of a night was one block shorter than all its blocks, of which one was free."""
    file, copy = tmp_path / "raw.duckdb", tmp_path / "korter.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create table a as select i, hash(i)::varchar as h from range(40000) as r(i); checkpoint")
        con.execute("create table b as from a; drop table a; checkpoint")
        ((size, used, free),) = con.execute(
            "select block_size, used_blocks, free_blocks from pragma_database_size()"
        ).fetchall()
        assert used >= 2 and free >= 1
        for blocks, is_short in ((used + free, False), (used, False), (used - 1, True)):
            copy.write_bytes(b"")
            os.truncate(copy, damage.HEADINGS + size * blocks)
            assert damage._is_cut_off(con, copy) is is_short, blocks
