"""All figures counted a second time, from the raw rows and the definitions, with pandas.

What is here was written by the text of the definitions (`seeds/`, the glossary, the README and the agenda) and not by
the models: it shares no line with them, and differs where either is wrong. One module per theme; what is in force and
how units become figures stand apart. Norms, verdicts and growth are not counted again.
"""

from pathlib import Path

import pandas as pd

from tests.recount import afpakken, context, cyber, executie, mensenhandel, ondermijning, oskm
from tests.recount.counting import Tally
from tests.recount.deliveries import Register, read_rows, seed

THEMES = (ondermijning, afpakken, mensenhandel, cyber, oskm, executie, context)
PLACE = ["indicator_code", "jaar", "eenheid_code", "uitsplitsing_soort", "uitsplitsing_code"]
MART = f"select {', '.join(PLACE)}, realisatie, geen_realisatie_reden from marts.fct_realisatie"


def recount(raw: Path) -> pd.DataFrame:
    """Count every figure of a data folder.

    Args:
        raw: The file with the delivered rows and the register of deliveries.

    Returns:
        A row per figure that is not nothing, in the columns of the mart: its place, the figure, and the reason where
        there is none.
    """
    register, tally = Register(raw), Tally()
    for theme in THEMES:
        for family in theme.FAMILIES:
            family(register, tally)
    shares = {row["indicator_code"] for row in seed("indicator") if row["meetwijze"] == "aandeel"}
    beside = {row["uitsplitsing_soort"] for row in seed("uitsplitsing") if row["meetwijze"] == "aantal"}
    found = tally.figures(shares, beside)
    return found.set_axis([*PLACE, "realisatie", "geen_realisatie_reden"], axis=1)


def beside_the_mart(raw: Path, published: Path) -> pd.DataFrame:
    """Every figure that was published or counted, with both values.

    A year that a registration does not know has no row in the mart, and a unit or part without a row is nothing; so
    nothing stands where one of the two has no row. The whole of the country always has one.
    """
    mart = read_rows(published, MART)
    both = mart.merge(recount(raw), on=PLACE, how="outer", suffixes=("", "_geteld"), indicator="waar")
    years = set(zip(mart["indicator_code"], mart["jaar"], strict=True))
    in_years = [place in years for place in zip(both["indicator_code"], both["jaar"], strict=True)]
    return both[in_years].reset_index(drop=True)


def differences(compared: pd.DataFrame) -> pd.DataFrame:
    """The rows of a comparison in which the two do not say the same."""
    shares = {row["indicator_code"] for row in seed("indicator") if row["meetwijze"] == "aandeel"}
    return compared[[not _agree(row, shares) for row in compared.to_dict("records")]]


def _agree(row: dict, shares: set[str]) -> bool:
    nothing = {(None, "niets_te_delen")} if row["indicator_code"] in shares else {(0, None)}
    published, counted = (
        (_value(row[f"realisatie{of}"]), _value(row[f"geen_realisatie_reden{of}"])) for of in ("", "_geteld")
    )
    if row["waar"] == "both":
        return published == counted
    # Where either has no row, nothing is what it says.
    said = published if row["waar"] == "left_only" else counted
    return said in {*nothing, (0, None)}


def _value(value: object) -> object:
    return None if value is None or value != value else value
