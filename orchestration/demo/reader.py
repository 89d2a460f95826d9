"""What a scenario file can say: the strict reader of `<registration>.yml` beside it.

The keys are Dutch; the README beside this module explains them. Recipes of single values stand in `values.py`, and what
is made of it all in `interpreter.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, model_validator

from orchestration.declarations import Extract
from orchestration.demo.values import Recipe, Strict

# What names columns says so in its type.
COLUMNS = "columns"
Column = Annotated[str, COLUMNS]
Columns = Annotated[list[str], COLUMNS]
Values = Annotated[dict[str, Any], COLUMNS]
Recipes = Annotated[dict[str, Recipe], COLUMNS]
Weight = float | tuple[float, float] | str


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
    """Rows that go with a row, by chance: of the same extract, and as that one in what is not said, or of another."""

    extract: str = ""
    deel: float = 1
    keer: int | tuple[int, int] = 1
    waarden: Recipes = Field({})


class Part(Years):
    """What is said of some of the rows of a group: so many, such a share of them, or all."""

    deel: float = 1
    aantal: str | int | None = None
    waarden: Recipes = Field({})
    ook: list[Also] = Field([])
    waarvan: list["Part"] = Field([])
    anders: "Part | None" = None


class Group(Part):
    """Rows of one kind: so many in each year; in `samen` columns whose values add up to a total of the year."""

    samen: Annotated[dict[str, str], COLUMNS] = Field({})
    elke_groep: bool = True


class Known(Strict):
    """When a register knows what: rows by a first and last day, and what stands as long as something has no day yet."""

    vanaf: Column
    tot: Column = ""
    nog_niet: Annotated[dict[str, Values], COLUMNS] = Field({})


class Mistake(Strict):
    """What is wrong in a share of the rows, in the first delivery of the last stand or in the stands that are named."""

    per: Column
    deel: float
    stand: list[date] = Field([])
    voor: Annotated[dict[str, date], COLUMNS] = Field({})
    weg: bool = False
    jaar_eerder: Columns = Field([])
    wordt: Values = Field({})


class Content(Strict):
    """The rows of one extract; in `hulp` names that are no column of it, for the use of recipes."""

    hulp: list[str] = Field([])
    vast: Recipes = Field({})
    elke_groep: list[Part] = Field([])
    groepen: dict[str, Group] = Field({})
    schrijfwijze: Recipes = Field({})
    bekend: Known
    fouten: list[Mistake] = Field([])
    past_niet: Annotated[list[dict[str, Any]], COLUMNS] = Field([])


class Arrival(Strict):
    """One delivery, or in short its two days; of a table also its years, and which are provisional."""

    stand: date
    ontvangen: date
    tussenstanden: list[date] = Field([])
    jaren: list[int] = Field([])
    voorlopig: list[int] = Field([])
    bijgesteld: float = 1

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, given: Any) -> Any:
        return dict(zip(("stand", "ontvangen"), given, strict=True)) if isinstance(given, list) else given


# A year before, with errors, and corrected.
THREE = [
    Arrival.model_validate([date(2022, 1, 15), date(2022, 1, 20)]),
    Arrival.model_validate([date(2023, 1, 15), date(2023, 1, 20)]),
    Arrival.model_validate([date(2023, 1, 15), date(2023, 2, 10)]),
]


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


class Scenario(Strict):
    """What is delivered of a registration; three times where nothing else is said."""

    totalen: dict[str, str | list[str | int]] = Field({})
    leveringen: list[Arrival] = Field(THREE, min_length=1)
    extracten: dict[str, Content] = Field({})
    tabel: WideTable | None = None
    regeling: dict[str, Any] = Field({})


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
        return Scenario.model_validate(_content(file))
    except (yaml.YAMLError, OSError, ValueError) as error:
        faults = "\n".join(_explained(error)) if isinstance(error, ValidationError) else f"niet te lezen: {error}"
        raise ScenarioError(f"{file.name}: {faults}") from error


def _content(file: Path) -> dict[str, Any]:
    """Read a file, and where an extract is like that of another file, that one first."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for name, own in (content.get("extracten") or {}).items():
        if "net_als" in own:
            other, extract = own.pop("net_als").split(".")
            like = _content(file.with_name(f"{other}.yml"))["extracten"][extract]
            kept = {key: value for key, value in like.items() if key != "groepen"}
            content["extracten"][name] = kept | own | {"vast": like["vast"] | own.get("vast", {})}
    return content


def check_names(scenario: Scenario, extracts: Mapping[str, Extract]) -> None:
    """Hold every name of an extract or a column against the declarations.

    Args:
        scenario: What a scenario file says.
        extracts: The declared extracts of its registration, by name.

    Raises:
        ScenarioError: A name is none of an extract, or neither one of a column nor in `hulp`.
    """
    for extract, content in scenario.extracten.items():
        for where, of, names in _names(content, extract, f"extracten.{extract}"):
            if of not in extracts or of not in scenario.extracten:
                raise ScenarioError(f"{where}: {of} is geen extract; wel {', '.join(extracts)}")
            known = [*(column.name for column in extracts[of].columns), *scenario.extracten[of].hulp]
            for name in names:
                if name not in known:
                    raise ScenarioError(f"{where}: {name} is geen kolom en staat niet in hulp; wel {known}")


def _names(said: Strict, extract: str, where: str) -> Iterator[tuple[str, str, list[str]]]:
    """Give all names of columns in a part of a scenario file: where they stand, and of which extract they are."""
    of = getattr(said, "extract", "") or extract
    yield where, of, []
    for key, value in said:
        here = f"{where}.{key}"
        if COLUMNS in type(said).model_fields[key].metadata:
            yield here, of, list(_flat(value))
        within = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else [])
        for place, inner in (("", value), *within):
            if isinstance(inner, Strict):
                yield from _names(inner, of, f"{here}.{place}".removesuffix("."))


def _flat(value: Any) -> Iterator[str]:
    """Give the names in what names columns: one, several, or the keys of a mapping and of those within it."""
    if isinstance(value, str):
        yield from filter(None, [value])
    elif isinstance(value, list):
        yield from (name for each in value for name in _flat(each))
    else:
        yield from value
        yield from (name for inner in value.values() if isinstance(inner, dict) for name in inner)


def _explained(error: ValidationError, above: tuple[str | int, ...] = ()) -> Iterator[str]:
    for fault in error.errors():
        where = (*above, *fault["loc"])
        inner = fault.get("ctx", {}).get("error")
        if isinstance(inner, ValidationError):
            yield from _explained(inner, where)
        else:
            yield f"{'.'.join(map(str, where))}: {fault['msg'].removeprefix('Value error, ')}"
