"""Deliveries over time: whatever the order in which they arrive, the rows in force are those of a rebuild.

Random histories (Hypothesis) of small extracts, one of each kind: nights at which files arrive in any order of
stand_datum and receipt, corrections, content that comes again, refused deliveries, withdrawals and offers. Three
answers are compared row for row, as of every day of the history:

- what the nights made one by one,
- what one night makes of the same files in a fresh raw database, with the same decisions after it,
- what a few lines of Python say (`in_force`), which know nothing of the SQL.

The SQL is that of the project, macros included: dbt compiles it once, and DuckDB runs it for each history. The register
and the loader are the real ones; only the judge (Great Expectations) is replaced, by one that takes no seconds, and
nobody looks for what identifies a person. Every file says when it was received: of one that does not, a rebuild cannot
know, and raw itself has to be kept.

Which of two files with one content stands in the register as the delivery, and under which number, depends on which
came first; what is in force does not. A few histories of demo registrations then go through the whole road, where all
marts are compared.

Each of these was seen to turn the tests red, by cutting it out or turning it round:
- in force: the order of stand_datum, receipt and name; corrections per kind; what a verdict and its day do; the full
  delivery below changes, and those of its own day; the default peildatum;
- rows: the last record of a key, the order of deliveries rather than of their numbers, deletions, the period of a row
  and of a heading;
- register: repetition judged by receipt, and judged again when something turns up in between; the decisions that go
  with a content, each from its own day; a withdrawal of all that has the content.
"""

import hashlib
import logging
import os
import random
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration import loading, register
from orchestration.admission import admit_deliveries
from orchestration.building import PRESENT, Builder
from orchestration.decisions import offer_again, withdraw
from orchestration.declarations import Extract, read_declarations
from orchestration.deliveries import find_deliveries
from orchestration.ledger import open_ledger
from orchestration.locking import open_database
from orchestration.paths import DATA_SETTING, ROOT, DataPaths
from orchestration.recording import recorded
from orchestration.register import now
from orchestration.validation import Finding
from tests.integration.conftest import WHOLE, long

# ---------------------------------------------------------------------------------------------------------------------
# The extracts, declared as any other.

SHARED = {
    "delimiter": ";",
    "encoding": "utf-8",
    "cadence": "maand",
    "max_set_aside_pct": 0,
    "owner": "niemand",
    "purpose": "proef",
    "legal_ground": "geen",
    "retention_years": 1,
    "retention_source": "een proef",
}
COLUMNS = {
    "id": "integer",
    "jaar": "integer",
    "waarde": "varchar",
    "mutatie": "varchar",
    "waarden": "varchar[]",
}
# registration, extract, columns, what is particular about it
EXTRACTS: list[tuple[str, str, list[str], dict[str, Any]]] = [
    ("heel", "rijen", ["id", "waarde"], {"delivery": "volledig", "key": ["id"]}),
    (
        "deel",
        "rijen",
        ["jaar", "id", "waarde"],
        {"delivery": "periode", "key": ["jaar", "id"], "period_column": "jaar"},
    ),
    ("breed", "rijen", ["id", "waarden"], {"delivery": "periode", "key": ["id"]}),
    (
        "wijziging",
        "rijen",
        ["id", "waarde", "mutatie"],
        {"delivery": "mutaties", "key": ["id"], "change_column": "mutatie", "deletion_code": "V"},
    ),
    ("paar", "kop", ["id", "waarde"], {"delivery": "volledig", "key": ["id"]}),
    ("paar", "staart", ["id", "waarde"], {"delivery": "volledig", "key": ["id"]}),
]
Rows = dict[tuple[str, str], list[tuple]]
ASKED = "vraag"
BASE = ("peildatum", "oordeel", "van_kracht")
BAD = "fout"


