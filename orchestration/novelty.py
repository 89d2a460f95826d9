"""Whether a night has anything to do: on what its outcome depends, and what of that changed since the last whole one.

This is the one place that decides it; the command line, the schedule and the sensor ask here. What changed is done
elsewhere, and so is finding out whether a file is a delivery. Looking costs a fraction of a second, so nothing heavy is
imported here.
"""

import hashlib
import json
import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration import checksums, faults
from orchestration.clock import SUMMER_TIME
from orchestration.locking import open_database
from orchestration.paths import EXPECTATIONS, ROOT, SEEDS, DataPaths
from orchestration.pseudonyms import key_from_environment
from orchestration.register import now
from orchestration.rights import keep_inbox_private

UNFINISHED = ".part"
MODELS = ("dbt_project", "dbt_project.yml", "profiles.yml")
PROGRAM = ("orchestration",)
# The days on which something began to be known: a delivery that is or was in force, or a verdict about one. It is the
# present's own rule (`base_leveringen__peildatum`), without the clock.
KNOWN_DAYS = """
with besluiten as (
    select *, lead(geldt_vanaf) over (partition by levering_nr order by geldt_vanaf, vastgelegd_op) as volgende
    from leveringen.oordeel
),
ooit_van_kracht as (
    select levering_nr from besluiten where oordeel = 'toegelaten' and volgende is distinct from geldt_vanaf
)
select ontvangen_op::date as dag from leveringen.levering where levering_nr in (from ooit_van_kracht)
union
select geldt_vanaf::date from leveringen.oordeel where levering_nr in (from ooit_van_kracht)
order by dag
"""
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")

# What a night itself changes: it is taken when the night is done, and the rest as it was when the night began.
DELIVERIES = "leveringen"
DECISIONS = "besluiten over leveringen"
LEDGER = "grootboek"
PUBLISHED = "gepubliceerd bestand"
WAREHOUSE = "warehouse"
DAYS = "een dag die aanbrak"
EXPECTED, PROGRAM_ITSELF, INSTALLED = "verwachtingen", "programma", "bibliotheken"
MADE_BY_THE_NIGHT = (DECISIONS, LEDGER, PUBLISHED, WAREHOUSE, DAYS)


@dataclass(frozen=True)
class LastNight:
    """The last whole night, as it was written down.

    Args:
        publication: Name of the folder of the publication that holds since then.
        ended: When it ended.
        left: Files that were left lying, with the reason.
        inbox: Fingerprint of the inbox as it found it.
        day: The day of which it knew that it had come.
        published: When that publication was published, as its register of publications says; None where it does not.
    """

    publication: str
    ended: datetime
    left: tuple[str, ...]
    inbox: str
    day: date | None = None
    published: datetime | None = None


def ingredients(paths: DataPaths, today: date | None = None) -> dict[str, str]:
    """All that the outcome of a night depends on.

    Args:
        paths: The data folder.
        today: The day of the run; that of the clock where None.

    Returns:
        A fingerprint of each ingredient, by its name as people read it.
    """
    day = today or now().date()
    return {
        DELIVERIES: inbox(paths),
        DECISIONS: _stat(paths.raw),
        # What somebody changes here may look as it did, so it is read as a whole, which takes hundredths of a second.
        LEDGER: f"{_held(paths.ledger)} {_held(paths.anchor)}",
        PUBLISHED: _shown(paths.published),
        WAREHOUSE: _stat(paths.warehouse),
        "lijsten (seeds)": _content(SEEDS),
        "modellen": _content(*(ROOT / name for name in MODELS)),
        **loaded(),
        "sleutel voor persoonsgegevens": _key(),
        DAYS: _days_come(paths, day),
    }


def loaded() -> dict[str, str]:
    """The ingredients that a process reads when it starts, and not again when a night begins.

    Returns:
        A fingerprint of each, by its name as people read it.
    """
    return {
        EXPECTED: _content(EXPECTATIONS),
        PROGRAM_ITSELF: _content(*(ROOT / name for name in PROGRAM)),
        INSTALLED: _printed(_libraries()),
    }


def changed(paths: DataPaths, today: date | None = None) -> list[str]:
    """What changed since the last whole night.

    Args:
        paths: The data folder.
        today: The day of the run; that of the clock where None.

    Returns:
        Names of ingredients; empty where a night would do nothing. All of them where no night was whole yet.
    """
    seen = ingredients(paths, today)
    last = _read(_file(paths)).get("ingredienten", {})
    return [name for name, value in seen.items() if last.get(name) != value]


