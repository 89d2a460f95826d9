"""The trial of tonight's deliveries: what breaks a rule further on is held, and with the rest the night goes on.

The border in judges a delivery by itself. Further on it can still break a test of a model, stop a model, or break a
rule of the border out. The new sets of the registrations behind that are then held, and the warehouse is built once
more; what turns out to have no part in it is let in again. Only what fails with nothing new behind it stops the night.
Which rules there are, and how a warehouse is built, stands elsewhere.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from orchestration import faults, register
from orchestration.building import PRESENT, Builder, BuildError, Outcome
from orchestration.locking import open_database, open_warehouse
from orchestration.paths import BuildPaths, DataPaths
from orchestration.progress import OUTCOME, step
from orchestration.publishing import published_verdicts
from orchestration.recording import Recording
from orchestration.validation import Finding, validate_marts

log = logging.getLogger(__name__)

LEG = "op proef"
# Sources that are no registration: the register of deliveries, and the ledger.
REGISTER, LEDGER = "leveringen", "publicaties"
SHOWN_ROWS, SHOWN_RULES, MOST_ROWS = 3, 3, 1000
# Columns of which no value is delivered text; another text or number of a thing may be. What a test itself has
# to say of what is wrong it calls `ontbreekt`.
OUR_NAMES = (
    "levering_nr",
    "record_nr",
    "registratie",
    "extract",
    "indicator_code",
    "agenda_code",
    "telmodel",
    "regel_code",
    "ontbreekt",
)
# What is said of a query that cannot be, and so of our own code: it quotes no value.
ABOUT_THE_QUERY = ("Binder Error", "Catalog Error", "Parser Error", "Spark kan de query niet lezen")
# The registrations behind a value of a row, by the column in which it stands.
BEHIND = {
    "registratie": "select unnest($values), unnest($values)",
    "levering_nr": """select levering_nr, registratie from raw.leveringen.levering
        where list_contains($values, levering_nr)""",
    "indicator_code": """select distinct indicator_code, registratie from marts.fct_herkomst
        where list_contains($values, indicator_code)""",
}

Marts = Iterable[tuple[str, Finding]]


@dataclass(frozen=True)
class Broken:
    """Something that does not hold in a warehouse.

    Args:
        told: What, in Dutch; without delivered text.
        registrations: The registrations that can be behind it; None where any can.
        whole: The same in the words of whoever found it, for who has to mend the project; it may quote a mart.
    """

    told: str
    registrations: frozenset[str] | None
    whole: str


@dataclass(frozen=True)
class Held:
    """A delivery that was held on trial.

    Args:
        delivery: The delivery.
        told: What it broke, in Dutch.
    """

    delivery: register.Row
    told: str

    @property
    def reason(self) -> str:
        """Why it is held, as the register has it."""
        return f"op proef niet doorstaan: {self.told}"


@dataclass(frozen=True)
class Tried:
    """What came of building the present.

    Args:
        outcomes: The outcome of every seed, model and test.
        findings: The mart and the finding of every rule of the border out; empty where a model failed.
        broken: What does not hold, so that the warehouse that stands was not replaced; empty where all is well.
        held: The deliveries that were held for it.
    """

    outcomes: Sequence[Outcome]
    findings: Sequence[tuple[str, Finding]]
    broken: Sequence[Broken] = ()
    held: Sequence[Held] = ()


def build_on_trial(
    paths: DataPaths,
    first: Callable[[Builder], object],
    judge: Callable[[duckdb.DuckDBPyConnection], Marts] = validate_marts,
) -> Tried:
    """Build the warehouse of the present, and put it in the place of the one that stands when all of it holds.

    Args:
        paths: The data folder.
        first: What has to be asked of the new warehouse before the present.
        judge: Tests the marts of a warehouse.

    Returns:
        What came of it. Where nothing could be put in place, the warehouse that failed stands beside the one that
        stays, with the rows that break a test, and no delivery is held. It also stands there where one was.
    """
    there = BuildPaths(paths.data)
    there.failed.unlink(missing_ok=True)
    published = published_verdicts(paths)
    _end_of_an_earlier_trial(paths, published)
    on_trial = _on_trial(paths, published)
    tried = _attempt(there, first, judge)
    held: dict[str, list[Held]] = {}
    while tried.broken:
        there.warehouse.replace(there.failed)
        blamed = _blamed(tried.broken, on_trial.keys() - held.keys())
        if not blamed:
            _let_in(paths, _all(held))
            return tried
        for registration, told in blamed.items():
            step(LEG, what=f"zonder wat er nieuw is van {registration}")
            held[registration] = [Held(delivery, told) for delivery in on_trial[registration]]
            _hold(paths, held[registration])
        tried = _attempt(there, _nothing, judge)
    if held:
        _let_in_the_innocent(paths, held, lambda: _attempt(there, _nothing, judge))
        # The days before this one are written down for good, so they wait for what is in force after all.
        tried = _attempt(there, first, judge)
    if tried.broken:
        there.warehouse.replace(there.failed)
        _let_in(paths, _all(held))
        return tried
    there.warehouse.replace(paths.warehouse)
    return replace(tried, held=_all(held))


def _all(held: Mapping[str, Sequence[Held]]) -> list[Held]:
    return [each for deliveries in held.values() for each in deliveries]


def _nothing(_: Builder) -> None:
    """Ask nothing before the present."""


def _attempt(
    there: BuildPaths, first: Callable[[Builder], object], judge: Callable[[duckdb.DuckDBPyConnection], Marts]
) -> Tried:
    builder = Builder(there)
    try:
        first(builder)
        builder.answer(PRESENT)
    except faults.TELLING as error:
        if not isinstance(error, BuildError):
            # Not a model but the machine: what stands there half would only take the room that lacks.
            builder.clear()
            raise
        stopped = [outcome for outcome in builder.outcomes if outcome.status in ("gefaald", "fout")]
        return Tried(builder.outcomes, (), [_broken_node(there, builder.recording, outcome) for outcome in stopped])
    step("grens uit")
    with open_warehouse(there) as con:
        findings = list(judge(con))
        broken = [
            _broken_rule(con, builder.recording, mart, finding)
            for mart, finding in findings
            if not finding.passed and finding.severity == "critical"
        ]
    return Tried(builder.outcomes, findings, broken)


def _broken_node(there: BuildPaths, recording: Recording, outcome: Outcome) -> Broken:
    node = outcome.node
    behind = _upstream(recording, node.id)
    if outcome.status == "fout":
        # What the database says of it may quote a value.
        kind = outcome.message.partition(":")[0] if ":" in outcome.message[:40] else "fout"
        told = f"model {node.name} kan niet worden gebouwd ({kind})"
        return Broken(told, behind, f"model {node.name}: {outcome.message}" if kind in ABOUT_THE_QUERY else told)
    schema, name = node.relation
    with open_warehouse(there) as con:
        found = con.execute(f'from "{schema}"."{name}" limit {MOST_ROWS}')
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        evidence = _evidence(con, rows)
    told = f"regel {node.name}: {_rows_told(outcome.failures, rows)}"
    return Broken(told, evidence or behind, told)


def _broken_rule(con: duckdb.DuckDBPyConnection, recording: Recording, mart: str, finding: Finding) -> Broken:
    node = next(node.id for node in recording.nodes if node.relation == ("marts", mart))
    behind = _evidence(con, finding.examples) or _upstream(recording, node)
    name = f"grens uit, {mart}.{finding.name}"
    return Broken(
        f"{name}: {_rows_told(finding.unexpected_count, finding.examples)}", behind, f"{name}: {finding.found}"
    )


def _rows_told(number: int, rows: Sequence[Mapping[str, Any]]) -> str:
    """How many rows break a rule, and of the first ones what cannot be text that was delivered."""
    shown = [{name: value for name, value in row.items() if _may_be_shown(name, value)} for row in rows[:SHOWN_ROWS]]
    told = "; ".join(", ".join(f"{name} {value}" for name, value in row.items()) for row in shown if row)
    return f"{number} {'rij voldoet' if number == 1 else 'rijen voldoen'} niet{f' ({told})' if told else ''}"


def _may_be_shown(column: str, value: Any) -> bool:
    """Whether a value is a place, a name of our own, a number or a day, and not the number of a thing."""
    is_ours = column in OUR_NAMES or (not column.endswith("_nr") and not isinstance(value, str))
    return value is not None and is_ours


def _evidence(con: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]) -> frozenset[str] | None:
    """The registrations that the rows themselves name, each of them one; None where they do not."""
    for column, query in BEHIND.items():
        values = {row.get(column) for row in rows}
        if values and None not in values:
            found = con.execute(query, {"values": list(values)}).fetchall()
            return frozenset(name for _, name in found) if {value for value, _ in found} == values else None
    return None


def _upstream(recording: Recording, name: str) -> frozenset[str] | None:
    """The registrations that a node rests on; None where it rests on the register of all deliveries only."""
    reads = {node.id: node.depends_on for node in recording.nodes}
    ahead, seen = [name], set[str]()
    while ahead:
        each = ahead.pop()
        if each not in seen:
            seen.add(each)
            ahead += reads.get(each, ())
    sources = {each.split(".")[-2] for each in seen if each.startswith("source.")}
    registrations = frozenset(sources - {REGISTER, LEDGER})
    return None if REGISTER in sources and not registrations else registrations


def _end_of_an_earlier_trial(paths: DataPaths, published: Mapping[int, str]) -> None:
    """Undo what a night held that was killed before it published: whether that was to blame, it never found out."""
    with open_database(paths.raw) as con:
        for row in register.deliveries(con):
            if row.verdict == "aangehouden" and published.get(row.number) != "aangehouden":
                register.take_back(con, row.number, register.BY_TRIAL)


def _on_trial(paths: DataPaths, published: Mapping[int, str]) -> dict[str, list[register.Row]]:
    """The deliveries on which no publication has rested yet, by registration."""
    on_trial: dict[str, list[register.Row]] = {}
    with open_database(paths.raw, read_only=True) as con:
        for row in register.not_yet_published(con, published):
            on_trial.setdefault(row.registration, []).append(row)
    return on_trial


def _blamed(broken: Iterable[Broken], on_trial: Collection[str]) -> dict[str, str]:
    """What each registration with something new can be behind."""
    told: dict[str, list[str]] = {}
    for each in broken:
        for registration in on_trial if each.registrations is None else each.registrations & set(on_trial):
            told.setdefault(registration, []).append(each.told)
    return {name: _listed(reasons) for name, reasons in sorted(told.items())}


def _listed(reasons: Sequence[str]) -> str:
    more = len(reasons) - SHOWN_RULES
    return "; ".join(reasons[:SHOWN_RULES]) + (f"; en {more} andere regels" if more > 0 else "")


def _hold(paths: DataPaths, deliveries: Iterable[Held]) -> None:
    with open_database(paths.raw) as con, register.whole(con):
        for each in deliveries:
            log.warning("levering %s aangehouden: %s", each.delivery.number, each.reason, extra=OUTCOME)
            register.decide(con, each.delivery.number, "aangehouden", each.reason, register.BY_TRIAL)


def _let_in(paths: DataPaths, deliveries: Iterable[Held]) -> None:
    """Undo what was held; nothing was ever published on it, so that it is no part of the history."""
    with open_database(paths.raw) as con, register.whole(con):
        for each in deliveries:
            register.take_back(con, each.delivery.number, register.BY_TRIAL)


def _let_in_the_innocent(paths: DataPaths, held: dict[str, list[Held]], again: Callable[[], Tried]) -> None:
    """Let in again, one after the other, the registrations with which the warehouse holds as well."""
    for registration in list(held) if len(held) > 1 else ():
        deliveries = held.pop(registration)
        step(LEG, what=f"{registration} er weer bij")
        _let_in(paths, deliveries)
        if again().broken:
            _hold(paths, deliveries)
            held[registration] = deliveries
