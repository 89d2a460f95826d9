"""The story of the suspects of human trafficking that reach the prosecutor; everything in it is fictitious.

It decides which suspect entered in which case and when, so that counting by the definition gives the totals
of the scenario. No file holds a total.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pandas as pd

from orchestration.demo.generator import distinct, rows
from orchestration.demo.story import (
    EARLIER,
    STAND,
    Planned,
    World,
    codes_where,
    day_between,
    days_of,
    full_deliveries,
    known_on,
    split_sample,
    year_earlier,
)

TRAFFICKING = ("273f Sr", "273F", "art. 273 f Sr", "273f lid 1 Sr", "Art. 273f")
OTHER_ARTICLES = ("197a Sr", "273g", "231")
# Which parket belongs to which eenheid is an assumption that only makes the numbers look likely.
PARKETTEN = {
    "NN": "18",
    "ON": "05",
    "MN": "16",
    "NH": "15",
    "AMS": "13",
    "DH": "09",
    "RTM": "10",
    "ZWB": "02",
    "OB": "01",
    "LB": "03",
    "LE": "10",
}
SECOND_CASE_SHARE = 0.08
SECOND_SUSPECT_SHARE = 0.08
AGAIN_SHARE = 0.2
NEXT_YEAR_SHARE = 0.06
OTHER_ARTICLE_SHARE = 0.1
OTHER_SERVICE_SHARE = 0.25
ONLY_OTHER_ARTICLE_SHARE = 0.25
ERROR_SHARE = 0.12
BAD_ROWS = 4
BAD_YEAR = 2019
EXTRACT = "instroom"
# The delivery on which the published figure of 2020 rests.
FIRST, FIRST_RECEIVED = date(2021, 1, 15), date(2021, 2, 15)


@dataclass(frozen=True)
class _Feit:
    """One registered offence of one suspect in one case, the numbers in their canonical form."""

    verdachte_nr: str
    parketnummer: str
    wetsartikel: str
    dienst: str
    eenheid: str | None
    dag: date


class _Numbers:
    """Hands out numbers of suspects and cases that nobody had before."""

    def __init__(self, world: World, count: int) -> None:
        self._rng = world.rng
        self._suspects = distinct(world.extracts[EXTRACT], "verdachte_nr", count, world.rng, world.code_lists)
        self._cases: set[str] = set()

    def suspect(self) -> str:
        return self._suspects.pop()

    def case(self, eenheid: str, year: int) -> str:
        while True:
            number = f"{PARKETTEN[eenheid]}-{self._rng.randint(900_000, 999_999)}-{year % 100:02}"
            if number not in self._cases:
                self._cases.add(number)
                return number


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frame, spare = _register(world)
    wrong = _with_errors(frame, world.rng)
    first, earlier = (known_on(frame, "instroomdatum", stand) for stand in (FIRST, EARLIER))
    of_2020 = Planned(world.extracts[EXTRACT], _with_bad_rows(first, spare), FIRST, FIRST_RECEIVED)
    versions = [{EXTRACT: _with_bad_rows(version, spare)} for version in (earlier, wrong, frame)]
    return [of_2020, *full_deliveries(world, *versions)]


def _register(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the register on the last stand_datum, and the rows that will not fit."""
    totals = world.totals["om_verdachten_mensenhandel", "totaal"]
    numbers = _Numbers(world, 2 * sum(totals.values()))
    feiten: list[_Feit] = []
    for year, total in totals.items():
        counting = _counting(year, total, numbers, world.rng)
        feiten += counting
        feiten += [again for feit in counting for again in _again(feit, world.rng)]
        feiten += _not_counting(year, total, numbers, world.rng)
    world.rng.shuffle(feiten)
    # The rows that will not fit are of a kind that no definition counts, so that no figure depends on them.
    feiten += [_other_service(BAD_YEAR, numbers, world.rng) for _ in range(BAD_ROWS)]
    frame = _as_frame(feiten, world)
    return frame.iloc[:-BAD_ROWS], frame.iloc[-BAD_ROWS:]


def _counting(year: int, total: int, numbers: _Numbers, rng: Random) -> list[_Feit]:
    """Make the first inflow of as many pairs of suspect and case as the year has."""
    (police,) = codes_where("opsporingsdienst", "is_politie", "true")
    feiten: list[_Feit] = []
    for _ in range(total):
        eenheid = rng.choice(list(PARKETTEN))
        feit = _Feit(
            numbers.suspect(),
            numbers.case(eenheid, year),
            rng.choice(TRAFFICKING),
            police,
            eenheid,
            day_between(*days_of(year), rng),
        )
        chance = rng.random()
        if feiten and chance < SECOND_CASE_SHARE:
            feit = replace(feit, verdachte_nr=rng.choice(feiten).verdachte_nr)
        elif feiten and chance < SECOND_CASE_SHARE + SECOND_SUSPECT_SHARE:
            feit = replace(feit, parketnummer=rng.choice(feiten).parketnummer)
        feiten.append(feit)
    return feiten


