"""Whole nights on a disk that is full halfway: the night after it comes to what an undisturbed one would have.

For `make soak`: each takes minutes. The tests take each leg by itself (`tests/unit/test_no_room.py`).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.paths import DATA_SETTING, ROOT, DataPaths
from tests.comparison import CLOCKS, differences
from tests.disks import ALONE, fill, make_room, small_disk
from tests.night_kills import COMMAND, NUMBERS, deliver, faults_of

# What is left on the disk, in KiB: from nothing to nearly enough.
LEFT = (0, 12_288, 24_576, 40_960, 65_536)
MEGABYTES = 1000


@dataclass(frozen=True)
class Full:
    """One night on a full disk, and the one after it.

    Args:
        left: How many KiB there were.
        code: How the night ended.
        said: The last of what it said.
        wrong: What is otherwise than after an undisturbed night; empty where all is well.
    """

    left: int
    code: int
    said: str
    wrong: list[str]


def try_nights(folder: Path, say: Callable[[Full], None]) -> list[Full]:
    """Let nights that have a delivery to take in meet a full disk, in a process that may mount one.

    Args:
        folder: An empty folder.
        say: Is told of each.

    Returns:
        Of each how it went.
    """
    told = []
    with subprocess.Popen(
        [*ALONE, sys.executable, "-m", "tests.night_disks", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            told.append(Full(**json.loads(line)))
            say(told[-1])
    assert process.returncode == 0, "no disks could be made, or an undisturbed night fails"
    return told


def _try(folder: Path) -> None:
    first, right = DataPaths(folder / "eerste"), DataPaths(folder / "ongestoord")
    assert _night(first)[0] == 0
    shutil.copytree(first.data, right.data, symlinks=True)
    deliver(right)
    assert _night(right)[0] == 0
    for left in LEFT:
        disk = small_disk(folder / str(left), MEGABYTES)
        here = DataPaths(disk / "data")
        shutil.copytree(first.data, here.data, symlinks=True)
        deliver(here)
        print(json.dumps(asdict(_one(here, disk, right, left))), flush=True)
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _one(here: DataPaths, disk: Path, right: DataPaths, left: int) -> Full:
    before, wrong = here.published.readlink(), []
    fill(disk, left << 10)
    code, said = _night(here)
    if code and here.published.readlink() != before:
        wrong.append("lezers zien iets anders dan de vorige publicatie")
    if code and ("schijf is vol" not in said.replace("\n", " ") or "Traceback" in said):
        wrong.append("er wordt niet gezegd dat de schijf vol is")
    wrong += [f"half achtergebleven: {each.name}" for each in here.data.glob("warehouse.nieuw*")]
    make_room(disk)
    again, after = _night(here)
    if again:
        wrong.append(f"de volgende nacht eindigt met {again}: {after}")
    else:
        found, _ = differences(right.published, here.published, CLOCKS | NUMBERS)
        wrong += found + faults_of(here)
    return Full(left, code, said, wrong)


def _night(paths: DataPaths) -> tuple[int, str]:
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=os.environ | {DATA_SETTING: str(paths.data)}, capture_output=True, text=True, check=False
    )
    return done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-40:])


if __name__ == "__main__":
    _try(Path(sys.argv[1]))
