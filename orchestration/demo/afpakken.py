"""The story of the four registers of the afpakmonitor, which share objects; everything in it is fictitious.

It decides what was seized, imposed, collected and paid out by whom, and when the register knew, so that adding up by
the definitions gives the totals of the scenario, also as they were known in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

import pandas as pd

from orchestration.demo.generator import distinct, rows
from orchestration.demo.story import (
    CORRECTED_RECEIVED,
    EARLIER,
    STAND,
    WRONG_RECEIVED,
    Planned,
    World,
    codes_where,
    day_between,
    days_of,
    known_on,
    split_sample,
    year_earlier,
)

MONITOR = "afpakmonitor"
POLICE = "beslag_conservatoir_politie_eur"
YEARS = range(2018, 2023)
CENTS = 100
POLICE_COUNT, OTHER_COUNT, KLASSIEK_COUNT, REST_COUNT = 240, 90, 150, 60
LATE_PART, TWICE_PART = 4, 5
# The seizures are delivered three times a year, so that it can be seen how a year grows.
BESLAG_STANDS = tuple(date(year, month, 15) for year in range(2019, 2023) for month in (1, 5, 9))
RECEIVED_AFTER = timedelta(days=5)
CORRECTED_SHARE = 0.12
TOO_MUCH = 0.4
ALSO_KLASSIEK = 25
# Objects that the seizure register shares with the tax authority, and those that it shares with municipalities.
SHARED_FISCAAL, SHARED_BESTUURLIJK = range(0, 30), range(30, 45)
ERROR_SHARE = 0.08
BAD_ROWS = 3
SPELLINGS = ("-", ".", " ", "")
How = Literal["once", "twice", "late"]


@dataclass(frozen=True)
class _Boeking:
    """One booking; `corrigeert` is the position of the booking that it corrects, `herhaalt` of the one it repeats."""

    soort: str
    bedrag: int
    dag: date
    geregistreerd: date
    aanleveraar: str
    dossier: int
    object_nr: str | None = None
    dienst: str | None = None
    beslagsoort: str | None = None
    eenheid: str | None = None
    corrigeert: int | None = None
    herhaalt: int | None = None


class _Register:
    """The bookings of one register, as they are made."""

    def __init__(self, world: World, aanleveraars: Sequence[str], objects_from: int) -> None:
        self.world, self.rng = world, world.rng
        self.boekingen: list[_Boeking] = []
        self._aanleveraars = aanleveraars
        self._next_object = dict.fromkeys(range(2018, 2024), objects_from)
        self._dossier = 0

    def total(self, name: str, year: int, indicator: str = MONITOR) -> int:
        """Total of the scenario, in cents; nothing where the scenario has none."""
        return CENTS * self.world.totals[indicator, name].get(year, 0)

    def book(self, soort: str, year: int, cents: int, count: int, how: How = "once", **given: str | None) -> None:
        """Make bookings that add up to a number of cents: with corrections, registered late, or each of them twice."""
        eenheden = codes_where("eenheid", "eenheid_soort", "regionaal", "landelijk")
        for part in _parts(cents, count, self.rng):
            self._dossier += 1
            dag, geregistreerd = self._days(year, late=how == "late")
            boeking = _Boeking(soort, part, dag, geregistreerd, self.rng.choice(self._aanleveraars), self._dossier)
            boeking = replace(boeking, **given)
            if "object_nr" not in given:
                boeking = replace(boeking, object_nr=self._object(year))
            if "eenheid" not in given:
                boeking = replace(boeking, eenheid=self.rng.choice(eenheden))
            self._add(boeking, corrected=self.rng.random() < CORRECTED_SHARE and how == "once")
            if how == "twice":
                self._repeat(boeking)

    def share(self, soort: str, year: int, numbers: Iterable[int]) -> None:
        """Book what another register delivers too."""
        for number in numbers:
            self.book(soort, year, self.rng.randint(500_000, 9_000_000), 1, object_nr=_object_nr(year, number))

    def stand(self, year: int, cents: int, count: int) -> None:
        """Give the state on the last day of the year, and on one in the middle that is no state of a year."""
        for day, amount in ((date(year, 6, 30), cents // 10 * 9), (date(year, 12, 31), cents)):
            for part in _parts(amount, count, self.rng):
                self._dossier += 1
                known = day + timedelta(days=self.rng.randint(0, 10))
                self._add(_Boeking("STA", part, day, known, self._aanleveraars[0], self._dossier), corrected=False)

    def _add(self, boeking: _Boeking, corrected: bool) -> None:
        """Add a booking; a corrected one was booked too high, and set right in January of the next year."""
        if not corrected or boeking.dag.year == STAND.year:
            self.boekingen.append(boeking)
            return
        too_much = round(boeking.bedrag * TOO_MUCH) + 1
        day = date(boeking.dag.year + 1, 1, self.rng.randint(2, 14))
        position = len(self.boekingen)
        self.boekingen.append(replace(boeking, bedrag=boeking.bedrag + too_much))
        self.boekingen.append(replace(boeking, bedrag=-too_much, dag=day, geregistreerd=day, corrigeert=position))

    def _repeat(self, boeking: _Boeking) -> None:
        """Book the last booking once more under other numbers, as the old system did."""
        self._dossier += 1
        again = replace(boeking, dossier=self._dossier, object_nr=self._object(boeking.dag.year))
        self.boekingen.append(replace(again, herhaalt=len(self.boekingen) - 1))

    def _days(self, year: int, late: bool) -> tuple[date, date]:
        """Choose the day of a booking, and the day on which the register knew: late is after the first state."""
        dag = day_between(*days_of(year), self.rng)
        if late:
            return dag, date(year + 1, 2, 1) + timedelta(days=self.rng.randint(0, 240))
        known = min(dag + timedelta(days=self.rng.randint(0, 20)), date(year + 1, 1, 14), STAND)
        return dag, max(known, dag)

    def _object(self, year: int) -> str:
        self._next_object[year] += 1
        return _object_nr(year, self._next_object[year])

    def known(self) -> pd.DataFrame:
        """Give the register on the last stand_datum, with what was booked twice."""
        (extract,) = self.world.extracts.values()
        rng = self.world.rng
        numbers = distinct(extract, "dossier_nr", self._dossier + 1, rng, self.world.code_lists)
        objectsoorten = self.world.code_lists["objectsoort"]
        kind = {item.dossier: rng.choice(objectsoorten) for item in self.boekingen}
        kind |= {
            item.dossier: kind[self.boekingen[item.herhaalt].dossier]
            for item in self.boekingen
            if item.herhaalt is not None
        }
        made = {
            "boeking_nr": list(range(1, len(self.boekingen) + 1)),
            "dossier_nr": [numbers[item.dossier] for item in self.boekingen],
            "object_nr": [_respelled(item.object_nr, rng) for item in self.boekingen],
            "aanleveraar": [item.aanleveraar for item in self.boekingen],
            "dienst": [item.dienst for item in self.boekingen],
            "beslagsoort": [item.beslagsoort for item in self.boekingen],
            "eenheid": [item.eenheid for item in self.boekingen],
            "soort_boeking": [item.soort for item in self.boekingen],
            "objectsoort": [kind[item.dossier] for item in self.boekingen],
            "boekdatum": [item.dag for item in self.boekingen],
            "geregistreerd_op": [item.geregistreerd for item in self.boekingen],
            "corrigeert_nr": [None if item.corrigeert is None else item.corrigeert + 1 for item in self.boekingen],
            "bedrag": [Decimal(item.bedrag).scaleb(-2) for item in self.boekingen],
        }
        declared = {column.name for column in extract.columns}
        given = {name: values for name, values in made.items() if name in declared}
        return rows(extract, len(self.boekingen), rng, self.world.code_lists, **given)

    def deliveries(self, stands: Sequence[date] = (EARLIER,), errors_before: date = date.max) -> list[Planned]:
        """Plan the deliveries: what was registered by each stand, the last stand with errors, and its correction.

        Args:
            stands: The days whose state is delivered before the last one.
            errors_before: Dossiers that begin on this day or later are delivered without errors.

        Returns:
            The files, in order of arrival. What was booked twice is gone from the correction.
        """
        (extract,) = self.world.extracts.values()
        frame = self.known()
        once = frame[[item.herhaalt is None for item in self.boekingen]]
        versions = [(known_on(frame, "geregistreerd_op", stand), stand, stand + RECEIVED_AFTER) for stand in stands]
        versions.append((_with_errors(frame, errors_before, self.rng), STAND, WRONG_RECEIVED))
        versions.append((once, STAND, CORRECTED_RECEIVED))
        return [
            Planned(extract, _with_bad_rows(version, frame), stand, received) for version, stand, received in versions
        ]


def om_beslag(world: World) -> list[Planned]:
    """Plan the deliveries of the seizure register: what the police and others seized, and what was lifted.

    The register of a year grows until the end of September after it. What the old system booked twice stands in every
    delivery but the last, which is on the narrower basis of the new system.
    """
    register = _Register(world, ["OM"], objects_from=-1)
    (police,) = codes_where("opsporingsdienst", "is_politie", "true")
    for year in world.totals[POLICE, "totaal"]:
        _book_conservatoir(register, year, police)
        if year not in YEARS:
            continue
        klassiek = register.total("klassiek_gelegd", year)
        on_conservatoir = klassiek // 5
        for number, part in enumerate(_parts(on_conservatoir, ALSO_KLASSIEK, register.rng)):
            number_of_object = _object_nr(year, number)
            register.book("GEL", year, part, 1, object_nr=number_of_object, dienst=police, beslagsoort="KLAS")
        twice = (register.total("klassiek_gelegd_brede_basis", year) or klassiek) - klassiek
        once = klassiek - on_conservatoir - twice
        _book_gelegd(register, year, (once, twice, 0), KLASSIEK_COUNT, dienst=police, beslagsoort="KLAS")
        lifted = register.total("conservatoir_opgeheven", year)
        register.book("OPH", year, lifted, REST_COUNT, dienst=police, beslagsoort="CONS")
        register.book("OPH", year, lifted // 10, REST_COUNT // 2, dienst=police, beslagsoort="KLAS")
    # The year that was booked twice in part is delivered without other errors.
    return register.deliveries(BESLAG_STANDS, errors_before=date(min(world.totals[POLICE, "brede_basis"]), 1, 1))


def _book_conservatoir(register: _Register, year: int, police: str) -> None:
    """Book the conservatoir seizures of a year, those of the police before those of another service."""
    other = register.rng.choice(codes_where("opsporingsdienst", "is_politie", "false"))
    final, own = register.total("conservatoir_gelegd", year), register.total("totaal", year, POLICE)
    # Where the scenario has no first state or no wide basis, that is the total as well.
    first = register.total("conservatoir_gelegd_eerste_stand", year) or final
    own_first = register.total("eerste_stand", year, POLICE) or own
    twice = (register.total("conservatoir_gelegd_brede_basis", year) or final) - final
    own_twice = (register.total("brede_basis", year, POLICE) or own) - own
    parts = (first - twice, twice, final - first)
    own_parts = (own_first - own_twice, own_twice, own - own_first)
    other_parts = [part - own_part for part, own_part in zip(parts, own_parts, strict=True)]
    # Shared objects begin with those of the police.
    _book_gelegd(register, year, own_parts, POLICE_COUNT, dienst=police, beslagsoort="CONS")
    _book_gelegd(register, year, other_parts, OTHER_COUNT, dienst=other, beslagsoort="CONS", eenheid=None)


def _book_gelegd(register: _Register, year: int, parts: Sequence[int], count: int, **given: str | None) -> None:
    """Book what was seized and booked once, what was booked twice, and what was registered late."""
    ways: tuple[How, ...] = ("once", "twice", "late")
    for how, cents, number in zip(ways, parts, (count, count // TWICE_PART, count // LATE_PART), strict=True):
        if cents:
            register.book("GEL", year, cents, number, how, **given)


def cjib_incasso(world: World) -> list[Planned]:
    """Plan the deliveries of the collection register, with one settlement that dwarfs its year."""
    register = _Register(world, ["CJIB"], objects_from=500_000)
    for year in YEARS:
        big = register.total("strafrechtelijk_geincasseerd_groot", year)
        for soort, name in (("OPG", "opgelegd"), ("INC", "geincasseerd"), ("SLA", "aan_slachtoffers")):
            part = big if soort in ("OPG", "INC") else 0
            cents = register.total(f"strafrechtelijk_{name}", year)
            register.book(soort, year, cents - part, REST_COUNT, object_nr=None, eenheid=None)
            if part:
                register.book(soort, year, part, 1, object_nr=None, eenheid=None)
        register.stand(year, register.total("strafrechtelijk_openstaand", year), REST_COUNT)
    return register.deliveries()


def fiscaal_afpakken(world: World) -> list[Planned]:
    """Plan the deliveries of the tax authority and the FIOD, which seize objects that are seized already."""
    register = _Register(world, codes_where("afpak_aanleveraar", "weg_code", "fiscaal"), objects_from=600_000)
    for year in YEARS:
        for soort, name in (("GEL", "gelegd"), ("OPG", "opgelegd"), ("INC", "geincasseerd")):
            register.book(soort, year, register.total(f"fiscaal_{name}", year), REST_COUNT)
        register.share("GEL", year, SHARED_FISCAAL)
    return register.deliveries()


def bestuurlijk_afpakken(world: World) -> list[Planned]:
    """Plan the deliveries of the municipalities and the RIEC's."""
    register = _Register(world, codes_where("afpak_aanleveraar", "weg_code", "bestuurlijk"), objects_from=700_000)
    for year in YEARS:
        for soort, name in (("OPG", "opgelegd"), ("INC", "geincasseerd")):
            register.book(soort, year, register.total(f"bestuurlijk_{name}", year), REST_COUNT)
        register.share("GEL", year, SHARED_BESTUURLIJK)
    return register.deliveries()


