"""How pages for people look: one style sheet, one set of colours; and the one way to fill a template.

What stands on a page is decided where it is made.
"""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.reporting import colours, formats
from orchestration.wording import dutch

STYLE = "style.css"


@cache
def style() -> str:
    """The style sheet, with the colours filled in: in light, and where the reader asks for dark."""
    text = Path(__file__).with_name(STYLE).read_text(encoding="utf-8")
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in asdict(palette).items())
        for palette in (colours.LIGHT, colours.DARK)
    )
    # A drawing names the light colours; what stands on a dark page takes the dark one of the same name.
    drawn = "\n".join(
        f'.grafiek [{attribute}="{colour}"] {{ {attribute}: var(--{name}); }}'
        for attribute in ("fill", "stroke")
        for name, colour in asdict(colours.LIGHT).items()
    )
    return text.replace("/* licht */", light).replace("/* donker */", dark).replace("/* grafieken */", drawn)


@cache
def template(file: Path) -> Any:
    """A template that escapes what it is given, and of which nothing may be missing.

    Args:
        file: The file with the template.

    Returns:
        The template, as Jinja knows it.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(file.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = formats.day
    environment.filters["number"] = formats.number
    environment.filters["dutch"] = dutch
    return environment.get_template(file.name)
