"""Deliveries by chance, made from the declarations, with the edges at which definitions are read wrongly.

Few cases, and many rows of each: on the same day, in other units, of other years, corrected, moved, deleted and
reported again; days around the turn of the year; a year without rows; provisions of law in the spellings that occur.
Codes that no list knows are of one year, so that the figures of the others stand; in another year they stand only where
it is known that something counts and not where. What must come of it does not stand here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd

from orchestration.declarations import Extract, read_declarations
from orchestration.demo.generator import each_different, read_code_lists, rows, write
from orchestration.demo.scenario import plan, read_totals

EXTRACTS = read_declarations()
CODES = read_code_lists(EXTRACTS)
STAND, FIRST = date(2023, 6, 30), date(2017, 12, 1)
YEAR_OF_UNKNOWN_CODES, YEAR_OF_UNKNOWN_PLACES, EMPTY_YEAR = 2020, 2019, 2021
NOBODY_KNOWS = "ZZ"
PAIRS = 4
PUBLIC_TABLES = ("cbs_misdrijven", "geregistreerde_misdrijven")
TRAFFICKING = ("273f", "273F Sr", "art. 273 f Sr", "Sr 273 f", "Wetboek van Strafrecht artikel 273f", "273f lid 3 Sr")
TRAFFICKING += ("273f\u00a0Sr", "273f, lid 1 en 2", "311 Sr", "273g", "2 Opiumwet", "197a")
CYBER = ("138ab Sr", "art. 138 AB", "Sr 138 ab", "138c", "139 G Sr", "161-sexies", "161 SEPTIES Sr", "317/2", "317 l 2")
CYBER += ("317 lid 1 en 2 Sr", "317 lid 1 Sr", "317 Sr", "350 D Sr", "285 Sr", "420bis", "311 Sr", "326")

Frame = pd.DataFrame
Columns = dict[str, Sequence[Any]]


class Chance:
    """Values by chance for one registration."""

    def __init__(self, registration: str, seed: int) -> None:
        self.rng, self.registration, self.stand = Random(f"{registration} {seed}"), registration, STAND
        self.frames: dict[str, Frame] = {}
        turns = [date(year, *day) for year in range(2018, 2024) for day in ((12, 31), (1, 1))]
        some = [FIRST + timedelta(days=self.rng.randrange((STAND - FIRST).days)) for _ in range(60)]
        self._days = [day for day in [*turns, *some, date(2019, 3, 1), date(2019, 2, 28)] if day <= STAND]

    def extract(self, name: str) -> Extract:
        """The declaration of an extract."""
        return EXTRACTS[self.registration, name]

    def numbers(self, name: str, column: str, number: int) -> list[Any]:
        """Different values of a column."""
        return list(islice(each_different(self.extract(name), column, self.rng, CODES), number))

    def of(self, pool: Sequence[Any], number: int) -> list[Any]:
        """Values of a pool."""
        return [self.rng.choice(pool) for _ in range(number)]

    def days(self, number: int, without: int = 0) -> list[date]:
        """Days, many of them the same, none of one year."""
        return self.of([day for day in self._days if day.year != without], number)

    def later(self, days: Sequence[date | None], empty: float) -> list[date | None]:
        """For each day the same or a later one, or none."""
        return [
            None if day is None or self.rng.random() < empty else self.rng.choice([d for d in self._days if d >= day])
            for day in days
        ]

    def codes(self, code_list: str, days: Sequence[date], often: Sequence[str] = (), unknown: float = 0.1) -> list[str]:
        """Codes of a list, some of them more often than others; in one year now and then one that nobody knows."""
        pool = [*CODES[code_list], *often]
        return [
            NOBODY_KNOWS if day.year == YEAR_OF_UNKNOWN_CODES and self.rng.random() < unknown else self.rng.choice(pool)
            for day in days
        ]

    def misplaced(self, given: Mapping[str, Sequence[Any]], day: str, **codes: str) -> dict[str, list[Any]]:
        """The rows; the last are pairs of one unit in one year, of which nobody knows the code of the first.

        The second counts in any case, so it is only not known where; which column makes a unit stands in `codes` too.
        """
        made = {column: list(values) for column, values in given.items()}
        (unknown, *_) = codes
        for place in range(len(made[day]) - 2 * PAIRS, len(made[day]), 2):
            for each, month in ((place, 5), (place + 1, 6)):
                made[day][each] = date(YEAR_OF_UNKNOWN_PLACES, month, 1)
                for column, code in codes.items():
                    made[column][each] = code.format(place)
                if "eenheid" in made:
                    made["eenheid"][each] = CODES["eenheid"][month]
            made[unknown][place] = NOBODY_KNOWS
        return made

    def units(self, number: int) -> list[str]:
        """Police units, some of which no list knows."""
        return self.of([*CODES["eenheid"] * 2, NOBODY_KNOWS], number)

    def make(self, name: str, given: Mapping[str, Sequence[Any]]) -> None:
        """Make the rows of an extract; what is not given is by chance."""
        number = len(next(iter(given.values())))
        self.frames[name] = rows(self.extract(name), number, self.rng, CODES, self.frames, 1, **given)


def _networks(by: Chance) -> None:
    number = 260
    started = by.days(number)
    investigations = by.numbers("onderzoeken", "onderzoek_nr", number)
    networks = by.of(by.numbers("onderzoeken", "csv_nr", 110), number)
    # Of many a network two begin on one day.
    started[1::3], networks[1::3] = started[: number - 1 : 3], networks[: number - 1 : 3]
    given = {
        "onderzoek_nr": investigations,
        "csv_nr": networks,
        "eenheid": by.units(number),
        "aanpak": by.codes("aanpak", started, ["SR"] * 6, 0.2),
        "fase": by.codes("fase", started, ["OP", "AF", "OP"], 0.2),
        "startdatum": started,
        "einddatum": by.later(started, 0.3),
    }
    given = by.misplaced(given, "startdatum", aanpak="SR", csv_nr="CSV-9{:06}", fase="OP")
    given["einddatum"][-2 * PAIRS :] = [date(YEAR_OF_UNKNOWN_PLACES, 12, 1)] * 2 * PAIRS
    by.make("onderzoeken", given)
    areas: list[tuple[Any, ...]] = []
    for investigation in investigations:
        chosen = by.rng.sample(CODES["aandachtsgebied"], by.rng.randint(1, 3))
        mine = [(area, None) for area in chosen if area != "DRUGS"]
        if "DRUGS" in chosen:
            mine += [("DRUGS", kind) for kind in by.rng.sample([*CODES["drugsoort"], None], by.rng.randint(1, 3))]
        by.rng.shuffle(mine)
        areas += [(investigation, *row, "N" if place else "J") for place, row in enumerate(mine)]
    names = ("onderzoek_nr", "aandachtsgebied", "drugsoort", "eerste")
    by.make("aandachtsgebieden", dict(zip(names, zip(*areas, strict=True), strict=True)))


def _unknown(day: date) -> list[str]:
    """A code that nobody knows, on the days on which there is one."""
    return [NOBODY_KNOWS] * 3 if day.year == YEAR_OF_UNKNOWN_CODES else []


def _actions(by: Chance) -> None:
    number = 140
    days, units = by.days(number, EMPTY_YEAR), by.units(number)
    statuses = by.codes("actie_status", days, ["UIT"] * 4, 0.05)
    found: list[tuple[Any, ...]] = []
    for place in range(number):
        partners = by.rng.sample([*CODES["partner"], *["POL"] * 5, *_unknown(days[place])], by.rng.randint(1, 4))
        for partner in dict.fromkeys(partners):
            contribution = by.codes("bijdrage", [days[place]], ["UITV"] * 3, 0.05)[0]
            found.append((f"IHA-{place:06}", partner, units[place], contribution, statuses[place], days[place]))
    for place in range(number, number + PAIRS):
        for partner in (NOBODY_KNOWS, "POL", "OM"):
            day = date(YEAR_OF_UNKNOWN_PLACES, 5, 1)
            found.append((f"IHA-{place:06}", partner, CODES["eenheid"][0], "UITV", "UIT", day))
    names = ("actie_nr", "partner", "eenheid", "bijdrage", "status", "actiedatum")
    by.make("acties", dict(zip(names, zip(*found, strict=True), strict=True)))


def _signals(by: Chance) -> None:
    numbers = by.numbers("signalen", "signaal_nr", 150)
    signals = [number for number in numbers for _ in range(1, by.rng.randint(2, 5))] + numbers[: 2 * PAIRS]
    days = by.days(len(signals))
    given = {
        "signaal_nr": signals,
        "volgnummer": range(1, len(signals) + 1),
        "eenheid": by.units(len(signals)),
        "status": by.codes("signaal_status", days, ["VRG"]),
        "statusdatum": days,
        "financiele_analyse": by.codes("ja_nee", days, ["N"], 0.05),
    }
    by.make(
        "signalen", by.misplaced(given, "statusdatum", status="VRG", signaal_nr="SIG-9{:06}", financiele_analyse="N")
    )
    number = 200
    started = by.days(number)
    done = by.codes("ja_nee", started, unknown=0.05)
    grounds = by.codes("geen_financieel_onderzoek", started, ["GMW"] * 3)
    by.make(
        "zaken",
        {
            "signaal_nr": by.of([*numbers, None], number),
            "eenheid": by.units(number),
            "startdatum": started,
            "financieel_onderzoek": done,
            "reden_geen_onderzoek": [
                ground if is_done == "N" else None for is_done, ground in zip(done, grounds, strict=True)
            ],
        },
    )


def _bookings(by: Chance) -> None:
    (name,) = (extract for registration, extract in EXTRACTS if registration == by.registration)
    number = 600 if by.registration == "om_beslag" else 120
    booked, registered = by.days(number), [STAND] * number
    objects = [f"19{mark}{place:06}" for place in range(45) for mark in "-."]
    deliverers = {"om_beslag": ["OM"] * 20, "cjib_incasso": ["CJIB"] * 9}.get(by.registration, [])
    corrects: list[int | None] = [
        by.rng.randrange(1, number // 2) if place > number // 2 and by.rng.random() < 0.4 else None
        for place in range(number)
    ]
    if by.registration == "om_beslag":
        # A correction, one of that correction, two of a booking that is not there, and two of one another.
        corrects[-6:] = [1, number - 5, number + 5, number + 6, number, number - 1]
    amounts = [Decimal(by.rng.randrange(1, 10**9)).scaleb(-2) for _ in range(number)]
    given: Columns = {
        "boeking_nr": range(1, number + 1),
        "object_nr": [by.rng.choice(objects) if by.rng.random() < 0.4 else None for _ in range(number)],
        "aanleveraar": by.codes("afpak_aanleveraar", booked, deliverers, unknown=0.05),
        "eenheid": by.units(number),
        "soort_boeking": by.codes("boekingsoort", booked, ["GEL"] * 8, unknown=0.03),
        "objectsoort": by.codes("objectsoort", booked),
        "boekdatum": booked,
        "geregistreerd_op": registered,
        "corrigeert_nr": corrects,
        "bedrag": [
            -amount if of and by.rng.random() < 0.7 else amount for of, amount in zip(corrects, amounts, strict=True)
        ],
    }
    if by.registration == "om_beslag":
        given["dienst"] = by.codes("opsporingsdienst", booked, ["POL"] * 6, 0.03)
        given["beslagsoort"] = by.codes("beslagsoort", booked, ["CONS"], 0.03)
        # That one is a booking which counts.
        first = {"aanleveraar": "OM", "soort_boeking": "GEL", "dienst": "POL", "beslagsoort": "CONS"}
        given |= {column: [code, *given[column][1:]] for column, code in first.items()}
    by.make(name, given)


def _suspects(by: Chance) -> None:
    number = 320
    days = by.days(number)
    cases = [f"13{mark}{place:06}-{year}" for place in range(45) for year in (18, 19) for mark in "/.-"]
    chosen, persons = by.of(cases, number), by.of([str(place) for place in range(3)], number)
    given = {
        "parketnummer": chosen,
        "verdachte_nr": persons,
        "wetsartikel": by.of(TRAFFICKING, number),
        "aanleverende_dienst": by.codes("opsporingsdienst", days, ["POL"] * 6),
        "eenheid": by.units(number),
        "instroomdatum": days,
    }
    unit = {"verdachte_nr": "9{}", "parketnummer": "13/000001-19", "wetsartikel": "273f"}
    by.make("instroom", by.misplaced(given, "instroomdatum", aanleverende_dienst="POL", **unit))


def _victims(by: Chance) -> None:
    number = 400
    days = by.days(number, EMPTY_YEAR)
    victims = by.of(by.numbers("meldingen", "slachtoffer_nr", 130), number)
    given = {
        "slachtoffer_nr": victims,
        "melder": by.codes("melder", days, ["POL"] * 6),
        "eenheid": by.units(number),
        "uitbuitingsvorm": by.codes("uitbuitingsvorm", days),
        "meldingsdatum": days,
        "registratiedatum": [STAND] * number,
    }
    by.make("meldingen", by.misplaced(given, "meldingsdatum", melder="POL", slachtoffer_nr="CM-9{:06}"))


def _efforts(by: Chance) -> None:
    number = 180
    for name, day in (("onderzoeken", "startdatum"), ("interventies", "interventiedatum")):
        days = by.days(number)
        elements = ("csv_betrokken", "eenheidsoverstijgend", "barrieremodel", "internationaal")
        given: Columns = {day: days, "eenheid": by.units(number)}
        given |= {element: by.codes("ja_nee", days, ["N"], 0.08) for element in elements}
        if name == "onderzoeken":
            given["einddatum"] = by.later(days, 0.4)
        by.make(name, given)


def _cyber(by: Chance) -> None:
    number = 320
    started = by.days(number)
    finished = by.later(started, 0.15)
    ready = [day or STAND for day in finished]
    investigations = by.numbers("onderzoeken", "onderzoek_nr", number)
    by.make(
        "onderzoeken",
        {
            "onderzoek_nr": investigations,
            "eenheid": by.units(number),
            "team": by.codes("cyber_team", ready, ["CCT", "CCT"], unknown=0.04),
            "niveau": by.of([1, 2, 3, 3, None], number),
            "bijstand": by.codes("ja_nee", ready, ["N"] * 6, unknown=0.04),
            "high_tech": by.codes("ja_nee", ready, unknown=0.04),
            "focus": by.codes("cyber_focus", ready, ["EZ"], unknown=0.04),
            "innovatief": by.codes("ja_nee", ready, ["J"] * 2, unknown=0.04),
            "digitaal": by.codes("ja_nee", ready, ["J"] * 2, unknown=0.04),
            "alternatief": by.codes("ja_nee", ready, unknown=0.1),
            "startdatum": started,
            "tactisch_afgerond": finished,
        },
    )
    facts = [(each, place) for each in investigations for place in range(1, by.rng.randint(2, 4))]
    by.make(
        "feiten",
        {
            "onderzoek_nr": [each for each, _ in facts],
            "feit_nr": [place for _, place in facts],
            "wetsartikel": by.of(CYBER, len(facts)),
            "pleegdatum": by.days(len(facts)),
        },
    )


def _cyber_suspects(by: Chance) -> None:
    number, by.stand = 160, date(2024, 12, 31)
    days = by.of([date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1), date(2024, 5, 5), date(2024, 12, 31)], number)
    by.make(
        "verdachten",
        {
            "verdachte_nr": by.of([str(place) for place in range(60)], number),
            "soort": by.of(["REG", "REG", "FEN", "THTC"], number),
            "eenheid": by.units(number),
            "registratiedatum": days,
        },
    )


def _abuse(by: Chance) -> None:
    cases: list[tuple[Any, ...]] = []
    for each in by.numbers("onderzoeken", "onderzoek_nr", 180):
        (started,), (unit,) = by.days(1), by.units(1)
        (ended,) = by.later([started], 0.3)
        for place in range(1, by.rng.randint(2, 4)):
            (aimed,) = by.codes("oskm_categorie", [started], unknown=0.2)
            result = by.rng.choice([*CODES["oskm_categorie"], None])
            cases.append((each, place, unit, None if by.rng.random() < 0.15 else aimed, result, started, ended))
    for each in range(PAIRS):
        day, unit = date(YEAR_OF_UNKNOWN_PLACES, 5, 1), CODES["eenheid"][0]
        cases += [
            (f"OSK-9{each:07}", place, unit, aimed, None, day, None) for place, aimed in ((1, NOBODY_KNOWS), (2, "B"))
        ]
    names = [column.name for column in by.extract("onderzoeken").columns]
    by.make("onderzoeken", dict(zip(names, zip(*cases, strict=True), strict=True)))
    number = 320
    days, persons = by.days(number), by.of([str(place) for place in range(150)], number)
    given = {
        "persoon_nr": persons,
        "soort": by.codes("oskm_resultaatsoort", days, ["DAD", "SLA"]),
        "team": by.codes("oskm_team", days),
        "inzet_150_fte": by.codes("ja_nee", days, ["J"] * 5),
        "vastgesteld_op": days,
    }
    by.make(
        "resultaten",
        by.misplaced(given, "vastgesteld_op", team="K01", persoon_nr="9{}", soort="DAD", inzet_150_fte="J"),
    )


MAKERS = {
    "csv_onderzoeken": _networks,
    "integrale_acties": _actions,
    "ondermijningssignalen": _signals,
    "om_beslag": _bookings,
    "cjib_incasso": _bookings,
    "fiscaal_afpakken": _bookings,
    "bestuurlijk_afpakken": _bookings,
    "mensenhandel_verdachten": _suspects,
    "comensha_meldingen": _victims,
    "mensenhandel_onderzoeken": _efforts,
    "cyber_onderzoeken": _cyber,
    "cyber_verdachten": _cyber_suspects,
    "oskm_onderzoeken": _abuse,
}


def _dossiers(inbox: Path, seed: int) -> None:
    """The whole register of dossiers, and two deliveries of changes: moved, disposed of, deleted, and back again."""
    by, number = Chance("executie_dossiers", seed), 160
    extract = by.extract("dossiers")
    received = by.days(number)
    handled = by.later(received, 0.15)
    closed = by.later(handled, 0.4)
    inland = by.codes("opsporingsindicatie", received, ["BINNENLAND"] * 8, 0.05)
    by.make(
        "dossiers",
        {
            "mutatie": ["N"] * number,
            "eenheid": by.of([code for code in CODES["eenheid"] if code != "NL"], number),
            "opsporingsindicatie": inland,
            "restantstraf_dagen": by.of([120, 121, 299, 300, 40, 200], number),
            "vaste_verblijfplaats": by.codes("ja_nee", received, ["J"] * 3, 0.04),
            "buitenlandsignaal": by.codes("ja_nee", received, ["N"] * 3, 0.04),
            "aangeleverd_op": received,
            "in_behandeling_op": handled,
            "afgedaan_op": closed,
            "afdoening": [
                code if day else None
                for code, day in zip(by.codes("afdoening", received, ["AANGEHOUDEN"] * 3, 0.2), closed, strict=True)
            ],
        },
    )
    whole = by.frames["dossiers"]
    write(extract, whole, inbox, STAND, STAND, kind="volledig")
    for months in (1, 2):
        stand = STAND + timedelta(days=30 * months)
        changed = whole.sample(60, random_state=months, replace=True).reset_index(drop=True)
        changed["mutatie"] = by.of(["W", "W", "W", "V", "N"], len(changed))
        changed["eenheid"] = by.of([code for code in CODES["eenheid"] if code != "NL"], len(changed))
        write(extract, changed, inbox, stand, stand, kind="mutaties")


def write_deliveries(inbox: Path, seed: int) -> None:
    """Write deliveries of every registration.

    Args:
        inbox: The inbox of a data folder.
        seed: Where all chance comes from.
    """
    for registration, make in MAKERS.items():
        by = Chance(registration, seed)
        make(by)
        for name, frame in by.frames.items():
            write(by.extract(name), frame, inbox / registration, by.stand, by.stand)
    _dossiers(inbox / "executie_dossiers", seed)
    public = {key: extract for key, extract in EXTRACTS.items() if key[0] in PUBLIC_TABLES}
    for each in plan(public, CODES, read_totals()):
        folder = inbox / each.extract.registration
        write(each.extract, each.frame, folder, each.stand_datum, each.ontvangen_op, each.form)