def begin(paths: DataPaths, run: str, started_with: Mapping[str, str] | None = None) -> None:
    """Write down what a night begins with, before it reads anything.

    Args:
        paths: The data folder.
        run: What tells this run from another.
        started_with: What was `loaded` when its process started; as it is now where None.
    """
    paths.data.mkdir(parents=True, exist_ok=True)
    day = now().date()
    _write(
        _begun(paths),
        {"run": run, "dag": day.isoformat(), "ingredienten": ingredients(paths, day) | dict(started_with or {})},
    )


def leave(paths: DataPaths, left: Iterable[str]) -> None:
    """Add to what was written down at the beginning which files the night left lying.

    Args:
        paths: The data folder.
        left: The files, each with the reason, as people read it.
    """
    if begun := _read(_begun(paths)):
        _write(_begun(paths), begun | {"blijft_liggen": list(left)})


def finish(paths: DataPaths, run: str) -> None:
    """Write down that a night is done, so that the next is spared where nothing changed.

    What came in while it ran is news for the next.

    Args:
        paths: The data folder.
        run: What tells this run from another; another than the one that began is not a whole night.
    """
    begun = _read(_begun(paths))
    if begun.get("run") != run:
        return
    # A day that comes while the night runs is news for the next.
    ended = ingredients(paths, date.fromisoformat(begun["dag"]))
    seen = begun["ingredienten"] | {name: ended[name] for name in MADE_BY_THE_NIGHT}
    _write(
        _file(paths),
        {
            "publicatie": paths.published.resolve().parent.name,
            "gepubliceerd": _published_at(paths),
            "dag": begun["dag"],
            "klaar": now().isoformat(timespec="seconds"),
            "blijft_liggen": begun.get("blijft_liggen", []),
            "ingredienten": seen,
        },
    )
    _begun(paths).unlink(missing_ok=True)


def last_night(paths: DataPaths) -> LastNight | None:
    """The last whole night; None where there was none.

    Args:
        paths: The data folder.
    """
    found = _read(_file(paths))
    try:
        last = LastNight(
            found["publicatie"],
            datetime.fromisoformat(found["klaar"]),
            tuple(map(str, found["blijft_liggen"])),
            found["ingredienten"].get(DELIVERIES, ""),
            # A note of before the day stood in it has the day on which that night ended.
            date.fromisoformat(found.get("dag", found["klaar"][:10])),
            datetime.fromisoformat(found["gepubliceerd"]) if found.get("gepubliceerd") else None,
        )
    except (KeyError, TypeError, ValueError):
        return None
    return last if last.publication.isdecimal() else None


def inbox(paths: DataPaths) -> str:
    """Fingerprint of what lies in the inbox: names, sizes and times of change.

    The files get their rights first: a run that gave them these later would make them look new by our own hand.

    Args:
        paths: The data folder.
    """
    keep_inbox_private(paths)
    return _printed(_look(paths.inbox))


def told(last: LastNight) -> str:
    """Say in one Dutch sentence that there is nothing to do."""
    moment = last.published or last.ended
    return f"niets nieuws sinds publicatie {int(last.publication)}, van {moment:%d-%m-%Y %H:%M}"


def behind(last: LastNight, moment: datetime | None = None) -> str | None:
    """Say in Dutch that the clock runs behind the last whole night; None where it does not.

    What was received after the moment that it tells is not believed, so a night would take figures back.

    Args:
        last: The last whole night.
        moment: The time on the clock; now where None.
    """
    moment = moment or now()
    if moment >= last.ended - SUMMER_TIME:
        return None
    return (
        f"de klok van deze machine ({moment:%d-%m-%Y %H:%M}) loopt achter op de vorige nacht "
        f"({last.ended:%d-%m-%Y %H:%M}, publicatie {int(last.publication)}); er is niets gedaan, en lezers zien die "
        "publicatie. Zet de klok goed. Is hij goed, en liep hij toen voor: make nightly OPNIEUW=1"
    )


def told_news(paths: DataPaths, news: Iterable[str], last: LastNight, today: date | None = None) -> str:
    """Say in Dutch what changed, and of days that came which.

    Args:
        paths: The data folder.
        news: Names of ingredients, as `changed` gives them.
        last: The last whole night.
        today: The day of the run; that of the clock where None.
    """
    names = list(news)
    if DAYS in names:
        day, since = today or now().date(), last.day or last.ended.date()
        named = {found for found in _days_named(paths) if since.isoformat() < found <= day.isoformat()}
        named |= {f"{year}-01-01" for year in range(since.year + 1, day.year + 1)}
        come = ", ".join("-".join(reversed(found.split("-"))) for found in sorted(named))
        # A list or delivery that names another day of the past is news itself.
        others = [name for name in names if name != DAYS]
        names = [*others, f"{DAYS} ({come})"] if come else others or [DAYS]
    return ", ".join(names)


