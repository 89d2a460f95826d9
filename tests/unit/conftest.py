"""What the unit tests share: a small declared extract, files in its form, and nights that look at them."""

import csv
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import count
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.admission import Arrivals, admit_deliveries
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery, FileState
from orchestration.paths import DataPaths, seed_file
from orchestration.pseudonyms import Key
from orchestration.validation import Finding


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a list, as text."""
    with seed_file(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


COLUMNS = [
    {"name": "id", "data_type": "integer", "description": "Nummer van de rij.", "required": True},
    {"name": "naam", "data_type": "varchar", "description": "Naam bij de rij."},
    {"name": "dag", "data_type": "date", "description": "Dag van de rij."},
    {"name": "bedrag", "data_type": "decimal(9,2)", "description": "Bedrag in euro."},
]
HEAD = "id;naam;dag;bedrag\r\n"


def make_extract(**changes: object) -> Extract:
    """Declare an extract `proef.rijen` as Dutch files often are; `changes` replace what the test is about."""
    return Extract.model_validate(
        {
            "registration": "proef",
            "name": "rijen",
            "description": "Een rij per proef.",
            "delivery": "volledig",
            "key": ["id"],
            "columns": COLUMNS,
            "delimiter": ";",
            "encoding": "windows-1252",
            "decimal": ",",
            "thousands": ".",
            "date_format": "%d-%m-%Y",
            "cadence": "jaarlijks",
            "max_set_aside_pct": 50,
            "owner": "niemand",
            "purpose": "proef",
            "legal_ground": "geen",
            "retention_years": 1,
            "retention_source": "een proef",
        }
        | changes
    )


def make_delivery(folder: Path, text: str | bytes, declared: Extract | None = None, **facts: object) -> Delivery:
    """Write a delivered file and describe it."""
    declared = declared or make_extract()
    file = folder / declared.registration / f"{declared.name}_20200101.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode(declared.encoding))
    values = {
        "stand_datum": date(2020, 1, 1),
        "received": datetime(2020, 1, 2),
        "kind": declared.delivery,
        "is_demo": True,
        "state": FileState.of(file),
    }
    return Delivery(**{"extract": declared, "file": file} | values | facts)  # type: ignore[arg-type]


@pytest.fixture
def raw(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """An empty raw database with its register."""
    connection = duckdb.connect(str(tmp_path / "raw.duckdb"))
    register.prepare(connection)
    return connection


GOOD = HEAD + "1;a;01-01-2020;1\r\n"
OTHER = HEAD + "1;b;01-01-2020;2\r\n"
ALONE = {("proef", "rijen"): make_extract()}
PAIR = {
    ("paar", "kop"): make_extract(registration="paar", name="kop", together=True),
    ("paar", "staart"): make_extract(registration="paar", name="staart", together=True),
}
Judge = Callable[[duckdb.DuckDBPyConnection, Extract], Sequence[Finding]]
_moments = count(1_500_000_000)


def no_objection(con: duckdb.DuckDBPyConnection, extract: Extract) -> Sequence[Finding]:
    """A judge that looks at the candidate and finds nothing wrong."""
    con.execute(f'select * from kandidaat."{extract.name}"')
    return [Finding("telt", "iets", "critical", True, "iets", "1 rij bekeken", 0, 1)]


def objection_to(name: str) -> Judge:
    """A judge that refuses every delivery of one extract."""

    def judge(con: duckdb.DuckDBPyConnection, extract: Extract) -> Sequence[Finding]:
        bad = extract.name == name
        return [Finding("regel", "iets", "critical", not bad, "iets", "1 afwijking: record 1", int(bad), 1)]

    return judge


class Night:
    """A raw database, an inbox, and nights that look at it."""

    def __init__(self, raw: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Start with an empty inbox."""
        self.raw, self.inbox, self.scratch = raw, folder / "leveringen", folder / "tmp"

    def put(self, name: str, text: str) -> None:
        """Put a file in the inbox."""
        file = self.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("windows-1252"))
        self.touch(name)

    def touch(self, name: str) -> None:
        """Give a file another time of change; long ago, so that nobody waits to see whether it still grows."""
        os.utime(self.inbox / name, (moment := next(_moments), moment))

    def run(
        self,
        extracts: dict[tuple[str, str], Extract] = ALONE,
        judge: Judge = no_objection,
        key: Key | None = None,
    ) -> Arrivals:
        """Walk through a night."""
        return admit_deliveries(self.raw, self.inbox, self.scratch, extracts, key, judge)

    def verdicts(self) -> list[tuple[str, str | None]]:
        """File and verdict of each delivery, in the order of their numbers."""
        return [(row.file, row.verdict) for row in register.deliveries(self.raw)]


@pytest.fixture
def night(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> Night:
    """Nights on an empty raw database."""
    return Night(raw, tmp_path)


def build_ledger_tables(paths: DataPaths, figure: int) -> None:
    """Make raw, and in the warehouse the tables that the ledger takes over: one figure that rests on one row."""
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(
            f"""create schema staging; create schema intermediate;
            create table staging.base_leveringen__van_kracht as select 7 as levering_nr;
            create table intermediate.int_definities_gekozen as select 'proef_1' as definitie_versie;
            create table intermediate.int_lijsten_gekozen as select 'proef_1' as lijst_versie;
            create table intermediate.int_normen_bepaald as select null::varchar as streefcijfer_besluit;
            create table intermediate.int_cijfers_samengevoegd as
                select 'proef' as indicator_code, 2020 as jaar, {figure} as realisatie;
            create table intermediate.int_bijstellingen_verklaard as
                select 1 as vorige_publicatie_nr, 'proef' as indicator_code, 2020 as jaar, 'realisatie' as grootheid,
                    'correctie' as oorzaak_code, {figure} - 1 as waarde_van, {figure} as waarde_naar, 1 as bijdrage
                where {figure} > 1;
            create table intermediate.int_stromen_opgeteld as
                select 1 as vorige_publicatie_nr, 'proef' as indicator_code, 2020 as jaar, 'teller' as rol,
                    'correctie' as oorzaak_code, 1 as erbij, 0 as eraf
                where {figure} > 1;
            create table intermediate.int_tellingen_vastgelegd as
                select 'proef' as indicator_code, 2020 as jaar, 'teller' as rol, 'a' as teleenheid, 1 as waarde,
                    7 as levering_nr, 1 as record_nr, 'telt' as regel_code, true as telt_mee"""
        )
