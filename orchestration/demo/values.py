"""Recipes: what stands in one column of one row, as a scenario file says it.

The keys are Dutch, for who writes scenario files; the README beside this module explains each. Nothing here knows a
registration. Which rows there are stands in `interpreter.py`.
"""

import inspect
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from random import Random
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, create_model

from orchestration.declarations import Extract
from orchestration.demo.generator import CodeLists, each_different, read_seed

EDGE_SHARE = 0.03
BOUND = re.compile(r"(\w+)(?:\s*([+-])\s*(\d+))?")
NUMBER = re.compile(r"\d+(\.\d+)?")
CENT = Decimal("0.01")
BUSY = object()


class Strict(BaseModel):
    """A part of a scenario file: no key that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Drawn(NamedTuple):
    """A recipe that was read: the function that makes a value, and what the scenario file says to it."""

    function: Callable[..., Any]
    said: dict[str, Any]


VERBS: dict[str, tuple[type[Strict], Callable[..., Any]]] = {}


def _recipe(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function be a recipe: after row and column its arguments are keys, the first of which is its verb."""
    parameters = list(inspect.signature(function).parameters.values())[2:]
    keys: dict[str, Any] = {
        each.name: (each.annotation, ... if each.default is each.empty else each.default) for each in parameters
    }
    VERBS[parameters[0].name] = create_model(function.__name__, __base__=Strict, **keys), function
    return function


def _parse(value: Any) -> Any:
    """Read a recipe: a mapping by its verb, a list as a choice, anything else as the value itself."""
    if isinstance(value, bool):
        raise ValueError("on, off, yes en no zonder aanhalingstekens zijn in YAML geen tekst")
    if isinstance(value, list):
        return [_parse(each) for each in value]
    if not isinstance(value, dict):
        return value
    for verb, (keys, function) in VERBS.items():
        if verb in value:
            said = keys.model_validate(value)
            return Drawn(function, {name: getattr(said, name) for name in keys.model_fields})
    raise ValueError(f"geen recept, want {', '.join(map(str, value))} is geen van {', '.join(VERBS)}")


Recipe = Annotated[Any, BeforeValidator(_parse)]


class Making:
    """What recipes need of a `World`: what it is made of, and what has been made so far."""

    def __init__(self, extracts: Mapping[str, Extract], code_lists: CodeLists, rng: Random, last_day: date) -> None:
        """Begin with nothing made."""
        self.extracts, self.code_lists, self.rng, self.last_day = extracts, code_lists, rng, last_day
        self.rows: dict[str, dict[str, list[Row]]] = {name: {} for name in extracts}
        # What recipes remember from one row to the next, by recipe and place.
        self.remembered: dict[tuple[Any, ...], Any] = {}

    def of_groups(self, extract: str, groups: Sequence[str] = ()) -> list["Row"]:
        """Give the rows of some groups of an extract, or of all, in the order in which they were made."""
        of_extract = self.rows[extract]
        return [row for group in groups or of_extract for row in of_extract[group]]


