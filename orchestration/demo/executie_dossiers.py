"""The story of the dossiers of convicts with an open sentence; everything in it is fictitious.

Each unit has places, and in each place one dossier after the other is worked on, so that the stock is as high as there
are places, except on the days that the scenario makes low. No file holds a total.

The register is delivered whole once, and after that as changes: what is new, what changed, and what was dropped because
it was entered twice by mistake.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pandas as pd

from orchestration.declarations import Extract
from orchestration.demo.generator import distinct, read_seed, rows
from orchestration.demo.story import (
    CORRECTED_RECEIVED,
    EARLIER,
    EARLIER_RECEIVED,
    STAND,
    WRONG_RECEIVED,
    Planned,
    World,
    codes_where,
    day_between,
    days_of,
    known_on,
    split_sample,
)

EXTRACT = "dossiers"
STOCK, SHARE = "executie_werkvoorraad", "executie_positief_pct"
# The places of a unit, by the days between which they are first filled.
PLACES = (
    *[(date(2018, 1, 1), date(2018, 6, 30))] * 12,
    (date(2019, 9, 1), date(2019, 12, 15)),
    (date(2020, 9, 1), date(2020, 12, 15)),
)
OTHER_PLACES = 3
TREATED_DAYS = (45, 150)
# Low stock: first day, number of days, places that stand empty in one unit. The other units give the rest of what the
# total of the year asks.
LOW = {
    2019: (date(2019, 7, 15), 2, 1),
    2020: (date(2020, 6, 10), 3, 4),
    2021: (date(2021, 8, 2), 1, 6),
    2022: (date(2022, 5, 9), 2, 2),
}
# And one unit alone, on other days.
LOW_ELSEWHERE = (date(2022, 10, 3), 2, 3)
WAITED_DAYS = 25
NOT_TREATED_CLOSED_SHARE = 0.3
OTHER_NOT_TREATED_SHARE = 0.1
OTHER_POSITIVE_SHARE = 0.6
ERROR_SHARE = 0.1
BAD_ROWS, BAD_CHANGES = 4, 2
BAD_DAY = date(2020, 6, 1)
NEW, CHANGED = "N", "W"
# Changes are delivered twice, and each delivery holds those of two periods, so that a dossier can stand in it twice.
SPRING, SUMMER, AUTUMN = date(2022, 4, 15), date(2022, 7, 15), date(2022, 10, 15)
SUMMER_RECEIVED = date(2022, 7, 20)
# Entered twice: so many dossiers of each of these years. Those of the last year are dropped one delivery later.
DOUBLE_YEARS, DOUBLE_COUNT = (2019, 2020, 2021, 2022), 8
# Dropped by mistake, and back one period later: so many in the same delivery, and as many in the next one.
BACK_COUNT = 5

Days = tuple[date, date]


@dataclass(frozen=True)
class _Dossier:
    """One dossier; whether the agreement covers it follows from its indicatie, sentence and signals."""

    eenheid: str
    aangeleverd: date
    in_behandeling: date | None
    afgedaan: date | None
    indicatie: str
    restant: int
    vast: str
    signaal: str
    afdoening: str | None = None


class _Codes:
    """The codes of the story, by what the code lists say about them."""

    def __init__(self) -> None:
        self.regional = codes_where("eenheid", "eenheid_soort", "regionaal")
        self.national = codes_where("eenheid", "eenheid_soort", "landelijk")
        (self.inland,) = codes_where("opsporingsindicatie", "is_binnenland", "true")
        self.elsewhere = codes_where("opsporingsindicatie", "is_binnenland", "false")
        mapping = read_seed("afdoening_mapping")
        self.positive = [row["afdoening_code"] for row in mapping if row["is_positief"] == "true"]
        self.negative = [row["afdoening_code"] for row in mapping if row["is_positief"] == "false"]


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frame, spare = _register(world)
    extract, wrong = world.extracts[EXTRACT], _with_errors(frame, world.rng)
    earlier, spring, summer, autumn = _states(frame, spare, world)
    until_summer = _changes(extract, [earlier, spring, summer])
    until_wrong, until_right = (_changes(extract, [summer, autumn, last]) for last in (wrong, frame))
    whole_bad = _bad_rows(spare)
    bad = whole_bad.iloc[:BAD_CHANGES]
    return [
        Planned(extract, _in_order(earlier, whole_bad), EARLIER, EARLIER_RECEIVED, kind="volledig"),
        Planned(extract, _in_order(until_summer, bad), SUMMER, SUMMER_RECEIVED, kind="mutaties"),
        Planned(extract, _in_order(until_wrong, bad), STAND, WRONG_RECEIVED, kind="mutaties"),
        Planned(extract, _in_order(until_right, bad), STAND, CORRECTED_RECEIVED, kind="mutaties"),
    ]


def _register(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the register on the last stand_datum, and the rows that will not fit."""
    rng, codes = world.rng, _Codes()
    empty = _empty_places(world, codes)
    treated = [
        _covered(_dossier(eenheid, days, codes, rng), rng)
        for eenheid in codes.regional + codes.national
        for place, first in enumerate(PLACES)
        for days in _one_after_the_other(day_between(*first, rng), empty.get((eenheid, place), []), rng)
    ]
    dossiers = _with_outcomes(treated, world, codes)
    others = [
        _dossier(eenheid, days, codes, rng)
        for eenheid in codes.regional
        for _ in range(OTHER_PLACES)
        for days in _one_after_the_other(day_between(*PLACES[0], rng), [], rng)
    ]
    dossiers += [_not_covered(other, codes, rng) for other in others]
    rng.shuffle(dossiers)
    # The rows that will not fit are of a kind that no definition counts, so that no figure depends on them.
    bad = _Dossier(codes.regional[0], BAD_DAY, None, None, codes.elsewhere[0], 30, "J", "N")
    frame = _as_frame(dossiers + [bad] * BAD_ROWS, world)
    return frame.iloc[:-BAD_ROWS], frame.iloc[-BAD_ROWS:]


