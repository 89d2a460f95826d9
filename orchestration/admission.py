"""The border in: takes each delivery set from the inbox to its verdict; it decides about one set, not about the night.

A set is loaded as candidate, checked, and then admitted, refused, or held: for a person to judge where it differs too
much from what it replaces, or because a partner is refused or held. One that repeats what was delivered before is no
delivery. What is refused or held stays in the inbox and in the register, out of force.
Whatever is raised on that way is the end of that set alone: left where it is no delivery yet, refused where it is.
How a file is read, how an expectation is tested, and what a person decides afterwards, stands elsewhere.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration import faults, register
from orchestration.clock import SUMMER_TIME
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery, DeliverySet, LeftError, Waiting, find_deliveries, is_still, left_for
from orchestration.loading import load, prepare_table
from orchestration.locking import empty
from orchestration.progress import LEFT, OUTCOME, WRITING, step
from orchestration.pseudonyms import DEMO_KEY, KEY_FILE_SETTING, KEY_SETTING, Key
from orchestration.reading import COPY, RefusedError, checksum, ends_in_its_last_value, prepared
from orchestration.repetition import Past
from orchestration.size import size_findings
from orchestration.sql import bound, whole
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
        newly_left: Those of them that were not left before for that reason, and what repeats a delivery that does not
            count.
        seen: Number of files looked at.
    """

    numbers: list[int] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    newly_left: list[Waiting] = field(default_factory=list)
    seen: int = 0


class _SetLeftError(Exception):
    """A set is no delivery yet because one of its files is not."""

    def __init__(self, waiting: Waiting) -> None:
        super().__init__(waiting.reason)
        self.waiting = waiting


@dataclass
class _Candidate:
    delivery: Delivery
    number: int
    refused: str | None = None
    held: str | None = None
    findings: Sequence[Finding] | None = None


def admit_deliveries(
    con: duckdb.DuckDBPyConnection,
    inbox: Path,
    scratch: Path,
    extracts: Mapping[tuple[str, str], Extract],
    key: Key | None,
    judge: Judge = validate_extract,
    only: Collection[str] | None = None,
) -> Arrivals:
    """Take every new delivery in the inbox to its verdict.

    Args:
        con: Connection to `raw.duckdb`, writable.
        inbox: Folder with one subfolder per registration.
        scratch: Private folder for transcoded copies; what lies there is of a run that was killed, and goes.
        extracts: The declared extracts, all of them.
        key: Key for real personal data; None where none is set.
        judge: Tests the candidate view of an extract.
        only: The registrations to look at; the whole inbox where None.

    Returns:
        What was decided and what was left.

    Raises:
        Exception: The machine fails, such as a full disk or a broken database; a delivery that fails is told of.
    """
    empty(scratch)
    register.prepare(con)
    # One checkpoint when the night is done, instead of one for every few deliveries.
    con.execute("set checkpoint_threshold = '1GB'")
    bound(con, scratch)
    con.execute(f"attach if not exists ':memory:' as {CANDIDATES}")
    for extract in extracts.values():
        if only is None or extract.registration in only:
            prepare_table(con, extract)
    sets, waiting = find_deliveries(inbox, extracts, today=register.now().date(), only=only)
    arrivals = Arrivals(waiting=waiting, seen=sum(len(item.deliveries) for item in sets) + len(waiting))
    files = register.known_files(con)
    for number, item in enumerate(sets):
        step("leveringen", number, len(sets), item.deliveries[0].shown)
        try:
            known = [_known(con, files, delivery) for delivery in item.deliveries]
            if not all(found and found.is_settled for found in known):
                with _threads_for(con, item):
                    _admit_set(con, item, known, scratch, key, judge, arrivals)
        except _SetLeftError as error:
            _tidy(con)
            arrivals.waiting += _left_together(item, error.waiting)
        except Exception as error:  # whatever it is, it is of this set, unless the machine fails
            _stop_if_of_the_machine(error, item.deliveries)
            _tidy(con)
            arrivals.waiting += [left_for(delivery.file, error) for delivery in item.deliveries]
    step("leveringen", len(sets), len(sets))
    names = {name for _, name in extracts}
    arrivals.newly_left += register.note_left(con, inbox, arrivals.waiting, names, only)
    for left in arrivals.waiting:
        log.warning("%s", left, extra=WRITING if left.is_growing else LEFT)
    return arrivals


def _tidy(con: duckdb.DuckDBPyConnection) -> None:
    """Remove what reading a delivery left in the connection; where even that fails, the machine does."""
    for (table,) in con.execute("select table_name from duckdb_tables() where temporary").fetchall():
        con.execute(f'drop table temp."{table}"')


