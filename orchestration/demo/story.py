"""What a story is given and what it gives back; the stories themselves are one module per registration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pandas as pd

from orchestration.declarations import Extract
from orchestration.demo.generator import CodeLists, read_seed
from orchestration.demo.interpreter import Planned

FIRST_YEAR, LAST_YEAR = 2017, 2022
EARLIER = date(2022, 1, 15)
STAND = date(2023, 1, 15)
EARLIER_RECEIVED = date(2022, 1, 20)
WRONG_RECEIVED = date(2023, 1, 20)
CORRECTED_RECEIVED = date(2023, 2, 10)
EDGE_SHARE = 0.03

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class World:
    """What a story is made of.

    Args:
        extracts: The declared extracts of its registration, by name.
        code_lists: Codes by the name of the code list.
        totals: Totals of the scenario: by indicator code and uitsplitsing, then by year.
        rng: Where all chance of this story comes from.
    """

    extracts: Mapping[str, Extract]
    code_lists: CodeLists
    totals: Mapping[tuple[str, str], Mapping[int, int]]
    rng: Random


def full_deliveries(world: World, earlier: Frames, wrong: Frames, corrected: Frames) -> list[Planned]:
    """Plan the three deliveries of a register that is delivered whole.

    Args:
        world: What the story is made of.
        earlier: What was known a year before, by extract.
        wrong: The first delivery of the last stand_datum, with errors.
        corrected: The same stand_datum, received again without them.

    Returns:
        The files, in order of arrival.
    """
    arrivals = (
        (earlier, EARLIER, EARLIER_RECEIVED),
        (wrong, STAND, WRONG_RECEIVED),
        (corrected, STAND, CORRECTED_RECEIVED),
    )
    return [
        Planned(world.extracts[name], frame, stand, received)
        for frames, stand, received in arrivals
        for name, frame in frames.items()
    ]


def known_on(frame: pd.DataFrame, column: str, day: date) -> pd.DataFrame:
    """Keep the rows that a register held on a day.

    Args:
        frame: The rows.
        column: Column with the day from which the register held a row.
        day: The day.

    Returns:
        The rows from that day and before it.
    """
    return frame[frame[column].map(lambda since: since <= day)]


def codes_where(seed: str, column: str, *values: str) -> list[str]:
    """Give the codes of a code list that have one of some values in a column.

    Args:
        seed: Name of the code list.
        column: The column.
        values: The values, as the seed spells them.

    Returns:
        The codes, in the order of the seed.
    """
    return [next(iter(row.values())) for row in read_seed(seed) if row[column] in values]


def day_between(first: date, last: date, rng: Random) -> date:
    """Choose a day, more often than chance the first or the last, where a counting rule is easily a day off.

    Args:
        first: First possible day.
        last: Last possible day.
        rng: Where the chance comes from.

    Returns:
        The day.
    """
    if rng.random() < EDGE_SHARE:
        return rng.choice((first, last))
    return first + timedelta(days=rng.randint(0, (last - first).days))


def days_of(year: int) -> tuple[date, date]:
    """Give the first and the last day of a year, as far as the register goes on the last stand_datum."""
    return date(year, 1, 1), min(date(year, 12, 31), STAND)


def year_earlier(day: date) -> date:
    """Give the same day a year earlier, as in a mistyped year."""
    return day.replace(year=day.year - 1, day=min(day.day, 28))


def split_sample(values: Sequence[str], share: float, rng: Random) -> tuple[set[str], set[str]]:
    """Choose two groups that do not overlap.

    Args:
        values: What to choose from.
        share: Size of both groups together, as a share of the values.
        rng: Where the chance comes from.

    Returns:
        Two groups of the same size.
    """
    half = round(len(values) * share / 2)
    chosen = rng.sample(values, 2 * half)
    return set(chosen[:half]), set(chosen[half:])
