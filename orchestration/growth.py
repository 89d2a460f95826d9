"""Estimate the final value of a figure that still grows, from how the figures of earlier years grew.

It is chain-ladder in a single step, from the age that a year has to the age at which its series stops growing, with
Mack's standard error. What the history is stands in `int_ontwikkelingen_verzameld`; whether an estimate is wanted at
all, in the seed `naijling`.
"""

from collections.abc import Iterator
from itertools import groupby
from math import exp, log, sqrt
from operator import itemgetter
from typing import Any

import pandas as pd

# With their types: a database cannot tell the type of a column that happens to be empty.
COLUMNS = {
    "indicator_code": "string",
    "jaar": "Int64",
    "ouderdom_kwartalen": "Int64",
    "ontwikkelfactor": "Float64",
    "verwachte_eindwaarde": "Float64",
    "ondergrens": "Float64",
    "bovengrens": "Float64",
    "aantal_jaren": "Int64",
    "geen_verwachting_reden": "string",
    "geen_interval_reden": "string",
}
FIGURE = ("indicator_code", "jaar", "ouderdom_kwartalen", "realisatie")
SETTINGS = ("uitontwikkeld_na_kwartalen", "minimum_aantal_jaren", "betrouwbaarheid_pct")


def estimate(history: pd.DataFrame) -> pd.DataFrame:
    """Estimate the final value of every year that is younger than the age at which its series stops growing.

    Args:
        history: Columns indicator_code, jaar, ouderdom_kwartalen (1 is the first quarter after the year), realisatie,
            uitontwikkeld_na_kwartalen, minimum_aantal_jaren, betrouwbaarheid_pct; one row per indicator, year and age
            at which its deliveries told the figure. An age without a row is unknown.

    Returns:
        The columns COLUMNS, one row per indicator and year that is not grown up, in the unit of the indicator. Where
        there is no estimate, or none of its bounds, the reason (a code of the seed `reden`) stands beside it.
    """
    found: list[dict[str, Any]] = []
    rows = sorted(history[[*FIGURE, *SETTINGS]].itertuples(index=False, name=None))
    for indicator, series in groupby(rows, key=itemgetter(0)):
        found += ({"indicator_code": indicator} | row for row in _of_one(list(series)))
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(COLUMNS)


def _of_one(series: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    last_age, minimum, confidence = (int(value) for value in series[0][len(FIGURE) :])
    known: dict[int, dict[int, float]] = {}
    for _, year, age, value, *_ in series:
        known.setdefault(int(year), {})[int(age)] = float(value)
    final = {year: ages[min(grown)] for year, ages in known.items() if (grown := [a for a in ages if a >= last_age])}
    for year, ages in known.items():
        if year not in final:
            age = max(ages)
            # What a year was at another age, or was not delivered at this one, says nothing of the growth from it on.
            pairs = [(known[other][age], end) for other, end in final.items() if age in known[other]]
            yield {"jaar": year, "ouderdom_kwartalen": age} | _of_year(ages[age], pairs, minimum, confidence)


def _of_year(value: float, pairs: list[tuple[float, float]], minimum: int, confidence: int) -> dict[str, Any]:
    """The estimate of one year, from what earlier years were at its age and became; or why there is none."""
    growing = [(first, last) for first, last in pairs if first > 0 and last > 0]
    if value <= 0:
        reason = "niets_dat_groeit"
    elif len(pairs) < minimum:
        reason = "te_weinig_geschiedenis"
    elif len(growing) < minimum:
        reason = "geschiedenis_zonder_groei"
    else:
        return _chain_ladder(value, growing, confidence) | {"aantal_jaren": len(growing)}
    return {"geen_verwachting_reden": reason}


def _chain_ladder(value: float, pairs: list[tuple[float, float]], confidence: int) -> dict[str, Any]:
    """Mack (1993) in one step: the variance of what a year becomes is proportional to what it was.

    The spread is estimated from one degree of freedom less than there are years, so the bounds are those of Student.
    They are taken of the logarithm, since no figure is negative and growth is skewed.
    """
    # An import that nothing but an estimate needs.
    from scipy.special import stdtrit

    base = sum(first for first, _ in pairs)
    factor = sum(last for _, last in pairs) / base
    final = factor * value
    outcome: dict[str, Any] = {"ontwikkelfactor": factor, "verwachte_eindwaarde": final}
    freedom = len(pairs) - 1
    if freedom < 1:
        return outcome | {"geen_interval_reden": "te_weinig_jaren"}
    spread = sum(first * (last / first - factor) ** 2 for first, last in pairs) / freedom
    relative = sqrt(spread * (value + value**2 / base)) / final
    # Below a billionth of the value it is the rounding of the computer, and not a difference between years.
    if relative < 1e-9:
        return outcome | {"geen_interval_reden": "geen_spreiding"}
    variance = log(1 + relative**2)
    reach = float(stdtrit(freedom, 0.5 + confidence / 200)) * sqrt(variance)
    middle = log(final) - variance / 2
    return outcome | {"ondergrens": exp(middle - reach), "bovengrens": exp(middle + reach)}