def _empty_places(world: World, codes: _Codes) -> dict[tuple[str, int], list[Days]]:
    """Choose which places stand empty on which days, so that the stock of a year is once as low as its total."""
    empty: dict[tuple[str, int], list[Days]] = {}
    for year, total in world.totals[STOCK, "totaal"].items():
        if year not in LOW:
            continue
        first, days, in_one = LOW[year]
        places = sum(last < first for _, last in PLACES)
        missing = places * len(codes.regional) - total
        units = [codes.regional[year % len(codes.regional)]]
        others = [eenheid for eenheid in codes.regional if eenheid not in units]
        numbers = [(units[0], place) for place in range(in_one)]
        numbers += [(others[each % len(others)], each // len(others)) for each in range(missing - in_one)]
        for number in numbers:
            empty.setdefault(number, []).append((first, first + timedelta(days=days - 1)))
    first, days, in_one = LOW_ELSEWHERE
    for place in range(in_one):
        empty.setdefault((codes.regional[0], place), []).append((first, first + timedelta(days=days - 1)))
    return empty


def _one_after_the_other(day: date, empty: list[Days], rng: Random) -> Iterator[tuple[date, date | None]]:
    """Fill a place: each dossier is taken up on the day on which the one before it is disposed of."""
    gaps = list(empty)
    while day <= STAND:
        if gaps and gaps[0][0] <= day:
            day = gaps.pop(0)[1] + timedelta(days=1)
            continue
        end = day + timedelta(days=rng.randint(*TREATED_DAYS))
        if gaps:
            end = min(end, gaps[0][0])
        yield day, end if end <= STAND else None
        day = end


def _dossier(eenheid: str, days: tuple[date, date | None], codes: _Codes, rng: Random) -> _Dossier:
    start, end = days
    delivered = start - timedelta(days=rng.randint(0, WAITED_DAYS))
    return _Dossier(eenheid, delivered, start, end, codes.inland, 0, "J", "N")


def _covered(dossier: _Dossier, rng: Random) -> _Dossier:
    """Make a dossier one of the lower sentences, just below the limits of FAST more often than chance."""
    kind = rng.random()
    if kind < 0.5:
        return replace(dossier, restant=rng.randint(5, 900))
    if kind < 0.8:
        return replace(dossier, restant=min(rng.randint(5, 330), 299), vast="N")
    return replace(dossier, restant=min(rng.randint(5, 140), 120), signaal="J")


def _not_covered(dossier: _Dossier, codes: _Codes, rng: Random) -> _Dossier:
    """Make a dossier one of FAST, or one without an indication within the Netherlands; with an outcome of its own."""
    outcome = None
    if dossier.afgedaan is not None:
        outcome = rng.choice(codes.positive if rng.random() < OTHER_POSITIVE_SHARE else codes.negative)
    if rng.random() < OTHER_NOT_TREATED_SHARE:
        dossier, outcome = replace(dossier, in_behandeling=None, afgedaan=None), None
    dossier = replace(dossier, afdoening=outcome)
    kind = rng.random()
    if kind < 0.3:
        return replace(dossier, restant=max(rng.randint(270, 900), 300), vast="N")
    if kind < 0.6:
        return replace(dossier, restant=max(rng.randint(100, 600), 121), signaal="J")
    return replace(dossier, restant=rng.randint(5, 900), indicatie=rng.choice(codes.elsewhere))


def _with_outcomes(treated: list[_Dossier], world: World, codes: _Codes) -> list[_Dossier]:
    """Add what was delivered and never taken up, and choose what was disposed of positively, year by year."""
    rng = world.rng
    made: list[_Dossier] = []
    for year, delivered in world.totals[SHARE, "noemer"].items():
        own = [dossier for dossier in treated if dossier.aangeleverd.year == year]
        closed = [dossier for dossier in own if dossier.afgedaan is not None]
        positive, remainder = divmod(delivered * world.totals[SHARE, "totaal"][year], 100)
        if remainder or positive > len(closed) or delivered < len(own):
            raise ValueError(f"scenario: {year} cannot have {positive} of {delivered}; {len(closed)}, {len(own)}")
        # By place in the list: two dossiers may be the same in everything.
        chosen = set(rng.sample(range(len(closed)), positive))
        made += [dossier for dossier in own if dossier.afgedaan is None]
        made += [
            replace(dossier, afdoening=rng.choice(codes.positive if place in chosen else codes.negative))
            for place, dossier in enumerate(closed)
        ]
        made += [_not_treated(year, codes, rng) for _ in range(delivered - len(own))]
    # What was delivered before the first year of the scenario.
    first = min(world.totals[SHARE, "noemer"])
    earlier = [dossier for dossier in treated if dossier.aangeleverd.year < first]
    return made + [
        replace(dossier, afdoening=rng.choice(codes.negative) if dossier.afgedaan else None) for dossier in earlier
    ]


def _not_treated(year: int, codes: _Codes, rng: Random) -> _Dossier:
    delivered = day_between(*days_of(year), rng)
    closed = min(delivered + timedelta(days=rng.randint(10, 90)), STAND)
    dossier = _Dossier(rng.choice(codes.regional), delivered, None, None, codes.inland, 0, "J", "N")
    if rng.random() < NOT_TREATED_CLOSED_SHARE:
        dossier = replace(dossier, afgedaan=closed, afdoening=rng.choice(codes.negative))
    return _covered(dossier, rng)


def _as_frame(dossiers: list[_Dossier], world: World) -> pd.DataFrame:
    return rows(
        world.extracts[EXTRACT],
        len(dossiers),
        world.rng,
        world.code_lists,
        mutatie=[NEW] * len(dossiers),
        eenheid=[dossier.eenheid for dossier in dossiers],
        opsporingsindicatie=[dossier.indicatie for dossier in dossiers],
        restantstraf_dagen=[dossier.restant for dossier in dossiers],
        vaste_verblijfplaats=[dossier.vast for dossier in dossiers],
        buitenlandsignaal=[dossier.signaal for dossier in dossiers],
        aangeleverd_op=[dossier.aangeleverd for dossier in dossiers],
        in_behandeling_op=[dossier.in_behandeling for dossier in dossiers],
        afgedaan_op=[dossier.afgedaan for dossier in dossiers],
        afdoening=[dossier.afdoening for dossier in dossiers],
    )


def _known_on(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Keep what the register knew on a day: what was taken up or disposed of later was not yet."""
    frame = known_on(frame, "aangeleverd_op", day).copy()

    def happened(column: str) -> pd.Series:
        return frame[column].map(lambda moment: moment is not None and moment <= day).astype(bool)

    closed, taken = happened("afgedaan_op"), happened("in_behandeling_op")
    frame["afdoening"] = frame["afdoening"].where(closed, None)
    frame["afgedaan_op"] = frame["afgedaan_op"].where(closed, None)
    frame["in_behandeling_op"] = frame["in_behandeling_op"].where(taken, None)
    return frame


def _states(frame: pd.DataFrame, spare: pd.DataFrame, world: World) -> list[pd.DataFrame]:
    """Give what the register held on four days, with the mistakes that were mended later."""
    doubles = _entered_twice(frame, {*frame["dossier_nr"], *spare["dossier_nr"]}, world)
    earlier, spring, summer, autumn = (
        _known_on(pd.concat([frame, doubles]), day) for day in (EARLIER, SPRING, SUMMER, AUTUMN)
    )
    dropped = world.rng.sample(list(known_on(frame, "aangeleverd_op", EARLIER)["dossier_nr"]), 2 * BACK_COUNT)
    mended = known_on(doubles, "aangeleverd_op", EARLIER)
    return [
        earlier,
        _without(spring, dropped[:BACK_COUNT]),
        _without(summer, [*dropped[BACK_COUNT:], *mended["dossier_nr"]]),
        _without(autumn, doubles["dossier_nr"]),
    ]


def _without(frame: pd.DataFrame, numbers: Iterable[str]) -> pd.DataFrame:
    return frame[~frame["dossier_nr"].isin(list(numbers))]


def _entered_twice(frame: pd.DataFrame, taken: set[str], world: World) -> pd.DataFrame:
    """Enter dossiers once more under numbers of their own: such as count as positive, so that they are noticed."""
    codes = _Codes()
    counting = frame[
        (frame["opsporingsindicatie"] == codes.inland)
        # Too short for FAST.
        & (frame["restantstraf_dagen"] <= 120)
        & frame["afdoening"].isin(codes.positive)
    ]
    closed = known_on(counting, "afgedaan_op", SUMMER)
    chosen = []
    for year in DOUBLE_YEARS:
        places = [place for place, day in enumerate(closed["aangeleverd_op"]) if day.year == year]
        chosen += world.rng.sample(places, DOUBLE_COUNT)
    numbers = distinct(world.extracts[EXTRACT], "dossier_nr", 2 * len(chosen), world.rng, world.code_lists)
    free = [number for number in numbers if number not in taken]
    return closed.iloc[chosen].assign(dossier_nr=free[: len(chosen)])


def _changes(extract: Extract, states: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """List what was dropped, is new, or changed from each state to the next; the last record of a dossier counts."""
    records: list[dict[Hashable, Any]] = []
    for before, after in pairwise(map(_by_number, states)):
        records += [row | {"mutatie": extract.deletion_code} for number, row in before.items() if number not in after]
        records += [
            row | {"mutatie": CHANGED if number in before else NEW}
            for number, row in after.items()
            if row != before.get(number)
        ]
    return pd.DataFrame(records, columns=states[0].columns, dtype=object)


def _by_number(frame: pd.DataFrame) -> dict[str, dict[Hashable, Any]]:
    # Empty values as None, or no row with one would be equal to itself.
    return {row["dossier_nr"]: row for row in frame.where(frame.notna(), None).to_dict("records")}


def _with_errors(frame: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Leave dossiers out, and give others the outcome that is most often written."""
    missing, wrong = split_sample(list(frame["dossier_nr"]), ERROR_SHARE, rng)
    frame = _without(frame, missing).copy()
    is_wrong = frame["dossier_nr"].isin(wrong) & frame["afdoening"].notna()
    frame["afdoening"] = frame["afdoening"].mask(is_wrong, "AANGEHOUDEN")
    return frame


def _bad_rows(spare: pd.DataFrame) -> pd.DataFrame:
    """Make rows that do not fit, each in a way of its own."""
    bad = spare.copy()
    bad["aangeleverd_op"] = ["31-02-2020", *bad["aangeleverd_op"].iloc[1:]]
    bad["eenheid"] = [*bad["eenheid"].iloc[:1], None, *bad["eenheid"].iloc[2:]]
    bad["veroordeelde_nr"] = [*bad["veroordeelde_nr"].iloc[:2], "onbekend", *bad["veroordeelde_nr"].iloc[3:]]
    bad["restantstraf_dagen"] = [*bad["restantstraf_dagen"].iloc[:3], "lang"]
    return bad


def _in_order(frame: pd.DataFrame, bad: pd.DataFrame) -> pd.DataFrame:
    """Put all rows in the order of their numbers; those of one number stay in the order in which they came about."""
    return pd.concat([frame, bad]).sort_values("dossier_nr", kind="stable")
