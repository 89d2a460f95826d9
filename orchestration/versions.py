"""Versions of definitions, lists and decisions: what was published by one stays as it was.

A figure says by which versions it was made; that means something only while a version is what it was then. Each row
that decided about a publication is kept in the ledger, and held against the lists before anything is built. Words for
people (names, sources, descriptions) decide nothing and may be mended. Which version holds is chosen in the models.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from orchestration.locking import open_database
from orchestration.paths import ROOT, SEEDS, seed_file

# The column that names the version of a row, and what to do instead of editing it.
INSTEAD = {
    "lijst_versie": (
        "maak een nieuwe versie: een rij in lijst_versie.csv met de dag vanaf wanneer zij bekend is (geldig_vanaf), "
        "en de hele lijst opnieuw met die versie in de kolom lijst_versie"
    ),
    "definitie_versie": (
        "maak een nieuwe versie: een rij in definitie.csv met een eigen definitie_versie en de dag vanaf wanneer zij "
        "bekend is (geldig_vanaf), met haar parameters"
    ),
    "besluit_code": "een later besluit is een eigen rij in besluit.csv, met de normen die het stelt in norm.csv",
}
WORDS = ("omschrijving", "bron", "eigenaar", "orgaan", "kanttekening")
# A publication that was broken off was never seen.
KNOWN = """select lijst, versie, regel, min(publicatie_nr) from versieregel
where publicatie_nr not in (select publicatie_nr from gebeurtenis where soort = 'afgebroken') group by all"""

Row = dict[str, str]
Versions = dict[tuple[str, str], list[Row]]


class VersionError(RuntimeError):
    """A version by which something was published is not what it was; the message says which row and what to do."""


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
    for seed, column in (("definitie", "definitie_versie"), ("lijst_versie", "lijst_versie")):
        with seed_file(seed, folder).open(encoding="utf-8", newline="") as lines:
            rows += [(bool(row["geldig_vanaf"]), row[column], row["omschrijving"]) for row in csv.DictReader(lines)]
    return {name: told for _, name, told in sorted(rows)}


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
        VersionError: A row that was published was changed or removed, or one was added where that decides.
    """
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


def _differences(
    name: str, version: str, published: list[tuple[Row, int]], now: list[Row], may_grow: bool
) -> list[str]:
    left = list(now)
    told = []
    for row, number in published:
        same = next((each for each in left if _agree(row, each)), None)
        if same is None:
            told.append(_told(name, version, number, "is daarna gewijzigd of verwijderd", row))
        else:
            left.remove(same)
    if left and not told and not may_grow:
        first = min(number for _, number in published)
        told.append(_told(name, version, first, "heeft er daarna een rij bij gekregen", left[0]))
    return told


def _agree(published: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether a row says what it said, in the columns that are still there."""
    return all(now[column] == value for column, value in published.items() if column in now)


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