def declare(project: Path) -> None:
    """Write the source entries and staging models of the extracts."""
    for registration in dict.fromkeys(registration for registration, *_ in EXTRACTS):
        folder = project / "dbt_project" / "models" / "staging" / registration
        folder.mkdir()
        tables = []
        for owner, extract, columns, meta in EXTRACTS:
            if owner != registration:
                continue
            tables.append(
                {
                    "name": extract,
                    "description": "Een rij per proef.",
                    "config": {"meta": SHARED | meta},
                    "columns": [
                        {
                            "name": name,
                            "data_type": COLUMNS[name],
                            "description": "Een kolom om te proberen.",
                            "config": {"meta": {"required": name not in ("waarde", "waarden")}},
                        }
                        for name in columns
                    ],
                }
            )
            call = f"van_kracht('{registration}', '{extract}')"
            if "waarden" in columns:
                call = f"van_kracht_gedraaid('{registration}', '{extract}', ['id'], 'waarden')"
            (folder / f"stg_{registration}__{extract}.sql").write_text(f"select * from ({{{{ {call} }}}}) as rij\n")
        source = {
            "name": registration,
            "database": "raw",
            "schema": registration,
            "description": "Een register om te proberen.",
            "config": {"meta": {"together": True} if registration == "paar" else {}},
            "tables": tables,
        }
        (folder / f"_{registration}__sources.yml").write_text(yaml.safe_dump({"version": 2, "sources": [source]}))


class Models:
    """The compiled staging of the project on the extracts of this file."""

    def __init__(self, extracts: dict[tuple[str, str], Extract], sql: dict[str, str]) -> None:
        """Take the declarations, and the compiled SQL by model."""
        self.extracts, self.sql = extracts, sql

    def on(self, con: duckdb.DuckDBPyConnection, day: date | None, extracts: Iterable[tuple[str, str]]) -> Rows:
        """The rows in force.

        Args:
            con: A raw database, with a warehouse beside it.
            day: The peildatum; that of the project itself where None.
            extracts: Which extracts to look at.

        Returns:
            Per extract the rows in force, without levering_nr, sorted.
        """
        con.execute(
            f"create or replace table warehouse.staging.base_leveringen__{ASKED} as select $day::date as peildatum, "
            "$today::date as vandaag, null::date as stand_tot",
            {"day": day, "today": now().date()},
        )
        for name in BASE:
            model = f"base_leveringen__{name}"
            con.execute(f"create or replace table warehouse.staging.{model} as {self.sql[model]}")
        return {
            (registration, extract): sorted(
                con.execute(
                    f"select * exclude (levering_nr) from ({self.sql[f'stg_{registration}__{extract}']})"
                ).fetchall(),
                key=repr,
            )
            for registration, extract in extracts
        }


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """The compiled models; dbt is started for them once."""
    from orchestration import transformation

    project = tmp_path_factory.mktemp("geschiedenis")
    for name in ("dbt_project/macros", "dbt_project/tests/generic"):
        shutil.copytree(ROOT / name, project / name)
    folder = Path("dbt_project/models/staging/leveringen")
    (project / folder).mkdir(parents=True)
    (project / "seeds").mkdir()
    for name in (
        "dbt_project.yml",
        "profiles.yml",
        "dbt_project/models/_woordenlijst.md",
        folder / "_leveringen__sources.yml",
        *(folder / f"base_leveringen__{model}{suffix}" for model in (ASKED, *BASE) for suffix in (".sql", ".yml")),
    ):
        shutil.copyfile(ROOT / name, project / name)
    declare(project)
    paths = DataPaths(project / "data")
    paths.data.mkdir()
    with duckdb.connect(str(paths.raw)) as con, open_ledger(paths):
        register.prepare(con)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(DATA_SETTING, str(paths.data))
        patched.setattr(transformation, "ROOT", project)
        transformation.run_dbt(paths, ["compile", "--select", "resource_type:model"])
        compiled = (paths.dbt_target / "compiled").rglob("*.sql")
        found = {file.stem: file.read_text(encoding="utf-8") for file in compiled}
    return Models(read_declarations(project / "dbt_project" / "models" / "staging"), found)


# ---------------------------------------------------------------------------------------------------------------------
# Histories.

START = date(2024, 1, 1)
# Before all receipts: nothing is received before its state.
FIRST_STAND = date(2023, 12, 1)
NIGHTS = 3
IDS, YEARS, VALUES = (1, 2, 3), (2018, 2019, 2020), ("a", "b")


