"""The same question on two days: what was known then, beside the present and without touching it."""

from collections.abc import Callable
from datetime import date

import pytest

from orchestration.paths import BesidePaths, DataPaths
from tests.integration.conftest import ask

Night = tuple[DataPaths, Callable[[], int]]

NORM = """select streefcijfer, streefcijfer_besluit from marts.fct_voortgang
    where indicator_code = 'om_verdachten_mensenhandel' and jaar = 2020"""
FIGURES = """select jaar, realisatie, realisatie_status from marts.fct_voortgang
    where indicator_code = 'csv_aangepakt' and jaar in (2020, 2021, 2022) order by jaar"""


def as_of(paths: DataPaths, day: date) -> BesidePaths:
    from orchestration.beside import build_as_of

    there = BesidePaths.as_of(paths.data, day)
    assert build_as_of(paths, day) == there.published
    return there


@pytest.mark.parametrize(
    ("day", "norm"),
    [
        # The agenda of 3-12-2018 says 205; the revision of 29-06-2020 keeps the goal of 2019: 190 (JV20).
        (date(2020, 6, 28), (205, "lovp_2018_12_03")),
        (date(2020, 6, 29), (190, "lovp_2020_06_29")),
    ],
)
def test_the_norm_is_the_one_that_was_decided_by_then(night: Night, day: date, norm: tuple[int, str]) -> None:
    paths, _ = night
    assert ask(as_of(paths, day).published, NORM) == [norm]


def test_the_figures_are_those_of_the_deliveries_received_by_then(night: Night) -> None:
    paths, _ = night
    before = paths.published.resolve().stat().st_mtime_ns
    there = as_of(paths, date(2022, 2, 1))
    known = ask(there.published, FIGURES)
    assert known[0] == (2020, 1529, "definitief")
    assert known[1] == (2021, 1662, "voorlopig"), "not yet four months after the year"
    assert known[2][1] < 1672
    assert known[2][2] == "voorlopig"
    assert ask(paths.published, FIGURES)[2] == (2022, 1672, "definitief")
    assert paths.published.resolve().stat().st_mtime_ns == before
    assert not there.warehouse.exists()


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2021, 3, 1), (481, "voorlopig", "niet_behaald")),  # JV20: provisional
        (date(2021, 5, 10), (490, "definitief", "niet_behaald")),  # MVT22: CoMensha had closed the year in April
    ],
)
def test_the_victims_of_a_year_are_those_that_were_known_then(
    night: Night, day: date, known: tuple[int, str, str]
) -> None:
    paths, _ = night
    query = """select realisatie, realisatie_status, oordeel from marts.fct_voortgang
        where indicator_code = 'slachtoffers_comensha' and jaar = 2020"""
    assert ask(as_of(paths, day).published, query) == [known]


def test_dagster_asks_with_one_field(night: Night) -> None:
    from orchestration.definitions import defs

    paths, _ = night
    outcome = defs.resolve_job_def("as_of").execute_in_process(
        run_config={"ops": {"write_as_of": {"config": {"peildatum": "2020-06-29"}}}}
    )
    assert outcome.success
    assert ask(BesidePaths.as_of(paths.data, date(2020, 6, 29)).published, NORM) == [(190, "lovp_2020_06_29")]
