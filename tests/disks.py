"""What tests of disks share: a process of its own that sees a small disk, or one that can only be read.

Such a disk is a file system in memory, in a name space that only that process sees: it is gone with the process,
however that ends. Linux lets root make one, and often any user; where it does not, the tests say so.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from orchestration.paths import ROOT

ALONE = ("unshare", "--user", "--map-root-user", "--mount")
BALLAST = "ballast"


@cache
def can_mount() -> bool:
    """Whether this machine lets us mount a file system of our own."""
    try:
        done = subprocess.run([*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/tmp"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


needs_disks = pytest.mark.skipif(
    not (hasattr(os, "fork") and can_mount()), reason="this machine lets nobody mount a file system of his own"
)


def in_a_process(module: str, call: str, folder: Path, *, with_disks: bool = False) -> Any:
    """Call a function in a process that nothing else was imported in, since it is copied.

    Args:
        module: The module of the function.
        call: Its name; it takes a folder.
        folder: An empty folder.
        with_disks: The process may mount file systems.

    Returns:
        Its answer, by way of JSON.
    """
    program = f"import json, sys; from pathlib import Path; import {module} as own; \
print(json.dumps(own.{call}(Path(sys.argv[1]))))"
    done = subprocess.run(
        [*(ALONE if with_disks else ()), sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def small_disk(place: Path, megabytes: int) -> Path:
    """Mount an empty disk in memory.

    Args:
        place: Where; the folder is made.
        megabytes: What it holds.
    """
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
    return place


def only_to_read(place: Path) -> None:
    """Let nothing be written on a disk any more."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)


def to_write_again(place: Path) -> None:
    """Let a disk be written again."""
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)


def fill(disk: Path, left: int) -> None:
    """Put something else on a disk, so that no more than some bytes are left."""
    room = os.statvfs(disk)
    with (disk / BALLAST).open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, max(room.f_bavail * room.f_frsize - left, 1))


def make_room(disk: Path) -> None:
    """Do what the sentence says."""
    (disk / BALLAST).unlink(missing_ok=True)