def _again(feit: _Feit, rng: Random) -> list[_Feit]:
    """Register the same pair again, never on an earlier day than the first time."""
    last = min(date(feit.dag.year, 12, 31), STAND)
    next_year = date(feit.dag.year + 1, 1, 1)
    later = day_between(feit.dag, last, rng)
    again = []
    if rng.random() < AGAIN_SHARE:
        again.append(replace(feit, wetsartikel=rng.choice(TRAFFICKING), dag=later))
    if rng.random() < NEXT_YEAR_SHARE and next_year <= STAND:
        january = next_year + timedelta(days=rng.randint(0, 10))
        again.append(replace(feit, wetsartikel=rng.choice(TRAFFICKING), dag=january))
    if rng.random() < OTHER_ARTICLE_SHARE:
        again.append(replace(feit, wetsartikel=rng.choice(OTHER_ARTICLES), dag=later))
    return again


def _not_counting(year: int, total: int, numbers: _Numbers, rng: Random) -> list[_Feit]:
    other_article = _counting(year, round(total * ONLY_OTHER_ARTICLE_SHARE), numbers, rng)
    return [
        *(replace(feit, wetsartikel=rng.choice(OTHER_ARTICLES)) for feit in other_article),
        *(_other_service(year, numbers, rng) for _ in range(round(total * OTHER_SERVICE_SHARE))),
    ]


def _other_service(year: int, numbers: _Numbers, rng: Random) -> _Feit:
    return _Feit(
        numbers.suspect(),
        numbers.case(rng.choice(list(PARKETTEN)), year),
        rng.choice(TRAFFICKING),
        rng.choice(codes_where("opsporingsdienst", "is_politie", "false")),
        None,
        day_between(*days_of(year), rng),
    )


def _as_frame(feiten: list[_Feit], world: World) -> pd.DataFrame:
    return rows(
        world.extracts[EXTRACT],
        len(feiten),
        world.rng,
        world.code_lists,
        parketnummer=[_respelled(feit.parketnummer, world.rng) for feit in feiten],
        verdachte_nr=[_without_zeros(feit.verdachte_nr, world.rng) for feit in feiten],
        wetsartikel=[feit.wetsartikel for feit in feiten],
        aanleverende_dienst=[feit.dienst for feit in feiten],
        eenheid=[feit.eenheid for feit in feiten],
        instroomdatum=[feit.dag for feit in feiten],
    )


def _respelled(parketnummer: str, rng: Random) -> str:
    """Spell a parketnummer in one of the ways in which registers spell it."""
    parket, number, year = parketnummer.split("-")
    first, second = rng.choice((("/", "-"), ("-", "-"), (".", ".")))
    return f"{_without_zeros(parket, rng)}{first}{number}{second}{year}"


def _without_zeros(number: str, rng: Random) -> str:
    return number.lstrip("0") if rng.random() < 0.5 else number


def _with_errors(frame: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Leave rows out, and give others the wrong service or a mistyped year."""
    wrong, mistyped = split_sample(list(frame["inschrijving_nr"]), ERROR_SHARE, rng)
    missing, other_service = split_sample(sorted(wrong), 1.0, rng)
    service = codes_where("opsporingsdienst", "is_politie", "false")[0]
    frame = frame[~frame["inschrijving_nr"].isin(missing)].copy()
    is_wrong = frame["inschrijving_nr"].isin(other_service)
    frame["aanleverende_dienst"] = frame["aanleverende_dienst"].mask(is_wrong, service)
    frame["eenheid"] = frame["eenheid"].mask(is_wrong, None)
    frame["instroomdatum"] = [
        year_earlier(day) if number in mistyped else day
        for number, day in zip(frame["inschrijving_nr"], frame["instroomdatum"], strict=True)
    ]
    return frame


def _with_bad_rows(frame: pd.DataFrame, spare: pd.DataFrame) -> pd.DataFrame:
    """Add rows that do not fit, and put all rows in the order of their numbers."""
    bad = spare.copy()
    bad["instroomdatum"] = ["2019-02-31", *bad["instroomdatum"].iloc[1:]]
    bad["wetsartikel"] = [*bad["wetsartikel"].iloc[:1], None, *bad["wetsartikel"].iloc[2:]]
    bad["parketnummer"] = [*bad["parketnummer"].iloc[:2], "onbekend", *bad["parketnummer"].iloc[3:]]
    bad["aanleverende_dienst"] = [*bad["aanleverende_dienst"].iloc[:3], None]
    return pd.concat([frame, bad]).sort_values("inschrijving_nr", kind="stable")
