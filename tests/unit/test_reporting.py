"""The progress report, on a published file of a few rows that has the columns of the marts as their contract says."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

from orchestration import alerts, figures, reporting
from orchestration.figures import Compared
from orchestration.paths import ROOT, seed_file
from orchestration.reporting import charts, colours, downloads, formats, marks, page, sentences, tables, verdicts
from orchestration.reporting.published import Codes, Expected, Figure, Indicator, Published, open_published
from orchestration.reporting.verdicts import Standing
from tests.pages import addresses_outside, axe, browser, faults_of_structure, looked_at, opened
from tests.published import make_published

DAY = date(2022, 6, 1)
EVIL = "<script>alert('x')</script>"


def seed(name: str) -> list[dict[str, str]]:
    with seed_file(name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


REASONS = {row["reden_code"]: row["omschrijving"] for row in seed("reden")}
CODES = Codes(
    [
        {"code_soort": kind, "code": code, "naam": code, "omschrijving": told, "volgorde": 1}
        for kind in ("oordeel_reden", "geen_realisatie_reden", "geen_vergelijking_reden")
        for code, told in REASONS.items()
    ]
)


def indicator(unit: str = "verdachte", rule: str = "minimaal", **given: Any) -> Indicator:
    about = {
        "indicator_code": "proef",
        "indicator_naam": "Proefcijfer",
        "eenheid_van_maat": unit,
        "eenheid_van_maat_naam": "verdachten",
        "meetwijze": "aantal",
        "oordeel_regel": rule,
        "samen_lezen_met": None,
        "waarvan": None,
    }
    return Indicator(about, given.pop("figures", []), **given)


def figure(**given: Any) -> Figure:
    whole = {"jaar": 2020, "realisatie": Decimal(187), "gedekt_tot": date(2020, 12, 31), "agenda_code": "va"}
    return Figure(**{"indicator_code": "proef", "realisatie_status": "definitief", **whole, **given})


# What a reader must be told of each verdict, worked out by hand; the fifth is what stands in no agenda.
TOLD = [
    ("minimaal", "behaald", {"streefcijfer": 180, "verschil": 7}, "De norm van 180 is gehaald: 7 meer."),
    ("minimaal", "behaald", {"streefcijfer": 187, "verschil": 0}, "De norm van 187 is gehaald: precies."),
    ("minimaal", "niet_behaald", {"streefcijfer": 190, "verschil": -3}, "De norm van 190 is niet gehaald: 3 minder."),
    (
        "hooguit",
        "niet_behaald",
        {"streefcijfer": 180, "verschil": 7},
        "De norm van hooguit 180 is niet gehaald: 7 meer.",
    ),
    ("minimaal", None, {}, ""),
    (
        "toename",
        "behaald",
        {"referentie_jaar": 2019, "referentie_waarde": 145, "verschil": 42},
        "De toename ten opzichte van 2019 (145) die de agenda vraagt, is er: 42 meer.",
    ),
    (
        "toename",
        "niet_behaald",
        {"referentie_jaar": 2019, "referentie_waarde": 187, "verschil": 0},
        "De toename ten opzichte van 2019 (187) die de agenda vraagt, is er niet: precies.",
    ),
    ("doorlopend", "behaald", {"streefcijfer": 100}, "De norm van 100 is op elke dag gehaald."),
    (
        "doorlopend",
        "niet_behaald",
        {"streefcijfer": 100, "eenheden_onder_minimum": "Limburg 9"},
        "De norm van 100 is niet op elke dag gehaald. Onder het minimum per eenheid: Limburg 9.",
    ),
    (
        "doorlopend",
        "niet_behaald",
        {"streefcijfer": 100, "eenheden_onder_minimum": "Limburg 9", "oordeel_reden": "eenheid_onder_minimum"},
        "Landelijk is de norm van 100 gehaald, maar niet het minimum in elke regionale eenheid (Limburg 9).",
    ),
    (
        "minimaal",
        "niet_behaald",
        {"streefcijfer": 187, "verschil": 0, "oordeel_reden": "onafgerond_niet_gehaald"},
        "Afgerond is het cijfer gelijk aan de norm van 187; onafgerond is de norm niet gehaald.",
    ),
    (
        "minimaal",
        "behaald",
        {"streefcijfer": 180, "verschil": 7, "oordeel_reden": "norm_is_aanname"},
        f"De norm van 180 is gehaald: 7 meer. {REASONS['norm_is_aanname']}",
    ),
    (
        "minimaal",
        "op_schema",
        {"streefcijfer": 400},
        "Het jaar loopt nog; het cijfer ligt op schema voor de norm van 400.",
    ),
    (
        "minimaal",
        "achter_op_schema",
        {"streefcijfer": 400},
        "Het jaar loopt nog; het cijfer ligt achter op schema voor de norm van 400.",
    ),
    ("minimaal", "geen_norm", {"oordeel_reden": "geen_norm"}, REASONS["geen_norm"]),
    ("minimaal", "geen_oordeel", {"oordeel_reden": "groeit_nog"}, "Geen oordeel. Het cijfer groeit nog."),
    ("minimaal", "geen_oordeel", {"oordeel_reden": "ntb"}, "Geen oordeel. De agenda schrijft: nader te bepalen."),
]


@pytest.mark.parametrize(("rule", "verdict", "given", "told"), TOLD)
def test_each_verdict_is_a_sentence(rule: str, verdict: str | None, given: dict[str, Any], told: str) -> None:
    numbers = {
        name: Decimal(value) if isinstance(value, int) and "jaar" not in name else value
        for name, value in given.items()
    }
    assert sentences.the_verdict(indicator(rule=rule), figure(oordeel=verdict, **numbers), CODES) == told


def test_every_verdict_and_every_rule_that_there_is_has_its_sentence() -> None:
    codes = {row["code"] for row in seed("code") if row["code_soort"] == "oordeel"}
    rules = {row["code"] for row in seed("code") if row["code_soort"] == "oordeel_regel"}
    assert codes == {verdict for _, verdict, _, _ in TOLD if verdict}
    assert rules - {"geen"} == {rule for rule, _, _, _ in TOLD}


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_for_no_verdict_is_told_in_its_own_words(reason: str) -> None:
    told = sentences.the_verdict(indicator(), figure(oordeel="geen_oordeel", oordeel_reden=reason), CODES)
    assert told == f"Geen oordeel. {REASONS[reason] if reason != 'groeit_nog' else 'Het cijfer groeit nog.'}"


@pytest.mark.parametrize(
    "reason", [row["reden_code"] for row in seed("reden") if row["reden_soort"] == "geen_realisatie"]
)
def test_why_there_is_no_figure_is_told_once(reason: str) -> None:
    none = figure(
        realisatie=None, gedekt_tot=None, geen_realisatie_reden=reason, oordeel="geen_oordeel", oordeel_reden=reason
    )
    none = replace(none, realisatie_status=None)
    assert sentences.about_figure(indicator(), none, CODES) == f"Over 2020 is er geen cijfer. {REASONS[reason]}"


@pytest.mark.parametrize(
    ("unit", "given", "told"),
    [
        ("verdachte", {"verandering": 42, "verandering_pct": Decimal("29.0")}, "Het cijfer is 29% hoger dan in 2019."),
        ("verdachte", {"verandering": -3, "verandering_pct": Decimal("-1.6")}, "Het cijfer is 1,6% lager dan in 2019."),
        ("verdachte", {"verandering": 0, "verandering_pct": Decimal(0)}, "Het cijfer is gelijk aan dat van 2019."),
        ("verdachte", {"verandering": 5, "verandering_pct": None}, "Het cijfer is 5 hoger dan in 2019."),
        ("pct", {"verandering": -14}, "Het cijfer is 14 procentpunt lager dan in 2019."),
        ("verdachte", {"geen_vergelijking_reden": "geen_vorig_cijfer"}, ""),
        (
            "verdachte",
            {"geen_vergelijking_reden": "trendbreuk"},
            "Met 2019 is het cijfer niet te vergelijken. Ander systeem.",
        ),
    ],
)
def test_a_change_is_told_and_never_across_a_break(unit: str, given: dict[str, Any], told: str) -> None:
    numbers = {name: Decimal(value) if isinstance(value, int) else value for name, value in given.items()}
    assert sentences.the_change(indicator(unit, breaks={2020: "Ander systeem."}), figure(**numbers), CODES) == told


def test_a_growing_figure_says_where_it_is_expected_to_end() -> None:
    expected = Expected(Decimal("170395987.29"), Decimal("167316301.92"), Decimal("173510982.49"), 80)
    growing = figure(realisatie=Decimal(131_400_000), realisatie_status="voorlopig")
    told = sentences.about_figure(indicator("eur", expected={2020: expected}), growing, CODES)
    assert told == (
        "Over 2020: 131,4 miljoen euro. Het cijfer is voorlopig. Het groeit naar schatting nog tot 170,4 miljoen euro; "
        "met 80% kans ligt het eind tussen 167,3 miljoen euro en 173,5 miljoen euro."
    )
    without = replace(expected, ondergrens=None, bovengrens=None)
    assert (
        sentences.the_expectation(indicator("eur"), without) == "Het groeit naar schatting nog tot 170,4 miljoen euro."
    )


def test_a_year_that_is_not_known_whole_says_until_when() -> None:
    partly = figure(gedekt_tot=date(2020, 3, 31), realisatie=Decimal(1234))
    assert sentences.the_figure(indicator(), partly, CODES) == "Over 2020, tot en met 31 maart 2020: 1.234 verdachten."


# One of each kind of year that an agenda has, with what it counts as; worked out by hand.
STANDINGS: list[tuple[dict[str, Any], Standing]] = [
    ({"oordeel": "behaald", "streefcijfer": 180}, Standing.MET),
    ({"oordeel": "niet_behaald", "streefcijfer": 190}, Standing.MISSED),
    ({"oordeel": "op_schema", "streefcijfer": 400}, Standing.RUNNING),
    ({"oordeel": "achter_op_schema", "streefcijfer": 400}, Standing.RUNNING),
    ({"oordeel": "geen_oordeel", "oordeel_reden": "groeit_nog", "streefcijfer": 400}, Standing.OPEN),
    (
        {
            "oordeel": "geen_oordeel",
            "oordeel_reden": "geen_referentie",
            "geen_streefcijfer_reden": "richting_toename",
            "referentie_jaar": 2019,
        },
        Standing.OPEN,
    ),
    *(
        ({"oordeel": "geen_oordeel", "oordeel_reden": reason, "geen_streefcijfer_reden": reason}, Standing.NO_NUMBER)
        for reason in ("ntb", "niet_ingevuld", "niet_gevonden", "nog_niet_besloten")
    ),
    # What was not delivered yet makes no norm of the year with which others are compared.
    *(
        (
            {
                "oordeel": "geen_oordeel",
                "oordeel_reden": reason,
                "geen_streefcijfer_reden": "richting_toename",
                "referentie_jaar": 2020,
            },
            Standing.REFERENCE,
        )
        for reason in ("referentiejaar", "nog_niet_geleverd")
    ),
    *(
        ({"oordeel": "geen_norm", "oordeel_reden": reason, "geen_streefcijfer_reden": reason}, Standing.FOLLOWED)
        for reason in ("geen_norm", "kwalitatief")
    ),
]


@pytest.mark.parametrize(("given", "counts_as"), STANDINGS)
def test_each_year_of_an_agenda_counts_as_one_thing(given: dict[str, Any], counts_as: Standing) -> None:
    assert verdicts.standing(figure(**given)) is counts_as


def test_what_a_release_hides_counts_as_no_norm_and_as_no_verdict() -> None:
    hidden = verdicts.counted(
        [figure(oordeel=None, vrijgave_reden="te_klein"), figure(oordeel="behaald", streefcijfer=1)]
    )
    assert hidden.standings == {Standing.WITHHELD: 1, Standing.MET: 1}
    assert hidden.norms == 1


def test_every_verdict_has_a_count_and_every_count_is_shown_once(tmp_path: Path) -> None:
    codes = {row["code"] for row in seed("code") if row["code_soort"] == "oordeel"}
    assert codes == {given["oordeel"] for given, _ in STANDINGS}
    # The one that is left occurs in a release alone.
    assert {each for _, each in STANDINGS} == set(Standing) - {Standing.WITHHELD}
    rows = {
        **ROWS,
        "fct_voortgang": [
            {"agenda_code": "va", "indicator_code": code, "jaar": 2020, "peildatum": DAY, **given}
            for number, (given, _) in enumerate(STANDINGS)
            for code in [f"i{number}"]
        ],
        "dim_indicator": [
            {**ROWS["dim_indicator"][0], "indicator_code": f"i{number}", "indicator_naam": f"Indicator {number}"}
            for number in range(len(STANDINGS))
        ],
        "fct_realisatie": [],
    }
    with open_published(make_published(tmp_path / "elk.duckdb", rows, ALSO_READ)) as found:
        per_year = tables.verdicts_per_year(found)
        reasons = tables.not_judged(found)
        ((_, count),) = verdicts.per_agenda(found)
    # Of 14 rows: 1 met, 1 missed, 2 running, 2 open; 4 without a number, 2 reference years, 2 followed.
    assert [cell.text for cell in per_year.headings] == [
        "Jaar",
        "normen",
        "gehaald",
        "niet gehaald",
        "jaar loopt nog",
        "geen oordeel",
        "nog geen getal",
        "referentiejaar",
        "gevolgd zonder norm",
        "agenda",
    ]
    assert shown(per_year) == [["2020", "6", "1", "1", "2", "2", "4", "2", "2", "2019-2022"]]
    assert sentences.about_agenda("De agenda", count, CODES) == (
        "De agenda: van 6 normen is er 1 gehaald en 1 niet; van 2 loopt het jaar nog; over 2 is geen oordeel te geven. "
        "Bij 4 is er nog geen getal: niet gevonden (1), niet ingevuld (1), nog niet besloten (1), ntb (1). "
        "2 keer is het jaar een referentiejaar en 2 keer wordt een cijfer gevolgd zonder norm."
    )
    # Each of the 8 without a verdict has its reason, with the count that it stands in.
    by_count = Counter[str]()
    for row in shown(reasons)[:-1]:
        by_count[row[1]] += int(row[2])
    assert by_count == {"geen oordeel": 2, "nog geen getal": 4, "referentiejaar": 2}
    assert shown(reasons)[-1][:3] == ["Samen", "", "8"]


@pytest.mark.parametrize(
    ("given", "reasons", "told"),
    [
        (
            {Standing.MET: 22, Standing.MISSED: 36, Standing.OPEN: 5},
            {},
            "van 63 normen zijn er 22 gehaald en 36 niet; over 5 is geen oordeel te geven",
        ),
        ({Standing.OPEN: 1}, {}, "over geen van 1 norm is al te oordelen"),
        (
            {Standing.NO_NUMBER: 20},
            {"nog_niet_besloten": 20},
            "er is nog geen norm. Bij 20 is er nog geen getal: nog niet besloten",
        ),
        ({Standing.FOLLOWED: 1}, {}, "er is geen norm. 1 keer wordt een cijfer gevolgd zonder norm"),
    ],
)
def test_an_agenda_is_told_in_a_sentence(given: dict[Standing, int], reasons: dict[str, int], told: str) -> None:
    count = verdicts.Count(Counter(given), Counter(reasons))
    assert sentences.about_agenda("De agenda", count, CODES) == f"De agenda: {told}."


def test_numbers_amounts_and_days_are_written_in_dutch() -> None:
    assert formats.amount(Decimal("1372.00"), "slachtoffer") == "1.372"
    assert formats.amount(Decimal("90.48"), "pct") == "90,48%"
    assert formats.amount(Decimal("148200000.49"), "eur") == "148.200.000"
    assert formats.amount(None, "eur") == ""
    assert formats.difference(Decimal("-14.00"), "pct") == "-14 procentpunt"
    assert formats.difference(Decimal(1234), "csv") == "+1.234"
    assert formats.difference(Decimal(0), "csv") == "0"
    assert formats.said(Decimal(180_000_000), "eur") == "180 miljoen euro"
    assert formats.said(Decimal(999_999), "eur") == "999.999 euro"
    assert formats.day(DAY) == "1 juni 2022"
    assert formats.short_day(DAY) == "01-06-2022"


def test_contrast_is_computed_and_not_rounded() -> None:
    # Colours of the government of which domain facts say how they come out: the first fails by a hair, the others pass.
    assert 4.499 < colours.contrast("#777c00", "#ffffff") < colours.TEXT
    assert colours.TEXT < colours.contrast("#007bc7", "#ffffff") < 4.52
    assert colours.contrast("#154273", "#ffffff") == pytest.approx(10.20, abs=0.005)
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("palette", [colours.LIGHT, colours.DARK], ids=["licht", "donker"])
def test_each_colour_can_be_told_from_what_is_behind_it(palette: colours.Palette) -> None:
    for name in ("ink", "muted", "link", "met", "missed"):
        for behind in (palette.paper, palette.band):
            assert colours.contrast(getattr(palette, name), behind) >= colours.TEXT, name
    for name in ("bar", "norm", "line", "ink"):
        assert colours.contrast(getattr(palette, name), palette.paper) >= colours.GRAPHIC, name


ROWS: dict[str, list[dict[str, Any]]] = {
    "dim_code": [
        {"code_soort": "oordeel", "code": "behaald", "naam": "Behaald", "volgorde": 1},
        {"code_soort": "oordeel", "code": "niet_behaald", "naam": "Niet behaald", "volgorde": 2},
        {"code_soort": "oordeel", "code": "geen_oordeel", "naam": "Geen oordeel", "volgorde": 3},
        {"code_soort": "oordeel_reden", "code": "nog_niet_geleverd", "naam": "Nog niet geleverd", "volgorde": 1},
        {"code_soort": "uitsplitsing_soort", "code": "melder", "naam": "Melder", "omschrijving": "Telt niet op."},
        {"code_soort": "melder", "code": "POL", "naam": "Politie", "volgorde": 1},
        {
            "code_soort": "streefcijfer_besluit",
            "code": "besluit",
            "naam": "LOVP, 03-12-2018",
            "omschrijving": "Vaststelling",
        },
        {"code_soort": "weg_code", "code": "fiscaal", "naam": "Fiscaal", "volgorde": 1},
        {"code_soort": "stap_code", "code": "opgelegd", "naam": "Opgelegd", "volgorde": 1},
    ],
    "dim_agenda": [{"agenda_code": "va", "agenda_naam": "Agenda 2019-2022", "jaar_van": 2019, "jaar_tot": 2022}],
    "dim_indicator": [
        {
            "indicator_code": code,
            "indicator_naam": name,
            "thema_code": theme,
            "thema_naam": theme.capitalize(),
            "eenheid_van_maat": "verdachte",
            "eenheid_van_maat_naam": "verdachten",
            "meetwijze": "aantal",
            "oordeel_regel": "minimaal",
            "samen_lezen_met": together,
            "waarvan": part_of,
            "definitie": EVIL,
            "bron": "proef",
            "volgorde": place,
        }
        for place, (code, name, theme, together, part_of) in enumerate(
            [
                ("verdachten", "OM-verdachten", "mensenhandel", "complex", None),
                ("ander", "Ander cijfer", "mensenhandel", None, None),
                ("complex", f"Complex {EVIL}", "mensenhandel", "verdachten", None),
                ("deel_van_deel", "Deel van deel", "mensenhandel", None, "deel"),
                ("deel", "Deel", "mensenhandel", None, "verdachten"),
                ("beslag", "Beslag", "afpakken", None, None),
            ]
        )
    ],
    "fct_voortgang": [
        {
            "agenda_code": "va",
            "indicator_code": code,
            "indicator_naam": code,
            "jaar": year,
            "peildatum": DAY,
            "realisatie": value,
            "realisatie_status": "definitief" if year == 2019 else "voorlopig",
            "streefcijfer": norm,
            "streefcijfer_besluit": "besluit",
            "streefcijfer_bron": EVIL,
            "verschil": value - norm,
            "oordeel": "behaald" if value >= norm else "niet_behaald",
            "gedekt_tot": date(year, 12, 31),
            "aantal_apartgezet": 2,
            "is_demo": True,
            "definitie_versie": f"{code}_1",
        }
        for code, year, value, norm in [
            ("verdachten", 2019, 145, 190),
            ("verdachten", 2020, 187, 177),
            ("complex", 2020, 39, 7),
            ("beslag", 2020, 5, 4),
        ]
    ]
    + [
        {
            "agenda_code": "va",
            "indicator_code": "verdachten",
            "indicator_naam": "verdachten",
            "jaar": 2021,
            "peildatum": DAY,
            "geen_realisatie_reden": "nog_niet_geleverd",
            "streefcijfer": 205,
            "oordeel": "geen_oordeel",
            "oordeel_reden": "nog_niet_geleverd",
            "is_demo": True,
        },
        {
            "agenda_code": "va",
            "indicator_code": "ander",
            "indicator_naam": "ander",
            "jaar": 2021,
            "peildatum": DAY,
            "geen_streefcijfer_reden": "ntb",
            "oordeel": "geen_oordeel",
            "oordeel_reden": "ntb",
            "is_demo": True,
        },
        {
            "agenda_code": "va",
            "indicator_code": "ander",
            "indicator_naam": "ander",
            "jaar": 2019,
            "peildatum": DAY,
            "geen_streefcijfer_reden": "richting_toename",
            "referentie_jaar": 2019,
            "oordeel": "geen_oordeel",
            "oordeel_reden": "referentiejaar",
            "is_demo": True,
        },
    ],
    "fct_realisatie": [
        {
            "indicator_code": "verdachten",
            "jaar": year,
            "eenheid_code": place,
            "uitsplitsing_soort": kind,
            "uitsplitsing_code": code,
            "eenheid_van_maat": "verdachte",
            "realisatie": value,
            "realisatie_status": "definitief",
            "gedekt_tot": date(year, 12, 31),
            "is_demo": True,
        }
        for year, place, kind, code, value in [
            (2018, "NL", "geen", "totaal", 128),
            (2019, "NL", "geen", "totaal", 145),
            (2020, "NL", "geen", "totaal", 187),
            (2019, "NN", "geen", "totaal", 140),
            (2020, "NN", "geen", "totaal", None),
            (2020, "LB", "geen", "totaal", 43),
            (2020, "NL", "melder", "POL", 180),
            (2020, "NL", "melder", "OM", 20),
            (2020, "NL", "categorie_resultaat", "A", 150),
            (2020, "NL", "categorie_resultaat", "onbekend", None),
        ]
    ],
    "dim_eenheid": [
        {"eenheid_code": "NN", "eenheid_naam": "Noord-Nederland", "eenheid_soort": "regionaal", "volgorde": 1},
        {"eenheid_code": "LB", "eenheid_naam": "Limburg", "eenheid_soort": "regionaal", "volgorde": 2},
        {"eenheid_code": "NL", "eenheid_naam": "Nederland", "eenheid_soort": "nederland", "volgorde": 3},
    ],
    "fct_verwachting": [
        {
            "indicator_code": "verdachten",
            "jaar": 2020,
            "verwachte_eindwaarde": 200,
            "ondergrens": 195,
            "bovengrens": 206,
            "betrouwbaarheid_pct": 80,
        }
    ],
    "dim_trendbreuk": [
        {"trendbreuk_code": "b", "indicator_code": "verdachten", "jaar_vanaf": 2020, "omschrijving": "Breuk."}
    ],
    "fct_bijstelling": [
        {
            "publicatie_nr": 2,
            "peildatum": DAY,
            "indicator_code": "verdachten",
            "jaar": 2020,
            "grootheid": "realisatie",
            "oorzaak_code": cause,
            "volgorde": place,
            "eenheid_van_maat": "verdachte",
            "waarde_van": 180,
            "waarde_naar": 187,
            "bijdrage": part,
        }
        for place, (cause, part) in enumerate([("late_registratie", 9), ("correctie", -2)], start=1)
    ],
    "fct_publicatie": [
        {"publicatie_nr": number, "soort": "gepubliceerd", "gepubliceerd_op": moment, "peildatum": DAY}
        for number, moment in ((1, datetime(2022, 5, 1)), (2, datetime(2022, 6, 2)))
    ],
    "fct_afpakmonitor": [
        {
            "jaar": 2020,
            "weg_code": "fiscaal",
            "stap_code": "opgelegd",
            "beslagsoort": "nvt",
            "aanleveraar_code": supplier,
            "objectsoort_code": "GELD",
            "bedrag_eur": amount,
            "aantal": 3,
            "gedekt_tot": date(2020, 12, 31),
        }
        for supplier, amount in (("BD", 1000), ("FIOD", None))
    ],
    "dim_extract": [
        {
            "registratie": "om_beslag",
            "extract": "beslag",
            "leverancier": "OM",
            "levering_ritme": "kwartaal",
            "aantal_toegelaten": 1,
            "stand_datum": date(2022, 1, 15),
            "ontvangen_datum": date(2022, 2, 10),
            "verwacht_voor": date(2022, 5, 20),
        },
        {"registratie": "cjib_incasso", "extract": "incasso", "leverancier": "CJIB", "aantal_toegelaten": 0},
    ],
    "dim_levering": [
        {
            "levering_nr": 1,
            "registratie": "om_beslag",
            "extract": "beslag",
            "bestand": "demo_beslag.csv",
            "stand_datum": date(2022, 1, 15),
            "ontvangen_op": datetime(2022, 2, 10),
            "aantal_records": 100,
            "aantal_apart": 2,
            "levering_oordeel": "toegelaten",
            "is_van_kracht": True,
        },
        {
            "levering_nr": 2,
            "registratie": "om_beslag",
            "extract": "beslag",
            "bestand": f"{EVIL}.csv",
            "levering_oordeel": "geweigerd",
            "levering_oordeel_reden": EVIL,
            "ontvangen_op": datetime(2022, 5, 10),
        },
    ],
    "dim_afspraak": [
        {
            "afspraak_code": "a",
            "agenda_code": "va",
            "paragraaf": "1",
            "afspraak": "Meewegen.",
            "geen_indicator_reden": EVIL,
        }
    ],
    "fct_aansluiting": [
        {
            "reeks_naam": "Verdachten",
            "jaar": 2020,
            "is_eigen_reeks": own,
            "eenheid_van_maat": "verdachte",
            "gepubliceerde_waarde": 190,
            "realisatie": 187,
            "verschil": -3,
            "verklaring": "Peildatum.",
            "populatie": "Alle bronnen",
            "publicatie_bron_naam": "Bron",
        }
        for own in (True, False)
    ],
    "dim_kanttekening": [{"kanttekening_nr": 1, "paragraaf": "1", "kanttekening": EVIL, "behandeling": "Genoteerd."}],
}
ALSO_READ = ("dim_definitie", "dim_lijst_versie", "fct_bijstelling_kwaliteit", "fct_herkomst")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on the small published file."""
    folder = tmp_path_factory.mktemp("publicatie")
    return page.write_report(make_published(folder / "veiligheidsagenda.duckdb", ROWS, ALSO_READ), folder)


