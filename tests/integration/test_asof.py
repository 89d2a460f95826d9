"""The same question on several days: what was known then, beside the present and without touching it.

A day is built once, and asked several things; of two days the report is drawn too.
"""

import io
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

import dagster as dg
import pytest
from rich.console import Console

from orchestration.paths import DATA_SETTING, BesidePaths, DataPaths
from orchestration.reporting import PAGE
from tests.integration.conftest import ask
from tests.pages import faults_of_structure
from tests.readme import parts_shown, plain

Known = Callable[[date], BesidePaths]

NORM = """select streefcijfer, streefcijfer_besluit from marts.fct_voortgang
    where indicator_code = 'om_verdachten_mensenhandel' and jaar = 2020"""
FIGURES = """select jaar, realisatie, realisatie_status from marts.fct_voortgang
    where indicator_code = 'csv_aangepakt' and jaar in (2020, 2021, 2022) order by jaar"""
SEIZED = """select realisatie from marts.fct_voortgang
    where indicator_code = 'beslag_conservatoir_politie_eur' and jaar = {}"""
SEIZED_BY_ALL = """select sum(bedrag_eur) from marts.fct_afpakmonitor
    where weg_code = 'strafrechtelijk' and stap_code = 'beslag_gelegd' and jaar = 2022"""
# The totals of the demo scenario: the police seizures of a year at its first state, and in the end.
FIRST_STATE = {2020: 132_700_000, 2021: 156_800_000}
FINAL = {2020: 171_900_000, 2021: 203_800_000}

BEFORE_THE_REVISION, REVISION = date(2020, 6, 28), date(2020, 6, 29)
MARCH_2021, SEPTEMBER_2021 = date(2021, 3, 1), date(2021, 9, 1)
FEBRUARY_2022 = date(2022, 2, 1)
WITH_ERRORS, CORRECTED = date(2023, 1, 31), date(2023, 2, 28)


@pytest.fixture(scope="module")
def data(after_first_night: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataPaths]:
    """A copy of the data folder after the first night, beside which the days are built."""
    paths = DataPaths(tmp_path_factory.mktemp("peildata") / "data")
    shutil.copytree(after_first_night.data, paths.data, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_SETTING, str(paths.data))
        yield paths


@pytest.fixture(scope="module")
def asked(data: DataPaths) -> dg.ExecuteInProcessResult:
    """What Dagster tells of a day that it was asked for; it draws the report and the pictures."""
    from orchestration.definitions import defs

    return defs.resolve_job_def("as_of").execute_in_process(
        run_config={"ops": {"write_as_of": {"config": {"peildatum": FEBRUARY_2022.isoformat()}}}}
    )


@pytest.fixture(scope="module")
def known(data: DataPaths, asked: dg.ExecuteInProcessResult) -> Known:
    """Gives the folder with what was known on a day: one was asked of Dagster, the others are asked for here."""
    assert asked.success

    @cache
    def as_of(day: date) -> BesidePaths:
        from orchestration.beside import build_as_of

        there = BesidePaths.as_of(data.data, day)
        if day != FEBRUARY_2022:
            assert build_as_of(data, day) == there.published
        return there

    # Here its report is drawn; what tests ask for is without one.
    as_of(MARCH_2021)
    return as_of


@pytest.mark.parametrize(
    ("day", "norm"),
    [
        # The agenda of 3-12-2018 says 205; the revision of 29-06-2020 keeps the goal of 2019: 190 (JV20).
        (BEFORE_THE_REVISION, (205, "lovp_2018_12_03")),
        (REVISION, (190, "lovp_2020_06_29")),
    ],
)
def test_the_norm_is_the_one_that_was_decided_by_then(known: Known, day: date, norm: tuple[int, str]) -> None:
    assert ask(known(day).published, NORM) == [norm]


