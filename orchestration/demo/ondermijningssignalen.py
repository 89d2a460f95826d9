"""The story of the signals of undermining crime and of the cases that come from them; everything in it is fictitious.

It decides which signal was presented and analysed, and which case has a financial investigation, so that counting by
the definitions gives the totals of the scenario.
"""

from dataclasses import dataclass
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
)

SIGNALEN, ZAKEN = "signalen", "zaken"
NOT_PRESENTED_SHARE = 0.5
NOT_PRESENTED_ANALYSED_SHARE = 0.1
AGAIN_SHARE = 0.15
UNFOUNDED_SHARE = 0.3
NO_SIGNAL_SHARE = 0.1
ERROR_SHARE = 0.08
BAD_ROWS = 3
BAD_DAY = "31-02-2021"


@dataclass(frozen=True)
class _Behandeling:
    """One handling of one signal."""

    signaal_nr: str
    volgnummer: int
    status: str
    dag: date
    analyse: str


@dataclass(frozen=True)
class _Zaak:
    """One case; `grond` is why there is no financial investigation."""

    signaal_nr: str | None
    dag: date
    onderzoek: str
    grond: str | None


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frames = _register(world)
    wrong = _with_errors(frames, world.rng)
    earlier = _known_on(frames, EARLIER)
    return full_deliveries(world, *(_with_bad_rows(version) for version in (earlier, wrong, frames)))


def _register(world: World) -> Frames:
    """Make both extracts on the last stand_datum."""
    behandelingen: list[_Behandeling] = []
    zaken: list[_Zaak] = []
    presented = world.totals["signalen_financiele_analyse_pct", "voorgelegd"]
    count = 2 * sum(presented.values())
    numbers = distinct(world.extracts[SIGNALEN], "signaal_nr", count, world.rng, world.code_lists)
    for year, total in presented.items():
        of_year = [numbers.pop() for _ in range(total)]
        analysed = of_year[: world.totals["signalen_financiele_analyse_pct", "geanalyseerd"][year]]
        behandelingen += _presented(of_year, set(analysed), year, world.rng)
        behandelingen += _not_presented(
            [numbers.pop() for _ in range(round(total * NOT_PRESENTED_SHARE))], year, world.rng
        )
        zaken += _zaken(analysed, of_year[len(analysed) :], year, world)
    world.rng.shuffle(behandelingen)
    world.rng.shuffle(zaken)
    return {SIGNALEN: _signalen_frame(behandelingen, world), ZAKEN: _zaken_frame(zaken, world)}


def _presented(numbers: list[str], analysed: set[str], year: int, rng: Random) -> list[_Behandeling]:
    """Present signals, some of them twice: the analysis may come with the second time, in a later year."""
    (status,) = codes_where("signaal_status", "is_voorgelegd", "true")
    made = []
    for number in numbers:
        dag = day_between(*days_of(year), rng)
        later = min(dag + timedelta(days=rng.randint(20, 200)), STAND)
        twice = rng.random() < AGAIN_SHARE
        answers = ["N" if twice else "J", "J"] if number in analysed else ["N", "N"]
        made.append(_Behandeling(number, 1, status, dag, answers[0]))
        if twice:
            made.append(_Behandeling(number, 2, status, later, answers[1]))
    return made


def _not_presented(numbers: list[str], year: int, rng: Random) -> list[_Behandeling]:
    statuses = codes_where("signaal_status", "is_voorgelegd", "false")
    return [
        _Behandeling(
            number,
            1,
            rng.choice(statuses),
            day_between(*days_of(year), rng),
            "J" if rng.random() < NOT_PRESENTED_ANALYSED_SHARE else "N",
        )
        for number in numbers
    ]


def _zaken(analysed: list[str], others: list[str], year: int, world: World) -> list[_Zaak]:
    """Make the cases of a year; an exception that no analysis shows stays in the denominator."""
    rng = world.rng
    totals = {key: world.totals["onderzoeken_financieel_pct", key][year] for key in ("zaken", "onderzocht")}
    excepted = world.totals["onderzoeken_financieel_pct", "uitgezonderde_zaken:evident_geen_meerwaarde"][year]
    (evident,) = codes_where("geen_financieel_onderzoek", "is_uitzondering", "true")
    other_grounds = codes_where("geen_financieel_onderzoek", "is_uitzondering", "false")

    def zaak(signaal_nr: str | None, onderzoek: str, grond: str | None) -> _Zaak:
        return _Zaak(signaal_nr, day_between(*days_of(year), rng), onderzoek, grond)

    def with_or_without(numbers: list[str]) -> str | None:
        return None if rng.random() < NO_SIGNAL_SHARE else rng.choice(numbers)

    without = totals["zaken"] - totals["onderzocht"]
    unfounded = round(without * UNFOUNDED_SHARE)
    return [
        *(zaak(with_or_without(analysed), "J", None) for _ in range(totals["onderzocht"])),
        *(zaak(rng.choice(analysed), "N", evident) for _ in range(excepted)),
        *(zaak(with_or_without(others), "N", evident) for _ in range(unfounded)),
        *(zaak(rng.choice(analysed), "N", rng.choice([*other_grounds, None])) for _ in range(without - unfounded)),
    ]