def moment(day: int, hour: int) -> datetime:
    return datetime.combine(START, datetime.min.time()) + timedelta(days=day, hours=hour)


@dataclass(frozen=True)
class Content:
    """What one set of files holds.

    Args:
        registration: Whose it is.
        kind: `volledig`, `periode` or `mutaties`.
        tables: Per extract the headings, and the records as tuples.
        is_good: The judge admits it from the start.
        is_readable: Its headings are those that were declared.
    """

    registration: str
    kind: str
    tables: tuple[tuple[str, tuple[str, ...], tuple[tuple, ...]], ...]
    is_good: bool
    is_readable: bool

    def text(self, extract: str) -> str:
        headings, records = next((headings, records) for name, headings, records in self.tables if name == extract)
        lines = [headings if self.is_readable else (*headings, "meer"), *records]
        return "".join(";".join("" if value is None else str(value) for value in line) + "\n" for line in lines)


@dataclass(frozen=True)
class Arrival:
    """A set of files that arrives.

    Args:
        content: What it holds.
        stand: Number of the day whose state it gives.
        received: Number of the day on which it was received.
        night: Number of the night that finds it in the inbox, later than it was received or not.
        name: What its file names end in.
    """

    content: Content
    stand: int
    received: int
    night: int
    name: str

    @property
    def identity(self) -> tuple[Content, int]:
        """What makes two arrivals the same delivery."""
        return self.content, self.stand

    @property
    def place(self) -> tuple[int, str]:
        """Which of two for the same state is the newer."""
        return self.received, self.name


@dataclass
class History:
    """What happens, in the order of the nights.

    Args:
        arrivals: The sets of files.
        decisions: After which night a person withdraws (True) or offers again (False) which delivery.
    """

    arrivals: list[Arrival]
    decisions: list[tuple[int, bool, Arrival]] = field(default_factory=list)

    @property
    def registration(self) -> str:
        return self.arrivals[0].content.registration

    def days(self) -> list[date]:
        """Every day on which something changes, and the one before it all."""
        numbers = {0} | {arrival.received for arrival in self.arrivals}
        numbers |= {night_of(number) + 1 for number, _, _ in self.decisions}
        return [START + timedelta(days=number) for number in sorted(numbers)]


def night_of(number: int) -> int:
    """Number of the day on which a night falls."""
    return 3 * number + 3


def records_of(draw: st.DrawFn, registration: str, kind: str, bad: str | None) -> tuple[tuple, ...]:
    values = st.sampled_from(VALUES)
    if kind == "mutaties":
        rows = draw(st.lists(st.tuples(st.sampled_from(IDS[:2]), values, st.sampled_from("NWV")), max_size=4))
        return tuple([*rows, (1, bad, "N")] if bad else rows)
    keys = [(year, key) for year in YEARS for key in IDS[:2]] if registration == "deel" else [(key,) for key in IDS]
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True))
    rows = [(*key, draw(values)) for key in chosen]
    if bad:
        rows[0] = (*rows[0][:-1], bad)
    return tuple((*row, "N") for row in rows) if registration == "wijziging" else tuple(rows)


def wide_records(draw: st.DrawFn, years: int, bad: str | None) -> tuple[tuple, ...]:
    keys = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True))
    rows: list[tuple] = [(key, *(draw(st.sampled_from(VALUES)) for _ in range(years))) for key in keys]
    if bad:
        rows[0] = (*rows[0][:-1], bad)
    return tuple(rows)


@st.composite
def contents(draw: st.DrawFn, registration: str, number: int) -> Content:
    """Draw what a set of files holds; about one in four is not admitted."""
    quality = draw(st.sampled_from(["goed", "goed", "goed", "goed", "goed", "fout", "onleesbaar"]))
    kind = {"deel": "periode", "breed": "periode"}.get(registration, "volledig")
    if registration == "wijziging" and number > 0:
        # Changes mean something on a whole register only; most histories begin with one.
        kind = draw(st.sampled_from(["mutaties", "mutaties", "mutaties", "volledig"]))
    # Of a pair either half can be the one that is wrong.
    wrong = draw(st.sampled_from(["kop", "staart"])) if registration == "paar" else "rijen"
    tables = []
    for extract, columns in [(extract, columns) for owner, extract, columns, _ in EXTRACTS if owner == registration]:
        bad = f"{BAD}{number}" if quality == "fout" and extract == wrong else None
        if registration == "breed":
            years = draw(st.lists(st.sampled_from(YEARS), min_size=1, max_size=2, unique=True))
            tables.append((extract, ("id", *map(str, years)), wide_records(draw, len(years), bad)))
        else:
            tables.append((extract, tuple(columns), records_of(draw, registration, kind, bad)))
    return Content(registration, kind, tuple(tables), quality == "goed", quality != "onleesbaar")


