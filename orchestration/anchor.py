"""The anchor: a second file that says which events the ledger has, so that a ledger that was made anew shows.

It is text that only grows, with two lines per event: that it is about to be written, before the ledger has it, and
that it stands, after. So neither a night that was killed nor an event that somebody took away, put behind the others or
wrote again leaves the same trace. Where it stands says a setting: on another disk, with rights of its own, it holds
against whoever can write the data folder. With a key each line is signed (Ed25519), so that only who has the key can
add one, and everybody with the public half can check them all. What the events are stands in `ledger`.
"""

import base64
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from orchestration import faults

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_SETTING = "VEILIGHEIDSAGENDA_ANKER_SLEUTEL"
UNSIGNED = "-"
FIELDS = 7
Stage = Literal["schrijft", "staat"]


class AnchorError(RuntimeError):
    """The anchor, or the key that signs it, cannot be used. The message says what to do, in Dutch."""


class Event(NamedTuple):
    """An event as the anchor tells of it.

    Args:
        number: Its number in the ledger.
        publication: Number of the publication.
        kind: What happened.
        written: When it was written down.
        sha256: Its hash, which stands for all events before it.
        skips: Numbers before it may be missing: a person declared that the ledger goes on without them.
    """

    number: int
    publication: int
    kind: str
    written: datetime
    sha256: str
    skips: bool = False

    def spelled(self, stage: Stage) -> str:
        """The line about this event, without its signature."""
        moment = self.written.isoformat(timespec="microseconds")
        return f"{self.number} {stage} {self.publication} {self.kind} {moment} {self.sha256}"


class _Line(NamedTuple):
    number: int
    stage: str
    publication: int
    kind: str
    sha256: str
    signed: str
    signature: str


@dataclass(frozen=True)
class Compared:
    """What holding the ledger against the anchor showed.

    Args:
        lines: Number of lines that were read.
        contradicted: Events of which the anchor says something else, or nothing, in Dutch.
        missing: Events that the anchor knows and the ledger does not, in Dutch.
    """

    lines: int
    contradicted: tuple[str, ...]
    missing: tuple[str, ...]


