"""The story of the register of investigations into criminal networks (csv's); everything in it is fictitious.

It decides who was tackled when, so that counting by the definitions gives the totals of the scenario. No file
holds a total.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pandas as pd

from orchestration.demo.generator import distinct, rows
from orchestration.demo.story import (
    EARLIER,
    FIRST_YEAR,
    LAST_YEAR,
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

EXTRA_SHARE = 0.06
NOT_COUNTING_SHARE = 0.18
NEVER_TACKLED = 700
CARRIED_SHARE = 0.33
ENDED_THIS_MONTH_SHARE = 0.03
OTHER_EENHEID_SHARE = 0.5
FURTHER_SHARE = 0.3
ERROR_SHARE = 0.05
ODD_SHARE = 0.01
BAD_ROWS = 4
BAD_YEAR = 2021
DRUGS = "DRUGS"
GROEPEN = ("hennep", "cocaine_heroine", "synthetisch")
NAMES = (
    "Demo Zilverreiger",
    "Demo Grutto",
    "Demo Roerdomp",
    "Demo Geëtste Zwaan",
    "Demo Café Kievit",
    "Demo € 500; biljet",
    'Demo "IJsvogel"',
    "Demo Überdruk | één loods",
)
NAME_OF_TWO_LINES = "Demo Wielewaal\n(vervolg op een tweede regel)"

_Gebied = tuple[str, str | None]


@dataclass(eq=False)
class _Onderzoek:
    """One investigation; `eerste` is its first aandachtsgebied with, for drugs, the drugsoort."""

    csv_nr: str
    eenheid: str
    aanpak: str
    fase: str
    start: date
    einde: date | None = None
    eerste: _Gebied | None = None

    def runs_in(self, year: int) -> bool:
        return self.start.year <= year and (self.einde is None or self.einde.year >= year)

    def first_is_one_of(self, drugsoorten: list[str]) -> bool:
        return self.eerste is not None and self.eerste[1] in drugsoorten


@dataclass(frozen=True)
class _Codes:
    """The codes of the story, by what the code lists say about them."""

    eenheden: list[str]
    criminal: list[str]
    other_aanpak: list[str]
    reached: list[str]
    not_reached: list[str]
    other_gebieden: list[str]
    soorten: dict[str, list[str]]
    all_soorten: list[str]


def _codes(world: World) -> _Codes:
    return _Codes(
        eenheden=codes_where("eenheid", "eenheid_soort", "regionaal", "landelijk"),
        criminal=codes_where("aanpak", "is_strafrechtelijk", "true"),
        other_aanpak=codes_where("aanpak", "is_strafrechtelijk", "false"),
        reached=codes_where("fase", "is_aangepakt", "true"),
        not_reached=codes_where("fase", "is_aangepakt", "false"),
        other_gebieden=[code for code in world.code_lists["aandachtsgebied"] if code != DRUGS],
        soorten={groep: codes_where("drugsoort", "drugsoort_groep", groep) for groep in GROEPEN},
        all_soorten=list(world.code_lists["drugsoort"]),
    )


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    codes = _codes(world)
    frames, spare = _register(world, codes)
    wrong = _with_errors(frames, world.rng)
    earlier = _known_on(frames, EARLIER, codes)
    return full_deliveries(world, *(_with_bad_rows(version, spare) for version in (earlier, wrong, frames)))


def _register(world: World, codes: _Codes) -> tuple[Frames, pd.DataFrame]:
    """Make the register on the last stand_datum, and the onderzoeken that will not fit."""
    counting, others = _onderzoeken(world, codes)
    _end(counting, world)
    for onderzoek in counting:
        if onderzoek.einde is None:
            onderzoek.fase = codes.reached[0]
    _choose_first_drugs(counting, world, codes)
    everything = counting + others
    world.rng.shuffle(everything)
    for onderzoek in everything:
        if onderzoek.eerste is None:
            onderzoek.eerste = _any_first(codes, world.rng)
    return _as_frames(everything, world, codes)


def _onderzoeken(world: World, codes: _Codes) -> tuple[list[_Onderzoek], list[_Onderzoek]]:
    """Make the onderzoeken that count and those that do not, still without end."""
    rng = world.rng
    totals = world.totals["csv_aangepakt", "totaal"]
    numbers = distinct(
        world.extracts["onderzoeken"], "csv_nr", sum(totals.values()) + NEVER_TACKLED, rng, world.code_lists
    )
    never_tackled, unused = numbers[:NEVER_TACKLED], numbers[NEVER_TACKLED:]
    firsts: list[_Onderzoek] = []
    extras: list[_Onderzoek] = []
    for year, total in totals.items():
        started = [day_between(*days_of(year), rng) for _ in range(total)]
        firsts += [_counting(unused.pop(), start, codes, rng) for start in started]
        extras += _extra(firsts, year, round(total * EXTRA_SHARE), codes, rng)
    csv_nrs = [*never_tackled, *(first.csv_nr for first in firsts)]
    others = [
        _not_counting(rng.choice(csv_nrs), year, codes, rng)
        for year, total in totals.items()
        for _ in range(round(total * NOT_COUNTING_SHARE))
    ]
    return firsts + extras, others


def _counting(csv_nr: str, start: date, codes: _Codes, rng: Random) -> _Onderzoek:
    return _Onderzoek(csv_nr, rng.choice(codes.eenheden), rng.choice(codes.criminal), rng.choice(codes.reached), start)


def _extra(firsts: list[_Onderzoek], year: int, count: int, codes: _Codes, rng: Random) -> list[_Onderzoek]:
    """Make further onderzoeken, started in a year, for csv's that were tackled before."""
    begin, end = days_of(year)
    extras = []
    for first in rng.sample([first for first in firsts if first.start < end], count):
        # A later day than the first, so that it is never in doubt which of the two came first.
        start = day_between(max(begin, first.start + timedelta(days=1)), end, rng)
        extra = _counting(first.csv_nr, start, codes, rng)
        if rng.random() >= OTHER_EENHEID_SHARE:
            extra.eenheid = first.eenheid
        extras.append(extra)
    return extras