def test_the_figures_are_those_of_the_deliveries_received_by_then(
    after_first_night: DataPaths, data: DataPaths, known: Known
) -> None:
    before = after_first_night.published.resolve().stat().st_mtime_ns
    there = known(FEBRUARY_2022)
    figures = ask(there.published, FIGURES)
    assert figures[0] == (2020, 1529, "definitief")
    assert figures[1] == (2021, 1662, "voorlopig"), "not yet four months after the year"
    assert figures[2][1] < 1672
    assert figures[2][2] == "voorlopig"
    assert ask(data.published, FIGURES)[2] == (2022, 1672, "voorlopig"), "nothing was delivered after the term"
    assert data.published.resolve().stat().st_mtime_ns == before
    assert not there.warehouse.exists()


@pytest.mark.parametrize(
    ("day", "figure"),
    [
        (MARCH_2021, (481, "voorlopig", "geen_oordeel")),  # JV20: provisional
        (SEPTEMBER_2021, (490, "definitief", "niet_behaald")),  # MVT22: CoMensha had closed the year in April
    ],
)
def test_the_victims_of_a_year_are_those_that_were_known_then(
    known: Known, day: date, figure: tuple[int, str, str]
) -> None:
    query = """select realisatie, realisatie_status, oordeel from marts.fct_voortgang
        where indicator_code = 'slachtoffers_comensha' and jaar = 2020"""
    assert ask(known(day).published, query) == [figure]


def test_the_report_on_a_day_stands_beside_its_figures_and_says_so(known: Known) -> None:
    there = known(MARCH_2021)
    text = (there.folder / PAGE).read_text(encoding="utf-8")
    assert "zoals bekend op 1 maart 2021; dit is geen publicatie" in text
    assert "2020: 481" in text
    assert faults_of_structure(text) == []


def test_the_suspects_of_2020_were_known_when_the_annual_report_was_written(known: Known) -> None:
    query = """select realisatie, streefcijfer, verschil from marts.fct_voortgang
        where indicator_code = 'om_verdachten_mensenhandel' and jaar = 2020"""
    assert ask(known(MARCH_2021).published, query) == [(187, 190, -3)]  # JV20


@pytest.mark.parametrize(("day", "year"), [(MARCH_2021, 2020), (FEBRUARY_2022, 2021)])
def test_seizures_grow_by_about_30_percent_after_the_first_state(
    data: DataPaths, known: Known, day: date, year: int
) -> None:
    # domein.md paragraph 1.7: 2023 "gaat nog oplopen met circa 30 procent".
    ((first,),) = ask(known(day).published, SEIZED.format(year))
    ((final,),) = ask(data.published, SEIZED.format(year))
    assert (first, final) == (FIRST_STATE[year], FINAL[year])
    assert 1.27 < final / first < 1.33


def test_seizures_of_a_year_grow_on_the_way(known: Known) -> None:
    # In September 2021 the newest delivery is that of May.
    ((on_the_way,),) = ask(known(SEPTEMBER_2021).published, SEIZED.format(2020))
    assert FIRST_STATE[2020] < on_the_way < FINAL[2020]


@pytest.mark.parametrize(
    ("day", "police", "all_services"),
    [
        # The scenario: conservatoir 222.500.000 and klassiek 77.500.000.
        (WITH_ERRORS, 161_000_000, 300_000_000),
        # NTGM: 246 million on a narrower basis, so as not to count twice.
        (CORRECTED, 131_400_000, 246_000_000),
    ],
)
def test_seizures_delivered_again_are_on_a_narrower_basis(
    known: Known, day: date, police: int, all_services: int
) -> None:
    there = known(day).published
    assert ask(there, SEIZED.format(2022)) == [(police,)]
    assert ask(there, SEIZED_BY_ALL) == [(all_services,)]


