"""Makes a wide public table: every number is a share of a total, added up exactly, and only then rounded.

Nothing here knows a table: which rows, areas, subjects and totals there are says its scenario file.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from pydantic import Field

from orchestration.demo.generator import Form
from orchestration.demo.values import Strict

SUM = "som"
Shares = dict[str, float]
Weight = float | tuple[float, float] | str


class WideTable(Strict):
    """What stands in a wide table.

    The value of a row is a share (or the two between which it lies), `som` (of the rows whose code begins with its
    code, or of all where it has no code), `.` (not known), or what stands behind `totaal` in the name of a total. A
    share is one of all shares in the table. The value of an area is a share or `som`; that of a subject a factor.
    """

    extract: str
    verdeeld: str
    totaal: str = ""
    rijen: dict[str, Weight]
    gebieden: dict[str, Weight] = Field({"": 1})
    onderwerpen: dict[str, float] = Field({"": 1})
    kop: str
    afgerond_op: int = 1
    voorregels: list[list[str]] = Field([])
    slotregel: str = ""
    alles_tussen_aanhalingstekens: bool = False


def shares_of(weights: Mapping[str, Weight], rng: Random) -> Shares:
    """Choose how a whole is shared out.

    Args:
        weights: By name a weight or the two between which it lies; what else stands there has no share.
        rng: Where the chance comes from.

    Returns:
        The shares, which add up to one.
    """
    chosen = {
        name: rng.uniform(*weight) if isinstance(weight, tuple) else weight
        for name, weight in weights.items()
        if not isinstance(weight, str)
    }
    return {name: weight / sum(chosen.values()) for name, weight in chosen.items()}


def make_table(
    table: WideTable,
    years: Mapping[int, tuple[float, str]],
    total: Callable[[str, int], int],
    by_year: Callable[[str], Mapping[int, int]],
    shares: tuple[Shares, Shares],
) -> tuple[dict[str, list[Any]], Form]:
    """Make a table of some years.

    Args:
        table: What stands in it.
        years: By year the factor by which its numbers differ, and the mark behind its heading.
        total: Calculates with totals, for a year.
        by_year: Gives one total, by year.
        shares: Those of the rows and those of the areas.

    Returns:
        The numbers by row, and the form of the file.
    """
    columns = [(area, subject, year) for area in table.gebieden for subject in table.onderwerpen for year in years]
    exact = {
        (subject, year): _exact(round(total(table.verdeeld, year) * factor * years[year][0]), *shares)
        for subject, factor in table.onderwerpen.items()
        for year in years
    }

    def number(name: str, area: str, subject: str, year: int) -> Any:
        value = table.rijen[name]
        if isinstance(value, str) and value != SUM:
            return value if value == "." else by_year(table.totaal + value)[year]
        areas = shares[1] if table.gebieden[area] == SUM else (area,)
        rows = [leaf for leaf in shares[0] if _is_below(leaf, name)] if value == SUM else [name]
        whole = sum(exact[subject, year][row, each] for row in rows for each in areas)
        return table.afgerond_op * round(whole / table.afgerond_op)

    form = Form(
        preamble=tuple(tuple(line) + (line[1:] * (len(columns) - 1)) for line in map(tuple, table.voorregels)),
        headings=tuple(
            table.kop.format(gebied=area, onderwerp=subject, jaar=year) + years[year][1]
            for area, subject, year in columns
        ),
        footer=table.slotregel,
        quote_all=table.alles_tussen_aanhalingstekens,
    )
    return {name: [number(name, *column) for column in columns] for name in table.rijen}, form


def _exact(total: int, rows: Shares, areas: Shares) -> dict[tuple[str, str], int]:
    """Share a total out over rows and areas without losing one: the largest of both gets what rounding leaves."""
    cells = {(row, area): round(total * rows[row] * areas[area]) for row in rows for area in areas}
    cells[max(rows, key=rows.__getitem__), max(areas, key=areas.__getitem__)] += total - sum(cells.values())
    return cells


def _is_below(leaf: str, name: str) -> bool:
    code, above = leaf.split()[0], name.split()[0]
    return not above[0].isdigit() or code == above or code.startswith(f"{above}.")
