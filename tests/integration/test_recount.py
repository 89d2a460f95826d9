"""Every figure that is published is counted a second time, from the raw rows and by the text of the definitions."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from orchestration import register
from orchestration.admission import admit_deliveries
from orchestration.building import PRESENT, Builder
from orchestration.decisions import accept
from orchestration.ledger import open_ledger
from orchestration.locking import open_database
from orchestration.paths import DataPaths
from tests.recount import beside_the_mart, differences, one_version_of_each
from tests.recount.deliveries import Register, seed
from tests.recount.invented import EMPTY_YEAR, EXTRACTS, YEAR_OF_UNKNOWN_PLACES, write_deliveries

SEED = 3
# What counts once, and is delivered with a first row of which it is not known whether it counts.
COUNTED_ONCE = {
    "csv_aangepakt",
    "om_verdachten_mensenhandel",
    "oskm_daders",
    "signalen_financiele_analyse_pct",
    "slachtoffers_comensha",
}


def _with_figures(compared: pd.DataFrame) -> set[str]:
    """The indicators of which both have a figure above nothing."""
    both = compared[(compared["waar"] == "both") & compared["realisatie"].notna()]
    return {name for name, value in zip(both["indicator_code"], both["realisatie"], strict=True) if value > 0}


def test_every_figure_of_the_demo_is_counted_the_same_twice(after_first_night: DataPaths) -> None:
    compared = beside_the_mart(after_first_night.raw, after_first_night.published)
    assert differences(compared).to_dict("records") == []
    assert _with_figures(compared) == {row["indicator_code"] for row in seed("indicator")}
    national = compared[(compared["eenheid_code"] == "NL") & (compared["uitsplitsing_soort"] == "geen")]
    # So that nobody takes a comparison of next to nothing for one of everything.
    assert (len(compared) > 8000, len(national) > 150) == (True, True)
    assert set(compared["uitsplitsing_soort"]) == {row["uitsplitsing_soort"] for row in seed("uitsplitsing")}


def test_counting_by_one_version_of_a_list_or_definition_is_refused_once_there_are_two() -> None:
    lists = [
        {"lijst_code": "melder", "geldig_vanaf": "2015-01-01"},
        {"lijst_code": "melder", "geldig_vanaf": "2024-01-01"},
        {"lijst_code": "fase", "geldig_vanaf": "2015-01-01"},
        {"lijst_code": "fase", "geldig_vanaf": ""},
    ]
    definitions = [{"indicator_code": "oskm_a", "geldig_vanaf": f"{year}-01-01"} for year in (2015, 2024)]
    with pytest.raises(ValueError, match=r"decided of: melder, oskm_a$"):
        one_version_of_each(lists, definitions)


@pytest.fixture(scope="module")
def by_chance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataPaths]:
    """A data folder with the figures of deliveries by chance, which are not published."""
    paths = DataPaths(tmp_path_factory.mktemp("toeval") / "data")
    paths.scratch.mkdir(parents=True)
    write_deliveries(paths.inbox, SEED)
    with open_database(paths.raw) as con:
        assert admit_deliveries(con, paths.inbox, paths.scratch, EXTRACTS, None).waiting == []
        for row in register.deliveries(con):
            if row.verdict == "aangehouden":
                accept(con, row.number, "proef", by="proefpersoon")
        assert {row.verdict for row in register.deliveries(con)} == {"toegelaten"}
    with open_ledger(paths):
        pass
    Builder(paths).answer(PRESENT)
    yield paths


def test_every_figure_of_deliveries_by_chance_is_counted_the_same_twice(by_chance: DataPaths) -> None:
    compared = beside_the_mart(by_chance.raw, by_chance.warehouse)
    assert differences(compared).to_dict("records") == []
    assert _with_figures(compared) == {row["indicator_code"] for row in seed("indicator")}
    reasons = compared["geen_realisatie_reden"].value_counts().to_dict()
    assert (len(compared) > 4000, reasons["onbekende_code"] > 100) == (True, True)
    assert set(reasons) == {"onbekende_code", "niets_te_delen", "geen_rijen"}
    without_rows = compared[compared["geen_realisatie_reden"] == "geen_rijen"]
    assert {*zip(without_rows["indicator_code"], without_rows["jaar"], strict=True)} >= {
        ("integrale_acties_politie", EMPTY_YEAR),
        ("slachtoffers_comensha", EMPTY_YEAR),
    }


def test_where_a_unit_counts_may_be_unknown_while_the_country_has_its_figure(by_chance: DataPaths) -> None:
    compared = beside_the_mart(by_chance.raw, by_chance.warehouse)
    year = compared[compared["jaar"] == YEAR_OF_UNKNOWN_PLACES]
    is_whole, is_country = year["uitsplitsing_soort"] == "geen", year["eenheid_code"] == "NL"
    is_open = year["geen_realisatie_reden"] == "onbekende_code"
    told = set(year[is_whole & is_country & year["realisatie"].notna()]["indicator_code"])
    assert told & set(year[is_whole & ~is_country & is_open]["indicator_code"]) == COUNTED_ONCE
    forms = year[year["uitsplitsing_soort"].str.startswith("uitbuiting_") & is_country]
    assert {*forms["geen_realisatie_reden"]} >= {"onbekende_code"}
    # Of an investigation in B with an unknown suspicion beside it the category is open, and that it counts is not.
    categories = year[
        is_whole & is_country & year["indicator_code"].isin(["oskm_a", "oskm_b", "oskm_c", "oskm_totaal"])
    ]
    assert dict(zip(categories["indicator_code"], categories["realisatie"].notna(), strict=True)) == {
        "oskm_a": False,
        "oskm_b": False,
        "oskm_c": True,
        "oskm_totaal": True,
    }


def test_a_correction_of_a_correction_is_among_the_deliveries_by_chance(by_chance: DataPaths) -> None:
    """And one without a booking, and two that correct one another: an edge that is not delivered is not tried."""
    bookings = Register(Path(by_chance.raw)).rows("om_beslag", "beslag")
    corrects = dict(zip(bookings["boeking_nr"], bookings["corrigeert_nr"], strict=True))
    corrections = {number: of for number, of in corrects.items() if of is not None}
    assert [of for of in corrections.values() if corrects.get(of) is not None] != []
    assert [of for of in corrections.values() if of not in corrects] != []
    assert [number for number, of in corrections.items() if corrects.get(of) == number] != []
