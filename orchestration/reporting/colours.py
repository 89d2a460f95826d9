"""The colours of the report, light and dark, and how much they differ; where they are used stands in the style sheet.

They are those of the Dutch central government. A colour never says anything by itself: there is always a word, a sign
or a form beside it.
"""

from dataclasses import dataclass

# What WCAG 2.1 AA asks of text, and of the parts of a chart.
TEXT, GRAPHIC = 4.5, 3.0
# Below this a channel of sRGB is linear.
LINEAR_UNTIL = 0.04045


@dataclass(frozen=True)
class Palette:
    """One set of colours, as `#rrggbb`.

    Args:
        paper: Background of page and charts.
        band: Background of what is set apart.
        ink: Text.
        muted: Text that is less important.
        link: Links, and headings.
        line: Lines around and between parts.
        bar: A figure in a chart.
        norm: The norm in a chart.
        met: A norm that is met, in text.
        missed: A norm that is missed, in text.
    """

    paper: str
    band: str
    ink: str
    muted: str
    link: str
    line: str
    bar: str
    norm: str
    met: str
    missed: str


LIGHT = Palette(
    paper="#ffffff",
    band="#f3f3f3",
    ink="#1a1a1a",
    muted="#535353",
    link="#154273",
    line="#696969",
    bar="#01689b",
    norm="#e17000",
    met="#275937",
    missed="#d52b1e",
)
DARK = Palette(
    paper="#17191c",
    band="#24272c",
    ink="#ececec",
    muted="#c0c0c0",
    link="#8fcae7",
    line="#8f8f8f",
    bar="#8fcae7",
    norm="#ffb612",
    met="#76d2b6",
    missed="#f092cd",
)


def contrast(one: str, other: str) -> float:
    """How much two colours differ, as WCAG 2.1 computes it: from 1 (not at all) to 21. It is not rounded.

    Args:
        one: A colour, as `#rrggbb`.
        other: Another.
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= LINEAR_UNTIL else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
