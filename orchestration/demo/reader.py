"""What a scenario file can say: the strict reader of `<registration>.yml` beside it.

The keys are Dutch; the README beside this module explains them. Recipes of single values stand in `values.py`, and what
is made of it all in `interpreter.py`.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from orchestration.demo.tables import WideTable
from orchestration.demo.values import Recipe, Strict

Recipes = dict[str, Recipe]


class ScenarioError(ValueError):
    """A scenario file does not describe deliveries; the message names file, key, and what was expected."""


class Years(Strict):
    """What is said of some years only: `2018`, or `2018-2022`."""

    jaren: str = Field(default="", pattern=r"^(\d{4}(-\d{4})?)?$", coerce_numbers_to_str=True)

    @property
    def all_years(self) -> range:
        """The years; none where it is said of every year."""
        first, _, last = str(self.jaren).partition("-")
        return range(int(first), int(last or first) + 1) if first else range(0)

    def has(self, year: int) -> bool:
        """Tell whether it is said of a year."""
        return not self.jaren or year in self.all_years


class Also(Years):
    """Rows that go with a row: of the same extract, and then as that one in all that is not said, or of another."""

    extract: str = ""
    deel: float = 1
    keer: int | tuple[int, int] = 1
    als: dict[str, list[Any]] = {}
    waarden: Recipes = {}


class Part(Years):
    """What is said of some of the rows of a group: so many, such a share of them, or all."""

    deel: float = 1
    aantal: str | int | None = None
    waarden: Recipes = {}
    ook: list[Also] = []
    waarvan: list["Part"] = []
    anders: "Part | None" = None


class Group(Part):
    """Rows of one kind: so many in each year; in `samen` columns whose values add up to a total of the year."""

    samen: dict[str, str] = {}


class Known(Strict):
    """When a register knows what: rows by a first and last day, and what stands as long as something has no day yet."""

    vanaf: str
    tot: str = ""
    nog_niet: dict[str, dict[str, Any]] = {}


class Mistake(Strict):
    """What is wrong in a share of the rows, in the first delivery of the last stand or in the stands that are named."""

    per: str
    deel: float
    stand: list[date] = []
    voor: dict[str, date] = {}
    weg: bool = False
    jaar_eerder: list[str] = []
    wordt: dict[str, Any] = {}


class Content(Strict):
    """The rows of one extract."""

    vast: Recipes = {}
    groepen: dict[str, Group] = {}
    schrijfwijze: Recipes = {}
    bekend: Known
    fouten: list[Mistake] = []
    past_niet: list[dict[str, Any]] = []


class Arrival(Strict):
    """One delivery; of a table also its years, and which are provisional."""

    stand: date
    ontvangen: date
    tussenstanden: list[date] = []
    jaren: list[int] = []
    voorlopig: list[int] = []
    bijgesteld: float = 1


class Scenario(Strict):
    """What is delivered of a registration."""

    totalen: dict[str, str | list[str | int]] = {}
    leveringen: list[Arrival] = Field(min_length=1)
    extracten: dict[str, Content] = {}
    tabel: WideTable | None = None
    regeling: dict[str, Any] = {}


def read_scenario(file: Path) -> Scenario:
    """Read a scenario file.

    Args:
        file: The file.

    Returns:
        What it says.

    Raises:
        ScenarioError: The file is not YAML, has an unknown key, or says something that cannot be.
    """
    try:
        return Scenario.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValueError) as error:
        faults = "\n".join(_explained(error)) if isinstance(error, ValidationError) else f"geen YAML: {error}"
        raise ScenarioError(f"{file.name}: {faults}") from error


def _explained(error: ValidationError, above: tuple[str | int, ...] = ()) -> Iterator[str]:
    for fault in error.errors():
        where = (*above, *fault["loc"])
        inner = fault.get("ctx", {}).get("error")
        if isinstance(inner, ValidationError):
            yield from _explained(inner, where)
        else:
            yield f"{'.'.join(map(str, where))}: {fault['msg'].removeprefix('Value error, ')}"
