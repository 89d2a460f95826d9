"""What a person reads after a night: in order of importance, in 80 columns, no letter cut off."""

import io
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration import figures, register, report
from orchestration.beside import WhatIf
from orchestration.explanation import Figure, Part, Place, Row
from orchestration.figures import Compared
from orchestration.paths import DataPaths
from orchestration.progress import CAUTION, LEFT, SUMMARY, WRITING
from orchestration.report import (
    Stand,
    show_figure_explained,
    show_figures,
    show_night,
    show_row_explained,
    show_what_if,
)
from tests.unit.conftest import COLUMNS, HEAD, make_delivery, make_extract

LONG = "complexe_onderzoeken_mensenhandel"
PUBLISHED = f"""
create schema marts;
create table marts.dim_indicator (
    indicator_code varchar, volgorde integer, indicator_naam varchar, eenheid_van_maat varchar
);
insert into marts.dim_indicator values
('{LONG}', 1, 'Aangepakte criminele samenwerkingsverbanden', 'csv'), ('voorraad', 2, 'Werkvoorraad', 'dossier'),
('leeg', 3, 'Leeg', 'dossier'), ('context', 4, 'Context', 'misdrijf');
create table marts.fct_realisatie (
    indicator_code varchar, jaar integer, eenheid_code varchar, uitsplitsing_soort varchar, realisatie decimal(18, 2),
    realisatie_status varchar, gedekt_tot date, verandering decimal(18, 2), verandering_pct decimal(18, 2),
    geen_vergelijking_reden varchar
);
insert into marts.fct_realisatie values
('voorraad', 2022, 'NL', 'geen', 121, 'definitief', '2022-12-31', -13, -9.7, null),
('voorraad', 2023, 'NL', 'geen', 88, 'voorlopig', '2023-06-30', -33, -27.3, null),
('context', 2021, 'NL', 'geen', 5421, 'definitief', null, null, null, 'geen_vorig_cijfer'),
('context', 2021, 'NN', 'geen', 421, 'definitief', null, null, null, null),
('context', 2021, 'NL', 'soort', 422, 'definitief', null, null, null, null),
('context', 2022, 'NL', 'geen', null, null, null, null, null, null);
create table marts.fct_voortgang (
    agenda_code varchar, indicator_code varchar, indicator_naam varchar, eenheid_van_maat varchar, jaar integer,
    peildatum date, realisatie decimal(18, 2), realisatie_status varchar, gedekt_tot date,
    geen_realisatie_reden varchar, verandering decimal(18, 2), verandering_pct decimal(18, 2),
    geen_vergelijking_reden varchar, streefcijfer decimal(18, 2), referentie_waarde decimal(18, 2),
    oordeel varchar, oordeel_reden varchar,
    eenheden_onder_minimum varchar, is_demo boolean
);
insert into marts.fct_voortgang values
('va', '{LONG}', 'Aangepakte criminele samenwerkingsverbanden', 'csv', 2020, '2021-03-01', 7, 'definitief',
    '2020-12-31', null, -32, -82.1, null, null, 39, 'niet_behaald', null, null, false),
('va', '{LONG}', 'Aangepakte criminele samenwerkingsverbanden', 'csv', 2021, '2021-03-01', 203800000, 'voorlopig',
    '2021-03-31', null, null, null, 'trendbreuk', 1203800000, null, 'achter_op_schema', null, null, false),
('va', 'voorraad', 'Werkvoorraad', 'dossier', 2021, '2021-03-01', 134, 'definitief', '2021-12-31', null, 38,
    39.6, null, 100, null, 'niet_behaald', 'eenheid_onder_minimum', 'Oost-Nederland 8', false),
('va', 'voorraad', 'Werkvoorraad', 'dossier', 2022, '2021-03-01', 121, 'definitief', '2022-12-31', null, -13,
    -9.7, null, 100, null, 'behaald', 'norm_is_aanname', null, false),
('va', 'leeg', 'Leeg', 'dossier', 2021, '2021-03-01', null, null, null, 'nog_niet_geleverd', null, null,
    'geen_cijfer', 1, null, 'geen_oordeel', 'nog_niet_geleverd', null, null),
('va', 'leeg', 'Leeg', 'dossier', 2022, '2021-03-01', 7, 'voorlopig', '2022-12-31', null, null, null,
    'groeit_nog', 1, null, 'geen_oordeel', 'groeit_nog', null, false);
create table marts.dim_code as from (values
    ('oordeel', 'behaald', 'Behaald'), ('oordeel', 'niet_behaald', 'Niet behaald'),
    ('oordeel', 'achter_op_schema', 'Achter op schema'), ('oordeel_reden', 'groeit_nog', 'Groeit nog'),
    ('oordeel_reden', 'geen_referentie', 'Geen cijfer om mee te vergelijken'),
    ('geen_realisatie_reden', 'nog_niet_geleverd', 'Nog niet geleverd'),
    ('geen_realisatie_reden', 'onbekende_code', 'Onbekende code')) as rij (code_soort, code, naam);
create table marts.fct_verwachting (
    indicator_code varchar, jaar integer, realisatie decimal(18, 2), verwachte_eindwaarde decimal(18, 2),
    ondergrens decimal(18, 2), bovengrens decimal(18, 2), betrouwbaarheid_pct integer
);
create table marts.fct_publicatie (publicatie_nr integer, soort varchar, peildatum date);
create table marts.fct_bijstelling (
    publicatie_nr integer, indicator_code varchar, jaar integer, grootheid varchar, oorzaak_code varchar,
    volgorde integer, waarde_van decimal(18, 2), waarde_naar decimal(18, 2), bijdrage decimal(18, 2)
);
"""
FIRST = (
    "insert into marts.fct_publicatie values (12, 'gereconstrueerd', '2020-09-30'), (13, 'gepubliceerd', '2021-03-01');"
)
SECOND = f"""
insert into marts.fct_publicatie values
(13, 'gepubliceerd', '2021-03-01'), (14, 'gereconstrueerd', '2021-05-31'), (15, 'gepubliceerd', '2021-09-21');
insert into marts.fct_bijstelling values
-- Of an earlier publication.
(13, '{LONG}', 2020, 'realisatie', 'nieuw', 7, null, 999, null),
-- 481 became 480, of which no reader heard, and then 490 for two reasons.
(14, '{LONG}', 2020, 'realisatie', 'verwijdering', 3, 481, 480, -1),
(15, '{LONG}', 2020, 'realisatie', 'correctie', 2, 491, 490, -1),
(15, '{LONG}', 2020, 'realisatie', 'late_registratie', 1, 480, 491, 11),
(15, '{LONG}', 2020, 'streefcijfer', 'gewijzigde_norm', 5, 205, 190, -15),
(15, 'leeg', 2021, 'realisatie', 'vervallen', 8, 5, null, null),
-- Up and down again: readers see what they saw.
(14, 'voorraad', 2021, 'realisatie', 'correctie', 2, 134, 135, 1),
(15, 'voorraad', 2021, 'realisatie', 'correctie', 2, 135, 134, -1);
"""
NOTHING: dict[str, list[str]] = {}


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "data")


