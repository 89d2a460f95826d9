"""The marks that stand behind a figure or a year in a table: one mark, one meaning, on every page and in a terminal.

What they say follows from what the marts say of a figure; where words fit, words stand in their place.
"""

from collections.abc import Iterable

from orchestration.figures import NOT_WHOLE, PROVISIONAL
from orchestration.reporting.published import Figure, Indicator

BREAK, GROWS = "\N{DAGGER}", "\N{DOUBLE DAGGER}"
MEANINGS = {
    PROVISIONAL: "voorlopig",
    NOT_WHOLE: "het jaar is nog niet heel bekend",
    BREAK: "breuk in de reeks: met het jaar ervoor niet te vergelijken",
    GROWS: "groeit nog: het cijfer wordt naar verwachting hoger",
}


def grows(indicator: Indicator, figure: Figure) -> bool:
    """Whether a figure is expected to grow.

    Args:
        indicator: The indicator.
        figure: Its figure of a year.
    """
    return "groeit_nog" in (figure.oordeel_reden, figure.geen_vergelijking_reden) or figure.jaar in indicator.expected


def marks(indicator: Indicator, figure: Figure | None) -> str:
    """The marks of a year.

    Args:
        indicator: The indicator.
        figure: Its national figure of that year; None where there is none.

    Returns:
        The marks, in one order; an empty text where there is no figure, or nothing to be read with it.
    """
    if figure is None or figure.realisatie is None:
        return ""
    holds = {
        PROVISIONAL: figure.realisatie_status == "voorlopig",
        NOT_WHOLE: not figure.is_whole,
        BREAK: figure.jaar in indicator.breaks,
        GROWS: grows(indicator, figure),
    }
    return "".join(mark for mark, is_so in holds.items() if is_so)


def explained(texts: Iterable[str]) -> list[str]:
    """Say what the marks mean that stand behind figures and years.

    Args:
        texts: What stands in the table with numbers.

    Returns:
        A note; nothing where there is no mark.
    """
    found = {sign for each in texts for sign in each}
    told = [f"{mark} {meaning}" for mark, meaning in MEANINGS.items() if mark in found]
    return [f"{'; '.join(told)}."] if told else []
