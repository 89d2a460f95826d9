"""The tables of the report: which rows of the published file stand in them, and how they are called.

A table has a caption, headings with their scope and, where its parts do not add up, a note that says so; the page
writes them all in one way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from orchestration.reporting.formats import (
    EURO,
    UNKNOWN,
    amount,
    day,
    difference,
    number,
    said,
    short_day,
)
from orchestration.reporting.published import Codes, Figure, Indicator, Published, Row
from orchestration.reporting.sentences import GOOD, SIGNS, the_reason

SHOWN_YEARS, SHOWN_REVISIONS = 5, 8
NOTHING = "\N{EN DASH}"
NATIONAL, WHOLE = "NL", "geen"
ADDS_UP = ("aantal", "som")
# What stands where a release hides a figure, and the list of reasons.
HIDDEN, WHY = "niet vrij", "vrijgave_reden"
# Start and result of investigations stand across one another, and not below one another as other splits do.
CROSSED = "categorie_resultaat"
# What the list of what is withheld calls it, since it is no indicator.
MONITOR = "afpakmonitor"


@dataclass(frozen=True)
class Cell:
    """One cell.

    Args:
        text: What stands in it.
        is_number: It is set as a number.
        sign: A sign before the text, for the eye.
        heard: What the sign says, for the ear, where the text does not say it.
        look: `goed` or `slecht`, for the colour.
        hidden_for: Why a release hides what stands there; the table says it below.
    """

    text: str = ""
    is_number: bool = False
    sign: str = ""
    heard: str = ""
    look: str = ""
    hidden_for: str = ""


@dataclass(frozen=True)
class Table:
    """One table.

    Args:
        caption: What it shows.
        headings: Its columns, the first of which is that of the row headings.
        rows: Its rows; the first cell of each is the heading of the row.
        notes: What a reader must know to read it.
        depths: By number of a row that is a part of a row above it, how deep: 1 of a whole, 2 of a part of that.
        totals: Numbers of the rows that are a total.
    """

    caption: str
    headings: list[Cell]
    rows: list[list[Cell]]
    notes: list[str] = field(default_factory=list)
    depths: Mapping[int, int] = field(default_factory=dict)
    totals: frozenset[int] = frozenset()

    @property
    def numbers(self) -> str:
        """Which of its columns hold numbers, as classes for the style sheet: `n2 n3` for the second and the third."""
        return " ".join(f"n{place}" for place, each in enumerate(self.headings, start=1) if each.is_number)


def text(value: object) -> Cell:
    """A cell with words.

    Args:
        value: What stands in it; None for nothing.
    """
    return Cell("" if value is None else str(value))


def count(value: str) -> Cell:
    """A cell with a number that is already written.

    Args:
        value: The number.
    """
    return Cell(value, is_number=True)


def hidden(reason: str | None) -> Cell:
    """A cell of which a release hides what stands there.

    Args:
        reason: Why (`vrijgave_reden`).
    """
    return Cell(HIDDEN, is_number=True, hidden_for=reason or "")


def with_reasons(table: Table, codes: Codes) -> Table:
    """The same table, in which each hidden cell refers to the note that says why.

    Args:
        table: The table.
        codes: The names of codes.
    """
    found = {cell.hidden_for for row in table.rows for cell in row if cell.hidden_for}
    if not found:
        return table
    reasons = sorted(found, key=lambda reason: codes.place(WHY, reason))
    marks = {reason: f"{HIDDEN} {place}" for place, reason in enumerate(reasons, start=1)}
    rows = [[replace(cell, text=marks.get(cell.hidden_for, cell.text)) for cell in row] for row in table.rows]
    notes = [f"{marks[reason]}: {codes.name(WHY, reason).lower()}. {codes.told(WHY, reason)}" for reason in reasons]
    return replace(table, rows=rows, notes=[*table.notes, *notes])


def withheld(published: Published, code: str) -> Table:
    """What of an indicator a release does not have at all, and why.

    Args:
        published: The release.
        code: Code of the indicator, or what the afpakmonitor is called.
    """
    years: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in published.withheld[code]:
        years[row["uitsplitsing_soort"], row["vrijgave_reden"]].append(row["jaar"])
    rows = [
        [
            text("alles per eenheid en kenmerk" if kind == "alle" else _of_what(kind, published.codes)),
            text(", ".join(map(str, found))),
            text(published.codes.told(WHY, reason)),
        ]
        for (kind, reason), found in years.items()
    ]
    return Table("Niet vrijgegeven, en waarom", [text("Wat"), text("jaar"), text("waarom")], rows)


def _of_what(kind: str, codes: Codes) -> str:
    way, *more = kind.split("/")
    if not more:
        return codes.name("uitsplitsing_soort", kind)
    names = [codes.name(*each) for each in zip(("stap_code", "beslagsoort"), more, strict=False)]
    return ", ".join([codes.name("weg_code", way), *names[: len(more)]])


def verdict(code: str | None, codes: Codes) -> Cell:
    """A cell with a verdict: a sign, a word and a colour that all say the same.

    Args:
        code: The verdict; None for a year that no agenda has.
        codes: The names of codes.
    """
    if code is None:
        return Cell("buiten de agenda")
    look = "" if code not in SIGNS else "goed" if code in GOOD else "slecht"
    return Cell(codes.name("oordeel", code).lower(), sign=SIGNS.get(code, ""), look=look)


# How many norms there are, and what the verdict on them is. One that the agenda leaves without a number is none that
# could be met, and stands apart; the year that others are compared with has none.
_NO_NUMBER = "oordeel = 'geen_oordeel' and coalesce(geen_streefcijfer_reden, 'richting_toename') <> 'richting_toename'"
_NO_NORM = "(oordeel = 'geen_norm' or oordeel_reden is not distinct from 'referentiejaar')"
VERDICTS = f"""
    count(*) filter (not ({_NO_NUMBER}) and not {_NO_NORM}) as normen,
    count(*) filter (oordeel = 'behaald') as behaald,
    count(*) filter (oordeel = 'niet_behaald') as niet_behaald,
    count(*) filter (oordeel in ('op_schema', 'achter_op_schema')) as loopt,
    count(*) filter (oordeel = 'geen_oordeel' and not ({_NO_NUMBER}) and not {_NO_NORM}) as geen_oordeel,
    count(*) filter ({_NO_NUMBER}) as geen_getal"""


def verdicts_per_year(published: Published) -> Table:
    """How many norms of each agenda were met, year by year.

    Args:
        published: The published file.
    """
    rows = published.rows(
        f"""select agenda_naam, jaar, {VERDICTS}, count(*) filter ({_NO_NORM}) as zonder
        from marts.fct_voortgang inner join marts.dim_agenda using (agenda_code) group by all order by jaar"""
    )
    columns = {
        "normen": "normen",
        "behaald": "gehaald",
        "niet_behaald": "niet gehaald",
        "loopt": "jaar loopt nog",
        "geen_oordeel": "geen oordeel",
        "geen_getal": "nog geen getal",
        "zonder": "gevolgd zonder norm",
    }
    # Most of the time no year runs that can be judged.
    shown = [name for name in columns if name != "loopt" or any(row["loopt"] for row in rows)]
    return Table(
        "Normen per jaar, en wat het oordeel erover is",
        [text("Jaar"), *(Cell(columns[name], is_number=True) for name in shown), text("agenda")],
        [[text(row["jaar"]), *(count(number(row[name])) for name in shown), text(row["agenda_naam"])] for row in rows],
        [
            "Een norm van een deel (waarvan) en een norm van een totaal zijn elk een eigen norm van de agenda.",
            "Nog geen getal: de agenda noemt er geen, of het is niet gevonden. Bij de normen telt het niet mee.",
        ],
    )


def not_judged(published: Published) -> Table:
    """Why norms were not judged.

    Args:
        published: The published file.
    """
    rows = published.rows(
        """select oordeel_reden, count(*) as aantal,
            string_agg(distinct indicator_naam, '; ' order by indicator_naam) as indicatoren,
            string_agg(distinct jaar::varchar, ', ' order by jaar::varchar) as jaren
        from marts.fct_voortgang where oordeel = 'geen_oordeel' group by all order by aantal desc, oordeel_reden"""
    )
    return Table(
        "Normen zonder oordeel, en waarom",
        [text("Reden"), Cell("aantal", is_number=True), text("jaren"), text("indicatoren")],
        [
            [
                text(the_reason(row["oordeel_reden"], published.codes)),
                count(number(row["aantal"])),
                text(row["jaren"]),
                text(row["indicatoren"]),
            ]
            for row in rows
        ],
    )


def last_verdicts(published: Published) -> Table:
    """The newest verdict on each indicator that ever had one.

    Args:
        published: The published file.
    """
    rows = []
    for indicator in published.indicators:
        judged = [figure for figure in indicator.figures if figure.oordeel in SIGNS]
        if judged:
            rows.append([text(_with_unit(indicator)), *_judged_cells(indicator, judged[-1], published.codes)])
    headings = [Cell(heading, is_number=True) for heading in ("jaar", "cijfer", "norm", "verschil")]
    return Table(
        "Het laatste oordeel over elke indicator met een norm",
        [text("Indicator"), *headings, text("oordeel"), text("status")],
        rows,
    )


def _with_unit(indicator: Indicator) -> str:
    return f"{indicator.about['indicator_naam']} ({indicator.about['eenheid_van_maat_naam']})"


def _judged_cells(indicator: Indicator, figure: Figure, codes: Codes) -> list[Cell]:
    return [
        count(str(figure.jaar)),
        count(amount(figure.realisatie, indicator.unit)),
        count(_target(indicator, figure)),
        count(difference(figure.verschil, indicator.unit)),
        verdict(figure.oordeel, codes),
        text(codes.name("realisatie_status", figure.realisatie_status).lower()),
    ]


def _target(indicator: Indicator, figure: Figure) -> str:
    if figure.target is None:
        return ""
    told = amount(figure.target, indicator.unit)
    if figure.streefcijfer is None:
        return f"meer dan {told} ({figure.referentie_jaar})"
    return told


def changes(published: Published, since: int) -> Table:
    """What figures and norms became, publication after publication.

    Args:
        published: The published file.
        since: Number of the last publication before the changes.
    """
    names = {each.code: _with_unit(each) for each in published.indicators}
    rows = [
        [text(names[each["indicator_code"]]), *_change_cells(each, published.codes)]
        for each in published.changes
        if each["publicatie_nr"] > since
    ]
    headings = [Cell(heading, is_number=True) for heading in ("jaar", "was", "is")]
    return Table("Wat er veranderde", [text("Indicator"), *headings, text("wat, en waardoor")], rows)


def revisions(published: Published, indicator: Indicator) -> Table:
    """How the figures and norms of an indicator were revised, newest first.

    Args:
        published: The published file.
        indicator: The indicator.

    Returns:
        The newest revisions; a note says how many older ones there are.
    """
    found = [
        each
        for each in reversed(published.changes)
        if each["indicator_code"] == indicator.code and each["van"] is not None
    ]
    rows = [
        [count(short_day(each["peildatum"])), *_change_cells(each, published.codes)] for each in found[:SHOWN_REVISIONS]
    ]
    older = len(found) - len(rows)
    notes = [f"En {number(older)} oudere, die in fct_bijstelling staan."] if older else []
    headings = [Cell(heading, is_number=True) for heading in ("jaar", "was", "werd")]
    unit = indicator.about["eenheid_van_maat_naam"]
    return Table(f"Bijstellingen, in {unit}", [text("Bekend op"), *headings, text("wat, en waardoor")], rows, notes)


def _change_cells(row: Row, codes: Codes) -> list[Cell]:
    unit = row["eenheid_van_maat"]
    causes = [
        codes.name("oorzaak_code", cause).lower() + (f" {difference(part, unit)}" if part is not None else "")
        for cause, part in zip(row["oorzaken"], row["bijdragen"], strict=True)
    ]
    quantity = "norm" if row["grootheid"] == "streefcijfer" else "cijfer"
    return [
        count(str(row["jaar"])),
        count(amount(row["van"], unit)),
        count(amount(row["naar"], unit)),
        text(f"{quantity}: {', '.join(causes)}"),
    ]


def years(indicator: Indicator, codes: Codes) -> Table:
    """The figure of each year against its norm.

    Args:
        indicator: The indicator.
        codes: The names of codes.
    """
    rows = [
        [
            text(figure.jaar),
            _figure_cell(indicator, figure),
            count(_target(indicator, figure)),
            count(difference(figure.verschil, indicator.unit)),
            text(HIDDEN) if figure.vrijgave_reden and figure.oordeel is None else verdict(figure.oordeel, codes),
            text(_remarks(indicator, figure, codes)),
        ]
        for figure in indicator.figures
    ]
    headings = [Cell(heading, is_number=True) for heading in ("cijfer", "norm", "verschil")]
    unit = indicator.about["eenheid_van_maat_naam"]
    shown = Table(
        f"Cijfer en norm per jaar, in {unit}",
        [text("Jaar"), *headings, text("oordeel"), text("opmerking")],
        rows,
    )
    return with_reasons(shown, codes)


def _figure_cell(indicator: Indicator, figure: Figure) -> Cell:
    if figure.is_achtergehouden:
        return hidden(figure.vrijgave_reden)
    return count(amount(figure.realisatie, indicator.unit))


def _remarks(indicator: Indicator, figure: Figure, codes: Codes) -> str:
    """What a year needs to be read by: provisional, not whole, growing, across a break, or without a figure."""
    if figure.is_achtergehouden:
        return ""
    if figure.realisatie is None:
        return codes.name("geen_realisatie_reden", figure.geen_realisatie_reden).lower()
    told = {
        codes.name(WHY, figure.vrijgave_reden).lower(): figure.vrijgave_reden is not None,
        f"tot en met {short_day(figure.gedekt_tot)}": not figure.is_whole and figure.gedekt_tot is not None,
        "voorlopig": figure.realisatie_status == "voorlopig",
        f"breuk: niet te vergelijken met {figure.jaar - 1}": figure.jaar in indicator.breaks,
        _expectation(indicator, figure): figure.jaar in indicator.expected,
        codes.name("oordeel_reden", figure.oordeel_reden).lower(): (
            figure.oordeel == "geen_oordeel" and figure.jaar not in indicator.expected
        ),
        "norm is een aanname": figure.streefcijfer is not None and figure.streefcijfer_is_aanname,
        f"onder het minimum per eenheid: {figure.eenheden_onder_minimum}": figure.eenheden_onder_minimum is not None,
        f"over {number(figure.aandeel_open_pct or 0)}% is nog niet beslist": bool(figure.aandeel_open_pct),
    }
    return "; ".join(remark for remark, holds in told.items() if holds)


def _expectation(indicator: Indicator, figure: Figure) -> str:
    expected = indicator.expected.get(figure.jaar)
    if expected is None:
        return ""
    told = f"groeit nog; verwacht {said(expected.verwachte_eindwaarde, indicator.unit)}"
    if expected.ondergrens is None or expected.bovengrens is None:
        return told
    low, high = (said(bound, indicator.unit) for bound in (expected.ondergrens, expected.bovengrens))
    return f"{told}, met {expected.betrouwbaarheid_pct}% kans {low} tot {high}"


def overview(indicators: Sequence[Indicator], codes: Codes) -> Table:
    """All indicators of a theme together, with what is a part of what.

    Args:
        indicators: The indicators of the theme.
        codes: The names of codes.

    Returns:
        Figures by year; a part stands below what it is a part of, and is never added to it.
    """
    # Of a year that has only just begun there is a figure, and nothing to see in it yet.
    shown = _last_years(
        figure.jaar
        for indicator in indicators
        for figure in indicator.with_figure
        if figure.is_whole or figure.oordeel in SIGNS
    )
    rows, depths = [], {}
    for indicator, depth in _parts_below_wholes(indicators):
        by_year = {figure.jaar: figure for figure in indicator.figures}
        cells = [_overview_cell(indicator, by_year.get(year), codes) for year in shown]
        if depth:
            depths[len(rows)] = depth
        rows.append([text(_with_unit(indicator)), *cells])
    notes = ["✓ norm gehaald of op schema, ✗ niet; * voorlopig. Zonder teken is er geen oordeel of geen norm."]
    if depths:
        notes.append("Wat inspringt, is een deel van de regel erboven: tel het er nooit bij op.")
    headings = [Cell(str(year), is_number=True) for year in shown]
    return with_reasons(
        Table("Alle indicatoren van dit thema", [text("Indicator"), *headings], rows, notes, depths), codes
    )


def _parts_below_wholes(indicators: Sequence[Indicator]) -> list[tuple[Indicator, int]]:
    """Each whole with its parts right below it, and theirs below them; with how deep each stands."""
    known = {each.code for each in indicators}

    def below(whole: str | None, depth: int) -> list[tuple[Indicator, int]]:
        found = []
        for each in indicators:
            part_of = each.about["waarvan"] if each.about["waarvan"] in known else None
            if part_of == whole:
                found += [(each, depth), *below(each.code, depth + 1)]
        return found

    return below(None, 0)


def _overview_cell(indicator: Indicator, figure: Figure | None, codes: Codes) -> Cell:
    if figure is not None and figure.is_achtergehouden:
        return hidden(figure.vrijgave_reden)
    if figure is None or figure.realisatie is None:
        return count("")
    told = amount(figure.realisatie, indicator.unit) + ("*" if figure.realisatie_status == "voorlopig" else "")
    if figure.oordeel not in SIGNS:
        return count(told)
    judged = verdict(figure.oordeel, codes)
    return replace(judged, text=told, is_number=True, heard=judged.text)


def _last_years(found: Iterable[int]) -> list[int]:
    return sorted(set(found))[-SHOWN_YEARS:]


def per_eenheid(published: Published, indicator: Indicator) -> Table | None:
    """The figures per eenheid, without any norm: a norm is national.

    Args:
        published: The published file.
        indicator: The indicator.

    Returns:
        The table; None where the indicator has no figures per eenheid.
    """
    found = {
        (row["eenheid_code"], row["jaar"]): row
        for row in published.parts[indicator.code]
        if row["uitsplitsing_soort"] == WHOLE and row["eenheid_code"] != NATIONAL
    }
    shown = _last_years(figure.jaar for figure in indicator.with_figure)
    if not any(year in shown for _, year in found):
        return None
    # An eenheid without rows has nothing to count; of a share or a stock that says nothing.
    absent = "0" if indicator.about["meetwijze"] in ADDS_UP else NOTHING
    places = [each for each in published.eenheden if any(code == each["eenheid_code"] for code, _ in found)]
    rows = [
        [
            text(place["eenheid_naam"]),
            *(
                _part_cell(
                    found.get((place["eenheid_code"], year)),
                    NOTHING if published.is_withheld(indicator.code, year) else absent,
                )
                for year in shown
            ),
        ]
        for place in places
    ]
    notes = ["Normen zijn landelijk: zij gelden niet voor een eenheid."]
    headings = [Cell(_heading(indicator, year), is_number=True) for year in shown]
    name = indicator.about["eenheid_van_maat_naam"]
    shown_table = Table(
        f"Per eenheid, in {name}", [text("Eenheid"), *headings], rows, notes + _unknown(rows) + _partial(headings)
    )
    return with_reasons(shown_table, published.codes)


def _part_cell(row: Row | None, absent: str) -> Cell:
    if row is None:
        return count(absent)
    if row["is_achtergehouden"]:
        return hidden(row["vrijgave_reden"])
    if row["realisatie"] is None:
        return count(UNKNOWN)
    return count(amount(row["realisatie"], row["eenheid_van_maat"]))


def _unknown(rows: list[list[Cell]]) -> list[str]:
    if any(cell.text == UNKNOWN for row in rows for cell in row):
        return [f"'{UNKNOWN}': een levering bevat een code die niemand kent, en het cijfer kan ervan afhangen."]
    return []


def _heading(indicator: Indicator, year: int) -> str:
    figure = next((each for each in indicator.figures if each.jaar == year), None)
    return f"{year}*" if figure and figure.realisatie is not None and not figure.is_whole else str(year)


def _partial(headings: list[Cell]) -> list[str]:
    return ["* het jaar is nog niet heel bekend."] if any(cell.text.endswith("*") for cell in headings) else []


def splits(published: Published, indicator: Indicator) -> list[Table]:
    """The national figures of an indicator by each characteristic, and whether the parts add up.

    Args:
        published: The published file.
        indicator: The indicator.
    """
    shown = _last_years(figure.jaar for figure in indicator.with_figure)
    kinds: dict[str, dict[str, dict[int, Row]]] = defaultdict(lambda: defaultdict(dict))
    for row in published.parts[indicator.code]:
        if (
            row["eenheid_code"] == NATIONAL
            and row["jaar"] in shown
            and row["uitsplitsing_soort"] not in (WHOLE, CROSSED)
        ):
            kinds[row["uitsplitsing_soort"]][row["uitsplitsing_code"]][row["jaar"]] = row
    ordered = sorted(kinds, key=lambda kind: published.codes.place("uitsplitsing_soort", kind))
    return [_split(published, indicator, kind, kinds[kind], shown) for kind in ordered]


def _split(
    published: Published, indicator: Indicator, kind: str, found: Mapping[str, Mapping[int, Row]], shown: list[int]
) -> Table:
    codes = published.codes
    gone = [year for year in shown if published.is_withheld(indicator.code, year, kind)]
    unit = next(row["eenheid_van_maat"] for by_year in found.values() for row in by_year.values())
    is_of_whole = unit == indicator.unit and indicator.about["meetwijze"] in ADDS_UP
    absent = NOTHING if unit == indicator.unit and not is_of_whole else "0"
    rows = [
        [
            text(codes.name(kind, code)),
            *(_part_cell(found[code].get(year), NOTHING if year in gone else absent) for year in shown),
        ]
        for code in sorted(found, key=lambda code: codes.place(kind, code))
    ]
    notes = [codes.told("uitsplitsing_soort", kind)]
    totals = frozenset()
    if is_of_whole:
        whole = {figure.jaar: figure.realisatie for figure in indicator.figures}
        rows.append([text("Het geheel"), *(count(amount(whole.get(year), unit)) for year in shown)])
        totals = frozenset([len(rows) - 1])
        of_whole_years = {figure.jaar: figure.realisatie for figure in indicator.figures if figure.is_whole}
        notes += _adding_up(found, of_whole_years, unit)
    headings = [Cell(_heading(indicator, year), is_number=True) for year in shown]
    table = Table(
        codes.name("uitsplitsing_soort", kind),
        [text("Deel"), *headings],
        rows,
        notes + _unknown(rows) + _partial(headings),
        totals=totals,
    )
    return with_reasons(table, codes)


def _adding_up(found: Mapping[str, Mapping[int, Row]], wholes: Mapping[int, Decimal | None], unit: str) -> list[str]:
    """Say where parts do not add up to their whole, of the newest year in which they do not."""
    for year, whole in sorted(wholes.items(), reverse=True):
        parts = [by_year[year]["realisatie"] for by_year in found.values() if year in by_year]
        # What a release hides of them may make the difference.
        if parts and whole is not None and None not in parts and sum(parts, Decimal()) != whole:
            return [
                f"Let op: de delen tellen niet op tot het geheel ({year}: samen {amount(sum(parts, Decimal()), unit)}, "
                f"het geheel {amount(whole, unit)})."
            ]
    return []


def start_and_result(published: Published, indicators: Sequence[Indicator]) -> list[Table]:
    """Investigations by the category at their start and that at their result, year by year, newest first.

    Args:
        published: The published file.
        indicators: The indicators of a theme.

    Returns:
        A table for each year; none where no indicator has this split.
    """
    codes = published.codes
    wholes: dict[int, list[tuple[Indicator, Decimal, dict[str, Row]]]] = defaultdict(list)
    for indicator in indicators:
        found: dict[int, dict[str, Row]] = defaultdict(dict)
        for row in published.parts[indicator.code]:
            if row["eenheid_code"] == NATIONAL and row["uitsplitsing_soort"] == CROSSED:
                found[row["jaar"]][row["uitsplitsing_code"]] = row
        for figure in indicator.figures:
            # Of a year that has only just begun no result is known.
            if figure.is_whole and figure.realisatie is not None and figure.jaar in found:
                wholes[figure.jaar].append((indicator, figure.realisatie, found[figure.jaar]))
    results = {code for starts in wholes.values() for _, _, parts in starts for code in parts}
    ordered = sorted(results, key=lambda code: codes.place(CROSSED, code))
    headings = [text("Bij de inzet"), *(Cell(codes.name(CROSSED, code), is_number=True) for code in ordered)]
    tables = []
    for year in reversed(_last_years(wholes)):
        rows = [
            [
                text(indicator.about["indicator_naam"]),
                *(_part_cell(parts.get(code), amount(Decimal(), indicator.unit)) for code in ordered),
                count(amount(whole, indicator.unit)),
            ]
            for indicator, whole, parts in wholes[year]
        ]
        table = Table(
            f"Van inzet naar resultaat, {year}",
            [*headings, Cell("geheel", is_number=True)],
            rows,
            [codes.told("uitsplitsing_soort", CROSSED)],
        )
        tables.append(with_reasons(table, codes))
    return tables


def ways_of_taking(published: Published) -> list[Table]:
    """What was taken along each way, with the steps apart.

    Args:
        published: The published file.

    Returns:
        For each way a table of amounts and one of numbers.
    """
    # A release has the totals among its rows, and no numbers.
    rows = published.rows(
        """select weg_code, stap_code, beslagsoort, jaar, gedekt_tot, bedrag_eur as bedrag,
            "CONF_STATUS" <> 'F' as is_achtergehouden, vrijgave_reden
        from marts.fct_afpakmonitor where aanleveraar_code = 'totaal' and objectsoort_code = 'totaal'"""
        if published.is_release
        else """select weg_code, stap_code, beslagsoort, jaar, max(gedekt_tot) as gedekt_tot,
            case when count(*) = count(bedrag_eur) then sum(bedrag_eur) end as bedrag,
            case when count(*) = count(aantal) then sum(aantal) end as aantal, false as is_achtergehouden
        from marts.fct_afpakmonitor group by all"""
    )
    codes = published.codes
    shown = _last_years(row["jaar"] for row in rows)
    partial = {row["jaar"] for row in rows if row["gedekt_tot"] and row["gedekt_tot"] < date(row["jaar"], 12, 31)}
    headings = [Cell(f"{year}*" if year in partial else str(year), is_number=True) for year in shown]
    notes = [
        "Dezelfde euro kan bij elke stap staan: tel stappen nooit op, en verwar beslag niet met wat is afgepakt.",
        "Conservatoir en klassiek beslag kunnen op hetzelfde object liggen; zij blijven twee.",
    ]
    tables = []
    for way in sorted({row["weg_code"] for row in rows}, key=lambda code: codes.place("weg_code", code)):
        found = {(row["stap_code"], row["beslagsoort"], row["jaar"]): row for row in rows if row["weg_code"] == way}
        steps = sorted(
            {(step, kind) for step, kind, _ in found},
            key=lambda key: (codes.place("stap_code", key[0]), codes.place("beslagsoort", key[1])),
        )
        measures = (("bedrag", EURO, "in euro"), ("aantal", "", "aantal objecten of dossiers"))
        for measure, unit, told in measures[: 1 if published.is_release else 2]:
            cells = [
                [
                    text(_step(step, kind, codes)),
                    *(_amount_cell(found.get((step, kind, year)), measure, unit) for year in shown),
                ]
                for step, kind in steps
            ]
            caption = f"{codes.name('weg_code', way)}: stappen per jaar, {told}"
            table = Table(caption, [text("Stap"), *headings], cells, notes + _unknown(cells) + _partial(headings))
            tables.append(with_reasons(table, codes))
    if published.withheld[MONITOR]:
        tables.append(withheld(published, MONITOR))
    return tables


def _step(step: str, kind: str, codes: Codes) -> str:
    told = codes.name("stap_code", step)
    return told if kind == "nvt" else f"{told}, {codes.name('beslagsoort', kind).lower()}"


def _amount_cell(row: Row | None, measure: str, unit: str) -> Cell:
    if row is None:
        return count(NOTHING)
    if row["is_achtergehouden"]:
        return hidden(row["vrijgave_reden"])
    return count(UNKNOWN if row[measure] is None else amount(row[measure], unit))


def norms(indicator: Indicator, codes: Codes) -> Table:
    """Norms of an indicator with the decision that set them.

    Args:
        indicator: The indicator.
        codes: The names of codes.

    Returns:
        A row for each norm with its years: those of one decision, and for one reason, stand together.
    """
    years: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for figure in indicator.figures:
        if figure.agenda_code:
            why = "" if figure.target else codes.told("geen_streefcijfer_reden", figure.geen_streefcijfer_reden)
            decision = _decision(figure.streefcijfer_besluit, codes)
            years[_target(indicator, figure), why, decision, figure.streefcijfer_bron or ""].append(figure.jaar)
    rows = [[text(", ".join(map(str, found))), count(norm), *map(text, rest)] for (norm, *rest), found in years.items()]
    headings = [text("Jaar"), Cell("norm", is_number=True), text("waarom geen norm"), text("besluit"), text("bron")]
    return Table("Norm en besluit", headings, rows)


def _decision(code: str | None, codes: Codes) -> str:
    """Who decided when, and what."""
    who, what = codes.name("streefcijfer_besluit", code), codes.told("streefcijfer_besluit", code)
    return who if what == who else f"{who}: {what}"


def sizes_of_revisions(published: Published, indicator: Indicator) -> Table:
    """How far figures of an indicator moved after their first publication.

    Args:
        published: The published file.
        indicator: The indicator.
    """
    rows, notes = [], []
    for row in published.qualities[indicator.code]:
        if row["aantal_jaren"]:
            tested = {True: "ja", False: "nee"}.get(row["is_vertekend"], "niet getoetst")
            rows.append(
                [
                    text(f"{row['termijn_maanden']} maanden"),
                    count(str(row["aantal_jaren"])),
                    count(difference(row["gemiddelde_bijstelling"], indicator.unit)),
                    count(difference(row["gemiddelde_absolute_bijstelling"], indicator.unit).removeprefix("+")),
                    text(tested),
                ]
            )
            if row["geen_toets_reden"]:
                notes.append(f"Niet getoetst: {published.codes.told('geen_toets_reden', row['geen_toets_reden'])}")
    headings = [Cell(heading, is_number=True) for heading in ("aantal jaren", "gemiddeld", "gemiddelde grootte")]
    return Table(
        "Hoe ver cijfers na hun eerste publicatie verschoven",
        [text("Na"), *headings, text("gaat het een kant op?")],
        rows,
        list(dict.fromkeys(notes)),
    )


def sources(published: Published, indicator: Indicator, figure: Figure) -> Table:
    """The deliveries on which a figure rests.

    Args:
        published: The published file.
        indicator: The indicator.
        figure: Its figure of a year.
    """
    rows = [
        [
            text(_register(row["registratie"], row["extract"], published.codes)),
            count(short_day(row["stand_datum"])),
            count(short_day(row["ontvangen_op"])),
            count(number(row["meegeteld"])),
            count(number(row["bekeken"])),
        ]
        for row in published.origins[indicator.code]
        if row["jaar"] == figure.jaar
    ]
    headings = [text("Register"), Cell("stand", is_number=True), Cell("ontvangen", is_number=True)]
    return Table(
        f"Leveringen onder het cijfer over {figure.jaar}",
        [*headings, Cell("rijen die meetellen", is_number=True), Cell("rijen bekeken", is_number=True)],
        rows,
    )


def deliveries(published: Published) -> Table:
    """What was delivered, register by register.

    Args:
        published: The published file.
    """
    rows = [
        [
            text(_register(row["registratie"], row["extract"], published.codes)),
            text(row["leverancier"]),
            count(number(row["aantal_toegelaten"])),
            count(number(row["aantal_anders"])),
            count(short_day(row["stand_datum"])),
            count(short_day(row["ontvangen_datum"])),
            count(number(row["records"])),
            count(number(row["apart"])),
        ]
        for row in published.extracts
    ]
    return Table(
        "Leveringen per register",
        [
            text("Register"),
            text("leverancier"),
            Cell("toegelaten", is_number=True),
            Cell("niet toegelaten", is_number=True),
            Cell("laatste stand", is_number=True),
            Cell("laatst ontvangen", is_number=True),
            Cell("records van kracht", is_number=True),
            Cell("daarvan apart gezet", is_number=True),
        ],
        rows,
        ["Een record dat niet te lezen is, wordt apart gezet en telt niet mee."],
    )


def _register(registration: str, extract: str, codes: Codes) -> str:
    return f"{codes.name('registratie', registration)}: {codes.name('extract', extract).lower()}"


def not_admitted(published: Published) -> Table:
    """Deliveries that do not count, and why.

    Args:
        published: The published file.
    """
    rows = published.rows(
        """select registratie, bestand, levering_oordeel, levering_oordeel_reden, ontvangen_op
        from marts.dim_levering where levering_oordeel <> 'toegelaten'
        order by ontvangen_op desc nulls last, bestand"""
    )
    return Table(
        "Leveringen en bestanden die niet meetellen",
        [text("Bestand"), text("register"), Cell("ontvangen", is_number=True), text("besluit"), text("reden")],
        [
            [
                text(row["bestand"]),
                text(published.codes.name("registratie", row["registratie"])),
                count(short_day(row["ontvangen_op"])),
                text(published.codes.name("levering_oordeel", row["levering_oordeel"]).lower()),
                text(row["levering_oordeel_reden"]),
            ]
            for row in rows
        ],
    )


def late(published: Published, today: date) -> Table:
    """Extracts of which the next delivery should have come in.

    Args:
        published: The published file.
        today: The day on which somebody looks.
    """
    rows = [
        [
            text(_register(row["registratie"], row["extract"], published.codes)),
            text(row["leverancier"]),
            text(published.codes.name("levering_ritme", row["levering_ritme"]).lower()),
            count(short_day(row["ontvangen_datum"])),
            count(short_day(row["verwacht_voor"])),
            count(number((today - row["verwacht_voor"]).days)),
        ]
        for row in published.extracts
        if row["verwacht_voor"] is not None and row["verwacht_voor"] < today
    ]
    return Table(
        f"Leveringen die er op {day(today)} hadden moeten zijn",
        [
            text("Register"),
            text("leverancier"),
            text("ritme"),
            Cell("laatst ontvangen", is_number=True),
            Cell("verwacht voor", is_number=True),
            Cell("dagen te laat", is_number=True),
        ],
        rows,
    )


def agreements(published: Published) -> Table:
    """Agreements of the agendas without a figure, and why.

    Args:
        published: The published file.
    """
    rows = published.rows(
        """select agenda_naam, paragraaf, afspraak, geen_indicator_reden
        from marts.dim_afspraak inner join marts.dim_agenda using (agenda_code)
        where geen_indicator_reden is not null order by agenda_naam, paragraaf, regel_van, afspraak_code"""
    )
    return Table(
        "Afspraken zonder cijfer, en waarom",
        [text("Afspraak"), text("waarom geen cijfer"), text("paragraaf"), text("agenda")],
        [
            [text(row["afspraak"]), text(row["geen_indicator_reden"]), text(row["paragraaf"]), text(row["agenda_naam"])]
            for row in rows
        ],
    )


def reconciliation(published: Published, is_own: bool) -> Table:
    """Our figures beside those that others published.

    Args:
        published: The published file.
        is_own: The series that count the same; otherwise those that count something else.
    """
    rows = published.rows(
        """select reeks_naam, jaar, eenheid_van_maat, gepubliceerde_waarde, publicatie_status, realisatie, verschil,
            verklaring, populatie, publicatie_bron_naam, is_eigen_reeks
        from marts.fct_aansluiting order by reeks_naam, jaar, bron_datum, publicatie_bron_naam"""
    )
    caption = (
        "Ons cijfer naast het gepubliceerde cijfer van dezelfde reeks"
        if is_own
        else "Reeksen die iets anders tellen: zij staan ernaast en worden nooit samengevoegd"
    )
    explained = text("verklaring") if is_own else text("wat de reeks telt")
    return Table(
        caption,
        [
            text("Reeks"),
            Cell("jaar", is_number=True),
            Cell("gepubliceerd", is_number=True),
            Cell("ons cijfer", is_number=True),
            Cell("verschil", is_number=True),
            explained,
            text("publicatie"),
        ],
        [
            [
                text(row["reeks_naam"] + (" (euro)" if row["eenheid_van_maat"] == EURO else "")),
                count(str(row["jaar"])),
                count(
                    amount(row["gepubliceerde_waarde"], row["eenheid_van_maat"])
                    + ("*" if row["publicatie_status"] == "voorlopig" else "")
                ),
                count(amount(row["realisatie"], row["eenheid_van_maat"])),
                count(difference(row["verschil"], row["eenheid_van_maat"])),
                text(row["verklaring"] if is_own else row["populatie"]),
                text(row["publicatie_bron_naam"]),
            ]
            for row in rows
            if row["is_eigen_reeks"] == is_own
        ],
        ["* als voorlopig gepubliceerd."],
    )


def remarks(published: Published) -> Table:
    """Where the text of the agenda contradicts itself or leaves something open, and what was done with it.

    Args:
        published: The published file.
    """
    rows = published.rows("from marts.dim_kanttekening order by kanttekening_nr")
    return Table(
        "Kanttekeningen bij de tekst van de agenda",
        [text("Kanttekening"), text("wat ermee is gedaan"), text("paragraaf")],
        [[text(row["kanttekening"]), text(row["behandeling"]), text(row["paragraaf"])] for row in rows],
    )
