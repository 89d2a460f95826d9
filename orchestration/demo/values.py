"""Recipes: what stands in one column of one row, as a scenario file says it.

The keys are Dutch, for who writes scenario files; the README beside this module explains each. Nothing here knows a
registration. Which rows there are stands in `interpreter.py`.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from orchestration.declarations import Extract
from orchestration.demo.generator import CodeLists, each_different, read_seed

EDGE_SHARE = 0.03
BOUND = re.compile(r"(\w+)(?:\s*([+-])\s*(\d+))?")
NUMBER = re.compile(r"\d+(\.\d+)?")
CENT = Decimal("0.01")


class Strict(BaseModel):
    """A part of a scenario file: no key that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Making:
    """What has been made so far of one registration, and what chance it is made with.

    Args:
        extracts: The declared extracts of the registration, by name.
        code_lists: Codes by the name of the code list.
        rng: Where all chance comes from.
        last_day: The last stand; nothing is known after it.
    """

    def __init__(self, extracts: Mapping[str, Extract], code_lists: CodeLists, rng: Random, last_day: date) -> None:
        self.extracts, self.code_lists, self.rng, self.last_day = extracts, code_lists, rng, last_day
        self.rows: dict[str, dict[str, list[Row]]] = {name: {} for name in extracts}
        self.counters: Counter[tuple[str, str, int]] = Counter()
        self._fresh: dict[tuple[str, str], Iterator[Any]] = {}
        self._choices: dict[tuple[Any, ...], tuple[int, list[Row]]] = {}
        self._left: dict[tuple[str, str, str, int], list[Any]] = {}

    def of_groups(self, extract: str, groups: Sequence[str] = ()) -> list["Row"]:
        """Give the rows of some groups of an extract, or of all, in the order in which they were made."""
        of_extract = self.rows[extract]
        return [row for group in groups or of_extract for row in of_extract[group]]

    def fresh(self, extract: str, column: str) -> Any:
        """Give a value of a column that nobody had before."""
        key = extract, column
        if key not in self._fresh:
            self._fresh[key] = each_different(self.extracts[extract], column, self.rng, self.code_lists)
        return next(self._fresh[key])

    def pick(
        self, extract: str, groups: Sequence[str], year: int | None, day: str, before: date | None
    ) -> "Row | None":
        """Choose a row that was made before, if any, of some groups: of a year, or with a day before another."""
        of_extract = self.rows[extract]
        total = sum(len(of_extract[group]) for group in groups or of_extract)
        key = extract, *groups, year, day
        if key not in self._choices or self._choices[key][0] != total:
            rows = [row for row in self.of_groups(extract, groups) if year in (None, row.year)]
            self._choices[key] = total, sorted(rows, key=lambda row: row[day]) if day else rows
        rows = self._choices[key][1]
        number = bisect_left(rows, before, key=lambda row: row[day]) if before else len(rows)
        return rows[self.rng.randrange(number)] if number else None

    def of_year_before(self, row: "Row", column: str) -> Any:
        """Give a value that the column had in the group of a row a year earlier, each at most once."""
        key = row.extract, row.group, column, row.year
        if key not in self._left:
            before = self.rows[row.extract][row.group]
            values = dict.fromkeys(other[column] for other in before if other.year == row.year - 1)
            self._left[key] = self.rng.sample(list(values), len(values))
        return self._left[key].pop()