@pytest.fixture(scope="module")
def html(written: Path) -> str:
    return written.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def published(written: Path) -> Iterator[Published]:
    with open_published(written.parent / "veiligheidsagenda.duckdb") as found:
        yield found


def of(published: Published, code: str) -> Indicator:
    return next(each for each in published.indicators if each.code == code)


def shown(table: tables.Table | None) -> list[list[str]]:
    assert table is not None
    return [[cell.text for cell in row] for row in table.rows]


def test_the_page_can_be_read_without_eyes_mouse_or_network(html: str) -> None:
    assert faults_of_structure(html) == []
    assert addresses_outside(html) == []


@pytest.mark.parametrize(
    ("damage", "by", "fault"),
    [
        ("<h3 ", "<h5 ", "koppen"),
        ('<th scope="row">', "<th>", "kolomkoppen"),
        ("<caption>", "<p>", "tabellen"),
        ('role="img"', "", "beelden"),
        ('id="samenvatting"', "", "doelen"),
        ('lang="nl"', "", "taal"),
        ('tabindex="0"', 'tabindex="3"', "volgorde van toetsen"),
        ('tabindex="0" role="group" aria-label="', 'tabindex="0" role="group" title="', "schuiven"),
    ],
)
def test_a_fault_of_structure_is_found(html: str, damage: str, by: str, fault: str) -> None:
    assert damage in html
    assert fault in faults_of_structure(html.replace(damage, by))


