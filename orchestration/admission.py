"""The border in: takes each delivery set from the inbox to its verdict; it decides about one set, not about the night.

A set is loaded as candidate, checked, and then admitted, refused, or held because a partner was refused; one that
repeats what was delivered before is no delivery. What is refused stays in the inbox and in the register, out of force.
How a file is read, how an expectation is tested, and what a person decides afterwards, stands elsewhere.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration import register
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery, DeliverySet, Waiting, find_deliveries
from orchestration.loading import load, prepare_table
from orchestration.progress import CAUTION, LEFT, OUTCOME, step
from orchestration.pseudonyms import DEMO_KEY, KEY_SETTING, Key
from orchestration.reading import RefusedError, checksum, ends_in_its_last_value, prepared
from orchestration.repetition import Past
from orchestration.validation import Finding, validate_extract

log = logging.getLogger(__name__)

CANDIDATES = "kandidaat"
# DuckDB divides a file by some millions of bytes, and a table by 122,880 rows.
DIVIDED_FROM_BYTES = 4_000_000
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
    refused: str | None = None
    findings: Sequence[Finding] | None = None


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
    # One checkpoint when the night is done, instead of one for every few deliveries.
    con.execute("set checkpoint_threshold = '1GB'")
    con.execute(f"attach if not exists ':memory:' as {CANDIDATES}")
    for extract in extracts.values():
        prepare_table(con, extract)
    sets, waiting = find_deliveries(inbox, extracts)
    arrivals = Arrivals(waiting=waiting, seen=sum(len(item.deliveries) for item in sets) + len(waiting))
    files = register.known_files(con)
    for number, item in enumerate(sets):
        step("leveringen", number, len(sets), item.deliveries[0].shown)
        known = [files.get(register.file_key(delivery)) for delivery in item.deliveries]
        if not all(found and found.is_settled for found in known):
            with _threads_for(con, item):
                _admit_set(con, item, known, scratch, key, judge, arrivals)
    step("leveringen", len(sets), len(sets))
    for left in arrivals.waiting:
        log.warning("%s/%s: %s", left.file.parent.name, left.file.name, left.reason, extra=LEFT)
    return arrivals


@contextmanager
def _threads_for(con: duckdb.DuckDBPyConnection, item: DeliverySet) -> Iterator[None]:
    """Let a set that is too small to be divided be handled by one thread; more only keep one another busy."""
    if sum(delivery.file.stat().st_size for delivery in item.deliveries) > DIVIDED_FROM_BYTES:
        yield
        return
    before = con.execute("select current_setting('threads')").fetchall()[0][0]
    con.execute("set threads = 1")
    try:
        yield
    finally:
        con.execute(f"set threads = {before}")


def _admit_set(
    con: duckdb.DuckDBPyConnection,
    item: DeliverySet,
    known: Sequence[register.KnownFile | None],
    scratch: Path,
    key: Key | None,
    judge: Judge,
    arrivals: Arrivals,
) -> None:
    for delivery in item.deliveries:
        if delivery.extract.personal_columns and not delivery.is_demo and key is None:
            reason = f"bevat persoonsgegevens en {KEY_SETTING} is niet gezet; zet de sleutel en draai opnieuw"
            arrivals.waiting += [Waiting(delivery.file, reason)]
            return
    sums = [
        found.sha256 if found else checksum(delivery.file)
        for delivery, found in zip(item.deliveries, known, strict=True)
    ]
    past = Past.of(con, item, sums)
    received = past.received(known) or register.now()
    item = item.received_on(received)
    if repeated := past.repeated(received):
        _note_repetition(con, item, known, repeated)
        return
    candidates: list[_Candidate] = []
    for delivery, found, sha256 in zip(item.deliveries, known, sums, strict=True):
        used_key = DEMO_KEY if delivery.is_demo else key
        set_number = candidates[0].number if candidates else None
        left = _left_behind(delivery, found)
        candidates.append(left or _load_candidate(con, delivery, scratch, used_key, sha256, set_number))
    _judge_set(con, candidates, judge, past.decisions)
    arrivals.numbers += [candidate.number for candidate in candidates]


def _note_repetition(
    con: duckdb.DuckDBPyConnection,
    item: DeliverySet,
    known: Sequence[register.KnownFile | None],
    repeated: register.Version,
) -> None:
    for delivery, found in zip(item.deliveries, known, strict=True):
        number = repeated.numbers[delivery.extract.name]
        if found and found.repeats and found.number == number:
            continue
        register.add_repetition(con, delivery, number)
        log.info("%s herhaalt levering %s, die %s is", delivery.shown, number, repeated.verdict)


def _left_behind(delivery: Delivery, found: register.KnownFile | None) -> _Candidate | None:
    """A delivery that an interrupted night loaded and did not judge."""
    if found is None or found.repeats or found.verdict or found.received != delivery.received or not found.records:
        return None
    return _Candidate(delivery, found.number, _too_many_aside(delivery, found.records, found.set_aside or 0))


def _load_candidate(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    scratch: Path,
    key: Key | None,
    sha256: str,
    set_number: int | None,
) -> _Candidate:
    fingerprint = key.fingerprint if key and delivery.extract.personal_columns else None
    mixed = register.other_key(con, delivery.extract.registration, delivery.is_demo, fingerprint)
    log.info("%s: laden", delivery.shown)
    try:
        if mixed:
            raise RefusedError(f"{delivery.shown}: {mixed}")
        with register.whole(con), prepared(delivery, scratch) as source:
            number = register.add_delivery(con, delivery, source.sha256, fingerprint, register.now(), set_number)
            loaded = load(con, delivery, number, source, key)
            register.add_counts(con, number, source.headings, loaded.records - loaded.set_aside, loaded.set_aside)
            register.add_periods(con, number, loaded.periods)
    except RefusedError as error:
        number = register.add_delivery(con, delivery, sha256, fingerprint, register.now(), set_number)
        return _Candidate(delivery, number, str(error))
    return _Candidate(delivery, number, _too_many_aside(delivery, loaded.records, loaded.set_aside))


def _too_many_aside(delivery: Delivery, records: int, set_aside: int) -> str | None:
    share, limit = 100 * set_aside / max(records, 1), delivery.extract.max_set_aside_pct
    if share <= limit:
        return None
    return (
        f"{delivery.shown}: {set_aside} van {records} records ({share:.1f}%) "
        f"passen niet, meer dan de afgesproken {limit}%; zie leveringen.apartgezet voor record, kolom en reden"
    )


def _judge_set(
    con: duckdb.DuckDBPyConnection, candidates: list[_Candidate], judge: Judge, decided: Sequence[register.Decision]
) -> None:
    if not any(candidate.refused for candidate in candidates):
        for candidate in candidates:
            _show_candidate(con, candidate)
        for candidate in candidates:
            candidate.findings = [*judge(con, candidate.delivery.extract), *_of_the_file(candidate.delivery)]
            broken = [
                finding for finding in candidate.findings if not finding.passed and finding.severity == "critical"
            ]
            if broken:
                candidate.refused = "; ".join(f"{finding.name}: {finding.found}" for finding in broken)
    with register.whole(con):
        for candidate in candidates:
            if candidate.findings is not None:
                register.add_findings(con, candidate.number, [finding.as_mapping() for finding in candidate.findings])
        for candidate in candidates:
            _decide(con, candidate, [other for other in candidates if other.refused], decided)


def _of_the_file(delivery: Delivery) -> list[Finding]:
    """What is noticed about a file that was read, and is no reason to refuse it."""
    if not ends_in_its_last_value(delivery):
        return []
    found = "het bestand eindigt zonder regeleinde; de laatste waarde kan zijn afgebroken"
    log.warning("%s: %s; controleer het laatste record bij de leverancier", delivery.shown, found, extra=CAUTION)
    return [
        Finding(
            "laatste_regel_zonder_einde",
            "De laatste regel heeft een einde, of de leverancier geeft het aantal records of een controlegetal op.",
            "warning",
            passed=False,
            expected="een regeleinde aan het eind van het bestand, of een aantal of controlegetal in het manifest",
            found=found,
            unexpected_count=1,
            row_count=1,
        )
    ]


def _decide(
    con: duckdb.DuckDBPyConnection,
    candidate: _Candidate,
    refused: Sequence[_Candidate],
    decided: Sequence[register.Decision],
) -> None:
    number, shown = candidate.number, candidate.delivery.shown
    if candidate.refused:
        log.error("%s geweigerd: %s", shown, candidate.refused, extra=OUTCOME)
        register.decide(con, number, "geweigerd", candidate.refused, "grens_in")
        return
    if refused:
        reason = f"hoort bij {', '.join(other.delivery.extract.name for other in refused)}, dat geweigerd is"
        log.warning("%s aangehouden: %s", shown, reason, extra=OUTCOME)
        register.decide(con, number, "aangehouden", reason, "grens_in")
        return
    register.decide(con, number, "toegelaten", None, "grens_in")
    for earlier in decided:
        register.decide(con, number, earlier.verdict, earlier.reason, earlier.by, earlier.holds_from)
    if decided and decided[-1].verdict == "ingetrokken":
        log.warning("%s ingetrokken, zoals eerder dezelfde inhoud: %s", shown, decided[-1].reason, extra=OUTCOME)
    else:
        log.info("%s toegelaten", shown)


def _show_candidate(con: duckdb.DuckDBPyConnection, candidate: _Candidate) -> None:
    delivery = candidate.delivery
    columns = ", ".join(f'rij."{column.name}"' for column in delivery.extract.columns)
    con.execute(
        f"""create or replace view {CANDIDATES}."{delivery.extract.name}" as
        select rij.levering_nr, rij.record_nr, date '{delivery.stand_datum}' as stand_datum, {columns}
        from raw.{delivery.extract.table} as rij where rij.levering_nr = {candidate.number}"""
    )
