"""The national figures in words: the same in a terminal and on a page of Dagster.

How they are laid out stands where they are shown. What is counted and judged stands in the marts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.wording import dutch

EURO, PERCENT = "eur", "pct"
OUTSIDE = "buiten_agenda"
DEMO = "demo: verzonnen cijfers"
# How many days were made afterwards, each of which has a number as a publication has.
RECONSTRUCTED = "select count(*) from marts.fct_publicatie where soort = 'gereconstrueerd'"
NOTHING_FOLLOWS = "de leveringen zijn verzonnen; daarop volgt niets"
# What a verdict does not say by itself, by its reason.
REMARKS = {
    "norm_is_aanname": ("^", "de norm is in de openbare bronnen niet bevestigd, of uit een bron gelezen"),
    "onafgerond_niet_gehaald": ("~", "afgerond gelijk aan de norm, en onafgerond niet gehaald"),
    "eenheid_onder_minimum": ("**", "landelijk gehaald, maar niet in elke regionale eenheid"),
}
PROVISIONAL, NOT_WHOLE = "*", "°"
HEADING = ("indicator (maat)", "jaar", "cijfer", "t.o.v. vorig jaar", "norm", "oordeel")

# The national figures, those that no agenda asks for too: of another year, or of an indicator that stands in none.
FIGURES = f"""
select agenda_code, indicator_code, jaar, realisatie, realisatie_status, gedekt_tot, verandering, verandering_pct,
    geen_vergelijking_reden, streefcijfer, referentie_waarde, oordeel, oordeel_reden
from marts.fct_voortgang
union all
select null, indicator_code, jaar, realisatie, realisatie_status, gedekt_tot, verandering, verandering_pct,
    geen_vergelijking_reden, null, null, '{OUTSIDE}', null
from marts.fct_realisatie
where realisatie is not null and eenheid_code = 'NL' and uitsplitsing_soort = 'geen'
    and (indicator_code, jaar) not in (select (indicator_code, jaar) from marts.fct_voortgang)
"""


@dataclass(frozen=True)
class Told:
    """A national figure in words.

    Args:
        indicator: Code of the indicator.
        name: Its name, with the code of its unit.
        year: The year, with a mark where not all of it is known.
        figure: The figure, with a mark where it is provisional; an empty text where there is none.
        change: What it differs from the year before, or that the series is broken in between.
        asked: The norm, or the figure that there must be more than; an empty text where nothing is asked.
        verdict: The verdict, or why there is none, with a mark where that needs a word.
        judged: Code of the verdict.
        reason: Code of its reason.
        covered: The last day that is known, where that is not the last of the year; None where the year is whole.
    """

    indicator: str
    name: str
    year: str
    figure: str
    change: str
    asked: str
    verdict: str
    judged: str
    reason: str | None
    covered: date | None

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands below `HEADING`."""
        return self.name, self.year, self.figure, self.change, self.asked, self.verdict


@dataclass(frozen=True)
class Compared:
    """A figure beside the same figure under another version.

    Args:
        indicator: Code of the indicator.
        name: Its name.
        unit: Code of the unit of its figures.
        unit_name: What that unit is called.
        year: The year.
        figure: As it is published; None where there is none.
        other: Under the other version.
        difference: The other minus the published one, in the unit of the indicator.
        versions: The versions under which the other was made.
        covered: The last day that is known, where that is not the last of the year; None where the year is whole.
    """

    indicator: str
    name: str
    unit: str
    unit_name: str
    year: int
    figure: Decimal | None
    other: Decimal | None
    difference: Decimal | None
    versions: str
    covered: date | None


def national(
    con: duckdb.DuckDBPyConnection,
    year: int | None = None,
    indicator: str | None = None,
    *,
    also_without: bool = False,
) -> list[Told]:
    """Read the national figures: those of an agenda, and the others where a year or an indicator is asked.

    Args:
        con: Connection to a file with the marts.
        year: Only this year; all where None.
        indicator: Code of the only indicator; all where None.
        also_without: Also what has a norm and no figure.

    Returns:
        The figures, in the order in which agendas, indicators and years are shown.
    """
    rows = con.execute(
        f"""select indicator_code, indicator_naam, eenheid_van_maat, jaar, realisatie, realisatie_status, gedekt_tot,
            verandering, verandering_pct, geen_vergelijking_reden, streefcijfer, referentie_waarde, oordeel,
            oordeel_reden
        from ({FIGURES}) inner join marts.dim_indicator as indicator using (indicator_code)
        where (realisatie is not null or ($also_without and streefcijfer is not null))
            and (agenda_code is not null or $jaar is not null or $indicator is not null)
            and jaar = coalesce($jaar, jaar) and indicator_code = coalesce($indicator, indicator_code)
        order by agenda_code nulls last, indicator.volgorde, jaar""",
        {"jaar": year, "indicator": indicator, "also_without": also_without},
    ).fetchall()
    names = names_of_codes(con, "oordeel", "oordeel_reden")
    return [_told(names, *row) for row in rows]


