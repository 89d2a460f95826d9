"""Measure time and memory, as ratios within one run: these machines are shared, so seconds alone say little.

`make bench` prints a table and keeps it in `tests/bench.json`, with which the next run compares: it says what got worse
by more than the turns differ among themselves. It is a report and stops nothing. It takes an hour and ten gigabytes;
`make bench GROEI=50000000` measures the growth alone, up to another number of rows. The growth is drawn in
`tests/bench.svg`.

Time is processor time, user and system, of a process and all that it starts. The yardstick is the *replay*: the SQL of
all seeds, models and data tests, with contracts and comments, as dbt executes it, by one bare DuckDB process on the
same data. Each measurement runs in a process of its own, in turn with what it is compared with, and the median counts.
Where the table says so, the imports are left out: they are paid once a night, whatever is done after them.
"""

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path

import duckdb
import vl_convert
from rich.console import Console
from rich.table import Table

from orchestration import register
from orchestration.admission import admit_deliveries
from orchestration.decisions import accept
from orchestration.declarations import read_declarations
from orchestration.deliveries import Delivery, FileState, find_deliveries
from orchestration.loading import load, prepare_table
from orchestration.locking import open_database
from orchestration.paths import ANCHOR_SETTING, DATA_SETTING, ROOT, BesidePaths, DataPaths
from orchestration.pseudonyms import DEMO_KEY, canonical_sql, hash_sql
from orchestration.reading import prepared
from orchestration.sql import whole

ROWS = 1_000_000
TURNS = 3
# A night with one more delivery, after few earlier ones of that registration and after many.
FEW, MANY = 2, 60
HISTORY_ROWS, HISTORY_CHANGES = 100_000, 5_000
# So many bookings more than the demo delivers.
SIZES = (1_000, 1_000_000, 10_000_000)
LAST = ROOT / "tests" / "bench.json"
PICTURE = ROOT / "tests" / "bench.svg"
MEGABYTE = 1 << 20
SQL_AT = "SQL at a number of bookings more than the demo:"
# In which a measurement leaves the seconds of its own part, without the imports.
TOLD = "seconden.txt"


@dataclass(frozen=True)
class Cost:
    """What one process cost: processor seconds, and the most memory in MiB that one process of it held."""

    seconds: float
    memory: float


Measurement = Callable[[], Cost]


@dataclass(frozen=True)
class Line:
    """A line of the table: what was measured against what.

    Args:
        what: The thing.
        against: Its yardstick.
        seconds: Processor seconds of the thing, the median of the turns.
        ratio: Of its time to that of the yardstick, the median of the turns; of what has none, its size in MiB or its
            cost in µs itself.
        spread: By how much the ratio differs between the turns.
        memory: Ratio of the peak memory, the median of the turns.
        peak: That memory itself, in MiB; 0 where it does not matter.
    """

    what: str
    against: str
    seconds: float
    ratio: float
    spread: float
    memory: float
    peak: float = 0


# ---------------------------------------------------------------------------------------------------------------------
# What is measured: each in a process of its own, in a folder with `data`.


def replay(folder: Path) -> None:
    """The yardstick: what dbt executes, in one DuckDB process, into an empty file, with as many threads as a night."""
    from orchestration.building import PRESENT, execute, open_building
    from orchestration.recording import recorded

    paths = BesidePaths(folder / "data", str(folder.resolve()))
    paths.warehouse.unlink(missing_ok=True)
    recording = recorded()
    with open_building(paths, recording.schemas) as con:
        for node in recording.nodes:
            with whole(con):
                execute(con, node, PRESENT)


def command(*words: str) -> Callable[[Path], None]:
    """A command of the project on the data folder."""

    def run(folder: Path) -> None:
        from orchestration.__main__ import main

        os.environ[DATA_SETTING] = str(folder / "data")
        # The anchor of a real ledger is no place for what is measured.
        os.environ.pop(ANCHOR_SETTING, None)
        if main(words) != 0:
            raise RuntimeError(f"{words} failed")

    return run


