"""How an extract stands with its supplier: what of it waits for somebody, and since when the next delivery is late.

Read from the register and from what is published, for whoever shows it; nothing is decided here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb

from orchestration import figures, register
from orchestration.clock import now
from orchestration.declarations import Extract
from orchestration.locking import open_database
from orchestration.paths import DataPaths
from orchestration.wording import counted

Key = tuple[str, str]

# How an extract stands, beside what the rules found in one delivery of it: by these its asset is green, yellow or red.
ADMITTED, IN_TIME = "toegelaten", "op_tijd"
# Where no publication can be read that says when the next delivery is due.
NOT_YET_DUE = "er is nog geen publicatie die zegt wanneer de volgende levering moet komen"


def checks_of(extract: Extract) -> dict[str, str]:
    """Name the checks that say how an extract stands, each with what it expects, in Dutch.

    Args:
        extract: The declaration.
    """
    return {
        ADMITTED: "Alles wat is geleverd telt mee: niets is geweigerd of aangehouden, en niets blijft liggen.",
        IN_TIME: f"De volgende levering komt op tijd: een ritme ({extract.cadence}) na de vorige, met wat speling.",
    }


@dataclass(frozen=True)
class Standing:
    """What to tell of one extract.

    Args:
        is_good: Whether nobody has to do anything.
        is_severe: Where somebody has to: whether a delivery is refused, and not only held or left.
        told: What is the matter and what to do, or what is in force, in Dutch.
        facts: What it rests on, by name.
    """

    is_good: bool
    told: str
    is_severe: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


def standings(con: duckdb.DuckDBPyConnection, extracts: Mapping[Key, Extract]) -> dict[Key, Standing]:
    """Say of each extract whether everything that was delivered counts, or a later delivery took its place.

    Args:
        con: Connection to `raw.duckdb`.
        extracts: The declared extracts.

    Returns:
        For each extract what is the matter: its deliveries that are refused or held, and the files of its registration
        that are no delivery; where there are none, its newest admitted delivery.
    """
    rows = register.deliveries(con)
    admitted = {(row.registration, row.extract): row for row in rows if row.verdict == "toegelaten"}
    opened = register.still_open(con)
    left = con.execute("select registratie, bestand, reden from leveringen.blijft_liggen order by all").fetchall()
    refused_sets = {row.set_number for row in opened if row.verdict == "geweigerd"}
    found: dict[Key, Standing] = {}
    for key in extracts:
        mine = [row for row in opened if (row.registration, row.extract) == key]
        lines = [
            f"{row.verdict} levering {row.number} {row.file}: {row.reason}. {'; '.join(what_to_do(row, refused_sets))}"
            for row in mine
        ]
        lines += [f"blijft liggen {file}: {reason}" for registration, file, reason in left if registration == key[0]]
        # As text: Dagster draws a line through numbers.
        number = sum((row.registration, row.extract) == key for row in rows)
        facts = {"bekeken": counted(number, "levering", "leveringen")}
        if newest := admitted.get(key):
            facts |= {"nieuwste_toegelaten": str(newest.number), "bestand": newest.file}
        if lines:
            severe = any(row.verdict == "geweigerd" for row in mine)
            found[key] = Standing(False, " | ".join(lines), severe, facts)
        elif newest:
            counts = f"{counted(newest.loaded or 0, 'record', 'records')}, stand {_day(newest.stand_datum)}"
            told = f"levering {newest.number} is toegelaten: {counts}"
            found[key] = Standing(True, told, facts=facts)
        else:
            found[key] = Standing(True, "er is nog niets geleverd", facts=facts)
    return found


def what_to_do(row: register.Row, refused_sets: Collection[int]) -> list[str]:
    """Say in Dutch what a person can do about a delivery that was not admitted.

    Args:
        row: The delivery.
        refused_sets: Sets of which a delivery was refused: beside a refused partner none can be accepted.
    """
    if row.verdict != "aangehouden" or row.set_number in refused_sets:
        return [f"na herstel opnieuw aanbieden: make offer LEVERING={row.number}"]
    decide = f'LEVERING={row.number} REDEN="..."'
    told = [f"klopt het zo: make accept {decide}", f"klopt het niet: make refuse {decide}"]
    if row.by != register.BY_TRIAL:
        return told
    # A rule further on is broken by what came in, or by a change of the project that met it first here.
    mended = "ligt het aan het project (model, lijst of regel): herstel dat, en bied opnieuw aan:"
    return [f"{mended} make offer LEVERING={row.number}", *told]


@dataclass(frozen=True)
class NextDelivery:
    """When the next delivery of an extract is due.

    Args:
        key: Registration and extract.
        supplier: Who delivers it.
        cadence: How often.
        received: Day on which the newest admitted delivery was received; None where there is none.
        before: Last day on which the next one is in time; None where none is expected, as after invented deliveries.
    """

    key: Key
    supplier: str
    cadence: str
    received: date | None
    before: date | None

    def is_late(self, today: date) -> bool:
        """Whether the day has passed."""
        return self.before is not None and self.before < today

    def told(self, today: date) -> str:
        """Say it in Dutch."""
        if self.received is None:
            return "er is nog niets toegelaten, zodat er geen ritme is om aan te houden"
        if self.before is None:
            return figures.NOTHING_FOLLOWS
        if not self.is_late(today):
            return f"de volgende levering is op tijd tot en met {_day(self.before)} (ritme: {self.cadence})"
        return (
            f"{self.supplier} is te laat: verwacht voor {_day(self.before)}, de nieuwste toegelaten levering is "
            f"ontvangen op {_day(self.received)} (ritme: {self.cadence})"
        )


def next_deliveries(paths: DataPaths) -> list[NextDelivery]:
    """Read from the published file when each next delivery is due; nothing where none is published yet.

    Args:
        paths: The data folder.

    Returns:
        One row per extract, by name.
    """
    if not paths.published.exists():
        return []
    try:
        with open_database(paths.published, read_only=True) as con:
            rows = con.execute(
                """select registratie, extract, leverancier, levering_ritme, ontvangen_datum, verwacht_voor
                from marts.dim_extract order by registratie, extract"""
            ).fetchall()
    except duckdb.Error:
        # A file of an earlier release does not say, and neither does a damaged one: that it is, is told elsewhere.
        return []
    return [NextDelivery((registration, extract), *rest) for registration, extract, *rest in rows]


def told_late(paths: DataPaths) -> list[str]:
    """Say in Dutch which deliveries are late today, one sentence each.

    Args:
        paths: The data folder.
    """
    today = now().date()
    return [f"{'/'.join(each.key)}: {each.told(today)}" for each in next_deliveries(paths) if each.is_late(today)]


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"