@pytest.mark.parametrize("added", ['<img src="https://a.nl/b.png">', '<a href="//a.nl">a</a>', "<script></script>"])
def test_an_address_outside_is_found(html: str, added: str) -> None:
    assert addresses_outside(html.replace("</footer>", f"{added}</footer>")) != []


def test_what_data_say_is_text_and_never_markup(html: str) -> None:
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 8


def test_made_up_figures_say_so_at_every_theme_and_on_every_printed_page(html: str, tmp_path: Path) -> None:
    assert html.count("<strong>Demo: deze cijfers rusten op verzonnen leveringen.</strong>") == 1 + 2 + 2 + 1
    assert "@top-left" in html
    real = {
        mart: [{**row, "is_demo": False} if "is_demo" in row else row for row in rows] for mart, rows in ROWS.items()
    }
    with open_published(make_published(tmp_path / "echt.duckdb", real, ALSO_READ)) as found:
        text = page.render(found, page.PUBLICATION)
    assert "Demo:" not in text
    assert "@top-left" not in text


def test_the_summary_counts_norms_and_tells_what_changed(published: Published, html: str) -> None:
    assert "Agenda 2019-2022: van 5 normen zijn er 3 gehaald en 1 niet; over 1 is geen oordeel te geven. " in html
    assert "Bij 1 is er nog geen getal: ntb. 1 keer is het jaar een referentiejaar." in html
    assert shown(tables.verdicts_per_year(published)) == [
        ["2019", "1", "0", "1", "0", "0", "1", "0", "2019-2022"],
        ["2020", "3", "3", "0", "0", "0", "0", "0", "2019-2022"],
        ["2021", "1", "0", "0", "1", "1", "0", "0", "2019-2022"],
    ]
    assert shown(tables.not_judged(published)) == [
        ["Nog niet geleverd", "geen oordeel", "1", "2021", "OM-verdachten"],
        ["ntb", "nog geen getal", "1", "2021", "Ander cijfer"],
        ["referentiejaar", "referentiejaar", "1", "2019", "Ander cijfer"],
        ["Samen", "", "3", "", ""],
    ]
    assert shown(tables.changes(published, since=1)) == [
        ["OM-verdachten (verdachten)", "2020", "180", "187", "cijfer: late registratie +9, correctie -2"]
    ]
    assert shown(tables.changes(published, since=2)) == []
    assert "Vergeleken met publicatie 1, zoals bekend op 1 juni 2022." in html


