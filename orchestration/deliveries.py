"""What lies in the inbox: which file is which delivery, and which files are not ready to be one.

Only names, manifests and the file system are looked at here. What a file holds is the loader's business; whether it
was loaded before is the register's.

A delivered file is called `<extract>_<stand jjjjmmdd>[_ontvangen_<jjjjmmdd>][_volledig|_mutaties].csv`. A file with a
name of its own, such as one from a public portal, has a manifest beside it, `<file name>.manifest.yml`, with the same
facts. Demo deliveries are called `demo_...`.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.declarations import Extract

FILE_NAME = re.compile(
    r"^(?P<demo>demo_)?(?P<extract>[a-z][a-z0-9_]*?)_(?P<stand>\d{8})"
    r"(?:_ontvangen_(?P<received>\d{8}))?(?:_(?P<kind>volledig|mutaties))?\.csv$"
)
NAME_RULE = "<extract>_<stand jjjjmmdd>[_ontvangen_<jjjjmmdd>][_volledig|_mutaties].csv"
MANIFEST = ".manifest.yml"
RECENT_SECONDS = 60.0


class Manifest(BaseModel):
    """Facts about a delivered file that its name does not give.

    Args:
        extract: Name of the extract.
        stand_datum: Day whose state of the register the file gives.
        ontvangen_op: When the file was received, where that is earlier than it is loaded.
        soort: `volledig` or `mutaties`, for an extract of kind `mutaties`.
        aantal_records: Number of records that the supplier says the file holds.
        sha256: Checksum that the supplier gave.
        demo: The file holds fictitious data.
    """

    model_config = ConfigDict(extra="forbid")

    extract: str
    stand_datum: date
    ontvangen_op: datetime | None = None
    soort: str | None = None
    aantal_records: int | None = None
    sha256: str | None = None
    demo: bool = False


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
        expected_records: Number of records that the supplier announced.
        expected_sha256: Checksum that the supplier announced.
    """

    extract: Extract
    file: Path
    stand_datum: date
    received: datetime | None
    kind: str
    is_demo: bool
    expected_records: int | None = None
    expected_sha256: str | None = None

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
    """

    file: Path
    reason: str


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
) -> tuple[list[DeliverySet], list[Waiting]]:
    """Look what lies in the inbox.

    Args:
        inbox: Folder with one subfolder per registration.
        extracts: The declared extracts.
        pause: Waits a number of seconds, to see whether a recent file still grows.

    Returns:
        The sets that are complete, in order of arrival, and the files that are left for later, with the reason.
    """
    registrations = {registration for registration, _ in extracts}
    files = sorted(file for folder in _subfolders(inbox, registrations) for file in folder.iterdir())
    files = [file for file in files if not file.name.startswith(".") and not file.name.endswith(MANIFEST)]
    growing = _still_growing(files, pause)
    deliveries: list[Delivery] = []
    waiting = [
        Waiting(
            folder, f"map {folder.name!r} hoort bij geen registratie; wel bekend: {', '.join(sorted(registrations))}"
        )
        for folder in _subfolders(inbox)
        if folder.name not in registrations
    ]
    for file in files:
        if file.name.endswith(".part") or file in growing:
            waiting.append(Waiting(file, "wordt nog geschreven"))
            continue
        try:
            deliveries.append(_read_delivery(file, extracts))
        except ValueError as error:
            waiting.append(Waiting(file, str(error)))
    sets, halves = _group(deliveries, extracts)
    return sorted(sets, key=lambda item: item.order), waiting + halves


def _subfolders(inbox: Path, names: Iterable[str] | None = None) -> list[Path]:
    if not inbox.is_dir():
        return []
    return [folder for folder in sorted(inbox.iterdir()) if folder.is_dir() and (names is None or folder.name in names)]


def _still_growing(files: list[Path], pause: Callable[[float], None]) -> set[Path]:
    recent = [file for file in files if time.time() - file.stat().st_mtime < RECENT_SECONDS]
    if not recent:
        return set()
    before = {file: (file.stat().st_size, file.stat().st_mtime_ns) for file in recent}
    pause(1.0)
    return {
        file
        for file, seen in before.items()
        if not file.exists() or (file.stat().st_size, file.stat().st_mtime_ns) != seen
    }


def _read_delivery(file: Path, extracts: Mapping[tuple[str, str], Extract]) -> Delivery:
    registration = file.parent.name
    facts = _manifest(file) or _facts_of_name(file)
    extract = extracts.get((registration, facts.extract))
    if extract is None:
        known = sorted(name for owner, name in extracts if owner == registration)
        raise ValueError(f"registratie {registration} kent geen extract {facts.extract!r}; wel {known}")
    kind = extract.delivery
    if kind == "mutaties":
        kind = facts.soort or "mutaties"
    elif facts.soort not in (None, kind):
        raise ValueError(f"extract {extract.name} wordt {kind} geleverd, niet {facts.soort}")
    return Delivery(
        extract=extract,
        file=file,
        stand_datum=facts.stand_datum,
        received=facts.ontvangen_op,
        kind=kind,
        is_demo=facts.demo,
        expected_records=facts.aantal_records,
        expected_sha256=facts.sha256,
    )


def _manifest(file: Path) -> Manifest | None:
    manifest = file.with_name(file.name + MANIFEST)
    if not manifest.exists():
        return None
    try:
        return Manifest.model_validate(yaml.safe_load(manifest.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"manifest {manifest.name} is niet leesbaar: {error}") from error


def _facts_of_name(file: Path) -> Manifest:
    match = FILE_NAME.match(file.name)
    if match is None:
        raise ValueError(
            f"naam volgt niet {NAME_RULE} en er staat geen {file.name}{MANIFEST} naast; hernoem, of zet dat erbij"
        )
    try:
        return Manifest(
            extract=match["extract"],
            stand_datum=datetime.strptime(match["stand"], "%Y%m%d").date(),
            ontvangen_op=datetime.strptime(match["received"], "%Y%m%d") if match["received"] else None,
            soort=match["kind"],
            demo=bool(match["demo"]),
        )
    except ValueError as error:
        raise ValueError("de naam bevat een datum die niet bestaat; verwacht jjjjmmdd") from error


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
    for (registration, stand, _), members in together.items():
        names = [name for owner, name in extracts if owner == registration]
        # Several files of one extract that were received together form pairs in the order of their names.
        for position in range(max(map(len, members.values()))):
            there = [members[name][position] for name in names if position < len(members.get(name, []))]
            if len(there) == len(names):
                sets.append(DeliverySet(tuple(there)))
                continue
            missing = sorted(set(names) - {delivery.extract.name for delivery in there}, key=names.index)
            reason = f"wacht op {', '.join(missing)} met stand {stand:%d-%m-%Y}; deze extracten horen bij elkaar"
            halves += [Waiting(delivery.file, reason) for delivery in there]
    return sets, halves
