"""Versions that were published stay as they were: a change is told with its row, and a new version is the way."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration import ledger, versions
from orchestration.ledger import Entry
from orchestration.paths import DataPaths
from orchestration.versions import VersionError
from tests.unit.conftest import build_ledger_tables

LISTS = {
    "definities/definitie.csv": (
        "indicator_code,definitie_versie,geldig_vanaf,telregel,omschrijving\n"
        "csv_aangepakt,csv_aangepakt_1,2015-01-01,eerste_aanpak,Een keer.\n"
        "csv_aangepakt,csv_aangepakt_2,2024-01-01,in_jaar_lopend,Elk jaar.\n"
    ),
    # A list of codes that deliveries bring, and one in which a row that is absent decides too.
    "ondermijning/fase.csv": (
        "fase_code,lijst_versie,fase_naam,is_aangepakt\nVW,fase_1,Voorweging,false\nOPS,fase_1,Opsporing,true\n"
    ),
    "mensenhandel/wetsartikel.csv": "lijst_versie,artikel_code,omschrijving\nartikel_1,273f,Mensenhandel\n",
    # No delivery brings its codes in a column that names this list, and a code that it lacks is unknown all the same.
    "executie/afdoening_mapping.csv": "lijst_versie,afdoening_code,is_positief\nafdoening_1,RETOUR,false\n",
    "definities/lijst_versie.csv": (
        "lijst_code,lijst_versie,geldig_vanaf,mag_groeien\nfase,fase_1,2015-01-01,true\n"
        "artikel,artikel_1,2015-01-01,false\nafdoening,afdoening_1,2015-01-01,true\n"
    ),
    "organisatie/eenheid.csv": "eenheid_code,eenheid_soort\nNN,regionaal\n",
}


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    for name, text in LISTS.items():
        file = tmp_path / "seeds" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "seeds"


@pytest.fixture
def book(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger in which one publication stands that was made by csv_aangepakt_1 and three lists."""
    remember = versions.remember
    monkeypatch.setattr(versions, "remember", lambda con, number, chosen: remember(con, number, chosen, seeds))
    paths = DataPaths(tmp_path / "data")
    paths.data.mkdir()
    build_ledger_tables(paths, 1)
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(
            """update intermediate.int_definities_gekozen set definitie_versie = 'csv_aangepakt_1';
            update intermediate.int_lijsten_gekozen set lijst_versie = 'fase_1';
            insert into intermediate.int_lijsten_gekozen values ('artikel_1'), ('afdoening_1')"""
        )
    entry = Entry(1, date(2021, 3, 1), "afdruk", "rekenwijze", 1, 1)
    with ledger.open_ledger(paths) as con:
        ledger.intend(con, paths, entry)
        ledger.confirm(con, paths, entry)
    return paths.ledger


def edit(seeds: Path, name: str, was: str, becomes: str) -> None:
    text = (seeds / name).read_text()
    assert was in text
    (seeds / name).write_text(text.replace(was, becomes))


def test_what_was_published_is_looked_at_row_by_row(book: Path, seeds: Path) -> None:
    # One definition, two phases, one provision of law, one disposal, and what is said of the versions of three lists.
    assert versions.check(book, seeds) == 8
    paths = DataPaths(book.parent)
    with ledger.open_ledger(paths) as con:
        assert ledger.audit(con, paths).faults == ()


@pytest.mark.parametrize(
    ("name", "was", "becomes", "told"),
    [
        (
            "ondermijning/fase.csv",
            "Opsporing,true",
            "Opsporing,false",
            r"fase\.csv: versie fase_1 .* publicatie 1 .* \(OPS, fase_1, true\)",
        ),
        ("ondermijning/fase.csv", "OPS,fase_1,Opsporing,true\n", "", r"verwijderd \(OPS"),
        (
            "definities/definitie.csv",
            "2015-01-01,eerste",
            "2016-01-01,eerste",
            "definitie.csv met een eigen definitie_versie",
        ),
        ("definities/definitie.csv", "2015-01-01,eerste_aanpak", "2015-01-01,in_jaar_lopend", "geldig_vanaf"),
        (
            "mensenhandel/wetsartikel.csv",
            "Mensenhandel\n",
            "Mensenhandel\nartikel_1,138ab,Computervredebreuk\n",
            "een rij bij",
        ),
    ],
)
def test_a_published_row_that_changed_is_told_with_what_to_do(
    book: Path, seeds: Path, name: str, was: str, becomes: str, told: str
) -> None:
    edit(seeds, name, was, becomes)
    with pytest.raises(VersionError, match=told):
        versions.check(book, seeds)


