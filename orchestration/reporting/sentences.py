"""The sentences that a reader gets about a figure: each follows by rule from what the marts say of it.

Nothing is judged here, and no cause is guessed: that a figure rose or fell says nothing about why.
"""

from collections.abc import Sequence

from orchestration.reporting.formats import PERCENT, day, in_words, number, said
from orchestration.reporting.published import Codes, Expected, Figure, Indicator
from orchestration.reporting.verdicts import Count, Standing

# In front of the word, so that the colour is never alone. Where nothing is judged there is nothing to mark.
SIGNS = {"behaald": "✓", "op_schema": "✓", "niet_behaald": "✗", "achter_op_schema": "✗"}
GOOD = {"behaald", "op_schema"}
BREAK, GROWS = "trendbreuk", "groeit_nog"


def about_figure(indicator: Indicator, figure: Figure, codes: Codes) -> str:
    """Tell of one year: the figure, the verdict, how it changed, and how certain it is.

    Args:
        indicator: The indicator.
        figure: Its figure of that year.
        codes: The names of codes.

    Returns:
        A few sentences.
    """
    parts = [
        the_figure(indicator, figure, codes),
        the_verdict(indicator, figure, codes),
        the_change(indicator, figure, codes),
        the_certainty(indicator, figure, codes),
    ]
    return " ".join(part for part in parts if part)


def the_figure(indicator: Indicator, figure: Figure, codes: Codes) -> str:
    """Tell the figure of a year, up to which day, or why there is none.

    Args:
        indicator: The indicator.
        figure: Its figure of that year.
        codes: The names of codes.
    """
    if figure.is_achtergehouden:
        reason = codes.told("vrijgave_reden", figure.vrijgave_reden)
        return f"Het cijfer over {figure.jaar} is niet vrijgegeven. {reason}"
    if figure.realisatie is None:
        return (
            f"Over {figure.jaar} is er geen cijfer. {codes.told('geen_realisatie_reden', figure.geen_realisatie_reden)}"
        )
    value = in_words(figure.realisatie, indicator.unit, indicator.about["eenheid_van_maat_naam"])
    if figure.is_whole or figure.gedekt_tot is None:
        return f"Over {figure.jaar}: {value}."
    return f"Over {figure.jaar}, tot en met {day(figure.gedekt_tot)}: {value}."


def the_verdict(indicator: Indicator, figure: Figure, codes: Codes) -> str:
    """Tell what the verdict on a year is, and why.

    Args:
        indicator: The indicator.
        figure: Its figure of that year.
        codes: The names of codes.

    Returns:
        The sentence; an empty text for a year that no agenda has, and where that there is no figure says it all.
    """
    if figure.oordeel is None or (figure.realisatie is None and figure.oordeel == "geen_oordeel"):
        return ""
    if figure.oordeel in ("geen_norm", "geen_oordeel"):
        verdict = "" if figure.oordeel == "geen_norm" else "Geen oordeel. "
        return verdict + the_reason(figure.oordeel_reden, codes)
    norm = "" if figure.target is None else said(figure.target, indicator.unit)
    if figure.oordeel in ("op_schema", "achter_op_schema"):
        place = "op schema" if figure.oordeel == "op_schema" else "achter op schema"
        return f"Het jaar loopt nog; het cijfer ligt {place} voor de norm van {norm}."
    is_met = figure.oordeel == "behaald"
    told = _met_or_missed(indicator, figure, norm, is_met)
    if figure.oordeel_reden == "norm_is_aanname" or figure.streefcijfer_is_aanname:
        told += f" {codes.told('oordeel_reden', 'norm_is_aanname')}"
    return told


def the_reason(reason: str | None, codes: Codes) -> str:
    """Tell why there is no verdict.

    Args:
        reason: The reason (`oordeel_reden`).
        codes: The names of codes.
    """
    # What the list says of it points to the mart with the estimate, which stands beside it here.
    return "Het cijfer groeit nog." if reason == GROWS else codes.told("oordeel_reden", reason)


def _met_or_missed(indicator: Indicator, figure: Figure, norm: str, is_met: bool) -> str:
    outcome = "gehaald" if is_met else "niet gehaald"
    if figure.oordeel_reden == "eenheid_onder_minimum":
        return (
            f"Landelijk is de norm van {norm} gehaald, maar niet het minimum in elke regionale eenheid "
            f"({figure.eenheden_onder_minimum})."
        )
    if figure.oordeel_reden == "onafgerond_niet_gehaald":
        return f"Afgerond is het cijfer gelijk aan de norm van {norm}; onafgerond is de norm niet gehaald."
    rule, by = indicator.about["oordeel_regel"], _by_how_much(indicator, figure)
    if rule == "toename":
        there = "is er" if is_met else "is er niet"
        return f"De toename ten opzichte van {figure.referentie_jaar} ({norm}) die de agenda vraagt, {there}{by}."
    if rule == "doorlopend":
        under = (
            f" Onder het minimum per eenheid: {figure.eenheden_onder_minimum}." if figure.eenheden_onder_minimum else ""
        )
        return f"De norm van {norm} is {'op elke dag' if is_met else 'niet op elke dag'} gehaald.{under}"
    at_most = "hooguit " if rule == "hooguit" else ""
    return f"De norm van {at_most}{norm} is {outcome}{by}."


def _by_how_much(indicator: Indicator, figure: Figure) -> str:
    if not figure.verschil:
        return "" if figure.verschil is None else ": precies"
    size = abs(figure.verschil)
    told = f"{number(size)} procentpunt" if indicator.unit == PERCENT else said(size, indicator.unit)
    return f": {told} {'meer' if figure.verschil > 0 else 'minder'}"