def bare_reads(folder: Path) -> float:
    """The least that can be done with all deliveries: DuckDB reads each file, typed, into a table."""
    sets, _ = find_deliveries(folder / "data" / "leveringen", read_declarations(), pause=lambda _: None)
    file = folder / "bare.duckdb"
    file.unlink(missing_ok=True)
    began = time.process_time()
    with duckdb.connect(str(file)) as con:
        for number, delivery in enumerate(delivery for item in sets for delivery in item.deliveries):
            extract, source = delivery.extract, delivery.file
            if not extract.encoding.startswith("utf"):
                # DuckDB does not read it: anybody has to turn it into UTF-8 first.
                source = folder / "utf8.csv"
                source.write_bytes(delivery.file.read_bytes().decode(extract.encoding).encode())
            con.execute(
                f"""create table t{number} as select * from read_csv('{source}', delim = '{extract.delimiter}',
                header = true, skip = {extract.preamble_lines}, store_rejects = true,
                decimal_separator = '{extract.decimal}', dateformat = '{extract.date_format}')"""
            )
    return time.process_time() - began


def admission(folder: Path) -> float:
    """All deliveries of the inbox to their verdict, into an empty raw."""
    data = DataPaths(folder / "opnieuw")
    shutil.rmtree(data.data, ignore_errors=True)
    data.data.mkdir()
    import_module("orchestration.gx_duckdb")
    began = time.process_time()
    with open_database(data.raw) as con:
        arrivals = admit_deliveries(con, folder / "data" / "leveringen", data.scratch, read_declarations(), None)
    if len(arrivals.numbers) < 70:
        raise RuntimeError(f"{len(arrivals.numbers)} deliveries were admitted")
    return time.process_time() - began


def border_out(folder: Path) -> float:
    """All rules of the border out."""
    from orchestration.locking import open_warehouse
    from orchestration.validation import validate_marts

    import_module("orchestration.gx_duckdb")
    began = time.process_time()
    with open_warehouse(DataPaths(folder / "data")) as con:
        if len(list(validate_marts(con))) < 80:
            raise RuntimeError("rules are missing")
    return time.process_time() - began


def import_dagster(_: Path) -> None:
    """What Dagster itself costs to import."""
    import dagster

    if not dagster.__version__:
        raise RuntimeError("that is not Dagster")


def code_location(_: Path) -> None:
    """What `dagster dev` loads."""
    from orchestration.definitions import defs

    if not defs.schedules:
        raise RuntimeError("definitions are missing")


def project(_: Path) -> None:
    """After a change of the project: dbt parses and builds it without deliveries."""
    from orchestration import recording
    from orchestration.paths import PROJECT

    recording.FILE.unlink(missing_ok=True)
    shutil.rmtree(PROJECT.dbt_target, ignore_errors=True)
    recording.recorded()


def bare_load(folder: Path) -> None:
    """The least that can be done with a big file: DuckDB reads it, typed, into a table."""
    with duckdb.connect(str(folder / f"bare{os.getpid()}.duckdb")) as con:
        con.execute("set threads = 2")
        con.execute(f"create table instroom as select * from read_csv('{big_file(folder)}', header = true)")


def hashed_load(folder: Path) -> None:
    """The same, with the two personal columns in their canonical form and hashed, as ours are."""
    personal = read_declarations()["mensenhandel_verdachten", "instroom"].personal_columns
    hashed = ", ".join(f"{hash_sql(canonical_sql(column), DEMO_KEY)} as {column.name}" for column in personal)
    types = {column.name: "varchar" for column in personal}
    with duckdb.connect(str(folder / f"hashed{os.getpid()}.duckdb")) as con:
        con.execute("set threads = 2")
        con.execute(
            f"""create table instroom as select * replace ({hashed})
            from read_csv('{big_file(folder)}', header = true, types = {types})""",
            DEMO_KEY.parameters,
        )


def our_load(folder: Path) -> None:
    """The same file through the loader: checksum, encoding, record numbers, checks, two hashed columns, provenance."""
    load_into(folder / f"raw{os.getpid()}.duckdb", ("mensenhandel_verdachten", "instroom"), big_file(folder))


def load_into(database: Path, name: tuple[str, str], file: Path) -> Delivery:
    """Load one file into a raw of its own."""
    extract = read_declarations()[name]
    received, state = datetime(2023, 1, 15), FileState.of(file)
    item = Delivery(extract, file, received.date(), received, "volledig", is_demo=True, state=state)
    with duckdb.connect(str(database)) as con:
        con.execute("set threads = 2")
        register.prepare(con)
        prepare_table(con, extract)
        con.execute("begin")
        with prepared(item, database.parent / "tmp") as source:
            number = register.add_delivery(con, item, source.sha256, None, datetime(2023, 1, 16))
            load(con, item, number, source, DEMO_KEY)
        con.execute("commit")
    return item


