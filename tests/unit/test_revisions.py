"""The test on bias of revisions, against a table of Student and invented years."""

import numpy as np
import pandas as pd
import pytest

from orchestration.revisions import COLUMNS, judge_bias

TERMS = pd.DataFrame({"termijn_maanden": [3, 12], "minimum_aantal_jaren": [5, 4], "significantie_pct": [5, 5]})


def revised(*values: float, indicator: str = "proef", term: int = 12) -> pd.DataFrame:
    return pd.DataFrame({"indicator_code": indicator, "termijn_maanden": term, "bijstelling": values})


def test_the_mean_is_held_against_nought_with_students_t() -> None:
    found = judge_bias(revised(2, 4, 4, 6), TERMS)
    assert found.columns.to_list() == list(COLUMNS)
    (row,) = found.to_dict("records")
    # Mean 4, variance (4 + 0 + 0 + 4) / 3, standard error sqrt(8 / 12) = 0,8165: t = 4,899 on 3 degrees of freedom,
    # between the 2% (4,541) and 1% (5,841) of the table.
    assert row["toetsgrootheid"] == pytest.approx(4.899, abs=0.001)
    assert 0.01 < row["p_waarde"] < 0.02
    assert row["is_vertekend"] is True
    assert pd.isna(row["geen_toets_reden"])


def test_revisions_in_both_directions_are_no_bias() -> None:
    (row,) = judge_bias(revised(-3, 1, 3, -1), TERMS).to_dict("records")
    assert (row["toetsgrootheid"], row["p_waarde"], row["is_vertekend"]) == (0, pytest.approx(1), False)


def test_two_years_are_enough_for_a_test_where_no_more_are_demanded() -> None:
    # On one degree of freedom the chance is 1 - 2 arctan(t) / pi. Mean 0,505, standard error 0,5: t = 1,01, so 0,4968.
    demanded = TERMS.assign(minimum_aantal_jaren=2, significantie_pct=50)
    (row,) = judge_bias(revised(0.005, 1.005), demanded).to_dict("records")
    assert (row["toetsgrootheid"], row["p_waarde"]) == (pytest.approx(1.01), pytest.approx(0.4968, abs=0.0001))
    assert row["is_vertekend"] is True


def test_a_chance_as_large_as_the_significance_is_no_bias() -> None:
    # Mean nought: the chance is one.
    (row,) = judge_bias(revised(-1, 1, -2, 2), TERMS.assign(significantie_pct=100)).to_dict("records")
    assert (row["p_waarde"], row["is_vertekend"]) == (1, False)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((1, 2, 3), "te_weinig_bijstellingen"),
        ((2, 2, 2, 2), "gelijke_bijstellingen"),
        ((0,) * 4, "gelijke_bijstellingen"),
    ],
)
def test_what_cannot_be_tested_has_a_reason(values: tuple[float, ...], reason: str) -> None:
    (row,) = judge_bias(revised(*values), TERMS).to_dict("records")
    assert row["geen_toets_reden"] == reason
    assert pd.isna(row["p_waarde"]) and pd.isna(row["is_vertekend"])


def test_each_indicator_and_term_is_tested_by_itself() -> None:
    rows = [revised(2, 4, 4, 6), revised(2, 4, 4, 6, term=3), revised(-2, -4, -4, -6, indicator="ander")]
    other, early, _ = judge_bias(pd.concat(rows), TERMS).to_dict("records")
    assert (early["termijn_maanden"], early["geen_toets_reden"]) == (3, "te_weinig_bijstellingen")
    assert (other["indicator_code"], other["toetsgrootheid"]) == ("ander", pytest.approx(-4.899, abs=0.001))


def test_without_revisions_there_is_nothing_to_test() -> None:
    assert judge_bias(revised(), TERMS).empty


def test_of_figures_without_bias_one_in_twenty_is_called_biased() -> None:
    # 2,000 indicators: by chance alone the share is half a point from what it is (one standard deviation).
    random = np.random.default_rng(20260101)
    rows = [revised(*random.normal(0, 10, 6), indicator=str(number)) for number in range(2000)]
    found = judge_bias(pd.concat(rows), TERMS)
    assert 0.035 <= found["is_vertekend"].mean() <= 0.065