def test_each_year_stands_against_its_norm_with_what_it_must_be_read_by(published: Published) -> None:
    assert shown(tables.years(of(published, "verdachten"), published.codes)) == [
        ["2018", "128", "", "", "buiten de agenda", ""],
        ["2019", "145", "190", "-45", "niet behaald", ""],
        [
            "2020",
            "187",
            "177",
            "+10",
            "behaald",
            "voorlopig; breuk: niet te vergelijken met 2019; groeit nog; verwacht 200, met 80% kans 195 tot 206",
        ],
        ["2021", "", "205", "", "geen oordeel", "nog niet geleverd"],
    ]


def test_a_norm_stands_with_who_decided_it_and_where_it_is_written(published: Published) -> None:
    table = tables.norms(of(published, "verdachten"), published.codes)
    assert shown(table) == [
        ["2019", "190", "", "LOVP, 03-12-2018: Vaststelling", EVIL],
        ["2020", "177", "", "LOVP, 03-12-2018: Vaststelling", EVIL],
        ["2021", "205", "", "", ""],
    ]


def test_an_eenheid_never_stands_beside_a_norm_and_what_is_unknown_is_no_zero(published: Published) -> None:
    table = tables.per_eenheid(published, of(published, "verdachten"))
    assert shown(table) == [["Noord-Nederland", "0", "140", formats.UNKNOWN], ["Limburg", "0", "0", "43"]]
    assert table and [cell.text for cell in table.headings] == ["Eenheid", "2018", "2019", "2020*†‡"]
    assert table.notes[0] == "Normen zijn landelijk: zij gelden niet voor een eenheid."
    assert not {"190", "177", "205"} & {cell.text for row in table.rows for cell in row}


