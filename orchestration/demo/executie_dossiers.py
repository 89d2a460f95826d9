"""What the scenario file of the executie dossiers cannot say: how high the stock is, day by day.

Each unit has places, and in each place one dossier after the other is worked on, so that the stock is as high as there
are places, except on the days that the scenario makes low. All else stands in `executie_dossiers.yml`.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from orchestration.demo.interpreter import World, say_of_some
from orchestration.demo.reader import ScenarioError
from orchestration.demo.values import Strict, day_between

EXTRACT = "dossiers"
Days = tuple[date, date]


class Low(Strict):
    """Days on which places stand empty; in one unit, and in others what the total of the year asks as well."""

    dag: date
    dagen: int
    in_een_eenheid: int
    in_andere: bool = True


class Places(Strict):
    """So many places, by the days between which they are first filled."""

    eerste_dag: date
    laatste_dag: date
    aantal: int


class Rules(Strict):
    """What `regeling` says in the scenario file."""

    plaatsen: list[Places]
    plaatsen_niet_gedekt: int
    dagen_in_behandeling: tuple[int, int]
    dagen_gewacht: int
    regionaal: list[str]
    landelijk: list[str]
    laag: list[Low]


def fill_places(world: World) -> None:
    """Fill places with dossiers, and choose what became of those, so that stock and share are those of the totals.

    Args:
        world: What has been made so far.

    Raises:
        ScenarioError: The totals ask for more dossiers, or more good outcomes, than there can be.
    """
    rules = Rules.model_validate(world.scenario.regeling)
    places = [(each.eerste_dag, each.laatste_dag) for each in rules.plaatsen for _ in range(each.aantal)]
    empty = _empty_places(world, rules, places)
    for unit in rules.regionaal + rules.landelijk:
        for place, first in enumerate(places):
            _fill(world, rules, "behandeld", unit, first, empty.get((unit, place), []))
    for unit in rules.regionaal:
        for _ in range(rules.plaatsen_niet_gedekt):
            _fill(world, rules, "niet_gedekt", unit, places[0], [])
    _choose_outcomes(world)


def _empty_places(world: World, rules: Rules, places: list[Days]) -> dict[tuple[str, int], list[Days]]:
    """Choose which places stand empty on which days, so that the stock of a year is once as low as its total."""
    empty: dict[tuple[str, int], list[Days]] = {}
    for low in rules.laag:
        filled = sum(last < low.dag for _, last in places)
        missing = filled * len(rules.regionaal) - world.years("voorraad")[low.dag.year] if low.in_andere else 0
        one = rules.regionaal[low.dag.year % len(rules.regionaal) if low.in_andere else 0]
        others = [unit for unit in rules.regionaal if unit != one]
        numbers = [(one, place) for place in range(low.in_een_eenheid)]
        numbers += [(others[each % len(others)], each // len(others)) for each in range(missing - low.in_een_eenheid)]
        for number in numbers:
            empty.setdefault(number, []).append((low.dag, low.dag + timedelta(days=low.dagen - 1)))
    return empty


def _fill(world: World, rules: Rules, group: str, unit: str, first: Days, empty: list[Days]) -> None:
    rng = world.rng
    for start, end in _one_after_the_other(world, rules, day_between(*first, rng), list(empty)):
        delivered = start - timedelta(days=rng.randint(0, rules.dagen_gewacht))
        row = world.begin(
            EXTRACT, group, delivered.year, eenheid=unit, aangeleverd_op=delivered, in_behandeling_op=start,
            afgedaan_op=end,
        )  # fmt: skip
        world.rows[EXTRACT][group].append(row)


def _one_after_the_other(world: World, rules: Rules, day: date, gaps: list[Days]) -> Iterator[tuple[date, date | None]]:
    """Fill a place: each dossier is taken up on the day on which the one before it is disposed of."""
    while day <= world.last_day:
        if gaps and gaps[0][0] <= day:
            day = gaps.pop(0)[1] + timedelta(days=1)
            continue
        end = day + timedelta(days=world.rng.randint(*rules.dagen_in_behandeling))
        end = min(end, gaps[0][0]) if gaps else end
        yield day, end if end <= world.last_day else None
        day = end


def _choose_outcomes(world: World) -> None:
    """Choose what was disposed of positively, year by year, and add what was delivered and never taken up."""
    for row in world.rows[EXTRACT]["behandeld"]:
        row.values["uitkomst"] = "negatief" if row["afgedaan_op"] else None
    for year, delivered in world.years("noemer").items():
        own = [row for row in world.rows[EXTRACT]["behandeld"] if row.year == year]
        closed = [row for row in own if row["afgedaan_op"]]
        positive, remainder = divmod(delivered * world.years("aandeel")[year], 100)
        if remainder or positive > len(closed) or delivered < len(own):
            raise ScenarioError(
                f"totalen: {year}: {positive} van {delivered} kan niet, van {len(closed)} en {len(own)}"
            )
        chosen = world.rng.sample(closed, positive)
        for row in chosen:
            row.values["uitkomst"] = "positief"
        for part in world.scenario.extracten[EXTRACT].groepen["behandeld"].waarvan:
            say_of_some(world, part, chosen)
        for _ in range(delivered - len(own)):
            world.finish(world.begin(EXTRACT, "niet_behandeld", year))
