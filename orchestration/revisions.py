"""Test whether figures were revised in one direction more than chance explains.

What a revision is stands in `int_bijstellingen_gemeten`; how many years a test needs, in `bijstelling_termijn`.
"""

from math import sqrt
from typing import Any

import pandas as pd

COLUMNS = {
    "indicator_code": "string",
    "termijn_maanden": "Int64",
    "toetsgrootheid": "Float64",
    "p_waarde": "Float64",
    "is_vertekend": "boolean",
    "geen_toets_reden": "string",
}
DEMANDS = ("termijn_maanden", "minimum_aantal_jaren", "significantie_pct")


def judge_bias(revisions: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Test per indicator and term whether the mean revision is nought: a two-sided t-test, one year one observation.

    Args:
        revisions: Columns indicator_code, termijn_maanden, bijstelling; one row per indicator, term and year.
        terms: Columns termijn_maanden, minimum_aantal_jaren, significantie_pct; one row per term.

    Returns:
        The columns COLUMNS, one row per indicator and term with a revision. Where there is no test, the reason (a code
        of the seed `reden`) stands beside it.
    """
    demands = {
        int(term): (int(minimum), int(significance))
        for term, minimum, significance in terms[list(DEMANDS)].itertuples(index=False, name=None)
    }
    measured: dict[tuple[str, int], list[float]] = {}
    for indicator, term, revision in revisions[["indicator_code", "termijn_maanden", "bijstelling"]].itertuples(
        index=False, name=None
    ):
        measured.setdefault((indicator, int(term)), []).append(float(revision))
    found = [
        {"indicator_code": indicator, "termijn_maanden": term} | _tested(values, *demands[term])
        for (indicator, term), values in sorted(measured.items())
    ]
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def _tested(values: list[float], minimum: int, significance: int) -> dict[str, Any]:
    years = len(values)
    if years < max(2, minimum):
        return {"geen_toets_reden": "te_weinig_bijstellingen"}
    if len(set(values)) == 1:
        return {"geen_toets_reden": "gelijke_bijstellingen"}
    # An import that nothing but a test needs.
    from scipy.special import stdtr

    mean = sum(values) / years
    variance = sum((value - mean) ** 2 for value in values) / (years - 1)
    statistic = mean / sqrt(variance / years)
    chance = 2 * float(stdtr(years - 1, -abs(statistic)))
    return {
        "toetsgrootheid": statistic,
        "p_waarde": chance,
        "is_vertekend": 100 * chance < significance,
    }
