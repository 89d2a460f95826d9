"""Seizures by the police, by the definition: with their corrections, and each object at one deliverer."""

from decimal import Decimal

import pandas as pd

from tests.recount.counting import Tally, all_of, cells, either, known
from tests.recount.deliveries import Register, Row, listed, records
from tests.recount.ondermijning import UNKNOWN

BOOKINGS = (
    ("om_beslag", "beslag"),
    ("cjib_incasso", "incasso"),
    ("fiscaal_afpakken", "vorderingen"),
    ("bestuurlijk_afpakken", "maatregelen"),
)


def _corrected(frame: pd.DataFrame) -> list[Row]:
    """The bookings that correct nothing, each with its amount and that of all corrections that lead to it."""
    by_number = {row["boeking_nr"]: {**row, "saldo": row["bedrag"]} for row in records(frame)}
    for row in list(by_number.values()):
        seen, origin = set(), row
        while origin is not None and origin["corrigeert_nr"] is not None and origin["boeking_nr"] not in seen:
            seen.add(origin["boeking_nr"])
            origin = by_number.get(origin["corrigeert_nr"])
        if origin is not None and origin is not row and origin["corrigeert_nr"] is None:
            origin["saldo"] += row["bedrag"]
    return [row for row in by_number.values() if row["corrigeert_nr"] is None]


def seizures(register: Register, tally: Tally) -> None:
    """The value of what the police seized, in the year of the booking; what was lifted is another step."""
    step = listed("boekingsoort", "boekingsoort_code", "stap_code")
    kinds = listed("beslagsoort", "beslagsoort_code", "beslagsoort")
    police = listed("opsporingsdienst", "dienst_code", "is_politie")
    order = {code: int(place) for code, place in listed("afpak_aanleveraar", "aanleveraar_code", "volgorde").items()}
    objects = listed("objectsoort", "objectsoort_code", "objectsoort_code")
    bookings: list[Row] = []
    for source in BOOKINGS:
        for row in _corrected(register.rows(*source)):
            seized = known({code: of == "beslag_gelegd" for code, of in step.items()}, row["soort_boeking"])
            bookings.append({"beslagsoort": None, **row, "bron": source[0], "gelegd": seized})
    shared: dict[str, list[Row]] = {}
    for row in bookings:
        if row["object_nr"] is not None and row["gelegd"] is not False:
            shared.setdefault(row["object_nr"], []).append(row)
    conservative = {code: name == "conservatoir" for code, name in kinds.items()}
    for row in bookings:
        if row["bron"] != "om_beslag":
            continue
        is_seized = all_of(row["gelegd"], known(conservative, row["beslagsoort"]), known(police, row["dienst"]))
        others = shared.get(row["object_nr"], []) if row["object_nr"] is not None else []
        counts = all_of(is_seized, *(_goes_before(row, other, order) for other in others))
        placed = cells(
            "beslag_conservatoir_politie_eur",
            row["boekdatum"].year,
            row["eenheid"],
            {"objectsoort": [objects.get(row["objectsoort"], UNKNOWN)]},
            value=Decimal(row["saldo"]),
        )
        tally.add(placed if is_counted else {} for is_counted in either(counts))


def _goes_before(row: Row, other: Row, order: dict[str, int]) -> bool | None:
    """Whether an object counts at a booking as far as another of its bookings goes, whatever their kinds and years."""
    if row["aanleveraar"] == other["aanleveraar"]:
        return True
    mine, its = order.get(row["aanleveraar"]), order.get(other["aanleveraar"])
    if mine == min(order.values()):
        return True
    if mine is None or its is None:
        return None
    if mine < its:
        return True
    return None if other["gelegd"] is None else False


FAMILIES = (seizures,)
