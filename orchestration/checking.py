"""A dry run of the border in on files that lie anywhere: would they be admitted? Nothing is touched or kept.

The files are copied to an inbox of their own and go the way of the night, into a register in memory. What belongs here
is only which file is which delivery where its name and place do not say so; how a delivery is judged stands elsewhere.
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import duckdb
import yaml
from filelock import FileLock, Timeout

from orchestration import register
from orchestration.admission import Judge, admit_deliveries
from orchestration.clock import now
from orchestration.declarations import Extract
from orchestration.deliveries import (
    FILE_NAME,
    MANIFEST,
    MAX_NAME_BYTES,
    UNFINISHED,
    WRITING,
    FileState,
    LeftError,
    Manifest,
    Waiting,
    facts_of,
    is_still,
    left_for,
    shown,
)
from orchestration.expectations import CANDIDATE_SCHEMA, parameters_of, suite_of_extract
from orchestration.pseudonyms import Key
from orchestration.register import Account
from orchestration.supplier_report import Fault, faults_of_records
from orchestration.validation import Finding, validate, validate_extract

MOST_SHOWN = 20
FOLDER, LOCK = "veiligheidsagenda-check-", "in_gebruik"
# Between the making of a folder and its lock another check might take it for one that was left behind.
YOUNG_SECONDS = 60.0

Extracts = Mapping[tuple[str, str], Extract]


class NotCheckableError(Exception):
    """What is asked cannot be found, or not be told apart; the message says in Dutch what to give."""


@dataclass(frozen=True)
class Judged:
    """A delivery that was read and judged.

    Args:
        account: What the register tells of it.
        faults: The first values that were set aside.
        more: How many there are besides.
    """

    account: Account
    faults: tuple[Fault, ...]
    more: int


@dataclass(frozen=True)
class Checked:
    """What the border in makes of the files.

    Args:
        judged: The deliveries that got a verdict.
        alone: Those that wait for a partner, judged without it.
        left: The files that are no delivery yet, with the reason.
        repeated: Names of files that hold what another of them holds.
        assumed: What neither name nor manifest says, and was taken for granted.
    """

    judged: tuple[Judged, ...]
    alone: tuple[Judged, ...]
    left: tuple[str, ...]
    repeated: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def would_be_admitted(self) -> bool:
        """Whether a night would admit all of them."""
        return not self.left and all(each.account.row.verdict == "toegelaten" for each in self.judged)


@dataclass(frozen=True)
class _Placed:
    file: Path
    extract: Extract
    # What is put beside the copy, where the file says too little of itself.
    manifest: Manifest | None
    assumed: str | None = None


def check(words: Sequence[str], asked: str | None, extracts: Extracts) -> Checked:
    """Judge files as a night would, without the deliveries before them and without the rules further on.

    Args:
        words: Paths of files or folders; of several in one word the spaces are between them.
        asked: What they are: `<registration>/<extract>`, or one of the two where that is enough. Where None, names,
            manifests and the folder in which they lie say so.
        extracts: The declared extracts, all of them.

    Returns:
        What came of it.

    Raises:
        NotCheckableError: A file is not there or changes, or nothing says what it is.
        ValueError: An expectation is not in order; the message names file and rule.
        OSError: A file cannot be read.
    """
    files = _files(words)
    states = [FileState.of(file.resolve()) for file in files]
    placed = [_placed(file, asked, extracts) for file in files]
    for each in {id(one.extract): one.extract for one in placed}.values():
        # A night would refuse the delivery for a mistake of ours; here it is told.
        parameters_of(suite_of_extract(each))
    judged, left = _judged(placed, extracts, validate_extract)
    halves = _halves(placed, extracts)
    on_their_own = {key: extract.model_copy(update={"together": False}) for key, extract in extracts.items()}
    alone = _judged(halves, on_their_own, _without_partner)[0] if halves else ()
    if changed := [
        shown(file.name) for file, state in zip(files, states, strict=True) if not is_still(file.resolve(), state)
    ]:
        raise NotCheckableError(f"{', '.join(changed)} is veranderd terwijl het werd gelezen; kijk opnieuw")
    told = {each.account.row.file for each in judged} | {each.file.name for each in left}
    repeated = tuple(shown(each.file.name) for each in placed if each.file.name not in told)
    return Checked(
        judged, alone, tuple(map(str, left)), repeated, tuple(each.assumed for each in placed if each.assumed)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Which files, and what they are.


def _files(words: Sequence[str]) -> list[Path]:
    files: list[Path] = []
    for word in words:
        # One path may have spaces in it.
        for part in [word] if os.path.lexists(Path(word).expanduser()) else word.split():
            path = Path(part).expanduser()
            if not os.path.lexists(path):
                raise NotCheckableError(f"{shown(part)} bestaat niet")
            found = sorted(path.iterdir()) if path.is_dir() else [path]
            files += [file for file in found if path == file or _may_be_a_delivery(file)]
    if not files:
        raise NotCheckableError("er is geen bestand om te controleren")
    for file in files:
        if not file.is_file():
            raise NotCheckableError(f"{shown(str(file))} is geen gewoon bestand")
        if file.is_symlink():
            raise NotCheckableError(
                f"{shown(file.name)} is een verwijzing (link), die een run laat liggen; geef het bestand"
            )
        if file.name.endswith(MANIFEST):
            raise NotCheckableError(f"{shown(file.name)} is een manifest; geef het bestand waar het bij hoort")
        if file.name.endswith(UNFINISHED):
            raise NotCheckableError(f"{shown(file.name)} {WRITING}; een run wacht tot het anders heet")
    return list(dict.fromkeys(files))


def _may_be_a_delivery(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and not file.name.endswith((MANIFEST, UNFINISHED))


def _placed(file: Path, asked: str | None, extracts: Extracts) -> _Placed:
    try:
        facts = facts_of(file)
    except LeftError as error:
        facts, unknown = None, str(error)
    else:
        unknown = ""
    name = facts.extract if facts else None
    extract = _one_of(_candidates(file, asked, name, extracts), file, name, unknown)
    has_manifest = file.with_name(file.name + MANIFEST).exists()
    is_night_told = asked is None or has_manifest or (facts is not None and name == extract.name)
    # Of a name that is too long, or of a day in it that does not exist, the night tells; nothing is put in its place.
    is_wrong = len(os.fsencode(file.name)) > MAX_NAME_BYTES or (facts is None and FILE_NAME.match(file.name))
    if is_night_told or is_wrong:
        return _Placed(file, extract, None)
    if facts is not None:
        return _Placed(file, extract, replace(facts, extract=extract.name))
    today = now().date()
    assumed = f"{shown(file.name)}: naam en manifest noemen geen stand; aangenomen is vandaag, {today:%d-%m-%Y}"
    return _Placed(file, extract, Manifest(extract.name, today), assumed)


def _candidates(file: Path, asked: str | None, name: str | None, extracts: Extracts) -> list[Extract]:
    """The extracts that a file can be of, by what was asked, what its name says and where it lies."""
    lies_in = file.resolve().parent.name
    if asked is None:
        found = [extract for extract in extracts.values() if extract.name == name]
        return [extract for extract in found if extract.registration == lies_in] or found
    found = [
        extract
        for extract in extracts.values()
        if asked in (f"{extract.registration}/{extract.name}", extract.registration, extract.name)
    ]
    if not found:
        known = ", ".join(f"{registration}/{extract}" for registration, extract in extracts)
        raise NotCheckableError(f"extract '{asked}' bestaat niet; wel {known}")
    if len(found) > 1:
        found = [extract for extract in found if extract.name == name] or found
    if len(found) > 1:
        found = [extract for extract in found if extract.registration == lies_in] or found
    return found


def _one_of(found: Sequence[Extract], file: Path, name: str | None, unknown: str) -> Extract:
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{extract.registration}/{extract.name}" for extract in found)
        raise NotCheckableError(f"{shown(file.name)} kan van alles zijn: {several}; geef EXTRACT met een daarvan")
    told = unknown or f"geen extract heet '{name}'"
    if not file.with_name(file.name + MANIFEST).exists():
        told += "; of geef EXTRACT=<registratie>/<extract>"
    raise NotCheckableError(f"{shown(file.name)}: {told}")


def _halves(placed: Sequence[_Placed], extracts: Extracts) -> list[_Placed]:
    """The files of a registration of which another extract, that must come with it, is not there."""
    there = {(each.extract.registration, each.extract.name) for each in placed}
    missing = {key[0] for key, extract in extracts.items() if extract.together and key not in there}
    return [each for each in placed if each.extract.registration in missing]


# ---------------------------------------------------------------------------------------------------------------------
# The way of the night.


def _judged(placed: Sequence[_Placed], extracts: Extracts, judge: Judge) -> tuple[tuple[Judged, ...], list[Waiting]]:
    registrations = {each.extract.registration for each in placed}
    concerned = {key: extract for key, extract in extracts.items() if key[0] in registrations}
    with _private_folder() as folder, duckdb.connect() as con:
        inbox = folder / "leveringen"
        for each in placed:
            _copy(each, inbox / each.extract.registration)
        # The views of candidates name the database of the night.
        con.execute("attach ':memory:' as raw; use raw")
        key = Key(secrets.token_bytes(32))
        arrivals = admit_deliveries(con, inbox, folder / "tmp", concerned, key, judge)
        judged = tuple(_told(con, number, concerned) for number in arrivals.numbers)
        return judged, arrivals.waiting


def _told(con: duckdb.DuckDBPyConnection, number: int, extracts: Extracts) -> Judged:
    account = register.account(con, number)
    extract = extracts[account.row.registration, account.row.extract]
    faults = faults_of_records(account, extract, register.set_aside(con, number))
    first = tuple(islice(faults, MOST_SHOWN))
    return Judged(account, first, sum(1 for _ in faults))


def _without_partner(con: duckdb.DuckDBPyConnection, extract: Extract) -> list[Finding]:
    """Judge a candidate by the rules that do not look at a partner."""
    suite = [rule for rule in suite_of_extract(extract) if f"{CANDIDATE_SCHEMA}." not in str(rule.kwargs)]
    return validate(con, f'{CANDIDATE_SCHEMA}."{extract.name}"', suite, parameters_of(suite))


def _copy(each: _Placed, folder: Path) -> None:
    """Put a file in the inbox with its own age, and its manifest beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / each.file.name
    if copy.exists():
        raise NotCheckableError(f"twee bestanden heten {shown(each.file.name)}; geef ze een voor een")
    try:
        shutil.copy2(each.file, copy)
    except PermissionError as error:
        raise NotCheckableError(f"{shown(each.file.name)} {left_for(each.file, error).reason}") from error
    manifest = each.file.with_name(each.file.name + MANIFEST)
    beside = copy.with_name(copy.name + MANIFEST)
    if each.manifest:
        facts = {name: value for name, value in asdict(each.manifest).items() if value is not None}
        beside.write_text(yaml.safe_dump(facts), encoding="utf-8")
    elif manifest.is_file():
        shutil.copyfile(manifest, beside)


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder that goes with the block; where a check is killed, its folder goes with the next."""
    for left in Path(gettempdir()).glob(f"{FOLDER}*"):
        try:
            # A link of that name is of somebody else.
            if not left.is_symlink() and time.time() - left.stat().st_mtime > YOUNG_SECONDS:
                with FileLock(left / LOCK).acquire(timeout=0):
                    shutil.rmtree(left, ignore_errors=True)
        except (Timeout, OSError):
            # Of a check that runs, or of somebody else.
            continue
    with TemporaryDirectory(prefix=FOLDER) as name, FileLock(Path(name) / LOCK):
        yield Path(name)
