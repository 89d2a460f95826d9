"""Versions of definitions, lists and decisions: what was published by one stays as it was.

A figure says by which versions it was made; that means something only while a version is what it was then. Each row
that decided about a publication is kept in the ledger, and held against the lists before anything is built. Words for
people (names, sources, descriptions) decide nothing and may be mended. Which version holds for which year is chosen in
the models; that there is exactly one is seen to here.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import duckdb

from orchestration.locking import open_database
from orchestration.paths import ROOT, SEEDS, seed_file

# The column that names the version of a row, and what to do instead of editing it.
INSTEAD = {
    "lijst_versie": (
        "maak een nieuwe versie: een rij in lijst_versie.csv met de dag vanaf wanneer zij bekend is (geldig_vanaf) en "
        "zo nodig de jaren waarvoor zij geldt, en de hele lijst opnieuw met die versie in de kolom lijst_versie"
    ),
    "definitie_versie": (
        "maak een nieuwe versie: een rij in definitie.csv met een eigen definitie_versie, de dag vanaf wanneer zij "
        "bekend is (geldig_vanaf) en zo nodig de jaren waarvoor zij geldt, met haar parameters"
    ),
    "besluit_code": "een later besluit is een eigen rij in besluit.csv, met de normen die het stelt in norm.csv",
}
WORDS = ("omschrijving", "bron", "eigenaar", "orgaan", "kanttekening")
# What a version of each list of versions is a version of, and what names it.
THINGS = {"definitie": ("indicator_code", "definitie_versie"), "lijst_versie": ("lijst_code", "lijst_versie")}
# Columns that came later, and were empty for what was published before.
YEARS = ("jaar_van", "jaar_tot")
FIRST, LAST = 0, 9999
# A publication that was broken off was never seen.
KNOWN = """select lijst, versie, regel, min(publicatie_nr) from versieregel
where publicatie_nr not in (select publicatie_nr from gebeurtenis where soort = 'afgebroken') group by all"""

Row = dict[str, str]
Versions = dict[tuple[str, str], list[Row]]


class VersionError(RuntimeError):
    """A version is not what it was when something was published by it, or it is open which one holds for a year.

    The message says which row, and what to do.
    """


def in_lists(folder: Path = SEEDS) -> Versions:
    """Read the rows of all versions as they stand in the lists.

    Args:
        folder: Folder of the seeds.

    Returns:
        By name of the list and version the rows, with what decides in them: not the words for people.
    """
    found: Versions = defaultdict(list)
    for file in sorted(folder.rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            column = _version_column(reader.fieldnames or ())
            if column is not None:
                for row in reader:
                    found[file.stem, row[column]].append(
                        {name: value for name, value in row.items() if name not in WORDS and not name.endswith("_naam")}
                    )
    return found


def choices(folder: Path = SEEDS) -> dict[str, str]:
    """Name every version of a definition or list.

    Args:
        folder: Folder of the seeds.

    Returns:
        What each says, by name; first the versions that nobody decided to count by, and that are there to be asked for.
    """
    rows: list[tuple[bool, str, str]] = []
    for seed, (_, column) in THINGS.items():
        with seed_file(seed, folder).open(encoding="utf-8", newline="") as lines:
            rows += [(bool(row["geldig_vanaf"]), row[column], row["omschrijving"]) for row in csv.DictReader(lines)]
    return {name: told for _, name, told in sorted(rows)}


def named(text: str) -> list[str]:
    """Read names of versions as a person writes them: with spaces or commas between them.

    Args:
        text: The names.
    """
    return text.replace(",", " ").split()


def remember(con: duckdb.DuckDBPyConnection, number: int, chosen: Iterable[str], folder: Path = SEEDS) -> None:
    """Keep the rows that decided about a publication, as far as they are not kept yet.

    Args:
        con: Connection to the ledger.
        number: Number of the publication.
        chosen: The versions of definitions and lists, and the decisions, that held.
        folder: Folder of the seeds.
    """
    kept = {(name, version, line) for name, version, line, _ in con.execute(KNOWN).fetchall()}
    used = set(chosen)
    new = {
        (name, version, line)
        for (name, version), rows in in_lists(folder).items()
        if version in used
        for line in map(_line, rows)
    } - kept
    if new:
        con.executemany("insert into versieregel values (?, ?, ?, ?)", [(number, *row) for row in sorted(new)])


def check(ledger: Path, folder: Path = SEEDS) -> int:
    """Hold the lists against what was published by them.

    Where a code that is absent is unknown, and leaves figures open, one may be added; where a row that is absent
    decides too, as a provision of law that is not in the list, a row more is another version. Which is which says the
    list of versions (`mag_groeien`).

    Args:
        ledger: The ledger; one that does not exist yet has published nothing.
        folder: Folder of the seeds.

    Returns:
        The number of published rows that were looked at.

    Raises:
        VersionError: A row that was published was changed or removed, or one was added where that decides; or a year
            has more than one version that is known from the same day, or none.
    """
    check_years(folder)
    if not ledger.exists():
        return 0
    with open_database(ledger, read_only=True) as con:
        if not con.execute("select 1 from duckdb_tables() where table_name = 'versieregel'").fetchall():
            return 0
        rows = con.execute(KNOWN).fetchall()
    published: dict[tuple[str, str], list[tuple[Row, int]]] = defaultdict(list)
    for name, version, line, number in rows:
        published[name, version].append((json.loads(line), number))
    now = in_lists(folder)
    growing = {row["lijst_versie"] for rows in now.values() for row in rows if row.get("mag_groeien") == "true"}
    told = [
        message
        for (name, version), lines in sorted(published.items())
        # A decision about norms may be completed: a year or an indicator without a row had no norm.
        for message in _differences(
            name, version, lines, now.get((name, version), []), may_grow=name == "norm" or version in growing
        )
    ]
    if told:
        raise VersionError("\n".join(told))
    return len(rows)


def check_years(folder: Path = SEEDS) -> int:
    """See to it that for each year exactly one version holds.

    A version that is known later goes before in its own years, and leaves the others to those before it. So what is
    known first holds for all years, and what is known from one day neither overlaps nor leaves a year between.

    Args:
        folder: Folder of the seeds.

    Returns:
        The number of versions that were looked at.

    Raises:
        VersionError: Two versions hold for the same year, or none does.
    """
    seen, told = 0, list[str]()
    lists = in_lists(folder)
    for name, (thing, column) in THINGS.items():
        of_a_day: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
        for row in (row for (file, _), rows in lists.items() if file == name for row in rows):
            seen += 1
            try:
                first, last = (int(row.get(year) or bound) for year, bound in zip(YEARS, (FIRST, LAST), strict=True))
            except ValueError:
                told.append(f"{row[column]} heeft in jaar_van of jaar_tot iets anders dan een jaar")
                continue
            if first > last:
                told.append(f"{row[column]} geldt vanaf {first} en tot en met {last}")
            elif row["geldig_vanaf"]:
                of_a_day[row[thing], row["geldig_vanaf"]].append((first, last, row[column]))
        earliest = {what: min(day for other, day in of_a_day if other == what) for what, _ in of_a_day}
        for (what, day), spans in sorted(of_a_day.items()):
            told += _between(sorted(spans))
            if day == earliest[what]:
                told += _outside(sorted(spans))
    if told:
        raise VersionError(
            "voor welk jaar welke versie geldt is niet zeker: " + "; ".join(told) + ". Herstel jaar_van en jaar_tot in "
            f"{seed_file('definitie').relative_to(ROOT)} of {seed_file('lijst_versie').relative_to(ROOT)}: van wat op "
            "dezelfde dag bekend is, geldt voor elk jaar een versie, en wat het eerst bekend is, geldt samen voor alle "
            "jaren"
        )
    return seen


def _between(spans: list[tuple[int, int, str]]) -> Iterable[str]:
    """Tell where versions of one day, in the order of their years, overlap or leave years between them."""
    for (_, last, one), (first, _, other) in pairwise(spans):
        if first <= last:
            both = f"{first}" if first != FIRST else "de eerste jaren"
            yield f"{one} en {other} zijn vanaf dezelfde dag bekend en gelden beide voor {both}"
        elif first > last + 1:
            yield f"tussen {one} en {other} geldt er geen voor {last + 1}"


def _outside(spans: list[tuple[int, int, str]]) -> Iterable[str]:
    """Tell which years, before or after, have no version at all."""
    first, last = spans[0], max(spans, key=lambda span: span[1])
    if first[0] != FIRST:
        yield f"voor {first[0]} geldt er geen: {first[2]} is de eerste"
    if last[1] != LAST:
        yield f"na {last[1]} geldt er geen: {last[2]} is de laatste"


def _differences(
    name: str, version: str, published: list[tuple[Row, int]], now: list[Row], may_grow: bool
) -> list[str]:
    left = list(now)
    told = []
    for row, number in published:
        same = next((each for each in left if _agree(row, each)), None)
        if same is not None:
            left.remove(same)
        # A list that got a column since has the same row in the ledger twice, with and without it.
        elif not any(_agree(row, each) for each in now):
            told.append(_told(name, version, number, "is daarna gewijzigd of verwijderd", row))
    if left and not told and not may_grow:
        first = min(number for _, number in published)
        told.append(_told(name, version, first, "heeft er daarna een rij bij gekregen", left[0]))
    return told


def _agree(published: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether a row says what it said, in the columns that are still there."""
    return all(now[column] == value for column, value in published.items() if column in now) and all(
        now.get(column, "") == published.get(column, "") for column in YEARS
    )


def _told(name: str, version: str, number: int, what: str, row: Row) -> str:
    file = seed_file(name).relative_to(ROOT)
    column = _version_column(row) or "lijst_versie"
    shown = ", ".join(value for value in row.values() if value)
    return (
        f"{file}: versie {version} is gebruikt in publicatie {number} en {what} ({shown}). Zet de lijst terug zoals "
        f"zij was, en {INSTEAD[column]}"
    )


def _version_column(columns: Iterable[str]) -> str | None:
    there = list(columns)
    return next((column for column in INSTEAD if column in there), None)


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)
