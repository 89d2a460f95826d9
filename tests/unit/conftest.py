"""What the unit tests share: a small declared extract, and files in its form."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery

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
