"""Hold two databases against one another, table by table: columns, types, comments, and each row as often as it occurs.

`python -m tests.comparison before.duckdb after.duckdb` says what differs and exits with 1 where anything does. A change
that should leave every figure as it was is seen to do so: build or publish before and after it, and compare.
"""

import sys
from collections.abc import Collection
from pathlib import Path

import duckdb

# What these say of the moment at which something was written down, and the hashes over it, differs in every run.
CLOCKS = frozenset(
    {
        "geladen_op",
        "gepubliceerd_op",
        "vastgelegd_op",
        "rekenwijze",
        "keten_sha256",
        "vingerafdruk",
        "aantal_tabellen",
        "aantal_rijen",
        "sha256",
        "vorige_sha256",
        "bestand_gewijzigd_ns",
    }
)
COLUMNS = """select column_name, data_type, is_nullable, comment from duckdb_columns()
where database_name = ? and schema_name = ? and table_name = ? order by column_index"""


def differences(before: Path, after: Path, ignored: Collection[str] = CLOCKS) -> tuple[list[str], int]:
    """Compare all tables of two databases.

    Args:
        before: The one.
        after: The other.
        ignored: Columns whose values may differ.

    Returns:
        What differs, a line each, and the number of rows that were compared.
    """
    with duckdb.connect() as con:
        con.execute(f"attach '{before}' as voor (read_only); attach '{after}' as na (read_only)")
        there = {
            name: set(
                con.execute(
                    "select schema_name, table_name from duckdb_tables() where database_name = ?", [name]
                ).fetchall()
            )
            for name in ("voor", "na")
        }
        found = [f"{'.'.join(table)}: alleen voor" for table in sorted(there["voor"] - there["na"])]
        found += [f"{'.'.join(table)}: alleen na" for table in sorted(there["na"] - there["voor"])]
        rows = 0
        for schema, table in sorted(there["voor"] & there["na"]):
            columns = {name: con.execute(COLUMNS, [name, schema, table]).fetchall() for name in ("voor", "na")}
            if columns["voor"] != columns["na"]:
                found.append(f"{schema}.{table}: andere kolommen, typen of omschrijvingen")
                continue
            chosen = ", ".join(f'"{column[0]}"' for column in columns["voor"] if column[0] not in ignored)
            left, right = (f'select {chosen or "1"} from {name}."{schema}"."{table}"' for name in ("voor", "na"))
            gone, come, count = con.execute(
                f"""select (select count(*) from ({left} except all {right})),
                    (select count(*) from ({right} except all {left})), (select count(*) from ({left}))"""
            ).fetchall()[0]
            rows += count
            if gone or come:
                found.append(f"{schema}.{table}: {gone} rijen alleen voor, {come} alleen na")
    return found, rows


if __name__ == "__main__":
    told, compared = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join([*told, f"{compared} rijen vergeleken, {len(told)} verschillen"]))
    sys.exit(bool(told or not compared))
