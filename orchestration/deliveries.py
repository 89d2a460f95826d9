"""What lies in the inbox: which file is which delivery, and which files are not ready to be one.

Only names, manifests and the file system are looked at here, and none of them is believed: whatever lies there and is
no regular file, or cannot be read, is left with the reason. What a file holds is the loader's business; whether it was
loaded before is the register's.

A delivered file is called `<extract>_<stand jjjjmmdd>[_ontvangen_<jjjjmmdd>][_volledig|_mutaties].csv`. A file with a
name of its own, such as one from a public portal, has a manifest beside it, `<file name>.manifest.yml`, with the same
facts. Demo deliveries are called `demo_...`, or say so in their manifest.
"""

import logging
import os
import re
import stat
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import yaml

from orchestration import faults
from orchestration.clock import local, now
from orchestration.declarations import Extract
from orchestration.identifiers import NUMBERS, found_in

log = logging.getLogger(__name__)

FILE_NAME = re.compile(
    r"^(?P<demo>demo_)?(?P<extract>[a-z][a-z0-9_]*?)_(?P<stand>\d{8})"
    r"(?:_ontvangen_(?P<received>\d{8}))?(?:_(?P<kind>volledig|mutaties))?\.csv$",
    re.ASCII,
)
NAME_RULE = "<extract>_<stand jjjjmmdd>[_ontvangen_<jjjjmmdd>][_volledig|_mutaties].csv"
DEMO = "demo_"
MANIFEST = ".manifest.yml"
UNFINISHED = ".part"
RECENT_SECONDS = 60.0
# A manifest is a handful of lines; a name leaves room for that of its manifest, which most file systems limit to 255.
MAX_MANIFEST_BYTES = 16_384
MAX_NAME_BYTES = 255 - len(MANIFEST)
KINDS = ("volledig", "periode", "mutaties")
SHA256 = re.compile(r"[0-9a-f]{64}")
ISO_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}-|[0-9]{2})[0-9]{2}(?![0-9])")
# As long as the number of a citizen or a telephone; a day, and what is written after it, is not meant.
PERSONAL_NUMBER = re.compile(
    r"(?<![0-9])(?:[0-9]{9,11}|(?!(?:19|20)[0-9]{2}[ .-]?[01][0-9][ .-]?[0-3][0-9])[0-9](?:[ .-]?[0-9]){8,12})(?![0-9])"
)
WRITING = "wordt nog geschreven"


class LeftError(Exception):
    """A file is no delivery yet; the message says why in Dutch, and what to do.

    Args:
        reason: Why, and what to do.
        until: From which day on it is worth looking again, where the day itself is the reason.
    """

    def __init__(self, reason: str, until: date | None = None) -> None:
        """Keep the reason and the day."""
        super().__init__(reason)
        self.until = until


def shown(name: str) -> str:
    """A name as it can be printed and written down.

    What is no visible character, or no UTF-8, is spelled out; what may be the number of a person, or identifies one in
    another way, is not shown.
    """
    visible = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in name)
    # Of a number the digits alone are hidden, so that whoever put the file there still finds it.
    if set(_identifies(visible)) - {*NUMBERS}:
        return re.sub(r"[^\W\d_]", "a", re.sub("[0-9]", "9", visible))
    return PERSONAL_NUMBER.sub(lambda found: re.sub("[0-9]", "9", found[0]), visible)


def _identifies(name: str) -> list[str]:
    """What in a name identifies a person; in a name of a file a line stands for a space."""
    return found_in(name.replace("_", " "))


def _text(value: str) -> str:
    return value


def _iso(value: str) -> str:
    # Python also reads a week.
    if not ISO_DAY.match(value):
        raise ValueError
    return value


def _day(value: str) -> date:
    return date.fromisoformat(_iso(value))


def _moment(value: str) -> datetime:
    return local(datetime.fromisoformat(_iso(value)))


