"""The estimate of a final value, against chain-ladder and Mack's standard error worked out by hand."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import pytest

from orchestration.growth import COLUMNS, estimate

FEBRUARY_2022 = date(2022, 2, 1)


def history(values: Mapping[int, Sequence[float | None]], minimum: int = 3, last_age: int = 2) -> pd.DataFrame:
    """A series that is grown up at an age of two quarters; per year what was known at ages 1, 2 and so on."""
    rows = [
        ("proef", year, age, value, last_age, minimum, 80)
        for year, known in values.items()
        for age, value in enumerate(known, start=1)
        if value is not None
    ]
    columns = ["indicator_code", "jaar", "ouderdom_kwartalen", "realisatie", "uitontwikkeld_na_kwartalen"]
    return pd.DataFrame(rows, columns=[*columns, "minimum_aantal_jaren", "betrouwbaarheid_pct"])


GROWN = {2018: [100.0, 120.0], 2019: [200.0, 250.0], 2020: [300.0, 380.0]}


def test_the_estimate_is_chain_ladder_with_the_interval_of_mack() -> None:
    found = estimate(history({**GROWN, 2021: [80.0]}), FEBRUARY_2022)
    assert found.columns.to_list() == COLUMNS
    (row,) = found.to_dict("records")
    assert (row["indicator_code"], row["jaar"], row["ouderdom_kwartalen"], row["aantal_jaren"]) == ("proef", 2021, 1, 3)
    # (120 + 250 + 380) / (100 + 200 + 300) = 1,25, and 1,25 x 80 = 100.
    assert row["ontwikkelfactor"] == pytest.approx(1.25)
    assert row["verwachte_eindwaarde"] == pytest.approx(100)
    # Mack: variance of the factor (100 x 0,05^2 + 200 x 0 + 300 x 0,01667^2) / 2 = 0,16667; standard error
    # 100 x sqrt(0,16667 / 1,25^2 x (1/80 + 1/600)) = 3,887. Lognormal with that mean and standard error:
    # sigma 0,038857, middle ln(100) - 0,000755, and 80% lies within 1,28155 x sigma = 0,049797 of it.
    assert row["ondergrens"] == pytest.approx(95.07, abs=0.01)
    assert row["bovengrens"] == pytest.approx(105.03, abs=0.01)


def test_a_year_that_is_grown_up_has_no_estimate() -> None:
    assert estimate(history(GROWN), date(2021, 5, 1)).empty


def test_too_few_earlier_years_give_no_estimate() -> None:
    assert estimate(history({**GROWN, 2021: [80.0]}, minimum=4), FEBRUARY_2022).empty


def test_a_year_of_which_the_first_age_is_unknown_says_nothing_of_the_growth_from_it() -> None:
    # 2018 is only known grown up: the factor is (250 + 380) / (200 + 300) = 1,26.
    found = estimate(history({**GROWN, 2018: [None, 120.0], 2021: [80.0]}, minimum=2), FEBRUARY_2022)
    assert found["ontwikkelfactor"].to_list() == [pytest.approx(1.26)]
    assert found["aantal_jaren"].to_list() == [2]


def test_between_publications_a_figure_stays_as_it_was() -> None:
    # Nothing was written down of 2019 at age 2 but at age 3 it was; 2021 has age 2 now and is still at 80.
    values = {2018: [100.0, 110.0, 120.0], 2019: [200.0, None, 250.0], 2020: [300.0, 330.0, 380.0], 2021: [80.0]}
    found = estimate(history(values, last_age=3), date(2022, 5, 1))
    (row,) = found.to_dict("records")
    assert row["ouderdom_kwartalen"] == 2
    # From age 2: (120 + 250 + 380) / (110 + 200 + 330) = 750 / 640.
    assert row["verwachte_eindwaarde"] == pytest.approx(80 * 750 / 640)


def test_without_spread_there_is_no_interval() -> None:
    found = estimate(history({2018: [100, 125], 2019: [200, 250], 2020: [300, 375], 2021: [80]}), FEBRUARY_2022)
    (row,) = found.to_dict("records")
    assert row["verwachte_eindwaarde"] == pytest.approx(100)
    assert pd.isna(row["ondergrens"])
    assert pd.isna(row["bovengrens"])


def test_each_series_is_estimated_from_itself() -> None:
    other = history({2018: [10, 30], 2019: [10, 31], 2020: [10, 29], 2021: [10]}).assign(indicator_code="ander")
    found = estimate(pd.concat([history({**GROWN, 2021: [80.0]}), other]), FEBRUARY_2022)
    assert dict(zip(found["indicator_code"], found["verwachte_eindwaarde"], strict=True)) == {
        "ander": pytest.approx(30),
        "proef": pytest.approx(100),
    }
    # By hand: (10 x 0 + 10 x 0,1^2 + 10 x 0,1^2) / 2 = 0,1; 30 x sqrt(0,1 / 3^2 x (1/10 + 1/30)) = 1,1547. Lognormal:
    # sigma 0,038475, and exp(ln(30) - 0,00074 -/+ 1,28155 x 0,038475).
    row = found[found["indicator_code"] == "ander"].iloc[0]
    assert (row["ondergrens"], row["bovengrens"]) == (pytest.approx(28.535, abs=0.01), pytest.approx(31.492, abs=0.01))


@pytest.mark.parametrize("known", [0.0, -5.0])
def test_a_year_of_nothing_or_less_has_no_estimate_and_takes_none_away_from_the_others(known: float) -> None:
    found = estimate(history({**GROWN, 2021: [known]}), FEBRUARY_2022)
    assert found.empty
    other = history({**GROWN, 2021: [80.0]}).assign(indicator_code="ander")
    both = estimate(pd.concat([history({**GROWN, 2021: [known]}), other]), FEBRUARY_2022)
    assert both[["indicator_code", "verwachte_eindwaarde"]].to_numpy().tolist() == [["ander", pytest.approx(100)]]


@pytest.mark.parametrize(
    "grown",
    [
        {2018: [0.0, 0.0], 2019: [0.0, 0.0], 2020: [0.0, 0.0]},
        {2018: [0.0, 120.0], 2019: [0.0, 250.0], 2020: [0.0, 380.0]},
        {2018: [100.0, 0.0], 2019: [200.0, 0.0], 2020: [300.0, 0.0]},
        {2018: [-100.0, 120.0], 2019: [200.0, 250.0], 2020: [300.0, 380.0]},
    ],
)
def test_earlier_years_that_give_no_factor_give_no_estimate(grown: dict[int, list[float]]) -> None:
    assert estimate(history({**grown, 2021: [80.0]}), FEBRUARY_2022).empty


def test_an_earlier_year_that_began_at_nothing_says_nothing_of_the_growth_from_it() -> None:
    (row,) = estimate(history({**GROWN, 2017: [0.0, 10.0], 2021: [80.0]}), FEBRUARY_2022).to_dict("records")
    # As if 2017 was only known grown up: (120 + 250 + 380) / (100 + 200 + 300) x 80.
    assert (row["verwachte_eindwaarde"], row["aantal_jaren"]) == (pytest.approx(100), 3)


def test_a_year_of_nothing_between_others_changes_nothing_for_them() -> None:
    found = estimate(history({**GROWN, 2017: [0.0, 0.0], 2016: [10.0, 12.5], 2021: [80.0]}), FEBRUARY_2022)
    (row,) = found.to_dict("records")
    # (12,5 + 120 + 250 + 380) / (10 + 100 + 200 + 300) x 80 = 1,25 x 80.
    assert (row["verwachte_eindwaarde"], row["aantal_jaren"]) == (pytest.approx(100), 4)
