"""A disk that is full halfway: the run stops and says so, readers keep what they have, and the next run ends as ever.

Each leg gets a real disk that is small, in memory, with ever more room left on it: from nothing to enough, so that it
is full at the first statement, in the midst of a copy and at its end. Where nobody may mount one, a file that may grow
no further stands for it (RLIMIT_FSIZE), which any user can set.

Seen red: a rollback that failed took the place of what had happened; a delivery was refused for the disk, or held on
trial for it; a raw under a new key was put in place without its rows, which stood beside it; a line of the journal was
lost in half of the one before it.
"""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import backup, building, faults, journal, ledger, publishing, rekeying, release
from orchestration.paths import DataPaths
from orchestration.recording import Recording
from orchestration.reporting import PAGE
from orchestration.trial import build_on_trial
from tests import invented_releases as invented
from tests.disks import fill, in_a_process, make_room, needs_disks, small_disk
from tests.kills import in_a_child
from tests.unit import test_backup as backups
from tests.unit import test_border_kills as border_in
from tests.unit import test_rekeying as keys
from tests.unit import test_release as releases
from tests.unit import test_retention as terms
from tests.unit import test_trial as trials
from tests.unit.test_publication_kills import no_report, stand, what_readers_see
from tests.unit.test_publishing import TABLES, build

OWN = "tests.unit.test_no_room"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied, and its files are kept small")
# In bytes; DuckDB writes blocks of 256 KiB.
PUBLISHING = (1, 20_000, 400_000, 700_000, 900_000)
LOADING = (1, 30_000, 1_500_000)


def limited(work: Callable[[], object], size: int) -> str:
    """Do work in a copy of this process whose files stay below a size; return what was raised, as people read it."""

    def inside() -> str:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            work()
        except Exception as error:
            return faults.told(str(error)) or type(error).__name__
        return "gelukt"

    return in_a_child(inside)


def attempted(work: Callable[[], object]) -> str:
    """Do work in a copy of this process; return what was raised, as people read it."""

    def inside() -> str:
        try:
            work()
        except Exception as error:
            return faults.told(str(error)) or type(error).__name__
        return "gelukt"

    return in_a_child(inside)


def with_ever_more_room(
    folder: Path,
    make: Callable[[DataPaths], object],
    work: Callable[[DataPaths], object],
    look: Callable[[DataPaths], Any],
    sizes: Sequence[int],
    megabytes: int = 48,
) -> dict[str, Any]:
    """Do work on a disk with ever more room left, each time in a data folder of its own; then make room, and again.

    Args:
        folder: An empty folder.
        make: Makes a data folder.
        work: What is done.
        look: What is to be the same, whatever happened; as JSON has it.
        sizes: How many KiB are left.
        megabytes: What the disk holds.

    Returns:
        What there is to see before, after undisturbed work and, of each size, what was said, what there is to see then,
        what lies in the data folder, and what there is to see when it was done again.
    """
    disk = small_disk(folder / "schijf", megabytes)
    first = DataPaths(folder / "eerste")
    first.data.mkdir()
    make(first)

    def fresh(place: Path) -> DataPaths:
        shutil.copytree(first.data, place, symlinks=True)
        return DataPaths(place)

    def seen(paths: DataPaths) -> Any:
        return json.loads(in_a_child(lambda: json.dumps(look(paths))))

    right = fresh(folder / "ongestoord")
    undisturbed = attempted(lambda: work(right))
    assert undisturbed == "gelukt", undisturbed
    told: dict[str, Any] = {"before": seen(first), "right": seen(right), "lies": lying(right), "found": []}
    for size in sizes:
        here = fresh(disk / str(size))
        fill(disk, size << 10)
        said = attempted(lambda here=here: work(here))
        make_room(disk)
        lies, between = lying(here), seen(here)
        again = attempted(lambda here=here: work(here))
        told["found"].append({"size": size, "said": said, "seen": between, "lies": lies, "again": again,
                              "after": seen(here), "lies_after": lying(here)})  # fmt: skip
        publishing._remove(here.data)
    return told


def lying(paths: DataPaths) -> list[str]:
    """What stands in a data folder, by name; a lock and a journal come with the work itself."""
    return sorted(
        {each.name for each in paths.data.iterdir()} - {paths.lock.name, paths.scratch.name, paths.journal.name}
    )


