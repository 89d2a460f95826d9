"""Whole nights, killed at a moment that chance chose: the next night comes to what an undisturbed one would have.

For `make soak`: each takes minutes. The tests kill the border in, publishing and a build, each by itself.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import ledger
from orchestration.paths import DATA_SETTING, ROOT, DataPaths
from tests.comparison import CLOCKS, differences

COMMAND = [sys.executable, "-m", "orchestration", "nightly"]
# A night that was cut off between its intent and the swap has spent a number.
NUMBERS = {"publicatie_nr", "vorige_publicatie_nr"}
ROW = "999999999,13/999999-20,77777777,273f Sr,POL,AMS,2020-05-01\n"


@dataclass(frozen=True)
class Killed:
    """One night that was killed, and the one after it.

    Args:
        step: What the killed night said last.
        wrong: What is otherwise than after an undisturbed night; empty where all is well.
        rows: How many published rows were compared.
    """

    step: str
    wrong: list[str]
    rows: int


def kill_nights(folder: Path, seed: int, times: int, say: Callable[[Killed], None] = lambda _: None) -> list[Killed]:
    """Kill nights that have a delivery to take in, each in a data folder of its own, and let the next one finish.

    Args:
        folder: An empty folder.
        seed: Where chance begins.
        times: How many nights are killed.
        say: Is told of each.

    Returns:
        Of each how it went.
    """
    base = DataPaths(folder / "eerste")
    assert _night(base).wait() == 0, "the first night itself fails"
    deliver(base)
    right = _copy(base, folder / "ongestoord")
    begun = time.monotonic()
    assert _night(right).wait() == 0, "the second night itself fails"
    lasts, chance, told = time.monotonic() - begun, random.Random(seed), []
    for number in range(times):
        here = _copy(base, folder / str(number))
        night = _night(here)
        try:
            night.wait(timeout=lasts * chance.uniform(0.05, 1))
        except subprocess.TimeoutExpired:
            os.killpg(night.pid, signal.SIGKILL)
            night.wait()
        said = _said(here).read_text(encoding="utf-8").splitlines()
        step = said[-1] if said else "nog niets"
        code = _night(here).wait()
        wrong, rows = [f"de volgende nacht eindigt met {code}"] if code else [], 0
        if not code:
            found, rows = differences(right.published, here.published, CLOCKS | NUMBERS)
            wrong += found + faults_of(here)
        told.append(Killed(step, wrong, rows))
        say(told[-1])
        if not wrong:
            _remove(here.data)
    return told


def deliver(paths: DataPaths) -> None:
    """Put something new in the inbox.

    Args:
        paths: The data folder.
    """
    deliveries = paths.inbox / "mensenhandel_verdachten"
    newest = max(deliveries.glob("demo_instroom_*.csv"))
    (deliveries / "demo_instroom_20230415_ontvangen_20250301.csv").write_text(newest.read_text() + ROW)


def faults_of(paths: DataPaths) -> list[str]:
    """What the ledger has against itself, and what was left lying."""
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        faults = [*ledger.audit(con, paths).faults]
    left = [each.name for each in paths.data.iterdir() if ".nieuw" in each.name]
    return faults + [f"blijft liggen: {name}" for name in left]


def _said(paths: DataPaths) -> Path:
    return paths.data.with_suffix(".log")


def _night(paths: DataPaths) -> subprocess.Popen[bytes]:
    with _said(paths).open("wb") as log:
        return subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=os.environ | {DATA_SETTING: str(paths.data)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _copy(base: DataPaths, to: Path) -> DataPaths:
    shutil.copytree(base.data, to, symlinks=True)
    return DataPaths(to)


def _remove(folder: Path) -> None:
    for inner in (folder, *(entry for entry in folder.rglob("*") if entry.is_dir() and not entry.is_symlink())):
        inner.chmod(0o700)
    shutil.rmtree(folder)