def test_parts_that_do_not_add_up_say_so(published: Published) -> None:
    (table,) = tables.splits(published, of(published, "verdachten"))
    assert shown(table)[:2] == [["Politie", "0", "0", "180"], ["OM", "0", "0", "20"]]
    assert shown(table)[2] == ["Het geheel", "128", "145", "187"]
    assert table.notes[:2] == [
        "Telt niet op.",
        "Let op: de delen tellen niet op tot het geheel (2020: samen 200, het geheel 187).",
    ]
    assert table.notes[2].startswith("* voorlopig; † breuk in de reeks")


def test_start_and_result_stand_across_one_another(published: Published) -> None:
    (table,) = tables.start_and_result(published, published.indicators)
    assert [cell.text for cell in table.headings] == ["Bij de inzet", "A", "onbekend", "geheel"]
    assert shown(table) == [["OM-verdachten", "150", formats.UNKNOWN, "187*†‡"]]
    assert table.caption == "Van inzet naar resultaat, 2020"


def test_steps_of_taking_stand_apart_and_an_open_amount_is_not_added(published: Published) -> None:
    amounts, numbers = tables.ways_of_taking(published)
    assert (amounts.caption, shown(amounts)) == ("Fiscaal: stappen per jaar, in euro", [["Opgelegd", formats.UNKNOWN]])
    assert shown(numbers) == [["Opgelegd", "6"]]


def booking(year: int, step: str, amount: int, **given: Any) -> dict[str, Any]:
    """What was taken by the criminal road; a seizure is conservatory."""
    return {
        "jaar": year,
        "weg_code": "strafrechtelijk",
        "stap_code": step,
        "beslagsoort": "conservatoir" if step.startswith("beslag") else "nvt",
        "aanleveraar_code": "POL",
        "objectsoort_code": "GELD",
        "bedrag_eur": amount,
        "bedrag_zonder_groot_eur": amount,
        "aantal": 3,
        "aantal_groot": 0,
        "gedekt_tot": date(year, 12, 31),
        **given,
    }


