"""What a question in parliament asks: which publication said what, why a figure changed, and on which rows it rests."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import DATA_SETTING, BesidePaths, DataPaths
from orchestration.reporting import PAGE
from tests.integration.conftest import ask
from tests.readme import parts_shown, plain

Night = tuple[DataPaths, Callable[[], int]]

ADJUSTMENTS = """select peildatum, oorzaak_code, waarde_van, waarde_naar, bijdrage from marts.fct_bijstelling
    where indicator_code = '{}' and jaar = {} and grootheid = '{}' and peildatum {} order by peildatum, volgorde"""


@pytest.fixture
def command(after_first_night: DataPaths, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs a command that only reads on the data folder after the first night."""
    from orchestration.__main__ import main

    monkeypatch.setenv(DATA_SETTING, str(after_first_night.data))
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *words: main([str(word) for word in words])


def test_481_became_490_by_late_registrations(after_first_night: DataPaths) -> None:
    # JV20 wrote 481 (provisional), MVT22 wrote 490.
    query = ADJUSTMENTS.format("slachtoffers_comensha", 2020, "realisatie", "between '2021-03-02' and '2022-12-31'")
    assert ask(after_first_night.published, query) == [(date(2021, 9, 21), "late_registratie", 481, 490, 9)]


@pytest.mark.parametrize(
    ("year", "day", "before", "after"),
    [
        # The agenda of 2018 gives the path 190, 205, 220, 240; the revision of 29-06-2020 moves it a year (JV20), and
        # MVT22 gives 205 for 2021.
        (2020, date(2020, 9, 30), 205, 190),
        (2021, date(2021, 3, 1), 220, 205),
    ],
)
def test_a_norm_that_was_decided_anew_is_told_apart(
    after_first_night: DataPaths, year: int, day: date, before: int, after: int
) -> None:
    query = ADJUSTMENTS.format("om_verdachten_mensenhandel", year, "streefcijfer", "> '2019-01-01'")
    assert ask(after_first_night.published, query) == [(day, "gewijzigde_norm", before, after, after - before)]


def test_a_narrower_basis_is_a_break_and_no_correction(after_first_night: DataPaths) -> None:
    # The scenario: 161,0 million became 131,4 million.
    query = ADJUSTMENTS.format("beslag_conservatoir_politie_eur", 2022, "realisatie", "= '2023-05-17'")
    assert ask(after_first_night.published, query) == [
        (date(2023, 5, 17), "trendbreuk", 161_000_000, 131_400_000, -29_600_000)
    ]


def test_dossiers_that_were_dropped_are_deletions(after_first_night: DataPaths) -> None:
    # The scenario: 100 x 177 / 658 = 26,90 with eight dossiers that stood in it twice, and 26 (JV20) without them.
    query = ADJUSTMENTS.format("executie_positief_pct", 2020, "realisatie", "= '2022-09-30'")
    ((_, cause, before, after, change),) = ask(after_first_night.published, query)
    assert (cause, before, change) == ("verwijdering", Decimal("26.90"), after - before)
    assert round(after) == 26


def test_a_figure_that_was_not_there_before_has_no_difference(after_first_night: DataPaths) -> None:
    query = ADJUSTMENTS.format("slachtoffers_comensha", 2020, "realisatie", "= '2021-03-01'")
    assert ask(after_first_night.published, query) == [(date(2021, 3, 1), "nieuw", None, 481, None)]


def test_the_parts_of_every_change_add_up_to_the_whole(after_first_night: DataPaths) -> None:
    rows = ask(
        after_first_night.published,
        """select count(*), count(*) filter (naar - van != bijdrage), count(*) filter (delen > 1) from (
            select any_value(waarde_naar) as naar, any_value(waarde_van) as van, sum(bijdrage) as bijdrage,
                count(*) as delen
            from marts.fct_bijstelling where oorzaak_code != 'nieuw'
            group by publicatie_nr, indicator_code, jaar, grootheid)""",
    )
    ((changes, off, split),) = rows
    assert off == 0
    assert changes > 150
    assert split > 50, "some have more than one cause"


