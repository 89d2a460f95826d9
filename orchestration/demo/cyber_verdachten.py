"""The story of the suspects of cybercrime that the agenda 2023-2026 counts; everything in it is fictitious.

It is delivered a year later than the registers of the agenda before it. No file holds a total.
"""

from datetime import date
from random import Random

import pandas as pd

from orchestration.demo.generator import distinct, rows
from orchestration.demo.story import Planned, World, codes_where, day_between, split_sample, year_earlier

EXTRACT = "verdachten"
LATER_STAND = date(2024, 1, 15)
LATER_WRONG_RECEIVED = date(2024, 1, 20)
LATER_CORRECTED_RECEIVED = date(2024, 2, 10)
COUNTING = "REG"
OTHERS = ("FEN", "THTC")
KNOWN_SUSPECT_SHARE = 0.3
AGAIN_SHARE = 0.25
OTHER_KIND_SHARE = 0.45
ERROR_SHARE = 0.08
BAD_ROWS = 2

_Registratie = tuple[str, str, date]


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register: the newest stand_datum, first with errors and then corrected.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frame = _register(world)
    arrivals = (
        (_with_errors(frame, world.rng), LATER_WRONG_RECEIVED),
        (frame, LATER_CORRECTED_RECEIVED),
    )
    return [
        Planned(world.extracts[EXTRACT], _with_bad_rows(version), LATER_STAND, received)
        for version, received in arrivals
    ]


def _register(world: World) -> pd.DataFrame:
    rng = world.rng
    totals = world.totals["cyber_regulier_verdachten", "totaal"]
    numbers = distinct(world.extracts[EXTRACT], "verdachte_nr", 3 * sum(totals.values()), rng, world.code_lists)
    registraties: list[_Registratie] = []
    earlier: list[str] = []
    for year, total in totals.items():
        # A suspect of the year before can be one of this year too: he counts in both.
        known = rng.sample(earlier, min(len(earlier), round(total * KNOWN_SUSPECT_SHARE)))
        suspects = known + [numbers.pop() for _ in range(total - len(known))]
        others = [numbers.pop() for _ in range(round(total * OTHER_KIND_SHARE))]
        registraties += _of_year(year, suspects, others, rng)
        earlier += suspects
    rng.shuffle(registraties)
    eenheden = codes_where("eenheid", "eenheid_soort", "regionaal")
    return rows(
        world.extracts[EXTRACT],
        len(registraties),
        rng,
        world.code_lists,
        verdachte_nr=[number.lstrip("0") if rng.random() < 0.5 else number for number, _, _ in registraties],
        soort=[soort for _, soort, _ in registraties],
        eenheid=[rng.choice(eenheden) for _ in registraties],
        registratiedatum=[day for _, _, day in registraties],
    )


def _of_year(year: int, suspects: list[str], others: list[str], rng: Random) -> list[_Registratie]:
    first, last = date(year, 1, 1), min(date(year, 12, 31), LATER_STAND)
    made = []
    for suspect in suspects:
        made.append((suspect, COUNTING, day_between(first, last, rng)))
        if rng.random() < AGAIN_SHARE:
            made.append((suspect, rng.choice((COUNTING, *OTHERS)), day_between(first, last, rng)))
    return made + [(suspect, rng.choice(OTHERS), day_between(first, last, rng)) for suspect in others]


def _with_errors(frame: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Leave rows out, and mistype the year of others."""
    missing, mistyped = split_sample(list(frame["registratie_nr"]), ERROR_SHARE, rng)
    frame = frame[~frame["registratie_nr"].isin(missing)].copy()
    frame["registratiedatum"] = [
        year_earlier(day) if number in mistyped else day
        for number, day in zip(frame["registratie_nr"], frame["registratiedatum"], strict=True)
    ]
    return frame


def _with_bad_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Add rows that do not fit, and put all rows in the order of their numbers."""
    bad = frame.iloc[:BAD_ROWS].copy()
    bad["registratie_nr"] = [1_000_001, 1_000_002]
    bad["soort"] = [OTHERS[0], None]
    bad["registratiedatum"] = ["2023-02-31", LATER_STAND]
    return pd.concat([frame, bad]).sort_values("registratie_nr", kind="stable")
