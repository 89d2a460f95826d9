"""All figures counted a second time, from the raw rows and the definitions, with pandas.

What is here was written by the text of the definitions (`seeds/`, the glossary, the README and the agenda) and not by
the models: it shares no line with them, and differs where either is wrong. One module per theme; what is in force and
how units become figures stand apart. Norms, verdicts and growth are not counted again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from tests.recount import afpakken, context, cyber, executie, mensenhandel, ondermijning, oskm
from tests.recount.counting import NETHERLANDS, NO_ROWS, NOTHING_TO_DIVIDE, WHOLE, Tally
from tests.recount.deliveries import Register, Row, read_rows, records, seed

# The register on which each figure rests, by the first part of its name.
REGISTERS = {
    "csv": "csv_onderzoeken",
    "integrale": "integrale_acties",
    "signalen": "ondermijningssignalen",
    "onderzoeken": "ondermijningssignalen",
    "beslag": "om_beslag",
    "om": "mensenhandel_verdachten",
    "slachtoffers": "comensha_meldingen",
    "complexe": "mensenhandel_onderzoeken",
    "interventies": "mensenhandel_onderzoeken",
    "cyber": "cyber_onderzoeken",
    "cyber_regulier_verdachten": "cyber_verdachten",
    "oskm": "oskm_onderzoeken",
    "executie": "executie_dossiers",
}
THEMES = (ondermijning, afpakken, mensenhandel, cyber, oskm, executie, context)
CONTEXT = "geregistreerde_misdrijven"
PLACE = ["indicator_code", "jaar", "eenheid_code", "uitsplitsing_soort", "uitsplitsing_code"]
MART = f"select {', '.join(PLACE)}, realisatie, geen_realisatie_reden from marts.fct_realisatie"


def recount(raw: Path) -> pd.DataFrame:
    """Count every figure of a data folder.

    Args:
        raw: The file with the delivered rows and the register of deliveries.

    Returns:
        A row per figure that is not nothing, in the columns of the mart: its place, the figure, and the reason where
        there is none.

    Raises:
        ValueError: A list or a definition has more than one version that was decided.
    """
    one_version_of_each(seed("lijst_versie"), seed("definitie"))
    register, tally = Register(raw), Tally()
    for theme in THEMES:
        for family in theme.FAMILIES:
            family(register, tally)
    shares, beside = _shares()
    found = {tuple(row[:5]): tuple(row[5:]) for row in tally.figures(shares, beside).itertuples(index=False)}
    whole = {(name, year): of for name, year, of in _years(register)}
    kept = {place: said for place, said in found.items() if (place[0], place[1]) in whole or place[0] == CONTEXT}
    for (name, year), has_rows in whole.items():
        nothing = (None, NO_ROWS) if not has_rows else (None, NOTHING_TO_DIVIDE) if name in shares else (0, None)
        kept.setdefault((name, year, NETHERLANDS, *WHOLE), nothing)
    rows = [(*place, *said) for place, said in kept.items()]
    return pd.DataFrame(rows, columns=[*PLACE, "realisatie", "geen_realisatie_reden"], dtype=object)


def one_version_of_each(lists: Iterable[Row], definitions: Iterable[Row]) -> None:
    """See to it that the recount knows what it counts by: it asks no list and no definition for which years it holds.

    Args:
        lists: The versions of lists.
        definitions: The versions of definitions.

    Raises:
        ValueError: One of them has more than one version that was decided; counting then has to follow the years.
    """
    decided = Counter(row["lijst_code"] for row in lists if row["geldig_vanaf"])
    decided.update(row["indicator_code"] for row in definitions if row["geldig_vanaf"])
    if more := sorted(name for name, times in decided.items() if times > 1):
        raise ValueError(f"the recount takes one version for all years, and more were decided of: {', '.join(more)}")


def _years(register: Register) -> Iterator[tuple[str, int, bool]]:
    """The years of each indicator that its register knows, and whether they are not over or have a row."""
    agendas = {year for row in seed("agenda") for year in range(int(row["jaar_van"]), int(row["jaar_tot"]) + 1)}
    for name in (row["indicator_code"] for row in seed("indicator") if row["indicator_code"] != CONTEXT):
        registration = REGISTERS.get(name) or REGISTERS[name.split("_")[0]]
        stand, days = register.stand(registration), register.days_of_rows(registration)
        first = next(each.complete_from for (owner, _), each in register.declared.items() if owner == registration)
        if stand is None or first is None:
            continue
        for year in range(first.year, stand.year + 1):
            is_over = stand >= date(year, 12, 31)
            if year in agendas:
                yield name, year, not is_over or any(day.year == year for day in days)


def beside_the_mart(raw: Path, published: Path) -> pd.DataFrame:
    """Every figure that was published or counted, with both values.

    A unit or part without a row is nothing, so nothing stands where one of the two has no row. The whole of the country
    has one for every year that the register knows.
    """
    mart = read_rows(published, MART)
    return mart.merge(recount(raw), on=PLACE, how="outer", suffixes=("", "_geteld"), indicator="waar")


def differences(compared: pd.DataFrame) -> pd.DataFrame:
    """The rows of a comparison in which the two do not say the same."""
    shares, beside = _shares()
    return compared[[not _agree(row, shares, beside) for row in records(compared)]]


def _shares() -> tuple[set[str], set[str]]:
    """The indicators that are a share, and the splits that are a number nevertheless."""
    shares = {row["indicator_code"] for row in seed("indicator") if row["meetwijze"] == "aandeel"}
    return shares, {row["uitsplitsing_soort"] for row in seed("uitsplitsing") if row["meetwijze"] == "aantal"}


def _agree(row: Row, shares: set[str], beside: set[str]) -> bool:
    is_share = row["indicator_code"] in shares and row["uitsplitsing_soort"] not in beside
    published, counted = (
        (_value(row[f"realisatie{of}"]), _value(row[f"geen_realisatie_reden{of}"])) for of in ("", "_geteld")
    )
    if row["waar"] == "both":
        return published == counted
    is_whole = (row["eenheid_code"], row["uitsplitsing_soort"]) == (NETHERLANDS, WHOLE[0])
    said = published if row["waar"] == "left_only" else counted
    return not is_whole and said == ((None, NOTHING_TO_DIVIDE) if is_share else (0, None))


def _value(value: object) -> object:
    return None if value is None or value != value else value