def _number(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", value):
        raise ValueError
    return int(value)


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError
    return value


def _sha256(value: str) -> str:
    if not SHA256.fullmatch(value.lower()):
        raise ValueError
    return value.lower()


def _yes_or_no(value: str) -> bool:
    return {"true": True, "false": False}[value.lower()]


@dataclass(frozen=True)
class Manifest:
    """Facts about a delivered file: what its name says, or the manifest beside it.

    Each field has what reads it from the text of a manifest, and what a person is told that it should be.

    Args:
        extract: Name of the extract.
        stand_datum: Day whose state of the register the file gives.
        ontvangen_op: When the file was received, where that is earlier than it is loaded; on the Dutch clock.
        soort: `volledig` or `mutaties`, for an extract of kind `mutaties`.
        aantal_records: Number of records that the supplier says the file holds.
        sha256: Checksum that the supplier gave, 64 hexadecimal digits in lower case.
        demo: The file holds fictitious data.
    """

    extract: str = field(metadata={"read": _text, "told": "de naam van een extract"})
    stand_datum: date = field(metadata={"read": _day, "told": "een dag die bestaat, als jjjj-mm-dd"})
    ontvangen_op: datetime | None = field(
        default=None,
        metadata={"read": _moment, "told": "een tijdstip dat bestaat, als jjjj-mm-dd of jjjj-mm-ddTuu:mm:ss"},
    )
    soort: str | None = field(default=None, metadata={"read": _kind, "told": ", ".join(KINDS)})
    aantal_records: int | None = field(default=None, metadata={"read": _number, "told": "een geheel getal in cijfers"})
    sha256: str | None = field(default=None, metadata={"read": _sha256, "told": "64 hexadecimale tekens"})
    demo: bool = field(default=False, metadata={"read": _yes_or_no, "told": "true of false"})


@dataclass(frozen=True)
class FileState:
    """What tells, without reading it, whether a file is still the one that was looked at.

    The time of change of the content can be set by whoever writes the file, and tools that unpack or copy do so. The
    time of change of the file's entry is set by the system alone, so a file of the same size and age is still told
    from the one before it.

    Args:
        size: Bytes.
        modified_ns: Time of change of the content, in nanoseconds.
        changed_ns: Time of change of the entry, in nanoseconds; a copy has another.
    """

    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, file: Path) -> Self:
        """Look at a file, without following a link.

        Args:
            file: The file.

        Raises:
            LeftError: It is no regular file.
            OSError: It is gone, or may not be looked at.
        """
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise LeftError(f"is {_what_it_is(found.st_mode)}, geen gewoon bestand; zet het bestand zelf neer")
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _what_it_is(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "een verwijzing (link)"
    if stat.S_ISDIR(mode):
        return "een map"
    return "een pijp, socket of apparaat"


@dataclass(frozen=True)
class Delivery:
    """One delivered file, ready to be loaded.

    Args:
        extract: Its declaration.
        file: The file itself.
        stand_datum: Day whose state of the register it gives.
        received: When it was received, where the name or manifest says so.
        kind: `volledig`, `periode` or `mutaties`.
        is_demo: It holds fictitious data.
        state: The file as it was when it was found; it is read only as long as it is still that.
        expected_records: Number of records that the supplier announced.
        expected_sha256: Checksum that the supplier announced, in lower case.
        facts: What its name or manifest says of it, beside extract and stand_datum: another manifest makes a file worth
            looking at again.
    """

    extract: Extract
    file: Path
    stand_datum: date
    received: datetime | None
    kind: str
    is_demo: bool
    state: FileState
    expected_records: int | None = None
    expected_sha256: str | None = None
    facts: str = ""

    @property
    def shown(self) -> str:
        """The file as messages name it: registration and file name."""
        return f"{self.extract.registration}/{self.file.name}"


@dataclass(frozen=True)
class Waiting:
    """A file that is left where it is until a later night.

    Args:
        file: The file.
        reason: Why, and what to do, in Dutch.
        until: From which day on it is worth looking again, where the day itself is the reason.
    """

    file: Path
    reason: str
    until: date | None = None

    @property
    def folder(self) -> str:
        """The folder in which it lies, as messages name it."""
        return shown(self.file.parent.name)

    @property
    def name(self) -> str:
        """Its name, as messages name it."""
        return shown(self.file.name)

    def published_name(self, extracts: Collection[str]) -> str:
        """Its name as readers of the figures see it: of a name that nobody agreed on no more than its kind.

        Args:
            extracts: Names of the declared extracts.
        """
        agreed = FILE_NAME.match(self.name.removesuffix(MANIFEST))
        if agreed and agreed["extract"] in extracts:
            return self.name
        return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", self.name))

    @property
    def is_growing(self) -> bool:
        """Whether nothing is the matter but that it is not all there yet."""
        return self.reason == WRITING

    def __str__(self) -> str:
        """The file and the reason, as people read it."""
        return f"{self.folder}/{self.name}: {self.reason}"


@dataclass(frozen=True)
class DeliverySet:
    """Deliveries that are admitted as one: a single file, or the extracts of a registration that belong together.

    Args:
        deliveries: In the order in which the extracts are declared.
    """

    deliveries: tuple[Delivery, ...]

    @property
    def received(self) -> datetime | None:
        """When the set was received, where its names or manifests say so."""
        return self.deliveries[0].received

    @property
    def order(self) -> tuple[datetime, date, str]:
        """Order of arrival; what has no date of receipt arrives now, that is last."""
        first = self.deliveries[0]
        return (self.received or datetime.max, first.stand_datum, first.shown)

    def received_on(self, moment: datetime) -> "DeliverySet":
        """The same set with a time of receipt.

        Args:
            moment: The time, the same for each of its deliveries.
        """
        return DeliverySet(tuple(replace(delivery, received=moment) for delivery in self.deliveries))


def find_deliveries(
    inbox: Path,
    extracts: Mapping[tuple[str, str], Extract],
    pause: Callable[[float], None] = time.sleep,
    *,
    today: date | None = None,
    only: Collection[str] | None = None,
) -> tuple[list[DeliverySet], list[Waiting]]:
    """Look what lies in the inbox. Whatever lies there, nothing is raised: it is a delivery, or it is left.

    Args:
        inbox: Folder with one subfolder per registration.
        extracts: The declared extracts, all of them.
        pause: Waits a number of seconds, to see whether a recent file still grows.
        today: The day after which no date may lie; that of the clock where None.
        only: Registrations to look at; the whole inbox where None.

    Returns:
        The sets that are complete, in order of arrival, and the files that are left for later, with the reason.
    """
    waiting: list[Waiting] = []
    registrations = {registration for registration, _ in extracts}
    files: list[Path] = []
    for folder in _entries(inbox, waiting):
        if only is not None and folder.name not in only:
            continue
        with _guarded(folder, waiting):
            files += _files_of(folder, registrations, waiting)
    states: dict[Path, FileState] = {}
    for file in files:
        with _guarded(file, waiting):
            if file.name.endswith(UNFINISHED):
                raise LeftError(WRITING)
            _check_name(file)
            states[file] = FileState.of(file)
    for file in _still_growing(states, pause):
        del states[file]
        waiting.append(Waiting(file, WRITING))
    deliveries: list[Delivery] = []
    for file, state in states.items():
        with _guarded(file, waiting):
            deliveries.append(_read_delivery(file, state, extracts, today or now().date()))
    sets, halves = _group(deliveries, extracts)
    return sorted(sets, key=lambda item: item.order), waiting + halves


@contextmanager
def _guarded(file: Path, waiting: list[Waiting]) -> Iterator[None]:
    """Leave a file for whatever is raised while it is looked at."""
    try:
        yield
    except LeftError as error:
        waiting.append(Waiting(file, str(error), error.until))
    except Exception as error:  # whatever it is, it is of this one file
        waiting.append(left_for(file, error))


def left_for(file: Path, error: Exception) -> Waiting:
    """Say why a file is left after an error while it was looked at or read; the log says where that arose.

    Args:
        file: The file.
        error: What was raised.

    Returns:
        The file with the reason.
    """
    log.debug("%s: %s", shown(file.name), faults.where(error))
    if isinstance(error, LeftError):
        return Waiting(file, str(error), error.until)
    if isinstance(error, FileNotFoundError):
        return Waiting(file, "is verdwenen terwijl ernaar werd gekeken; zet het zo nodig opnieuw neer")
    if isinstance(error, PermissionError):
        return Waiting(file, "mag niet worden gelezen; geef de gebruiker van deze run leesrecht")
    if isinstance(error, OSError):
        return Waiting(file, "kan niet worden gelezen; kijk of de schijf of netwerkmap het doet")
    log.error("%s kan niet worden bekeken: %s", shown(file.name), faults.where(error))
    told = "kan door een onverwachte fout niet worden bekeken; zet het opnieuw neer, of meld het: het logboek zegt waar"
    return Waiting(file, told)


def _entries(folder: Path, waiting: list[Waiting]) -> list[Path]:
    """What lies in a folder, in the order of the names; what begins with a point is nobody's delivery."""
    entries: list[Path] = []
    with _guarded(folder, waiting):
        if os.path.lexists(folder):
            entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    return entries


def _files_of(folder: Path, registrations: set[str], waiting: list[Waiting]) -> list[Path]:
    """The files in the folder of a registration that might be a delivery."""
    mode = folder.lstat().st_mode
    if folder.name not in registrations:
        _check_name(folder)
    known = f"wel bekend: {', '.join(sorted(registrations))}"
    if not stat.S_ISDIR(mode):
        if folder.name in registrations:
            raise LeftError(f"is {_what_it_is(mode)}; maak er een map van en leg de leveringen daarin")
        raise LeftError(f"ligt niet in de map van een registratie; zet het in een daarvan ({known})")
    if folder.name not in registrations:
        raise LeftError(f"deze map hoort bij geen registratie; {known}")
    entries = _entries(folder, waiting)
    names = {entry.name.removesuffix(UNFINISHED) for entry in entries}
    for entry in entries:
        whose = entry.name.removesuffix(MANIFEST)
        if whose != entry.name and whose not in names:
            waiting.append(Waiting(entry, "wacht op het bestand waar dit manifest bij hoort"))
    return [entry for entry in entries if not entry.name.endswith(MANIFEST)]


def _check_name(file: Path) -> None:
    size = len(os.fsencode(file.name))
    if size > MAX_NAME_BYTES:
        raise LeftError(f"de naam is {size} bytes lang; hernoem het naar een naam van hooguit {MAX_NAME_BYTES}")
    if not file.name.isprintable():
        raise LeftError("de naam bevat tekens die niet te lezen zijn of geen UTF-8 zijn; hernoem het")
    if PERSONAL_NUMBER.search(file.name):
        raise LeftError("de naam bevat een getal dat van een persoon kan zijn; hernoem het zonder dat getal")
    if kinds := _identifies(file.name):
        raise LeftError(f"de naam bevat wat {kinds[0]} lijkt; hernoem het zonder")


def _still_growing(states: Mapping[Path, FileState], pause: Callable[[float], None]) -> list[Path]:
    recent = [file for file, seen in states.items() if time.time() - seen.modified_ns / 1e9 < RECENT_SECONDS]
    if recent:
        pause(1.0)
    return [file for file in recent if not is_still(file, states[file])]


def is_still(file: Path, state: FileState) -> bool:
    """Whether a file is as it was when it was looked at.

    Args:
        file: The file.
        state: As it was.
    """
    try:
        return FileState.of(file) == state
    except (LeftError, OSError):
        return False


def _read_delivery(file: Path, state: FileState, extracts: Mapping[tuple[str, str], Extract], today: date) -> Delivery:
    registration = file.parent.name
    facts = facts_of(file)
    extract = extracts.get((registration, facts.extract))
    if extract is None:
        known = ", ".join(sorted(name for owner, name in extracts if owner == registration))
        raise LeftError(f"registratie {registration} kent dat extract niet; wel {known}")
    kind = extract.delivery
    if kind == "mutaties":
        kind = facts.soort or "mutaties"
        if kind == "periode":
            raise LeftError(f"extract {extract.name} wordt volledig of als mutaties geleverd, niet periode")
    elif facts.soort not in (None, kind):
        raise LeftError(f"extract {extract.name} wordt {kind} geleverd, niet {facts.soort}")
    _check_dates(facts.stand_datum, facts.ontvangen_op, today)
    said = (facts.ontvangen_op, kind, facts.demo, facts.aantal_records, facts.sha256)
    return Delivery(
        extract=extract,
        file=file,
        stand_datum=facts.stand_datum,
        received=facts.ontvangen_op,
        kind=kind,
        is_demo=facts.demo,
        state=state,
        expected_records=facts.aantal_records,
        expected_sha256=facts.sha256,
        facts=" ".join("-" if fact is None else str(fact) for fact in said),
    )


def _check_dates(stand: date, received: datetime | None, today: date) -> None:
    """A date that cannot be right would move what everybody's figures are known on."""
    mend = "zet de juiste dag in de naam of het manifest"
    if stand > today:
        raise LeftError(f"de stand, {stand:%d-%m-%Y}, ligt na vandaag ({today:%d-%m-%Y}); {mend}", stand)
    if received is None:
        return
    # By the day: the clock of a supplier may be ahead.
    if received.date() > today:
        raise LeftError(f"ontvangen op {received:%d-%m-%Y} ligt na vandaag ({today:%d-%m-%Y}); {mend}", received.date())
    if received.date() < stand:
        raise LeftError(f"ontvangen op {received:%d-%m-%Y} ligt voor de stand, {stand:%d-%m-%Y}; {mend}")


def facts_of(file: Path) -> Manifest:
    """Read what the manifest beside a file says of it, or else its name.

    Args:
        file: The file.

    Raises:
        LeftError: Neither says what it is, or what they say cannot be.
    """
    return _manifest(file) or _facts_of_name(file)


def _manifest(file: Path) -> Manifest | None:
    manifest = file.with_name(file.name + MANIFEST)
    if not os.path.lexists(manifest):
        return None
    try:
        return replace(found, demo=True) if (found := _facts_of(manifest)) and file.name.startswith(DEMO) else found
    except LeftError as error:
        raise LeftError(f"het manifest ernaast {error}") from error
    except OSError as error:
        raise LeftError(f"het manifest ernaast {left_for(manifest, error).reason}") from error
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        log.debug("%s: %s", shown(manifest.name), faults.where(error))
        mark = getattr(error, "problem_mark", None)
        place = f", regel {mark.line + 1}" if mark else ""
        raise LeftError(
            f"het manifest ernaast is niet te lezen als YAML in UTF-8{place}; schrijf per regel `naam: waarde`"
        ) from error


def _facts_of(manifest: Path) -> Manifest:
    """Read a manifest; as text, since YAML makes a 1 of `true` and a number of a date without dashes."""
    size = FileState.of(manifest).size
    if size > MAX_MANIFEST_BYTES:
        raise LeftError(f"is {size} bytes groot; verwacht hooguit {MAX_MANIFEST_BYTES}, met per regel `naam: waarde`")
    with manifest.open("rb") as stream:
        text = stream.read(MAX_MANIFEST_BYTES + 1).decode("utf-8-sig")
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    known = {each.name: each.metadata for each in fields(Manifest)}
    told = f"bekend zijn {', '.join(known)}"
    if not isinstance(node, yaml.MappingNode):
        raise LeftError(f"heeft geen regels `naam: waarde`; {told}")
    values: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in known:
            # The word itself may be anything, also delivered text.
            raise LeftError(f"geeft op regel {key.start_mark.line + 1} iets dat niet bekend is; {told}")
        if key.value in values:
            raise LeftError(f"noemt {key.value} tweemaal (regel {key.start_mark.line + 1}); laat er een staan")
        values[key.value] = _value(key.value, value, known[key.value])
    if missing := [name for name in ("extract", "stand_datum") if values.get(name) is None]:
        raise LeftError(f"noemt geen {' en geen '.join(missing)}; zet dat erin")
    return Manifest(**{name: value for name, value in values.items() if value is not None})


def _value(name: str, node: yaml.Node, how: Mapping[str, Any]) -> Any:
    """Read one value; None where nothing stands behind the name."""
    try:
        if not isinstance(node, yaml.ScalarNode):
            raise ValueError
        if node.tag == "tag:yaml.org,2002:null":
            return None
        return how["read"](node.value.strip())
    except (ValueError, KeyError, OverflowError) as error:
        raise LeftError(
            f"geeft {name} (regel {node.start_mark.line + 1}) anders dan verwacht: {how['told']}"
        ) from error


def _facts_of_name(file: Path) -> Manifest:
    match = FILE_NAME.match(file.name)
    if match is None:
        raise LeftError(f"naam volgt niet {NAME_RULE}; hernoem, of zet er een manifest naast (<bestand>.csv{MANIFEST})")
    try:
        return Manifest(
            extract=match["extract"],
            stand_datum=datetime.strptime(match["stand"], "%Y%m%d").date(),
            ontvangen_op=datetime.strptime(match["received"], "%Y%m%d") if match["received"] else None,
            soort=match["kind"],
            demo=bool(match["demo"]),
        )
    except ValueError as error:
        raise LeftError("de naam bevat een datum die niet bestaat; verwacht jjjjmmdd") from error


def _group(
    deliveries: list[Delivery], extracts: Mapping[tuple[str, str], Extract]
) -> tuple[list[DeliverySet], list[Waiting]]:
    sets: list[DeliverySet] = []
    halves: list[Waiting] = []
    together: dict[tuple[str, date, datetime | None], dict[str, list[Delivery]]] = {}
    for delivery in deliveries:
        if delivery.extract.together:
            key = (delivery.extract.registration, delivery.stand_datum, delivery.received)
            together.setdefault(key, {}).setdefault(delivery.extract.name, []).append(delivery)
        else:
            sets.append(DeliverySet((delivery,)))
    for (registration, stand, on), members in together.items():
        names = [name for owner, name in extracts if owner == registration]
        # Several files of one extract that were received together form pairs in the order of their names.
        for position in range(max(map(len, members.values()))):
            there = [members[name][position] for name in names if position < len(members.get(name, []))]
            if len({delivery.is_demo for delivery in there}) > 1:
                told = "is {}, en wat erbij hoort niet; noem ze alle demo_..., of geen"
                kinds = {True: "fictief", False: "echt"}
                halves += [Waiting(delivery.file, told.format(kinds[delivery.is_demo])) for delivery in there]
                continue
            if len(there) == len(names):
                sets.append(DeliverySet(tuple(there)))
                continue
            missing = sorted(set(names) - {delivery.extract.name for delivery in there}, key=names.index)
            reason = f"wacht op {', '.join(missing)} met stand {stand:%d-%m-%Y}; deze extracten horen bij elkaar"
            others = [key for key in together if key[:2] == (registration, stand) and key != (registration, stand, on)]
            if any(set(missing) & together[key].keys() for key in others):
                reason += "; wat er ligt is op een andere dag ontvangen: geef ze dezelfde"
            halves += [Waiting(delivery.file, reason) for delivery in there]
    return sets, halves