def publish(paths: DataPaths, more: str, number: int) -> None:
    """Put a small publication where readers open it."""
    file = paths.versions / f"{number:05d}" / paths.published.name
    file.parent.mkdir(parents=True)
    with duckdb.connect(str(file)) as con:
        con.execute(PUBLISHED + more)
    paths.published.symlink_to(file)


def deliver(
    paths: DataPaths,
    folder: Path,
    verdict: register.Verdict,
    reason: str | None,
    aside: int = 0,
    set_number: int | None = None,
    by: str = "grens_in",
) -> None:
    """Write down a delivery `proef/rijen_20200101.csv` of ten records, and its verdict."""
    paths.data.mkdir(exist_ok=True)
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
        delivery = make_delivery(folder, HEAD)
        number = register.add_delivery(con, delivery, "0", None, datetime(2020, 1, 2), set_number)
        register.add_counts(con, number, [], 10 - aside, aside)
        register.decide(con, number, verdict, reason, by)


def waiting(con: duckdb.DuckDBPyConnection) -> list[int]:
    return [row.number for row in register.still_open(con)]


def printed(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width)


def lines(console: Console) -> list[str]:
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def words(console: Console) -> str:
    return " ".join(" ".join(lines(console)).split())


def test_the_summary_is_in_order_of_importance(paths: DataPaths, tmp_path: Path) -> None:
    publish(paths, SECOND, 15)
    deliver(paths, tmp_path, "toegelaten", None)
    deliver(paths, tmp_path, "toegelaten", None, aside=3)
    deliver(paths, tmp_path, "toegelaten", None, aside=1)
    deliver(paths, tmp_path, "geweigerd", "proef/rijen_20200101.csv, regel 1: de kolommen zijn anders")
    deliver(paths, tmp_path, "aangehouden", "hoort bij rijen, dat geweigerd is", set_number=4)
    deliver(paths, tmp_path, "aangehouden", "12 rijen; de vorige levering, nummer 1, had er 400")
    paths.reports.mkdir()
    # The first was there before this night.
    for number in (1, 3, 4):
        (paths.reports / f"{number}_proef_rijen_20200101.html").touch()
    kept = {LEFT[SUMMARY]: ["proef/x.csv: wordt nog geschreven"], CAUTION[SUMMARY]: ["een [regel] zegt iets"]}
    console = printed()
    assert show_night(paths, console, Stand({1: "toegelaten"}, 13), kept, {})
    assert lines(console)[
        : lines(console).index("Norm niet gehaald: 3 cijfers (cijfer/norm; >: meer dan in een eerder jaar)")
    ] == [
        "Gepubliceerd: publicatie 15, zoals bekend op 01-03-2021",
        f"  {paths.published}",
        "Leveringen: 2 toegelaten (16 records), 3 niet toegelaten, 1 blijft liggen.",
        "  geweigerd levering 4 proef/rijen_20200101.csv",
        "    regel 1: de kolommen zijn anders",
        "    na herstel opnieuw aanbieden: make offer LEVERING=4",
        "  aangehouden levering 5 proef/rijen_20200101.csv",
        "    hoort bij rijen, dat geweigerd is",
        "    na herstel opnieuw aanbieden: make offer LEVERING=5",
        "  aangehouden levering 6 proef/rijen_20200101.csv",
        "    12 rijen; de vorige levering, nummer 1, had er 400",
        '    klopt het zo: make accept LEVERING=6 REDEN="..."',
        '    klopt het niet: make refuse LEVERING=6 REDEN="..."',
        "  blijft liggen proef/x.csv: wordt nog geschreven",
        "  apart gezet 4 records; in 2 leveringen, de meeste (3 van 10) in levering 2",
        "  proef/rijen_20200101.csv; record, kolom en reden staan in het rapport",
        f"  2 rapporten voor leveranciers: {paths.reports}",
        "Let op: een [regel] zegt iets",
        "Veranderd sinds publicatie 13 (zoals bekend op 01-03-2021):",
        "indicator                                jaar van naar oorzaak",
        "─" * 75,
        "complexe_onderzoeken_mensenhandel        2020 481  490 verwijdering -1",
        "                                                       late registratie +11",
        "                                                       correctie -1",
        "complexe_onderzoeken_mensenhandel (norm) 2020 205  190 gewijzigde norm -15",
        "leeg                                     2021   5    - vervallen",
    ]
    assert lines(console)[-1] == "Alle cijfers: make figures of make report. Waarop een cijfer rust: make explain."