@st.composite
def histories(draw: st.DrawFn, registration: str) -> History:
    """Draw a history: few days and few contents, so that most of what can coincide does."""
    pool = [draw(contents(registration, number)) for number in range(draw(st.integers(2, 4)))]
    arrivals = []
    for number in range(draw(st.integers(3, 7))):
        night = draw(st.integers(0, NIGHTS - 1))
        first = number == 0
        arrivals.append(
            Arrival(
                pool[0] if first else draw(st.sampled_from(pool)),
                1 if first else draw(st.integers(1, 3)),
                draw(st.integers(1, night_of(night))),
                night,
                f"{draw(st.sampled_from('abc'))}{number}",
            )
        )
    history = History(arrivals)
    admitted = {arrival.identity: arrival.content.is_good and arrival.content.is_readable for arrival in arrivals}
    for night in range(NIGHTS):
        arrived = [arrival for arrival in arrivals if arrival.night <= night]
        offered = set()
        for arrival in draw(st.lists(st.sampled_from(arrived), max_size=3)) if arrived else []:
            # What is offered again waits for the next night.
            if arrival.identity not in offered:
                history.decisions.append((night, admitted[arrival.identity], arrival))
                offered |= set() if admitted[arrival.identity] else {arrival.identity}
                admitted[arrival.identity] = not admitted[arrival.identity] and arrival.content.is_readable
    return history


# ---------------------------------------------------------------------------------------------------------------------
# What should be in force, without SQL.


def holds(history: History, arrival: Arrival, day: date) -> bool:
    """Whether a delivery was received, and may hold, on a day."""
    may_hold = arrival.content.is_good and arrival.content.is_readable
    was_good = may_hold
    for night, withdrawn, other in history.decisions:
        if other.identity != arrival.identity:
            continue
        if withdrawn:
            was_good = True
            may_hold = may_hold and START + timedelta(days=night_of(night) + 1) > day
        elif not was_good:
            # Refused by mistake: it may hold from its receipt on.
            may_hold = arrival.content.is_readable
        elif START + timedelta(days=night_of(night) + 1) <= day:
            may_hold = True
    return may_hold and START + timedelta(days=arrival.received) <= day


def in_force(history: History, day: date) -> Rows:
    """The rows in force on a day, per extract, sorted."""
    known = [arrival for arrival in history.arrivals if holds(history, arrival, day)]
    known.sort(key=lambda arrival: (arrival.stand, arrival.place))
    rule = {"heel": whole, "deel": slices, "breed": wide, "wijziging": changes, "paar": whole}[history.registration]
    return {
        (registration, extract): sorted(rule(known, extract), key=repr)
        for registration, extract, *_ in EXTRACTS
        if registration == history.registration
    }


def numbered(arrival: Arrival, extract: str) -> list[tuple]:
    """Record number and values of each record."""
    records = next(records for name, _, records in arrival.content.tables if name == extract)
    return [(number, *record) for number, record in enumerate(records, start=1)]


def whole(known: list[Arrival], extract: str) -> list[tuple]:
    return numbered(known[-1], extract) if known else []


def slices(known: list[Arrival], extract: str) -> list[tuple]:
    of_year: dict[int, list[tuple]] = {}
    for arrival in known:
        rows = numbered(arrival, extract)
        of_year |= {year: [row for row in rows if row[1] == year] for _, year, *_ in rows}
    return [row for rows in of_year.values() for row in rows]


