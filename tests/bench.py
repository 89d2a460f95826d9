"""Measure speed and memory, as ratios within one run: these machines are shared, so seconds alone say little.

`make bench` prints a table. Each measurement runs in a process of its own, in turn with what it is compared with, and
the median counts.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date, datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration import register
from orchestration.declarations import read_declarations
from orchestration.deliveries import Delivery
from orchestration.loading import load, prepare_table, prepared
from orchestration.paths import DATA_SETTING, ROOT
from orchestration.pseudonyms import DEMO_KEY

ROWS = 1_000_000
TURNS = 3


def write_file(folder: Path) -> Path:
    """Write a delivery of suspects with a million fictitious rows."""
    file = folder / "demo_instroom_20230115.csv"
    with duckdb.connect() as con:
        con.execute(
            f"""copy (
                select i as inschrijving_nr,
                    format('{{:02d}}/{{:06d}}-{{:02d}}', i % 20 + 1, i % 999983, i % 23) as parketnummer,
                    i % 99999989 as verdachte_nr, '273f Sr' as wetsartikel, 'POL' as aanleverende_dienst,
                    'AMS' as eenheid, date '2017-01-01' + (i % 2000)::integer as instroomdatum
                from range(1, {ROWS + 1}) as rij (i)
            ) to '{file}' (header)"""
        )
    return file


def bare_load(file: Path, folder: Path) -> None:
    """The least that can be done: DuckDB reads the file, typed, into a table."""
    with duckdb.connect(str(folder / f"bare{os.getpid()}.duckdb")) as con:
        con.execute("set threads = 2")
        con.execute(f"create table instroom as select * from read_csv('{file}', header = true)")


def our_load(file: Path, folder: Path) -> None:
    """The same file through the loader: checksum, encoding, record numbers, checks, two hashed columns, provenance."""
    extract = read_declarations()["mensenhandel_verdachten", "instroom"]
    item = Delivery(extract, file, date(2023, 1, 15), datetime(2023, 1, 15), "volledig", is_demo=True)
    with duckdb.connect(str(folder / f"raw{os.getpid()}.duckdb")) as con:
        con.execute("set threads = 2")
        register.prepare(con)
        prepare_table(con, extract)
        con.execute("begin")
        with prepared(item, folder / "tmp") as source:
            number = register.add_delivery(con, item, source.sha256, None, datetime(2023, 1, 16))
            load(con, item, number, source, DEMO_KEY)
        con.execute("commit")


def nightly(_: Path, folder: Path) -> None:
    """A night in the data folder."""
    from orchestration.__main__ import main

    os.environ[DATA_SETTING] = str(folder / "data")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        if main(["nightly"]) != 0:
            raise RuntimeError("the night failed")


def dbt_build(_: Path, folder: Path) -> None:
    """Only the dbt build of that night."""
    from orchestration.paths import DataPaths
    from orchestration.transformation import build

    build(DataPaths(folder / "data"))


WORK: dict[str, Callable[[Path, Path], None]] = {
    "bare_load": bare_load,
    "our_load": our_load,
    "nightly": nightly,
    "dbt_build": dbt_build,
}


def measure(name: str, file: Path, folder: Path) -> tuple[float, float]:
    """Run one measurement in a process of its own; give seconds and peak memory in MiB."""
    command = [sys.executable, "-m", "tests.bench", name, str(file), str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return tuple(json.loads(done.stderr.splitlines()[-1]))


def compare(table: Table, ours: str, theirs: str, file: Path, folder: Path) -> None:
    """Add a line: ours against theirs, in turn."""
    pairs = [(measure(theirs, file, folder), measure(ours, file, folder)) for _ in range(TURNS)]
    ratio = statistics.median(our[0] / their[0] for their, our in pairs)
    memory = statistics.median(our[1] / their[1] for their, our in pairs)
    seconds = [statistics.median(side[0] for side in sides) for sides in zip(*pairs, strict=True)]
    table.add_row(ours, theirs, f"{seconds[1]:.1f}", f"{seconds[0]:.1f}", f"{ratio:.2f}", f"{memory:.2f}")


def main() -> None:
    """Measure everything and print the table."""
    table = Table(title=f"Median of {TURNS} turns; {ROWS:,} rows where a file is loaded")
    for heading in ("what", "against", "seconds", "against", "ratio of time", "ratio of peak memory"):
        table.add_column(heading)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = write_file(folder)
        compare(table, "our_load", "bare_load", file, folder)
        measure("nightly", file, folder)
        compare(table, "nightly", "dbt_build", file, folder)
    Console(width=110).print(table)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        started = time.perf_counter()
        WORK[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([time.perf_counter() - started, peak]), file=sys.stderr)
