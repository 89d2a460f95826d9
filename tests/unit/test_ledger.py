"""The ledger: it only grows, and whatever is changed, taken away or put in between shows."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration import ledger
from orchestration.ledger import Entry, LedgerError
from orchestration.paths import DataPaths
from orchestration.report import show_ledger
from tests.unit.conftest import build_ledger_tables


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A ledger with a reconstructed state and two publications."""
    made = DataPaths(tmp_path)
    for number, day in enumerate((date(2021, 3, 1), date(2021, 9, 21), date(2022, 1, 31)), start=1):
        made.warehouse.unlink(missing_ok=True)
        build_ledger_tables(made, figure=480 + number)
        entry = Entry(number, day, f"afdruk {number}", "rekenwijze", 1, 1)
        with ledger.open_ledger(made) as book:
            if number == 1:
                ledger.reconstruct(book, made, entry)
            else:
                ledger.intend(book, made, entry)
                ledger.confirm(book, made, entry)
    return made


def audit(paths: DataPaths) -> ledger.Audit:
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        return ledger.audit(con, paths)


def change(paths: DataPaths, statement: str) -> None:
    with duckdb.connect(str(paths.ledger)) as con:
        con.execute(statement)


def test_the_terminal_calls_a_publication_what_the_published_table_calls_it(paths: DataPaths) -> None:
    console = Console(width=100, record=True)
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        show_ledger(con, ledger.audit(con, paths), [], 10, console)
    kinds = [line.split()[1] for line in console.export_text().splitlines() if re.match(r"\d +\w+ +\d\d-", line)]
    assert kinds == ["gereconstrueerd", "gepubliceerd", "gepubliceerd"]


def test_of_an_empty_ledger_the_terminal_says_that_nothing_is_in_it_yet(tmp_path: Path) -> None:
    empty = DataPaths(tmp_path / "leeg")
    empty.data.mkdir()
    with ledger.open_ledger(empty):
        pass
    console = Console(width=100, record=True)
    with duckdb.connect(str(empty.ledger), read_only=True) as con:
        show_ledger(con, ledger.audit(con, empty), [], 10, console)
    told = console.export_text()
    assert told == "Er staat nog niets in het grootboek; het begint bij de eerste publicatie.\n"


def test_an_untouched_ledger_has_no_faults_and_everything_was_looked_at(paths: DataPaths) -> None:
    found = audit(paths)
    assert found.faults == ()
    # Five events: one, and twice an intent with its confirmation. Of each state a figure, an adjustment, a flow
    # and a delivery.
    assert (found.events, found.rows) == (5, 12)


def test_each_event_is_chained_to_the_one_before(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        rows = con.sql("select vorige_sha256, sha256 from gebeurtenis order by gebeurtenis_nr").fetchall()
    assert [previous for previous, _ in rows] == [ledger.FIRST, *(own for _, own in rows[:-1])]
    assert len({own for _, own in rows}) == 5
    assert audit(paths).head == rows[-1][1]


def test_only_what_was_intended_and_not_settled_is_settled(paths: DataPaths) -> None:
    with ledger.open_ledger(paths) as book:
        ledger.settle(book, paths)
        assert ledger.audit(book, paths).events == 5, "what was reconstructed has one event too, and nothing to settle"
        ledger.intend(book, paths, Entry(4, date(2022, 2, 1), "afdruk 4", "rekenwijze", 1, 1))
        ledger.settle(book, paths)
        assert book.sql("select soort from gebeurtenis where publicatie_nr = 4").fetchall() == [
            ("voornemen",),
            ("afgebroken",),
        ]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update gebeurtenis set peildatum = date '2020-01-01' where gebeurtenis_nr = 2", "gebeurtenis 2 .* veranderd"),
        ("update cijfer set realisatie = 490 where publicatie_nr = 1", "gebeurtenis 1 .* cijfers, bijstellingen"),
        ("delete from bijstelling where publicatie_nr = 2", "gebeurtenis 2 .* cijfers, bijstellingen"),
        ("insert into levering values (3, 8)", "gebeurtenis 4 .* cijfers, bijstellingen"),
        ("delete from gebeurtenis where gebeurtenis_nr = 2", "gebeurtenis 3 .* sluit niet aan"),
        (
            "insert into cijfer by name select 9 as publicatie_nr, 'proef' as indicator_code, 2020 as jaar",
            "publicatie 9",
        ),
        (
            "insert into gebeurtenis select * replace (6 as gebeurtenis_nr) from gebeurtenis where gebeurtenis_nr = 5",
            "gebeurtenis 6 .* sluit niet aan",
        ),
    ],
)
def test_whatever_is_changed_shows(paths: DataPaths, statement: str, told: str) -> None:
    change(paths, statement)
    faults = audit(paths).faults
    assert any(re.search(told, fault) for fault in faults), faults