def _stop_if_of_the_machine(error: Exception, deliveries: Sequence[Delivery]) -> None:
    if faults.stops_the_night(error, [*(delivery.file for delivery in deliveries), Path(COPY)]):
        raise error


@contextmanager
def _writing_down() -> Iterator[None]:
    """Stop the night where a refusal cannot be written down: that is no longer of the delivery."""
    try:
        yield
    except Exception as error:
        log.error("%s", faults.where(error))
        told = "het register van leveringen is niet te beschrijven; kijk of de schijf vol is, en of raw.duckdb heel is"
        raise faults.MachineError(told) from error


def _left_together(item: DeliverySet, first: Waiting) -> list[Waiting]:
    """The file that is no delivery yet, and those that belong to it."""
    others = [delivery.file for delivery in item.deliveries if delivery.file != first.file]
    name = next(delivery.extract.name for delivery in item.deliveries if delivery.file == first.file)
    return [first, *(Waiting(file, f"hoort bij {name}, dat blijft liggen") for file in others)]


@contextmanager
def _leaving(delivery: Delivery) -> Iterator[None]:
    """Leave the set for whatever is raised: the block does no more than look at one of its files."""
    try:
        yield
    except Exception as error:
        _stop_if_of_the_machine(error, [delivery])
        raise _SetLeftError(left_for(delivery.file, error)) from error


def _known(
    con: duckdb.DuckDBPyConnection, files: Mapping[register.FileKey, register.KnownFile], delivery: Delivery
) -> register.KnownFile | None:
    """What the register knows of a file; nothing where it holds something else since, at the same size and age."""
    found = register.look_up(files, delivery)
    if found is None or found.changed_ns == delivery.state.changed_ns:
        return found
    with _leaving(delivery):
        same = checksum(delivery.file) == found.sha256
    if not same:
        return None
    register.note_seen(con, delivery, found)
    return found


@contextmanager
def _threads_for(con: duckdb.DuckDBPyConnection, item: DeliverySet) -> Iterator[None]:
    """Let a set that is too small to be divided be handled by one thread; more only keep one another busy."""
    if sum(delivery.state.size for delivery in item.deliveries) > DIVIDED_FROM_BYTES:
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
        if reason := _not_beside(con, delivery, key):
            raise _SetLeftError(Waiting(delivery.file, reason))
    sums = []
    for delivery, found in zip(item.deliveries, known, strict=True):
        with _leaving(delivery):
            sums.append(found.sha256 if found else checksum(delivery.file))
    past = Past.of(con, item, sums)
    received = past.received(known) or _received_now(con, item)
    item = item.received_on(received)
    if repeated := past.repeated(received):
        arrivals.newly_left += _note_repetition(con, item, known, repeated)
        return
    candidates: list[_Candidate] = []
    for delivery, found, sha256 in zip(item.deliveries, known, sums, strict=True):
        used_key = _key_for(con, delivery, key)
        set_number = candidates[0].number if candidates else None
        left = _left_behind(delivery, found)
        candidates.append(left or _load_candidate(con, delivery, scratch, used_key, sha256, set_number))
    _judge_set(con, candidates, judge, past.decisions)
    arrivals.numbers += [candidate.number for candidate in candidates]


def _key_for(con: duckdb.DuckDBPyConnection, delivery: Delivery, key: Key | None) -> Key | None:
    """The key for a delivery, to hash as the rows of its registration were hashed: a person stays the same."""
    used = DEMO_KEY if delivery.is_demo else key
    if used and used.earlier.fingerprint in register.fingerprints(con, delivery.extract.registration):
        return used.earlier
    return used


def _received_now(con: duckdb.DuckDBPyConnection, item: DeliverySet) -> datetime:
    """When a set comes in that does not say so: by a clock that runs on, since receipt decides which one counts."""
    moment, last = register.now(), register.last_loaded(con)
    if last and moment < last - SUMMER_TIME:
        raise _SetLeftError(
            Waiting(
                item.deliveries[0].file,
                f"de klok van deze machine ({moment:%d-%m-%Y %H:%M}) loopt achter op wat al is geladen "
                f"({last:%d-%m-%Y %H:%M}), zodat niet te zeggen is welke levering later kwam; zet de klok goed, of zet "
                "de dag van ontvangst in de naam (_ontvangen_<jjjjmmdd>)",
            )
        )
    return moment


