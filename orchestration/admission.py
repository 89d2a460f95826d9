"""The border in: takes each delivery set from the inbox to its verdict; it decides about one set, not about the night.

A set is loaded as candidate, checked, and then admitted, refused, or held because a partner was refused. What is
refused stays in the inbox and in the register, out of force, and can be offered again. How a file is read, and how an
expectation is tested, stands elsewhere.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration import register
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery, DeliverySet, Waiting, find_deliveries, received_now
from orchestration.loading import RefusedError, checksum, load, prepare_table, prepared
from orchestration.pseudonyms import DEMO_KEY, KEY_SETTING, Key
from orchestration.validation import Finding, validate_extract

log = logging.getLogger(__name__)

CANDIDATES = "kandidaat"
Judge = Callable[[duckdb.DuckDBPyConnection, Extract], Sequence[Finding]]


@dataclass
class Arrivals:
    """What one night did at the border in.

    Args:
        numbers: levering_nr of every delivery that got a verdict now.
        waiting: Files left for a later night.
        seen: Number of files looked at.
    """

    numbers: list[int] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    seen: int = 0


@dataclass
class _Candidate:
    delivery: Delivery
    number: int
    verdict: str | None = None
    refused: str | None = None
    is_new: bool = False


def admit_deliveries(
    con: duckdb.DuckDBPyConnection,
    inbox: Path,
    scratch: Path,
    extracts: Mapping[tuple[str, str], Extract],
    key: Key | None,
    judge: Judge = validate_extract,
) -> Arrivals:
    """Take every new delivery in the inbox to its verdict.

    Args:
        con: Connection to `raw.duckdb`, writable.
        inbox: Folder with one subfolder per registration.
        scratch: Private folder for transcoded copies.
        extracts: The declared extracts; those left out are not looked at.
        key: Key for real personal data; None where none is set.
        judge: Tests the candidate view of an extract.

    Returns:
        What was decided and what was left.
    """
    register.prepare(con)
    con.execute(f"attach if not exists ':memory:' as {CANDIDATES}")
    for extract in extracts.values():
        prepare_table(con, extract)
    sets, waiting = find_deliveries(inbox, extracts)
    arrivals = Arrivals(waiting=waiting, seen=sum(len(item.deliveries) for item in sets) + len(waiting))
    for item in sets:
        _admit_set(con, item, scratch, key, judge, arrivals)
    for left in arrivals.waiting:
        log.warning("%s blijft liggen: %s", left.file.name, left.reason)
    return arrivals


def offer_again(con: duckdb.DuckDBPyConnection, number: int, by: str) -> register.Row:
    """Let the next night load a refused delivery once more, for instance after a mended declaration.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        by: Who asks.

    Returns:
        The delivery.

    Raises:
        ValueError: There is no such delivery, or it is not refused or held.
    """
    register.prepare(con)
    rows = register.deliveries(con, [number])
    if not rows:
        raise ValueError(f"levering {number} bestaat niet")
    if rows[0].verdict not in ("geweigerd", "aangehouden"):
        raise ValueError(f"levering {number} is {rows[0].verdict}; alleen wat geweigerd of aangehouden is kan opnieuw")
    register.decide(con, number, "opnieuw_aangeboden", None, by)
    return rows[0]


def _admit_set(
    con: duckdb.DuckDBPyConnection,
    item: DeliverySet,
    scratch: Path,
    key: Key | None,
    judge: Judge,
    arrivals: Arrivals,
) -> None:
    known = [register.find_file(con, delivery) for delivery in item.deliveries]
    if all(found and found.verdict for found in known):
        return
    candidates = []
    for delivery in item.deliveries:
        used_key = DEMO_KEY if delivery.is_demo else key
        if delivery.extract.personal_columns and used_key is None:
            reason = f"bevat persoonsgegevens en {KEY_SETTING} is niet gezet; zet de sleutel en draai opnieuw"
            arrivals.waiting += [Waiting(delivery.file, reason)]
            return
        candidates.append(_as_candidate(con, received_now(delivery, register.now()), scratch, used_key))
    if not any(candidate.is_new or candidate.verdict is None for candidate in candidates):
        return
    _judge_set(con, candidates, judge)
    arrivals.numbers += [candidate.number for candidate in candidates if candidate.verdict != "toegelaten"]


def _as_candidate(con: duckdb.DuckDBPyConnection, delivery: Delivery, scratch: Path, key: Key | None) -> _Candidate:
    """Load a delivery, or recognise it as one that is known."""
    found = register.find_file(con, delivery)
    sha256 = None if found else checksum(delivery.file)
    found = found or register.find_content(con, delivery, sha256 or "")
    if found:
        refused = found.reason if found.verdict in ("geweigerd", "ingetrokken") else None
        return _Candidate(delivery, found.number, found.verdict, refused)
    fingerprint = key.fingerprint if key and delivery.extract.personal_columns else None
    mixed = register.other_key(con, delivery.extract.registration, delivery.is_demo, fingerprint)
    log.info("%s: laden", delivery.shown)
    con.execute("begin")
    try:
        if mixed:
            raise RefusedError(f"{delivery.shown}: {mixed}")
        with prepared(delivery, scratch) as source:
            number = register.add_delivery(con, delivery, source.sha256, fingerprint, register.now())
            loaded = load(con, delivery, number, source, key)
            register.add_counts(con, number, source.headings, loaded.records - loaded.set_aside, loaded.set_aside)
            register.add_periods(con, number, loaded.periods)
        con.execute("commit")
    except RefusedError as error:
        con.execute("rollback")
        number = register.add_delivery(con, delivery, sha256 or "", fingerprint, register.now())
        return _Candidate(delivery, number, refused=str(error), is_new=True)
    except BaseException:
        con.execute("rollback")
        raise
    limit = delivery.extract.max_set_aside_pct
    refused = None
    if loaded.set_aside_pct > limit:
        refused = (
            f"{delivery.shown}: {loaded.set_aside} van {loaded.records} records ({loaded.set_aside_pct:.1f}%) "
            f"passen niet, meer dan de afgesproken {limit}%; zie leveringen.apartgezet voor record, kolom en reden"
        )
    return _Candidate(delivery, number, refused=refused, is_new=True)


def _judge_set(con: duckdb.DuckDBPyConnection, candidates: list[_Candidate], judge: Judge) -> None:
    readable = not any(candidate.refused for candidate in candidates)
    if readable:
        for candidate in candidates:
            _show_candidate(con, candidate)
        for candidate in candidates:
            findings = judge(con, candidate.delivery.extract)
            register.add_findings(con, candidate.number, [finding.as_mapping() for finding in findings])
            broken = [finding for finding in findings if not finding.passed and finding.severity == "critical"]
            if broken:
                candidate.refused = "; ".join(f"{finding.name}: {finding.found}" for finding in broken)
    partners = [candidate for candidate in candidates if candidate.refused]
    for candidate in candidates:
        if candidate.verdict == "toegelaten":
            continue
        if candidate.refused:
            register.decide(con, candidate.number, "geweigerd", candidate.refused, "grens_in")
            log.error("%s geweigerd: %s", candidate.delivery.shown, candidate.refused)
        elif partners:
            names = ", ".join(partner.delivery.extract.name for partner in partners)
            reason = f"hoort bij {names}, dat geweigerd is"
            register.decide(con, candidate.number, "aangehouden", reason, "grens_in")
            log.warning("%s aangehouden: %s", candidate.delivery.shown, reason)
        else:
            register.decide(con, candidate.number, "toegelaten", None, "grens_in")
            log.info("%s toegelaten", candidate.delivery.shown)


def _show_candidate(con: duckdb.DuckDBPyConnection, candidate: _Candidate) -> None:
    extract = candidate.delivery.extract
    columns = ", ".join(f'rij."{column.name}"' for column in extract.columns)
    con.execute(
        f"""create or replace view {CANDIDATES}."{extract.name}" as
        select rij.levering_nr, rij.record_nr, date '{candidate.delivery.stand_datum}' as stand_datum, {columns}
        from raw.{extract.table} as rij where rij.levering_nr = {candidate.number}"""
    )
