"""The tables of the report: which rows of the published file stand in them, and how they are called.

A table has a caption, headings with their scope and, where its parts do not add up, a note that says so; the page
writes them all in one way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from orchestration.figures import NOT_WHOLE, PROVISIONAL, Compared, marked
from orchestration.reporting import verdicts
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
from orchestration.reporting.marks import BREAK, GROWS, explained, marks
from orchestration.reporting.published import Codes, Figure, Indicator, Published, Row
from orchestration.reporting.sentences import GOOD, SIGNS, the_reason
from orchestration.reporting.verdicts import Standing
from orchestration.wording import counted

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
# The least that the definition of an indicator asks of each regional eenheid.
MINIMUM = "minimum_per_eenheid"
NEVER_DELIVERED = "nog_niet_geleverd"
# Criminal seizures stand in one register, of which the growth is measured for what the police takes conservatively;
# the series of all services is broken where that register is.
CRIMINAL, SEIZURES, KINDS_OF_SEIZURE = (
    "strafrechtelijk",
    ("beslag_gelegd", "beslag_opgeheven"),
    ("conservatoir", "klassiek"),
)
MEASURED = ("beslag_gelegd", "conservatoir")
SEIZED, SEIZED_BY_ALL = "beslag_conservatoir_politie_eur", "beslag_alle_diensten"
LARGE = "waarvan in dossiers met een grote schikking"


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


def verdicts_per_year(published: Published) -> Table:
    """How many norms of each agenda were met, year by year.

    Args:
        published: The published file.
    """
    rows = verdicts.per_year(published)
    # Most of the time no year runs that can be judged, and only a release withholds.
    seldom = (Standing.RUNNING, Standing.WITHHELD)
    shown = [each for each in Standing if each not in seldom or any(found.standings[each] for *_, found in rows)]
    return Table(
        "Normen per jaar, en wat het oordeel erover is",
        [text("Jaar"), count("normen"), *(count(each.value) for each in shown), text("agenda")],
        [
            [
                text(year),
                count(number(found.norms)),
                *(count(number(found.standings[each])) for each in shown),
                text(f"{agenda['jaar_van']}-{agenda['jaar_tot']}"),
            ]
            for agenda, year, found in rows
        ],
        [
            "Een norm van een deel (waarvan) en een norm van een totaal zijn elk een eigen norm van de agenda.",
            "Normen zijn wat is gehaald, niet gehaald of nog niet te beoordelen. Wat nog geen getal heeft, een "
            "referentiejaar (waarmee andere jaren worden vergeleken) en wat zonder norm wordt gevolgd, is geen norm.",
        ],
    )


def not_judged(published: Published) -> Table:
    """Why there is no verdict where the agenda has or will have a norm, or compares with the year.

    Args:
        published: The published file.
    """
    found: dict[tuple[Standing, str], list[tuple[Indicator, int]]] = defaultdict(list)
    for indicator, figure in verdicts.agenda_years(published):
        if figure.oordeel == verdicts.NOT_JUDGED:
            found[verdicts.standing(figure), figure.oordeel_reden or ""].append((indicator, figure.jaar))
    order = list(Standing)
    rows = [
        [
            text(the_reason(reason, published.codes)),
            text(each.value),
            count(number(len(where))),
            text(", ".join(map(str, sorted({year for _, year in where})))),
            text("; ".join(sorted({indicator.about["indicator_naam"] for indicator, _ in where}))),
        ]
        for (each, reason), where in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]), item[0][1])
        )
    ]
    if rows:
        rows.append([text("Samen"), text(""), count(number(sum(map(len, found.values())))), text(""), text("")])
    return Table(
        "Waarover geen oordeel is, en waarom",
        [text("Reden"), text("telt in de tabel hierboven als"), count("aantal"), text("jaren"), text("indicatoren")],
        rows,
        totals=frozenset([len(rows) - 1]) if rows else frozenset(),
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
    notes = [f"En {number(older)} oudere; die staan in het gepubliceerde bestand."] if older else []
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
    first = min((figure.jaar for figure in indicator.with_figure), default=0)
    before = [
        str(figure.jaar)
        for figure in indicator.figures
        if figure.jaar < first and figure.geen_realisatie_reden == NEVER_DELIVERED
    ]
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
        if str(figure.jaar) not in before
    ]
    headings = [Cell(heading, is_number=True) for heading in ("cijfer", "norm", "verschil")]
    unit = indicator.about["eenheid_van_maat_naam"]
    shown = Table(
        f"Cijfer en norm per jaar, in {unit}",
        [text("Jaar"), *headings, text("oordeel"), text("opmerking")],
        rows,
        [f"Over {' en '.join(before)} is niets geleverd, en is er geen oordeel."] if before else [],
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
    notes = ["✓ norm gehaald of op schema, ✗ niet. Zonder ✓ of ✗ is er geen oordeel of geen norm."]
    notes += explained(cell.text for row in rows for cell in row if cell.is_number)
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
    told = amount(figure.realisatie, indicator.unit) + marks(indicator, figure)
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
    headings = [count(_heading(indicator, year)) for year in shown]
    name = indicator.about["eenheid_van_maat_naam"]
    notes = _norm_per_eenheid(published, indicator, shown)
    table = Table(f"Per eenheid, in {name}", [text("Eenheid"), *headings], rows, notes + _signs(headings, rows))
    return with_reasons(table, published.codes)


def _norm_per_eenheid(published: Published, indicator: Indicator, shown: Sequence[int]) -> list[str]:
    """Say what a norm asks of an eenheid: nothing, or a minimum, and where that was not kept."""
    figures = [figure for figure in indicator.figures if figure.jaar in shown]
    minima = {published.parameters(figure.definitie_versie).get(MINIMUM) for figure in figures} - {None}
    below = [f"{figure.jaar}: {figure.eenheden_onder_minimum}" for figure in figures if figure.eenheden_onder_minimum]
    if not (minima or below):
        return ["Normen zijn landelijk: zij gelden niet voor een eenheid."]
    least = f" van {' of '.join(sorted(number(Decimal(each)) for each in minima if each))}" if minima else ""
    told = [f"De norm is landelijk, en vraagt daarbij een minimum{least} in elke regionale eenheid."]
    if below:
        told.append(f"Onder dat minimum: {'; '.join(below)}.")
    return told


def _part_cell(row: Row | None, absent: str) -> Cell:
    if row is None:
        return count(absent)
    if row["is_achtergehouden"]:
        return hidden(row["vrijgave_reden"])
    if row["realisatie"] is None:
        return count(UNKNOWN)
    return count(amount(row["realisatie"], row["eenheid_van_maat"]))


def _signs(headings: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Say what stands in a table in the place of a number, and what the marks behind numbers mean."""
    cells = [cell.text for row in [headings, *rows] for cell in row if cell.is_number]
    notes = []
    if UNKNOWN in cells:
        notes.append(f"'{UNKNOWN}': een levering bevat een code die niemand kent, en het cijfer kan ervan afhangen.")
    if NOTHING in cells:
        notes.append(f"{NOTHING} hierover is niets geleverd; dat is geen nul.")
    return notes + explained(cells)


