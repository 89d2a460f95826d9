"""The story of the register of investigations into cybercrime; everything in it is fictitious.

It decides which investigation of which kind was completed when, so that classifying by the characteristics and
counting by the definitions gives the totals of the scenario. No file holds a total.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

import pandas as pd

from orchestration.demo.generator import rows
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

REGULIER, FENOMEEN, THTC = "REG", "FEN", "THTC"
INDICATORS = {REGULIER: "cyber_regulier", FENOMEEN: "cyber_fenomeen", THTC: "cyber_thtc"}
NARROW, ENABLED = "EZ", "GD"
# Before this day 138c did not exist and 139g was another offence.
NEW_LAW = date(2019, 3, 1)
NEW_ARTICLES = ("138c", "139g")
OLD_ARTICLES = ("138ab", "138b", "139c", "139d", "139e", "161sexies", "161septies", "350a", "350b", "350c", "350d")
EXTORTION = "317 lid 2"
OTHER_ARTICLES = ("326", "311", "317", "317 lid 1", "285", "420bis", "350")
ONLY_NEW_ARTICLE_SHARE = 0.08
ONLY_EXTORTION_SHARE = 0.06
CONFLICT_SHARE = 0.04
LONGEST_DAYS = 500
STILL_RUNNING = {REGULIER: 130, FENOMEEN: 34, THTC: 9}
LAST_RUNNING_START = date(2021, 9, 1)
# 35 phenomenon investigations ran on when 2019 ended; they are taken from those completed in 2020.
CARRIED_INTO = 2020
CARRIED = 35
ERROR_SHARE = 0.06
BAD_ROWS = 3
BAD_YEAR = 2021

_Feit = tuple[str, date]


@dataclass(eq=False)
class _Onderzoek:
    """One investigation, with the characteristics by which the agenda classifies."""

    soort: str | None
    eenheid: str
    team: str
    niveau: int | None
    start: date
    klaar: date | None
    focus: str = NARROW
    bijstand: bool = False
    high_tech: bool | None = False
    innovatief: bool | None = None
    digitaal: bool | None = None
    alternatief: bool = False
    feiten: list[_Feit] = field(default_factory=list)


class _Makers:
    """Makes one investigation of a kind, completed on a day or still running."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._eenheden = codes_where("eenheid", "eenheid_soort", "regionaal")
        (self._national,) = codes_where("eenheid", "eenheid_soort", "landelijk")
        (self._team,) = codes_where("cyber_team", "is_cybercrimeteam", "true")
        (self._thtc,) = codes_where("cyber_team", "is_thtc", "true")
        self._districts = [code for code in codes_where("cyber_team", "is_regionaal", "true") if code != self._team]
        (self._other,) = [code for code in codes_where("cyber_team", "is_regionaal", "false") if code != self._thtc]

    def regulier(self, start: date, klaar: date | None) -> _Onderzoek:
        """Make an investigation of regional level in the narrow sense."""
        rng = self._rng
        team = rng.choice([*self._districts, self._team])
        made = _Onderzoek(REGULIER, rng.choice(self._eenheden), team, rng.choice((1, 2)), start, klaar)
        made.high_tech = rng.choice((False, False, None, True))
        made.feiten = self._narrow(start)
        return made

    def fenomeen(self, start: date, klaar: date | None) -> _Onderzoek:
        """Make an investigation of a cybercrime team at level 3 in the narrow sense."""
        rng = self._rng
        made = _Onderzoek(FENOMEEN, rng.choice(self._eenheden), self._team, 3, start, klaar)
        made.high_tech = rng.random() < 0.3
        made.innovatief, made.digitaal = rng.random() < 0.4, rng.random() < 0.6
        made.feiten = self._narrow(start)
        return made

    def enabled(self, start: date, klaar: date | None) -> _Onderzoek:
        """Make a phenomenon investigation of cyber-enabled crime, with all that the agenda asks of it."""
        made = self.fenomeen(start, klaar)
        made.focus, made.innovatief, made.digitaal = ENABLED, True, True
        return made

    def thtc(self, start: date, klaar: date | None) -> _Onderzoek:
        """Make an investigation of Team High Tech Crime; it need not have an offence in the narrow sense."""
        rng = self._rng
        made = _Onderzoek(THTC, self._national, self._thtc, None, start, klaar, rng.choice((NARROW, ENABLED)))
        made.high_tech = True
        made.feiten = self._narrow(start) if made.focus == NARROW else self._others(start)
        return made

    def bijstand(self, start: date, klaar: date | None) -> _Onderzoek:
        """Make assistance of Team High Tech Crime to others."""
        made = self.thtc(start, klaar)
        made.bijstand = True
        return made

    def not_classified(self, start: date, klaar: date | None) -> Iterable[_Onderzoek]:
        """Make one investigation of every kind that does not count, whatever the deliverer calls it."""
        rng = self._rng
        for articles in (OTHER_ARTICLES, ("317", "317 lid 1")):
            made = self.regulier(start, klaar)
            made.feiten = self._spread(start, articles)
            yield made
        if start < NEW_LAW:
            for _ in range(2):
                made = self.regulier(start, klaar)
                made.feiten = [(rng.choice(NEW_ARTICLES), self._before(start))]
                yield made
        made = self.regulier(start, klaar)
        made.focus = ENABLED
        yield made
        made = self.regulier(start, klaar)
        made.team, made.niveau = rng.choice(self._districts), 3
        yield made
        made = self.regulier(start, klaar)
        made.team = self._other
        yield made
        made = self.regulier(start, klaar)
        made.niveau = None
        yield made

    def not_quite_fenomeen(self, start: date, klaar: date | None) -> Iterable[_Onderzoek]:
        """Make cyber-enabled investigations that lack one of the three conditions."""
        for lacking in ("innovatief", "digitaal", "feit"):
            made = self.enabled(start, klaar)
            if lacking == "innovatief":
                made.innovatief = False
            elif lacking == "digitaal":
                made.digitaal = False
            else:
                made.feiten = self._others(start)
            yield made

    def thtc_without_high_tech(self, start: date, klaar: date | None) -> _Onderzoek:
        """Make an investigation of Team High Tech Crime without a high-tech component."""
        made = self.thtc(start, klaar)
        made.high_tech = False
        return made

    def _before(self, start: date, first: date = date(2016, 1, 1)) -> date:
        return day_between(max(first, start - timedelta(days=200)), start, self._rng)

    def _spread(self, start: date, articles: Iterable[str]) -> list[_Feit]:
        rng = self._rng
        return [(article, self._before(start)) for article in rng.choices(list(articles), k=rng.choice((1, 1, 2)))]

    def _others(self, start: date) -> list[_Feit]:
        return self._spread(start, OTHER_ARTICLES)

    def _narrow(self, start: date) -> list[_Feit]:
        """Make offences with one in the narrow sense at least, sometimes only by a new article or by 317 lid 2."""
        rng = self._rng
        chance = rng.random()
        if chance < ONLY_NEW_ARTICLE_SHARE and start >= NEW_LAW:
            return [(rng.choice(NEW_ARTICLES), self._before(start, NEW_LAW))]
        if chance < ONLY_NEW_ARTICLE_SHARE + ONLY_EXTORTION_SHARE:
            return [(EXTORTION, self._before(start))]
        return [*self._spread(start, OLD_ARTICLES), *(self._others(start) if rng.random() < 0.5 else [])]


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this register.

    Args:
        world: What the story is made of.

    Returns:
        The files, in order of arrival.
    """
    frames, spare = _register(world)
    wrong = _with_errors(frames, world.rng)
    earlier = _known_on(frames, EARLIER)
    return full_deliveries(world, *(_with_bad_rows(version, spare) for version in (earlier, wrong, frames)))


def _register(world: World) -> tuple[Frames, pd.DataFrame]:
    """Make the register on the last stand_datum, and the investigations that will not fit."""
    rng = world.rng
    makers = _Makers(rng)
    onderzoeken: list[_Onderzoek] = []
    for year in world.totals["cyber_regulier", "totaal"]:
        onderzoeken += _counting(world, makers, year)
        onderzoeken += _not_counting(world, makers, year)
    onderzoeken += _running(makers, rng)
    for onderzoek in onderzoeken:
        if rng.random() < CONFLICT_SHARE:
            onderzoek.soort = rng.choice((REGULIER, FENOMEEN, None))
    rng.shuffle(onderzoeken)
    # The rows that will not fit are of a kind that no definition counts, so that no figure depends on them.
    first, last = days_of(BAD_YEAR)
    bad = [replace(makers.bijstand(first, last), feiten=[]) for _ in range(BAD_ROWS)]
    return _as_frames([*onderzoeken, *bad], world)


def _counting(world: World, makers: _Makers, year: int) -> list[_Onderzoek]:
    """Make what counts in a year, as many of each kind as the totals say."""
    rng = world.rng
    narrow = world.totals["cyber_fenomeen", "focus:EZ"][year]
    made: dict[str, list[_Onderzoek]] = {}
    for soort, indicator in INDICATORS.items():
        total = world.totals[indicator, "totaal"][year]
        make = {REGULIER: makers.regulier, FENOMEEN: makers.fenomeen, THTC: makers.thtc}[soort]
        made[soort] = []
        for number in range(total):
            klaar = day_between(*days_of(year), rng)
            start = _start(soort, klaar, number, rng)
            enabled = soort == FENOMEEN and number >= narrow
            made[soort].append((makers.enabled if enabled else make)(start, klaar))
    for soort in (REGULIER, FENOMEEN):
        alternative = world.totals[f"{INDICATORS[soort]}_alternatief", "totaal"][year]
        for onderzoek in rng.sample(made[soort], alternative):
            onderzoek.alternatief = True
    return [onderzoek for group in made.values() for onderzoek in group]


def _start(soort: str, klaar: date, number: int, rng: Random) -> date:
    """Choose the day on which a completed investigation started."""
    first = max(date(2016, 7, 1), klaar - timedelta(days=LONGEST_DAYS))
    last = klaar - timedelta(days=5)
    if soort == FENOMEEN and klaar.year >= CARRIED_INTO:
        before = date(CARRIED_INTO, 1, 1)
        if klaar.year == CARRIED_INTO and number < CARRIED:
            return day_between(first, min(last, before - timedelta(days=1)), rng)
        return day_between(max(first, before), max(last, before), rng)
    return day_between(first, last, rng)


def _not_counting(world: World, makers: _Makers, year: int) -> list[_Onderzoek]:
    """Make what was completed in a year and does not count, about one in five."""
    rng = world.rng
    made: list[_Onderzoek] = []

    def completed() -> tuple[date, date]:
        klaar = day_between(*days_of(year), rng)
        return klaar - timedelta(days=rng.randint(5, LONGEST_DAYS)), klaar

    for _ in range(max(1, world.totals["cyber_regulier", "totaal"][year] // 35)):
        made += makers.not_classified(*completed())
    for _ in range(max(1, world.totals["cyber_fenomeen", "totaal"][year] // 9)):
        made += makers.not_quite_fenomeen(*completed())
    for _ in range(max(1, world.totals["cyber_thtc", "totaal"][year] // 3)):
        made.append(makers.bijstand(*completed()))
    made.append(makers.thtc_without_high_tech(*completed()))
    for onderzoek in made:
        onderzoek.alternatief = rng.random() < 0.2
    return made


def _running(makers: _Makers, rng: Random) -> list[_Onderzoek]:
    """Make what had not been completed on the last stand_datum."""
    make = {REGULIER: makers.regulier, FENOMEEN: makers.fenomeen, THTC: makers.thtc}
    return [
        make[soort](day_between(LAST_RUNNING_START, STAND, rng), None)
        for soort, count in STILL_RUNNING.items()
        for _ in range(count)
    ]


def _as_frames(onderzoeken: list[_Onderzoek], world: World) -> tuple[Frames, pd.DataFrame]:
    frame = rows(
        world.extracts["onderzoeken"],
        len(onderzoeken),
        world.rng,
        world.code_lists,
        eenheid=[onderzoek.eenheid for onderzoek in onderzoeken],
        soort=[onderzoek.soort for onderzoek in onderzoeken],
        team=[onderzoek.team for onderzoek in onderzoeken],
        niveau=[onderzoek.niveau for onderzoek in onderzoeken],
        bijstand=[_yes_no(onderzoek.bijstand) for onderzoek in onderzoeken],
        high_tech=[_yes_no(onderzoek.high_tech) for onderzoek in onderzoeken],
        focus=[onderzoek.focus for onderzoek in onderzoeken],
        innovatief=[_yes_no(onderzoek.innovatief) for onderzoek in onderzoeken],
        digitaal=[_yes_no(onderzoek.digitaal) for onderzoek in onderzoeken],
        alternatief=[_yes_no(onderzoek.alternatief) for onderzoek in onderzoeken],
        startdatum=[onderzoek.start for onderzoek in onderzoeken],
        tactisch_afgerond=[onderzoek.klaar for onderzoek in onderzoeken],
    )
    feiten = [
        (number, position, _spelled(article, world.rng), day)
        for number, onderzoek in zip(frame["onderzoek_nr"], onderzoeken, strict=True)
        for position, (article, day) in enumerate(onderzoek.feiten, start=1)
    ]
    numbers, positions, articles, days = zip(*feiten, strict=True)
    return {
        "onderzoeken": frame.iloc[:-BAD_ROWS],
        "feiten": rows(
            world.extracts["feiten"],
            len(feiten),
            world.rng,
            world.code_lists,
            onderzoek_nr=numbers,
            feit_nr=positions,
            wetsartikel=articles,
            pleegdatum=days,
        ),
    }, frame.iloc[-BAD_ROWS:]


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "J" if value else "N"


def _spelled(article: str, rng: Random) -> str:
    """Spell an article in one of the ways in which registers spell it."""
    base, _, paragraph = article.partition(" lid ")
    if paragraph:
        return rng.choice((f"{base} lid {paragraph} Sr", f"{base}/{paragraph}", f"{base} Sr lid {paragraph}"))
    digits = "".join(mark for mark in base if mark.isdigit())
    letters = base.removeprefix(digits)
    spaced = f"{digits} {letters}".strip()
    return rng.choice((f"{base} Sr", base.upper(), f"art. {base} Sr", f"Art. {spaced}", f"{spaced} Sr"))


def _known_on(frames: Frames, day: date) -> Frames:
    """Keep what the register knew on a day: what was completed later was running then."""
    onderzoeken = frames["onderzoeken"]
    onderzoeken = onderzoeken[onderzoeken["startdatum"].map(lambda start: start <= day)].copy()
    completed = onderzoeken["tactisch_afgerond"].map(lambda end: end is not None and end <= day).astype(bool)
    onderzoeken["tactisch_afgerond"] = onderzoeken["tactisch_afgerond"].where(completed, None)
    return _with_their_feiten(onderzoeken, frames)


def _with_errors(frames: Frames, rng: Random) -> Frames:
    """Leave investigations out and mistype the years of others."""
    onderzoeken = frames["onderzoeken"]
    missing, mistyped = split_sample(list(onderzoeken["onderzoek_nr"]), ERROR_SHARE, rng)
    onderzoeken = onderzoeken[~onderzoeken["onderzoek_nr"].isin(missing)].copy()
    for column in ("startdatum", "tactisch_afgerond"):
        onderzoeken[column] = [
            year_earlier(day) if number in mistyped and day is not None else day
            for number, day in zip(onderzoeken["onderzoek_nr"], onderzoeken[column], strict=True)
        ]
    return _with_their_feiten(onderzoeken, frames)


def _with_their_feiten(onderzoeken: pd.DataFrame, frames: Frames) -> Frames:
    feiten = frames["feiten"]
    return {
        "onderzoeken": onderzoeken,
        "feiten": feiten[feiten["onderzoek_nr"].isin(onderzoeken["onderzoek_nr"])],
    }


def _with_bad_rows(frames: Frames, spare: pd.DataFrame) -> Frames:
    """Add rows that do not fit, and put all rows in the order of their numbers."""
    bad = spare.copy()
    bad["startdatum"] = ["31-02-2021", *bad["startdatum"].iloc[1:]]
    bad["team"] = [*bad["team"].iloc[:1], None, *bad["team"].iloc[2:]]
    bad["niveau"] = [*bad["niveau"].iloc[:2], "drie"]
    feiten = frames["feiten"]
    odd = feiten.iloc[:2].copy()
    odd["feit_nr"] = 99
    odd["wetsartikel"] = [None, "326"]
    odd["pleegdatum"] = ["01-01-2020", "30-02-2020"]
    return {
        "onderzoeken": pd.concat([frames["onderzoeken"], bad]).sort_values("onderzoek_nr", kind="stable"),
        "feiten": pd.concat([feiten, odd]).sort_values(["onderzoek_nr", "feit_nr"], kind="stable"),
    }