class Anchor:
    """The anchor of one ledger."""

    def __init__(self, file: Path) -> None:
        """Name the file; it need not exist yet.

        Args:
            file: Where the anchor stands.
        """
        self.file = file

    @property
    def exists(self) -> bool:
        """Whether there is one already."""
        return self.file.exists()

    def compare(self, events: Sequence[Event], *, signatures: bool = False) -> Compared:
        """Hold the events of the ledger against the anchor; one that is not there says nothing.

        Args:
            events: All events, in order.
            signatures: Also verify each line, where a key is set.

        Raises:
            AnchorError: The anchor or the key cannot be read.
        """
        if not self.exists:
            return Compared(0, (), ())
        lines, contradicted = self._read()
        if signatures:
            contradicted += self._wrongly_signed(lines)
        announced: dict[int, set[str]] = {}
        stands: dict[int, _Line] = {}
        for line in lines:
            announced.setdefault(line.number, set()).add(line.sha256)
            if line.stage == "staat" and stands.setdefault(line.number, line).sha256 != line.sha256:
                contradicted.append(f"het anker noemt gebeurtenis {line.number} met twee controlegetallen")
        lacking = _lacking(events, lines)
        for event in events:
            where = f"gebeurtenis {event.number} (publicatie {event.publication}, {event.kind})"
            if event.number in stands and stands[event.number].sha256 != event.sha256:
                contradicted.append(f"{where}: heeft in het anker een ander controlegetal")
            elif event.sha256 not in announced.get(event.number, ()):
                contradicted.append(f"{where}: staat niet in het anker")
            elif event.number in lacking:
                contradicted.append(f"{where}: in het anker ontbreekt dat zij {lacking[event.number]}")
        known = {event.number for event in events}
        skipped = _skipped(events)
        missing = [
            f"gebeurtenis {number} (publicatie {line.publication}, {line.kind}): staat in het anker, en niet meer in "
            "het grootboek"
            for number, line in sorted(stands.items())
            if number not in known and not any(low < number < high for low, high in skipped)
        ]
        return Compared(len(lines), tuple(contradicted), tuple(missing))

    def begin(self, events: Iterable[Event]) -> None:
        """Write an anchor for a ledger that has none, with all its events.

        Args:
            events: All events, in order.

        Raises:
            AnchorError: It cannot be written or signed.
        """
        self._append([(event, "staat") for event in events])

    def announce(self, event: Event) -> None:
        """Say that an event is about to be written to the ledger.

        Args:
            event: The event.

        Raises:
            AnchorError: It cannot be written or signed.
        """
        self._append([(event, "schrijft")])

    def settle(self, events: Iterable[Event]) -> None:
        """Say of the events that stand in the ledger, and of which that was not said yet, that they do.

        Args:
            events: All events, or the newest.

        Raises:
            AnchorError: It cannot be written or signed.
        """
        said = {line.number for line in self._read()[0] if line.stage == "staat"}
        self._append([(event, "staat") for event in events if event.number not in said])

    def last(self) -> tuple[int, int, str] | None:
        """Number, highest number of a publication, and hash of the newest event that the anchor knows to stand.

        Raises:
            AnchorError: It cannot be read.
        """
        stands = [line for line in self._read()[0] if line.stage == "staat"]
        if not stands:
            return None
        newest = max(stands, key=lambda line: line.number)
        return newest.number, max(line.publication for line in stands), newest.sha256

    def _read(self) -> tuple[list[_Line], list[str]]:
        """The lines, and which cannot be read; a line that was cut off while it was written says nothing."""
        try:
            text = self.file.read_text(encoding="ascii")
        except FileNotFoundError:
            return [], []
        except (OSError, ValueError) as error:
            if faults.is_of_the_disk(error):
                raise AnchorError(f"het anker is niet te lezen: {faults.told(str(error))}") from error
            raise AnchorError(f"het anker {self.file} kan niet worden gelezen ({type(error).__name__})") from error
        lines, broken = [], []
        for number, row in enumerate(text.splitlines(), start=1):
            parts = row.split(" ")
            if len(parts) == FIELDS and parts[0].isdecimal() and parts[2].isdecimal():
                lines.append(_Line(int(parts[0]), parts[1], int(parts[2]), parts[3], parts[5], row, parts[6]))
            elif len(parts) >= FIELDS:
                broken.append(f"regel {number} van het anker is niet te lezen")
        return lines, broken

    def _append(self, told: Sequence[tuple[Event, Stage]]) -> None:
        if not told:
            return
        key = _private_key()
        rows = []
        for event, stage in told:
            line = event.spelled(stage)
            signature = base64.b64encode(key.sign(line.encode())).decode() if key else UNSIGNED
            rows.append(f"{line} {signature}\n")
        try:
            with self.file.open("ab+") as file:
                # The line before may have been cut off.
                if file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                    file.write(b"\n")
                file.write("".join(rows).encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if faults.is_of_the_disk(error):
                # What helps is said of the disk, and not of the setting.
                raise AnchorError(f"het anker {self.file} is niet bij te werken: {faults.told(str(error))}") from error
            raise AnchorError(
                f"het anker {self.file} kan niet worden geschreven ({error.strerror}); maak het bereikbaar en draai "
                "opnieuw, of haal de instelling weg"
            ) from error

    def _wrongly_signed(self, lines: Sequence[_Line]) -> list[str]:
        key = _public_key()
        if key is None:
            return []
        from cryptography.exceptions import InvalidSignature

        told = []
        for line in lines:
            text, _, signature = line.signed.rpartition(" ")
            try:
                key.verify(base64.b64decode(signature, validate=True), text.encode())
            except (InvalidSignature, ValueError):
                told.append(
                    f"gebeurtenis {line.number} (publicatie {line.publication}, {line.kind}): is in het anker niet met "
                    "deze sleutel ondertekend"
                )
        return list(dict.fromkeys(told))


def _lacking(events: Sequence[Event], lines: Sequence[_Line]) -> dict[int, str]:
    """The events of which one of the two lines is gone, by their number, and what it said, in Dutch."""
    said = {(line.number, line.sha256, line.stage) for line in lines}
    # What stood in the ledger before its anchor began was never announced to that.
    from_the_start = {line.number for line in takewhile(lambda line: line.stage == "staat", lines)}
    lacking = {}
    for event in events:
        if (event.number, event.sha256, "staat") not in said:
            # Of the last one a night that was killed did not come to say it; the next run does.
            if event is not events[-1]:
                lacking[event.number] = "er staat"
        elif (event.number, event.sha256, "schrijft") not in said and event.number not in from_the_start:
            lacking[event.number] = "zou worden opgeschreven"
    return lacking


def is_signed() -> bool:
    """Whether a key is set."""
    return bool(os.environ.get(KEY_SETTING))


def _skipped(events: Sequence[Event]) -> list[tuple[int, int]]:
    """The numbers, both excluded, between which a person declared that events are missing."""
    before = [0, *(event.number for event in events)]
    return [(low, event.number) for low, event in zip(before, events, strict=False) if event.skips]


def _private_key() -> "Ed25519PrivateKey | None":
    key = _key()
    if key is not None and not hasattr(key, "sign"):
        raise AnchorError(
            f"met de sleutel in {KEY_SETTING} is alleen te controleren; schrijven kan alleen met de geheime helft"
        )
    # The kind of key is seen by what it can do: to name its class would import the library where no key is set.
    return key  # type: ignore[return-value]


def _public_key() -> "Ed25519PublicKey | None":
    key = _key()
    return key.public_key() if key is not None and hasattr(key, "public_key") else key  # type: ignore[return-value]


def _key() -> "Ed25519PrivateKey | Ed25519PublicKey | None":
    named = os.environ.get(KEY_SETTING)
    if not named:
        return None
    # Who sets no key does not pay for the library.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

    try:
        text = Path(named).read_bytes()
        key = load_pem_private_key(text, None) if b"PRIVATE KEY" in text else load_pem_public_key(text)
    except (OSError, ValueError, TypeError) as error:
        raise AnchorError(f"de sleutel in {KEY_SETTING} kan niet worden gelezen: {named}") from error
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise AnchorError(f"de sleutel in {KEY_SETTING} is niet van het soort Ed25519: {named}")
    return key
