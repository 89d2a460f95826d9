"""Publishing, killed: whatever line it was, readers have a whole file, and the next run comes to the same publication.

A process of its own is killed (SIGKILL) before a line of `publishing` or `ledger` that chance chose. What readers open
is then the earlier publication or the new one, whole; the next run publishes what an undisturbed one would have, the
ledger is sound, and nothing is left lying. A reader in a process of its own looks all the while at many publications
one after the other.

Seen red with a swap that removes the link before it makes the new one, with a confirmation that is never settled, and
with old publications removed before the swap.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import ledger, publishing
from orchestration.paths import ROOT, DataPaths
from tests.kills import counting_lines, in_a_child
from tests.unit.test_publishing import TABLES, build

LEGS = {publishing.__file__, ledger.__file__}
READER = """
import pathlib, sys
import duckdb
link, stop = map(pathlib.Path, sys.argv[1:])
seen, looks = [], 0
while not stop.exists():
    with duckdb.connect(str(link), read_only=True) as con:
        figure, own = con.sql(
            "select max(realisatie), (select max(publicatie_nr) from marts.fct_publicatie) from marts.fct_voortgang"
        ).fetchall()[0]
    beside = link.resolve().parent
    rows = duckdb.sql(f"from read_parquet('{beside}/parquet/fct_voortgang.parquet')").fetchall()
    assert figure == own, (figure, own)
    assert [row[1] for row in rows] == [int(beside.name)], (rows, beside)
    assert not seen or figure >= seen[-1], "a reader never goes back"
    seen = [*seen, figure] if figure not in seen else seen
    looks += 1
print(looks, len(seen))
"""


def no_report(*_: object) -> None:
    """The report has its own tests, and draws for seconds."""


def what_readers_see(paths: DataPaths) -> tuple[int, dict[str, int]]:
    """The figure that is published, and how many rows each table has, also as Parquet."""
    with duckdb.connect(str(paths.published), read_only=True) as con:
        ((figure,),) = con.sql("select realisatie from marts.fct_voortgang").fetchall()
        rows = {table: con.sql(f"select count(*) from marts.{table}").fetchall()[0][0] for table in TABLES}
        beside = paths.published.resolve().parent / publishing.PARQUET
        for table in TABLES:
            assert (
                con.sql(f"from read_parquet('{beside / table}.parquet')").fetchall()
                == con.sql(f"from marts.{table}").fetchall()
            )
    return figure, rows


def stand(paths: DataPaths) -> dict[str, Any]:
    """What a publication leaves: what readers see, the events of the ledger that is sound, and the files."""
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        audit = ledger.audit(con, paths)
        confirmed = con.sql("select count(*) from gebeurtenis where soort = 'bevestigd'").fetchall()[0][0]
        open_intents = con.sql(
            """select count(*) from (
                select publicatie_nr from gebeurtenis group by all having list(soort) = ['voornemen']
            )"""
        ).fetchall()[0][0]
    figure, rows = what_readers_see(paths)
    return {
        "figure": figure,
        "rows": rows,
        "faults": audit.faults,
        "confirmed": confirmed,
        "open": open_intents,
        "beside": sorted(each.name for each in paths.data.iterdir()),
        "folders": len(list(paths.versions.iterdir())),
    }


def kill_and_go_on(folder: Path, seed: int, times: int) -> list[dict[str, Any]]:
    """Kill publications at a line that chance chose, each in a data folder of its own, and let the next one finish.

    Args:
        folder: An empty folder.
        seed: Where chance begins.
        times: How many publications are killed.

    Returns:
        Of each: before which line, what readers saw then, and what is otherwise than without a kill.
    """
    publishing.report_beside = no_report  # type: ignore[assignment]
    first = DataPaths(folder / "eerste")
    first.data.mkdir(parents=True)
    build(first, 1)
    in_a_child(lambda: publishing.publish(first, TABLES))
    build(first, 2)

    def fresh(name: str) -> DataPaths:
        shutil.copytree(first.data, folder / name, symlinks=True)
        return DataPaths(folder / name)

    undisturbed = fresh("ongestoord")
    lines = int(in_a_child(lambda: counting_lines(lambda: publishing.publish(undisturbed, TABLES), LEGS)))
    right, chance = json.loads(in_a_child(lambda: json.dumps(stand(undisturbed)))), random.Random(seed)
    assert (right["figure"], right["confirmed"], right["open"], right["faults"]) == (2, 2, 0, [])
    told = []
    for number in range(times):
        here, at = fresh(str(number)), chance.randrange(lines)
        killed = in_a_child(lambda here=here, at=at: counting_lines(lambda: publishing.publish(here, TABLES), LEGS, at))
        assert killed == "", "it was killed"
        seen = int(in_a_child(lambda here=here: what_readers_see(here)[0]))
        in_a_child(lambda here=here: publishing.publish(here, TABLES))
        after = json.loads(in_a_child(lambda here=here: json.dumps(stand(here))))
        different = {name: (after[name], value) for name, value in right.items() if after[name] != value}
        told.append({"line": at, "of": lines, "seen": seen, "different": different})
    return told


def in_a_process(call: str) -> Any:
    """What a call of this module answers in a process that nothing else was imported in, since it is copied."""
    program = f"import json; from pathlib import Path; from tests.unit import test_publication_kills as own; {call}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is copied")
def test_a_publication_that_is_killed_is_whole_for_readers_and_ends_as_if_nothing_happened(tmp_path: Path) -> None:
    told = in_a_process(f"print(json.dumps(own.kill_and_go_on(Path({str(tmp_path / 'nachten')!r}), 11, 6)))")
    assert len(told) == 6
    assert [each for each in told if each["different"]] == []
    # Both sides of the swap were met.
    assert {each["seen"] for each in told} == {1, 2}
    assert len({each["line"] for each in told}) > 4


def read_while_publishing(folder: Path, publications: int, say: Callable[[int], None] = lambda _: None) -> list[int]:
    """Publish many times while another process reads.

    Args:
        folder: An empty folder.
        publications: How many times.
        say: Is told how many there were.

    Returns:
        How often the reader looked, and how many publications it saw.
    """
    publishing.report_beside = no_report  # type: ignore[assignment]
    paths, stop = DataPaths(folder / "data"), folder / "klaar"
    paths.data.mkdir(parents=True)
    build(paths, 1)
    publishing.publish(paths, TABLES)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(paths.published), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for number in range(2, publications + 1):
            build(paths, number)
            assert publishing.publish(paths, TABLES).number == number
            say(number)
    finally:
        stop.touch()
    told, wrong = reader.communicate(timeout=60)
    assert reader.returncode == 0, wrong[-2000:]
    return [int(each) for each in told.split()]


def test_a_reader_of_many_publications_sees_each_time_one_whole(tmp_path: Path) -> None:
    looks, seen = in_a_process(f"print(json.dumps(own.read_while_publishing(Path({str(tmp_path)!r}), 8)))")
    assert looks > 8
    assert seen > 3
