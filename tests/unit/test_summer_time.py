"""The nights in which the clock is put forward and back: 29 March and 25 October 2026, worked out by hand.

In March the hour from 02:00 to 03:00 is not there, in October it comes twice.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import clock, ledger
from orchestration.paths import DataPaths
from orchestration.publishing import publish
from tests.unit.test_publishing import TABLES, build, figure


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # A second before the hour that is not there, and the first moment after it.
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 59, 59)),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 3, 0)),
        # The hour that comes twice.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30)),
        # The day begins an hour later by Greenwich than it ends: 25 hours.
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 0)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 59)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), datetime(2026, 10, 26, 0, 0)),
    ],
)
def test_a_moment_belongs_to_the_dutch_day_that_ran(moment: datetime, said: datetime) -> None:
    assert clock.local(moment) == said


def test_publications_in_the_hour_that_comes_twice_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = DataPaths(tmp_path / "data")
    paths.data.mkdir()
    # 02:50 summer time, 02:10 winter time twenty minutes later, and 03:00.
    moments = [datetime(2026, 10, 25, *each, tzinfo=UTC) for each in ((0, 50), (1, 10), (2, 0))]
    for number, moment in enumerate(moments, start=1):
        monkeypatch.setattr(ledger, "now", lambda moment=moment: clock.local(moment))
        build(paths, number)
        assert publish(paths, TABLES).number == number
        assert figure(paths) == number
    assert ledger.examine(paths).faults == ()
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        told = con.sql(
            "select publicatie_nr, vastgelegd_op from gebeurtenis where soort = 'bevestigd' order by gebeurtenis_nr"
        ).fetchall()
        with_content = ledger.standing(con)
    assert [number for number, _ in told] == [1, 2, 3]
    assert {moment.date() for _, moment in told} == {date(2026, 10, 25)}
    # What came last stands, though its clock said less than that of the first.
    assert told[1][1] < told[0][1]
    assert [entry.number for entry in with_content] == [3, 2, 1]
