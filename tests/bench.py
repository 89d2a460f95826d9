"""Measure speed and memory, as ratios within one run: these machines are shared, so seconds alone say little.

`make bench` prints a table. Each measurement runs in a process of its own, in turn with what it is compared with, and
the median counts. It takes half an hour and two gigabytes.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration import register
from orchestration.admission import admit_deliveries
from orchestration.declarations import read_declarations
from orchestration.deliveries import Delivery
from orchestration.loading import load, prepare_table, prepared
from orchestration.locking import open_database
from orchestration.paths import DATA_SETTING, ROOT, DataPaths
from orchestration.pseudonyms import DEMO_KEY

ROWS = 1_000_000
TURNS = 3
# A night with one more delivery, after few earlier ones of that registration and after many.
FEW, MANY = 2, 60
HISTORY_ROWS, HISTORY_CHANGES = 100_000, 5_000
Measurement = Callable[[], tuple[float, float]]


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
    from orchestration.transformation import build

    build(DataPaths(folder / "data"))


def put_suspects(inbox: Path, number: int) -> None:
    """Deliver the whole register of suspects: what the demo delivered last, and many rows that count nowhere."""
    folder = inbox / "mensenhandel_verdachten"
    newest = max(folder.glob("demo_instroom_*_ontvangen_2023*.csv"))
    stand = date(2023, 1, 15) + timedelta(days=7 * number)
    file = folder / f"demo_instroom_{stand:%Y%m%d}_ontvangen_{stand + timedelta(days=1):%Y%m%d}.csv"
    write_rows(
        file,
        f"""select * from read_csv('{newest}', all_varchar = true) where inschrijving_nr::bigint < 1000000000
        union all by name
        select (1000000000 + i)::varchar as inschrijving_nr, format('13/{{:06d}}-20', i) as parketnummer,
            (i * 7 % 99999989)::varchar as verdachte_nr, '310 Sr' as wetsartikel, 'POL' as aanleverende_dienst,
            'AMS' as eenheid, (date '2017-01-01' + ((i + {number}) % 2000)::integer)::varchar as instroomdatum
        from range({HISTORY_ROWS}) as rij (i)""",
    )


def put_dossiers(inbox: Path, number: int) -> None:
    """Deliver changes of dossiers of long ago: at first all of them, then some."""
    stand = date(2023, 3, 1) + timedelta(days=7 * number)
    received = stand + timedelta(days=1)
    file = inbox / "executie_dossiers" / f"demo_dossiers_{stand:%Y%m%d}_ontvangen_{received:%Y%m%d}_mutaties.csv"
    write_rows(
        file,
        f"""select '{"N" if number == 0 else "W"}' as mutatie, format('EX-{{:07d}}', 9000000 + i) as dossier_nr,
            (i * 7 % 99999989)::varchar as veroordeelde_nr, 'AMS' as eenheid, 'BINNENLAND' as opsporingsindicatie,
            {30 + number} as restantstraf_dagen, 'J' as vaste_verblijfplaats, 'N' as buitenlandsignaal,
            '01-03-2015' as aangeleverd_op, '02-03-2015' as in_behandeling_op, '03-03-2015' as afgedaan_op,
            'RETOUR' as afdoening
        from range({HISTORY_ROWS}) as rij (i) where {number} = 0 or i % {HISTORY_ROWS // HISTORY_CHANGES} = {number}
            % {HISTORY_ROWS // HISTORY_CHANGES}""",
        ";",
    )


def write_rows(file: Path, query: str, delimiter: str = ",") -> None:
    """Write a delivery, with a time of change of long ago: nobody needs to wait whether it still grows."""
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{file}' (header, delimiter '{delimiter}')")
    os.utime(file, (1e9, 1e9))


def keep_history(put: Callable[[Path, int], None], like: Path, folder: Path, number: int) -> Measurement:
    """Make a data folder with a history of deliveries of one registration.

    Args:
        put: Puts the delivery with a number in an inbox.
        like: Data folder after a night, which stays as it is.
        folder: Where the new data folder comes.
        number: How many deliveries there were.

    Returns:
        Puts one more delivery in the inbox, and measures the night that finds it.
    """
    paths = DataPaths(folder / "data")
    shutil.copytree(like, paths.data, symlinks=True)
    for earlier in range(number):
        put(paths.inbox, earlier)
    with open_database(paths.raw) as con:
        admit_deliveries(con, paths.inbox, paths.scratch, read_declarations(), None, lambda _con, _extract: [])
    measure("nightly", folder, folder)
    following = count(number)

    def one_more() -> tuple[float, float]:
        put(paths.inbox, next(following))
        return measure("nightly", folder, folder)

    return one_more


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


def compare(table: Table, ours: tuple[str, Measurement], theirs: tuple[str, Measurement]) -> None:
    """Add a line: ours against theirs, in turn."""
    pairs = [(theirs[1](), ours[1]()) for _ in range(TURNS)]
    ratio = statistics.median(our[0] / their[0] for their, our in pairs)
    memory = statistics.median(our[1] / their[1] for their, our in pairs)
    seconds = [statistics.median(side[0] for side in sides) for sides in zip(*pairs, strict=True)]
    table.add_row(ours[0], theirs[0], f"{seconds[1]:.1f}", f"{seconds[0]:.1f}", f"{ratio:.2f}", f"{memory:.2f}")


def main() -> None:
    """Measure everything and print the table."""
    table = Table(title=f"Median of {TURNS} turns; {ROWS:,} rows where a file is loaded")
    for heading in ("what", "against", "seconds", "against", "ratio of time", "ratio of peak memory"):
        table.add_column(heading)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = write_file(folder)

        def of(work: str) -> tuple[str, Measurement]:
            return work, lambda: measure(work, file, folder)

        compare(table, of("our_load"), of("bare_load"))
        measure("nightly", file, folder)
        compare(table, of("nightly"), of("dbt_build"))
        for kind, put in (("full deliveries", put_suspects), ("changes", put_dossiers)):
            few, many = (keep_history(put, folder / "data", folder / f"{kind} {n}", n) for n in (FEW, MANY))
            compare(table, (f"night after {MANY} {kind}", many), (f"night after {FEW}", few))
    Console(width=130).print(table)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        started = time.perf_counter()
        WORK[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([time.perf_counter() - started, peak]), file=sys.stderr)
