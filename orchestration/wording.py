"""How numbers and tables of them are written for Dutch readers; what is told of them stands where it is found."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

# What begins something else than text in Markdown, or ends a cell.
_MARKS = re.compile(r"[\\`|<>\[\]&]")


def dutch(number: object, sign: str = "-") -> str:
    """Write a number with a dot between thousands, and one decimal behind a comma unless that is zero.

    Args:
        number: The number.
        sign: `+` where a sign stands in front of a positive number too.
    """
    text = f"{float(str(number)):{sign},.1f}".removesuffix(".0")
    return text.translate(str.maketrans({",": ".", ".": ","}))


def counted(number: int, one: str, more: str) -> str:
    """Write a number of things.

    Args:
        number: How many.
        one: What one of them is called.
        more: What more of them are called.
    """
    return f"{dutch(number)} {one if number == 1 else more}"


def markdown_table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as a table of Markdown.

    Args:
        heading: A name for each column.
        rows: Of each a value per column: a figure (Decimal) becomes what `dutch` makes of it, nothing or an empty
            text a dash. A text may be of anybody, and means nothing but itself.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heading, ["---"] * len(heading), *cells])


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    return dutch(value) if isinstance(value, Decimal) else as_text(str(value))


def as_text(text: str) -> str:
    """Write a text on one line, in which no sign means anything to Markdown or HTML.

    Args:
        text: The text, of anybody.
    """
    return _MARKS.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(text.split()))
