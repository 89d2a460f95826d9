"""What τ-ARGUS is asked, and what it answers: which cells to hide, or what to round them to.

The one module that knows the library. Its solver takes any set of equations, so that linked tables are one question;
what
a reader knows beforehand goes in as the bounds of each cell. Which cells are small, and what is done with the answer,
is
decided elsewhere.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.release.blocks import Cell, Equation

log = logging.getLogger(__name__)

# Numbers of its own that the program for the desktop sets too, and the rounder does not start without.
ROUNDER_CONSTANTS = {101: 1e-7, 102: 2.14e13, 103: 1e-4, 104: 0.01}
QUESTION, ANSWER, STATISTICS = "vraag.jj", "antwoord.jj", "tellingen"
MOST_COST = 1_000_000
# Seconds of one block; of the demo the largest takes a tenth of one.
LONGEST = 120


@dataclass(frozen=True)
class Asked:
    """What is known and wanted of one cell.

    Args:
        value: What it holds; of an amount, as all that follows, in cents.
        low: What a reader knows it to be at least, when it is hidden.
        high: What a reader knows it to be at most; None for no bound.
        is_hidden: It is not published in any case.
        is_fixed: It is published in any case.
        must_stay: Numbers that have to stay possible, lowest and highest.
    """

    value: int
    low: int
    high: int | None = None
    is_hidden: bool = False
    is_fixed: bool = False
    must_stay: tuple[int, int] | None = None


def hide(cells: Mapping[Cell, Asked], equations: Sequence[Equation], scratch: Path) -> frozenset[Cell] | None:
    """Choose which other cells have to be hidden, of the smallest possible sum.

    Args:
        cells: The cells.
        equations: What adds up.
        scratch: Folder in which it may leave files, which are removed.

    Returns:
        The cells to hide besides those that are hidden in any case; None where nothing makes it safe.
    """
    if not any(cell.must_stay for cell in cells.values()):
        return frozenset()
    order = list(cells)
    with _working(scratch):
        from pytauargus import _tauargus as engine

        solver = engine.HiTaSCtrl()
        _write(cells, equations, ())
        code = solver.full_jj(in_file_jj=QUESTION, out_file=ANSWER, max_time=LONGEST)
        if code > 1:
            log.info("τ-ARGUS: %s", solver.error_string(code))
            return None
        found = frozenset(order[int(line)] for line in Path(ANSWER).read_text(encoding="ascii").split())
        # It does not look at its own answer unless it is asked to.
        _write(cells, equations, found)
        audited = {order[row["cell"]]: row for row in engine.audit_jj(QUESTION)}
    for cell, asked in cells.items():
        if asked.must_stay:
            low, high = (each / cell.scale for each in asked.must_stay)
            if audited[cell]["min"] > low + 0.01 or audited[cell]["max"] < high - 0.01:
                log.info("τ-ARGUS: de controle vindt een cel die te nauw te bepalen is")
                return None
    return found


def rounded(
    cells: Mapping[Cell, Asked], equations: Sequence[Equation], base: int, scratch: Path
) -> dict[Cell, int] | None:
    """Round each cell down or up to a multiple, so that all still adds up and the least is moved.

    Args:
        cells: The cells; national figures are rounded as the rest, since the parts have to add up to them.
        equations: What adds up.
        base: The multiple.
        scratch: Folder in which it may leave files, which are removed.

    Returns:
        The rounded value of each cell; None where there is no such rounding, or the answer is none.
    """
    order = list(cells)
    with _working(scratch):
        from pytauargus import _tauargus as engine

        free = {cell: Asked(asked.value, 0, is_hidden=asked.value < base) for cell, asked in cells.items()}
        _write(free, equations, ())
        solver = engine.RounderCtrl()
        for constant, value in ROUNDER_CONSTANTS.items():
            solver.set_double_constant(constant, value)
        code, *_ = solver.do_round(
            solver="SCIP",
            in_file=QUESTION,
            base=float(base),
            upper_bound=[1e40],
            lower_bound=[0.0],
            solution_file=ANSWER,
            statistics_file=STATISTICS,
            max_time=LONGEST,
        )
        if code > 0:
            return None
        # "  0 from   7.0 to   5.0"
        lines = [line.split() for line in Path(ANSWER).read_text(encoding="ascii").splitlines() if " to " in line]
    found = {order[int(words[0])]: round(float(words[4])) for words in lines}
    # Where there is hardly a rounding it answers with numbers that are none, and does not say so.
    near = all(abs(found.get(cell, 0) - asked.value) < base for cell, asked in cells.items())
    if not (
        near and all(found.get(total, 0) == sum(found.get(part, 0) for part in parts) for total, parts in equations)
    ):
        log.info("τ-ARGUS: wat hij afrondt ligt te ver van wat het was, of telt niet op")
        return None
    return found


def _write(cells: Mapping[Cell, Asked], equations: Sequence[Equation], hidden: Iterable[Cell]) -> None:
    """Write the question in the form of its solvers: what is known and wanted of each cell, then what adds up."""
    place = {cell: number for number, cell in enumerate(cells)}
    chosen = frozenset(hidden)
    largest = max((asked.value for asked in cells.values()), default=0)
    unbounded = 2 * largest + 1000 * max((cell.scale for cell in cells), default=1)
    lines = ["0", str(len(cells))]
    for cell, asked in cells.items():
        stays = asked.must_stay or (asked.value, asked.value)
        status = "z" if asked.is_fixed else "u" if asked.is_hidden else "m" if cell in chosen else "s"
        low, high = (asked.value, asked.value) if asked.is_fixed else (asked.low, asked.high)
        high = unbounded if high is None else high
        numbers = (asked.value, low, high, asked.value - stays[0], stays[1] - asked.value)
        value, least, most, below, above = (_written(each, cell.scale) for each in numbers)
        # What it costs to hide it has to be a whole number that is not large.
        cost = max(asked.value * MOST_COST // largest if cell.is_amount else asked.value, 1)
        lines.append(f"{place[cell]} {value} {cost} {status} {least} {most} {below} {above} 0")
    lines.append(str(len(equations)))
    for total, parts in equations:
        added = " ".join(f"{place[part]} (1)" for part in parts)
        lines.append(f"0 {len(parts) + 1} : {place[total]} (-1) {added}")
    Path(QUESTION).write_text("\n".join(lines) + "\n", encoding="ascii")


def _written(number: int, scale: int) -> str:
    return str(number) if scale == 1 else f"{number / scale:.5f}"


@contextmanager
def _working(scratch: Path) -> Iterator[None]:
    """Work in a folder that goes: its solvers leave the numbers where they run, and talk to the terminal."""
    scratch.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="vrijgave_", dir=scratch) as folder, chdir(folder):
        said, kept = os.open("gezegd", os.O_WRONLY | os.O_CREAT, 0o600), os.dup(1)
        try:
            os.dup2(said, 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(said)
