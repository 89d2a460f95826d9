"""When the schedule starts a night: once a day at three by the Dutch clock, also when that is put forward or back.

Whole nights by another clock take minutes, so `make soak` runs them.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration import alerts, clock, novelty
from orchestration.__main__ import main
from orchestration.automation import new_delivery_sensor, nightly_schedule
from orchestration.paths import DataPaths
from tests.clocks import set_clock
from tests.integration.conftest import ask, long
from tests.night_kills import ROW

Night = tuple[DataPaths, Callable[[], int]]


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


def tick() -> dg.RunRequest | dg.SkipReason:
    found = nightly_schedule(dg.build_schedule_context())
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(days=365)])
def test_a_clock_that_was_set_back_starts_no_night_and_is_told(
    night: Night, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], back: timedelta
) -> None:
    """What came in since would not be believed, and readers would see what was known then."""
    paths, _ = night
    before, content = paths.published.readlink(), paths.ledger.read_bytes()
    heard: list[str] = []
    monkeypatch.setattr(alerts, "tell", lambda _, text: heard.append(text))
    # Something new, for which a night would run.
    (paths.inbox / "om_beslag" / "nieuw.csv").write_text("iets")
    set_clock(monkeypatch, datetime.now(UTC) - back)
    skipped = tick()
    assert isinstance(skipped, dg.SkipReason)
    assert "loopt achter op de vorige nacht" in (skipped.skip_message or "")
    assert main(["nightly"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "loopt achter op de vorige nacht" in said and "Zet de klok goed" in said
    assert len(heard) == 2
    seen = new_delivery_sensor(dg.build_sensor_context())
    assert isinstance(seen, dg.SkipReason) and "loopt achter" in (seen.skip_message or "")
    assert (paths.published.readlink(), paths.ledger.read_bytes()) == (before, content)


def deliver(paths: DataPaths, stand: str) -> None:
    """A delivery that does not say itself when it came in."""
    deliveries = paths.inbox / "mensenhandel_verdachten"
    newest = max(deliveries.glob("demo_instroom_*.csv"))
    (deliveries / f"demo_instroom_{stand}.csv").write_text(newest.read_text() + ROW)


def published(paths: DataPaths) -> tuple[int, datetime, date]:
    """Number of what readers see, when it was published, and the day on which it was known so."""
    return ask(
        paths.published,
        """select publicatie_nr, gepubliceerd_op, peildatum from marts.fct_publicatie
        where soort = 'gepubliceerd' order by publicatie_nr desc limit 1""",
    )[0]


@long
@pytest.mark.parametrize(
    "three",
    [datetime(2027, 3, 28, 1, 0, tzinfo=UTC), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)],
    ids=["maart", "oktober"],
)
def test_a_whole_night_in_which_the_clock_is_put_forward_or_back(
    night: Night, monkeypatch: pytest.MonkeyPatch, three: datetime
) -> None:
    """In 2027 on 28 March and 31 October: three o'clock comes an hour sooner than the night before, or later."""
    paths, run = night
    first = published(paths)[0]
    day = three.astimezone(clock.ZONE).date()
    deliver(paths, "20230415")
    set_clock(monkeypatch, three)
    assert clock.now() == datetime(day.year, day.month, day.day, 3, 0)
    assert isinstance(tick(), dg.RunRequest)
    assert run() == 0
    # Once, at three on that day, and known on that day: the delivery came in then.
    assert published(paths) == (first + 1, datetime(day.year, day.month, day.day, 3, 0), day)
    assert ask(paths.raw, "select max(ontvangen_op) from leveringen.levering") == [(clock.now(),)]
    for later in (timedelta(minutes=1), timedelta(hours=1), timedelta(hours=23)):
        set_clock(monkeypatch, three + later)
        assert isinstance(tick(), dg.SkipReason), later
        assert run() == 0
    assert published(paths)[0] == first + 1


@long
def test_a_clock_that_was_ahead_is_put_right_by_a_person(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stood in 2031 for a night: what came in then is not believed, and counts again when its day has come."""
    paths, run = night
    first, _, known = published(paths)
    figures = "select agenda_code, indicator_code, jaar, realisatie from marts.fct_voortgang order by all"
    right = ask(paths.published, figures)
    deliver(paths, "20230415")
    with monkeypatch.context() as ahead:
        set_clock(ahead, datetime(2031, 5, 1, 1, 0, tzinfo=UTC))
        assert run() == 0
        assert published(paths) == (first + 1, datetime(2031, 5, 1, 3, 0), date(2031, 5, 1))
    last = novelty.last_night(paths)
    assert last and novelty.behind(last)
    assert run() == 1
    assert published(paths)[0] == first + 1
    assert main(["nightly", "--opnieuw"]) in (0, 3)
    number, moment, day = published(paths)
    # Numbers go on, and no day is believed that has not come.
    assert (number, day) == (first + 2, known)
    assert moment.date() == clock.now().date()
    assert ask(paths.published, figures) == right
    last = novelty.last_night(paths)
    assert last and novelty.behind(last) is None
    assert run() == 0
    assert published(paths)[0] == first + 2