def check(told: dict[str, Any], least: int = 2) -> list[dict[str, Any]]:
    """Hold what holds of every leg: a sentence with the place, nothing half, and in the end as if undisturbed.

    Returns:
        What stopped.
    """
    stopped = [each for each in told["found"] if each["said"] != "gelukt"]
    assert len(stopped) >= least
    assert len(stopped) < len(told["found"]), "the last one has room"
    assert [each["said"] for each in stopped if "schijf is vol (/" not in each["said"]] == []
    assert [each["said"] for each in stopped if "maak ruimte" not in each["said"]] == []
    assert [each for each in told["found"] if each["again"] != "gelukt" or each["after"] != told["right"]] == []
    assert [each["lies_after"] for each in told["found"] if each["lies_after"] != told["lies"]] == []
    return stopped


def publish_without_room(folder: Path) -> list[dict[str, Any]]:
    """Publish with ever more room, each in a data folder of its own, and let the next run finish."""
    publishing.report_beside = no_report  # type: ignore[assignment]

    def fresh(name: str) -> DataPaths:
        paths = DataPaths(folder / name)
        paths.data.mkdir(parents=True)
        build(paths, 1)
        in_a_child(lambda: publishing.publish(paths, TABLES))
        build(paths, 2)
        return paths

    undisturbed = fresh("ongestoord")
    in_a_child(lambda: publishing.publish(undisturbed, TABLES))
    right = json.loads(in_a_child(lambda: json.dumps(stand(undisturbed))))
    found = []
    for size in PUBLISHING:
        here = fresh(str(size))
        said = limited(lambda here=here: publishing.publish(here, TABLES), size)
        seen = int(in_a_child(lambda here=here: what_readers_see(here)[0]))
        in_a_child(lambda here=here: publishing.publish(here, TABLES))
        after = json.loads(in_a_child(lambda here=here: json.dumps(stand(here))))
        different = {name: (after[name], value) for name, value in right.items() if after[name] != value}
        found.append({"size": size, "said": said, "seen": seen, "different": different})
    return found


def load_without_room(folder: Path) -> list[dict[str, Any]]:
    """Admit deliveries with ever more room, and let the next run finish."""

    def fresh(name: str) -> Path:
        here = folder / name
        here.mkdir(parents=True)
        border_in.fill(here)
        return here

    undisturbed = fresh("ongestoord")
    in_a_child(lambda: border_in.night(undisturbed, -1))
    right, found = border_in.outcome(undisturbed), []
    for size in LOADING:
        here = fresh(str(size))
        said = limited(lambda here=here: border_in.night(here, -1), size)
        assert in_a_child(lambda here=here: border_in.night(here, -1)), "the next run is whole"
        found.append({"size": size, "said": said, "same": border_in.outcome(here) == right})
    return found


def test_a_publication_without_room_leaves_readers_what_they_have(tmp_path: Path) -> None:
    found = in_a_process(OWN, "publish_without_room", tmp_path)
    stopped = [each for each in found if each["said"] != "gelukt"]
    assert len(stopped) >= 3
    assert [each for each in stopped if not each["said"].startswith("de schijf is vol")] == []
    assert {each["seen"] for each in stopped} == {1}
    assert [each for each in found if each["different"]] == []


def test_a_border_in_without_room_says_so_and_blames_no_delivery(tmp_path: Path) -> None:
    found = in_a_process(OWN, "load_without_room", tmp_path)
    stopped = [each for each in found if each["said"] != "gelukt"]
    assert len(stopped) >= 2
    assert [each for each in stopped if not each["said"].startswith("de schijf is vol")] == []
    assert [each for each in found if not each["same"]] == []


SIZES = (0, 64, 560, 1100, 1700, 8000)


def publication_on_a_small_disk(folder: Path) -> dict[str, Any]:
    publishing.report_beside = no_report  # type: ignore[assignment]

    def make(paths: DataPaths) -> None:
        build(paths, 1)
        in_a_child(lambda: publishing.publish(paths, TABLES))
        build(paths, 2)

    return with_ever_more_room(folder, make, lambda paths: publishing.publish(paths, TABLES), stand_and_beside, SIZES)


def stand_and_beside(paths: DataPaths) -> dict[str, Any]:
    found = stand(paths)
    found.pop("beside")
    return found


@needs_disks
def test_a_publication_on_a_full_disk_leaves_readers_what_they_have(tmp_path: Path) -> None:
    told = in_a_process(OWN, "publication_on_a_small_disk", tmp_path, with_disks=True)
    stopped = check(told, 3)
    assert {each["seen"]["figure"] for each in stopped} == {1}
    assert [each["seen"]["faults"] for each in stopped if each["seen"]["faults"]] == []
    assert (told["before"]["figure"], told["right"]["figure"]) == (1, 2)


