"""The charts of the report: for each indicator a static SVG, drawn by Vega-Lite.

The form stands in `chart.vl.json`, as that grammar spells it; here it gets its data. What a chart shows is told beside
it in words, and stands in a table: nobody needs to see it.
"""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from orchestration.reporting.colours import LIGHT
from orchestration.reporting.formats import EURO, MILLION, PERCENT, number
from orchestration.reporting.marks import grows
from orchestration.reporting.published import Figure, Indicator

FORM = Path(__file__).with_name("chart.vl.json")
NAMESPACE = re.compile(r"^\{[^}]*\}")
# Where a number in a path or a transformation is more precise than anybody can see.
TOO_PRECISE = re.compile(r"-?\d+\.\d{2,}")
# What the style sheet of the page says, or what says nothing: a browser draws the same without it.
SUPERFLUOUS = {
    "class",
    "aria-label",
    "aria-hidden",
    "aria-roledescription",
    "role",
    "pointer-events",
    "font-family",
    "version",
}
NEUTRAL = {
    ("opacity", "1"),
    ("stroke-miterlimit", "10"),
    ("stroke-dasharray", "1,0"),
    ("transform", "translate(0,0)"),
    ("font-size", "12px"),
    ("font-weight", "normal"),
    ("text-anchor", "middle"),
}
MILLIONS = "miljoen euro"
# In pixels: a chart of seven years fits on a telephone.
NARROWEST_YEAR, WIDTH_OF_A_SIGN = 42, 7


def shown_years(indicator: Indicator) -> list[Figure]:
    """The years that a chart shows: from the first to the last that has a figure.

    Args:
        indicator: The indicator.
    """
    years = [figure.jaar for figure in indicator.with_figure]
    return [figure for figure in indicator.figures if years and years[0] <= figure.jaar <= years[-1]]


def is_immature(indicator: Indicator, figure: Figure) -> bool:
    """Whether a figure cannot be set beside those of other years yet: its year is not known whole, or it still grows.

    Args:
        indicator: The indicator.
        figure: Its figure of a year.
    """
    return figure.realisatie is not None and (grows(indicator, figure) or not figure.is_whole)


def legend(indicator: Indicator) -> list[str]:
    """What the forms in a chart mean, in Dutch: only those that it has.

    Args:
        indicator: The indicator.
    """
    years = shown_years(indicator)
    told = {
        "dichte staaf: definitief": any(_is_definitive(figure) for figure in years),
        "open staaf: voorlopig": any(figure.realisatie is not None and not _is_definitive(figure) for figure in years),
        "gestreepte rand: het jaar is nog niet heel bekend, of het cijfer groeit nog": any(
            is_immature(indicator, figure) for figure in years
        ),
        "oranje streep: norm": any(figure.streefcijfer is not None for figure in years),
        "oranje streep: cijfer dat moet worden overtroffen": any(
            figure.streefcijfer is None and figure.target is not None for figure in years
        ),
        "grijze band met ruit: verwachte eindwaarde": any(figure.jaar in indicator.expected for figure in years),
        "stippellijn: breuk in de reeks": any(figure.jaar in indicator.breaks for figure in years[1:]),
    }
    return [text for text, is_there in told.items() if is_there]


def draw(indicators: Iterable[Indicator]) -> dict[str, str]:
    """Draw the chart of each indicator that has a figure.

    Args:
        indicators: The indicators.

    Returns:
        By code of the indicator an `svg` element without a name or role of its own; the page gives it those.
    """
    # 84 MB with an engine for Vega in it: nobody but a report needs it.
    import vl_convert

    drawn = {}
    for indicator in indicators:
        if years := shown_years(indicator):
            drawn[indicator.code] = _cleaned(vl_convert.vega_to_svg(_filled(indicator, years)))
    return drawn


@cache
def _form() -> str:
    import vl_convert

    # Once for all charts: Vega-Lite is translated, and Vega draws.
    return json.dumps(vl_convert.vegalite_to_vega(json.loads(FORM.read_text(encoding="utf-8"))))


def _filled(indicator: Indicator, years: list[Figure]) -> dict[str, Any]:
    form = json.loads(_form())
    has_norm = any(figure.target is not None for figure in years)
    is_norm = any(figure.streefcijfer is not None for figure in years)
    is_euro = indicator.unit == EURO
    values = [_datum(indicator, figure) for figure in years]
    parameters = {
        "eenheid": MILLIONS if is_euro else indicator.about["eenheid_van_maat_naam"],
        "is_genormeerd": has_norm,
        "norm_heet": "norm" if is_norm else "meer dan",
    }
    for signal in form["signals"]:
        signal.update({"value": parameters[signal["name"]]} if signal["name"] in parameters else {})
    longest = max(len(text) for value in values for text in (value["cijfer_tekst"], value["norm_tekst"]))
    form["width"] = len(years) * max(NARROWEST_YEAR, longest * WIDTH_OF_A_SIGN)
    for data in form["data"]:
        data.update({"values": values} if data["name"] == "jaren" else {})
    return form


def _datum(indicator: Indicator, figure: Figure) -> dict[str, Any]:
    expected = indicator.expected.get(figure.jaar)
    scaled = (
        (lambda value: None if value is None else value / MILLION) if indicator.unit == EURO else lambda value: value
    )
    figures = {
        "cijfer": scaled(figure.realisatie),
        "norm": scaled(figure.target),
        "verwacht": scaled(expected and expected.verwachte_eindwaarde),
        "ondergrens": scaled(expected and expected.ondergrens),
        "bovengrens": scaled(expected and expected.bovengrens),
    }
    return {
        **{name: None if value is None else float(value) for name, value in figures.items()},
        "jaar": str(figure.jaar),
        "cijfer_tekst": _label(indicator, figures["cijfer"]),
        "norm_tekst": _label(indicator, figures["norm"]),
        "is_definitief": _is_definitive(figure),
        "is_onrijp": is_immature(indicator, figure),
        "is_breuk": figure.jaar in indicator.breaks,
    }


def _is_definitive(figure: Figure) -> bool:
    return figure.realisatie_status == "definitief"


def _label(indicator: Indicator, value: Decimal | None) -> str:
    """As short as fits below a bar: the table has the figure itself."""
    if value is None:
        return "\N{EN DASH}"
    return number(round(value, 1)) + ("%" if indicator.unit == PERCENT else "")


def _cleaned(svg: str) -> str:
    """The drawing without what a page does not need: half its size."""
    root = ElementTree.fromstring(svg)
    _clean(root)
    width, height = root.attrib["width"], root.attrib["height"]
    root.attrib = {"viewBox": root.attrib["viewBox"], "width": width, "height": height, "focusable": "false"}
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element) -> None:
    element.tag = NAMESPACE.sub("", element.tag)
    if element.tag == "text" and element.attrib.get("fill") == LIGHT.ink:
        del element.attrib["fill"]
    element.attrib = {
        name: TOO_PRECISE.sub(lambda found: f"{float(found[0]):.1f}", value)
        for name, value in element.attrib.items()
        if name not in SUPERFLUOUS and (name, value) not in NEUTRAL
    }
    children = []
    for child in element:
        _clean(child)
        draws_nothing = not child.attrib.get("d") or set(child.attrib) <= {"d"}
        if child.tag == "g" and not child.attrib:
            children.extend(child)
        elif not (child.tag == "path" and draws_nothing) and not (child.tag == "g" and not len(child)):
            children.append(child)
    element[:] = children
