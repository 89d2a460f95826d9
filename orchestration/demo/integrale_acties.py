"""The story of the integral enforcement actions of police and partners; everything in it is fictitious.

It decides who contributed to which action, so that counting by the definition gives the totals of the scenario.
"""

from datetime import date
from random import Random

import pandas as pd

from orchestration.demo.generator import distinct, rows
from orchestration.demo.story import (
    EARLIER,
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

EXTRACT = "acties"
# Of every hundred actions that count, so many others: held without the police, not held, by the police alone.
WITHOUT_POLICE_SHARE = 0.2
NOT_HELD_SHARE = 0.12
ALONE_SHARE = 0.08
ERROR_SHARE = 0.06
BAD_ROWS = 3
BAD_DAY = date(2021, 6, 1)

_Actie = tuple[str, date, list[tuple[str, str]]]


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frame = _register(world)
    wrong = _with_errors(frame, world.rng)
    earlier = known_on(frame, "actiedatum", EARLIER)
    return full_deliveries(world, *({EXTRACT: _with_bad_rows(version)} for version in (earlier, wrong, frame)))


def _register(world: World) -> pd.DataFrame:
    """Make the register on the last stand_datum."""
    rng = world.rng
    (police,) = codes_where("partner", "is_politie", "true")
    partners = codes_where("partner", "is_politie", "false")
    contributing = codes_where("bijdrage", "is_bijdrage", "true")
    silent = codes_where("bijdrage", "is_bijdrage", "false")
    (held,) = codes_where("actie_status", "is_uitgevoerd", "true")
    not_held = codes_where("actie_status", "is_uitgevoerd", "false")

    def with_partners(bijdrage: str, others: list[str]) -> list[tuple[str, str]]:
        return [(police, bijdrage), *((partner, rng.choice(contributing)) for partner in others)]

    acties: list[_Actie] = []
    for year, total in world.totals["integrale_acties_politie", "totaal"].items():

        def some_day(year: int = year) -> date:
            return day_between(*days_of(year), rng)

        def some_partners() -> list[str]:
            return rng.sample(partners, rng.randint(1, 4))

        for _ in range(total):
            acties.append((held, some_day(), with_partners(rng.choice(contributing), some_partners())))
        for _ in range(round(total * WITHOUT_POLICE_SHARE)):
            acties.append((held, some_day(), with_partners(rng.choice(silent), some_partners())))
        for _ in range(round(total * NOT_HELD_SHARE)):
            acties.append((rng.choice(not_held), some_day(), with_partners(rng.choice(contributing), some_partners())))
        for _ in range(round(total * ALONE_SHARE)):
            alone = [*with_partners(rng.choice(contributing), []), (rng.choice(partners), silent[0])]
            acties.append((held, some_day(), alone))
    rng.shuffle(acties)
    return _as_frame(acties, world)


def _as_frame(acties: list[_Actie], world: World) -> pd.DataFrame:
    extract = world.extracts[EXTRACT]
    numbers = sorted(distinct(extract, "actie_nr", len(acties), world.rng, world.code_lists))
    eenheden = codes_where("eenheid", "eenheid_soort", "regionaal")
    made = [
        (number, partner, eenheid, bijdrage, status, day)
        for number, (status, day, taking_part) in zip(numbers, acties, strict=True)
        for eenheid in [world.rng.choice(eenheden)]
        for partner, bijdrage in taking_part
    ]
    names = ("actie_nr", "partner", "eenheid", "bijdrage", "status", "actiedatum")
    given = dict(zip(names, zip(*made, strict=True), strict=True))
    return rows(extract, len(made), world.rng, world.code_lists, **given)


def _with_errors(frame: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Leave actions out and mistype the year of others."""
    missing, mistyped = split_sample(list(frame["actie_nr"].unique()), ERROR_SHARE, rng)
    frame = frame[~frame["actie_nr"].isin(missing)].copy()
    frame["actiedatum"] = [
        year_earlier(day) if number in mistyped else day
        for number, day in zip(frame["actie_nr"], frame["actiedatum"], strict=True)
    ]
    return frame


def _with_bad_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Add rows that do not fit, of an action that was never held."""
    bad = frame.iloc[:BAD_ROWS].copy()
    bad["actie_nr"] = ["IHA-1", "IHA-000001", "IHA-000002"]
    bad["status"] = codes_where("actie_status", "is_uitgevoerd", "false")[0]
    bad["actiedatum"] = [BAD_DAY, "31-02-2021", BAD_DAY]
    bad["eenheid"] = [*bad["eenheid"].iloc[:2], None]
    return pd.concat([frame, bad])