def hashed_column(_: Path) -> float:
    """What a column costs more when it is kept as a keyed hash, for a million values."""
    seconds = []
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        con.execute(f"create table rij as select format('13/{{:06d}}-20', i) as nr from range({ROWS}) as rij (i)")
        for value, parameters in (("nr", None), (hash_sql("nr", DEMO_KEY), DEMO_KEY.parameters)):
            began = time.process_time()
            con.execute(f"create table uit{len(seconds)} as select {value} as nr from rij", parameters)
            seconds.append(time.process_time() - began)
    return seconds[1] - seconds[0]


def border_in(folder: Path) -> float:
    """All rules of the border in for a million bookings of thirteen columns."""
    from orchestration.validation import validate_extract

    import_module("orchestration.gx_duckdb")
    database = folder / "grens" / "raw.duckdb"
    if not database.exists():
        database.parent.mkdir()
        load_into(database, ("om_beslag", "beslag"), big_bookings(folder))
    extract = read_declarations()["om_beslag", "beslag"]
    with duckdb.connect(str(database)) as con:
        con.execute("set threads = 2")
        con.execute(
            f"""attach ':memory:' as kandidaat; create view kandidaat.beslag as
            select *, date '2023-01-15' as stand_datum from raw.{extract.table} where levering_nr = 1"""
        )
        began = time.process_time()
        findings = validate_extract(con, extract)
        seconds = time.process_time() - began
    if len(findings) < 15 or not all(finding.passed and finding.row_count == ROWS for finding in findings):
        raise RuntimeError(f"rules are missing, or not met: {[each.name for each in findings if not each.passed]}")
    return seconds


WORK: dict[str, Callable[[Path], float | None]] = {
    "replay": replay,
    "nightly": command("nightly"),
    "as-of": command("as-of", "2021-03-01"),
    "what-if": command("what-if", "csv_aangepakt_2"),
    "bare_reads": bare_reads,
    "admission": admission,
    "border_out": border_out,
    "import_dagster": import_dagster,
    "code_location": code_location,
    "project": project,
    "bare_load": bare_load,
    "hashed_load": hashed_load,
    "our_load": our_load,
    "hashed_column": hashed_column,
    "border_in": border_in,
}


# ---------------------------------------------------------------------------------------------------------------------
# Deliveries to measure with.


def big_file(folder: Path) -> Path:
    """A delivery of suspects with a million fictitious rows."""
    file = folder / "demo_instroom_20230115.csv"
    if not file.exists():
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


def big_bookings(folder: Path) -> Path:
    """A delivery of seizures with a million fictitious rows of thirteen columns."""
    file = folder / "demo_beslag_20230115.csv"
    if not file.exists():
        write_rows(
            file,
            f"""select i as boeking_nr, format('BSL-{{:07d}}', i * 7 % 999983) as dossier_nr,
                format('{{:02d}}-{{:06d}}', i % 20, i * 3 % 999983) as object_nr, 'OM' as aanleveraar, 'POL' as dienst,
                'CONS' as beslagsoort, 'AMS' as eenheid, 'GEL' as soort_boeking, 'GELD' as objectsoort,
                strftime(date '2018-01-01' + (i % 1800)::integer, '%d-%m-%Y') as boekdatum,
                strftime(date '2018-02-01' + (i % 1800)::integer, '%d-%m-%Y') as geregistreerd_op,
                null as corrigeert_nr, format('{{:d}},{{:02d}}', i % 90000, i % 100) as bedrag
            from range(1, {ROWS + 1}) as rij (i)""",
            ";",
        )
    return file


def put_small(inbox: Path, number: int) -> None:
    """Deliver the register of suspects as it was delivered last, with one case more."""
    folder = inbox / "mensenhandel_verdachten"
    newest = max(folder.glob("demo_instroom_*.csv"))
    stand = date(2023, 4, 15) + timedelta(days=number)
    file = folder / f"demo_instroom_{stand:%Y%m%d}_ontvangen_{stand + timedelta(days=700):%Y%m%d}.csv"
    row = f"{990000000 + number},13/{number:06d}-20,77777777,273f Sr,POL,AMS,2020-05-01\n"
    file.write_text(newest.read_text() + row)
    os.utime(file, (1e9, 1e9))


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