def test_what_was_seized_has_the_marks_of_its_indicator_and_a_large_case_is_set_apart(tmp_path: Path) -> None:
    seized = {
        "agenda_code": "va",
        "indicator_code": tables.SEIZED,
        "peildatum": DAY,
        "realisatie": 1,
        "oordeel": "geen_oordeel",
    }
    rows = {
        **ROWS,
        "dim_indicator": [{**ROWS["dim_indicator"][-1], "indicator_code": tables.SEIZED}],
        "fct_voortgang": [
            {**seized, "jaar": 2021, "realisatie_status": "definitief", "gedekt_tot": date(2021, 12, 31)},
            {
                **seized,
                "jaar": 2022,
                "realisatie_status": "voorlopig",
                "gedekt_tot": date(2022, 12, 31),
                "oordeel_reden": "groeit_nog",
            },
            {**seized, "jaar": 2023, "realisatie_status": "voorlopig", "gedekt_tot": date(2023, 1, 15)},
        ],
        "dim_trendbreuk": [
            {"trendbreuk_code": "a", "reeks_code": tables.SEIZED_BY_ALL, "jaar_vanaf": 2022, "omschrijving": "Smaller."}
        ],
        "dim_definitie": [
            {
                "indicator_code": tables.SEIZED,
                "definitie_versie": "beslag_1",
                "parameterwaarden": "eerste_stand_dagen = 31; grote_schikking_eur = 100000000",
            }
        ],
        "fct_afpakmonitor": [
            booking(2021, "beslag_gelegd", 385_700_000),
            booking(2022, "beslag_gelegd", 182_500_000),
            booking(2023, "beslag_gelegd", 5_200_000, gedekt_tot=date(2023, 1, 15)),
            booking(2021, "beslag_opgeheven", 101_900_000),
            booking(2022, "beslag_opgeheven", 64_200_000),
            booking(2021, "geincasseerd", 261_871_048, bedrag_zonder_groot_eur=78_195_048, aantal_groot=1),
            booking(2022, "geincasseerd", 101_300_000),
        ],
    }
    with open_published(make_published(tmp_path / "afpakken.duckdb", rows, ALSO_READ)) as found:
        amounts, numbers = tables.ways_of_taking(found)
    assert [cell.text for cell in amounts.headings] == ["Stap", "2021", "2022", "2023°"]
    assert shown(amounts) == [
        ["beslag gelegd, conservatoir", "385.700.000", "182.500.000*†‡", "5.200.000*"],
        ["beslag opgeheven, conservatoir", "101.900.000", "64.200.000*†", tables.NOTHING],
        ["geincasseerd", "261.871.048", "101.300.000", tables.NOTHING],
        # 261,871,048 - 78,195,048
        [tables.LARGE, "183.676.000", "0", tables.NOTHING],
    ]
    assert amounts.depths == {3: 1}
    told = " ".join(amounts.notes)
    assert "boven 100 miljoen euro" in told
    assert f"{tables.NOTHING} hierover is niets geleverd; dat is geen nul." in told
    assert "Smaller." in told
    assert "* voorlopig; ° het jaar is nog niet heel bekend; † breuk in de reeks" in told
    # What is measured to grow is an amount.
    assert shown(numbers)[0] == ["beslag gelegd, conservatoir", "3", "3*†", "3*"]
    assert shown(numbers)[3] == [tables.LARGE, "1", "0", tables.NOTHING]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ""),
        ({"realisatie_status": "voorlopig"}, "*"),
        ({"gedekt_tot": date(2020, 3, 31)}, "°"),
        ({"geen_vergelijking_reden": "groeit_nog"}, "‡"),
        ({"jaar": 2021, "gedekt_tot": date(2021, 3, 31), "realisatie_status": "voorlopig"}, "*°†"),
        ({"realisatie": None, "realisatie_status": "voorlopig"}, ""),
    ],
)
def test_a_mark_has_one_meaning(given: dict[str, Any], told: str) -> None:
    assert marks.marks(indicator(breaks={2021: "Breuk."}), figure(**given)) == told
    assert [note.count(";") + 1 for note in marks.explained([f"187{told}", "12"])] == ([len(told)] if told else [])


def test_the_marks_are_those_of_a_terminal() -> None:
    assert tuple(marks.MEANINGS)[:2] == (figures.PROVISIONAL, figures.NOT_WHOLE)
    assert figures.legend([])[0].startswith(f"{figures.PROVISIONAL} {marks.MEANINGS[figures.PROVISIONAL]}")
    (line,) = figures.not_whole([("proef", date(2020, 3, 31))])
    assert line.startswith(f"{figures.NOT_WHOLE} het jaar is niet heel bekend")


def test_a_minimum_per_eenheid_is_told_where_the_figures_per_eenheid_stand(tmp_path: Path) -> None:
    rows = {
        **ROWS,
        "dim_definitie": [
            {
                "indicator_code": "verdachten",
                "definitie_versie": "verdachten_1",
                "parameterwaarden": "minimum_per_eenheid = 10",
            }
        ],
        "fct_voortgang": [
            {**row, "eenheden_onder_minimum": "Limburg 8" if row["jaar"] == 2020 else None}
            for row in ROWS["fct_voortgang"]
            if row["indicator_code"] == "verdachten"
        ],
    }
    with open_published(make_published(tmp_path / "minimum.duckdb", rows, ALSO_READ)) as found:
        table = tables.per_eenheid(found, of(found, "verdachten"))
    assert table
    assert table.notes[:2] == [
        "De norm is landelijk, en vraagt daarbij een minimum van 10 in elke regionale eenheid.",
        "Onder dat minimum: 2020: Limburg 8.",
    ]


def test_years_before_the_first_figure_that_were_never_delivered_are_told_once() -> None:
    never = figure(jaar=2015, realisatie=None, geen_realisatie_reden="nog_niet_geleverd", oordeel="geen_oordeel")
    years = [never, replace(never, jaar=2016), figure(jaar=2017), replace(never, jaar=2018)]
    table = tables.years(indicator(figures=years), CODES)
    assert [row[0].text for row in table.rows] == ["2017", "2018"]
    assert table.notes == ["Over 2015 en 2016 is niets geleverd, en is er geen oordeel."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Alternatief: in_jaar_lopend, waarbij", "Alternatief: “In het jaar lopend”, waarbij"),
        ("de delen tellen op als bij soort_eerste.", "de delen tellen op als bij “Soort (eerste)”."),
        ("deel van cyber_regulier.", "deel van “Regulier”."),
        ("Register van het OM (om_beslag)", "Register van het OM"),
        ("(drempel aantal_partners)", "(drempel aantal partners)"),
        ("de stappen staan in fct_afpakmonitor.", "de stappen staan in de tabel “afpakmonitor”."),
        ("csv's, 2019-2022; par. 2a", "csv's, 2019-2022; par. 2a"),
        (None, ""),
    ],
)
def test_a_page_tells_names_and_no_codes(text: str | None, told: str) -> None:
    codes = Codes(
        [
            {"code_soort": "telregel", "code": "in_jaar_lopend", "naam": "In het jaar lopend"},
            {"code_soort": "uitsplitsing_soort", "code": "soort_eerste", "naam": "Soort (eerste)"},
            {"code_soort": "registratie", "code": "om_beslag", "naam": "Beslag"},
        ],
        {"cyber_regulier": "Regulier"},
    )
    assert codes.plain(text) == told


