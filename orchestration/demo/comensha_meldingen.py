"""The story of the victims of human trafficking that are reported to CoMensha; everything in it is fictitious.

It decides who reported which victim when, and when CoMensha entered the report, so that counting by the definition
gives the totals of the scenario, also as they were known in between. No file holds a total.
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

EXTRACT = "meldingen"
INDICATOR = "slachtoffers_comensha"
# The figure of 2020 was published twice: from the state of February, and when CoMensha had closed the year.
PROVISIONAL_YEAR = 2020
PROVISIONAL, PROVISIONAL_RECEIVED = date(2021, 2, 28), date(2021, 3, 1)
DEFINITIVE, DEFINITIVE_RECEIVED = date(2021, 4, 30), date(2021, 5, 10)
ENTERED = "registratiedatum"
ENTERED_WITHIN_DAYS = 40
AGAIN_SHARE = 0.2
OTHER_FORM_SHARE = 0.4
ALSO_OTHERS_SHARE = 0.25
OTHERS_TWICE_SHARE = 0.1
EARLIER_VICTIM_SHARE = 0.06
ERROR_SHARE = 0.1
BAD_ROWS = 4
BAD_YEAR = 2021


@dataclass(frozen=True)
class _Melding:
    """One report of one victim."""

    slachtoffer_nr: str
    melder: str
    eenheid: str | None
    vorm: str
    dag: date
    geregistreerd: date


class _Codes:
    """The codes of the story, by what the code lists say about them."""

    def __init__(self, world: World) -> None:
        (self.police,) = codes_where("melder", "is_politie", "true")
        self.others = codes_where("melder", "is_politie", "false")
        self.eenheden = codes_where("eenheid", "eenheid_soort", "regionaal", "landelijk")
        self.vormen = list(world.code_lists["uitbuitingsvorm"])


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frame, spare = _register(world)
    of_2020 = [
        Planned(world.extracts[EXTRACT], _with_bad_rows(known_on(frame, ENTERED, stand), spare), stand, received)
        for stand, received in ((PROVISIONAL, PROVISIONAL_RECEIVED), (DEFINITIVE, DEFINITIVE_RECEIVED))
    ]
    versions = (known_on(frame, ENTERED, EARLIER), _with_errors(frame, world.rng), frame)
    return of_2020 + full_deliveries(world, *({EXTRACT: _with_bad_rows(version, spare)} for version in versions))


def _register(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the register on the last stand_datum, and the rows that will not fit."""
    rng, codes = world.rng, _Codes(world)
    by_police = world.totals[INDICATOR, "totaal"]
    by_anybody = world.totals[INDICATOR, "alle_melders"]
    known_then = world.totals[INDICATOR, "stand_20210228"][PROVISIONAL_YEAR]
    numbers = distinct(world.extracts[EXTRACT], "slachtoffer_nr", sum(by_anybody.values()) + 1, rng, world.code_lists)
    meldingen: list[_Melding] = []
    before: list[str] = []
    for year, total in by_police.items():
        again = rng.sample(before, round(total * EARLIER_VICTIM_SHARE)) if before else []
        victims = [*again, *(numbers.pop() for _ in range(total - len(again)))]
        others = [numbers.pop() for _ in range(by_anybody[year] - total)]
        late = total - known_then if year == PROVISIONAL_YEAR else 0
        for position, victim in enumerate(reversed(victims)):
            meldingen += _by_police(victim, year, codes, rng, entered_late=position < late)
        for victim in others:
            meldingen += _by_others(victim, year, 2 if rng.random() < OTHERS_TWICE_SHARE else 1, codes, rng)
        before = victims
    rng.shuffle(meldingen)
    # The rows that will not fit are of a kind that no definition counts, so that no figure depends on them.
    bad = [_by_others(numbers[0], BAD_YEAR, 1, codes, rng)[0] for _ in range(BAD_ROWS)]
    frame = _as_frame([*meldingen, *bad], world)
    # What did not fit stood in every delivery, also in the first.
    spare = frame.iloc[-BAD_ROWS:].assign(meldingsdatum=date(2020, 6, 1), registratiedatum=date(2020, 6, 2))
    return frame.iloc[:-BAD_ROWS], spare