def wide(known: list[Arrival], extract: str) -> list[tuple]:
    of_year: dict[str, list[tuple]] = {}
    for arrival in known:
        (_, headings, _) = arrival.content.tables[0]
        for place, year in enumerate(headings[1:], start=2):
            of_year[year] = [(row[0], row[1], year, row[place], year) for row in numbered(arrival, extract)]
    return [row for rows in of_year.values() for row in rows]


def changes(known: list[Arrival], extract: str) -> list[tuple]:
    fulls = [arrival for arrival in known if arrival.content.kind == "volledig"]
    if not fulls:
        return []
    of_key = {row[1]: row for row in numbered(fulls[-1], extract)}
    later = {a.stand: a for a in known if a.content.kind == "mutaties" and a.stand > fulls[-1].stand}
    for _, arrival in sorted(later.items()):
        for row in numbered(arrival, extract):
            of_key.pop(row[1], None)
            if row[3] != "V":
                of_key[row[1]] = row
    return list(of_key.values())


# ---------------------------------------------------------------------------------------------------------------------
# Nights on the real register and loader.


class Road:
    """An inbox, a raw database in memory with a warehouse beside it, and a clock."""

    def __init__(self, models: Models, history: History, folder: Path) -> None:
        self.extracts = {name: models.extracts[name] for name in models.extracts if name[0] == history.registration}
        self.models, self.inbox, self.scratch = models, folder / "leveringen", folder / "tmp"
        self.clock = moment(0, 0)
        self.mended: set[tuple[str, date]] = set()
        self.con = duckdb.connect()
        self.con.execute(
            """set threads = 1; attach ':memory:' as raw; attach ':memory:' as warehouse;
            create schema warehouse.staging; use raw"""
        )

    def put(self, arrival: Arrival) -> None:
        for extract, _, _ in arrival.content.tables:
            file = self.inbox / arrival.content.registration / f"{extract}_{arrival.name}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(arrival.content.text(extract))
            manifest = f"""extract: {extract}\nstand_datum: {FIRST_STAND + timedelta(days=arrival.stand)}
ontvangen_op: {moment(arrival.received, 8)}\n"""
            manifest += f"soort: {arrival.content.kind}\n" if arrival.content.registration == "wijziging" else ""
            file.with_name(f"{file.name}.manifest.yml").write_text(manifest)
            os.utime(file, (1e9, 1e9))

    def night(self, at: datetime) -> None:
        self.clock = at
        # What identifies a person is looked for in every file, a sixth of the time, and here there is nobody.
        nobody = patch.object(loading, "_check_identifiers", lambda *_: None)
        with patch.object(register, "now", lambda: self.clock), nobody:
            admit_deliveries(self.con, self.inbox, self.scratch, self.extracts, None, self.judge)

    def judge(self, con: duckdb.DuckDBPyConnection, extract: Extract) -> Sequence[Finding]:
        rows = con.execute(f'select * from kandidaat."{extract.name}"').fetchall()
        found = {(word, row[2]) for row in rows for word in re.findall(f"{BAD}[0-9]", repr(row))}
        wrong = found - self.mended
        return [Finding("goed", "iets", "critical", not wrong, "iets", "iets", len(wrong), 1)]

    def decide(self, withdrawn: bool, arrival: Arrival, at: datetime) -> None:
        self.clock = at
        with patch.object(register, "now", lambda: self.clock):
            if withdrawn:
                withdraw(self.con, self.number(arrival), "proef", "tester")
            else:
                stand = FIRST_STAND + timedelta(days=arrival.stand)
                self.mended |= {(word, stand) for word in re.findall(f"{BAD}[0-9]", repr(arrival.content.tables))}
                offer_again(self.con, self.number(arrival), "tester")

    def number(self, arrival: Arrival) -> int:
        """The newest delivery with the content of an arrival."""
        row = self.con.execute(
            """select max(levering_nr) from leveringen.levering where registratie = ? and stand_datum = ?
            and set_nr in (select set_nr from leveringen.levering where (extract, inhoud_sha256) = (?, ?))
            and set_nr in (select set_nr from leveringen.levering where (extract, inhoud_sha256) = (?, ?))""",
            [
                arrival.content.registration,
                FIRST_STAND + timedelta(days=arrival.stand),
                *(part for table in (0, -1) for part in self.print(arrival, arrival.content.tables[table][0])),
            ],
        ).fetchone()
        return row[0] if row else 0

    def print(self, arrival: Arrival, extract: str) -> tuple[str, str]:
        return extract, hashlib.sha256(arrival.content.text(extract).encode()).hexdigest()

    def rows(self, day: date | None) -> Rows:
        return self.models.on(self.con, day, self.extracts)