def _not_beside(con: duckdb.DuckDBPyConnection, delivery: Delivery, key: Key | None) -> str | None:
    """Why a file may not be read here, whatever it holds; None where it may."""
    personal = bool(delivery.extract.personal_columns)
    used = _key_for(con, delivery, key)
    fingerprint = used.fingerprint if used and personal else None
    # Setting a key leads nowhere where the folder is of the other kind, so that is told first.
    if mixed := register.other_key(con, delivery.file.parent, delivery.is_demo, fingerprint):
        return mixed
    if personal and used is None:
        return (
            f"bevat persoonsgegevens en {KEY_SETTING} is niet gezet; zet de sleutel (of {KEY_FILE_SETTING}) en draai "
            "opnieuw"
        )
    return None


def _note_repetition(
    con: duckdb.DuckDBPyConnection,
    item: DeliverySet,
    known: Sequence[register.KnownFile | None],
    repeated: register.Version,
) -> list[Waiting]:
    """Write down what repeats an earlier version; return what counts nowhere, though its sender thinks it does."""
    told: list[Waiting] = []
    with whole(con):
        for delivery, found in zip(item.deliveries, known, strict=True):
            number = repeated.numbers[delivery.extract.name]
            if found and found.repeats and found.number == number:
                continue
            register.add_repetition(con, delivery, number)
            reason = f"herhaalt levering {number}, die {repeated.verdict} is"
            if repeated.verdict == "toegelaten":
                log.info("%s %s", delivery.shown, reason)
            else:
                told.append(Waiting(delivery.file, f"{reason}; moet zij toch meetellen: make offer LEVERING={number}"))
                log.warning("%s", told[-1], extra=LEFT)
    return told


def _left_behind(delivery: Delivery, found: register.KnownFile | None) -> _Candidate | None:
    """A delivery that an interrupted night loaded and did not judge."""
    if found is None or found.repeats or found.verdict or found.received != delivery.received or not found.records:
        return None
    return _Candidate(delivery, found.number, _too_many_aside(delivery, found.records, found.set_aside or 0))


def _changed() -> LeftError:
    return LeftError("is veranderd terwijl het werd gelezen; de volgende run leest het opnieuw")


def _unforeseen(delivery: Delivery, error: Exception, done: str) -> str:
    """A reason for an error that nobody foresaw, which may quote what was delivered: the log says where it arose."""
    log.error("%s kan niet worden %s: %s", delivery.shown, done, faults.where(error))
    if isinstance(error, (MemoryError, duckdb.OutOfMemoryException)):
        return "het bestand past niet in het geheugen van deze machine; geef de run meer, of lever het kleiner"
    return (
        f"het bestand kan door een onverwachte fout niet worden {done}; kijk of het is zoals afgesproken (tekst, niet "
        "ingepakt, regeleinden en aanhalingstekens), en meld het anders: het logboek van de run zegt waar het misging"
    )


def _load_candidate(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    scratch: Path,
    key: Key | None,
    sha256: str,
    set_number: int | None,
) -> _Candidate:
    fingerprint = key.fingerprint if key and delivery.extract.personal_columns else None
    log.info("%s: laden", delivery.shown)
    try:
        with whole(con), prepared(delivery, scratch) as source:
            number = register.add_delivery(con, delivery, source.sha256, fingerprint, register.now(), set_number)
            loaded = load(con, delivery, number, source, key, register.is_released(con, source.sha256))
            register.add_counts(con, number, source.headings, loaded.records - loaded.set_aside, loaded.set_aside)
            register.add_periods(con, number, loaded.periods)
            if source.sha256 != sha256 or not is_still(delivery.file, delivery.state):
                raise _changed()
    except Exception as error:  # whatever it is, it is of this delivery, unless the machine fails
        _stop_if_of_the_machine(error, [delivery])
        if isinstance(error, (LeftError, OSError)) or not is_still(delivery.file, delivery.state):
            told = error if isinstance(error, (LeftError, OSError)) else _changed()
            raise _SetLeftError(left_for(delivery.file, told)) from error
        reason = str(error) if isinstance(error, RefusedError) else _unforeseen(delivery, error, "gelezen")
        with _writing_down():
            _tidy(con)
            number = register.add_delivery(con, delivery, sha256, fingerprint, register.now(), set_number)
        return _Candidate(delivery, number, reason)
    return _Candidate(delivery, number, _too_many_aside(delivery, loaded.records, loaded.set_aside))


def _too_many_aside(delivery: Delivery, records: int, set_aside: int) -> str | None:
    share, limit = 100 * set_aside / max(records, 1), delivery.extract.max_set_aside_pct
    if share <= limit:
        return None
    shown = f"{share:.1f}".replace(".", ",")
    agreed = f"{limit:g}".replace(".", ",")
    return f"{set_aside} van {records} records ({shown}%) passen niet, meer dan de afgesproken {agreed}%"


