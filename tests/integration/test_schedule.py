"""When the schedule starts a night: once a day at three by the Dutch clock, also when that is put forward or back."""

from datetime import UTC, datetime
from itertools import islice

import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration.automation import nightly_schedule


@pytest.mark.parametrize(
    ("since", "hours"),
    [
        # 29 March 2026: three o'clock is the first moment of summer time, an hour earlier by Greenwich.
        (datetime(2026, 3, 27, 12, tzinfo=UTC), [(28, 2), (29, 1), (30, 1)]),
        # 25 October 2026: the hour before it comes twice, and three o'clock once.
        (datetime(2026, 10, 23, 12, tzinfo=UTC), [(24, 1), (25, 2), (26, 2)]),
    ],
)
def test_each_night_starts_once(since: datetime, hours: list[tuple[int, int]]) -> None:
    cron, zone = nightly_schedule.cron_schedule, nightly_schedule.execution_timezone
    ticks = schedule_execution_time_iterator(since.timestamp(), cron, zone, ascending=True)
    found = [each.astimezone(UTC) for each in islice(ticks, 3)]
    assert [(each.day, each.hour, each.minute) for each in found] == [(day, hour, 0) for day, hour in hours]
