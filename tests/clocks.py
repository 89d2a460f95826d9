"""Another hour on the clock of the program."""

from datetime import datetime, tzinfo
from typing import Self

import pytest

from orchestration import clock


def set_clock(patch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let the one clock of the program stand still at a moment, which has a zone."""

    class Standing(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(moment.timestamp(), tz)

    patch.setattr(clock, "datetime", Standing)
