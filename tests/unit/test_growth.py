"""The estimate of a final value: by hand, and its bounds against what invented years became."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from orchestration.growth import COLUMNS, estimate

Process = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


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


def the_row(values: Mapping[int, Sequence[float | None]], minimum: int = 3, last_age: int = 2) -> dict[Hashable, Any]:
    """The only row of the estimate."""
    (row,) = estimate(history(values, minimum, last_age)).to_dict("records")
    return row


def reasons(row: dict[Hashable, Any]) -> tuple[Any, ...]:
    return tuple(
        None if pd.isna(row[f"geen_{what}_reden"]) else row[f"geen_{what}_reden"]
        for what in ("verwachting", "interval")
    )


GROWN = {2018: [100.0, 120.0], 2019: [200.0, 250.0], 2020: [300.0, 380.0]}


def test_the_estimate_is_chain_ladder_with_the_error_of_mack_and_the_bounds_of_student() -> None:
    found = estimate(history({**GROWN, 2021: [80.0]}))
    assert found.columns.to_list() == list(COLUMNS)
    (row,) = found.to_dict("records")
    assert (row["indicator_code"], row["jaar"], row["ouderdom_kwartalen"], row["aantal_jaren"]) == ("proef", 2021, 1, 3)
    # (120 + 250 + 380) / (100 + 200 + 300) = 1,25, and 1,25 x 80 = 100.
    assert row["ontwikkelfactor"] == pytest.approx(1.25)
    assert row["verwachte_eindwaarde"] == pytest.approx(100)
    # Mack: variance of the factor (100 x 0,05^2 + 200 x 0 + 300 x 0,01667^2) / 2 = 0,16667; standard error
    # 100 x sqrt(0,16667 / 1,25^2 x (1/80 + 1/600)) = 3,887. Lognormal with that mean and standard error: sigma
    # 0,038857, middle ln(100) - 0,000755. Three years are two degrees of freedom: 80% lies within 1,88562 x sigma
    # (table of Student), and not within the 1,28155 of a normal distribution: 0,073269 from the middle.
    assert row["ondergrens"] == pytest.approx(92.865, abs=0.01)
    assert row["bovengrens"] == pytest.approx(107.52, abs=0.01)
    assert reasons(row) == (None, None)


def test_a_year_that_is_grown_up_has_no_estimate() -> None:
    assert estimate(history(GROWN)).empty


def test_too_few_earlier_years_give_no_estimate_and_the_reason() -> None:
    row = the_row({**GROWN, 2021: [80.0]}, minimum=4)
    assert pd.isna(row["verwachte_eindwaarde"])
    assert reasons(row) == ("te_weinig_geschiedenis", None)


def test_a_year_of_which_this_age_is_unknown_says_nothing_of_the_growth_from_it() -> None:
    # 2018 is only known grown up: the factor is (250 + 380) / (200 + 300) = 1,26.
    row = the_row({**GROWN, 2018: [None, 120.0], 2021: [80.0]}, minimum=2)
    assert (row["ontwikkelfactor"], row["aantal_jaren"]) == (pytest.approx(1.26), 2)


def test_a_year_that_was_not_delivered_again_is_unknown_and_not_unchanged() -> None:
    # 2019 was not delivered at age 2, where 2021 is now: as if it stayed at 200 the factor would be 750 / 640.
    values = {2018: [100.0, 110.0, 120.0], 2019: [200.0, None, 250.0], 2020: [300.0, 330.0, 380.0], 2021: [70.0, 80.0]}
    row = the_row(values, minimum=2, last_age=3)
    assert row["ouderdom_kwartalen"] == 2
    assert row["ontwikkelfactor"] == pytest.approx((120 + 380) / (110 + 330))
    assert row["aantal_jaren"] == 2


def test_a_year_that_was_only_delivered_later_is_grown_up_all_the_same() -> None:
    # 2019 was delivered at age 4 and not at age 2, from which on nothing grows.
    row = the_row({**GROWN, 2019: [200.0, None, None, 250.0], 2021: [80.0]})
    assert row["verwachte_eindwaarde"] == pytest.approx(100)


def test_without_spread_there_is_no_interval() -> None:
    row = the_row({2018: [100, 125], 2019: [200, 250], 2020: [300, 375], 2021: [80]})
    assert row["verwachte_eindwaarde"] == pytest.approx(100)
    assert pd.isna(row["ondergrens"]) and pd.isna(row["bovengrens"])
    assert reasons(row) == (None, "geen_spreiding")


def test_one_earlier_year_tells_of_no_spread_at_all() -> None:
    row = the_row({2020: [300.0, 375.0], 2021: [80.0]}, minimum=1)
    assert (row["verwachte_eindwaarde"], row["aantal_jaren"]) == (pytest.approx(100), 1)
    assert pd.isna(row["ondergrens"])
    assert reasons(row) == (None, "te_weinig_jaren")


def test_each_series_is_estimated_from_itself() -> None:
    other = history({2018: [10, 30], 2019: [10, 31], 2020: [10, 29], 2021: [10]}).assign(indicator_code="ander")
    found = estimate(pd.concat([history({**GROWN, 2021: [80.0]}), other]))
    assert dict(zip(found["indicator_code"], found["verwachte_eindwaarde"], strict=True)) == {
        "ander": pytest.approx(30),
        "proef": pytest.approx(100),
    }
    # By hand: (10 x 0 + 10 x 0,1^2 + 10 x 0,1^2) / 2 = 0,1; 30 x sqrt(0,1 / 3^2 x (1/10 + 1/30)) = 1,1547. Lognormal:
    # sigma 0,038475, and exp(ln(30) - 0,00074 -/+ 1,88562 x 0,038475).
    row = found.to_dict("records")[0]
    assert (row["ondergrens"], row["bovengrens"]) == (pytest.approx(27.88, abs=0.01), pytest.approx(32.23, abs=0.01))


@pytest.mark.parametrize("known", [0.0, -5.0])
def test_a_year_of_nothing_or_less_has_no_estimate_and_takes_none_away_from_the_others(known: float) -> None:
    assert reasons(the_row({**GROWN, 2021: [known]})) == ("niets_dat_groeit", None)
    other = history({**GROWN, 2021: [80.0]}).assign(indicator_code="ander")
    ours, others = estimate(pd.concat([history({**GROWN, 2021: [known]}), other])).to_dict("records")[::-1]
    assert (ours["indicator_code"], others["verwachte_eindwaarde"]) == ("proef", pytest.approx(100))
    assert pd.isna(ours["verwachte_eindwaarde"])


@pytest.mark.parametrize(
    "grown",
    [
        {2018: [0.0, 0.0], 2019: [0.0, 0.0], 2020: [0.0, 0.0]},
        {2018: [0.0, 120.0], 2019: [0.0, 250.0], 2020: [0.0, 380.0]},
        {2018: [100.0, 0.0], 2019: [200.0, 0.0], 2020: [300.0, 0.0]},
        {2018: [-100.0, 120.0], 2019: [200.0, 250.0], 2020: [300.0, 380.0]},
    ],
)
def test_earlier_years_that_give_no_factor_give_no_estimate_and_the_reason(grown: dict[int, list[float]]) -> None:
    assert reasons(the_row({**grown, 2021: [80.0]})) == ("geschiedenis_zonder_groei", None)


def test_an_earlier_year_of_nothing_changes_nothing_for_the_others() -> None:
    row = the_row({**GROWN, 2015: [-3.0, 1.0], 2016: [10.0, 12.5], 2017: [0.0, 10.0], 2021: [80.0]})
    # (12,5 + 120 + 250 + 380) / (10 + 100 + 200 + 300) x 80 = 1,25 x 80.
    assert (row["verwachte_eindwaarde"], row["aantal_jaren"]) == (pytest.approx(100), 4)


def skewed(random: np.random.Generator, years: int) -> tuple[np.ndarray, np.ndarray]:
    """Amounts that grow by a quarter, now and then by twice as much."""
    first = random.lognormal(5, 0.3, years)
    return first, first * (1 + random.lognormal(np.log(0.25), 0.5, years))


def counts(random: np.random.Generator, years: int) -> tuple[np.ndarray, np.ndarray]:
    """Some hundreds of reports, of which one in ten comes in late."""
    first = random.poisson(300, years)
    return first, first + random.poisson(0.1 * first)


def near_constant(random: np.random.Generator, years: int) -> tuple[np.ndarray, np.ndarray]:
    """Amounts that hardly differ in how they grow."""
    first = random.lognormal(5, 0.1, years)
    return first, first * (1.25 + random.normal(0, 0.003, years))


@pytest.mark.parametrize("years", [3, 5])
@pytest.mark.parametrize("process", [skewed, counts, near_constant])
def test_of_a_hundred_intervals_of_80_percent_some_80_hold_what_the_year_became(process: Process, years: int) -> None:
    # 4,000 histories: by chance alone the share is 0,6 points from what it is (one standard deviation).
    histories, random = 4000, np.random.default_rng(20220201)
    parts, became = [], []
    for number in range(histories):
        first, last = process(random, years + 1)
        young = [False] * years + [True]
        became.append(last[-1])
        parts.append(
            (
                np.repeat(number, 2 * years + 1),
                np.r_[np.arange(years + 1), np.arange(years)],
                np.r_[np.ones(years + 1), np.full(years, 2)],
                np.r_[first, last[~np.array(young)]],
            )
        )
    numbers, jaar, age, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    found = estimate(
        pd.DataFrame({"indicator_code": numbers, "jaar": jaar, "ouderdom_kwartalen": age, "realisatie": value}).assign(
            uitontwikkeld_na_kwartalen=2, minimum_aantal_jaren=years, betrouwbaarheid_pct=80
        )
    )
    assert len(found) == histories
    held = (found["ondergrens"] <= became) & (became <= found["bovengrens"])
    assert 0.78 <= held.mean() <= 0.83
