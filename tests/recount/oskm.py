"""Online sexual abuse of children, by the definitions: investigations by what they aimed at, and what they led to."""

from collections.abc import Iterator
from itertools import product

from tests.recount.counting import Outcome, Tally, all_of, cells, known, worlds, yes
from tests.recount.deliveries import Register, Row, grouped, listed, records, seed
from tests.recount.ondermijning import NOT_KNOWN

PARTS = [row for row in seed("indicator_samenstelling") if row["indicator_code"].startswith("oskm")]


def _weights() -> dict[str, int]:
    return {code: int(weight) for code, weight in listed("oskm_categorie", "categorie_code", "zwaarte").items()}


def investigations(register: Register, tally: Tally) -> None:
    """An investigation counts once, in the year in which it begins, in the heaviest category that it aimed at."""
    frame = register.rows("oskm_onderzoeken", "onderzoeken").sort_values("verdenking_nr")
    for of_an_investigation in grouped(records(frame), "onderzoek_nr"):
        tally.add(_aimed_at(of_an_investigation))


def _aimed_at(rows: list[Row]) -> Iterator[Outcome]:
    weights = _weights()
    results = [row["categorie_resultaat"] for row in rows if row["categorie_resultaat"] in weights]
    result = min(results, key=weights.__getitem__, default=NOT_KNOWN)
    aimed = [row for row in rows if row["categorie_inzet"] is not None]
    # A code that no list knows may be any of the categories, or none of them.
    may_be = [[row["categorie_inzet"]] if row["categorie_inzet"] in weights else [*weights, None] for row in aimed]
    for categories in product(*may_be):
        counted: Outcome = {}
        places = [place for place, category in enumerate(categories) if category]
        if places:
            place = min(places, key=lambda each: weights[categories[each]])
            for part in PARTS:
                if part["onderdeel_code"] == categories[place]:
                    year, unit = rows[0]["startdatum"].year, aimed[place]["eenheid"]
                    splits = {"categorie_resultaat": [result]}
                    counted = {**counted, **cells(part["indicator_code"], year, unit, splits)}
        yield counted


def results(register: Register, tally: Tally) -> None:
    """An offender or victim counts once, in the year in which the 150 fte of the eleven teams first found him."""
    special = listed("oskm_team", "team_code", "is_gespecialiseerd")
    unit = listed("oskm_team", "team_code", "eenheid_code")
    kinds = listed("oskm_resultaatsoort", "resultaatsoort_code", "resultaatsoort_code")
    frame = register.rows("oskm_onderzoeken", "resultaten").sort_values(["vastgesteld_op", "resultaat_nr"])
    for part in PARTS:
        if part["onderdeel_code"] not in ("DAD", "SLA"):
            continue
        wanted = {code: code == part["onderdeel_code"] for code in kinds}
        for of_a_person in grouped(records(frame), "persoon_nr"):
            rows = [
                {
                    **row,
                    "telt": all_of(known(wanted, row["soort"]), yes(row["inzet_150_fte"]), known(special, row["team"])),
                }
                for row in of_a_person
            ]
            tally.add(
                cells(part["indicator_code"], chosen[0]["vastgesteld_op"].year, unit.get(chosen[0]["team"]))
                if chosen
                else {}
                for chosen in worlds(rows)
            )


FAMILIES = (investigations, results)
