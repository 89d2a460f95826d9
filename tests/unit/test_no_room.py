"""A disk that is full halfway: the run stops and says so, readers keep what they have, and the next run ends as ever.

A file that may grow no further stands for a disk without room: a process of its own gets a limit on the size of files
(RLIMIT_FSIZE), which any user can set. The limits lie between nothing and enough, so that it is met at the first
statement, in the midst of a copy and at its end.

Seen red: a rollback that failed took the place of what had happened, and a delivery was refused for the disk.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration import faults, publishing
from orchestration.paths import ROOT, DataPaths
from tests.kills import in_a_child
from tests.unit import test_border_kills as border_in
from tests.unit.test_publication_kills import no_report, stand, what_readers_see
from tests.unit.test_publishing import TABLES, build

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


def in_a_process(call: str, folder: Path) -> list[dict[str, Any]]:
    """What a call of this module answers in a process that nothing else was imported in, since it is copied."""
    program = f"import json, sys; from pathlib import Path; from tests.unit import test_no_room as own; \
print(json.dumps(own.{call}(Path(sys.argv[1]))))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, cwd=ROOT, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_publication_without_room_leaves_readers_what_they_have(tmp_path: Path) -> None:
    found = in_a_process("publish_without_room", tmp_path)
    stopped = [each for each in found if each["said"] != "gelukt"]
    assert len(stopped) >= 3
    assert [each for each in stopped if not each["said"].startswith("de schijf is vol")] == []
    assert {each["seen"] for each in stopped} == {1}
    assert [each for each in found if each["different"]] == []


def test_a_border_in_without_room_says_so_and_blames_no_delivery(tmp_path: Path) -> None:
    found = in_a_process("load_without_room", tmp_path)
    stopped = [each for each in found if each["said"] != "gelukt"]
    assert len(stopped) >= 2
    assert [each for each in stopped if not each["said"].startswith("de schijf is vol")] == []
    assert [each for each in found if not each["same"]] == []
