"""The story of the investigations into human trafficking and the interventions against it; all of it is fictitious.

It decides which of them has which elements of the agenda, so that counting by the definitions gives the totals of the
scenario. No file holds a total.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd

from orchestration.demo.generator import read_seed, rows
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
)

ELEMENTS = ("csv_betrokken", "eenheidsoverstijgend", "barrieremodel", "internationaal")
ONDERZOEKEN, INTERVENTIES = "onderzoeken", "interventies"
FIGURE = {ONDERZOEKEN: "complexe_onderzoeken_mensenhandel", INTERVENTIES: "interventies_mensenhandel"}
NOT_COUNTING = {ONDERZOEKEN: 130, INTERVENTIES: 60}
FROM_ONDERZOEK_SHARE = 0.4
ENDED_SHARE = 0.7
ERROR_SHARE = 0.2
BAD_ROWS = 2
BAD_YEAR = 2021


@dataclass(frozen=True)
class _Inzet:
    """One investigation or intervention, with which of the elements it has."""

    eenheid: str
    dag: date
    elements: tuple[bool, ...]


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    inzet = {name: _of_all_years(world, name) for name in (ONDERZOEKEN, INTERVENTIES)}
    onderzoeken = _frame(
        world,
        ONDERZOEKEN,
        inzet[ONDERZOEKEN],
        startdatum=[each.dag for each in inzet[ONDERZOEKEN]],
        einddatum=[_end(each.dag, world.rng) for each in inzet[ONDERZOEKEN]],
    )
    interventies = _frame(
        world,
        INTERVENTIES,
        inzet[INTERVENTIES],
        interventiedatum=[each.dag for each in inzet[INTERVENTIES]],
        onderzoek_nr=[_from_onderzoek(each.dag, onderzoeken, world.rng) for each in inzet[INTERVENTIES]],
    )
    frames = {ONDERZOEKEN: onderzoeken, INTERVENTIES: interventies}
    versions = (_known_on(frames, EARLIER), _with_errors(frames, world.rng), frames)
    return full_deliveries(world, *({name: _with_bad_rows(version[name]) for name in version} for version in versions))


def _of_all_years(world: World, name: str) -> list[_Inzet]:
    """Make what counts and what does not; the last rows will not fit, and do not count."""
    rng, minimum = world.rng, _minimum(FIGURE[name])
    inzet: list[_Inzet] = []
    for year, total in world.totals[FIGURE[name], "totaal"].items():
        inzet += [_one(year, rng.randint(minimum, len(ELEMENTS)), rng) for _ in range(total)]
        others = NOT_COUNTING[name] if year < STAND.year else 2
        inzet += [_one(year, rng.randint(0, minimum - 1), rng) for _ in range(others)]
    rng.shuffle(inzet)
    return inzet + [_one(BAD_YEAR, 0, rng) for _ in range(BAD_ROWS)]


def _minimum(indicator: str) -> int:
    """The number of elements from which it counts, as the definition has it."""
    (waarde,) = (
        row["waarde"]
        for row in read_seed("definitie_parameter")
        if row["definitie_versie"] == f"{indicator}_1" and row["parameter"] == "minimum_aantal_elementen"
    )
    return int(waarde)


def _one(year: int, elements: int, rng: Random) -> _Inzet:
    chosen = rng.sample(range(len(ELEMENTS)), elements)
    eenheden = codes_where("eenheid", "eenheid_soort", "regionaal", "landelijk")
    day = day_between(*days_of(year), rng)
    return _Inzet(rng.choice(eenheden), day, tuple(position in chosen for position in range(len(ELEMENTS))))


def _frame(world: World, name: str, inzet: list[_Inzet], **given: Any) -> pd.DataFrame:
    flags = {
        element: ["J" if each.elements[position] else "N" for each in inzet]
        for position, element in enumerate(ELEMENTS)
    }
    eenheid = [each.eenheid for each in inzet]
    return rows(world.extracts[name], len(inzet), world.rng, world.code_lists, eenheid=eenheid, **flags, **given)


def _end(start: date, rng: Random) -> date | None:
    end = start + timedelta(days=rng.randint(30, 700))
    return end if end <= STAND and rng.random() < ENDED_SHARE else None


def _from_onderzoek(day: date, onderzoeken: pd.DataFrame, rng: Random) -> str | None:
    """Let some interventions come from an investigation that had started, and that fits."""
    if rng.random() >= FROM_ONDERZOEK_SHARE:
        return None
    fitting = onderzoeken.iloc[:-BAD_ROWS]
    started = fitting.loc[fitting["startdatum"].map(lambda start: start <= day), "onderzoek_nr"]
    return rng.choice(list(started)) if len(started) else None


def _known_on(frames: Frames, day: date) -> Frames:
    """Keep what had begun on a day; what ended later was running then."""
    onderzoeken, interventies = frames[ONDERZOEKEN], frames[INTERVENTIES]
    onderzoeken = onderzoeken[onderzoeken["startdatum"].map(lambda start: start <= day)].copy()
    ended = onderzoeken["einddatum"].map(lambda end: end is not None and end <= day).astype(bool)
    onderzoeken["einddatum"] = onderzoeken["einddatum"].where(ended, None)
    interventies = interventies[interventies["interventiedatum"].map(lambda held: held <= day)]
    return {ONDERZOEKEN: onderzoeken, INTERVENTIES: interventies}


def _with_errors(frames: Frames, rng: Random) -> Frames:
    """Leave interventions out, and give investigations one element too many."""
    interventies, onderzoeken = frames[INTERVENTIES], frames[ONDERZOEKEN].copy()
    # The rows that will not fit stand last, and stay.
    missing, _ = split_sample(list(interventies["interventie_nr"].iloc[:-BAD_ROWS]), ERROR_SHARE, rng)
    _, wrong = split_sample(list(onderzoeken["onderzoek_nr"].iloc[:-BAD_ROWS]), ERROR_SHARE, rng)
    is_wrong = onderzoeken["onderzoek_nr"].isin(wrong)
    for element in ELEMENTS[:2]:
        onderzoeken[element] = onderzoeken[element].mask(is_wrong, "J")
    return {
        ONDERZOEKEN: onderzoeken,
        INTERVENTIES: interventies[~interventies["interventie_nr"].isin(missing)],
    }


def _with_bad_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the last rows such that they do not fit, and put all rows in the order of their numbers."""
    bad = frame.iloc[-BAD_ROWS:].copy()
    bad["eenheid"] = [None, *bad["eenheid"].iloc[1:]]
    bad["internationaal"] = [*bad["internationaal"].iloc[:1], None]
    return pd.concat([frame.iloc[:-BAD_ROWS], bad]).sort_values(frame.columns[0], kind="stable")
