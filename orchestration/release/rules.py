"""What may leave and how: the lists `vrijgave_indicator` and `vrijgave_tabel`, read strictly.

Which figures are about persons, and from which number a cell is small, is decided there; what follows from it, in
`blocks`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from orchestration.paths import seed_file

Treatment = Literal["vrij", "afgeschermd", "landelijk"]
TableTreatment = Literal["geheel", "afgeschermd", "niet"]


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
    """

    indicator: str
    treatment: Treatment
    threshold: int = 0
    national_threshold: int = 0
    margin: int = 0

    def __post_init__(self) -> None:
        """Refuse a rule that nothing could keep.

        Raises:
            ValueError: It is none of the treatments, or its numbers do not fit together.
        """
        if self.treatment not in get_args(Treatment):
            raise ValueError(f"vrijgave_indicator: {self.indicator} heeft een onbekende vrijgave: {self.treatment}")
        # A reader knows of a small cell that it lies from 1 to below the threshold, so it cannot be left wider than
        # that.
        if self.treatment == "afgeschermd" and not 1 <= self.margin <= self.threshold - 2:
            raise ValueError(f"vrijgave_indicator: {self.indicator} heeft een marge die niet bij de drempel past")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Rule":
        """Read one from a row of the list, or of a release that keeps the list by which it was made.

        Args:
            row: The row.

        Raises:
            ValueError: It cannot be kept.
        """
        numbers = (int(row[name] or 0) for name in ("drempel", "drempel_landelijk", "marge"))
        return cls(row["indicator_code"], row["vrijgave"], *numbers)

    def must_stay(self, value: int) -> tuple[int, int]:
        """The interval that has to stay possible of a cell that is too small.

        Args:
            value: What it holds.

        Returns:
            Lowest and highest number; both from 1 to below the threshold.
        """
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
