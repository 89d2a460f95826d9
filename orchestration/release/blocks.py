"""Which cells hang together, and how: what a reader can add up and subtract, written down as equations.

A block is one year of indicators that are parts of one another, with all their eenheden and splits. It is protected
whole or not at all. What is small or how it is hidden is no matter of this module.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from orchestration.release.rules import Rule, Weight

NATIONAL, WHOLE, TOTAL = "NL", "geen", "totaal"
FIGURE, NUMERATOR, DENOMINATOR, REST = "realisatie", "teller", "noemer", "rest"
# Amounts are kept in whole cents, so that they add up exactly.
AMOUNT, AMOUNT_REST = "bedrag", "rest_bedrag"
CENTS = 100
# Solvers know a number to so many places; in thousands of euro an amount keeps its cents.
CENTS_PER_SOLVED = 100_000


class Cell(NamedTuple):
    """One number of a table."""

    indicator: str
    year: int
    unit: str
    split: str = WHOLE
    code: str = TOTAL
    measure: str = FIGURE

    @property
    def is_national(self) -> bool:
        """Whether it is the figure of the whole country, of which the agenda speaks."""
        return (self.unit, self.split) == (NATIONAL, WHOLE)

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount, in cents."""
        return self.measure in (AMOUNT, AMOUNT_REST)

    @property
    def is_rest(self) -> bool:
        """Whether nobody publishes it, but anybody can subtract it."""
        return self.measure in (REST, AMOUNT_REST)

    @property
    def rest(self) -> "Cell":
        """What a whole has beside this part of it."""
        return self._replace(measure=AMOUNT_REST if self.is_amount else REST)

    @property
    def scale(self) -> int:
        """By what its number is divided for a solver."""
        return CENTS_PER_SOLVED if self.is_amount else 1


