"""Registered crime, by the definition: the sum of the police units and of what cannot be placed."""

import re
from decimal import Decimal

from tests.recount.counting import NETHERLANDS, WHOLE, Tally
from tests.recount.deliveries import Register, listed


def registered_crime(register: Register, tally: Tally) -> None:
    """The number per regional unit; nationally their sum, with what cannot be placed."""
    units = listed("eenheid_label", "label", "eenheid_code")
    for period, (rows, headings) in register.by_period("geregistreerde_misdrijven", "misdrijven").items():
        place = [heading.rstrip("*") for heading in headings].index(period)
        found = {}
        for region, numbers in zip(rows["regio"], rows["aantallen"], strict=True):
            unit = units.get(re.sub(r"\s*-\s*", "-", region.strip().lower()))
            if unit:
                found[unit] = numbers[place]
        found[NETHERLANDS] = None if None in found.values() else sum(found.values())
        for unit, number in found.items():
            key = ("geregistreerde_misdrijven", int(period), unit, *WHOLE)
            tally.given[key] = (None, "onbekend_aantal") if number is None else (Decimal(number), None)


FAMILIES = (registered_crime,)
