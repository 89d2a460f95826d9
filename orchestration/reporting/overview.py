"""One picture of all figures against their norms, for where there is room for one: a page of Dagster.

The report has a chart for each indicator, with every year; this shows the newest year of each.
"""

import base64
from collections.abc import Sequence

import duckdb

from orchestration import figures
from orchestration.reporting.colours import LIGHT

# Where there is a difference, a whole year is held against what was asked: a norm, or the figure of an earlier year.
FIGURES = """
with gevraagd as (
    select *, coalesce(streefcijfer, referentie_waarde) as gevraagd from marts.fct_voortgang
    where verschil is not null
)
select indicator_naam, jaar, if(streefcijfer is null, referentie_jaar, null),
    coalesce(realisatie_pct, 100 * realisatie / gevraagd)::double, oordeel
from gevraagd inner join marts.dim_indicator using (indicator_code, indicator_naam)
where gevraagd > 0
qualify row_number() over (partition by indicator_code order by jaar desc) = 1
order by list_contains($first, indicator_code) desc, dim_indicator.volgorde
"""
TITLE = "Cijfer in procenten van de norm, van elk het nieuwste jaar met beide"
# Beyond this a bar says nothing more than that there is much of it.
MOST_SHOWN_PCT = 250
COLOURS = {
    "behaald": LIGHT.met,
    "op schema": LIGHT.met,
    "niet behaald": LIGHT.missed,
    "achter op schema": LIGHT.missed,
}
NORM_PCT = 100
# In pixels: of the bars, and of a sign of what stands behind them.
WIDTH, WIDTH_OF_A_SIGN = 420, 6


def overview(con: duckdb.DuckDBPyConnection, first: Sequence[str] = ()) -> str:
    """Draw each figure as a share of its norm, or of the earlier figure that the agenda wants it to exceed.

    Args:
        con: Connection to a file with the marts.
        first: Codes of the indicators that come first.

    Returns:
        The picture as Markdown, with its data inside and what it shows in words; a sentence where there is no norm.
    """
    rows = con.execute(FIGURES, {"first": list(first)}).fetchall()
    if not rows:
        return "Er is nog geen cijfer met een norm."
    # 84 MB with an engine for Vega in it.
    import vl_convert

    most = max(NORM_PCT, *(min(pct, MOST_SHOWN_PCT) for _, _, _, pct, _ in rows))
    values = [
        {
            "naam": f"{name} ({year})" if earlier is None else f"{name} ({year}, meer dan {earlier} gevraagd)",
            "pct": min(pct, MOST_SHOWN_PCT),
            "plaats": _place(min(pct, MOST_SHOWN_PCT), most, text := _told(pct, verdict)),
            "tekst": text,
            "oordeel": (verdict or "").replace("_", " "),
        }
        for name, year, earlier, pct, verdict in rows
    ]
    title = f"{TITLE} ({figures.DEMO})" if figures.is_demo(con) else TITLE
    picture = base64.b64encode(vl_convert.vegalite_to_svg(_form(title, values)).encode()).decode()
    told = "; ".join(f"{value['naam']} {value['tekst']}" for value in values)
    return f"![{title}: {told}](data:image/svg+xml;base64,{picture})"


def _told(pct: float, verdict: str | None) -> str:
    return f"{pct:.0f}% {(verdict or '').replace('_', ' ')}".strip()


def _place(pct: float, most: float, text: str) -> float:
    """Where the text begins: at the end of its bar, or beside the line of the norm and not across it."""
    wide = len(text) * WIDTH_OF_A_SIGN * most / WIDTH
    return NORM_PCT if pct < NORM_PCT < pct + wide else pct


def _form(title: str, values: list[dict[str, object]]) -> dict[str, object]:
    y = {"field": "naam", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 420}}
    verdicts = list(dict.fromkeys(value["oordeel"] for value in values))
    scale = {"domain": verdicts, "range": [COLOURS.get(str(each), LIGHT.muted) for each in verdicts]}
    # The verdict stands in words behind its bar, so that nobody needs the colours, nor a legend beside the words.
    colour = {"field": "oordeel", "scale": scale, "legend": None}
    x = {"field": "pct", "type": "quantitative", "axis": {"title": "procent van wat wordt gevraagd"}, "stack": None}
    return {
        "data": {"values": values},
        "title": {"text": title, "anchor": "start"},
        "width": WIDTH,
        "height": {"step": 20},
        "background": "white",
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {"y": y, "x": x, "color": colour},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4},
                "encoding": {"y": y, "x": x | {"field": "plaats"}, "text": {"field": "tekst"}},
            },
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"x": {"datum": NORM_PCT}}},
        ],
    }
