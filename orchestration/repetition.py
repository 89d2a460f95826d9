"""What the past says of a set that lies in the inbox: when it was received, and whether it is anything new.

Nothing is written here. The answers do not depend on the order in which files arrived: only on what was received when.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import duckdb

from orchestration import register
from orchestration.deliveries import DeliverySet
from orchestration.register import Decision, KnownFile, Version

WERE_IN_FORCE = ("toegelaten", "ingetrokken", "opnieuw_aangeboden")


@dataclass(frozen=True)
class Past:
    """A set, and what was delivered before for the same state of the same extracts.

    Args:
        item: The set.
        contents: What it holds, as a version has it.
        versions: The earlier versions, in the order in which they were loaded.
        decisions: What people decided about this content: that it was withdrawn, and that it may hold again.
    """

    item: DeliverySet
    contents: frozenset[tuple[str, str, str]]
    versions: tuple[Version, ...]
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, item: DeliverySet, sums: Sequence[str]) -> Self:
        """Look a set up in the register.

        Args:
            con: Connection to `raw.duckdb`.
            item: The set.
            sums: Checksum of each of its files.

        Returns:
            The set with its past.
        """
        first = item.deliveries[0]
        kinds = {(delivery.extract.name, delivery.kind) for delivery in item.deliveries}
        contents = frozenset(
            (delivery.extract.name, delivery.kind, sha256)
            for delivery, sha256 in zip(item.deliveries, sums, strict=True)
        )
        versions = tuple(
            version
            for version in register.versions(con, first.extract.registration, first.stand_datum)
            if {(name, kind) for name, kind, _ in version.contents} == kinds
        )
        same = [version for version in versions if version.contents == contents]
        # The one that was received first has all decisions, each from the moment on which it was taken.
        oldest = min(same, key=lambda version: (version.received, -version.set_number), default=None)
        taken = register.decisions(con, oldest.set_number) if oldest else []
        return cls(item, contents, versions, tuple(_by_people(taken)))

    def received(self, known: Sequence[KnownFile | None]) -> datetime | None:
        """Say when the set was received.

        Args:
            known: What the register knows of each of its files.

        Returns:
            What the set says itself, else when it was first seen; None where it is new.
        """
        if self.item.received:
            return self.item.received
        seen = [found.received for found in known if found]
        if len(seen) == len(known):
            return max(seen)
        # The files were touched: they hold what they held.
        named = [version for version in self.versions if version.files == self._files]
        return named[-1].received if named and named[-1].contents == self.contents else None

    def repeated(self, received: datetime) -> Version | None:
        """Find the version that the set repeats: the newest when it was received, or one that a person refused.

        Content that returns after a correction repeats nothing: it is a correction of that correction.

        Args:
            received: When the set was received.

        Returns:
            That version; None where the set is something new.
        """
        for version in self.versions:
            if version.contents == self.contents and version.verdict == "geweigerd" and version.by_person:
                return version
        before = [
            version
            for version in self.versions
            if version.verdict in WERE_IN_FORCE and (version.received, version.files) <= (received, self._files)
        ]
        newest = max(before, key=lambda version: (version.received, version.files, version.set_number), default=None)
        if newest and newest.contents == self.contents and newest.verdict != "opnieuw_aangeboden":
            return newest
        return None

    @property
    def _files(self) -> tuple[str, ...]:
        """Names, in the order of a version."""
        return tuple(
            delivery.file.name for delivery in sorted(self.item.deliveries, key=lambda each: each.extract.name)
        )


def _by_people(taken: Sequence[Decision]) -> list[Decision]:
    """The decisions from the first withdrawal on; what was offered again since may hold from that moment."""
    first = next((place for place, decision in enumerate(taken) if decision.verdict == "ingetrokken"), len(taken))
    return [
        replace(decision, verdict="toegelaten") if decision.verdict == "opnieuw_aangeboden" else decision
        for decision in taken[first:]
    ]