@pytest.mark.parametrize(
    ("name", "was", "becomes"),
    [
        # A code that nobody knew left figures open; it can be published by now.
        ("ondermijning/fase.csv", "Opsporing,true\n", "Opsporing,true\nSLUIT,fase_1,Sluiting,true\n"),
        ("executie/afdoening_mapping.csv", "RETOUR,false\n", "RETOUR,false\nafdoening_1,VERJAARD,false\n"),
        # Words for people, and an order of rows, decide nothing.
        ("ondermijning/fase.csv", "Voorweging", "De voorweging"),
        ("definities/definitie.csv", "Een keer.", "Elk csv een keer."),
        # Neither does a column more, nor a version that nothing was published by, nor a list without versions.
        (
            "mensenhandel/wetsartikel.csv",
            "omschrijving\nartikel_1,273f,Mensenhandel",
            "omschrijving,geldig\nartikel_1,273f,x,ja",
        ),
        ("definities/definitie.csv", "2024-01-01,in_jaar_lopend", "2025-01-01,eerste_aanpak"),
        ("organisatie/eenheid.csv", "regionaal", "landelijk"),
        ("ondermijning/fase.csv", "Opsporing,true\n", "Opsporing,true\nVW,fase_2,Voorweging,true\n"),
    ],
)
def test_what_changes_nothing_that_was_published_may_be_done(
    book: Path, seeds: Path, name: str, was: str, becomes: str
) -> None:
    edit(seeds, name, was, becomes)
    assert versions.check(book, seeds) == 8


def test_rows_are_kept_once_and_those_of_a_publication_that_was_broken_off_do_not_count(
    book: Path, seeds: Path
) -> None:
    edit(seeds, "definities/definitie.csv", "2024-01-01,in_jaar_lopend", "2025-01-01,eerste_aanpak")
    paths = DataPaths(book.parent)
    with ledger.open_ledger(paths) as con:
        entry = Entry(2, date(2021, 3, 1), "afdruk 2", "rekenwijze", 1, 1)
        ledger.intend(con, paths, entry)
        versions.remember(con, 2, ["csv_aangepakt_2"])
        assert con.execute("select lijst, versie from versieregel where publicatie_nr = 2").fetchall() == [
            ("definitie", "csv_aangepakt_2")
        ]
        ledger.end(con, paths, entry)
    edit(seeds, "definities/definitie.csv", "2025-01-01", "2026-01-01")
    assert versions.check(book, seeds) == 8


def test_before_the_first_publication_everything_may_change(seeds: Path, tmp_path: Path) -> None:
    assert versions.check(tmp_path / "publicaties.duckdb", seeds) == 0


YEARS = "indicator_code,definitie_versie,geldig_vanaf,jaar_van,jaar_tot,telregel\n"


