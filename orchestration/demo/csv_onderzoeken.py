"""What the scenario file of the csv's cannot say: which investigations run on, and which have drugs first.

Both are chosen year by year, since an investigation counts in every year in which it runs. All else stands in
`csv_onderzoeken.yml`.
"""

from collections.abc import Sequence
from datetime import date

from orchestration.demo.interpreter import World
from orchestration.demo.reader import ScenarioError
from orchestration.demo.values import Row, day_between

COUNTING = ("eerste", "opnieuw")
RUNNING = "lopend"
FIRST_DRUGS = ("hennep", "cocaine_heroine", "synthetisch")
OTHER = "geen"
CARRIED_SHARE = 0.33
ENDED_THIS_MONTH_SHARE = 0.03


def end_and_choose(world: World) -> None:
    """End investigations, and choose what they are about, so that those that run in a year are as many as its totals.

    Args:
        world: What has been made so far.

    Raises:
        ScenarioError: The totals ask for more investigations than run.
    """
    rows = world.of_groups("onderzoeken", COUNTING)
    _end(rows, world)
    _choose_first_drugs(rows, world)


def _runs_in(row: Row, year: int) -> bool:
    return row["startdatum"].year <= year and (row["einddatum"] is None or row["einddatum"].year >= year)


def _end(rows: Sequence[Row], world: World) -> None:
    """Close investigations year by year; as many go on as the next year's total of running ones asks."""
    totals = world.years(RUNNING)
    for year in range(min(row.year for row in rows), world.last_day.year):
        running = [row for row in rows if _runs_in(row, year)]
        carried = round(len(running) * CARRIED_SHARE)
        if year + 1 in totals:
            carried = totals[year + 1] - sum(row.year == year + 1 for row in rows)
        _close(world.rng.sample(running, len(running) - carried), year)
    running = [row for row in rows if row["einddatum"] is None]
    _close(world.rng.sample(running, round(len(running) * ENDED_THIS_MONTH_SHARE)), world.last_day.year)


def _close(rows: Sequence[Row], year: int) -> None:
    for row in rows:
        first = max(date(year, 1, 1), row["startdatum"])
        row.values["einddatum"] = day_between(first, min(date(year, 12, 31), row.made.last_day), row.made.rng)


def _choose_first_drugs(rows: Sequence[Row], world: World) -> None:
    """Choose, year by year, which running investigations have drugs first."""
    chosen: dict[Row, str] = {}
    for year in world.years(RUNNING):
        running = [row for row in rows if _runs_in(row, year)]
        free = [row for row in running if row not in chosen]
        world.rng.shuffle(free)
        for kind in FIRST_DRUGS:
            needed = world.years(kind)[year] - sum(chosen.get(row) == kind for row in running)
            if not 0 <= needed <= len(free):
                raise ScenarioError(f"totalen.{kind}: {year} vraagt {needed} onderzoeken meer, van {len(free)}")
            chosen |= {free.pop(): kind for _ in range(needed)}
        chosen |= dict.fromkeys(free, OTHER)
    for row, kind in chosen.items():
        row.values["drugs"] = kind
