"""One picture of all figures against their norms, for where there is room for one: a page of Dagster.

The report has a chart for each indicator, with every year; this shows the newest year of each.
"""

import base64

import duckdb

from orchestration.reporting.colours import LIGHT

FIGURES = """
select indicator_naam, jaar, realisatie_pct::double, oordeel from marts.fct_voortgang
inner join marts.dim_indicator using (indicator_code, indicator_naam)
where realisatie_pct is not null
qualify row_number() over (partition by indicator_code order by jaar desc) = 1
order by dim_indicator.volgorde
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
NORM_PCT, WIDTH_OF_TEXT_PCT = 100, 20


def overview(con: duckdb.DuckDBPyConnection) -> str:
    """Draw each figure as a share of its norm.

    Args:
        con: Connection to a file with the marts.

    Returns:
        The picture as Markdown, with its data inside and what it shows in words; a sentence where there is no norm.
    """
    rows = con.execute(FIGURES).fetchall()
    if not rows:
        return "Er is nog geen cijfer met een norm."
    # 84 MB with an engine for Vega in it.
    import vl_convert

    values = [
        {
            "naam": f"{name} ({year})",
            "pct": min(pct, MOST_SHOWN_PCT),
            # Beside the line of the norm, and not across it.
            "plaats": max(min(pct, MOST_SHOWN_PCT), NORM_PCT if pct > NORM_PCT - WIDTH_OF_TEXT_PCT else 0),
            "tekst": f"{pct:.0f}%",
            "oordeel": (verdict or "").replace("_", " "),
        }
        for name, year, pct, verdict in rows
    ]
    picture = base64.b64encode(vl_convert.vegalite_to_svg(_form(values)).encode()).decode()
    told = "; ".join(f"{value['naam']} {value['tekst']} {value['oordeel']}".strip() for value in values)
    return f"![{TITLE}: {told}](data:image/svg+xml;base64,{picture})"


def _form(values: list[dict[str, object]]) -> dict[str, object]:
    y = {"field": "naam", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 420}}
    verdicts = list(dict.fromkeys(value["oordeel"] for value in values))
    scale = {"domain": verdicts, "range": [COLOURS.get(str(each), LIGHT.muted) for each in verdicts]}
    x = {"field": "pct", "type": "quantitative", "axis": {"title": "procent van de norm"}, "stack": None}
    return {
        "data": {"values": values},
        "title": {"text": TITLE, "anchor": "start"},
        "width": 420,
        "height": {"step": 20},
        "background": "white",
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {"y": y, "x": x, "color": {"field": "oordeel", "scale": scale, "title": "oordeel"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4},
                "encoding": {"y": y, "x": x | {"field": "plaats"}, "text": {"field": "tekst"}},
            },
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"x": {"datum": NORM_PCT}}},
        ],
    }