def test_of_made_up_deliveries_none_is_late(html: str, tmp_path: Path) -> None:
    # In the small file one is late, demo or not.
    assert "1 levering is" in html
    nothing_due = {**ROWS, "dim_extract": [{**row, "verwacht_voor": None} for row in ROWS["dim_extract"]]}
    with open_published(make_published(tmp_path / "demo.duckdb", nothing_due, ALSO_READ)) as found:
        text = page.render(found, page.PUBLICATION)
    assert figures.NOTHING_FOLLOWS in text
    assert "Geen levering is te laat" not in text
    real = {
        mart: [{**row, "is_demo": False} if "is_demo" in row else row for row in rows]
        for mart, rows in nothing_due.items()
    }
    with open_published(make_published(tmp_path / "echt.duckdb", real, ALSO_READ)) as found:
        text = page.render(found, page.PUBLICATION)
    assert figures.NOTHING_FOLLOWS not in text
    assert "Geen levering is te laat" in text


def test_the_first_publication_says_what_the_numbers_before_it_are(tmp_path: Path) -> None:
    first = {"publicatie_nr": 3, "soort": "gepubliceerd", "gepubliceerd_op": datetime(2022, 6, 2), "peildatum": DAY}
    made = [{"publicatie_nr": number, "soort": "gereconstrueerd", "peildatum": DAY} for number in (1, 2)]
    for name, publications, told in (
        ("na", [*made, first], " Achteraf gereconstrueerd, en nooit gepubliceerd: 2 eerdere nummers."),
        ("alleen", [first], " Hoe cijfers op eerdere dagen luidden"),
    ):
        rows = {**ROWS, "fct_publicatie": publications}
        with open_published(make_published(tmp_path / f"{name}.duckdb", rows, ALSO_READ)) as found:
            text = page.render(found, page.PUBLICATION)
        assert f"Dit is de eerste publicatie: er is geen eerdere om mee te vergelijken.{told}" in text
        assert ("Achteraf gereconstrueerd" in text) == (name == "na")


def test_what_must_be_read_together_stands_together(published: Published) -> None:
    theme = [each for each in published.indicators if each.about["thema_code"] == "mensenhandel"]
    groups = [[each.code for each in group] for group in page.read_together(theme)]
    assert groups == [["verdachten", "complex"], ["ander"], ["deel_van_deel"], ["deel"]]


def test_a_part_stands_below_what_it_is_a_part_of(published: Published) -> None:
    theme = [each for each in published.indicators if each.about["thema_code"] == "mensenhandel"]
    table = tables.overview(theme, published.codes)
    assert [row[0].text.split(" (")[0] for row in table.rows][:4] == [
        "OM-verdachten",
        "Deel",
        "Deel van deel",
        "Ander cijfer",
    ]
    assert table.depths == {1: 1, 2: 2}
    told = [(cell.sign, cell.heard, cell.text, cell.look) for cell in table.rows[0][1:]]
    assert told == [
        ("", "", "128", ""),
        ("✗", "niet behaald", "145", "slecht"),
        ("✓", "behaald", "187*†‡", "goed"),
    ]


@pytest.mark.parametrize(
    ("code", "sign", "look"),
    [
        ("behaald", "✓", "goed"),
        ("op_schema", "✓", "goed"),
        ("niet_behaald", "✗", "slecht"),
        ("achter_op_schema", "✗", "slecht"),
        ("geen_oordeel", "", ""),
    ],
)
def test_a_verdict_is_a_word_with_a_sign_and_a_colour(code: str, sign: str, look: str) -> None:
    cell = tables.verdict(code, Codes([]))
    assert (cell.text, cell.sign, cell.look) == (code.replace("_", " "), sign, look)
    assert tables.verdict(None, Codes([])).text == "buiten de agenda"


def test_late_suppliers_are_those_of_whom_a_delivery_should_have_come(published: Published) -> None:
    assert [row[1:] for row in shown(tables.deliveries(published))] == [
        ["CJIB", "0", "0", "", "", "0", "0"],
        ["OM", "1", "1", "15-01-2022", "10-02-2022", "100", "2"],
    ]
    # Due until 20 May; of the other nothing ever came, and nothing is expected.
    assert shown(tables.late(published, date(2022, 5, 21))) == [
        ["om beslag: beslag", "OM", "kwartaal", "10-02-2022", "20-05-2022", "1"]
    ]
    assert shown(tables.late(published, date(2022, 5, 20))) == []


def test_every_indicator_and_every_part_of_the_account_is_on_the_page(published: Published, html: str) -> None:
    for each in published.indicators:
        assert f'<h3 id="{each.code}">' in html
    for heading in ("samenvatting", "leveringen", "afspraken", "aansluiting", "leeswijzer"):
        assert f'<h2 id="{heading}">' in html


def test_a_chart_has_the_years_the_norm_the_break_and_the_band(published: Published) -> None:
    drawn = charts.draw(published.indicators)
    assert set(drawn) == {"verdachten", "complex", "beslag"}
    root = ElementTree.fromstring(drawn["verdachten"])
    words = [each.text for each in root.iter("text")]
    assert words.count("breuk") == 1
    assert {"2018", "2019", "2020", "128", "145", "187", "190", "177", "norm", "verdachten"} <= set(words)
    # What has no dark counterpart would stay light on a dark page.
    used = {each.attrib[name] for each in root.iter() for name in ("fill", "stroke") if name in each.attrib}
    assert used - {"none"} <= set(asdict(colours.LIGHT).values())
    assert colours.LIGHT.norm in used
    legend = charts.legend(of(published, "verdachten"))
    assert "stippellijn: breuk in de reeks" in legend
    assert "grijze band met ruit: verwachte eindwaarde" in legend
    assert charts.legend(of(published, "beslag")) == ["open staaf: voorlopig", "oranje streep: norm"]


def test_a_chart_is_told_in_words(published: Published) -> None:
    verdachten = of(published, "verdachten")
    assert sentences.about_chart(verdachten, charts.shown_years(verdachten)) == (
        "Staafdiagram van OM-verdachten, in verdachten. 2018: 128; 2019: 145, norm 190; 2020: 187, norm 177."
    )


def test_the_figures_of_a_chart_stand_beside_it_with_what_is_in_them(written: Path, html: str) -> None:
    folder = written.parent / reporting.DOWNLOADS
    with (folder / "verdachten.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["jaar"], row["realisatie"], row["streefcijfer"]) for row in rows] == [
        ("2018", "128.00", ""),
        ("2019", "145.00", "190.00"),
        ("2020", "187.00", "177.00"),
        ("2021", "", "205.00"),
    ]
    assert rows[2]["bovengrens"] == "206.00"
    metadata = json.loads((folder / "verdachten.csv-metadata.json").read_text(encoding="utf-8"))
    columns = metadata["tableSchema"]["columns"]
    assert [column["name"] for column in columns] == list(rows[0]) == [*downloads.COLUMNS, *downloads.EXPECTED]
    assert columns[0]["dc:description"] == "Wat jaar zegt."
    assert metadata["url"] == "verdachten.csv"
    assert metadata["dc:description"].startswith("Demo:")
    linked = set(re.findall(r'href="(grafieken/[^"]+)"', html))
    assert linked == {f"{folder.name}/{file.name}" for file in folder.iterdir()}