def _signalen_frame(behandelingen: list[_Behandeling], world: World) -> pd.DataFrame:
    eenheden = codes_where("eenheid", "eenheid_soort", "regionaal")
    by_number = {item.signaal_nr: world.rng.choice(eenheden) for item in behandelingen}
    return rows(
        world.extracts[SIGNALEN],
        len(behandelingen),
        world.rng,
        world.code_lists,
        signaal_nr=[item.signaal_nr for item in behandelingen],
        volgnummer=[item.volgnummer for item in behandelingen],
        eenheid=[by_number[item.signaal_nr] for item in behandelingen],
        status=[item.status for item in behandelingen],
        statusdatum=[item.dag for item in behandelingen],
        financiele_analyse=[item.analyse for item in behandelingen],
    )


def _zaken_frame(zaken: list[_Zaak], world: World) -> pd.DataFrame:
    eenheden = codes_where("eenheid", "eenheid_soort", "regionaal", "landelijk")
    return rows(
        world.extracts[ZAKEN],
        len(zaken),
        world.rng,
        world.code_lists,
        signaal_nr=[zaak.signaal_nr for zaak in zaken],
        eenheid=[world.rng.choice(eenheden) for _ in zaken],
        startdatum=[zaak.dag for zaak in zaken],
        financieel_onderzoek=[zaak.onderzoek for zaak in zaken],
        reden_geen_onderzoek=[zaak.grond for zaak in zaken],
    )


def _known_on(frames: Frames, day: date) -> Frames:
    """Keep what the register knew on a day; a case whose signal came later had none yet."""
    signalen = frames[SIGNALEN]
    signalen = signalen[signalen["statusdatum"].map(lambda dag: dag <= day)]
    zaken = frames[ZAKEN]
    zaken = zaken[zaken["startdatum"].map(lambda dag: dag <= day)].copy()
    zaken["signaal_nr"] = zaken["signaal_nr"].where(zaken["signaal_nr"].isin(signalen["signaal_nr"]), None)
    return {SIGNALEN: signalen, ZAKEN: zaken}


def _with_errors(frames: Frames, rng: Random) -> Frames:
    """Forget analyses and investigations, and leave cases out."""
    signalen = frames[SIGNALEN].copy()
    forgotten, _ = split_sample(list(signalen["signaal_nr"].unique()), 2 * ERROR_SHARE, rng)
    signalen["financiele_analyse"] = signalen["financiele_analyse"].mask(signalen["signaal_nr"].isin(forgotten), "N")
    zaken = frames[ZAKEN]
    missing, unfounded = split_sample(list(zaken["zaak_nr"]), ERROR_SHARE, rng)
    zaken = zaken[~zaken["zaak_nr"].isin(missing)].copy()
    zaken["financieel_onderzoek"] = zaken["financieel_onderzoek"].mask(zaken["zaak_nr"].isin(unfounded), "N")
    return {SIGNALEN: signalen, ZAKEN: zaken}


def _with_bad_rows(frames: Frames) -> Frames:
    """Add rows that do not fit, of numbers that nothing refers to."""
    signalen = frames[SIGNALEN].iloc[:BAD_ROWS].copy()
    signalen["signaal_nr"] = ["SIG-12", "SIG-0000001", "SIG-0000002"]
    signalen["volgnummer"] = [7, "zeven", 7]
    signalen["financiele_analyse"] = ["N", "N", None]
    zaken = frames[ZAKEN].iloc[:BAD_ROWS].copy()
    zaken["zaak_nr"] = ["OMZ-12", "OMZ-0000001", "OMZ-0000002"]
    zaken["startdatum"] = [zaken["startdatum"].iloc[0], BAD_DAY, None]
    zaken["signaal_nr"] = None
    return {
        SIGNALEN: pd.concat([frames[SIGNALEN], signalen]),
        ZAKEN: pd.concat([frames[ZAKEN], zaken]),
    }
