"""The page about a release: what is hidden says so with its reason, and no number stands there that does not leave."""

import random
import re
import stat
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import DataPaths
from orchestration.release import write_release
from orchestration.reporting import DOWNLOADS, page_beside
from orchestration.reporting.page import RELEASE, Occasion, write_report
from orchestration.reporting.tables import HIDDEN
from tests.invented_releases import UNITS, days, figure, figures, publish
from tests.pages import faults_of_structure

# The years of a table stand in its headings, and how many norms there are in the summary.
NUMBERS = re.compile(r"<td[^>]*>([^<]*\d[^<]*)</td>")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, Path, Path]:
    """Invented people, with an indicator too small in the country: the publication that was released, and the page."""
    paths = DataPaths(tmp_path_factory.mktemp("data"))
    rows = figures(next(days(random.Random(5), 1)))
    rows += [figure("oskm_daders", unit, "geen", "totaal", 3) for unit in ("NL", "NN")]
    codes = sorted({row["indicator_code"] for row in rows})
    about = [
        {
            **{
                "indicator_code": code,
                "indicator_naam": code,
                "thema_code": "t",
                "thema_naam": "Thema",
                "volgorde": place,
            },
            **{
                "eenheid_van_maat": "pct" if code.endswith("pct") else "verdachte",
                "eenheid_van_maat_naam": "verdachten",
            },
            **{"meetwijze": "aantal", "oordeel_regel": "minimaal", "bron": "bron", "definitie": "Wat telt."},
        }
        for place, code in enumerate(codes)
    ]
    eenheden = [
        {"eenheid_code": unit, "eenheid_naam": unit, "volgorde": place} for place, unit in enumerate(("NL", *UNITS))
    ]
    agenda = [{"agenda_code": "va", "agenda_naam": "Agenda", "jaar_van": 2020, "jaar_tot": 2020}]
    source = publish(paths.data, rows, {"dim_indicator": about, "dim_eenheid": eenheden, "dim_agenda": agenda})
    file = write_release(paths).file
    page = page_beside(file)
    assert page is not None
    return paths, source, page


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(query).fetchall()


def of_themes(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    return text[text.index('id="thema-t"') : text.index('id="afspraken"')]


def numbers(page: Path) -> set[float]:
    """The numbers in the cells of tables about figures."""
    cells = [unescape(cell) for cell in NUMBERS.findall(of_themes(page))]
    # A mark that refers to a note, and years, are no figures.
    found = [re.sub(rf"{HIDDEN} \d+|\b20\d\d\b", "", cell) for cell in cells]
    return {
        float(each.replace(".", "").replace(",", "."))
        for cell in found
        for each in re.findall(r"\d[\d.]*(?:,\d+)?", cell)
    }


def figures_of(file: Path) -> set[float]:
    """Every number of the tables of figures that a file shows."""
    found: set[float] = set()
    for table in ("fct_realisatie", "fct_voortgang", "fct_verwachting"):
        for row in ask(file, f"select columns(c -> true) from marts.{table}"):
            found |= {float(value) for value in row if value is not None and not isinstance(value, str | bool | date)}
    return found


def test_every_number_on_the_page_is_in_the_release(released: tuple[DataPaths, Path, Path]) -> None:
    paths, source, page = released
    (file,) = page.parent.glob("*.duckdb")
    allowed = figures_of(file) | {round(each, 1) for each in figures_of(file)}
    assert len(numbers(page)) > 20
    assert numbers(page) - allowed == set()
    # The same page of the publication shows what is hidden, so that a leak would be seen.
    inside = write_report(source, paths.data, Occasion(is_publication=False))
    assert numbers(inside) - allowed


def test_each_hidden_number_says_so_and_a_note_says_why(released: tuple[DataPaths, Path, Path]) -> None:
    _, _, page = released
    (file,) = page.parent.glob("*.duckdb")
    # Shown are the country, its splits, and each eenheid as a whole.
    ((hidden,),) = ask(
        file,
        """select count(*) from marts.fct_realisatie where "CONF_STATUS" <> 'F'
        and (uitsplitsing_soort = 'geen') <> (eenheid_code = 'NL')""",
    )
    assert hidden > 5
    text = of_themes(page)
    tables = re.split(r"<caption>", text)
    marked = sum(
        len(re.findall(rf"<td>{HIDDEN} \d", table)) for table in tables if not table.startswith("Cijfer en norm")
    )
    # The one that is too small in the country stands among all others of its theme as well.
    assert marked == hidden + 1
    assert text.count(f"<td>{HIDDEN} 1</td>") and f"<p>{HIDDEN} 1: klein aantal. Het aantal is kleiner dan" in text
    assert "samenhang met een klein aantal" in text
    assert "Het cijfer over 2020 is niet vrijgegeven. Het aantal is kleiner dan de drempel" in text
    assert "Niet vrijgegeven, en waarom" in text


def test_the_page_is_whole_and_tells_nothing_of_deliveries(released: tuple[DataPaths, Path, Path]) -> None:
    _, _, page = released
    text = page.read_text(encoding="utf-8")
    assert faults_of_structure(text) == []
    assert 'id="leveringen"' not in text and 'id="aansluiting"' not in text and 'id="veranderd"' not in text
    assert "niet afgeschermd" not in text


def test_the_page_needs_nothing_but_the_release(released: tuple[DataPaths, Path, Path], tmp_path: Path) -> None:
    _, _, page = released
    (file,) = page.parent.glob("*.duckdb")
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    assert of_themes(write_report(copy, tmp_path, RELEASE)) == of_themes(page)


def test_everybody_may_read_all_of_a_release(released: tuple[DataPaths, Path, Path]) -> None:
    _, _, page = released
    files = [each for each in page.parent.rglob("*") if each.is_file()]
    assert len(list((page.parent / DOWNLOADS).glob("*.csv"))) > 4
    assert [each for each in files if stat.S_IMODE(each.stat().st_mode) != 0o444] == []
    assert stat.S_IMODE(page.parent.stat().st_mode) & 0o055 == 0o055