def names_of_codes(con: duckdb.DuckDBPyConnection, *kinds: str) -> dict[tuple[str, str], str]:
    """Read what codes are called, as it stands inside a sentence.

    Args:
        con: Connection to a file with the marts.
        kinds: Which codes: names of columns.

    Returns:
        The name of each code, by its kind and itself.
    """
    rows = con.execute(
        "select code_soort, code, naam from marts.dim_code where list_contains(?, code_soort)", [kinds]
    ).fetchall()
    return {(kind, code): name[:1].lower() + name[1:] for kind, code, name in rows}


def is_demo(con: duckdb.DuckDBPyConnection) -> bool:
    """Look whether any figure is made up.

    Args:
        con: Connection to a file with the marts.
    """
    ((found,),) = con.execute("select coalesce(bool_or(is_demo), false) from marts.fct_voortgang").fetchall()
    return found


def amount(number: object, unit: str) -> str:
    """Write a figure as it stands in a table that says its unit: euros in whole euros; empty where there is none.

    Args:
        number: The figure, or None.
        unit: Code of its unit.
    """
    if number is None:
        return ""
    return dutch(round(Decimal(str(number)))) if unit == EURO else dutch(number)


def difference(number: object, unit: str) -> str:
    """Write a difference as it stands in a table that says the unit of the figures: between percentages in points.

    Args:
        number: The difference, or None.
        unit: Code of the unit of the figures.
    """
    return f"{amount(number, unit)} pt" if unit == PERCENT and number is not None else amount(number, unit)


def asked(norm: object, reference: object, unit: str) -> str:
    """Write the norm; where the agenda asks for an increase, the figure that there must be more than.

    Args:
        norm: The norm, or None.
        reference: The figure of the year that is compared with, or None.
        unit: Code of their unit.
    """
    return f">{amount(reference, unit)}" if norm is None and reference is not None else amount(norm, unit)


def marked(year: int, covered: date | None) -> str:
    """Write a year, with a mark where not all of it is known.

    Args:
        year: The year.
        covered: The last day that is known; None where the year is whole.
    """
    return str(year) if covered is None else f"{year}{NOT_WHOLE}"


def not_whole(years: Iterable[tuple[str, date | None]]) -> list[str]:
    """Say up to which day years are known that are not whole.

    Args:
        years: Of each figure the code of the indicator, and the last day that is known; None where the year is whole.

    Returns:
        A line; nothing where every year is whole.
    """
    of_day: dict[date, list[str]] = defaultdict(list)
    for indicator, covered in years:
        if covered and indicator not in of_day[covered]:
            of_day[covered].append(indicator)
    if not of_day:
        return []
    days = "; ".join(f"tot en met {day:%d-%m-%Y} van {', '.join(of_day[day])}" for day in sorted(of_day))
    return [f"{NOT_WHOLE} het jaar is niet heel bekend: {days}"]


def legend(rows: Sequence[Told]) -> list[str]:
    """Say what the marks mean that stand with figures.

    Args:
        rows: The figures.
    """
    lines = [f"{PROVISIONAL} voorlopig cijfer; t.o.v. vorig jaar in procenten, of in procentpunten (pt)"]
    reasons = {row.reason for row in rows}
    lines += [f"{mark} {note}" for reason, (mark, note) in REMARKS.items() if reason in reasons]
    if any(row.asked.startswith(">") for row in rows):
        lines.append("> er wordt meer gevraagd dan het cijfer van een eerder jaar")
    return lines + not_whole((row.indicator, row.covered) for row in rows)


def _told(
    names: dict[tuple[str, str], str],
    indicator: str,
    name: str,
    unit: str,
    year: int,
    figure: Decimal | None,
    status: str | None,
    covered: date | None,
    difference: object,
    percentage: object,
    not_compared: str | None,
    norm: object,
    reference: object,
    verdict: str,
    reason: str | None,
) -> Told:
    mark, _ = REMARKS.get(reason or "", ("", ""))
    # Why nothing is said tells more than that nothing is said.
    kind, code = ("oordeel_reden", reason) if reason and verdict == "geen_oordeel" else ("oordeel", verdict)
    until = covered if figure is not None and covered and covered < date(year, 12, 31) else None
    return Told(
        indicator,
        f"{name} ({unit})",
        marked(year, until),
        amount(figure, unit) + (PROVISIONAL if status == "voorlopig" else ""),
        _change(unit, difference, percentage, not_compared),
        asked(norm, reference, unit),
        names.get((kind, code), code.replace("_", " ")) + mark,
        verdict,
        reason,
        until,
    )


def _change(unit: str, difference: object, percentage: object, reason: str | None) -> str:
    if reason == "trendbreuk":
        return reason
    if unit == PERCENT:
        return "" if difference is None else f"{dutch(difference, sign='+')} pt"
    return "" if percentage is None else f"{dutch(percentage, sign='+')}%"