def test_events_taken_from_the_end_show_to_whoever_kept_the_head(paths: DataPaths) -> None:
    kept = audit(paths).head
    change(paths, "delete from gebeurtenis where gebeurtenis_nr = 5")
    assert audit(paths).head != kept


def test_nothing_is_added_to_a_ledger_of_which_the_last_event_was_changed(paths: DataPaths) -> None:
    change(paths, "update gebeurtenis set aantal_rijen = 2 where gebeurtenis_nr = 5")
    with pytest.raises(LedgerError, match="gebeurtenis 5 is na het opschrijven veranderd"), ledger.open_ledger(paths):
        pass


def test_a_failed_content_leaves_no_half_event(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute("drop table intermediate.int_tellingen_vastgelegd")
    before = audit(paths)
    with ledger.open_ledger(paths) as book, pytest.raises(duckdb.CatalogException):
        ledger.intend(book, paths, Entry(4, date(2022, 5, 18), "afdruk 4", "rekenwijze"))
    assert audit(paths) == before


def test_the_number_of_an_ended_publication_is_not_used_again(paths: DataPaths) -> None:
    entry = Entry(4, date(2022, 5, 18), "afdruk 4", "rekenwijze")
    with ledger.open_ledger(paths) as book:
        ledger.intend(book, paths, entry)
        ledger.end(book, paths, entry)
        assert ledger.next_number(book) == 5
        assert ledger.last(book, "bevestigd") == Entry(3, date(2022, 1, 31), "afdruk 3", "rekenwijze", 1, 1)
        assert book.sql("select distinct publicatie_nr from telling").fetchall() == [(3,)]


def ask_for_states(
    paths: DataPaths, *asked: tuple[str, date, str], counted: dict[str, int], removed: Sequence[str] = ()
) -> None:
    """A warehouse that asks for states (indicator, day, key) and counted these figures by one of them.

    Of the states with a key in `removed` rows are gone.
    """
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(
            """create or replace table intermediate.int_standen_gevraagd
                (indicator_code varchar, stand_datum date, sleutel varchar, is_verwijderd boolean);
            create or replace table intermediate.int_standen_geteld
                (indicator_code varchar, jaar integer, realisatie integer)"""
        )
        rows = [(*each, each[2] in removed) for each in asked]
        con.executemany("insert into intermediate.int_standen_gevraagd values (?, ?, ?, ?)", rows)
        for indicator, figure in counted.items():
            con.execute("insert into intermediate.int_standen_geteld values (?, 2020, ?)", [indicator, figure])


def keep(book: duckdb.DuckDBPyConnection, paths: DataPaths, method: str, *days: date) -> None:
    """Keep what the warehouse counted, as if by the state of each of these days."""
    counted = [row for day in days for row in ledger.counted_by_state(book, paths, method, day)]
    ledger.keep_states(book, paths, method, counted)


def states(paths: DataPaths) -> list[tuple]:
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        return con.sql("select sleutel, indicator_code, jaar, realisatie from stand order by all").fetchall()


def test_a_state_is_counted_once_and_again_where_its_deliveries_are_others(paths: DataPaths) -> None:
    first, second = date(2021, 1, 15), date(2021, 5, 15)
    asked = ("beslag", first, "a"), ("slachtoffers", first, "b"), ("beslag", second, "c")
    ask_for_states(paths, *asked, counted={"beslag": 100, "slachtoffers": 7})
    with ledger.open_ledger(paths) as book:
        assert ledger.missing_states(book, paths, "zo") == [first, second]
        keep(book, paths, "zo", first)
        assert ledger.missing_states(book, paths, "zo") == [second]
    assert states(paths) == [("a", "beslag", 2020, 100), ("b", "slachtoffers", 2020, 7)]
    # A correction of the first state of one of them: the other is as it was, and stands once.
    ask_for_states(
        paths, ("beslag", first, "a2"), ("slachtoffers", first, "b"), counted={"beslag": 90, "slachtoffers": 7}
    )
    with ledger.open_ledger(paths) as book:
        assert ledger.missing_states(book, paths, "zo") == [first]
        keep(book, paths, "zo", first)
    assert states(paths) == [("a", "beslag", 2020, 100), ("a2", "beslag", 2020, 90), ("b", "slachtoffers", 2020, 7)]
    assert audit(paths).faults == ()


def test_a_state_without_a_whole_year_is_not_asked_for_every_night(paths: DataPaths) -> None:
    ask_for_states(paths, ("beslag", date(2018, 1, 15), "a"), counted={})
    with ledger.open_ledger(paths) as book:
        keep(book, paths, "zo", date(2018, 1, 15))
        assert ledger.missing_states(book, paths, "zo") == []
    assert states(paths) == [("a", "beslag", None, None)]


def test_what_was_counted_in_another_way_is_counted_again(paths: DataPaths) -> None:
    ask_for_states(paths, ("beslag", date(2021, 1, 15), "a"), counted={"beslag": 100})
    with ledger.open_ledger(paths) as book:
        keep(book, paths, "zo", date(2021, 1, 15))
        assert ledger.missing_states(book, paths, "anders") == [date(2021, 1, 15)]
    ask_for_states(paths, ("beslag", date(2021, 1, 15), "a"), counted={"beslag": 101})
    with ledger.open_ledger(paths) as book:
        keep(book, paths, "anders", date(2021, 1, 15))
    assert states(paths) == [("a", "beslag", 2020, 101)]
    assert audit(paths).faults == ()


def test_a_state_of_which_rows_are_removed_keeps_what_was_counted_of_it_last_and_is_never_counted_again(
    paths: DataPaths,
) -> None:
    gone, there = date(2021, 1, 15), date(2021, 5, 15)
    asked = ("beslag", gone, "a"), ("beslag", there, "b")
    ask_for_states(paths, *asked, counted={"beslag": 100})
    with ledger.open_ledger(paths) as book:
        keep(book, paths, "zo", gone, there)
    # Without its rows the first state would be counted as 0.
    ask_for_states(paths, *asked, counted={"beslag": 0}, removed=["a"])
    with ledger.open_ledger(paths) as book:
        ledger.fix_states(book, paths)
        assert ledger.missing_states(book, paths, "anders") == [there]
        keep(book, paths, "anders", gone)
        assert ledger.missing_states(book, paths, "anders") == [there]
        keep(book, paths, "anders", there)
    assert states(paths) == [("a", "beslag", 2020, 100), ("b", "beslag", 2020, 0)]
    # Another definition is another key: of that nothing is known, and nothing made up.
    ask_for_states(paths, ("beslag", gone, "a2"), counted={"beslag": 0}, removed=["a2"])
    with ledger.open_ledger(paths) as book:
        assert ledger.missing_states(book, paths, "anders") == []
        keep(book, paths, "anders", gone)
    assert states(paths) == [("a", "beslag", 2020, 100), ("b", "beslag", 2020, 0)]
    assert audit(paths).faults == ()