def test_a_new_indicator_is_told_once_and_not_for_each_of_its_years(paths: DataPaths) -> None:
    new = """
    insert into marts.fct_bijstelling values
    (15, 'voorraad', 2022, 'realisatie', 'nieuwe_indicator', 9, null, 121, null),
    (15, 'voorraad', 2023, 'realisatie', 'nieuwe_indicator', 9, null, 88, null),
    (15, 'voorraad', 2023, 'streefcijfer', 'nieuwe_indicator', 9, null, 100, null),
    (15, 'context', 2023, 'realisatie', 'nieuwe_indicator', 9, null, 4, null);
    """
    publish(paths, SECOND + new, 15)
    console = printed(200)
    assert not show_night(paths, console, Stand({}, 13), NOTHING, {}), "no delivery was refused"
    told = [" ".join(line.split()) for line in lines(console)]
    assert "voorraad 2022-2023 - 2 cijfers, 1 norm nieuwe indicator" in told
    assert "context 2023 - 1 cijfer nieuwe indicator" in told
    assert sum("nieuwe indicator" in line for line in told) == 2
    assert "leeg 2021 5 - vervallen" in told


def test_what_is_held_on_trial_may_be_the_fault_of_the_project(paths: DataPaths, tmp_path: Path) -> None:
    publish(paths, FIRST, 13)
    deliver(paths, tmp_path, "aangehouden", "op proef niet doorstaan: regel x: 1 rij voldoet niet", by="proef")
    console = printed(200)
    assert show_night(paths, console, Stand({}, 13), NOTHING, {})
    assert lines(console)[3:8] == [
        "  aangehouden levering 1 proef/rijen_20200101.csv",
        "    op proef niet doorstaan: regel x: 1 rij voldoet niet",
        "    ligt het aan het project (model, lijst of regel): herstel dat, en bied opnieuw aan: make offer LEVERING=1",
        '    klopt het zo: make accept LEVERING=1 REDEN="..."',
        '    klopt het niet: make refuse LEVERING=1 REDEN="..."',
    ]