@dataclass(eq=False)
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
        also: What goes with it.
        is_special: Whether more is said of it than of its whole group.
    """

    made: Making
    extract: str
    group: str
    year: int
    recipes: Mapping[str, Any]
    parent: "Row | None" = None
    values: dict[str, Any] = field(default_factory=dict)
    also: list[Any] = field(default_factory=list)
    is_special: bool = False

    def __getitem__(self, name: str) -> Any:
        """Give the value of a column; nothing where nobody has a recipe for it."""
        if name in self.values and self.values[name] is not BUSY:
            return self.values[name]
        if name in self.recipes and name not in self.values:
            self.values[name] = BUSY
            self.values[name] = draw(self.recipes[name], self, name)
            return self.values[name]
        if name == "jj":
            return f"{self.year % 100:02}"
        # What a recipe asks of its own column is what stood there before.
        return self.parent[name] if self.parent else None

    def complete(self) -> None:
        """Make what has a recipe and was not asked for yet."""
        for name in self.recipes:
            self[name]

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


@_recipe
def _code(row: Row, _: str, code: str, waar: dict[str, list[str]] | None = None) -> str:
    return row.made.rng.choice(_codes(code, tuple((name, tuple(values)) for name, values in (waar or {}).items())))


@cache
def _codes(code_list: str, which: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    rows = [row for row in read_seed(code_list) if all(row[name] in values for name, values in which)]
    return [next(iter(row.values())) for row in rows]


@_recipe
def _day(row: Row, _: str, van: Any, tot: Any, na_stand_leeg: bool = False) -> date | None:
    first, last = row.day(van, max), row.day(tot, min)
    if first is None or last is None:
        return None
    day = day_between(first, max(first, last), row.made.rng)
    return None if na_stand_leeg and day > row.made.last_day else day


@_recipe
def _whole(row: Row, _: str, getal: tuple[int, int]) -> int:
    return row.made.rng.randint(*getal)


@_recipe
def _amount(row: Row, _: str, bedrag: tuple[int, int]) -> Decimal:
    return Decimal(row.made.rng.randint(100 * bedrag[0], 100 * bedrag[1])).scaleb(-2)


@_recipe
def _fresh(row: Row, column: str, nieuw: bool) -> Any:
    made = row.made
    values = each_different(made.extracts[row.extract], column, made.rng, made.code_lists)
    return next(made.remembered.setdefault(("nieuw", row.extract, column), values))


@_recipe
def _same(row: Row, _: str, zoals: str) -> Any:
    return row[zoals]


@_recipe
def _chance(row: Row, column: str, kans: list[tuple[float, Recipe]]) -> Any:
    weights, recipes = zip(*kans, strict=True)
    return draw(row.made.rng.choices(recipes, weights)[0], row, column)


@_recipe
def _lookup(row: Row, column: str, bij: str, keuze: dict[str, Recipe], anders: Recipe = None) -> Any:
    value = row[bij]
    return draw(keuze.get("" if value is None else str(value), anders), row, column)


@_recipe
def _existing(
    row: Row, _: str, uit: str, groep: tuple[str, ...] = (), zelfde_jaar: bool = False, eerder: tuple[str, ...] = ()
) -> Any:
    extract, name = uit.split(".")
    there, here = eerder or ("", "")
    until = row.day(here, min) if here else None
    of_extract, remembered = row.made.rows[extract], row.made.remembered
    # Sorting all of them anew for each row would take most of the time; they do change while rows are being made.
    key = "uit", extract, groep, row.year if zelfde_jaar else None, there
    number = sum(len(of_extract[group]) for group in groep or of_extract)
    if key not in remembered or remembered[key][0] != number:
        rows = [each for each in row.made.of_groups(extract, groep) if not zelfde_jaar or each.year == row.year]
        remembered[key] = number, sorted(rows, key=lambda each: each[there]) if there else rows
    rows = remembered[key][1]
    earlier = bisect_left(rows, until, key=lambda each: each[there]) if until else len(rows)
    return rows[row.made.rng.randrange(earlier)][name] if earlier else None


@_recipe
def _year_before(row: Row, column: str, vorig_jaar: bool) -> Any:
    made, key = row.made, ("vorig_jaar", row.extract, row.group, column, row.year)
    if key not in made.remembered:
        before = [other for other in made.rows[row.extract][row.group] if other.year == row.year - 1]
        values = list(dict.fromkeys(other[column] for other in before))
        made.remembered[key] = made.rng.sample(values, len(values))
    if not made.remembered[key]:
        raise ValueError(f"{column}: het jaar voor {row.year} heeft er niet genoeg")
    return made.remembered[key].pop()


@_recipe
def _count(row: Row, column: str, teller: int, per: Literal["jaar", "rij"] | None = None) -> int:
    of = row.year if per == "jaar" else (row.parent or row) if per == "rij" else None
    return next(row.made.remembered.setdefault(("teller", row.extract, column, of), count(teller)))


@_recipe
def _sum(row: Row, _: str, reken: str) -> Decimal:
    return calculate(reken, lambda name: row[name]).quantize(CENT)


@_recipe
def _spelled(row: Row, _: str, spelling: str, patroon: str, als: list[str]) -> Any:
    value = row[spelling]
    found = re.fullmatch(patroon, value) if isinstance(value, str) else None
    return found.expand(row.made.rng.choice(als)) if found else value


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
    if isinstance(recipe, Drawn):
        return recipe.function(row, column, **recipe.said)
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
