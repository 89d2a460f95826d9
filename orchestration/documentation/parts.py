"""What a page of the documentation is made of; what it tells is decided in `contents`, how it looks in the template."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cell:
    """A piece of text in a table or a list.

    Args:
        text: The text.
        link: Where it leads: a page, a place on one, or both; empty where nowhere.
        is_code: It is a name as the machine spells it.
        anchor: Where a link to it leads, of the first cell of a row; empty where none does.
    """

    text: str
    link: str = ""
    is_code: bool = False
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading.

    Args:
        caption: What it shows.
        headings: One per column.
        rows: A cell per column.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Picture:
    """A drawing, with the same in words.

    Args:
        svg: The drawing.
        told: What is to be seen on it.
    """

    svg: str
    told: str


@dataclass(frozen=True)
class Part:
    """A part of a page, with a heading; a part of a part has a smaller one.

    Args:
        id: Where a link leads to; unique on its page.
        heading: Its heading.
        text: Paragraphs.
        facts: Short answers, each with its question.
        picture: A drawing.
        tables: Its tables.
        parts: The parts below it.
        is_named: It stands in the table of contents.
    """

    id: str
    heading: str
    text: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    picture: Picture | None = None
    tables: Sequence[Table] = ()
    parts: Sequence["Part"] = ()
    is_named: bool = True


@dataclass(frozen=True)
class Page:
    """One page.

    Args:
        file: Name of its file.
        title: What it is called in the navigation.
        lead: What it is for.
        parts: What stands on it.
        can_search: Its tables can be narrowed to rows with a word, where the reader has scripts on.
    """

    file: str
    title: str
    lead: str
    parts: Sequence[Part] = field(default=())
    can_search: bool = False
