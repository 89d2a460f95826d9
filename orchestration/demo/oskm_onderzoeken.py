"""The story of the register of investigations into online child sexual abuse; everything in it is fictitious.

It decides at whom an investigation was aimed and whom it found, so that counting by the definitions gives the totals
of the scenario. No file holds a total.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pandas as pd

from orchestration.demo.generator import distinct, rows
from orchestration.demo.story import (
    EARLIER,
    STAND,
    Frames,
    Planned,
    World,
    codes_where,
    day_between,
    days_of,
    full_deliveries,
    split_sample,
    year_earlier,
)

OFFENDER, VICTIM, REPORT = "DAD", "SLA", "MEL"
INDICATORS = {OFFENDER: "oskm_daders", VICTIM: "oskm_slachtoffers"}
SECOND_SUSPICION_SHARE = 0.25
LATER_SUSPICION_SHARE = 0.15
OTHER_RESULT_SHARE = 0.2
WITHOUT_CATEGORY_SHARE = 0.01
LONGEST_DAYS = 400
AGAIN_SHARE = 0.2
NEXT_YEAR_SHARE = 0.1
EARLIER_ELSEWHERE_SHARE = 0.08
OUTSIDE_SHARE = 0.15
REPORT_SHARE = 0.6
ERROR_SHARE = 0.06
BAD_ROWS = 3

_Verdenking = tuple[str | None, str | None]


@dataclass(eq=False)
class _Onderzoek:
    """One investigation; a suspicion is its category at the start and at the end."""

    eenheid: str
    start: date
    einde: date | None
    verdenkingen: list[_Verdenking] = field(default_factory=list)


@dataclass(frozen=True)
class _Resultaat:
    """One offender, victim or report, found in the investigation at a position in the list."""

    position: int
    persoon_nr: str
    soort: str
    team: str
    own_capacity: bool
    dag: date


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    onderzoeken = _onderzoeken(world)
    frames = _as_frames(onderzoeken, _resultaten(onderzoeken, world), world)
    wrong = _with_errors(frames, world.rng)
    earlier = _known_on(frames, EARLIER)
    return full_deliveries(world, *(_with_bad_rows(version) for version in (earlier, wrong, frames)))


def _onderzoeken(world: World) -> list[_Onderzoek]:
    rng = world.rng
    eenheden = codes_where("eenheid", "eenheid_soort", "regionaal", "landelijk")
    categories = list(world.code_lists["oskm_categorie"])
    made: list[_Onderzoek] = []
    for category in categories:
        for year, total in world.totals[f"oskm_{category.lower()}", "totaal"].items():
            made += [_onderzoek(category, year, categories, eenheden, rng) for _ in range(total)]
            for _ in range(round(total * WITHOUT_CATEGORY_SHARE)):
                without = _onderzoek(category, year, categories, eenheden, rng)
                without.verdenkingen = [(None, result) for _, result in without.verdenkingen]
                made.append(without)
    return sorted(made, key=lambda onderzoek: onderzoek.start)


def _onderzoek(category: str, year: int, categories: list[str], eenheden: list[str], rng: Random) -> _Onderzoek:
    """Make an investigation whose heaviest category at the start is given; the code list goes from heavy to light."""
    start = day_between(*days_of(year), rng)
    einde = start + timedelta(days=rng.randint(10, LONGEST_DAYS))
    made = _Onderzoek(rng.choice(eenheden), start, einde if einde <= STAND else None)
    not_heavier = categories[categories.index(category) :]
    aimed: list[str | None] = [category]
    if rng.random() < SECOND_SUSPICION_SHARE:
        aimed.append(rng.choice(not_heavier))
    if rng.random() < LATER_SUSPICION_SHARE:
        aimed.append(None)
    rng.shuffle(aimed)
    for one in aimed:
        found = rng.choice(categories) if one is None or rng.random() < OTHER_RESULT_SHARE else one
        made.verdenkingen.append((one, found if made.einde else None))
    return made


class _Finder:
    """Finds people, each in an investigation that had begun by then."""

    def __init__(self, onderzoeken: list[_Onderzoek], rng: Random) -> None:
        self.found: list[_Resultaat] = []
        self._rng = rng
        self._starts = [onderzoek.start for onderzoek in onderzoeken]
        self._own_teams = codes_where("oskm_team", "is_gespecialiseerd", "true")
        (self._other_team,) = codes_where("oskm_team", "is_gespecialiseerd", "false")

    def find(self, person: str, soort: str, day: date, team: str = "", own_capacity: bool = True) -> None:
        """Find a person by one of the eleven teams, unless another team is given."""
        position = self._rng.randrange(bisect_right(self._starts, day))
        team = team or self._rng.choice(self._own_teams)
        self.found.append(_Resultaat(position, person, soort, team, own_capacity, day))

    def find_otherwise(self, person: str, soort: str, day: date) -> None:
        """Find a person by another team, or outside the capacity of the agenda."""
        if self._rng.random() < 0.5:
            self.find(person, soort, day, self._other_team)
        else:
            self.find(person, soort, day, own_capacity=False)

    def find_again(self, person: str, soort: str, day: date, last: date) -> None:
        """Now and then find a person again: in the year, in the next, or outside the capacity before that."""
        rng = self._rng
        if rng.random() < AGAIN_SHARE:
            self.find(person, soort, day_between(day, last, rng))
        if rng.random() < NEXT_YEAR_SHARE and last < STAND:
            self.find(person, soort, last + timedelta(days=rng.randint(1, 15)))
        if rng.random() < EARLIER_ELSEWHERE_SHARE:
            self.find_otherwise(person, soort, max(day - timedelta(days=rng.randint(1, 300)), self._starts[0]))


def _resultaten(onderzoeken: list[_Onderzoek], world: World) -> list[_Resultaat]:
    rng = world.rng
    needed = 3 * sum(sum(world.totals[indicator, "totaal"].values()) for indicator in INDICATORS.values())
    persons = distinct(world.extracts["resultaten"], "persoon_nr", needed, rng, world.code_lists)
    finder = _Finder(onderzoeken, rng)
    for soort, indicator in INDICATORS.items():
        for year, total in world.totals[indicator, "totaal"].items():
            first, last = days_of(year)
            for _ in range(total):
                person, day = persons.pop(), day_between(first, last, rng)
                finder.find(person, soort, day)
                finder.find_again(person, soort, day, last)
            for _ in range(round(total * OUTSIDE_SHARE)):
                finder.find_otherwise(persons.pop(), soort, day_between(first, last, rng))
            for _ in range(round(total * REPORT_SHARE)):
                finder.find(persons.pop(), REPORT, day_between(first, last, rng))
    rng.shuffle(finder.found)
    return finder.found


def _as_frames(onderzoeken: list[_Onderzoek], resultaten: list[_Resultaat], world: World) -> Frames:
    numbers = distinct(world.extracts["onderzoeken"], "onderzoek_nr", len(onderzoeken), world.rng, world.code_lists)
    verdenkingen = [
        (number, position, onderzoek, inzet, resultaat)
        for number, onderzoek in zip(numbers, onderzoeken, strict=True)
        for position, (inzet, resultaat) in enumerate(onderzoek.verdenkingen, start=1)
    ]
    return {
        "onderzoeken": rows(
            world.extracts["onderzoeken"],
            len(verdenkingen),
            world.rng,
            world.code_lists,
            onderzoek_nr=[number for number, *_ in verdenkingen],
            verdenking_nr=[position for _, position, *_ in verdenkingen],
            eenheid=[onderzoek.eenheid for _, _, onderzoek, *_ in verdenkingen],
            categorie_inzet=[inzet for *_, inzet, _ in verdenkingen],
            categorie_resultaat=[resultaat for *_, resultaat in verdenkingen],
            startdatum=[onderzoek.start for _, _, onderzoek, *_ in verdenkingen],
            einddatum=[onderzoek.einde for _, _, onderzoek, *_ in verdenkingen],
        ),
        "resultaten": rows(
            world.extracts["resultaten"],
            len(resultaten),
            world.rng,
            world.code_lists,
            onderzoek_nr=[numbers[resultaat.position] for resultaat in resultaten],
            persoon_nr=[_without_zeros(resultaat.persoon_nr, world.rng) for resultaat in resultaten],
            soort=[resultaat.soort for resultaat in resultaten],
            team=[resultaat.team for resultaat in resultaten],
            inzet_150_fte=["J" if resultaat.own_capacity else "N" for resultaat in resultaten],
            vastgesteld_op=[resultaat.dag for resultaat in resultaten],
        ),
    }


def _without_zeros(number: str, rng: Random) -> str:
    return number.lstrip("0") if rng.random() < 0.5 else number


def _known_on(frames: Frames, day: date) -> Frames:
    """Keep what the register knew on a day: what ended later was running then, without a result."""
    onderzoeken = frames["onderzoeken"]
    onderzoeken = onderzoeken[onderzoeken["startdatum"].map(lambda start: start <= day)].copy()
    ended = onderzoeken["einddatum"].map(lambda end: end is not None and end <= day).astype(bool)
    for column in ("einddatum", "categorie_resultaat"):
        onderzoeken[column] = onderzoeken[column].where(ended, None)
    resultaten = frames["resultaten"]
    return {
        "onderzoeken": onderzoeken,
        "resultaten": resultaten[resultaten["vastgesteld_op"].map(lambda found: found <= day)],
    }


def _with_errors(frames: Frames, rng: Random) -> Frames:
    """Leave investigations out with their results, and mistype the starting year of others."""
    onderzoeken, resultaten = frames["onderzoeken"], frames["resultaten"]
    missing, mistyped = split_sample(sorted(set(onderzoeken["onderzoek_nr"])), ERROR_SHARE, rng)
    onderzoeken = onderzoeken[~onderzoeken["onderzoek_nr"].isin(missing)].copy()
    onderzoeken["startdatum"] = [
        year_earlier(start) if number in mistyped else start
        for number, start in zip(onderzoeken["onderzoek_nr"], onderzoeken["startdatum"], strict=True)
    ]
    return {"onderzoeken": onderzoeken, "resultaten": resultaten[~resultaten["onderzoek_nr"].isin(missing)]}


def _with_bad_rows(frames: Frames) -> Frames:
    """Add rows that do not fit; each repeats what is there already, so that no figure depends on it."""
    onderzoeken, resultaten = frames["onderzoeken"], frames["resultaten"]
    bad = onderzoeken.iloc[:BAD_ROWS].assign(verdenking_nr=[9, 9, "twee"])
    bad["startdatum"] = ["2021-02-31", *bad["startdatum"].iloc[1:]]
    bad["eenheid"] = [*bad["eenheid"].iloc[:1], None, *bad["eenheid"].iloc[2:]]
    odd = resultaten.iloc[:2].copy()
    odd["resultaat_nr"] = [1_000_001, 1_000_002]
    odd["soort"] = [None, REPORT]
    odd["persoon_nr"] = ["00000001", "onbekend"]
    return {
        "onderzoeken": pd.concat([onderzoeken, bad]).sort_values("onderzoek_nr", kind="stable"),
        "resultaten": pd.concat([resultaten, odd]).sort_values("resultaat_nr", kind="stable"),
    }
