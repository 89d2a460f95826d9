"""Which earlier days are still to be written down in the ledger: each once, and only where something was news."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import ledger, reconstruction, register
from orchestration.ledger import Entry
from orchestration.paths import DataPaths
from tests.unit.conftest import build_ledger_tables, make_delivery

JANUARY, MARCH, MAY, SEPTEMBER = (date(2021, month, 15) for month in (1, 3, 5, 9))


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A data folder without publications, and a seed that asks for four days of 2021."""
    made = DataPaths(tmp_path)
    build_ledger_tables(made, figure=1)
    seed = tmp_path / "publicatiemoment.csv"
    seed.write_text("peildatum,omschrijving\n" + "".join(f"{day},\n" for day in (SEPTEMBER, JANUARY, MAY, MARCH)))
    monkeypatch.setattr(reconstruction, "MOMENTS", seed)
    return made


@pytest.fixture
def receive(paths: DataPaths, tmp_path: Path) -> Callable[..., int]:
    """Writes a delivery into the register, and what was decided about it."""

    def into_the_register(day: date, withdrawn: date | None = None) -> int:
        moment = datetime(day.year, day.month, day.day, 6)
        with duckdb.connect(str(paths.raw)) as con:
            delivery = make_delivery(tmp_path, "id\n1\n", received=moment)
            number = register.add_delivery(con, delivery, str(day), None, moment)
            register.decide(con, number, "toegelaten", None, "grens_in")
            if withdrawn:
                since = datetime(withdrawn.year, withdrawn.month, withdrawn.day, 9)
                register.decide(con, number, "ingetrokken", "dubbel geteld", "beheer", since)
        return number

    return into_the_register


def publish(paths: DataPaths, day: date) -> None:
    with ledger.open_ledger(paths) as book:
        entry = Entry(ledger.next_number(book), day, "afdruk", "rekenwijze", 1, 1)
        ledger.intend(book, paths, entry)
        ledger.confirm(book, paths, entry)


def test_without_deliveries_nothing_was_known_on_any_day(paths: DataPaths) -> None:
    assert reconstruction.pending(paths) == []


def test_a_day_before_the_first_delivery_and_a_day_without_news_are_left_out(
    paths: DataPaths, receive: Callable[..., int]
) -> None:
    receive(date(2021, 2, 1))
    receive(date(2021, 6, 1))
    receive(date(2021, 12, 1))
    # In January nothing was there, and in May what was known in March.
    assert reconstruction.pending(paths) == [MARCH, SEPTEMBER]


def test_a_day_on_which_something_came_in_is_a_day_with_news(paths: DataPaths, receive: Callable[..., int]) -> None:
    receive(MARCH)
    receive(date(2021, 12, 1))
    assert reconstruction.pending(paths) == [MARCH]


def test_the_newest_day_is_that_of_the_present_itself(paths: DataPaths, receive: Callable[..., int]) -> None:
    receive(date(2021, 2, 1))
    receive(SEPTEMBER)
    assert reconstruction.pending(paths) == [MARCH]


def test_a_receipt_that_is_still_to_come_is_no_news(paths: DataPaths, receive: Callable[..., int]) -> None:
    receive(date(2021, 2, 1))
    receive(date(2099, 1, 20))
    assert reconstruction.pending(paths) == []


def test_a_delivery_that_was_withdrawn_is_news_on_the_day_of_the_withdrawal(
    paths: DataPaths, receive: Callable[..., int]
) -> None:
    receive(date(2021, 2, 1), withdrawn=date(2021, 4, 1))
    receive(date(2021, 12, 1))
    assert reconstruction.pending(paths) == [MARCH, MAY]


def test_what_was_published_is_not_derived_again(paths: DataPaths, receive: Callable[..., int]) -> None:
    receive(date(2021, 2, 1))
    publish(paths, date(2021, 4, 1))
    receive(date(2021, 12, 1))
    # The publication of April speaks of all that was known until then; nothing came between it and September.
    assert reconstruction.pending(paths) == []


def test_days_that_passed_since_the_last_publication_are_asked_for(
    paths: DataPaths, receive: Callable[..., int]
) -> None:
    receive(date(2021, 2, 1))
    publish(paths, date(2021, 4, 1))
    receive(date(2021, 6, 1))
    receive(date(2021, 12, 1))
    assert reconstruction.pending(paths) == [SEPTEMBER]


def test_a_day_of_which_rows_were_removed_is_not_derived_again(paths: DataPaths, receive: Callable[..., int]) -> None:
    number = receive(date(2021, 2, 1))
    receive(date(2021, 6, 1))
    receive(date(2021, 12, 1))
    assert reconstruction.pending(paths) == [MARCH, SEPTEMBER]
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            "insert into leveringen.verwijderd values (?, '2026-02-02', 'termijn', '2021-05-31', '2026-02-02')",
            [number],
        )
    assert reconstruction.pending(paths) == [SEPTEMBER]
