"""Estimate the final value of a figure that still grows, from how the figures of earlier years grew (chain-ladder).

The method and Mack's standard error come from the library chainladder; here a history is put into the form that it
expects. What the history is stands in `int_ontwikkelingen_verzameld`; whether an estimate is wanted at all, in the seed
`naijling`.
"""

from collections.abc import Iterator
from datetime import date
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    "indicator_code",
    "jaar",
    "ouderdom_kwartalen",
    "ontwikkelfactor",
    "verwachte_eindwaarde",
    "ondergrens",
    "bovengrens",
    "aantal_jaren",
]
MONTHS_OF_THE_YEAR_ITSELF = 12


def estimate(history: pd.DataFrame, today: date) -> pd.DataFrame:
    """Estimate the final value of every year that is younger than the age at which its series stops growing.

    Args:
        history: Columns indicator_code, jaar, ouderdom_kwartalen (1 is the first quarter after the year), realisatie,
            uitontwikkeld_na_kwartalen, minimum_aantal_jaren, betrouwbaarheid_pct; one row per indicator, year and age
            of which something is known.
        today: The peildatum; its quarter is the newest that the history may hold.

    Returns:
        The columns COLUMNS, one row per indicator and year with an estimate, in the unit of the indicator. The bounds
        are empty where the earlier years grew alike to the cent, so that there is no spread to estimate from. A year
        of nothing or less has no estimate, for nothing grows by a factor.
    """
    found: list[dict[str, Any]] = []
    for indicator, series in history.groupby("indicator_code", sort=True):
        found += ({"indicator_code": indicator} | row for row in _of_one(series, pd.Period(today, freq="Q")))
    return pd.DataFrame(found, columns=COLUMNS)


def _of_one(series: pd.DataFrame, quarter: pd.Period) -> Iterator[dict[str, Any]]:
    last_age, minimum, confidence = (
        int(series[name].iloc[0])
        for name in ("uitontwikkeld_na_kwartalen", "minimum_aantal_jaren", "betrouwbaarheid_pct")
    )
    grown = _filled(series, quarter, last_age)
    young = {year: ages for year, ages in grown.items() if ages.index[-1] < last_age}
    # A year says something of the growth from an age on if it was known at that age and is grown up now.
    bearing = {
        year: [other for other, ages in grown.items() if other not in young and ages.index[0] <= young[year].index[-1]]
        for year in young
    }
    wanted = [year for year in young if len(bearing[year]) >= minimum]
    if not wanted:
        return
    outcome = _chain_ladder(grown, quarter)
    for year in wanted:
        known, final, error = float(young[year].iloc[-1]), *outcome[year]
        low, high = _interval(final, error, confidence)
        yield {
            "jaar": year,
            "ouderdom_kwartalen": int(young[year].index[-1]),
            "ontwikkelfactor": final / known,
            "verwachte_eindwaarde": final,
            "ondergrens": low,
            "bovengrens": high,
            "aantal_jaren": len(bearing[year]),
        }


def _filled(series: pd.DataFrame, quarter: pd.Period, last_age: int) -> dict[int, pd.Series]:
    """Per year its figure at each age from the first that is known to now; between publications it stays as it was.

    What grows out of nothing, or was less, says nothing of a factor: only what a year was after that is looked at.
    """
    grown = {}
    for year, rows in series.groupby("jaar", sort=True):
        age_now = min(last_age, 4 * (quarter.year - int(str(year)) - 1) + quarter.quarter)
        known = rows.set_index("ouderdom_kwartalen")["realisatie"].astype(float).sort_index()
        ages = known.reindex(range(int(known.index[0]), age_now + 1)).ffill()
        grown[int(str(year))] = ages[(ages > 0)[::-1].cummin()[::-1]]
    return {year: ages for year, ages in grown.items() if len(ages)}


def _chain_ladder(grown: dict[int, pd.Series], quarter: pd.Period) -> dict[int, tuple[float, float]]:
    """Per year the estimated final value and its standard error."""
    # A second of import, and numba and scikit-learn in its wake, which nothing but an estimate needs.
    import chainladder

    cl: Any = chainladder
    cells = []
    for year, ages in grown.items():
        first = pd.Period(f"{year + 1}Q1", freq="Q")
        # The library wants every year up to the newest quarter: a grown-up year stays what it is.
        for age in range(int(ages.index[0]), (quarter - first).n + 2):
            value = ages.get(age, ages.iloc[-1])
            cells.append((pd.Timestamp(year, 1, 1), (first + (age - 1)).end_time.normalize(), float(value)))
    frame = pd.DataFrame(cells, columns=["jaar", "stand", "waarde"])
    triangle = cl.Triangle(frame, origin="jaar", development="stand", columns="waarde", cumulative=True)
    triangle = triangle[triangle.origin <= f"{max(grown)}-12-31"]
    triangle = triangle[triangle.development > MONTHS_OF_THE_YEAR_ITSELF]
    # Where factors do not vary, the logarithm of their spread cannot be taken; Mack's rule can. On its way the library
    # divides nought by nought there, which it reads as nought, and draws a line beyond the last age, which it drops.
    with np.errstate(all="ignore"):
        developed = cl.Development(average="volume", sigma_interpolation="mack").fit_transform(triangle)
        summary = cl.MackChainladder().fit(developed).summary_.to_frame()
    return {
        pd.Timestamp(origin).year: (float(row["Ultimate"]), float(row["Mack Std Err"]))
        for origin, row in summary.iterrows()
    }


def _interval(final: float, error: float, confidence: int) -> tuple[float | None, float | None]:
    """Bounds of a lognormal distribution with this mean and standard error, as Mack advises: it is never negative."""
    if not error > 0:
        return None, None
    variance = log(1 + (error / final) ** 2)
    reach = NormalDist().inv_cdf(0.5 + confidence / 200) * sqrt(variance)
    middle = log(final) - variance / 2
    return exp(middle - reach), exp(middle + reach)
