"""The border in, killed: whatever moment it was, the next run leaves no copy behind and comes to the same rows.

A process of its own is killed (SIGKILL) at a statement of its work that chance chose, in the midst of a transaction or
of a copy or between them, so that nothing can be tidied. The next run is left alone. Rows, verdicts and what was set
aside are then those of a run that nobody disturbed.

Seen red with the tidying of scratch left out, with the transaction around a loading left out, and with a candidate
that was left behind loaded once more.
"""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import ROOT
from tests.border import Border, file_name, members, no_judge, sample
from tests.kills import in_a_child

# Copied while it is read (windows-1252, and a footer), a set, and one that is read where it lies.
REGISTRATIONS = ("om_beslag", "geregistreerde_misdrijven", "csv_onderzoeken", "comensha_meldingen")


class Watched:
    """A connection on which each statement is counted, and of which one is the last."""

    def __init__(self, con: duckdb.DuckDBPyConnection, last: int) -> None:
        """Count from now on; never stop where `last` is below zero."""
        self.con, self.left, self.count = con, last, 0

    def __getattr__(self, name: str) -> Any:
        """Whatever the connection has."""
        return getattr(self.con, name)

    def execute(self, *words: Any, **named: Any) -> Any:
        """Run a statement, or die of it."""
        if self.count == self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1
        return self.con.execute(*words, **named)


def fill(folder: Path) -> None:
    border = Border(folder)
    border.con.close()
    for registration in REGISTRATIONS:
        for name, extract in members(registration).items():
            it = sample(name, 200)
            if name == ("om_beslag", "beslag"):
                it.records[7][-1] = "12.5"  # type: ignore[index]
            border.put(f"{registration}/{file_name(extract)}", it)


def night(folder: Path, last: int) -> int:
    """Walk through a night in this process, up to a statement; return how many there were."""
    border = Border(folder)
    watched = Watched(border.con, last)
    border.con = watched  # type: ignore[assignment]
    border.run(REGISTRATIONS, no_judge)
    border.assert_tidy()
    return watched.count


def outcome(folder: Path) -> dict[str, Any]:
    """What stands in raw, without numbers and moments."""
    with duckdb.connect(str(folder / "raw.duckdb"), read_only=True) as con:
        found: dict[str, Any] = {
            "oordelen": con.sql(
                "select registratie, bestand, oordeel, reden, aantal_geladen, aantal_apart "
                "from leveringen.levering_met_oordeel order by all"
            ).fetchall(),
            "apart": con.sql("select * exclude (levering_nr) from leveringen.apartgezet order by all").fetchall(),
            "perioden": con.sql(
                "select * exclude (levering_nr) from leveringen.levering_periode order by all"
            ).fetchall(),
        }
        for registration in REGISTRATIONS:
            for extract in members(registration).values():
                found[extract.table] = con.sql(
                    f"select bestand, rij.* exclude (levering_nr) from {extract.table} as rij "
                    "left join leveringen.levering using (levering_nr) order by all"
                ).fetchall()
    return found


def kill_and_go_on(folder: Path, seed: int, times: int) -> list[dict[str, Any]]:
    """Kill runs at a statement that chance chose, each in a data folder of its own, and let the next run finish.

    Args:
        folder: An empty folder.
        seed: Where chance begins.
        times: How many runs are killed.

    Returns:
        Of each: at which statement, what the killed run left in scratch, and whether the rows are those of a run that
        nobody disturbed.
    """
    undisturbed = folder / "ongestoord"
    undisturbed.mkdir(parents=True)
    fill(undisturbed)
    # Each run is a process that was copied from this one, so that what is imported is imported once.
    statements = int(in_a_child(lambda: night(undisturbed, -1)))
    right, chance = outcome(undisturbed), random.Random(seed)
    assert len(right["oordelen"]) == 5
    assert sum(row[4] for row in right["oordelen"]) > 700
    told = []
    for number in range(times):
        here = folder / str(number)
        here.mkdir()
        fill(here)
        at = chance.randrange(statements)
        assert in_a_child(lambda here=here, at=at: night(here, at)) == "", "it was killed"
        left = sorted(file.name for file in (here / "tmp").rglob("*") if file.is_file())
        assert in_a_child(lambda here=here: night(here, -1)), "the next run is whole"
        told.append({"statement": at, "of": statements, "left": left, "same": outcome(here) == right})
    return told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied")
def test_a_killed_run_leaves_nothing_and_loses_nothing(tmp_path: Path) -> None:
    program = (
        "import json, sys; from pathlib import Path; from tests.unit.test_border_kills import kill_and_go_on; "
        "print(json.dumps(kill_and_go_on(Path(sys.argv[1]), 7, 8)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "nachten")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert [each for each in told if not each["same"]] == []
    assert any(each["left"] for each in told), "one at least was killed while a copy of a delivery lay there"
    assert len({each["statement"] for each in told}) > 5