def _judge_set(
    con: duckdb.DuckDBPyConnection, candidates: list[_Candidate], judge: Judge, decided: Sequence[register.Decision]
) -> None:
    if not any(candidate.refused for candidate in candidates):
        for candidate in candidates:
            _show_candidate(con, candidate)
        for candidate in candidates:
            _judge(con, candidate, judge)
    try:
        _write_verdicts(con, candidates, decided)
    except Exception as error:  # what cannot be written down cannot be defended either
        _stop_if_of_the_machine(error, [candidate.delivery for candidate in candidates])
        for candidate in candidates:
            candidate.findings, candidate.held = None, None
            candidate.refused = _unforeseen(candidate.delivery, error, "beoordeeld")
        with _writing_down():
            _tidy(con)
            _write_verdicts(con, candidates, [])


def _judge(con: duckdb.DuckDBPyConnection, candidate: _Candidate, judge: Judge) -> None:
    try:
        found = judge(con, candidate.delivery.extract)
        as_a_whole = size_findings(con, candidate.delivery, candidate.number, found)
        candidate.findings = [*found, *_of_the_file(candidate.delivery), *as_a_whole]
    except Exception as error:  # whatever it is, it is of this delivery, unless the machine fails
        _stop_if_of_the_machine(error, [candidate.delivery])
        with _writing_down():
            _tidy(con)
        candidate.refused = _unforeseen(candidate.delivery, error, "beoordeeld")
        return
    broken = [finding for finding in found if not finding.passed and finding.severity == "critical"]
    if broken:
        candidate.refused = "; ".join(f"{finding.name}: {finding.found}" for finding in broken)
        return
    candidate.held = "; ".join(finding.found for finding in as_a_whole if not finding.passed) or None


def _write_verdicts(
    con: duckdb.DuckDBPyConnection, candidates: Sequence[_Candidate], decided: Sequence[register.Decision]
) -> None:
    with whole(con):
        for candidate in candidates:
            if candidate.findings is not None:
                register.add_findings(con, candidate.number, [finding.as_mapping() for finding in candidate.findings])
        for candidate in candidates:
            _decide(con, candidate, candidates, decided)


def _of_the_file(delivery: Delivery) -> list[Finding]:
    """What is noticed about a file that was read, and is no reason to refuse it."""
    if not ends_in_its_last_value(delivery):
        return []
    found = (
        "het bestand eindigt zonder regeleinde; de laatste waarde kan zijn afgebroken; controleer het laatste record "
        "bij de leverancier"
    )
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
    together: Sequence[_Candidate],
    decided: Sequence[register.Decision],
) -> None:
    number, shown = candidate.number, candidate.delivery.shown
    if candidate.refused:
        # Why is told once, in the alert.
        log.info("%s geweigerd", shown)
        register.decide(con, number, "geweigerd", candidate.refused, "grens_in")
        return
    if reason := _held_for(candidate, together):
        log.info("%s aangehouden", shown)
        register.decide(con, number, "aangehouden", reason, "grens_in")
        return
    register.decide(con, number, "toegelaten", None, "grens_in")
    for earlier in decided:
        register.decide(con, number, earlier.verdict, earlier.reason, earlier.by, earlier.holds_from)
    if decided and decided[-1].verdict == "ingetrokken":
        log.warning("%s ingetrokken, zoals eerder dezelfde inhoud: %s", shown, decided[-1].reason, extra=OUTCOME)
    else:
        log.info("%s toegelaten", shown)


def _held_for(candidate: _Candidate, together: Sequence[_Candidate]) -> str | None:
    """Why a delivery is held: for what it is itself, or for those of its set; None where it is not."""
    refused = [other.delivery.extract.name for other in together if other.refused]
    held = [other.delivery.extract.name for other in together if other.held]
    if refused:
        with_it = f"hoort bij {', '.join(refused)}, dat geweigerd is"
        return f"{with_it}; {candidate.held}" if candidate.held else with_it
    if held:
        return candidate.held or f"hoort bij {', '.join(held)}, dat aangehouden is"
    return None


def _show_candidate(con: duckdb.DuckDBPyConnection, candidate: _Candidate) -> None:
    delivery = candidate.delivery
    columns = ", ".join(f'rij."{column.name}"' for column in delivery.extract.columns)
    con.execute(
        f"""create or replace view {CANDIDATES}."{delivery.extract.name}" as
        select rij.levering_nr, rij.record_nr, date '{delivery.stand_datum}' as stand_datum, {columns}
        from raw.{delivery.extract.table} as rij where rij.levering_nr = {candidate.number}"""
    )
