"""The clock by which moments are written down: that of the Netherlands, without a zone. No text is read here."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
# By so much it goes back in autumn, without anything being wrong.
SUMMER_TIME = timedelta(hours=1)


def now() -> datetime:
    """The time on the clock in the Netherlands, without zone."""
    return local(datetime.now(ZONE))


def local(moment: datetime) -> datetime:
    """Bring a moment to the clock in the Netherlands.

    Args:
        moment: A moment; without a zone it is on that clock already.

    Returns:
        The moment, without zone.

    Raises:
        OverflowError: The moment is too near the end of the calendar to be brought anywhere.
    """
    return moment if moment.tzinfo is None else moment.astimezone(ZONE).replace(tzinfo=None)
