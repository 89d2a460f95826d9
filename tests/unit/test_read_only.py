"""A folder in which nothing may be written, or of somebody else: a sentence with the place, and nothing is otherwise.

As root no right bites, so a disk is mounted that can only be read, and a process becomes another user.

Seen red: the ledger was called damaged where only the right to it lacked.
"""

import json
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import backup, ledger, publishing
from orchestration.__main__ import main
from orchestration.locking import sole_writer
from orchestration.paths import DATA_SETTING, DataPaths
from tests.disks import in_a_process, needs_disks, only_to_read, small_disk, to_write_again
from tests.kills import in_a_child
from tests.unit import test_border_kills as border_in
from tests.unit.test_no_room import attempted
from tests.unit.test_publication_kills import no_report, stand
from tests.unit.test_publishing import TABLES, build

OWN = "tests.unit.test_read_only"
# Each of them writes, at the least a line in the journal.
WRITING = (
    ("nightly",),
    ("nightly", "--opnieuw"),
    ("as-of", "2021-03-01"),
    ("withdraw", "1", "--reden", "een proef"),
    ("rollback", "--reden", "een proef"),
    ("retention",),
)


def said(paths: DataPaths, *words: str, as_user: int | None = None) -> str:
    """What a command says in a copy of this process, behind its exit code."""

    def inside() -> str:
        os.environ |= {DATA_SETTING: str(paths.data), "COLUMNS": "200"}
        if as_user is not None:
            os.setgid(as_user)
            os.setuid(as_user)
        with redirect_stdout(StringIO()) as out:
            code = main(words)
        return f"{code} {' '.join(out.getvalue().split())}"

    return in_a_child(inside)


def two_publications(paths: DataPaths) -> None:
    publishing.report_beside = no_report  # type: ignore[assignment]
    paths.data.mkdir(parents=True, exist_ok=True)
    paths.inbox.mkdir(exist_ok=True)
    for number in (1, 2):
        build(paths, number)
        in_a_child(lambda: publishing.publish(paths, TABLES))


def contents(folder: Path) -> dict[str, str]:
    """What stands in a folder, as text."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes().hex() for file in files}


def on_a_disk_to_read(folder: Path) -> list[Any]:
    paths = DataPaths(small_disk(folder / "schijf", 48) / "data")
    two_publications(paths)
    before = contents(paths.data)
    only_to_read(folder / "schijf")
    told = [said(paths, *words) for words in WRITING]
    ledger_told = said(paths, "ledger")
    with duckdb.connect(str(paths.published), read_only=True) as con:
        seen = con.sql("select realisatie from marts.fct_voortgang").fetchall()
    return [told, ledger_told, seen == [(2,)], contents(paths.data) == before]


@needs_disks
def test_in_a_folder_that_can_only_be_read_each_command_says_so(tmp_path: Path) -> None:
    told, ledger_told, is_seen, is_same = in_a_process(OWN, "on_a_disk_to_read", tmp_path, with_disks=True)
    place = tmp_path / "schijf" / "data" / "logboek.jsonl"
    for each in told:
        assert each.startswith("1 ")
        assert f"er kan niet worden geschreven ({place}): de schijf of map is alleen te lezen" in each
        assert "Error" not in each and "Traceback" not in each
    # Who only looks can go on looking.
    assert ledger_told.startswith("0 ")
    assert is_seen and is_same


def versions_to_read(folder: Path) -> list[Any]:
    paths = DataPaths(folder / "data")
    small_disk(paths.versions, 24)
    two_publications(paths)
    build(paths, 3)
    right = DataPaths(folder / "ongestoord")
    shutil.copytree(paths.data, right.data, symlinks=True)
    only_to_read(paths.versions)
    told = attempted(lambda: publishing.publish(paths, TABLES))
    between = json.loads(in_a_child(lambda: json.dumps(stand(paths))))
    to_write_again(paths.versions)
    in_a_child(lambda: publishing.publish(paths, TABLES))
    in_a_child(lambda: publishing.publish(right, TABLES))
    after, wanted = (json.loads(in_a_child(lambda p=p: json.dumps(stand(p)))) for p in (paths, right))
    return [told, between["figure"], between["faults"], between["open"], after == wanted, after["figure"]]


@needs_disks
def test_where_no_version_can_be_written_readers_keep_theirs(tmp_path: Path) -> None:
    told, figure, faults, intents, is_same, after = in_a_process(OWN, "versions_to_read", tmp_path, with_disks=True)
    assert f"er kan niet worden geschreven ({tmp_path / 'data' / 'versies'}" in told
    assert (figure, faults, intents) == (2, [], 0)
    assert (is_same, after) == (True, 3)


def inbox_to_read(folder: Path) -> list[Any]:
    here, right = folder / "hier", folder / "ongestoord"
    small_disk(here / "leveringen", 8)
    border_in.fill(here)
    right.mkdir()
    border_in.fill(right)
    in_a_child(lambda: border_in.night(right, -1))
    only_to_read(here / "leveringen")

    def night() -> str:
        with sole_writer(DataPaths(here)):
            border_in.night(here, -1)
        return "gelukt"

    return [in_a_child(night), border_in.outcome(here) == border_in.outcome(right)]


@needs_disks
def test_an_inbox_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    """Such as a share of the supplier."""
    assert in_a_process(OWN, "inbox_to_read", tmp_path, with_disks=True) == ["gelukt", True]


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that anybody may enter, unlike those of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="van_een_ander_"))
    folder.chmod(0o755)
    yield folder
    publishing._remove(folder)


def of_somebody_else(folder: Path) -> list[Any]:
    paths, nobody = DataPaths(folder / "data"), pwd.getpwnam("nobody").pw_uid
    two_publications(paths)
    with sole_writer(paths):
        pass
    # What a run leaves in it before it stops would be of root.
    before = contents(paths.data)
    told = [said(paths, *words, as_user=nobody) for words in (*WRITING, ("ledger",))]
    new = [said(DataPaths(folder / "nieuw"), "demo", as_user=nobody)]

    def read(work: Callable[[], object]) -> str:
        def inside() -> None:
            os.setuid(nobody)
            work()

        return attempted(inside)

    book = read(lambda: ledger.examine(paths))
    kept = read(lambda: backup.make_backup(paths, folder))
    published = read(lambda: duckdb.connect(str(paths.published), read_only=True).sql("from marts.fct_voortgang"))
    private = stat.S_IMODE(paths.raw.stat().st_mode)
    return [told, new, book, kept, published, private, contents(paths.data) == before]


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="only root can become another user")
def test_in_the_folder_of_somebody_else_each_command_says_that_a_right_lacks(elsewhere: Path) -> None:
    told, new, book, kept, published, private, is_same = in_a_process(OWN, "of_somebody_else", elsewhere)
    for each in told:
        assert each.startswith("1 ")
        assert f"er is geen recht om te lezen of te schrijven ({elsewhere}/data/" in each
        assert "Error" not in each and "Traceback" not in each and "beschadigd" not in each
    assert f"er is geen recht om te lezen of te schrijven ({elsewhere}/nieuw" in new[0]
    for each in (book, kept):
        assert f"er is geen recht om te lezen of te schrijven ({elsewhere}/data/" in each
        assert "beschadigd" not in each
    # What was published is for everybody, and nothing else.
    assert (published, private) == ("gelukt", 0o600)
    assert is_same