def test_a_report_on_another_question_says_which_and_compares_with_no_publication(published: Published) -> None:
    asked = page.render(published, page.as_of(date(2021, 3, 1)))
    assert "zoals bekend op 1 maart 2021; dit is geen publicatie" in asked
    assert "Vergeleken met publicatie" not in asked
    versions = page.render(published, page.what_if(["csv_aangepakt_2"]))
    assert "Wat als: met csv_aangepakt_2. Dit zijn niet de gepubliceerde cijfers." in versions
    for text in (asked, versions):
        footer = text[text.index("<footer>") :]
        assert "uit de gepubliceerde cijfers" not in footer
    assert "uit wat er op 1 maart 2021 bekend was; dit is niet gepubliceerd." in asked
    assert "met andere versies dan die van de gepubliceerde cijfers." in versions
    assert faults_of_structure(asked) == faults_of_structure(versions) == []


def test_a_report_on_other_versions_shows_first_which_figures_differ(tmp_path: Path) -> None:
    rows = {
        **ROWS,
        "dim_definitie": [
            {
                "indicator_code": "verdachten",
                "definitie_versie": "verdachten_2",
                "omschrijving": "Een verdachte telt elk jaar.",
                "bron": "proef",
                "is_aanname": True,
            }
        ],
        "dim_lijst_versie": [
            {"lijst_code": "melder", "lijst_versie": "melder_2", "omschrijving": "Ook de KMar.", "bron": "proef"}
        ],
    }

    def compared(year: int, now: int, other: int, covered: date | None = None) -> Compared:
        return Compared(
            "verdachten",
            "OM-verdachten",
            "verdachte",
            "verdachten",
            year,
            Decimal(now),
            Decimal(other),
            Decimal(other - now),
            "verdachten_2",
            covered,
        )

    answer = [compared(2019, 145, 145), compared(2020, 187, 1200), compared(2021, 7, 5, date(2021, 1, 15))]
    occasion = page.what_if(["melder_2", "verdachten_2"], answer, [f"regel {EVIL}"])
    with open_published(make_published(tmp_path / "als.duckdb", rows, ALSO_READ)) as found:
        text = page.render(found, occasion)
        meanings = tables.versions(found, occasion.versions)
    assert shown(meanings) == [
        ["melder_2", "lijst: melder", "Ook de KMar.", "proef"],
        ["verdachten_2", "OM-verdachten", "Een verdachte telt elk jaar.", "proef (een aanname)"],
    ]
    table = tables.otherwise(answer)
    assert shown(table) == [
        ["OM-verdachten (verdachten)", "2020", "187", "1.200", "+1.013"],
        ["OM-verdachten (verdachten)", "2021°", "7", "5", "-2"],
    ]
    assert table.notes == [
        "Ook zo gemaakt, en gelijk gebleven: 1 cijfer.",
        "° het jaar is nog niet heel bekend.",
    ]
    # At its head, before everything that the report also has.
    assert text.index('<h2 id="anders">') < text.index(table.caption) < text.index('<h2 id="samenvatting">')
    assert "regel &lt;script&gt;" in text
    assert faults_of_structure(text) == []
    with open_published(tmp_path / "als.duckdb") as found:
        assert "Geen landelijk cijfer is anders" in page.render(found, page.what_if(["melder_2"], answer[:1]))
        assert 'id="anders"' not in page.render(found, page.PUBLICATION)


def test_a_report_that_fails_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(alerts, "tell", lambda title, text: told.append(f"{title}\n{text}"))
    file = make_published(tmp_path / "veiligheidsagenda.duckdb", ROWS, ALSO_READ)
    with duckdb.connect(str(file)) as con:
        con.execute("drop table marts.dim_code")
    before = file.read_bytes()
    assert reporting.report_beside(file) is None
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == before
    assert "de cijfers zijn er wel" in told[0]
    # Where it arose, and not what was said: that may quote data.
    assert "CatalogException" in told[0]
    assert "dim_code" not in told[0]


def test_where_no_browser_is_installed_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="apt install chromium"):
        reporting.print_report(tmp_path / "a.html", tmp_path / "a.pdf")


def test_who_makes_no_report_loads_nothing_of_it() -> None:
    heavy = ("vl_convert", "babel", "jinja2", "duckdb_sqlalchemy", "orchestration.reporting.page")
    code = (
        f"import sys, orchestration.publishing, orchestration.beside; print([n for n in {heavy} if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


needs_browser = pytest.mark.skipif(browser() is None, reason="er is geen Chromium om de pagina in te openen")
# A window cannot be as narrow as a telephone; a frame in it can.
FRAME = """<!doctype html><title></title><script>
const frame = document.createElement('iframe')
frame.style = 'width: %dpx; height: 800px; border: 0'
frame.srcdoc = %s
frame.onload = () => {
  const page = frame.contentDocument
  page.querySelectorAll('details').forEach(each => each.open = true)
  page.documentElement.style.scrollbarWidth = 'none'
  document.title = frame.contentWindow.innerWidth + ' ' + page.documentElement.scrollWidth
}
document.documentElement.append(frame)</script>"""


# A telephone, and a screen of 1280 pixels that is enlarged four times.
@needs_browser
@pytest.mark.parametrize("width", [360, 320])
def test_nobody_has_to_scroll_sideways_to_read(html: str, width: int, tmp_path: Path) -> None:
    assert opened(_framed(html, width), tmp_path) == f"{width} {width}"
    wide = html.replace("</footer>", '<p style="width: 30rem">te breed</p></footer>')
    assert opened(_framed(wide, width), tmp_path) != f"{width} {width}"


def _framed(text: str, width: int) -> str:
    return FRAME % (width, json.dumps(text).replace("</", "<\\/"))


@needs_browser
def test_the_printed_report_has_tags_and_an_outline(written: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "rapport.pdf"
    reporting.print_report(written, pdf)
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in content
    assert b"/Outlines" in content


@needs_browser
@pytest.mark.skipif(axe() is None, reason="er is geen axe-core; AXE=.../axe.min.js wijst het aan (npm pack axe-core)")
@pytest.mark.parametrize("scheme", ["licht", "donker"])
def test_axe_finds_nothing(html: str, scheme: str, tmp_path: Path) -> None:
    engine = axe()
    assert engine
    found = looked_at(html, scheme, engine, tmp_path)
    passes, violations = found.split(" ", 1)
    assert int(passes) >= 20
    assert json.loads(violations) == []
    # The same look at a page with a fault finds it.
    damaged = looked_at(html.replace('<html lang="nl">', "<html>"), scheme, engine, tmp_path)
    assert "html-has-lang" in damaged