def rollback_on_a_small_disk(folder: Path) -> dict[str, Any]:
    publishing.report_beside = no_report  # type: ignore[assignment]

    def make(paths: DataPaths) -> None:
        for figure in (1, 2):
            build(paths, figure)
            in_a_child(lambda: publishing.publish(paths, TABLES))

    def work(paths: DataPaths) -> None:
        publishing.examine(paths)
        # A run that was stopped when the ledger had it, is done already.
        with duckdb.connect(str(paths.published), read_only=True) as con:
            is_done = con.sql("select realisatie from marts.fct_voortgang").fetchall() == [(1,)]
        if not is_done:
            publishing.roll_back(paths, "een proef")

    return with_ever_more_room(folder, make, work, stand_and_beside, (0, 8, 1024))


@needs_disks
def test_a_ledger_on_a_full_disk_is_not_called_damaged(tmp_path: Path) -> None:
    stopped = check(in_a_process(OWN, "rollback_on_a_small_disk", tmp_path, with_disks=True), 1)
    assert [each for each in stopped if each["seen"]["faults"]] == []


# Of rows that nothing can make smaller, as much as the disk has to hold.
BROAD = trials.node(
    "breed", "select aantal, hash(aantal * 7919 + i) as h from intermediate.appels, range(300000) as r(i)",
    ["model.proef.appels"],
)  # fmt: skip


def build_on_a_small_disk(folder: Path) -> dict[str, Any]:
    building.recorded = lambda: Recording((*trials.ROWS, trials.TOTAL, BROAD, *trials.MARTS), trials.SCHEMAS)

    def make(paths: DataPaths) -> None:
        trials.fill(paths)
        for name in trials.NAMES:
            trials.deliver(paths, name, 3)
        in_a_child(lambda: build_on_trial(paths, lambda _: None, lambda _: []))
        in_a_child(lambda: trials.publish(paths))
        for name in trials.NAMES:
            trials.deliver(paths, name, 4)

    def work(paths: DataPaths) -> None:
        tried = build_on_trial(paths, lambda _: None, lambda _: [])
        if tried.broken or tried.held:
            raise RuntimeError(f"{tried.broken} {tried.held}")

    def look(paths: DataPaths) -> Any:
        with duckdb.connect(str(paths.warehouse), read_only=True) as con:
            rows = con.sql("select count(*), sum(hash(breed)::hugeint)::varchar from intermediate.breed as breed")
            return [sorted(map(str, trials.verdicts(paths).values())), rows.fetchall()]

    return with_ever_more_room(folder, make, work, look, (0, 40, 560, 2600, 3300, 16000))


@needs_disks
def test_a_build_on_a_full_disk_blames_no_delivery_and_leaves_the_warehouse(tmp_path: Path) -> None:
    told = in_a_process(OWN, "build_on_a_small_disk", tmp_path, with_disks=True)
    stopped = check(told, 4)
    assert [each["seen"] for each in stopped if each["seen"] != told["before"]] == []
    assert {verdict for each in stopped for verdict in each["seen"][0]} == {"toegelaten"}
    assert [each["lies"] for each in stopped if "warehouse.nieuw.duckdb" in each["lies"]] == []


def rekey_on_a_small_disk(folder: Path) -> dict[str, Any]:
    publishing.report_beside = no_report  # type: ignore[assignment]

    def work(paths: DataPaths) -> None:
        try:
            rekeying.rekey(paths, keys.PERSONAL, keys.NEW)
        except ValueError as error:
            # It was stopped behind the swap: what was left to do is done by now.
            if "staat al onder deze sleutel" not in str(error):
                raise
            ledger.write_anew(paths)

    def look(paths: DataPaths) -> Any:
        with ledger.open_ledger(paths):
            pass
        return [keys.is_old(paths, keys.OLD), keys.is_new(paths), *keys.faults_of_ledger(paths)]

    return with_ever_more_room(folder, lambda paths: keys.fill(paths, keys.OLD), work, look, SIZES)


@needs_disks
def test_another_key_on_a_full_disk_is_all_under_one(tmp_path: Path) -> None:
    told = in_a_process(OWN, "rekey_on_a_small_disk", tmp_path, with_disks=True)
    stopped = check(told, 3)
    assert (told["before"], told["right"]) == ([True, False], [False, True])
    assert [each["seen"] for each in stopped if each["seen"] not in (told["before"], told["right"])] == []


@needs_disks
def test_a_full_disk_leaves_no_half_line_in_which_the_next_is_lost(tmp_path: Path) -> None:
    assert in_a_process(OWN, "note_on_a_small_disk", tmp_path, with_disks=True) == ["vol", 2, 1]


