"""Makes a wide public table: every number is a share of a total, added up exactly, and only then rounded.

Nothing here knows a table: which rows, areas, subjects and totals there are says its scenario file.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

import pandas as pd

from orchestration.demo.generator import Form
from orchestration.demo.interpreter import Planned, World
from orchestration.demo.reader import Arrival, Weight, WideTable

SUM = "som"
UNKNOWN = "."
Shares = dict[str, float]


def table_deliveries(world: World, table: WideTable) -> list[Planned]:
    """Make the deliveries of a registration that is a wide table.

    Args:
        world: What they are made of.
        table: What stands in the table.

    Returns:
        The files, in order of arrival; they share a whole out in the same way.
    """
    shares = _shares(table.rijen, world.rng), _shares(table.gebieden, world.rng)
    return [_delivery(world, table, arrival, *shares) for arrival in world.scenario.leveringen]


def _delivery(world: World, table: WideTable, arrival: Arrival, rows: Shares, areas: Shares) -> Planned:
    known = {year: (arrival.bijgesteld, "*") if year in arrival.voorlopig else (1, "") for year in arrival.jaren}
    columns = [(area, subject, year) for area in table.gebieden for subject in table.onderwerpen for year in known]
    exact = {
        (subject, year): _exact(round(world.total(table.verdeeld, year) * factor * known[year][0]), rows, areas)
        for subject, factor in table.onderwerpen.items()
        for year in known
    }

    def number(name: str, area: str, subject: str, year: int) -> Any:
        value = table.rijen[name]
        if isinstance(value, str) and value != SUM:
            return value if value == UNKNOWN else world.years(table.totaal + value)[year]
        below = [row for row in rows if _is_below(row, name)] if value == SUM else [name]
        within = areas if table.gebieden[area] == SUM else [area]
        whole = sum(exact[subject, year][row, each] for row in below for each in within)
        return table.afgerond_op * round(whole / table.afgerond_op)

    form = Form(
        preamble=tuple((first, *rest * len(columns)) for first, *rest in table.voorregels),
        headings=tuple(table.kop.format(gebied=a, onderwerp=s, jaar=year) + known[year][1] for a, s, year in columns),
        footer=table.slotregel,
        quote_all=table.alles_tussen_aanhalingstekens,
    )
    extract = world.extracts[table.extract]
    records = [(name, [number(name, *column) for column in columns]) for name in table.rijen]
    frame = pd.DataFrame(records, columns=[column.name for column in extract.columns], dtype=object)
    return Planned(extract, frame, arrival.stand, arrival.ontvangen, form)


def _shares(weights: Mapping[str, Weight], rng: Random) -> Shares:
    """Choose how a whole is shared out; what is no weight, nor two between which it lies, has no share."""
    chosen = {
        name: rng.uniform(*weight) if isinstance(weight, tuple) else weight
        for name, weight in weights.items()
        if not isinstance(weight, str)
    }
    return {name: weight / sum(chosen.values()) for name, weight in chosen.items()}


def _exact(total: int, rows: Shares, areas: Shares) -> dict[tuple[str, str], int]:
    """Share a total out over rows and areas without losing one: the largest of both gets what rounding leaves."""
    cells = {(row, area): round(total * rows[row] * areas[area]) for row in rows for area in areas}
    cells[max(rows, key=rows.__getitem__), max(areas, key=areas.__getitem__)] += total - sum(cells.values())
    return cells


def _is_below(leaf: str, name: str) -> bool:
    code, above = leaf.split()[0], name.split()[0]
    return not above[0].isdigit() or code == above or code.startswith(f"{above}.")