def the_change(indicator: Indicator, figure: Figure, codes: Codes) -> str:
    """Tell how a figure differs from the year before; never across a break in the series.

    Args:
        indicator: The indicator.
        figure: Its figure of that year.
        codes: The names of codes.

    Returns:
        The sentence; an empty text where the marts do not compare, unless a break is the reason.
    """
    if figure.geen_vergelijking_reden == BREAK and figure.realisatie is not None:
        why = indicator.breaks.get(figure.jaar) or codes.told("geen_vergelijking_reden", BREAK)
        return f"Met {figure.jaar - 1} is het cijfer niet te vergelijken. {why}"
    if figure.verandering is None:
        return ""
    before = figure.jaar - 1
    if not figure.verandering:
        return f"Het cijfer is gelijk aan dat van {before}."
    more = "hoger" if figure.verandering > 0 else "lager"
    if indicator.unit == PERCENT:
        return f"Het cijfer is {number(abs(figure.verandering))} procentpunt {more} dan in {before}."
    if figure.verandering_pct is None:
        return f"Het cijfer is {said(abs(figure.verandering), indicator.unit)} {more} dan in {before}."
    return f"Het cijfer is {number(abs(figure.verandering_pct))}% {more} dan in {before}."


def the_certainty(indicator: Indicator, figure: Figure, codes: Codes) -> str:
    """Tell that a figure is provisional, and where it is expected to end.

    Args:
        indicator: The indicator.
        figure: Its figure of that year.
        codes: The names of codes.

    Returns:
        The sentences; an empty text for a definitive figure.
    """
    told = "Het cijfer is voorlopig." if figure.realisatie_status == "voorlopig" else ""
    if expected := indicator.expected.get(figure.jaar):
        told += f" {the_expectation(indicator, expected)}"
    return told.strip()


def the_expectation(indicator: Indicator, expected: Expected) -> str:
    """Tell where a figure that still grows is expected to end.

    Args:
        indicator: The indicator.
        expected: The estimate.
    """
    unit, name = indicator.unit, indicator.about["eenheid_van_maat_naam"]
    told = f"Het groeit naar schatting nog tot {in_words(expected.verwachte_eindwaarde, unit, name)}"
    if expected.ondergrens is None or expected.bovengrens is None:
        return f"{told}."
    low, high = (in_words(bound, unit, name) for bound in (expected.ondergrens, expected.bovengrens))
    return f"{told}; met {expected.betrouwbaarheid_pct}% kans ligt het eind tussen {low} en {high}."


def together(pair: list[Indicator]) -> str:
    """Tell that indicators are read together, as the agenda wants.

    Args:
        pair: The indicators.
    """
    names = " en ".join(f"“{indicator.about['indicator_naam']}”" for indicator in pair)
    return f"De agenda wil {names} samen gelezen hebben: beoordeel het ene cijfer niet zonder het andere."


def about_agenda(name: str, count: Count, codes: Codes) -> str:
    """Tell how many norms of an agenda were met, and what else its years are; a norm is one for each year.

    Args:
        name: Name of the agenda.
        count: What its years stand for.
        codes: The names of codes.
    """
    found = count.standings
    if not count.norms:
        told = f"{name}: er is nog geen norm" if count.without_number else f"{name}: er is geen norm"
    elif count.judged:
        told = (
            f"{name}: van {_norms(count.norms)} {_are(found[Standing.MET])} gehaald en "
            f"{number(found[Standing.MISSED])} niet"
        )
    else:
        told = f"{name}: over geen van {_norms(count.norms)} is al te oordelen"
    if running := found[Standing.RUNNING]:
        told += f"; van {number(running)} loopt het jaar nog"
    if (open_ := found[Standing.OPEN]) and count.judged:
        told += f"; over {number(open_)} is geen oordeel te geven"
    if count.without_number:
        told += f". Bij {number(found[Standing.NO_NUMBER])} is er nog geen getal: {_reasons(count, codes)}"
    beside = {
        "keer is het jaar een referentiejaar": found[Standing.REFERENCE],
        "keer wordt een cijfer gevolgd zonder norm": found[Standing.FOLLOWED],
        "keer is het oordeel niet vrij": found[Standing.WITHHELD],
    }
    if aside := [f"{number(times)} {what}" for what, times in beside.items() if times]:
        told += f". {' en '.join(aside)}"
    return f"{told}."


def _reasons(count: Count, codes: Codes) -> str:
    """Why the agenda has no number, most often first."""
    reasons = sorted(count.without_number.items(), key=lambda item: (-item[1], item[0]))
    names = [(codes.name("geen_streefcijfer_reden", reason).lower(), times) for reason, times in reasons]
    if len(names) == 1:
        return names[0][0]
    return ", ".join(f"{name} ({number(times)})" for name, times in names)


def _norms(count: int) -> str:
    return "1 norm" if count == 1 else f"{number(count)} normen"


def _are(count: int) -> str:
    return f"{'is' if count == 1 else 'zijn'} er {number(count)}"


def about_chart(indicator: Indicator, years: Sequence[Figure]) -> str:
    """Tell what a chart shows, for who does not see it.

    Args:
        indicator: The indicator.
        years: The years that it shows.

    Returns:
        A sentence; an empty text where there is no chart.
    """
    if not years:
        return ""
    name, unit = indicator.about["indicator_naam"], indicator.unit
    parts = []
    for figure in years:
        told = "geen cijfer" if figure.realisatie is None else said(figure.realisatie, unit)
        held = "" if figure.target is None else f", norm {said(figure.target, unit)}"
        if figure.streefcijfer is None and figure.target is not None:
            held = f", te overtreffen {said(figure.target, unit)}"
        parts.append(f"{figure.jaar}: {told}{held}")
    return f"Staafdiagram van {name}, in {indicator.about['eenheid_van_maat_naam']}. {'; '.join(parts)}."