def _parts(cents: int, count: int, rng: Random) -> list[int]:
    """Divide an amount into parts that add up to it, none of them nothing."""
    weights = [rng.uniform(0.2, 2.0) for _ in range(count)]
    parts = [round(cents * weight / sum(weights)) for weight in weights]
    parts[-1] += cents - sum(parts)
    return parts


def _object_nr(year: int, number: int) -> str:
    return f"{year % 100:02}-{number:06}"


def _respelled(object_nr: str | None, rng: Random) -> str | None:
    return None if object_nr is None else object_nr.replace("-", rng.choice(SPELLINGS))


def _with_errors(frame: pd.DataFrame, before: date, rng: Random) -> pd.DataFrame:
    """Leave dossiers out, and mistype the year of others, of those that begin before a day."""
    dossiers = frame[frame["boekdatum"].map(lambda day: day < before)]["dossier_nr"].unique()
    missing, mistyped = split_sample(list(dossiers), ERROR_SHARE, rng)
    frame = frame[~frame["dossier_nr"].isin(missing)].copy()
    frame["boekdatum"] = [
        year_earlier(day) if number in mistyped else day
        for number, day in zip(frame["dossier_nr"], frame["boekdatum"], strict=True)
    ]
    return frame


def _with_bad_rows(frame: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Add rows that do not fit, of numbers that nothing refers to."""
    number = len(whole)
    bad = frame.iloc[:BAD_ROWS].assign(
        boeking_nr=[number + 1, number + 2, number + 3],
        dossier_nr=["12", *frame["dossier_nr"].iloc[1:BAD_ROWS]],
        boekdatum=[frame["boekdatum"].iloc[0], "31-02-2018", frame["boekdatum"].iloc[2]],
        bedrag=[*frame["bedrag"].iloc[: BAD_ROWS - 1], "veel"],
    )
    return pd.concat([frame, bad])
