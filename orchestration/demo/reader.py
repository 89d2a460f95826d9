"""What a scenario file can say: the strict reader of `<registration>.yml` beside it.

The keys are Dutch; the README beside this module explains them. Recipes of single values stand in `values.py`, and what
is made of it all in `interpreter.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from orchestration.declarations import Extract
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
    """Rows that go with a row: of the same extract, and then as that one in all that is not said, or of another.

    They go with a share of the rows, each by chance, or with so many of a group and year; all that are as `als` says.
    """

    extract: str = ""
    deel: float = 1
    aantal: int | None = None
    keer: int | tuple[int, int] = 1
    als: dict[str, list[Any]] = Field({})
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

    samen: dict[str, str] = Field({})
    elke_groep: bool = True


class Known(Strict):
    """When a register knows what: rows by a first and last day, and what stands as long as something has no day yet."""

    vanaf: str
    tot: str = ""
    nog_niet: dict[str, dict[str, Any]] = Field({})


class Mistake(Strict):
    """What is wrong in a share of the rows, in the first delivery of the last stand or in the stands that are named."""

    per: str
    deel: float
    stand: list[date] = Field([])
    voor: dict[str, date] = Field({})
    weg: bool = False
    jaar_eerder: list[str] = Field([])
    wordt: dict[str, Any] = Field({})


class Content(Strict):
    """The rows of one extract; in `hulp` names that are no column of it, for the use of recipes."""

    hulp: list[str] = Field([])
    vast: Recipes = Field({})
    elke_groep: list[Part] = Field([])
    groepen: dict[str, Group] = Field({})
    schrijfwijze: Recipes = Field({})
    bekend: Known
    fouten: list[Mistake] = Field([])
    past_niet: list[dict[str, Any]] = Field([])


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
        for where, of, names in _names(extract, content):
            if of not in extracts or of not in scenario.extracten:
                raise ScenarioError(f"extracten.{where}: {of} is geen extract; wel {', '.join(extracts)}")
            known = [*(column.name for column in extracts[of].columns), *scenario.extracten[of].hulp]
            for name in names:
                if name not in known:
                    raise ScenarioError(f"extracten.{where}: {name} is geen kolom en staat niet in hulp; wel {known}")


def _names(extract: str, content: Content) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Give all names of columns: where they stand, and of which extract they are."""
    yield f"{extract}.vast", extract, content.vast
    yield f"{extract}.schrijfwijze", extract, content.schrijfwijze
    known = content.bekend
    later = [name for effects in known.nog_niet.values() for name in effects]
    yield f"{extract}.bekend", extract, [known.vanaf, *filter(None, [known.tot]), *known.nog_niet, *later]
    for place, wrong in enumerate(content.fouten):
        yield f"{extract}.fouten.{place}", extract, [wrong.per, *wrong.voor, *wrong.jaar_eerder, *wrong.wordt]
    for place, misfit in enumerate(content.past_niet):
        yield f"{extract}.past_niet.{place}", extract, misfit
    for name, group in content.groepen.items():
        yield f"{extract}.groepen.{name}.samen", extract, group.samen
        yield from _names_in_part(f"{extract}.groepen.{name}", extract, group)
    for place, part in enumerate(content.elke_groep):
        yield from _names_in_part(f"{extract}.elke_groep.{place}", extract, part)


def _names_in_part(where: str, extract: str, part: Part) -> Iterator[tuple[str, str, Iterable[str]]]:
    yield f"{where}.waarden", extract, part.waarden
    for place, also in enumerate(part.ook):
        yield f"{where}.ook.{place}", also.extract or extract, also.waarden
        yield f"{where}.ook.{place}.als", extract, also.als
    for place, inner in enumerate(part.waarvan):
        yield from _names_in_part(f"{where}.waarvan.{place}", extract, inner)
    if part.anders is not None:
        yield from _names_in_part(f"{where}.anders", extract, part.anders)


def _explained(error: ValidationError, above: tuple[str | int, ...] = ()) -> Iterator[str]:
    for fault in error.errors():
        where = (*above, *fault["loc"])
        inner = fault.get("ctx", {}).get("error")
        if isinstance(inner, ValidationError):
            yield from _explained(inner, where)
        else:
            yield f"{'.'.join(map(str, where))}: {fault['msg'].removeprefix('Value error, ')}"