@pytest.mark.parametrize(
    ("day", "deliveries"),
    [
        (FEBRUARY_2022, ["volledig 20220120"]),
        (WITH_ERRORS, ["mutaties 20220720", "mutaties 20230120", "volledig 20220120"]),
        (CORRECTED, ["mutaties 20220720", "mutaties 20230210", "volledig 20220120"]),
    ],
)
def test_changes_stand_on_the_newest_whole_register(known: Known, day: date, deliveries: list[str]) -> None:
    query = """select levering_soort || strftime(ontvangen_op, ' %Y%m%d') from marts.dim_levering
        where registratie = 'executie_dossiers' and is_van_kracht order by all"""
    assert [row[0] for row in ask(known(day).published, query)] == deliveries


@pytest.mark.parametrize(
    ("day", "share"),
    [
        # Eight dossiers stood in the register twice, all disposed of positively: 100 x (169 + 8) / (650 + 8).
        (FEBRUARY_2022, 26.9),
        # They were dropped in July 2022: 100 x 169 / 650 (JV20).
        (CORRECTED, 26.0),
    ],
)
def test_dossiers_count_until_they_are_dropped(known: Known, day: date, share: float) -> None:
    query = """select round(realisatie, 1)::double from marts.fct_voortgang
        where indicator_code = 'executie_positief_pct' and jaar = 2020"""
    assert ask(known(day).published, query) == [(share,)]


def test_dagster_asks_with_one_field(data: DataPaths, asked: dg.ExecuteInProcessResult) -> None:
    assert asked.success
    (output,) = (event for event in asked.all_events if event.event_type_value == "STEP_OUTPUT")
    told = {name: str(value.value) for name, value in output.step_output_data.metadata.items()}
    assert next(iter(told.items())) == ("let_op", "demo: verzonnen cijfers")
    heading = "| indicator (maat) | jaar | cijfer | t.o.v. vorig jaar | norm | oordeel |"
    assert told["cijfers"].startswith(f"**Demo: verzonnen cijfers.**\n\n{heading}\n|")
    assert "| OM-verdachten van mensenhandel (verdachte) | 2020 | " in told["cijfers"]
    # The increase that is asked (2019: 39), and in words why nothing is said of a stock of 2021.
    assert "| Complexe onderzoeken mensenhandel (onderzoek) | 2020 | 7" in told["cijfers"]
    assert "&gt;39" in told["cijfers"] or "&#62;39" in told["cijfers"]
    assert "nog_niet" not in told["cijfers"] and "geen_norm" not in told["cijfers"]
    assert "demo: verzonnen cijfers" in told["cijfer_en_norm"]
    assert "](data:image/svg+xml;base64," in told["cijfer_en_norm"]
    assert told["rapportage"] == str(BesidePaths.as_of(data.data, FEBRUARY_2022).folder / PAGE)
    assert ask(BesidePaths.as_of(data.data, FEBRUARY_2022).published, NORM) == [(190, "lovp_2020_06_29")]


@pytest.mark.parametrize(
    ("heading", "day"),
    [
        ("What was known then?", MARCH_2021),
        ("Where will it end?", FEBRUARY_2022),
        ("Did it rise or fall?", None),
        ("Who published what, and when?", None),
    ],
)
def test_the_readme_shows_what_comes_out(
    known: Known,
    after_first_night: DataPaths,
    heading: str,
    day: date | None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from orchestration.__main__ import main
    from orchestration.report import show_figures

    if day:
        printed = io.StringIO()
        show_figures(known(day), Console(width=80, file=printed))
        came_out = plain(printed.getvalue())
    else:
        monkeypatch.setenv("COLUMNS", "80")
        # A question for an earlier day counts more states, which the ledger writes down.
        monkeypatch.setenv(DATA_SETTING, str(after_first_night.data))
        assert main(["ledger" if "published" in heading else "figures"]) == 0
        came_out = plain(capsys.readouterr().out)
    parts = parts_shown(heading)
    assert parts
    for part in parts:
        assert part in came_out
        came_out = came_out.split(part, 1)[1]