def one_by_one(models: Models, history: History, folder: Path) -> Road:
    """Walk through a history."""
    road = Road(models, history, folder)
    for night in range(NIGHTS + 1):
        for arrival in history.arrivals:
            if arrival.night == night:
                road.put(arrival)
        road.night(moment(night_of(night), 18))
        for number, withdrawn, arrival in history.decisions:
            if number == night:
                road.decide(withdrawn, arrival, moment(night_of(night) + 1, 10))
    return road


def all_at_once(models: Models, history: History, folder: Path) -> Road:
    """Rebuild: the same files in one night, and the same decisions after it."""
    road = Road(models, history, folder)
    for arrival in history.arrivals:
        road.put(arrival)
    road.night(moment(night_of(NIGHTS), 18))
    for night, withdrawn, arrival in history.decisions:
        road.decide(withdrawn, arrival, moment(night_of(night) + 1, 10))
        if not withdrawn:
            road.night(moment(night_of(NIGHTS), 18))
    return road


# How many histories: enough for each rule below to decide one of them; a third of them outside `make soak`.
@pytest.mark.parametrize(
    ("registration", "number"), [("heel", 25), ("deel", 20), ("breed", 25), ("wijziging", 40), ("paar", 20)]
)
def test_the_rows_in_force_are_those_of_a_rebuild_on_every_day(models: Models, registration: str, number: int) -> None:
    @settings(
        max_examples=number if WHOLE else number // 3,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(histories(registration))
    def hold(history: History) -> None:
        with TemporaryDirectory() as name:
            roads = {
                "one by one": one_by_one(models, history, Path(name) / "een"),
                "all at once": all_at_once(models, history, Path(name) / "alles"),
            }
            for day in (*history.days(), None):
                # By itself a warehouse is as of the newest day on which something was received or decided.
                expected = in_force(history, day or START + timedelta(days=99))
                for how, road in roads.items():
                    assert road.rows(day) == expected, f"{how}, as of {day}"

    with patch.object(logging.getLogger("orchestration"), "level", logging.CRITICAL):
        hold()


# ---------------------------------------------------------------------------------------------------------------------
# The demo registrations on the whole road.

DECIDED_AT = datetime(2026, 1, 15, 12)
# What differs between two folders with the same deliveries.
NUMBERING = {"levering_nr", "geladen_op"}


def data_folder(folder: Path) -> DataPaths:
    """Make a data folder without deliveries, models or publications."""
    paths = DataPaths(folder)
    with open_ledger(paths):
        return paths


def deliver(paths: DataPaths, files: dict[str, bytes]) -> None:
    """Put files in the inbox."""
    for name, content in files.items():
        file = paths.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (1e9, 1e9))


def walk(paths: DataPaths) -> None:
    """Admit what lies in the inbox, with the real checks."""
    with open_database(paths.raw) as con:
        admit_deliveries(con, paths.inbox, paths.scratch, read_declarations(), None)


def make_models(paths: DataPaths) -> None:
    """Build every model; the tests of the agenda need not hold for a few registrations."""
    Builder(paths).answer(PRESENT, {node.name for node in recorded().nodes if node.kind == "model"})


def decide(paths: DataPaths, withdrawn: bool, file: str) -> None:
    """Withdraw the newest delivery of a file, or offer it again; a refused one stays what it is."""
    with open_database(paths.raw) as con, patch.object(register, "now", lambda: DECIDED_AT):
        row = [row for row in register.deliveries(con) if f"{row.registration}/{row.file}" == file][-1]
        if row.verdict == ("toegelaten" if withdrawn else "ingetrokken"):
            withdraw(con, row.number, "proef", "tester") if withdrawn else offer_again(con, row.number, "tester")