def put_bookings(inbox: Path, number: int, rows: int = ROWS) -> None:
    """Deliver the register of seizures: what the demo delivered last, and its bookings over and over as others."""
    folder = inbox / "om_beslag"
    # Of the demo itself, and not what was put here before.
    newest = max(folder.glob("demo_beslag_*_ontvangen_20230[12]*.csv"))
    if not newest.read_bytes().isascii():
        raise RuntimeError(f"{newest} cannot be read as UTF-8 as it stands")
    stand = date(2023, 3, 1) + timedelta(days=7 * number)
    file = folder / f"demo_beslag_{stand:%Y%m%d}_ontvangen_{stand + timedelta(days=1):%Y%m%d}.csv"
    write_rows(
        file,
        f"""with demo as (
            select *, row_number() over () - 1 as plaats from read_csv('{newest}', all_varchar = true, delim = ';')
        ),
        geteld as (select count(*) as aantal from demo),
        rij as (select i, i % aantal as plaats from range({rows}) as rij (i) cross join geteld)
        select * exclude (plaats) from demo
        union all by name
        select demo.* exclude (plaats) replace (
            (100000000 + rij.i)::varchar as boeking_nr,
            -- Of a hundred bookings, one says something else each time.
            format('BSL-{{:07d}}', (rij.i * 7 + if(rij.i % 100 = 0, {number}, 0)) % 9999991) as dossier_nr,
            case when object_nr is not null then format('{{:02d}}-{{:06d}}', rij.i % 97, rij.i * 3 % 999983) end
                as object_nr,
            null as corrigeert_nr
        )
        from rij
        inner join demo on rij.plaats = demo.plaats""",
        ";",
    )


def write_rows(file: Path, query: str, delimiter: str = ",") -> None:
    """Write a delivery, with a time of change of long ago: nobody needs to wait whether it still grows."""
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{file}' (header, delimiter '{delimiter}')")
    os.utime(file, (1e9, 1e9))


# ---------------------------------------------------------------------------------------------------------------------
# Measuring.


def measure(work: str, folder: Path) -> Cost:
    """Run one measurement in a process of its own."""
    log = folder / "uitvoer.txt"
    with log.open("w") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench", work, str(folder)], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{work} failed:\n{log.read_text()[-3000:]}")
    told = folder / TOLD
    seconds = float(told.read_text()) if told.exists() else usage.ru_utime + usage.ru_stime
    told.unlink(missing_ok=True)
    return Cost(seconds, usage.ru_maxrss / 1024)


def first_night(like: Path, folder: Path) -> Measurement:
    """The first night on the demo deliveries, in an empty data folder each time."""

    def run() -> Cost:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(like / "data" / "leveringen", folder / "data" / "leveringen")
        return measure("nightly", folder)

    return run


def one_more(put: Callable[[Path, int], None], folder: Path, first: int = 0) -> Measurement:
    """The night that finds one more delivery in the inbox."""
    following = count(first)

    def run() -> Cost:
        put(DataPaths(folder / "data").inbox, next(following))
        return measure("nightly", folder)

    return run


def admit_all(paths: DataPaths) -> None:
    """Load what is new in the inbox, without its rules; a person says that what looks strange is right."""
    with open_database(paths.raw) as con:
        arrivals = admit_deliveries(
            con, paths.inbox, paths.scratch, read_declarations(), None, lambda _con, _extract: []
        )
        for row in register.deliveries(con, arrivals.numbers):
            if row.verdict == "aangehouden":
                accept(con, row.number, "hoort bij de meting", "bench")


def with_bookings(like: Path, folder: Path, rows: int) -> Path:
    """A data folder in which so many bookings are in force beside those of the demo."""
    shutil.copytree(like / "data", folder / "data", symlinks=True)
    put_bookings(DataPaths(folder / "data").inbox, 0, rows)
    admit_all(DataPaths(folder / "data"))
    return folder


def keep_history(put: Callable[[Path, int], None], like: Path, folder: Path, number: int) -> Measurement:
    """The night that finds one more delivery of a registration which had a number of them before."""
    shutil.copytree(like / "data", folder / "data", symlinks=True)
    paths = DataPaths(folder / "data")
    for earlier in range(number):
        put(paths.inbox, earlier)
        admit_all(paths)
    measure("nightly", folder)
    return one_more(put, folder, number)