@pytest.mark.parametrize(
    "rows",
    [
        # Known later for its own years: those before keep the version that they had.
        "a,a_1,2015-01-01,,,x\na,a_2,2023-03-01,2023,,y\n",
        # Of one day, year after year; the order in the list is of no matter.
        "a,a_2,2015-01-01,2021,,y\na,a_1,2015-01-01,,2020,x\n",
        # What nobody decided may hold for any years.
        "a,a_1,2015-01-01,,,x\na,a_8,,2020,2021,y\na,a_9,,2020,2022,y\n",
        # Of another indicator.
        "a,a_1,2015-01-01,,,x\nb,b_1,2015-01-01,,,x\n",
    ],
)
def test_for_each_year_one_version_holds(seeds: Path, rows: str) -> None:
    (seeds / "definities/definitie.csv").write_text(YEARS + rows)
    # With the three versions of lists.
    assert versions.check_years(seeds) == rows.count("\n") + 3


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a,a_1,2015-01-01,,,x\na,a_2,2015-01-01,2023,,y\n", "a_1 en a_2 .* gelden beide voor 2023"),
        ("a,a_1,2015-01-01,,2022,x\na,a_2,2015-01-01,2022,,y\n", "a_1 en a_2 .* gelden beide voor 2022"),
        ("a,a_1,2015-01-01,,,x\na,a_2,2015-01-01,,,y\n", "a_1 en a_2 .* gelden beide voor de eerste jaren"),
        ("a,a_1,2015-01-01,,2020,x\na,a_2,2015-01-01,2022,,y\n", "tussen a_1 en a_2 geldt er geen voor 2021"),
        (
            "a,a_1,2015-01-01,,,x\na,a_2,2023-03-01,2020,2020,y\na,a_3,2023-03-01,2022,,y\n",
            "tussen a_2 en a_3 geldt er geen voor 2021",
        ),
        ("a,a_1,2015-01-01,2019,,x\n", "voor 2019 geldt er geen: a_1"),
        ("a,a_1,2015-01-01,,2022,x\n", "na 2022 geldt er geen: a_1"),
        ("a,a_1,2015-01-01,,,x\na,a_2,2023-03-01,2023,2022,y\n", "a_2 geldt vanaf 2023 en tot en met 2022"),
        ("a,a_1,2015-01-01,,,x\na,a_2,,later,,y\n", "a_2 heeft .* iets anders dan een jaar"),
    ],
)
def test_years_with_more_than_one_version_or_none_are_told_before_anything_is_built(
    seeds: Path, rows: str, told: str
) -> None:
    (seeds / "definities/definitie.csv").write_text(YEARS + rows)
    with pytest.raises(VersionError, match=told):
        versions.check(seeds.parent / "publicaties.duckdb", seeds)


def test_years_of_a_list_are_looked_at_too(seeds: Path) -> None:
    (seeds / "definities/lijst_versie.csv").write_text(
        "lijst_code,lijst_versie,geldig_vanaf,jaar_van,jaar_tot,mag_groeien\n"
        "fase,fase_1,2015-01-01,,2020,true\nfase,fase_2,2015-01-01,2020,,true\n"
    )
    with pytest.raises(VersionError, match=r"fase_1 en fase_2 .* gelden beide voor 2020"):
        versions.check_years(seeds)


def test_for_each_year_one_version_of_the_real_lists_holds() -> None:
    assert versions.check_years() > 60


def test_the_years_of_a_published_version_stay_what_they_were(book: Path, seeds: Path) -> None:
    """It was published by a list that did not have them yet."""
    file = seeds / "definities/definitie.csv"
    file.write_text(YEARS + "csv_aangepakt,csv_aangepakt_1,2015-01-01,,,eerste_aanpak\n")
    assert versions.check(book, seeds) == 8
    file.write_text(
        YEARS + "csv_aangepakt,csv_aangepakt_1,2015-01-01,,2022,eerste_aanpak\n"
        "csv_aangepakt,csv_aangepakt_2,2015-01-01,2023,,in_jaar_lopend\n"
    )
    with pytest.raises(VersionError, match="csv_aangepakt_1 is gebruikt in publicatie 1"):
        versions.check(book, seeds)


def test_a_row_that_was_published_before_and_after_its_list_got_a_column_is_one_row(book: Path, seeds: Path) -> None:
    file = seeds / "definities/definitie.csv"
    file.write_text(YEARS + "csv_aangepakt,csv_aangepakt_1,2015-01-01,,,eerste_aanpak\n")
    paths = DataPaths(book.parent)
    with ledger.open_ledger(paths) as con:
        entry = Entry(2, date(2021, 9, 1), "afdruk 2", "rekenwijze", 1, 1)
        ledger.intend(con, paths, entry)
        ledger.confirm(con, paths, entry)
    # The definition, and what is said of the versions of lists, stand there once more.
    assert versions.check(book, seeds) == 9
    file.write_text(YEARS + "csv_aangepakt,csv_aangepakt_1,2015-01-01,,,in_jaar_lopend\n")
    with pytest.raises(VersionError, match=r"csv_aangepakt_1 is gebruikt in publicatie 1 .*gewijzigd"):
        versions.check(book, seeds)
