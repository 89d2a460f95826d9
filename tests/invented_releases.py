"""Published files of invented people, of whom some come and go from one day to the next."""

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release.rules import read_tables
from tests.published import make_published

NATIONAL = ("NL", "geen")
UNITS = ("NN", "ON", "MN", "NH", "AMS", "DH", "LE")
AGENDA = ("seksueel", "arbeid", "crimineel", "onbekend")
RAPPORTEUR = ("binnenlands", "grensoverschrijdend", "arbeid", "crimineel", "geen")
COMPOSITION = [
    *({"indicator_code": "oskm_totaal", "deel_indicator_code": f"oskm_{each}", "telt_op": True} for each in "abc"),
    {"indicator_code": "cyber_regulier", "deel_indicator_code": "cyber_regulier_alternatief", "telt_op": False},
]
UNIT_OF = {"executie_positief_pct": "pct"}


@dataclass(frozen=True)
class Person:
    """Somebody who counts: in which indicators, where, and in which part of which split."""

    indicators: tuple[str, ...]
    unit: str
    splits: tuple[tuple[str, str], ...] = ()
    is_numerator: bool | None = None


def people(chance: random.Random, number: int) -> list[Person]:
    """Invent some."""
    return [_person(chance) for _ in range(number)]


def _person(chance: random.Random) -> Person:
    unit = chance.choices(UNITS, weights=range(1, len(UNITS) + 1))[0]
    kind = chance.randrange(5)
    if kind == 0:
        parts = ("uitbuiting_agenda", _skewed(chance, AGENDA)), ("uitbuiting_nrm", _skewed(chance, RAPPORTEUR))
        return Person(("slachtoffers_comensha",), unit, parts)
    if kind == 1:
        return Person(("om_verdachten_mensenhandel",), unit)
    if kind == 2:
        category = _skewed(chance, "cab")
        parts = (("categorie_resultaat", category if chance.random() < 0.8 else _skewed(chance, "abc")),)
        return Person((f"oskm_{category}", "oskm_totaal"), unit, parts)
    if kind == 3:
        subset = ("cyber_regulier_alternatief",) if chance.random() < 0.3 else ()
        return Person(("cyber_regulier", *subset), unit)
    return Person(("executie_positief_pct",), unit, is_numerator=chance.random() < 0.3)


def _skewed(chance: random.Random, codes: Iterable[str]) -> str:
    found = list(codes)
    return chance.choices(found, weights=[2**place for place in range(len(found), 0, -1)])[0]


def days(chance: random.Random, number: int, people_at_first: int = 400) -> Iterator[list[Person]]:
    """The same people on a few days; each day some came, and fewer went."""
    found = people(chance, people_at_first)
    for _ in range(number):
        yield found
        gone = chance.sample(range(len(found)), chance.randrange(4))
        found = [each for place, each in enumerate(found) if place not in gone]
        found += people(chance, chance.choice((0, 1, 3, 20, 60)))


def figures(found: Iterable[Person], year: int = 2020) -> list[dict[str, Any]]:
    """Their figures, as `fct_realisatie` has them: no row where nobody is."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    numerators: Counter[tuple[str, str, str, str]] = Counter()
    for person in found:
        for indicator in person.indicators:
            for unit in (person.unit, "NL"):
                for split, code in (("geen", "totaal"), *person.splits):
                    counted[indicator, unit, split, code] += 1
                    numerators[indicator, unit, split, code] += bool(person.is_numerator)
    return [
        figure(*key, value, year, numerators[key] if key[0] in UNIT_OF else None)
        for key, value in sorted(counted.items())
    ]


def figure(
    indicator: str,
    unit: str,
    split: str,
    code: str,
    value: int | None,
    year: int = 2020,
    numerator: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A row of `fct_realisatie`; of a share, `value` is the denominator."""
    share = None if numerator is None or not value else round(100 * numerator / value, 2)
    return {
        "indicator_code": indicator,
        "jaar": year,
        "eenheid_code": unit,
        "uitsplitsing_soort": split,
        "uitsplitsing_code": code,
        "uitsplitsing_key": f"{split}/{code}",
        "peildatum": date(2024, 6, 1),
        "eenheid_van_maat": UNIT_OF.get(indicator, "verdachte"),
        "realisatie": value if numerator is None else share,
        "teller": numerator,
        "noemer": None if numerator is None else value,
        "realisatie_status": "definitief",
        "definitie_versie": f"{indicator}_1",
        "is_demo": True,
        **more,
    }


def publish(
    data: Path, rows: list[dict[str, Any]], also: Mapping[str, list[dict[str, Any]]] | None = None, number: int = 1
) -> Path:
    """Write a published file with these figures, in the place of the one that stood there.

    Returns:
        A copy of it that stays.
    """
    data.mkdir(parents=True, exist_ok=True)
    file = data / "veiligheidsagenda.duckdb"
    file.unlink(missing_ok=True)
    tables = {
        "fct_realisatie": rows,
        "fct_voortgang": [
            _progress(row) for row in rows if (row["eenheid_code"], row["uitsplitsing_soort"]) == NATIONAL
        ],
        "dim_indicator_samenstelling": COMPOSITION,
        "fct_publicatie": [{"publicatie_nr": number, "soort": "gepubliceerd"}],
        **(also or {}),
    }
    empty = data / "leeg.duckdb"
    if not empty.exists():
        make_published(empty, {}, read_tables())
        with duckdb.connect(str(empty)) as con:
            for table in read_tables():
                con.execute(f"comment on table marts.{table} is 'Wat {table} is.'")
    shutil.copy(empty, file)
    with duckdb.connect(str(file)) as con:
        for table, contents in tables.items():
            if contents:
                names, places = ", ".join(contents[0]), ", ".join("?" for _ in contents[0])
                con.execute(f"delete from marts.{table}")
                con.executemany(
                    f"insert into marts.{table} ({names}) values ({places})", [list(row.values()) for row in contents]
                )
    return Path(shutil.copy(file, data / f"publicatie_{number}.duckdb"))


def _progress(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("indicator_code", "jaar", "peildatum", "realisatie", "is_demo")},
        "agenda_code": "va",
        "verschil": 1,
        "oordeel": "behaald",
        "verandering": 3,
        "aantal_apartgezet": 1,
    }