def _published_at(paths: DataPaths) -> str | None:
    """When readers could see what they see now, as the published register has it."""
    with suppress(duckdb.Error, ValueError), open_database(paths.published, read_only=True) as con:
        # The name of the folder is the number. Without parameters: to bind one, DuckDB imports pandas.
        number = int(paths.published.resolve().parent.name)
        found = con.execute(
            f"select gepubliceerd_op from marts.fct_publicatie where publicatie_nr = {number}"
        ).fetchall()
        return found[0][0].isoformat(timespec="seconds") if found else None
    return None


def _file(paths: DataPaths) -> Path:
    return paths.data / "nacht.json"


def _begun(paths: DataPaths) -> Path:
    return paths.data / "nacht.begonnen.json"


def _read(file: Path) -> dict:
    """What stands in a file; nothing where it is absent or damaged, so that the next night does everything."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("ingredienten"), dict) else {}


def _write(file: Path, content: dict) -> None:
    """Whole or not at all: a reader may look at any moment."""
    fresh = file.with_name(file.name + ".nieuw")
    with faults.naming(fresh):
        fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(file)


def _look(inbox: Path) -> list[str]:
    """Every file of the inbox, also those that are no delivery: a person may have mended a name or a manifest.

    No link is followed. The time of change of a file's entry is the one that nobody can set: it tells a file from the
    one before it that has its size and age, and a right to read that was given. A copied data folder has others.
    """
    lines = []
    for folder, folders, files in os.walk(inbox):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        shown = Path(folder).relative_to(inbox).as_posix()
        lines += [f"{shown}/"]
        # A link to a folder is among the folders, and is not entered.
        names = [*files, *(name for name in folders if Path(folder, name).is_symlink())]
        lines += [
            f"{shown}/{name} {_entry(Path(folder, name))}"
            for name in sorted(names)
            if not name.startswith(".") and not name.endswith(UNFINISHED)
        ]
    return lines


def _entry(file: Path) -> str:
    try:
        found = file.lstat()
    except OSError:
        return "-"
    return f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}"


def _stat(file: Path) -> str:
    """Size and time of change of a database or file, and of what DuckDB did not fold into it yet."""
    parts = []
    for each in (file, file.with_name(file.name + ".wal")):
        try:
            found = each.stat()
            parts.append(f"{found.st_size}:{found.st_mtime_ns}")
        except OSError:
            parts.append("-")
    return " ".join(parts)


def _held(file: Path) -> str:
    """What is in a file, and whether DuckDB did not fold everything into it yet."""
    try:
        return f"{checksums.of_file(file)} {_stat(file.with_name(file.name + '.wal'))}"
    except OSError:
        return "-"


def _shown(link: Path) -> str:
    """What readers see: where the link points, and all that stands there."""
    return f"{link.readlink()} {checksums.of_folder(link.resolve().parent)}" if link.is_symlink() else "-"


def _content(*places: Path) -> str:
    digest = hashlib.sha256()
    for place in places:
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            # What an editor or a file browser leaves behind says nothing.
            if file.suffix != ".pyc" and not file.name.startswith(".") and file.is_file():
                digest.update(f"{file.relative_to(ROOT).as_posix()} {file.stat().st_size}\n".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _libraries() -> list[str]:
    """Python, and every installed library with its version, as the installer names their folders."""
    return [sys.version, *sorted(folder.name for folder in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))]


def _key() -> str:
    """Which key is set, and not what it is."""
    try:
        key = key_from_environment()
    except ValueError:
        return "onbruikbaar"
    return key.fingerprint if key else "geen"


def _days_come(paths: DataPaths, today: date) -> str:
    """The year, and how many of all the days that lists name, and on which deliveries become known, have come."""
    return f"{today.year}: {sum(day <= today.isoformat() for day in _days_named(paths))}"


def _days_named(paths: DataPaths) -> set[str]:
    days = {day for file in SEEDS.rglob("*.csv") for day in _DAY.findall(file.read_text(encoding="utf-8"))}
    # Of a raw that cannot be read, the run that this starts says what is the matter.
    with suppress(duckdb.Error):
        days |= _days_in_raw(paths)
    return days


def _days_in_raw(paths: DataPaths) -> set[str]:
    days: set[str] = set()
    if paths.raw.exists():
        with open_database(paths.raw, read_only=True) as con:
            tables = con.execute("select table_name from duckdb_tables() where schema_name = 'leveringen'").fetchall()
            if ("blijft_liggen",) in tables:
                rows = con.execute("select wacht_tot::varchar from leveringen.blijft_liggen").fetchall()
                days |= {day for (day,) in rows if day}
            if {("levering",), ("oordeel",)} <= set(tables):
                days |= {day.isoformat() for (day,) in con.execute(KNOWN_DAYS).fetchall()}
    return days


def _printed(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()