def note_on_a_small_disk(folder: Path) -> list[Any]:
    paths = DataPaths(small_disk(folder / "schijf", 1))
    fill(paths.data, 4096)
    said = "gelukt"
    whole = 0
    while said == "gelukt":
        try:
            journal.note(paths, "proef", f"nummer {whole}", journal.DONE, "een proef")
            whole += 1
        except OSError as error:
            said = "vol" if f"schijf is vol ({paths.journal})" in faults.told(str(error)) else str(error)
    make_room(paths.data)
    journal.note(paths, "proef", "na afloop", journal.DONE, "een proef")
    lines = paths.journal.read_text(encoding="utf-8").splitlines()
    readable = 0
    for line in lines:
        with suppress(ValueError):
            readable += bool(json.loads(line))
    return [said, len(lines) - whole, readable - whole]


def retention_on_a_small_disk(folder: Path) -> dict[str, Any]:
    terms.as_models_would_say(folder / "warehouse", setattr)

    def look(paths: DataPaths) -> str:
        try:
            terms.assert_removed(paths)
        except AssertionError:
            return "nog niet overal weg"
        return "weg"

    return with_ever_more_room(
        folder,
        lambda paths: terms.fill(paths, folder / "warehouse"),
        lambda paths: terms.run(paths),
        look,
        (0, 600, 1200, 2400, 8000),
    )


@needs_disks
def test_a_removal_on_a_full_disk_is_finished_when_there_is_room(tmp_path: Path) -> None:
    told = in_a_process(OWN, "retention_on_a_small_disk", tmp_path, with_disks=True)
    stopped = check(told, 2)
    assert told["right"] == "weg"
    assert [each for each in stopped if any("opgeschoond" in name for name in each["lies"])] == []


def release_on_a_small_disk(folder: Path) -> dict[str, Any]:
    release.report_beside = lambda file, **_: (file.parent / PAGE).write_bytes(b"rapport" * 1000)  # type: ignore[assignment]

    def look(paths: DataPaths) -> list[str]:
        return sorted(file.relative_to(paths.releases).as_posix() for file in paths.releases.rglob("*"))

    return with_ever_more_room(
        folder,
        lambda paths: (invented.publish(paths.data, releases.column(20, 2, 7, 9)), paths.scratch.mkdir()),
        release.write_release,
        look,
        (0, 300, 800, 16000),
    )


@needs_disks
def test_a_release_on_a_full_disk_leaves_nothing_that_counts_as_released(tmp_path: Path) -> None:
    told = in_a_process(OWN, "release_on_a_small_disk", tmp_path, with_disks=True)
    stopped = check(told, 2)
    assert told["right"] == ["00001", "00001/veiligheidsagenda_vrijgave.duckdb", f"00001/{PAGE}"]
    assert [each["seen"] for each in stopped if each["seen"]] == []


def backup_on_a_small_disk(folder: Path) -> list[dict[str, Any]]:
    """Back up to a disk that another program fills meanwhile, and put it back on one."""
    backup._check_room = lambda *_: None  # type: ignore[assignment]
    paths, disk, found = DataPaths(folder / "data"), small_disk(folder / "schijf", 64), []
    backups.fill(paths)
    for size in (0, 64, 600, 8000):
        there, data = disk / f"reserve {size}", DataPaths(disk / f"data {size}")
        there.mkdir()
        data.data.mkdir()
        fill(disk, size << 10)
        said = [attempted(lambda there=there: backup.make_backup(paths, there))]
        make_room(disk)
        left = [file.name for file in there.iterdir()] if said != ["gelukt"] else []
        file = backup.make_backup(paths, there)[0] if said != ["gelukt"] else next(there.iterdir())
        fill(disk, size << 10)
        said.append(attempted(lambda data=data, file=file: backup.restore(data, file)))
        left += [each.name for each in data.data.iterdir()] if said[1] != "gelukt" else []
        make_room(disk)
        if said[1] != "gelukt":
            backup.restore(data, file)
        same = all((data.data / each.name).read_bytes() == (paths.data / each.name).read_bytes()
                   for each in backup.read_backup(file).files)  # fmt: skip
        found.append({"size": size, "said": said, "left": left, "same": same})
    return found


@needs_disks
def test_a_backup_or_restore_on_a_full_disk_leaves_nothing_and_can_be_done_again(tmp_path: Path) -> None:
    found = in_a_process(OWN, "backup_on_a_small_disk", tmp_path, with_disks=True)
    said = [said for each in found for said in each["said"] if said != "gelukt"]
    assert len(said) >= 4
    assert found[-1]["said"] == ["gelukt", "gelukt"]
    assert [each for each in said if "is geen plaats voor" not in each or "Maak ruimte" not in each] == []
    assert all(str(tmp_path) in each for each in said)
    # The lock, the place for files of a step, and the journal are no part of what was put back.
    assert {name for each in found for name in each["left"]} <= {"warehouse.lock", "tmp", "logboek.jsonl"}
    assert all(each["same"] for each in found)
