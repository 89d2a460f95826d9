"""How units become figures: what counts for certain, what is open because a code is unknown, and what a figure is then.

A unit is given with everything that may be so of it (`possible`): one outcome where all is known, several where a code
that no list knows leaves it open. An outcome is the set of cells in which the unit then counts. It counts in a cell for
certain where it does so in every outcome, and leaves the cell open where it does in some. Who decides what may be so
does not stand here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import pandas as pd

from tests.recount.deliveries import Row, seed

POLICE_UNITS = [row["eenheid_code"] for row in seed("eenheid") if row["eenheid_soort"] in ("regionaal", "landelijk")]
REGIONAL_UNITS = [row["eenheid_code"] for row in seed("eenheid") if row["eenheid_soort"] == "regionaal"]
CANNOT_BE_PLACED, NETHERLANDS = "NTD", "NL"
WHOLE = ("geen", "totaal")
UNKNOWN_CODE, NOTHING_TO_DIVIDE, NO_ROWS = "onbekende_code", "niets_te_delen", "geen_rijen"


class Cell(NamedTuple):
    """Where something counts: a figure, and in a share above or below the line."""

    indicator: str
    year: int
    unit: str
    split: str
    code: str
    role: str


Outcome = Mapping[Cell, Decimal]


def police_unit(code: str | None) -> str:
    """The police unit of a code; one that is not given or not known cannot be placed."""
    return code if code in POLICE_UNITS else CANNOT_BE_PLACED


def known(listed: Mapping[str, bool], code: str | None) -> bool | None:
    """What a list says of a code: None where it does not know it. What is not filled in is not so."""
    return False if code is None else listed.get(code)


def yes(code: str | None) -> bool | None:
    """Whether a register says yes."""
    return known({"J": True, "N": False}, code)


def all_of(*conditions: bool | None) -> bool | None:
    """Whether all hold: one that does not decides, whatever is unknown of the others."""
    return False if False in conditions else None if None in conditions else True


def any_of(conditions: Iterable[bool | None]) -> bool | None:
    """Whether one holds: one that does decides."""
    conditions = list(conditions)
    return True if True in conditions else None if None in conditions else False


def either(condition: bool | None) -> tuple[bool, ...]:
    """What may be so."""
    return (True, False) if condition is None else (condition,)


def worlds(rows: Sequence[Row], column: str = "telt") -> Iterator[list[Row]]:
    """Every selection of rows, in their order, that may be the one that counts."""
    for chosen in product(*(either(row[column]) for row in rows)):
        yield [row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]


def cells(
    indicator: str,
    year: int,
    unit: str | None,
    splits: Mapping[str, Iterable[str]] | None = None,
    role: str = "teller",
    value: Decimal | int = 1,
    whole: bool = True,
) -> dict[Cell, Decimal]:
    """The cells of a row in a year and police unit: nationally and there, as a whole and in each part."""
    parts = [WHOLE] if whole else []
    parts += [(split, code) for split, codes in (splits or {}).items() for code in codes]
    return {
        Cell(indicator, year, where, split, code, role): Decimal(value)
        for where in (NETHERLANDS, police_unit(unit))
        for split, code in parts
    }


class Tally:
    """The units that were judged, and the figures that they make."""

    def __init__(self) -> None:
        self._totals: dict[Cell, Decimal] = defaultdict(Decimal)
        self._open: set[Cell] = set()
        self.given: dict[tuple, tuple[Decimal | None, str | None]] = {}

    def add(self, possible: Iterable[Outcome]) -> None:
        """Count a unit, given everything that may be so of it."""
        outcomes = list(possible)
        for cell in {cell for outcome in outcomes for cell in outcome}:
            values = {outcome.get(cell) for outcome in outcomes}
            if len(values) > 1:
                self._open.add(cell)
            else:
                self._totals[cell] += outcomes[0][cell]

    def figures(self, shares: Iterable[str], counts_beside_shares: Iterable[str] = ()) -> pd.DataFrame:
        """All figures, with the reason where there is none."""
        found: dict[tuple, dict[str, Decimal | None]] = defaultdict(dict)
        for cell in {*self._totals, *self._open}:
            found[cell[:-1]][cell.role] = None if cell in self._open else self._totals[cell]
        rows = []
        for place, parts in found.items():
            is_share = place[0] in shares and place[3] not in counts_beside_shares
            rows.append((*place, *(_share(parts) if is_share else _number(parts))))
        rows += [(*place, *given) for place, given in self.given.items()]
        return pd.DataFrame(rows, columns=[*Cell._fields[:-1], "figure", "reason"], dtype=object)


def _number(parts: Mapping[str, Decimal | None]) -> tuple[Decimal | None, str | None]:
    value = parts["teller"]
    return (None, UNKNOWN_CODE) if value is None else (value, None)


def _share(parts: Mapping[str, Decimal | None]) -> tuple[Decimal | None, str | None]:
    if None in parts.values():
        return None, UNKNOWN_CODE
    below = parts.get("noemer") or 0
    if not below:
        return None, NOTHING_TO_DIVIDE
    share = Fraction(parts.get("teller") or 0) * 100 / Fraction(below)
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP), None