def _not_counting(csv_nr: str, year: int, codes: _Codes, rng: Random) -> _Onderzoek:
    onderzoek = _counting(csv_nr, day_between(*days_of(year), rng), codes, rng)
    if rng.random() < 0.5:
        onderzoek.aanpak = rng.choice(codes.other_aanpak)
    else:
        onderzoek.fase = rng.choice(codes.not_reached)
    end = onderzoek.start + timedelta(days=rng.randint(30, 900))
    onderzoek.einde = end if end <= STAND else None
    return onderzoek


def _end(onderzoeken: list[_Onderzoek], world: World) -> None:
    """Close onderzoeken year by year; as many go on as the next year's total of running ones asks."""
    rng = world.rng
    running_totals = world.totals["csv_onderzoeken", "totaal"]
    for year in range(min(onderzoek.start.year for onderzoek in onderzoeken), STAND.year):
        running = [onderzoek for onderzoek in onderzoeken if onderzoek.runs_in(year)]
        started_next = sum(onderzoek.start.year == year + 1 for onderzoek in onderzoeken)
        carried = round(len(running) * CARRIED_SHARE)
        if year + 1 in running_totals:
            carried = running_totals[year + 1] - started_next
        _close(rng.sample(running, len(running) - carried), year, rng)
    running = [onderzoek for onderzoek in onderzoeken if onderzoek.einde is None]
    _close(rng.sample(running, round(len(running) * ENDED_THIS_MONTH_SHARE)), STAND.year, rng)