def test_what_was_held_before_is_named_until_it_is_decided(paths: DataPaths, tmp_path: Path) -> None:
    publish(paths, FIRST, 13)
    deliver(paths, tmp_path, "aangehouden", "te klein")
    deliver(paths, tmp_path, "toegelaten", None)
    deliver(paths, tmp_path, "aangehouden", "te groot")
    console = printed(200)
    assert not show_night(paths, console, Stand({1: "aangehouden", 2: "toegelaten", 3: "aangehouden"}, 13), NOTHING, {})
    told = "aangehouden ({}); beslis met make accept, make refuse of, na herstel, make offer"
    assert lines(console)[2:4] == ["Leveringen: niets nieuws.", "  nog 2 leveringen zijn " + told.format("1, 3")]
    with duckdb.connect(str(paths.raw)) as con:
        one = register.deliveries(con, [3])
        assert register.told_open(one) == ["nog 1 levering is " + told.format("3")]
        # A correction of the same day took the place of the first; the third came later, so it still waits.
        con.execute("update leveringen.levering set ontvangen_op = '2020-01-03' where levering_nr = 2")
        con.execute("update leveringen.levering set ontvangen_op = '2020-01-04' where levering_nr = 3")
        assert waiting(con) == [3]
        con.execute("update leveringen.levering set stand_datum = '2020-02-01' where levering_nr = 2")
        assert waiting(con) == [3]
        con.execute("update leveringen.levering set soort = 'mutaties'")
        assert waiting(con) == [1, 3]
        register.decide(con, 1, "opnieuw_aangeboden", None, "jansen")
        # What the border in refuses waits for its supplier; what a person refuses waits for nobody.
        register.decide(con, 3, "geweigerd", "te groot", "grens_in")
        assert waiting(con) == [3]
        (told_refused,) = register.told_open(register.still_open(con))
        assert told_refused.startswith("nog 1 levering is geweigerd (3); na herstel make offer")
        register.decide(con, 3, "geweigerd", "te groot", "jansen")
        assert waiting(con) == []


def test_what_was_noticed_about_admitted_deliveries_is_in_the_summary_as_far_as_it_fits(
    paths: DataPaths, tmp_path: Path
) -> None:
    publish(paths, FIRST, 13)
    found = [
        {
            "controle": f"controle_{number}",
            "verwachting": "Elke code is bekend.",
            "ernst": severity,
            "is_voldaan": False,
            "gevonden": f"code {number} staat niet in de lijst",
            "aantal_afwijkend": 1,
            "aantal_bekeken": 10,
            "voorbeelden": [],
        }
        for number, severity in enumerate(["critical", *["warning"] * 7])
    ]
    for verdict in ("toegelaten", "geweigerd"):
        deliver(paths, tmp_path, verdict, None)
    with duckdb.connect(str(paths.raw)) as con:
        for number in (1, 2):
            register.add_findings(con, number, found)
    console = printed()
    show_night(paths, console, Stand({}, 13), NOTHING, {})
    told = words(console)
    noticed = [f"let op levering 1 proef/rijen_20200101.csv: code {n} staat niet in de lijst" for n in range(1, 6)]
    assert " ".join([*noticed, "let op en 2 andere; zij staan in de rapporten voor leveranciers"]) in told
    assert "code 6" not in told and "code 0" not in told


