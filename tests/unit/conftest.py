"""What the unit tests share: a small declared extract, and files in its form."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery
from orchestration.paths import DataPaths

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
    }
    return Delivery(**{"extract": declared, "file": file} | values | facts)  # type: ignore[arg-type]


@pytest.fixture
def raw(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """An empty raw database with its register."""
    connection = duckdb.connect(str(tmp_path / "raw.duckdb"))
    register.prepare(connection)
    return connection


def build_ledger_tables(paths: DataPaths, figure: int) -> None:
    """Make raw, and in the warehouse the tables that the ledger takes over: one figure that rests on one row."""
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(
            f"""create schema staging; create schema intermediate;
            create table staging.base_leveringen__van_kracht as select 7 as levering_nr;
            create table intermediate.int_cijfers_samengevoegd as
                select 'proef' as indicator_code, 2020 as jaar, {figure} as realisatie;
            create table intermediate.int_bijstellingen_verklaard as
                select 1 as vorige_publicatie_nr, 'proef' as indicator_code, 2020 as jaar, 'realisatie' as grootheid,
                    'correctie' as oorzaak_code, {figure} - 1 as waarde_van, {figure} as waarde_naar, 1 as bijdrage
                where {figure} > 1;
            create table intermediate.int_tellingen_vastgelegd as
                select 'proef' as indicator_code, 2020 as jaar, 'teller' as rol, 'a' as teleenheid, 1 as waarde,
                    7 as levering_nr, 1 as record_nr, 'telt' as regel_code, true as telt_mee"""
        )