def _close(onderzoeken: list[_Onderzoek], year: int, rng: Random) -> None:
    begin, end = days_of(year)
    for onderzoek in onderzoeken:
        onderzoek.einde = day_between(max(begin, onderzoek.start), end, rng)


def _choose_first_drugs(onderzoeken: list[_Onderzoek], world: World, codes: _Codes) -> None:
    """Choose, year by year, which running onderzoeken have drugs as first aandachtsgebied."""
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        running = [onderzoek for onderzoek in onderzoeken if onderzoek.runs_in(year)]
        free = [onderzoek for onderzoek in running if onderzoek.eerste is None]
        world.rng.shuffle(free)
        for groep, soorten in codes.soorten.items():
            present = sum(onderzoek.first_is_one_of(soorten) for onderzoek in running)
            needed = world.totals["csv_onderzoeken", f"drugsoort_eerste:{groep}"][year] - present
            if not 0 <= needed <= len(free):
                raise ValueError(f"scenario: {groep} {year} needs {needed} more onderzoeken, of {len(free)}")
            for _ in range(needed):
                free.pop().eerste = (DRUGS, world.rng.choice(soorten))
        for onderzoek in free:
            onderzoek.eerste = (world.rng.choice(codes.other_gebieden), None)


def _any_first(codes: _Codes, rng: Random) -> _Gebied:
    gebied = rng.choice([DRUGS, *codes.other_gebieden])
    return gebied, rng.choice(codes.all_soorten) if gebied == DRUGS else None


def _with_further(eerste: _Gebied, codes: _Codes, rng: Random) -> list[_Gebied]:
    """Choose further aandachtsgebieden and drugsoorten, to stand after the first."""
    gebieden = [eerste]
    if rng.random() < FURTHER_SHARE:
        others = [code for code in codes.other_gebieden if code != eerste[0]]
        gebieden += [(code, None) for code in rng.sample(others, rng.choice((1, 1, 2)))]
    if rng.random() < FURTHER_SHARE:
        soorten = [soort for soort in codes.all_soorten if soort != eerste[1]]
        gebieden += [(DRUGS, soort) for soort in rng.sample(soorten, rng.choice((1, 1, 2)))]
    return gebieden


def _as_frames(onderzoeken: list[_Onderzoek], world: World, codes: _Codes) -> tuple[Frames, pd.DataFrame]:
    rng = world.rng
    extract = world.extracts["onderzoeken"]
    # The rows that will not fit are of a kind that no definition counts, so that no figure depends on them.
    bad = [_not_counting(onderzoeken[0].csv_nr, BAD_YEAR, codes, rng) for _ in range(BAD_ROWS)]
    for onderzoek in bad:
        onderzoek.aanpak = codes.other_aanpak[0]
        onderzoek.einde = None
    made = [*onderzoeken, *bad]
    frame = rows(
        extract,
        len(made),
        rng,
        world.code_lists,
        csv_nr=[onderzoek.csv_nr for onderzoek in made],
        onderzoek_naam=[_name(rng) for _ in made],
        eenheid=[onderzoek.eenheid for onderzoek in made],
        aanpak=[onderzoek.aanpak for onderzoek in made],
        fase=[onderzoek.fase for onderzoek in made],
        startdatum=[onderzoek.start for onderzoek in made],
        einddatum=[onderzoek.einde for onderzoek in made],
        inzet_fte=[_fte(rng) for _ in made],
    )
    gebieden = [
        (number, gebied, soort, "N" if position else "J")
        for number, onderzoek in zip(frame["onderzoek_nr"], onderzoeken, strict=False)
        if onderzoek.eerste is not None
        for position, (gebied, soort) in enumerate(_with_further(onderzoek.eerste, codes, rng))
    ]
    return {
        "onderzoeken": frame.iloc[:-BAD_ROWS],
        "aandachtsgebieden": _gebieden_frame(gebieden, world),
    }, frame.iloc[-BAD_ROWS:]