def compare(ours: tuple[str, Measurement], theirs: tuple[str, Measurement], turns: int = TURNS) -> Line:
    """Measure ours against theirs, in turn."""
    pairs = [(theirs[1](), ours[1]()) for _ in range(turns)]
    ratios = sorted(our.seconds / their.seconds for their, our in pairs)
    memory = statistics.median(our.memory / their.memory for their, our in pairs)
    seconds = statistics.median(our.seconds for _, our in pairs)
    peak = max(our.memory for _, our in pairs)
    return Line(ours[0], theirs[0], seconds, statistics.median(ratios), ratios[-1] - ratios[0], memory, peak)


def by_itself(what: str, unit: str, work: str, folder: Path) -> Line:
    """What something costs that has no yardstick but the number of its rows; of a million, seconds are µs of each."""
    costs = [measure(work, folder) for _ in range(TURNS)]
    seconds = sorted(cost.seconds for cost in costs)
    return Line(what, unit, statistics.median(seconds), statistics.median(seconds), seconds[-1] - seconds[0], 1)


def growth(like: Path, place: Path, sizes: Sequence[int] = SIZES) -> Iterator[Line]:
    """The SQL of the night at growing numbers of bookings, and by which power it grows from each size to the next."""
    yardstick = ("replay", partial(measure, "replay", like))
    earlier: tuple[int, float] | None = None
    least = measure("replay", like).seconds
    for rows in sizes:
        folder = with_bookings(like, place / f"{rows} boekingen", rows)
        turns = 1 if rows > ROWS else TURNS
        line = compare((f"{SQL_AT} {rows}", partial(measure, "replay", folder)), yardstick, turns)
        yield line
        # The tables, as a night leaves them, against the same rows written into a new file.
        shutil.move(folder / "warehouse.duckdb", folder / "data" / "warehouse.duckdb")
        if rows == ROWS:
            yield rewritten(folder)
            night = one_more(put_bookings, folder, 1)
            measure("nightly", folder)
            yield compare(
                (f"night with {rows} bookings delivered anew", night),
                (f"{SQL_AT} {rows}", partial(measure, "replay", folder)),
                1,
            )
        if earlier is not None and earlier[1] > 1:
            power = math.log((line.seconds - least) / earlier[1]) / math.log(rows / earlier[0])
            yield Line(f"power of growth, {earlier[0]} to {rows} bookings", "1 is linear", 0, power, 0, 1)
        earlier = (rows, line.seconds - least)
        shutil.rmtree(folder)


def rewritten(folder: Path) -> Line:
    """The size of a warehouse against that of its content in a new file."""
    warehouse, fresh = folder / "data" / "warehouse.duckdb", folder / "vers.duckdb"
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse}' as oud (read_only); attach '{fresh}' as vers")
        con.execute("copy from database oud to vers")
    was, now = warehouse.stat().st_size, fresh.stat().st_size
    fresh.unlink()
    return Line("size of a warehouse", "its content written into a new file", 0, was / now, 0, 1)


def draw(lines: Sequence[Line]) -> None:
    """Draw how time and memory grow with the number of rows."""
    rows = [
        {"boekingen": int(line.what.rpartition(" ")[2]), "hoeveel": value, "wat": what}
        for line in lines
        if line.what.startswith(SQL_AT)
        for what, value in (("processorseconden", line.seconds), ("geheugen, MiB", line.peak))
    ]
    axis = {"type": "quantitative", "scale": {"type": "log"}}
    chart = {
        "title": "De SQL van een nacht, naar het aantal boekingen",
        "data": {"values": rows},
        "width": 420,
        "height": 260,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "boekingen", "title": "boekingen meer dan in de demo", **axis},
            "y": {"field": "hoeveel", "title": None, **axis},
            "color": {"field": "wat", "title": None},
            "strokeDash": {"field": "wat", "title": None},
        },
    }
    PICTURE.write_text(vl_convert.vegalite_to_svg(chart), encoding="utf-8")


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def growth_of_history(night: Measurement, folder: Path) -> Line:
    """What Dagster's history grows by in a night with one more delivery, in MiB."""
    grown = []
    for _ in range(TURNS):
        before = size_of(folder / "data" / "dagster")
        night()
        grown.append((size_of(folder / "data" / "dagster") - before) / MEGABYTE)
    return Line("growth of Dagster's history", "MiB a night", 0, statistics.median(grown), max(grown) - min(grown), 1)


