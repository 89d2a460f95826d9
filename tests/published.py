"""A published file of a few rows, with the tables of the contract, for tests of what is made of one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.paths import ROOT

MARTS = ROOT / "dbt_project" / "models" / "marts"


def make_published(file: Path, rows: Mapping[str, Sequence[dict[str, Any]]], also: Iterable[str] = ()) -> Path:
    """Write a published file: the columns and comments of the contract, and rows of the test's own.

    Args:
        file: Where to write.
        rows: By mart its rows, by column; a column that is not named is empty.
        also: Marts without rows.
    """
    with duckdb.connect(str(file)) as con:
        con.execute("create schema marts")
        for mart in dict.fromkeys((*rows, *also)):
            (model,) = yaml.safe_load((MARTS / f"{mart}.yml").read_text(encoding="utf-8"))["models"]
            columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
            con.execute(f"create table marts.{mart} ({columns})")
            for column in model["columns"]:
                con.execute(f"comment on column marts.{mart}.{column['name']} is 'Wat {column['name']} zegt.'")
            for row in rows.get(mart, []):
                names, places = ", ".join(row), ", ".join("?" for _ in row)
                con.execute(f"insert into marts.{mart} ({names}) values ({places})", list(row.values()))
    return file