def _gebieden_frame(gebieden: list[tuple[str, str, str | None, str]], world: World) -> pd.DataFrame:
    numbers, codes, soorten, eerste = zip(*gebieden, strict=True)
    return rows(
        world.extracts["aandachtsgebieden"],
        len(gebieden),
        world.rng,
        world.code_lists,
        onderzoek_nr=numbers,
        aandachtsgebied=codes,
        drugsoort=soorten,
        eerste=eerste,
    )


def _name(rng: Random) -> str:
    return (NAME_OF_TWO_LINES if rng.random() < ODD_SHARE else rng.choice(NAMES)) + " (fictief)"


def _fte(rng: Random) -> Decimal | str | None:
    chance = rng.random()
    if chance < ODD_SHARE:
        return "Onb."
    if chance < 2 * ODD_SHARE:
        return None
    hundredths = rng.randint(100_000, 250_000) if chance < 3 * ODD_SHARE else rng.randint(50, 4_000)
    return Decimal(hundredths).scaleb(-2)


def _known_on(frames: Frames, day: date, codes: _Codes) -> Frames:
    """Keep what the register knew on a day: what ended later was running then, and no further than that."""
    onderzoeken = frames["onderzoeken"]
    onderzoeken = onderzoeken[onderzoeken["startdatum"].map(lambda start: start <= day)].copy()
    ended = onderzoeken["einddatum"].map(lambda end: end is not None and end <= day).astype(bool)
    onderzoeken["einddatum"] = onderzoeken["einddatum"].where(ended, None)
    was_running = onderzoeken["fase"].isin(codes.reached) & ~ended
    onderzoeken["fase"] = onderzoeken["fase"].mask(was_running, codes.reached[0])
    return _with_their_gebieden(onderzoeken, frames)


def _with_errors(frames: Frames, rng: Random) -> Frames:
    """Leave onderzoeken out and mistype the starting year of others."""
    onderzoeken = frames["onderzoeken"]
    missing, mistyped = split_sample(list(onderzoeken["onderzoek_nr"]), ERROR_SHARE, rng)
    onderzoeken = onderzoeken[~onderzoeken["onderzoek_nr"].isin(missing)].copy()
    onderzoeken["startdatum"] = [
        year_earlier(start) if number in mistyped else start
        for number, start in zip(onderzoeken["onderzoek_nr"], onderzoeken["startdatum"], strict=True)
    ]
    return _with_their_gebieden(onderzoeken, frames)


def _with_their_gebieden(onderzoeken: pd.DataFrame, frames: Frames) -> Frames:
    gebieden = frames["aandachtsgebieden"]
    return {
        "onderzoeken": onderzoeken,
        "aandachtsgebieden": gebieden[gebieden["onderzoek_nr"].isin(onderzoeken["onderzoek_nr"])],
    }


def _with_bad_rows(frames: Frames, spare: pd.DataFrame) -> Frames:
    """Add rows that do not fit, and put all rows in the order of their numbers."""
    bad = spare.copy()
    bad["startdatum"] = ["31-02-2021", *bad["startdatum"].iloc[1:]]
    bad["eenheid"] = [*bad["eenheid"].iloc[:1], None, *bad["eenheid"].iloc[2:]]
    bad["csv_nr"] = [*bad["csv_nr"].iloc[:2], "CSV-12", *bad["csv_nr"].iloc[3:]]
    bad["inzet_fte"] = [*bad["inzet_fte"].iloc[:3], "veel"]
    gebieden = frames["aandachtsgebieden"]
    empty = gebieden.iloc[:2].assign(aandachtsgebied=None, drugsoort=None, eerste="N")
    return {
        "onderzoeken": pd.concat([frames["onderzoeken"], bad]).sort_values("onderzoek_nr", kind="stable"),
        "aandachtsgebieden": pd.concat([gebieden, empty]).sort_values("onderzoek_nr", kind="stable"),
    }