def _by_police(victim: str, year: int, codes: _Codes, rng: Random, *, entered_late: bool) -> list[_Melding]:
    """Report a victim once, now and then again in the same year, and now and then by others too."""
    first, last = days_of(year)
    day = day_between(first, last, rng)
    melding = _Melding(
        victim, codes.police, rng.choice(codes.eenheden), rng.choice(codes.vormen), day, _entered(day, rng)
    )
    meldingen = [melding]
    if rng.random() < AGAIN_SHARE:
        later = day_between(day, last, rng)
        vorm = rng.choice(codes.vormen) if rng.random() < OTHER_FORM_SHARE else melding.vorm
        eenheid = rng.choice(codes.eenheden)
        meldingen.append(replace(melding, eenheid=eenheid, vorm=vorm, dag=later, geregistreerd=_entered(later, rng)))
    if entered_late:
        meldingen = [replace(each, geregistreerd=day_between(date(2021, 3, 1), DEFINITIVE, rng)) for each in meldingen]
    if rng.random() < ALSO_OTHERS_SHARE:
        meldingen += _by_others(victim, year, 1, codes, rng)
    return meldingen


def _by_others(victim: str, year: int, times: int, codes: _Codes, rng: Random) -> list[_Melding]:
    meldingen = []
    for melder in rng.sample(codes.others, times):
        day = day_between(*days_of(year), rng)
        meldingen.append(_Melding(victim, melder, None, rng.choice(codes.vormen), day, _entered(day, rng)))
    return meldingen


def _entered(day: date, rng: Random) -> date:
    return min(day + timedelta(days=rng.randint(0, ENTERED_WITHIN_DAYS)), STAND)


def _as_frame(meldingen: list[_Melding], world: World) -> pd.DataFrame:
    return rows(
        world.extracts[EXTRACT],
        len(meldingen),
        world.rng,
        world.code_lists,
        slachtoffer_nr=[melding.slachtoffer_nr for melding in meldingen],
        melder=[melding.melder for melding in meldingen],
        eenheid=[melding.eenheid for melding in meldingen],
        uitbuitingsvorm=[melding.vorm for melding in meldingen],
        meldingsdatum=[melding.dag for melding in meldingen],
        registratiedatum=[melding.geregistreerd for melding in meldingen],
    )


def _with_errors(frame: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Leave rows out, and mistype the year of others."""
    missing, mistyped = split_sample(list(frame["melding_nr"]), ERROR_SHARE, rng)
    frame = frame[~frame["melding_nr"].isin(missing)].copy()
    frame["meldingsdatum"] = [
        year_earlier(day) if number in mistyped else day
        for number, day in zip(frame["melding_nr"], frame["meldingsdatum"], strict=True)
    ]
    return frame


def _with_bad_rows(frame: pd.DataFrame, spare: pd.DataFrame) -> pd.DataFrame:
    """Add rows that do not fit, and put all rows in the order of their numbers."""
    bad = spare.copy()
    bad["meldingsdatum"] = ["31-02-2020", *bad["meldingsdatum"].iloc[1:]]
    bad["melder"] = [*bad["melder"].iloc[:1], None, *bad["melder"].iloc[2:]]
    bad["slachtoffer_nr"] = [*bad["slachtoffer_nr"].iloc[:2], "onbekend", *bad["slachtoffer_nr"].iloc[3:]]
    bad["uitbuitingsvorm"] = [*bad["uitbuitingsvorm"].iloc[:3], None]
    return pd.concat([frame, bad]).sort_values("melding_nr", kind="stable")