def test_a_publication_has_a_day_of_its_own_beside_the_day_that_it_speaks_of(after_first_night: DataPaths) -> None:
    rows = ask(
        after_first_night.published,
        """select soort, count(*), max(peildatum), bool_and(gepubliceerd_op::date > peildatum) from marts.fct_publicatie
        group by soort order by soort""",
    )
    assert rows == [
        # The seed names thirteen days; on 18-05-2022 nothing was known that was not known on 31-01-2022.
        ("gepubliceerd", 1, date(2025, 2, 5), True),
        ("gereconstrueerd", 12, date(2023, 5, 17), True),
    ]
    ((known, written),) = ask(
        after_first_night.published,
        """select (select realisatie from marts.fct_publicatie_cijfer where indicator_code = 'slachtoffers_comensha'
                and jaar = 2020 and publicatie_nr = publicatie.publicatie_nr),
            (select count(*) from marts.fct_publicatie_cijfer)
        from marts.fct_publicatie as publicatie where peildatum = '2021-03-01'""",
    )
    assert known == 481
    assert written > 1000


def test_the_ledger_is_whole_after_a_night_and_shows_where_it_is_not(
    night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    from orchestration.__main__ import main

    paths, _ = night
    assert main(["ledger"]) == 0
    told = capsys.readouterr().out
    assert "Het grootboek is zoals het is opgeschreven" in told
    with duckdb.connect(str(paths.ledger)) as con:
        con.execute("update cijfer set realisatie = 490 where indicator_code = 'slachtoffers_comensha' and jaar = 2020")
    assert main(["ledger"]) == 1
    assert re.search(r"gebeurtenis \d+ .*cijfers, bijstellingen", " ".join(capsys.readouterr().out.split()))


def test_a_figure_leads_to_the_delivered_lines_themselves(
    command: Callable[..., int],
    after_first_night: DataPaths,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "herkomst.csv"
    assert command("explain", "--cijfer", "slachtoffers_comensha/2020", "--naar", file) == 0
    told = capsys.readouterr().out
    assert "490 slachtoffer" in told
    assert max(map(len, told.splitlines()[:14])) <= 80
    with file.open() as stream:
        rows = list(csv.DictReader(stream))
    counting = [row for row in rows if row["telt_mee"] == "True"]
    assert len({row["teleenheid"] for row in counting}) == 490
    assert {row["regel_code"] for row in counting} == {"telt"}
    # The delivered file is read without the warehouse: what counts was reported by the police, in 2020.
    delivered: dict[str, list[str]] = {}
    for row in counting:
        name = f"{row['registratie']}/{row['bestand']}"
        if name not in delivered:
            delivered[name] = (after_first_night.inbox / name).read_text(encoding="windows-1252").splitlines()
    head = next(iter(delivered.values()))[0].split(";")
    lines = [
        dict(
            zip(
                head,
                delivered[f"{row['registratie']}/{row['bestand']}"][int(row["record_nr"])].split(";"),
                strict=True,
            )
        )
        for row in counting
    ]
    assert {line["melder"] for line in lines} == {"POL"}
    assert {line["meldingsdatum"][-4:] for line in lines} == {"2020"}
    by_rule = Counter(row["regel_code"] for row in rows)
    assert set(by_rule) == {"telt", "andere_melder", "dubbel"}, "and what does not count says by which rule"


def test_a_delivered_line_leads_to_its_figures(
    command: Callable[..., int], after_first_night: DataPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(after_first_night.warehouse), read_only=True) as con:
        con.execute(f"attach '{after_first_night.raw}' as raw (read_only)")
        ((delivery, counts),) = con.execute(
            """select levering_nr, min(record_nr) filter (regel_code = 'telt')
            from intermediate.int_om_verdachten_geteld where jaar = 2020
            group by levering_nr order by count(*) desc limit 1"""
        ).fetchall()
        ((left_out,),) = con.execute(
            """select min(record_nr) from intermediate.int_om_verdachten_geteld
            where levering_nr = ? and regel_code = 'andere_dienst'""",
            [delivery],
        ).fetchall()
        ((old,),) = con.execute(
            """select max(levering_nr) from raw.leveringen.levering where registratie = 'mensenhandel_verdachten'
            and levering_nr < ?""",
            [delivery],
        ).fetchall()
    assert command("explain", "--record", f"{delivery}/{counts}") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert re.search(r"ja om_verdachten_mensenhandel 2020 teller", told)
    assert command("explain", "--record", f"{delivery}/{left_out}") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "ja om_verdachten" not in told
    assert re.search(r"nee om_verdachten_mensenhandel \d{4} teller", told)
    assert command("explain", "--record", f"{old}/1") == 0
    assert "niet van kracht" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--cijfer", "slachtoffers/2020"), "indicator 'slachtoffers' bestaat niet; wel csv_aangepakt"),
        (("--cijfer", "oskm_a/1999"), "oskm_a heeft geen cijfer over 1999; wel over 20"),
        (("--record", "9999/1"), "levering 9999 bestaat niet"),
        (("--record", "1/9999999"), "heeft de records 1 tot en met"),
    ],
)
def test_a_question_about_nothing_says_what_there_is(
    command: Callable[..., int], words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("explain", *words) == 1
    assert told in " ".join(capsys.readouterr().out.split())


@pytest.mark.draws
def test_a_reading_that_nobody_decided_stands_beside_the_figure(
    night: Night, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.__main__ import main

    paths, _ = night
    monkeypatch.setenv("COLUMNS", "120")
    before = (paths.published.resolve(), paths.published.resolve().stat().st_mtime_ns)
    assert main(["what-if", "csv_aangepakt_2"]) == 0
    # The scenario: counted in every year in which it is under investigation, 2235 csv's and not 1522.
    came_out = plain(capsys.readouterr().out)
    assert "2019 1.522 2.235 713" in came_out
    for part in parts_shown("What if it had been counted otherwise?"):
        assert part in came_out
    assert (paths.published.resolve(), paths.published.resolve().stat().st_mtime_ns) == before
    there = BesidePaths.what_if(paths.data, ["csv_aangepakt_2"]).published
    query = """select realisatie, definitie_versie from marts.fct_voortgang
        where indicator_code = 'csv_aangepakt' and jaar = 2019"""
    assert ask(there, query) == [(2235, "csv_aangepakt_2")]
    assert ask(paths.published, query) == [(1522, "csv_aangepakt_1")]
    # Its report begins with what differs.
    text = (there.parent / PAGE).read_text(encoding="utf-8")
    first = text[text.index('<h2 id="anders">') : text.index('<h2 id="samenvatting">')]
    assert "<td>2019</td><td>1.522</td><td>2.235</td><td>+713</td>" in first
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        assert con.sql("select count(distinct publicatie_nr) from gebeurtenis").fetchall() == [(13,)]


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("csv_aangepakt_9", "bestaat niet; naast wat geldt zijn er: .*csv_aangepakt_2"),
        ("csv_aangepakt_1", "is die waarmee de gepubliceerde cijfers zijn gemaakt"),
    ],
)
def test_a_version_that_cannot_be_asked_says_which_can(
    command: Callable[..., int], version: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("what-if", version) == 1
    assert re.search(told, " ".join(capsys.readouterr().out.split()))


def test_every_figure_says_by_which_versions_it_was_made(after_first_night: DataPaths) -> None:
    rows = ask(
        after_first_night.published,
        """select count(*), count(definitie_versie), count(*) filter (lijst_versies like '%afdoening_1%')
        from marts.fct_realisatie where indicator_code = 'executie_positief_pct'""",
    )
    ((figures, with_definition, with_list),) = rows
    assert figures == with_definition == with_list > 0


def test_what_a_figure_rests_on_is_read_off_its_model(after_first_night: DataPaths) -> None:
    """Also through the models below it and the one that splits it, and not what is only looked at."""
    rests = ask(after_first_night.warehouse, "from intermediate.int_bronnen_afgeleid")
    judged = ask(after_first_night.warehouse, "from intermediate.int_lijsten_afgeleid")
    expected = {
        "csv_aangepakt": {("csv_onderzoeken", "onderzoeken")},
        "onderzoeken_financieel_pct": {("ondermijningssignalen", "signalen"), ("ondermijningssignalen", "zaken")},
        "complexe_onderzoeken_mensenhandel": {("mensenhandel_onderzoeken", "onderzoeken")},
        "beslag_conservatoir_politie_eur": {("om_beslag", "beslag")},
        "cyber_totaal": {("cyber_onderzoeken", "onderzoeken"), ("cyber_onderzoeken", "feiten")},
    }
    lists = {
        "csv_onderzoeken": {"fase", "aandachtsgebied", "aanpak", "drugsoort"},
        "executie_positief_pct": {"afdoening", "fast_criterium", "opsporingsindicatie"},
    }
    assert {code: {row[1:] for row in rests if row[0] == code} for code in expected} == expected
    assert {code: {row[1] for row in judged if row[0] == code} for code in lists} == lists
    # Every indicator rests on something.
    assert ask(after_first_night.warehouse, "select count(distinct indicator_code) from seeds.definitie") == [
        (len({row[0] for row in rests}),)
    ]


def test_no_year_is_compared_across_a_break(after_first_night: DataPaths) -> None:
    query = """select jaar, verandering, verandering_pct::double, geen_vergelijking_reden from marts.fct_voortgang
        where indicator_code = 'beslag_conservatoir_politie_eur' and jaar in (2021, 2022) order by jaar"""
    # By hand: 203,8 - 171,9 = 31,9, and 100 x 31,9 / 171,9 = 18,6.
    assert ask(after_first_night.published, query) == [
        (2021, 31_900_000, 18.6, None),
        (2022, None, None, "trendbreuk"),
    ]
    query = """select jaar, verandering, verandering_pct::double, geen_vergelijking_reden from marts.fct_aansluiting
        where reeks_code = 'beslag_alle_diensten' and jaar in (2021, 2022) order by jaar"""
    # domein.md paragraph 1.7: 303, 368 and 246 million; 100 x 65 / 303 = 21,5.
    assert ask(after_first_night.published, query) == [
        (2021, 65_000_000, 21.5, None),
        (2022, None, None, "trendbreuk"),
    ]


def test_estimates_made_earlier_hold_the_final_values_that_are_known_now(after_first_night: DataPaths) -> None:
    from orchestration.growth import estimate

    with duckdb.connect(str(after_first_night.warehouse), read_only=True) as con:
        con.execute(f"attach '{after_first_night.ledger}' as publicaties (read_only)")
        history = con.sql(
            """select * from intermediate.int_ontwikkelingen_verzameld
            where indicator_code = 'beslag_conservatoir_politie_eur'"""
        ).df()
    # What was known of 2020 on 1 March 2021, when two years were grown up, and of 2021 on 31 January 2022.
    for day, year, final in ((date(2021, 3, 1), 2020, 171_900_000), (date(2022, 1, 31), 2021, 203_800_000)):
        then = history[history["stand_datum"].dt.date <= day].assign(minimum_aantal_jaren=2)
        (found,) = (row for row in estimate(then).to_dict("records") if row["jaar"] == year)
        assert found["ondergrens"] < final < found["bovengrens"]
        assert found["verwachte_eindwaarde"] == pytest.approx(final, rel=0.01)


def test_no_estimate_is_mixed_with_a_figure(after_first_night: DataPaths) -> None:
    tables = ask(
        after_first_night.published,
        "select distinct table_name from duckdb_columns() where column_name ~ '.*(verwachte|grens|betrouwbaar).*'",
    )
    assert tables == [("fct_verwachting",)]
