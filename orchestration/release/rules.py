"""What may leave and how: the lists `vrijgave_indicator` and `vrijgave_tabel`, read strictly.

Which figures are about persons, from which number a cell is small, and when one contributor dominates an amount, is
decided there; what follows from it, in `blocks`.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from orchestration.paths import seed_file

Treatment = Literal["vrij", "afgeschermd", "landelijk"]
TableTreatment = Literal["geheel", "afgeschermd", "niet"]


@dataclass(frozen=True)
class Weight:
    """What an amount is made of, in euro cents.

    Args:
        total: The amount, corrections subtracted.
        holders: How many contributed to it.
        largest: What the largest contributor added.
        second: What the one after it added.
        others: What all the rest added together.
        has_negative: Whether corrections made one of them less than nothing, so that the others say too little.
    """

    total: int
    holders: int
    largest: int
    second: int
    others: int
    has_negative: bool = False


@dataclass(frozen=True)
class Rule:
    """How one indicator is released.

    Args:
        indicator: Its code.
        treatment: `vrij`: as it is; `afgeschermd`: per eenheid and split, protected; `landelijk`: the national figure
        alone.
        threshold: From this number on a cell is not small.
        national_threshold: The same for the national figure; 0 where that is public by itself.
        margin: How much wider than one number what can be worked out of a small cell has to be.
        closeness_pct: Of an amount: nobody may come closer to the largest contribution than this percentage of it, not
            even who made the second; 0 of what is a number. The threshold is then one of contributors.
    """

    indicator: str
    treatment: Treatment
    threshold: int = 0
    national_threshold: int = 0
    margin: int = 0
    closeness_pct: int = 0

    def __post_init__(self) -> None:
        """Refuse a rule that nothing could keep.

        Raises:
            ValueError: It is none of the treatments, or its numbers do not fit together.
        """
        if self.treatment not in get_args(Treatment):
            raise ValueError(f"vrijgave_indicator: {self.indicator} heeft een onbekende vrijgave: {self.treatment}")
        # A reader knows of a small cell that it lies from 1 to below the threshold, so it cannot be left wider than
        # that.
        if self.is_of_amounts:
            # With fewer than three contributors the second knows the first.
            if self.threshold < 3 or self.margin or not 0 < self.closeness_pct <= 100:
                raise ValueError(f"vrijgave_indicator: {self.indicator} heeft een dominantieregel die niet kan")
        elif self.treatment == "afgeschermd" and not 1 <= self.margin <= self.threshold - 2:
            raise ValueError(f"vrijgave_indicator: {self.indicator} heeft een marge die niet bij de drempel past")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Rule":
        """Read one from a row of the list, or of a release that keeps the list by which it was made.

        Args:
            row: The row.

        Raises:
            ValueError: It cannot be kept.
        """
        # An earlier release had no rule for amounts.
        numbers = (int(row.get(name) or 0) for name in ("drempel", "drempel_landelijk", "marge", "dominantie_pct"))
        return cls(row["indicator_code"], row["vrijgave"], *numbers)

    @property
    def is_of_amounts(self) -> bool:
        """Whether it is about amounts, of which one contributor may dominate, and not about numbers."""
        return self.closeness_pct != 0

    def is_unsafe(self, value: int, weight: Weight | None) -> bool:
        """Whether a cell by itself tells too much.

        Args:
            value: What it holds; of an amount euro cents.
            weight: What an amount is made of; None of a number.
        """
        if not value:
            return False
        if not self.is_of_amounts:
            return value < self.threshold
        # Of what nobody knows the contributors, one may be all.
        return weight is None or weight.holders < self.threshold or weight.others < self.closeness(weight)

    def closeness(self, weight: Weight) -> int:
        """How close nobody may come to the largest contribution, in cents.

        Args:
            weight: What the amount is made of.
        """
        return max(1, math.ceil(self.closeness_pct * weight.largest / 100))

    def must_stay(self, value: int, weight: Weight | None = None) -> tuple[int, int]:
        """The interval that has to stay possible of a cell that is not safe.

        Args:
            value: What it holds.
            weight: What an amount is made of; None of a number.

        Returns:
            Lowest and highest number; of a number both from 1 to below the threshold.
        """
        if self.is_of_amounts:
            width = value if weight is None else self.closeness(weight)
            return max(0, value - width), value + width
        low = max(1, value - self.margin // 2)
        high = min(self.threshold - 1, low + self.margin)
        return high - self.margin, high


def read_rules() -> dict[str, Rule]:
    """How each indicator is released, by its code.

    Raises:
        ValueError: A rule cannot be kept.
    """
    return {row["indicator_code"]: Rule.of(row) for row in _rows("vrijgave_indicator")}


def read_tables() -> dict[str, TableTreatment]:
    """How each mart is released, by its name.

    Raises:
        ValueError: A mart has a treatment that does not exist.
    """
    found = {row["tabel"]: row["vrijgave"] for row in _rows("vrijgave_tabel")}
    if unknown := set(found.values()) - set(get_args(TableTreatment)):
        raise ValueError(f"vrijgave_tabel kent geen {', '.join(sorted(unknown))}")
    # What is left are the treatments that exist, which no type can follow.
    return found  # pyright: ignore[reportReturnType]


def additive_splits() -> frozenset[str]:
    """The kinds of split of which the parts add up to the whole, in its own unit; no other is released."""
    return frozenset(
        row["uitsplitsing_soort"]
        for row in _rows("uitsplitsing")
        if row["is_optelbaar"] == "true" and not row["meetwijze"] and not row["eenheid_van_maat"]
    )


def _rows(seed: str) -> list[dict[str, str]]:
    with seed_file(seed).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
