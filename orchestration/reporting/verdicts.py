"""What each year of an agenda counts as in the summary: one classification, from which everything there is counted.

The verdict itself is that of the marts; here it is only said in which count it stands. The tables that show the counts
stand in `tables`, the sentences in `sentences`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from orchestration.reporting.published import Figure, Indicator, Published, Row

FOLLOWED, NOT_JUDGED, INCREASE = "geen_norm", "geen_oordeel", "richting_toename"


class Standing(StrEnum):
    """What the agenda asks of an indicator in a year, and where that has a norm what came of it."""

    MET = "gehaald"
    MISSED = "niet gehaald"
    RUNNING = "jaar loopt nog"
    OPEN = "geen oordeel"
    NO_NUMBER = "nog geen getal"
    REFERENCE = "referentiejaar"
    FOLLOWED = "gevolgd zonder norm"
    WITHHELD = "niet vrij"


NORMS = (Standing.MET, Standing.MISSED, Standing.RUNNING, Standing.OPEN)
_OF_VERDICT = {
    "behaald": Standing.MET,
    "niet_behaald": Standing.MISSED,
    "op_schema": Standing.RUNNING,
    "achter_op_schema": Standing.RUNNING,
    NOT_JUDGED: Standing.OPEN,
    FOLLOWED: Standing.FOLLOWED,
}


def standing(figure: Figure) -> Standing:
    """What a year of an agenda counts as: one of these, and never two.

    Whether there is a norm follows from what was decided, and never from what was delivered: a year with which others
    are compared is none before its figure is there either.

    Args:
        figure: The figure of a year that an agenda has.
    """
    if figure.referentie_jaar == figure.jaar:
        return Standing.REFERENCE
    # A release does not say what follows from a figure that it hides, nor whether there is a norm.
    if figure.oordeel is None and figure.vrijgave_reden:
        return Standing.WITHHELD
    if figure.oordeel == NOT_JUDGED and figure.streefcijfer is None and figure.geen_streefcijfer_reden != INCREASE:
        return Standing.NO_NUMBER
    return _OF_VERDICT[figure.oordeel or ""]


@dataclass(frozen=True)
class Count:
    """How often each standing occurs.

    Args:
        standings: How often, by standing.
        without_number: Why the agenda has no number, by code of the reason: how often.
    """

    standings: Counter[Standing] = field(default_factory=Counter)
    without_number: Counter[str] = field(default_factory=Counter)

    @property
    def norms(self) -> int:
        """How many norms there are; a norm is one for each year, and one without a number is none yet."""
        return sum(self.standings[each] for each in NORMS)

    @property
    def judged(self) -> int:
        """How many norms were met or missed."""
        return self.standings[Standing.MET] + self.standings[Standing.MISSED]


def agenda_years(published: Published) -> list[tuple[Indicator, Figure]]:
    """Each year of each indicator that an agenda has, in the order in which they are shown.

    Args:
        published: The published file.
    """
    return [
        (indicator, figure) for indicator in published.indicators for figure in indicator.figures if figure.agenda_code
    ]


def counted(figures: Iterable[Figure]) -> Count:
    """Count what years of an agenda stand for.

    Args:
        figures: The figures of those years.
    """
    found = Count()
    for figure in figures:
        each = standing(figure)
        found.standings[each] += 1
        if each is Standing.NO_NUMBER:
            found.without_number[figure.geen_streefcijfer_reden or ""] += 1
    return found


def per_agenda(published: Published) -> list[tuple[Row, Count]]:
    """The counts of each agenda, oldest first, with its row in `dim_agenda`.

    Args:
        published: The published file.
    """
    of_agenda: dict[str | None, list[Figure]] = defaultdict(list)
    for _, figure in agenda_years(published):
        of_agenda[figure.agenda_code].append(figure)
    return [
        (row, counted(of_agenda[row["agenda_code"]])) for row in published.agendas if row["agenda_code"] in of_agenda
    ]


def per_year(published: Published) -> list[tuple[Row, int, Count]]:
    """The counts of each year of each agenda, oldest first.

    Args:
        published: The published file.
    """
    of_year: dict[tuple[str | None, int], list[Figure]] = defaultdict(list)
    for _, figure in agenda_years(published):
        of_year[figure.agenda_code, figure.jaar].append(figure)
    return [
        (row, year, counted(of_year[code, year]))
        for row in published.agendas
        for code, year in sorted(of_year, key=lambda key: key[1])
        if code == row["agenda_code"]
    ]