def _heading(indicator: Indicator, year: int) -> str:
    return f"{year}{marks(indicator, _of_year(indicator, year))}"


def _of_year(indicator: Indicator, year: int) -> Figure | None:
    return next((each for each in indicator.figures if each.jaar == year), None)


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
    headings = [count(_heading(indicator, year)) for year in shown]
    table = Table(
        codes.name("uitsplitsing_soort", kind),
        [text("Deel"), *headings],
        rows,
        notes + _signs(headings, rows),
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
                count(amount(whole, indicator.unit) + marks(indicator, _of_year(indicator, year))),
            ]
            for indicator, whole, parts in wholes[year]
        ]
        table = Table(
            f"Van inzet naar resultaat, {year}",
            [*headings, Cell("geheel", is_number=True)],
            rows,
            [codes.told("uitsplitsing_soort", CROSSED), *_signs([], rows)],
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
            case when count(*) = count(bedrag_zonder_groot_eur) then sum(bedrag_eur - bedrag_zonder_groot_eur)
            end as bedrag_groot,
            case when count(*) = count(aantal) then sum(aantal) end as aantal,
            case when count(*) = count(aantal_groot) then sum(aantal_groot) end as aantal_groot,
            false as is_achtergehouden
        from marts.fct_afpakmonitor group by all"""
    )
    ways = sorted({row["weg_code"] for row in rows}, key=lambda code: published.codes.place("weg_code", code))
    measures = (("bedrag", EURO, "in euro"), ("aantal", "", "aantal objecten of dossiers"))
    tables = [
        _way(published, way, [row for row in rows if row["weg_code"] == way], measure, unit, told)
        for way in ways
        for measure, unit, told in measures[: 1 if published.is_release else 2]
    ]
    return [*tables, withheld(published, MONITOR)] if published.withheld[MONITOR] else tables


def _way(published: Published, way: str, rows: Sequence[Row], measure: str, unit: str, told: str) -> Table:
    """One measure of the steps along a way, year by year; of what is in a few large cases it says so."""
    codes = published.codes
    # Of a year of which nothing was delivered about this way there is nothing to see.
    shown = _last_years(row["jaar"] for row in rows)
    found = {(row["stap_code"], row["beslagsoort"], row["jaar"]): row for row in rows}
    steps = sorted(
        {(step, kind) for step, kind, year in found if year in shown},
        key=lambda key: (codes.place("stap_code", key[0]), codes.place("beslagsoort", key[1])),
    )
    partial = {row["jaar"] for row in rows if row["gedekt_tot"] and row["gedekt_tot"] < date(row["jaar"], 12, 31)}
    headings = [count(f"{year}{NOT_WHOLE}" if year in partial else str(year)) for year in shown]
    of_seizures = _marks_of_seizures(published) if way == CRIMINAL else {}
    cells: list[list[Cell]] = []
    depths: dict[int, int] = {}
    for step, kind in steps:
        by_year = [found.get((step, kind, year)) for year in shown]
        # Growth is measured in euros.
        signs = [
            "".join(each for each in of_seizures.get((step, kind, year), ()) if each != GROWS or unit == EURO)
            for year in shown
        ]
        cells.append(
            [
                text(_step(step, kind, codes)),
                *(_amount_cell(row, measure, unit, mark) for row, mark in zip(by_year, signs, strict=True)),
            ]
        )
        if any(row and row.get("aantal_groot") for row in by_year):
            depths[len(cells)] = 1
            cells.append([text(LARGE), *(_amount_cell(row, f"{measure}_groot", unit, "") for row in by_year)])
    notes = [
        "Dezelfde euro kan bij elke stap staan: tel stappen nooit op, en verwar beslag niet met wat is afgepakt.",
        "Conservatoir en klassiek beslag kunnen op hetzelfde object liggen; zij blijven twee.",
    ]
    if depths:
        notes.append(
            "Wat inspringt, is een deel van de regel erboven. Een grote schikking is een dossier met een enkele "
            f"boeking {_large_from(published)}: vergelijk jaren met en zonder."
        )
    notes += _signs(headings, cells)
    if of_seizures:
        notes += dict.fromkeys(published.breaks_of_series(SEIZED_BY_ALL).values())
        notes.append(
            f"{PROVISIONAL} en {GROWS} staan alleen bij beslag, en volgen uit het cijfer van het beslag door de "
            "politie. Van wat er na het beslag komt, is niet bekend of een jaar nog verandert."
        )
    table = Table(
        f"{codes.name('weg_code', way)}: stappen per jaar, {told}", [text("Stap"), *headings], cells, notes, depths
    )
    return with_reasons(table, codes)


def _marks_of_seizures(published: Published) -> dict[tuple[str, str, int], list[str]]:
    """By step, kind of seizure and year the marks of what stands in the register of seizures.

    The indicator is the part of one step that the police took; it stands in the same register as the rest.
    """
    indicator = published.indicator(SEIZED)
    broken = set(published.breaks_of_series(SEIZED_BY_ALL))
    found: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for figure in indicator.figures if indicator else []:
        of_year = marks(indicator, figure) if indicator else ""
        for step in SEIZURES:
            for kind in KINDS_OF_SEIZURE:
                here = (step, kind, figure.jaar)
                if PROVISIONAL in of_year:
                    found[here].append(PROVISIONAL)
                if BREAK in of_year or figure.jaar in broken:
                    found[here].append(BREAK)
                if GROWS in of_year and (step, kind) == MEASURED:
                    found[here].append(GROWS)
    return found


def _large_from(published: Published) -> str:
    """From which amount a case is a large one, as the definition has it."""
    for row in published.definitions[SEIZED]:
        if limit := published.parameters(row["definitie_versie"]).get("grote_schikking_eur"):
            return f"boven {said(Decimal(limit), EURO)}"
    return "boven de grens van de definitie"


def _step(step: str, kind: str, codes: Codes) -> str:
    told = codes.name("stap_code", step)
    return told if kind == "nvt" else f"{told}, {codes.name('beslagsoort', kind).lower()}"


def _amount_cell(row: Row | None, measure: str, unit: str, mark: str) -> Cell:
    if row is None:
        return count(NOTHING)
    if row["is_achtergehouden"]:
        return hidden(row["vrijgave_reden"])
    return count(UNKNOWN if row[measure] is None else amount(row[measure], unit) + mark)


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


def versions(published: Published, names: Sequence[str]) -> Table:
    """What versions of definitions and lists mean, of which was asked what the figures would be.

    Args:
        published: The published file.
        names: The versions.
    """
    codes = published.codes
    rows = published.rows(
        """select definitie.definitie_versie as versie, indicator_naam as naam, null as lijst, definitie.omschrijving,
            definitie.bron, definitie.is_aanname
        from marts.dim_definitie as definitie inner join marts.dim_indicator as indicator using (indicator_code)
        where list_contains($names, definitie.definitie_versie)
        union all by name
        select lijst_versie as versie, lijst_code as lijst, omschrijving, bron, is_aanname
        from marts.dim_lijst_versie where list_contains($names, lijst_versie) order by versie""",
        {"names": list(names)},
    )
    return Table(
        "Waarmee is geteld",
        [text("Versie"), text("van"), text("wat zij zegt"), text("bron")],
        [
            [
                text(row["versie"]),
                text(row["naam"] or f"lijst: {codes.name('lijst_code', row['lijst']).lower()}"),
                text(codes.plain(row["omschrijving"])),
                text(codes.plain(row["bron"]) + (" (een aanname)" if row["is_aanname"] else "")),
            ]
            for row in rows
        ],
    )


def otherwise(compared: Sequence[Compared]) -> Table:
    """The national figures that differ from the published ones under other versions.

    Args:
        compared: The figures that are made by another version, beside the published ones.
    """
    differing = [each for each in compared if each.figure != each.other]
    equal = len(compared) - len(differing)
    rows = [
        [
            text(f"{each.name} ({each.unit_name})"),
            count(marked(each.year, each.covered)),
            count(amount(each.figure, each.unit)),
            count(amount(each.other, each.unit)),
            count(difference(each.difference, each.unit)),
        ]
        for each in differing
    ]
    return Table(
        "Cijfers die anders zijn dan de gepubliceerde",
        [text("Indicator"), count("jaar"), count("nu"), count("wat als"), count("verschil")],
        rows,
        [
            *([f"Ook zo gemaakt, en gelijk gebleven: {counted(equal, 'cijfer', 'cijfers')}."] if equal else []),
            *explained(cell.text for row in rows for cell in row if cell.is_number),
        ],
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
            [
                *(text(published.codes.plain(row[name])) for name in ("afspraak", "geen_indicator_reden")),
                text(row["paragraaf"]),
                text(row["agenda_naam"]),
            ]
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
            verklaring, populatie, publicatie_bron_naam, is_eigen_reeks, indicator_code
        from marts.fct_aansluiting order by reeks_naam, jaar, bron_datum, publicatie_bron_naam"""
    )
    caption = (
        "Ons cijfer naast het gepubliceerde cijfer van dezelfde reeks"
        if is_own
        else "Reeksen die iets anders tellen: zij staan ernaast en worden nooit samengevoegd"
    )
    shown = [
        [
            text(row["reeks_naam"] + (" (euro)" if row["eenheid_van_maat"] == EURO else "")),
            count(str(row["jaar"])),
            count(
                amount(row["gepubliceerde_waarde"], row["eenheid_van_maat"])
                + (PROVISIONAL if row["publicatie_status"] == "voorlopig" else "")
            ),
            count(amount(row["realisatie"], row["eenheid_van_maat"]) + _marks_beside(published, row)),
            count(difference(row["verschil"], row["eenheid_van_maat"])),
            text(published.codes.plain(row["verklaring"] if is_own else row["populatie"])),
            text(row["publicatie_bron_naam"]),
        ]
        for row in rows
        if row["is_eigen_reeks"] == is_own
    ]
    return Table(
        caption,
        [
            text("Reeks"),
            Cell("jaar", is_number=True),
            Cell("gepubliceerd", is_number=True),
            Cell("ons cijfer", is_number=True),
            Cell("verschil", is_number=True),
            text("verklaring" if is_own else "wat de reeks telt"),
            text("publicatie"),
        ],
        shown,
        [
            *explained(cell.text for row in shown for cell in row if cell.is_number),
            "Een teken achter een gepubliceerd cijfer geldt zoals de bron het toen noemde, achter ons cijfer zoals het "
            "nu is.",
        ],
    )


def _marks_beside(published: Published, row: Row) -> str:
    indicator = published.indicator(row["indicator_code"])
    if indicator is None or row["realisatie"] is None:
        return ""
    return marks(indicator, _of_year(indicator, row["jaar"]))


def remarks(published: Published) -> Table:
    """Where the text of the agenda contradicts itself or leaves something open, and what was done with it.

    Args:
        published: The published file.
    """
    rows = published.rows("from marts.dim_kanttekening order by kanttekening_nr")
    return Table(
        "Kanttekeningen bij de tekst van de agenda",
        [text("Kanttekening"), text("wat ermee is gedaan"), text("paragraaf")],
        [
            [
                *(text(published.codes.plain(row[name])) for name in ("kanttekening", "behandeling")),
                text(row["paragraaf"]),
            ]
            for row in rows
        ],
    )
