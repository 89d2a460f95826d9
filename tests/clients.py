"""Read the published file with the clients of others, each with a first reader's question; run by `make clients`.

It belongs to no environment of the project: it imports what stands in the one that runs it, and who is asked must be
there. The clients of the project itself (SQLAlchemy, pandas) are in tests/integration/test_star.py.
"""

import csv
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUESTION = (
    "select thema_naam, sum(bedrag_afpakken_eur) as bedrag from marts.rpt_voortgang group by all having bedrag > 0"
)
Answer = list[tuple[str, float]]


def by_duckdb(file: Path) -> Answer:
    """DuckDB's own client for Python, of whatever version is there."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as con:
        return [(theme, float(total)) for theme, total in con.sql(QUESTION).fetchall()]


def by_parquet(file: Path) -> Answer:
    """The same of the files beside it."""
    import duckdb

    beside = file.resolve().parent / "parquet" / "rpt_voortgang.parquet"
    with duckdb.connect() as con:
        rows = con.sql(QUESTION.replace("marts.rpt_voortgang", f"read_parquet('{beside}')")).fetchall()
    return [(theme, float(total)) for theme, total in rows]


def by_ibis(file: Path) -> Answer:
    """Expressions on a table, and no SQL."""
    ibis: Any = importlib.import_module("ibis")

    flat = ibis.duckdb.connect(file, read_only=True).table("rpt_voortgang", database="marts")
    asked = (
        flat.group_by("thema_naam").aggregate(bedrag=flat.bedrag_afpakken_eur.sum()).filter(lambda row: row.bedrag > 0)
    )
    return [(theme, float(total)) for theme, total in asked.execute().itertuples(index=False)]


def by_polars(file: Path) -> Answer:
    """The files beside it, without DuckDB."""
    polars: Any = importlib.import_module("polars")

    flat = polars.scan_parquet(file.resolve().parent / "parquet" / "rpt_voortgang.parquet")
    asked = (
        flat.group_by("thema_naam")
        .agg(polars.col("bedrag_afpakken_eur").sum())
        .filter(polars.col("bedrag_afpakken_eur") > 0)
    )
    return [(theme, float(total)) for theme, total in asked.collect().rows()]


def by_command_line(file: Path) -> Answer:
    """The program `duckdb`, which stands beside the Python that runs this."""
    program = Path(sys.executable).with_name("duckdb")
    command = [str(program), "-readonly", "-csv", "-noheader", str(file), QUESTION]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return [(theme, float(total)) for theme, total in csv.reader(told.stdout.splitlines())]


CLIENTS: dict[str, Callable[[Path], Answer]] = {
    "duckdb": by_duckdb,
    "parquet": by_parquet,
    "ibis": by_ibis,
    "polars": by_polars,
    "opdrachtregel": by_command_line,
}


def main(file: Path, wanted: str, *clients: str) -> int:
    """Ask each client, and hold the answer against the one that is wanted.

    Args:
        file: The published file.
        wanted: The amount that every client must answer, as the environment of the project reads it.
        clients: Who is asked.

    Returns:
        0 where all answer that, and somebody was asked; 1 otherwise.
    """
    wrong = 0
    for name in clients:
        answer = CLIENTS[name](file)
        right = [total for _, total in answer] == [float(wanted)]
        wrong += not right
        print(f"{name}: {answer} {'klopt' if right else f'verwacht: {wanted}'}")
    return 0 if clients and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
