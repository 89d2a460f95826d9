"""When the next delivery of an extract is due, by how often it is delivered; who is told of it stands elsewhere."""

from calendar import monthrange
from datetime import date, timedelta

DAYS = {"dag": 1, "week": 7}
MONTHS = {"maand": 1, "kwartaal": 3, "halfjaar": 6, "jaarlijks": 12}


def due(received: date, cadence: str) -> date:
    """The last day on which the next delivery is not late yet.

    It is counted from the day on which the one before it came in, so that the time which a supplier always takes
    between the state of his register and its delivery makes nobody late.

    Args:
        received: Day on which the last delivery was received.
        cadence: How often it is delivered, as the declaration of the extract says it.

    Returns:
        The day; at the end of a shorter month its last day.

    Raises:
        KeyError: There is no such cadence.
    """
    if cadence in DAYS:
        return received + timedelta(days=DAYS[cadence])
    years, month = divmod(received.month - 1 + MONTHS[cadence], 12)
    year, month = received.year + years, month + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))