def measure_all(folder: Path) -> Iterator[Line]:
    """Measure everything, a line at a time."""
    like, growing = folder / "zo", folder / "groeit"
    (like / "data").mkdir(parents=True)
    command("demo")(like)
    measure("nightly", like)
    shutil.copytree(like, growing, symlinks=True)

    def of(work: str, place: Path = like) -> tuple[str, Measurement]:
        return work, partial(measure, work, place)

    yardstick, small = of("replay"), one_more(put_small, growing)
    admission = "admission of 75 deliveries, imports apart"
    yield compare(("night with nothing new", of("nightly")[1]), yardstick)
    yield compare(("night with one new delivery", small), yardstick)
    yield compare(("first night, twelve earlier days included", first_night(like, folder / "eerste")), yardstick)
    yield compare((admission, of("admission")[1]), ("bare reads", of("bare_reads")[1]))
    yield compare(("border out, all rules, imports apart", of("border_out")[1]), yardstick)
    yield compare(("as-of question", of("as-of")[1]), yardstick)
    yield compare(("what-if question", of("what-if")[1]), yardstick)
    yield growth_of_history(small, growing)
    yield compare(("code location of dagster dev", of("code_location")[1]), of("import_dagster"))
    yield compare(("project changed: dbt builds it once", of("project")[1]), yardstick, turns=1)
    yield compare(("loader, a million rows", of("our_load")[1]), ("bare typed read", of("bare_load")[1]))
    hashed = ("bare typed read, the same hashes", of("hashed_load")[1])
    yield compare(("loader, a million rows, against hashes too", of("our_load")[1]), hashed)
    yield by_itself("a hashed column", "µs a value", "hashed_column", like)
    yield by_itself("border in, rules of 13 columns, imports apart", "µs a row", "border_in", like)
    yield from growth(like, folder)
    for kind, put in (("full deliveries", put_suspects), ("changes", put_dossiers)):
        few, many = (keep_history(put, like, folder / f"{kind} {n}", n) for n in (FEW, MANY))
        yield compare((f"night after {MANY} {kind}", many), (f"night after {FEW}", few))


def report(lines: Sequence[Line], earlier: dict[str, dict]) -> tuple[Table, list[str]]:
    """The table, and what is worse than in the run before by more than the turns of either differ."""
    table = Table(title=f"Processor time; medians of {TURNS} turns")
    for heading in ("what", "against", "seconds", "ratio", "spread", "before", "memory", "MiB"):
        table.add_column(heading)
    worse = []
    for line in lines:
        before = earlier.get(line.what)
        shown = f"{before['ratio']:.2f}" if before else "-"
        table.add_row(
            line.what,
            line.against,
            f"{line.seconds:.1f}",
            f"{line.ratio:.2f}",
            f"{line.spread:.2f}",
            shown,
            f"{line.memory:.2f}",
            f"{line.peak:.0f}" if line.peak else "-",
        )
        if before and line.ratio - before["ratio"] > max(line.spread, before["spread"], 0.1 * before["ratio"]):
            worse.append(f"{line.what}: {before['ratio']:.2f} became {line.ratio:.2f}")
    return table, worse


def measure_growth(folder: Path, most: int) -> Iterator[Line]:
    """Measure the growth alone, up to a number of rows."""
    like = folder / "zo"
    (like / "data").mkdir(parents=True)
    command("demo")(like)
    measure("nightly", like)
    yield from growth(like, folder, [*(size for size in SIZES if size < most), most])


def main(most: int | None = None) -> None:
    """Measure everything, or the growth up to a number of rows; print the table, and keep it."""
    earlier = {line["what"]: line for line in json.loads(LAST.read_text())} if LAST.exists() else {}
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as name:
        for line in measure_all(Path(name)) if most is None else measure_growth(Path(name), most):
            # What was measured is not lost where a later line fails.
            print(f"{line.what}: {line.ratio:.2f} ({line.against})", flush=True)
            lines.append(line)
    table, worse = report(lines, earlier)
    console = Console(width=130)
    console.print(table)
    console.print(
        "\n".join(["Worse than the run before, beyond the noise:", *worse]) if worse else "Nothing got worse."
    )
    if most is not None:
        # What was not measured now is as it was then.
        lines = [Line(**line) for what, line in earlier.items() if what not in {line.what for line in lines}] + lines
    draw(lines)
    LAST.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1].isdigit():
        main(*map(int, sys.argv[1:]))
    else:
        of_itself = WORK[sys.argv[1]](Path(sys.argv[2]))
        if of_itself is not None:
            Path(sys.argv[2], TOLD).write_text(str(of_itself))
