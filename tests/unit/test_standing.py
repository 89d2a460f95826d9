"""How an extract stands: what of it waits for somebody, and when the next delivery is late."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import duckdb
import pytest

from orchestration import register
from orchestration.declarations import Extract
from orchestration.deliveries import Waiting
from orchestration.paths import DataPaths, seed_file
from orchestration.standing import Standing, next_deliveries, standings
from tests.unit.conftest import HEAD, make_delivery, make_extract

PROEF = ("proef", "rijen")


def deliver(
    con: duckdb.DuckDBPyConnection, folder: Path, verdict: register.Verdict, day: int, by: str = "grens_in"
) -> int:
    """A delivery that was received on a day of January 2020, and what was decided about it."""
    received = datetime(2020, 1, day)
    number = register.add_delivery(con, make_delivery(folder, HEAD, received=received), str(day), None, received)
    register.add_counts(con, number, [], 1953, 0)
    register.decide(con, number, verdict, None if verdict == "toegelaten" else "kolom ontbreekt", by)
    return number


def stands(con: duckdb.DuckDBPyConnection) -> Standing:
    found = standings(con, {PROEF: make_extract(), ("ander", "rijen"): make_extract()})
    assert found["ander", "rijen"].told == "er is nog niets geleverd"
    return found[PROEF]


def test_an_extract_is_good_red_or_yellow_by_what_waits_for_somebody(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    deliver(raw, tmp_path, "toegelaten", 2)
    good = stands(raw)
    assert (good.is_good, good.told) == (True, "levering 1 is toegelaten: 1.953 records, stand 01-01-2020")
    assert good.facts == {"bekeken": "1 levering", "nieuwste_toegelaten": "1", "bestand": "rijen_20200101.csv"}

    deliver(raw, tmp_path, "geweigerd", 3)
    refused = stands(raw)
    assert (refused.is_good, refused.is_severe) == (False, True)
    assert refused.told == (
        "geweigerd levering 2 rijen_20200101.csv: kolom ontbreekt. na herstel opnieuw aanbieden: make offer LEVERING=2"
    )

    # A correction of the same day takes its place, and is held in its turn.
    held = deliver(raw, tmp_path, "aangehouden", 4)
    assert stands(raw).is_severe
    register.decide(raw, 2, "geweigerd", "niet meer nodig", "jansen")
    yellow = stands(raw)
    assert (yellow.is_good, yellow.is_severe) == (False, False)
    assert 'klopt het zo: make accept LEVERING=3 REDEN="..."' in yellow.told
    register.decide(raw, held, "toegelaten", "klopt", "jansen")
    assert stands(raw).is_good


def test_a_later_delivery_for_the_same_day_settles_what_was_refused(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    deliver(raw, tmp_path, "geweigerd", 2)
    assert not stands(raw).is_good
    deliver(raw, tmp_path, "toegelaten", 3)
    assert stands(raw).is_good


def test_a_file_that_is_left_makes_its_registration_yellow(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    deliver(raw, tmp_path, "toegelaten", 2)
    folder = tmp_path / "inbox" / "proef"
    folder.mkdir(parents=True)
    left = Waiting(folder / "rijen_20200201.csv", "wacht op de andere helft")
    register.note_left(raw, tmp_path / "inbox", [left], ["rijen"])
    found = stands(raw)
    assert (found.is_good, found.is_severe) == (False, False)
    assert found.told == "blijft liggen rijen_20200201.csv: wacht op de andere helft"


@pytest.mark.parametrize(
    ("received", "before", "today", "is_late", "told"),
    [
        ("2023-01-20", "2023-05-20", date(2023, 5, 20), False, "de volgende levering is op tijd tot en met 20-05-2023"),
        ("2023-01-20", "2023-05-20", date(2023, 5, 21), True, "politie is te laat: verwacht voor 20-05-2023"),
        ("2023-01-20", None, date(2030, 1, 1), False, "de leveringen zijn verzonnen"),
        (None, None, date(2030, 1, 1), False, "er is nog niets toegelaten"),
    ],
)
def test_a_supplier_is_late_from_the_day_after_the_last_that_is_in_time(
    tmp_path: Path, received: str | None, before: str | None, today: date, is_late: bool, told: str
) -> None:
    paths = DataPaths(tmp_path)
    assert next_deliveries(paths) == []
    with duckdb.connect(str(paths.published)) as con:
        con.execute("create schema marts")
    # A file of an earlier release does not know the table.
    assert next_deliveries(paths) == []
    with duckdb.connect(str(paths.published)) as con:
        con.execute(
            """create table marts.dim_extract as select 'proef' as registratie, 'rijen' as extract,
            'politie' as leverancier, 'kwartaal' as levering_ritme,
            ?::date as ontvangen_datum, ?::date as verwacht_voor""",
            [received, before],
        )
    (found,) = next_deliveries(paths)
    assert (found.key, found.is_late(today)) == (PROEF, is_late)
    assert found.told(today).startswith(told)


def test_each_cadence_that_may_be_declared_says_when_the_next_delivery_is_due() -> None:
    declared = set(get_args(Extract.model_fields["cadence"].annotation))
    with seed_file("ritme").open(encoding="utf-8", newline="") as lines:
        rows = {row["levering_ritme"]: row for row in csv.DictReader(lines)}
    assert rows.keys() == declared and len(rows) == 6
    assert all(int(row["maanden"]) or int(row["dagen"]) for row in rows.values())
