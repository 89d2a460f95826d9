"""What somebody can work out who keeps every release: the range of each hidden cell, over all of them together.

τ-ARGUS answers for one release; here stands what two of them show beside each other. Which ranges are wide enough is
decided elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from orchestration.release.blocks import Cell, Equation


class ContradictionError(ValueError):
    """What the releases say, with what a reader takes to be so, cannot all be true."""


class Range(NamedTuple):
    """What a cell can hold, at least and at most; None is without bound."""

    low: float
    high: float | None


@dataclass(frozen=True)
class Reading:
    """What one release tells of a block.

    Args:
        cells: Of each cell that is not zero, or may not be, what it can hold by itself.
        equations: What adds up.
    """

    cells: Mapping[Cell, Range]
    equations: Sequence[Equation]


def ranges(
    readings: Sequence[Reading], targets: Iterable[tuple[int, Cell]], only_grew: bool = False
) -> dict[tuple[int, Cell], Range]:
    """Work out what cells can hold.

    Args:
        readings: The releases, oldest first.
        targets: The cells to work out: which release, and which cell.
        only_grew: Whether a reader takes it that no cell became less since the release before.

    Returns:
        What each of them can hold.

    Raises:
        ContradictionError: It cannot all be true: a reader who took it that all grew was wrong.
    """
    # Most commands of the project do without it, and it takes a second to load.
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    place = {
        (number, cell): at
        for at, (number, cell) in enumerate(
            (number, cell) for number, reading in enumerate(readings) for cell in reading.cells
        )
    }
    bounds = [reading.cells[cell] for reading in readings for cell in reading.cells]
    equal = [
        [(place[number, total], -1.0), *((place[number, part], 1.0) for part in parts)]
        for number, reading in enumerate(readings)
        for total, parts in reading.equations
    ]
    # Held against the last that shows or hides it.
    grown = [
        [(place[before, cell], 1.0), (place[number, cell], -1.0)]
        for number in range(1, len(readings) if only_grew else 0)
        for cell in readings[number].cells
        if (before := next((each for each in range(number - 1, -1, -1) if (each, cell) in place), None)) is not None
    ]

    def matrix(rows: list[list[tuple[int, float]]]) -> object:
        if not rows:
            return None
        data = [value for row in rows for _, value in row]
        columns = [column for row in rows for column, _ in row]
        starts = np.cumsum([0, *(len(row) for row in rows)])
        return csr_array((data, columns, starts), shape=(len(rows), len(place)))

    kept = {
        "A_eq": matrix(equal),
        "b_eq": [0.0] * len(equal) or None,
        "A_ub": matrix(grown),
        "b_ub": [0.0] * len(grown) or None,
    }
    found: dict[tuple[int, Cell], Range] = {}
    for target in targets:
        ends: list[float | None] = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(place))
            goal[place[target]] = sign
            answer = linprog(goal, bounds=bounds, method="highs", **kept)
            # 2: nothing is possible; 3: without bound.
            if answer.status == 2:
                raise ContradictionError(answer.message)
            if answer.status not in (0, 3):
                raise RuntimeError(f"de controle van de vrijgave kan niet verder: {answer.message}")
            ends.append(None if answer.status == 3 else sign * answer.fun)
        found[target] = Range(ends[0] or 0.0, ends[1])
    return found