def later(name: str, days: int) -> str:
    """The name of a file that was received later."""
    (received,) = re.findall(r"_ontvangen_(\d{8})", name)
    moved = datetime.strptime(received, "%Y%m%d") + timedelta(days=days)
    return name.replace(f"_ontvangen_{received}", f"_ontvangen_{moved:%Y%m%d}")


def demo_sets(inbox: Path, registrations: Sequence[str]) -> list[dict[str, bytes]]:
    """The demo deliveries of some registrations, as sets of files."""
    extracts = {name: extract for name, extract in read_declarations().items() if name[0] in registrations}
    sets, _ = find_deliveries(inbox, extracts, pause=lambda _: None)
    return [
        {f"{each.extract.registration}/{each.file.name}": each.file.read_bytes() for each in item.deliveries}
        for item in sets
    ]


def without_last_record(files: dict[str, bytes]) -> dict[str, bytes]:
    """A correction of a set, received three days later; it may be one that the border in refuses."""
    return {later(name, 3): content[: content.rstrip().rfind(b"\n") + 1] for name, content in files.items()}


def received_once_more(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same content, received after the correction."""
    return {later(name, 6): content for name, content in files.items()}


@pytest.mark.parametrize("seed", [4, pytest.param(6, marks=long), pytest.param(7, marks=long)])
def test_marts_after_nights_one_by_one_are_those_of_a_fresh_data_folder(
    after_first_night: DataPaths, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    inbox = after_first_night.inbox
    arrivals: list[tuple[int, dict[str, bytes]]] = []
    again: list[dict[str, bytes]] = []
    for files in demo_sets(inbox, chance.sample(sorted(folder.name for folder in inbox.iterdir()), 3)):
        first = chance.randrange(3)
        arrivals.append((first, files))
        if chance.random() < 0.5:
            arrivals.append((chance.randrange(3), without_last_record(files)))
            # Which of two files with one content is the delivery depends on which came first; the rows do not.
            again.append(received_once_more(files))
            arrivals.append((chance.randrange(first, 3), again[-1]))
    decisions: list[tuple[bool, str]] = []
    nights = data_folder(tmp_path / "nachten")
    for night in range(3):
        arriving = [files for number, files in arrivals if number == night]
        for files in arriving:
            deliver(nights, files)
        walk(nights)
        arrived = [min(files) for number, files in arrivals if number <= night and files not in again]
        taken = [(True, file) for file in chance.sample(arrived, min(2, len(arrived)))]
        taken += [(False, file) for _, file in chance.sample(decisions, min(1, len(decisions)))]
        for withdrawn, file in taken:
            decide(nights, withdrawn, file)
        decisions += taken
    walk(nights)
    make_models(nights)

    fresh = data_folder(tmp_path / "vers")
    for _, files in arrivals:
        deliver(fresh, files)
    walk(fresh)
    for withdrawn, file in decisions:
        decide(fresh, withdrawn, file)
        walk(fresh)
    make_models(fresh)
    compare_marts(nights, fresh)


def compare_marts(ours: DataPaths, theirs: DataPaths) -> None:
    """Hold every mart of one warehouse against that of another, row for row."""
    with duckdb.connect() as con:
        con.execute(f"attach '{ours.warehouse}' as ons (read_only); attach '{theirs.warehouse}' as hun (read_only)")
        marts = con.execute(
            """select table_name, list(column_name) from duckdb_columns()
            where database_name = 'ons' and schema_name = 'marts' group by table_name order by table_name"""
        ).fetchall()
        assert len(marts) > 12
        for mart, columns in marts:
            compared = ", ".join(column for column in columns if column not in NUMBERING)
            # What was offered again stands in the register once more, with the outcome.
            verdict = {"dim_levering": "levering_oordeel", "levering": "oordeel"}.get(mart)
            chosen = f"where {verdict} != 'opnieuw_aangeboden'" if verdict else ""
            one, other = (f"select {compared} from {database}.marts.{mart} {chosen}" for database in ("ons", "hun"))
            assert con.sql(f"{one} except all {other}").fetchall() == [], mart
            assert con.sql(f"{other} except all {one}").fetchall() == [], mart