class Equation(NamedTuple):
    """A total that its parts add up to."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True)
class Composition:
    """Which indicators are parts of others.

    Args:
        parts: By indicator the indicators that add up to it.
        subsets: By indicator the one that it is a part of, beside a rest that has no figure.
        links: Pairs of indicators that say something of one another, also where only national figures leave.
        national_subsets: As `subsets`, of which the whole knows no eenheden.
    """

    parts: Mapping[str, tuple[str, ...]]
    subsets: Mapping[str, str]
    links: tuple[frozenset[str], ...] = ()
    national_subsets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule]) -> "Composition":
        """Read it from `dim_indicator_samenstelling`; per eenheid, what is released nationally alone takes no part.

        Args:
            rows: Its rows.
            rules: How indicators are released.
        """
        parts: dict[str, list[str]] = defaultdict(list)
        subsets: dict[str, str] = {}
        links: list[frozenset[str]] = []
        for row in rows:
            links.append(frozenset((row["indicator_code"], row["deel_indicator_code"])))
            if row["telt_op"]:
                parts[row["indicator_code"]].append(row["deel_indicator_code"])
            elif _is_protected(rules, row["deel_indicator_code"], row["indicator_code"]):
                subsets[row["deel_indicator_code"]] = row["indicator_code"]
        whole = {total: tuple(found) for total, found in parts.items() if _is_protected(rules, total, *found)}
        return cls(whole, subsets, tuple(links))

    def families(self, indicators: Iterable[str]) -> list[tuple[str, ...]]:
        """Indicators that hang together, in groups.

        Args:
            indicators: The indicators to group.
        """
        groups = [{indicator} for indicator in indicators]
        for link in self.links:
            touched = [group for group in groups if group & link]
            groups = [group for group in groups if not group & link]
            if touched:
                groups.append(set().union(*touched))
        return sorted(tuple(sorted(group)) for group in groups)


@dataclass(frozen=True)
class Block:
    """What is protected together.

    Args:
        indicators: The indicators.
        year: The year.
        values: What each cell holds; a cell that is not there is zero, and readers see so.
        withheld: By indicator and split (None: everything per eenheid, and every split) why it is not released.
        weights: Of each amount that is known to be made of its contributions, of which.
        gone: Indicators of which nothing is released, also not the national figure, while of others in the block it is.
    """

    indicators: tuple[str, ...]
    year: int
    values: Mapping[Cell, int]
    withheld: Mapping[tuple[str, str | None], str] = field(default_factory=dict)
    weights: Mapping[Cell, Weight] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    @property
    def splits(self) -> frozenset[str]:
        """The kinds of split in it, besides the whole."""
        return frozenset(cell.split for cell in self.values) - {WHOLE}

    def without(self, splits: Iterable[str], reason: str) -> "Block":
        """The same block without some splits.

        Args:
            splits: The kinds of split.
            reason: Why they are not released.
        """
        gone = frozenset(splits)
        named = {(cell.indicator, cell.split): reason for cell in self.values if cell.split in gone}
        kept = {cell: value for cell, value in self.values.items() if cell.split not in gone}
        return replace(self, values=kept, withheld={**self.withheld, **named})

    def without_indicators(self, indicators: Iterable[str], reason: str) -> "Block":
        """The same block without anything of some indicators.

        Args:
            indicators: The indicators.
            reason: Why they are not released.
        """
        gone = frozenset(indicators)
        kept = {cell: value for cell, value in self.values.items() if cell.indicator not in gone}
        named = {(indicator, None): reason for indicator in sorted(gone)}
        return replace(self, values=kept, withheld={**self.withheld, **named}, gone=self.gone | gone)

    def national_alone(self, reason: str, indicators: Iterable[str] | None = None) -> "Block":
        """The same block with national figures alone.

        Args:
            reason: Why the rest is not released.
            indicators: Of which indicators; of all where None.
        """
        chosen = frozenset(self.indicators if indicators is None else indicators)
        kept = {cell: value for cell, value in self.values.items() if cell.is_national or cell.indicator not in chosen}
        named = {(indicator, None): reason for indicator in self.indicators if indicator in chosen}
        return replace(self, values=kept, withheld={**named, **self.withheld})


def make_blocks(
    rows: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Rule],
    composition: Composition,
    splits: frozenset[str],
    weights: Mapping[Cell, Weight] | None = None,
) -> list[Block]:
    """Gather what hangs together.

    What does not add up cannot be protected by what adds up, and is withheld.

    Args:
        rows: Rows of `fct_realisatie`.
        rules: How indicators are released.
        composition: Which indicators are parts of others.
        splits: The kinds of split of which the parts add up.
        weights: What amounts are made of.

    Returns:
        The blocks, with all that is protected.
    """
    protected = [indicator for indicator, rule in rules.items() if rule.treatment != "vrij"]
    by_year: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_year[row["indicator_code"], row["jaar"]].append(row)
    years = sorted({year for _, year in by_year})
    found = []
    for family in composition.families(protected):
        for year in years:
            if own := [row for indicator in family for row in by_year[indicator, year]]:
                found.append(_make_block(family, year, own, rules, composition, splits, weights or {}))
    return found


def equations(cells: Iterable[Cell], composition: Composition) -> list[Equation]:
    """All that a reader knows to add up, of cells that are not zero.

    Args:
        cells: The cells, the hidden ones left out.
        composition: Which indicators are parts of others.

    Returns:
        The equations, also with the rests that nobody publishes.
    """
    held = set(cells)
    parts: dict[Cell, list[list[Cell]]] = defaultdict(list)
    groups: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    parent = {part: total for total, found in composition.parts.items() for part in found}
    for cell in sorted(held):
        if cell.unit != NATIONAL:
            groups[cell._replace(unit=NATIONAL), "eenheid"].append(cell)
        if cell.split != WHOLE:
            groups[cell._replace(split=WHOLE, code=TOTAL), cell.split].append(cell)
        if cell.indicator in parent:
            groups[cell._replace(indicator=parent[cell.indicator]), "onderdeel"].append(cell)
        if cell.indicator in composition.subsets:
            whole = cell._replace(indicator=composition.subsets[cell.indicator])
            parts[whole].append([cell, cell.rest])
        if cell.unit == NATIONAL and cell.indicator in composition.national_subsets:
            whole = cell._replace(indicator=composition.national_subsets[cell.indicator])
            # The whole may be gone altogether, and says nothing then.
            if whole in held:
                parts[whole].append([cell, cell.rest])
        if cell.measure == NUMERATOR:
            parts[cell._replace(measure=DENOMINATOR)].append([cell, cell.rest])
    for (total, _), found in groups.items():
        parts[total].append(found)
    return [Equation(total, tuple(found)) for total, groups_ in sorted(parts.items()) for found in groups_]


def with_rests(values: Mapping[Cell, int], composition: Composition) -> dict[Cell, int]:
    """The cells with the rests that nobody publishes but anybody can subtract.

    Args:
        values: What each cell holds.
        composition: Which indicators are parts of others.
    """
    rests = {
        part: values.get(total, 0) - sum(values.get(other, 0) for other in parts if other != part)
        for total, parts in equations(values, composition)
        for part in parts
        if part.is_rest
    }
    return {**values, **rests}


def with_totals(values: Mapping[Cell, int], composition: Composition) -> dict[Cell, int]:
    """The cells with the totals of those that are zero themselves, which have no row.

    Args:
        values: What each cell holds.
        composition: Which indicators are parts of others.
    """
    found = dict(values)
    while missing := {total for total, _ in equations(found, composition)} - set(found):
        found.update(dict.fromkeys(missing, 0))
    return found


def _make_block(
    family: tuple[str, ...],
    year: int,
    rows: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Rule],
    composition: Composition,
    splits: frozenset[str],
    weights: Mapping[Cell, Weight],
) -> Block:
    values: dict[Cell, int] = {}
    withheld: dict[tuple[str, str | None], str] = {}
    is_open = False
    for row in rows:
        cell = Cell(
            row["indicator_code"], year, row["eenheid_code"], row["uitsplitsing_soort"], row["uitsplitsing_code"]
        )
        if rules[cell.indicator].treatment == "landelijk" and not cell.is_national:
            withheld[cell.indicator, None] = "alleen_landelijk"
        elif cell.split != WHOLE and cell.split not in splits:
            withheld[cell.indicator, cell.split] = "overlappende_delen"
        elif row["realisatie"] is None:
            is_open = is_open or not cell.is_national
        else:
            values.update(_numbers(cell, row))
    own = set(family)
    block = Block(
        family, year, values, withheld, {cell: each for cell, each in weights.items() if cell.indicator in own}
    )
    unsafe = [
        cell.indicator
        for cell, value in block.values.items()
        if cell.is_national
        and cell.is_amount
        and rules[cell.indicator].national_threshold
        and rules[cell.indicator].is_unsafe(value, _weight_of(block, cell))
    ]
    block = block.without_indicators(unsafe, "landelijk_overheerst")
    if any(cell.is_amount and (value < 0 or _took_away(block, cell)) for cell, value in block.values.items()):
        return block.national_alone("negatief_bedrag")
    wrong = {split for split in block.splits if not _adds_up(block, composition, split)}
    block = block.without(wrong, "telt_niet_op")
    if is_open or not _adds_up(block, composition, None):
        return block.national_alone("onbekend_deel" if is_open else "telt_niet_op")
    if not is_weighed(block, composition):
        return block.national_alone("bijdragen_onbekend")
    return block


def _weight_of(block: Block, cell: Cell) -> Weight | None:
    """What an amount is made of; None where what is known adds up to another."""
    weight = block.weights.get(cell)
    return weight if weight is not None and weight.total == block.values.get(cell) else None


def _took_away(block: Block, cell: Cell) -> bool:
    return cell in block.weights and block.weights[cell].has_negative


def is_weighed(block: Block, composition: Composition) -> bool:
    """Whether of each amount the contributions are known, to the cent.

    Args:
        block: The block.
        composition: Which indicators are parts of others.
    """
    return all(
        cell in block.weights and block.weights[cell].total == value
        for cell, value in with_rests(block.values, composition).items()
        if cell.is_amount and value
    )


def in_cents(amount: Decimal) -> int:
    """An amount in whole cents.

    Args:
        amount: The amount, in euro.
    """
    return int(amount * CENTS)


def _numbers(cell: Cell, row: Mapping[str, Any]) -> dict[Cell, int]:
    """What a row counts; a percentage is released with what it rests on, or not at all."""
    if row["eenheid_van_maat"] == "eur":
        return {cell._replace(measure=AMOUNT): in_cents(row["realisatie"])} if row["realisatie"] else {}
    if row["teller"] is None:
        return {cell: int(row["realisatie"])} if row["realisatie"] else {}
    found = {cell._replace(measure=NUMERATOR): row["teller"], cell._replace(measure=DENOMINATOR): row["noemer"]}
    return {each: value for each, value in found.items() if value}


def _adds_up(block: Block, composition: Composition, split: str | None) -> bool:
    """Whether all of a split adds up; of the whole where None."""
    held = {cell: value for cell, value in block.values.items() if cell.split in (WHOLE, split or WHOLE)}
    complete = with_rests(held, composition)
    return all(value >= 0 for value in complete.values()) and all(
        complete.get(total, 0) == sum(complete.get(part, 0) for part in parts)
        for total, parts in equations(held, composition)
    )


def _is_protected(rules: Mapping[str, Rule], *indicators: str) -> bool:
    return all(each in rules and rules[each].treatment == "afgeschermd" for each in indicators)