class Row:
    """One row in the making: a value is made when it is first asked for, and then stands.

    Args:
        made: What has been made so far.
        extract: Name of its extract.
        group: Name of its group.
        year: The year to which it belongs.
        recipes: Its recipes by column; a name that is no column is only there for other recipes.
        parent: The row that it goes with. What has no recipe here is taken from there.
        values: What stands already.
    """

    def __init__(
        self,
        made: Making,
        extract: str,
        group: str,
        year: int,
        recipes: Mapping[str, Any],
        parent: "Row | None" = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.made, self.extract, self.group, self.year = made, extract, group, year
        self.recipes, self.parent = recipes, parent
        self.values: dict[str, Any] = {"jaar": year, "jj": f"{year % 100:02}"} | dict(values or {})
        self.is_special = False
        self._busy: set[str] = set()
        self.places: Counter[str] = parent.places if parent else Counter()

    def __getitem__(self, name: str) -> Any:
        """Give the value of a column; nothing where nobody has a recipe for it."""
        if name in self.values:
            return self.values[name]
        if name in self.recipes and name not in self._busy:
            self._busy.add(name)
            self.values[name] = draw(self.recipes[name], self, name)
            return self.values[name]
        return self.parent[name] if self.parent else None

    def again(self, recipes: Mapping[str, Any]) -> None:
        """Make values once more, each from what stands now."""
        for name, recipe in recipes.items():
            self.values[name] = draw(recipe, self, name)

    def day(self, bounds: Any, choose: Callable[[list[date]], date]) -> date | None:
        """Give the day that a bound names: the choice among several, nothing where one is not known."""
        days = [self._day(bound) for bound in (bounds if isinstance(bounds, list) else [bounds])]
        known = [day for day in days if day is not None]
        return choose(known) if len(known) == len(days) else None

    def _day(self, bound: Any) -> date | None:
        if isinstance(bound, date):
            return bound
        found = BOUND.fullmatch(bound)
        if found is None:
            raise ValueError(f"{bound!r} is geen dag: een datum, of een kolom, begin, einde of stand met + of - dagen")
        name, sign, days = found.groups()
        ends = {"begin": date(self.year, 1, 1), "stand": self.made.last_day}
        ends["einde"] = min(date(self.year, 12, 31), self.made.last_day)
        day = ends[name] if name in ends else self[name]
        return day if day is None or not days else day + timedelta(days=int(f"{sign}{days}"))


class Code(Strict):
    """A code from a list, of the rows that have some value in a column."""

    code: str
    waar: dict[str, list[str]] = {}

    @cached_property
    def _codes(self) -> list[str]:
        rows = [row for row in read_seed(self.code) if all(row[name] in self.waar[name] for name in self.waar)]
        return [next(iter(row.values())) for row in rows]

    def draw(self, row: Row, column: str) -> Any:
        """Choose one."""
        return row.made.rng.choice(self._codes)


class Day(Strict):
    """A day between two others."""

    van: Any
    tot: Any
    na_stand_leeg: bool = False

    def draw(self, row: Row, column: str) -> date | None:
        """Choose one; nothing where it is not known, or lies after the last stand and is then left out."""
        first, last = row.day(self.van, max), row.day(self.tot, min)
        if first is None or last is None:
            return None
        day = day_between(first, max(first, last), row.made.rng)
        return None if self.na_stand_leeg and day > row.made.last_day else day


class Whole(Strict):
    """A whole number between two others."""

    getal: tuple[int, int]

    def draw(self, row: Row, column: str) -> int:
        """Choose one."""
        return row.made.rng.randint(*self.getal)


class Amount(Strict):
    """A number with two decimals between two others."""

    bedrag: tuple[int, int]

    def draw(self, row: Row, column: str) -> Decimal:
        """Choose one."""
        low, high = self.bedrag
        return Decimal(row.made.rng.randint(100 * low, 100 * high)).scaleb(-2)


class Fresh(Strict):
    """A value that nobody had before, as the column is declared."""

    nieuw: bool

    def draw(self, row: Row, column: str) -> Any:
        """Make one."""
        return row.made.fresh(row.extract, column)


class Same(Strict):
    """What stands in another column."""

    zoals: str

    def draw(self, row: Row, column: str) -> Any:
        """Look it up."""
        return row[self.zoals]


class Chance(Strict):
    """One of some recipes, each with a weight."""

    kans: list[tuple[float, "Recipe"]]

    def draw(self, row: Row, column: str) -> Any:
        """Choose one, and make its value."""
        weights, recipes = zip(*self.kans, strict=True)
        return draw(row.made.rng.choices(recipes, weights)[0], row, column)


class Lookup(Strict):
    """A recipe that depends on another column; what is empty is `""`."""

    bij: str
    keuze: dict[str, "Recipe"]
    anders: "Recipe" = None

    def draw(self, row: Row, column: str) -> Any:
        """Make the value that goes with what stands there."""
        value = row[self.bij]
        return draw(self.keuze.get("" if value is None else str(value), self.anders), row, column)


class Existing(Strict):
    """The value of a column in a row that was made before."""

    uit: str = Field(pattern=r"^\w+\.\w+$")
    groep: list[str] = []
    zelfde_jaar: bool = False
    eerder: list[str] = Field(default=[], max_length=2)

    def draw(self, row: Row, column: str) -> Any:
        """Choose a row: of the same year, or whose day is before the day here, where that is asked."""
        extract, name = self.uit.split(".")
        there, here = self.eerder or ("", "")
        until = row.day(here, min) if here else None
        chosen = row.made.pick(extract, self.groep, row.year if self.zelfde_jaar else None, there, until)
        return chosen and chosen[name]


class YearBefore(Strict):
    """A value that the group had a year earlier."""

    vorig_jaar: bool

    def draw(self, row: Row, column: str) -> Any:
        """Take one."""
        return row.made.of_year_before(row, column)


class Count(Strict):
    """The next number; per year, or over all rows of the extract."""

    teller: int
    per_jaar: bool = False

    def draw(self, row: Row, column: str) -> int:
        """Take it."""
        key = (row.extract, column, row.year if self.per_jaar else 0)
        row.made.counters[key] += 1
        return self.teller + row.made.counters[key] - 1


class Place(Strict):
    """The place of a row among those that go together in an extract, from 1."""

    volgnummer: bool

    def draw(self, row: Row, column: str) -> int:
        """Take it."""
        row.places[row.extract] += 1
        return row.places[row.extract]


class Sum(Strict):
    """A calculation with other columns, to the cent."""

    reken: str

    def draw(self, row: Row, column: str) -> Decimal:
        """Calculate it."""
        return calculate(self.reken, lambda name: row[name]).quantize(CENT)


class Spelling(Strict):
    """Another column in one of some spellings: a regular expression and what can replace it."""

    spelling: str
    patroon: str
    als: list[str]

    def draw(self, row: Row, column: str) -> Any:
        """Spell it; what does not match as a whole stands as it is."""
        value = row[self.spelling]
        found = re.fullmatch(self.patroon, value) if isinstance(value, str) else None
        return found.expand(row.made.rng.choice(self.als)) if found else value


class Some(Strict):
    """Some of a list of names, for `komt_voor_in`."""

    greep: list[str]
    aantal: tuple[int, int]

    def draw(self, row: Row, column: str) -> list[str]:
        """Choose them."""
        return row.made.rng.sample(self.greep, row.made.rng.randint(*self.aantal))


class Among(Strict):
    """Whether the name of the column is among some."""

    komt_voor_in: str
    dan: str
    anders: str

    def draw(self, row: Row, column: str) -> str:
        """Say so."""
        return self.dan if column in (row[self.komt_voor_in] or []) else self.anders


VERBS: dict[str, type[Strict]] = {
    next(iter(kind.model_fields)): kind
    for kind in (
        Code, Day, Whole, Amount, Fresh, Same, Chance, Lookup, Existing, YearBefore, Count, Place, Sum, Spelling,
        Some, Among,
    )
}  # fmt: skip


def _parse(value: Any) -> Any:
    """Read a recipe: a mapping by its verb, a list as a choice, anything else as the value itself."""
    if isinstance(value, list):
        return [_parse(each) for each in value]
    if isinstance(value, bool):
        raise ValueError("on, off, yes en no zonder aanhalingstekens zijn in YAML geen tekst")
    if not isinstance(value, dict):
        return value
    for verb, kind in VERBS.items():
        if verb in value:
            return kind.model_validate(value)
    raise ValueError(f"geen recept, want {', '.join(map(str, value))} is geen van {', '.join(VERBS)}")


Recipe = Annotated[Any, BeforeValidator(_parse)]
for _kind in (Chance, Lookup):
    _kind.model_rebuild()


def draw(recipe: Any, row: Row, column: str) -> Any:
    """Make the value of one column.

    Args:
        recipe: What the scenario file says.
        row: The row.
        column: The column.

    Returns:
        The value, as `generator.write` spells it.
    """
    while isinstance(recipe, list):
        recipe = row.made.rng.choice(recipe)
    if isinstance(recipe, Strict):
        return recipe.draw(row, column)
    return recipe.format_map(row) if isinstance(recipe, str) and "{" in recipe else recipe


def day_between(first: date, last: date, rng: Random) -> date:
    """Choose a day, more often than chance the first or the last, where a counting rule is easily a day off."""
    if rng.random() < EDGE_SHARE:
        return rng.choice((first, last))
    return first + timedelta(days=rng.randint(0, (last - first).days))


def calculate(text: str, value: Callable[[str], Any]) -> Decimal:
    """Calculate a sum of products, such as `alle - politie * 0.5`.

    Args:
        text: The calculation: names and numbers with `*`, `+` and `-`.
        value: Gives what a name stands for.

    Returns:
        The outcome.
    """
    outcome = Decimal(0)
    for sign, term in re.findall(r"([+-]?)\s*([^+-]+)", str(text)):
        product = Decimal(-1 if sign == "-" else 1)
        for factor in map(str.strip, term.split("*")):
            product *= Decimal(factor if NUMBER.fullmatch(factor) else value(factor))
        outcome += product
    return outcome


def names_in(text: str | int) -> Iterator[str]:
    """Give the names in a calculation."""
    return (name for name in re.findall(r"[\w.]+", str(text)) if not NUMBER.fullmatch(name))
