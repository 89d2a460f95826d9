"""What is in force of the delivered rows, by the register of deliveries alone, and the lists that stewards keep.

Read from the raw file with pandas, as the README says which deliveries are in force; nothing of dbt is asked. What
counts does not stand here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration.declarations import Extract, read_declarations
from orchestration.demo.generator import read_seed

Row = dict[str, Any]


def read_rows(database: Path, query: str, values: Sequence[object] = ()) -> pd.DataFrame:
    """What a query gives, every value as Python has it, so that an empty number stays empty."""
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute(query, values)
        return pd.DataFrame(found.fetchall(), columns=[each[0] for each in found.description or ()], dtype=object)


@cache
def seed(name: str) -> list[dict[str, str]]:
    """The rows of a list, of the versions that were decided."""
    return read_seed(name)


@cache
def listed(name: str, code: str, value: str) -> Mapping[str, Any]:
    """A column of a list by its code; yes and no as such."""
    spelled = {"true": True, "false": False}
    return {row[code]: spelled.get(row[value], row[value]) for row in seed(name)}


def records(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def grouped(rows: list[Row], *columns: str) -> list[list[Row]]:
    """Rows in their order, those with the same values together; a group of a frame for each would take minutes."""
    found: dict[tuple, list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return list(found.values())


class Register:
    """The rows of a data folder on which its figures rest now."""

    def __init__(self, raw: Path) -> None:
        self.declared: dict[tuple[str, str], Extract] = read_declarations()
        self._raw = raw
        verdicts = read_rows(raw, "from leveringen.oordeel order by levering_nr, geldt_vanaf, vastgelegd_op")
        newest = verdicts.groupby("levering_nr").last()["oordeel"]
        deliveries = read_rows(raw, "from leveringen.levering")
        admitted = deliveries[deliveries["levering_nr"].map(newest) == "toegelaten"]
        # Of two of one moment the name of the file decides.
        self._admitted = admitted.sort_values(["stand_datum", "ontvangen_op", "bestand"])
        self._periods = read_rows(raw, "from leveringen.levering_periode")

    def deliveries(self, registration: str, extract: str) -> pd.DataFrame:
        """The admitted deliveries of an extract, in the order of their stands and receipts."""
        mine = self._admitted
        return mine[(mine["registratie"] == registration) & (mine["extract"] == extract)]

    def stand(self, registration: str) -> date | None:
        """The last day that a registration knows."""
        mine = self._admitted[self._admitted["registratie"] == registration]
        return mine["stand_datum"].max() if len(mine) else None

    def days_of_rows(self, registration: str) -> set[date]:
        """The days on which something of a registration happened: the first day that every row of an extract has."""
        found: set[date] = set()
        for (owner, name), extract in self.declared.items():
            if owner == registration:
                frame = self.rows(owner, name)
                days = [each.name for each in extract.columns if each.element_type == "date" and each.required]
                found |= {day for name in days[:1] for day in frame[name]}
        return found

    def rows(self, registration: str, extract: str) -> pd.DataFrame:
        """The rows in force of an extract that is delivered whole or as changes."""
        declared, known = self.declared[registration, extract], self.deliveries(registration, extract)
        whole = known[known["soort"] == "volledig"].tail(1)
        numbers = [*whole["levering_nr"]]
        if declared.delivery == "volledig" or not numbers:
            return self._delivered(registration, extract, numbers)
        later = known[(known["soort"] == "mutaties") & (known["stand_datum"] > whole["stand_datum"].iloc[0])]
        numbers += later.groupby("stand_datum").last()["levering_nr"].tolist()
        last = self._delivered(registration, extract, numbers).groupby(declared.key, sort=False).tail(1)
        return last[last[declared.change_column] != declared.deletion_code]

    def states(self, registration: str, extract: str) -> list[tuple[date, pd.DataFrame]]:
        """Of changes, the records of every stand that was not replaced, also from before the newest whole one."""
        declared = self.declared[registration, extract]
        found = []
        for stand, of_a_day in self.deliveries(registration, extract).groupby("stand_datum", sort=True):
            whole = of_a_day[of_a_day["soort"] == "volledig"]
            number = (of_a_day if whole.empty else whole)["levering_nr"].iloc[-1]
            records = self._delivered(registration, extract, [number])
            found.append((stand, records[records[declared.change_column] != declared.deletion_code]))
        return found

    def by_period(self, registration: str, extract: str) -> dict[str, tuple[pd.DataFrame, list[str]]]:
        """Of a public table, per period the rows of the delivery that holds for it, and the headings of its file."""
        periods = self.deliveries(registration, extract).merge(self._periods, on="levering_nr")
        return {
            row["periode"]: (self._delivered(registration, extract, [row["levering_nr"]]), row["koppen"])
            for row in records(periods.groupby("periode").tail(1))
        }

    def _delivered(self, registration: str, extract: str, numbers: list[int]) -> pd.DataFrame:
        """The records of deliveries, in the order that is given and then as they were delivered."""
        query = f"from {registration}.{extract} where list_contains($1, levering_nr)"
        return read_rows(self._raw, f"{query} order by list_position($1, levering_nr), record_nr", [numbers])