def test_an_unknown_code_is_told_with_the_list_and_what_to_do(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(paths, FIRST, 13)
    code = {
        "name": "bijdrage",
        "data_type": "varchar",
        "description": "Bijdrage van een partner.",
        "code_list": "bijdrage",
    }
    declared = make_extract(columns=[*COLUMNS, code])
    monkeypatch.setattr(report, "read_declarations", lambda: {("proef", "rijen"): declared})
    found = {"verwachting": "x", "ernst": "warning", "is_voldaan": False, "aantal_afwijkend": 1, "aantal_bekeken": 9}
    deliver(paths, tmp_path, "toegelaten", None)
    with duckdb.connect(str(paths.raw)) as con:
        checks = ("bijdrage_in_codelijst", "iets_anders")
        told = [{"controle": check, "gevonden": f"{check} klopt niet", "voorbeelden": []} for check in checks]
        register.add_findings(con, 1, [found | each for each in told])
    console = printed(300)
    show_night(paths, console, Stand({}, 13), NOTHING, {})
    assert (
        "  let op levering 1 proef/rijen_20200101.csv: bijdrage_in_codelijst klopt niet; hoort de code erbij, zet haar "
        "in seeds/codelijsten/ondermijning/bijdrage.csv, en anders verbetert de leverancier haar"
    ) in lines(console)
    assert "  let op levering 1 proef/rijen_20200101.csv: iets_anders klopt niet" in lines(console)


def test_a_norm_that_is_not_met_says_by_how_much(paths: DataPaths) -> None:
    publish(paths, FIRST, 13)
    console = printed()
    show_night(paths, console, Stand({}, None), NOTHING, {})
    found = lines(console)
    place = found.index("Norm niet gehaald: 3 cijfers (cijfer/norm; >: meer dan in een eerder jaar)")
    assert found[place + 1 : place + 5] == [
        f"{LONG} 2020 7/>39  2021 203.800.000/1.203.800.000°",
        f"{'voorraad':33} 2021 134/100**",
        "° het jaar is nog niet heel bekend, en loopt achter",
        "** landelijk gehaald, maar niet op alle voorwaarden van de norm",
    ]


def test_a_first_publication_lists_no_changes(paths: DataPaths) -> None:
    publish(paths, FIRST, 13)
    console = printed()
    assert not show_night(paths, console, Stand({}, None), NOTHING, {})
    # Five figures of three indicators; of the third one is not there.
    # What the ledger reconstructed has a number too, and was never published.
    told = "Eerste publicatie: 5 cijfers van 3 indicatoren; achteraf gereconstrueerd: 1 eerder nummer."
    assert told in " ".join(lines(console))
    assert "Veranderd" not in words(console)


def test_nothing_new_is_said_in_a_breath(paths: DataPaths) -> None:
    publish(paths, SECOND, 15)
    console = printed()
    show_night(paths, console, Stand({}, 15), NOTHING, {})
    assert lines(console) == [
        "Niets veranderd: publicatie 15 blijft staan, zoals bekend op 01-03-2021",
        f"  {paths.published}",
        "Leveringen: niets nieuws.",
        "Alle cijfers: make figures of make report. Waarop een cijfer rust: make explain.",
    ]


@pytest.mark.parametrize(
    ("kept", "is_incomplete", "told"),
    [
        (
            {LEFT[SUMMARY]: ["proef/x.csv: naam volgt niet"]},
            True,
            ["Leveringen: niets nieuws, 1 blijft liggen.", "  blijft liggen proef/x.csv: naam volgt niet"],
        ),
        (
            {WRITING[SUMMARY]: ["proef/y.csv: wordt nog geschreven"]},
            False,
            ["Leveringen: niets nieuws.", "  proef/y.csv: wordt nog geschreven"],
        ),
    ],
    ids=["left", "growing"],
)
def test_a_file_that_is_left_counts_and_one_that_is_still_written_does_not(
    paths: DataPaths, kept: dict[str, list[str]], is_incomplete: bool, told: list[str]
) -> None:
    publish(paths, SECOND, 15)
    console = printed()
    assert show_night(paths, console, Stand({}, 15), kept, {}) is is_incomplete
    assert lines(console)[2:4] == told


def test_a_failed_night_says_first_that_nothing_was_published(paths: DataPaths, tmp_path: Path) -> None:
    deliver(paths, tmp_path, "geweigerd", "te weinig")
    console = printed()
    assert show_night(paths, console, Stand({}, None), NOTHING, {"modellen": "[kapot]"})
    assert lines(console)[:4] == [
        "Niet gepubliceerd. Er is nog geen publicatie. Oorzaak:",
        "  stap modellen: [kapot]",
        "Leveringen: 0 toegelaten (0 records), 1 niet toegelaten.",
        "  geweigerd levering 1 proef/rijen_20200101.csv",
    ]


def test_a_path_that_is_longer_than_a_line_stays_whole_and_the_rest_breaks_between_words(paths: DataPaths) -> None:
    publish(paths, "", 1)
    long = f"/srv/{'map/' * 25}raw.duckdb"
    console = printed(60)
    show_night(paths, console, Stand.now(paths), {}, {"laden": f"{long} is er niet meer.\nZet een reservekopie terug"})
    told = lines(console)
    at = told.index("  stap laden:")
    assert told[at + 1 : at + 4] == [f"  {long}", "  is er niet meer.", "  Zet een reservekopie terug"]


@pytest.mark.parametrize("width", [80, 200])
def test_no_letter_of_a_figure_is_cut_off(paths: DataPaths, width: int) -> None:
    publish(paths, FIRST, 13)
    console = printed(width)
    show_figures(paths, console)
    assert max(map(len, lines(console))) <= width
    told = words(console)
    names = next(line for line in lines(console) if "jaar" in line and "indicator" in line).index("jaar")
    assert "Aangepaktecriminelesamenwerkingsverbanden(csv)" in re.sub(
        r"\s", "", "".join(line[:names] for line in lines(console))
    )
    for part in ("203.800.000*", "1.203.800.000", "achter op", "trendbreuk", "-82,1%"):
        assert part in told, part
    assert "…" not in told
    assert "Zonder cijfer: 1 x nog niet geleverd" in told
    # A verdict that needs a word has one, and where there is none the reason stands in its place.
    for part in (
        "niet behaald**",
        "behaald^",
        "groeit nog",
        "voorraad 2021, onder het minimum per eenheid: Oost-Nederland 8",
        "2021° 203.800.000* trendbreuk",
        f"° het jaar is niet heel bekend: tot en met 31-03-2021 van {LONG}",
        "> er wordt meer gevraagd dan het cijfer van een eerder jaar",
    ):
        assert part in told, part
    assert "demo" not in told


def test_a_name_breaks_between_words_where_the_figures_leave_room(paths: DataPaths) -> None:
    publish(paths, f"{FIRST}update marts.fct_voortgang set streefcijfer = 180000000 where streefcijfer > 1e9;", 13)
    console = printed()
    show_figures(paths, console)
    assert max(map(len, lines(console))) <= 80
    assert any(line.startswith("samenwerkingsverbanden ") for line in lines(console))
    assert "…" not in words(console) and "niet behaald**" in words(console)


def test_a_wide_verdict_takes_lines_of_its_own_and_keeps_the_years_apart(paths: DataPaths) -> None:
    wide = "update marts.fct_voortgang set oordeel = 'geen_oordeel', oordeel_reden = 'geen_referentie'"
    publish(paths, f"{FIRST}{wide} where indicator_code = 'voorraad' and jaar = 2021;", 13)
    console = printed()
    show_figures(paths, console, indicator="voorraad")
    rows = [line.split() for line in lines(console)]
    (first,) = (number for number, row in enumerate(rows) if "2021" in row)
    assert rows[first][-4:] == ["100", "geen", "cijfer", "om"]
    assert [rows[first + 1], rows[first + 2]] == [["mee", "te"], ["vergelijken"]]
    assert "2022" in rows[first + 3] and rows[first + 3][-1] == "behaald^"


def test_amounts_stand_in_whole_euros_and_other_figures_as_they_are(paths: DataPaths) -> None:
    cents = "update marts.dim_indicator set eenheid_van_maat = 'eur' where indicator_code = 'voorraad';"
    cents += "update marts.fct_voortgang set realisatie = realisatie + 0.5, streefcijfer = 5081819.4;"
    publish(paths, FIRST + cents, 13)
    with duckdb.connect(str(paths.published), read_only=True) as con:
        told = {(row.name, row.year): (row.figure, row.asked) for row in figures.national(con, also_without=True)}
    # Halves go to the even euro: 134.5 and 121.5.
    assert told["Werkvoorraad (eur)", "2021"] == ("134", "5.081.819")
    assert told["Werkvoorraad (eur)", "2022"] == ("122", "5.081.819")
    assert told["Leeg (dossier)", "2022"] == ("7,5*", "5.081.819,4")
    # What has a norm and no figure is there for who asks for it.
    assert told["Leeg (dossier)", "2021"] == ("", "5.081.819,4")


def test_what_if_says_that_figures_are_made_up_and_which_years_are_not_whole() -> None:
    console = printed()
    rows = [
        Compared("csvs", "Csv's", "csv", "csv's", 2022, Decimal(10), Decimal(12), Decimal(2), "csvs_2", None),
        Compared(
            "csvs", "Csv's", "csv", "csv's", 2023, Decimal(41), Decimal(887), Decimal(846), "csvs_2", date(2023, 1, 15)
        ),
    ]
    show_what_if(WhatIf(Path("x"), rows, [], True), console)
    told = words(console)
    assert "(demo: verzonnen cijfers)" in told
    assert "csvs (csv) 2022 10 12 2" in told and "2023° 41 887 846" in told
    assert "° het jaar is niet heel bekend: tot en met 15-01-2023 van csvs" in told
    assert figures.difference(Decimal("26.2"), "pct") == "26,2 pt" and figures.difference(None, "pct") == ""
    console = printed()
    show_what_if(WhatIf(Path("x"), rows[:1], [], False), console)
    assert "demo" not in words(console) and "°" not in words(console)


def test_an_estimate_without_an_interval_says_so(paths: DataPaths) -> None:
    known, unknown = "('leeg', 2021, 80, 100, 90, 110, 80)", "('leeg', 2022, 8, 10, null, null, 80)"
    publish(paths, f"{FIRST}insert into marts.fct_verwachting values {known}, {unknown};", 13)
    console = printed()
    show_figures(paths, console)
    told = words(console)
    assert "Leeg 2021 80 100 90 - 110" in told
    assert "Leeg 2022 8 10 niet te zeggen" in told


def test_figures_can_be_asked_for_a_year_and_an_indicator(paths: DataPaths) -> None:
    publish(paths, FIRST, 13)
    console = printed()
    show_figures(paths, console, 2021, "voorraad")
    assert re.findall(r"20\d\d [ \d.]+", words(console).split("oordeel")[1]) == ["2021 134 "]
    with pytest.raises(ValueError, match="over 2020 zijn er geen cijfers; wel over 2021, 2022"):
        show_figures(paths, printed(), 2020, "voorraad")
    with pytest.raises(ValueError, match=f"'niets' bestaat niet; wel {LONG}, voorraad, leeg, context"):
        show_figures(paths, printed(), None, "niets")


def test_figures_that_no_agenda_asks_for_are_counted_and_shown_to_who_asks(paths: DataPaths) -> None:
    publish(paths, FIRST, 13)
    console = printed()
    show_figures(paths, console)
    # The stock of 2023 and the context of 2021; eenheden, splits and what has no figure are none.
    assert "Buiten een agenda: 2 cijfers van 2 indicatoren; te zien met INDICATOR=... of JAAR=..." in words(console)
    assert "buiten agenda" not in words(console)
    for year, indicator, told in (
        (None, "context", "Context (misdrijf) 2021 5.421 buiten agenda"),
        (2023, None, "Werkvoorraad (dossier) 2023° 88* -27,3% buiten agenda"),
    ):
        console = printed()
        show_figures(paths, console, year, indicator)
        assert told in words(console)
        assert "Buiten een agenda" not in words(console)
    with pytest.raises(ValueError, match="over 2022 zijn er geen cijfers; wel over 2021"):
        show_figures(paths, printed(), 2022, "context")


def test_figures_that_wait_for_a_code_are_named(paths: DataPaths) -> None:
    unknown = "update marts.fct_voortgang set realisatie = null, geen_realisatie_reden = 'onbekende_code'"
    publish(paths, f"{FIRST}{unknown} where indicator_code = 'voorraad' and jaar in (2021, 2022);", 13)
    console = printed()
    show_figures(paths, console)
    assert "Zonder cijfer: 1 x nog niet geleverd, 2 x onbekende code onbekende code: voorraad 2021, 2022" in words(
        console
    )
    console = printed()
    show_figures(paths, console, 2021)
    assert "onbekende code: voorraad 2021" in words(console) and "2022" not in words(console)


@pytest.mark.parametrize("width", [80, 200])
def test_no_letter_of_an_explanation_is_cut_off(width: int) -> None:
    rule = "Een onderzoek met ten minste twee van de vier elementen telt in het jaar waarin het begint."
    console = printed(width)
    figure = Figure(LONG, "Naam", 2020, "euro", None, None, "reden", "d_1", "l_1", rule, date(2021, 3, 1))
    part = Part(1234, "r/b.csv", "noemer", False, rule, 1_234_567, 1_234_567, None, [1])
    show_figure_explained(figure, [part], console)
    place = Place(LONG, 2020, "uitbuitingsvorm_agenda/seksuele_uitbuiting", "noemer", False, rule)
    show_row_explained(Row(1, 1, "r/b.csv", "", (place,)), console)
    compared = Compared(LONG, "Naam", "csv", "csv's", 2020, None, None, None, "versie_2, lijst_1", None)
    show_what_if(WhatIf(Path("x"), [compared], [rule], True), console)
    assert max(map(len, lines(console))) <= width
    told = re.sub(r"[\s─]", "", "".join(lines(console)))
    # Beside other columns a text takes several lines; every word of it is there.
    for word in [*rule.split(), LONG, "1.234.567", "noemer", "versie_2,", "lijst_1", "teleenheden", "records"]:
        assert word in told, word
    assert "…" not in told


@pytest.mark.parametrize("unit", ["euro", "geregistreerde misdrijven"])
def test_an_amount_is_told_in_the_unit_of_its_indicator(unit: str) -> None:
    console = printed(200)
    figure = Figure("som", "Som", 2020, unit, Decimal(21026), None, None, "s_1", None, "Telt.", date(2021, 3, 1))
    part = Part(7, "r/m.csv", "bedrag", True, "Voldoet.", 2, 2, Decimal(21026), [1, 2])
    show_figure_explained(figure, [part], console)
    assert f"Voldoet. (21.026 {unit})" in words(console)


def test_a_row_that_helped_to_judge_another_one_counts_nowhere_itself() -> None:
    console = printed(200)
    figure = Figure(
        "cyber", "Cyber", 2020, "onderzoeken", Decimal(1), "definitief", None, "c_1", "l_1", "Telt.", date(2021, 3, 1)
    )
    rule = "Het feit staat niet in de lijst."
    parts = [
        Part(7, "r/onderzoeken.csv", "teller", True, "Voldoet.", 1, 1, None, [3]),
        Part(8, "r/feiten.csv", "grond", True, rule, 1, 1, None, [5]),
        Part(8, "r/feiten.csv", "grond", False, rule, 1, 1, None, [6]),
    ]
    show_figure_explained(figure, parts, console)
    told = " ".join(words(console).split())
    assert "7 teller ja 1 1 Voldoet. " in told
    assert (
        f"8 grond - 1 1 Besliste mee over een rij die wel meetelt, en telt zelf nergens. Over de grond: {rule}" in told
    )
    assert (
        f"8 grond - 1 1 Besliste mee over een rij die niet meetelt, en telt zelf nergens. Over de grond: {rule}" in told
    )
    assert "Levering 7 is r/onderzoeken.csv; daarvan telt record: teller: 3" in told
    assert "Levering 8 is r/feiten.csv; daarvan telt geen record grond van wat meetelt: 5 Alle" in told
    console = printed(200)
    places = (
        Place("cyber", 2020, "geen/totaal", "grond", True, rule),
        Place("ander", 2020, "geen/totaal", "teller", False, rule),
    )
    show_row_explained(Row(8, 5, "r/feiten.csv", "", places), console)
    told = " ".join(words(console).split())
    assert f"nee ander 2020 teller {rule} - cyber 2020 grond Besliste mee over een rij die wel meetelt" in told
    assert " ja " not in told
