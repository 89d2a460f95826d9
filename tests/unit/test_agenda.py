"""The registers of agreements and of notes, held against the text of the agenda itself.

The text lies beside the checkout and not in it; without it only what was typed from it here is checked.
"""

import re
from functools import cache

import pytest
import yaml

from orchestration.paths import EXPECTATIONS, ROOT
from tests.unit.conftest import seed

TEXT = ROOT.parent / "shared" / "bron" / "veiligheidsagenda-2019-2022.txt"
HEADING = re.compile(r"^#+ \**(\d[a-e]?(?:\.\d)?|Migratietaak)\b")
ITEM = re.compile(r"^\s*(?:-|\d\.) ")

# Typed from the text, so that they hold where it is absent.
PARAGRAPHS = {"1", "2a", "2b", "2c.1", "2c.2", "2d", "3", "3a", "3b", "3c", "3d", "3e", "migratietaak", "4", "5"}
AGREEMENT_LINES = [53, 54, 62, 63, 69, 70, 76, 77, 78, 79, 104, 136, 214]
ITEMS_OF_PARAGRAPH_4 = 6
INCONSISTENCIES = 25
# Footnotes that do no more than name a source.
SOURCES_ONLY = {1, 2, 3, 9, 12}


def agreements() -> list[dict[str, str]]:
    return [row for row in seed("afspraak") if row["agenda_code"] == "va_2019_2022"]


def lines_of(rows: list[dict[str, str]]) -> set[int]:
    return {
        line for row in rows if row["regel_van"] for line in range(int(row["regel_van"]), int(row["regel_tot"]) + 1)
    }


@cache
def text() -> dict[int, str]:
    """The lines of the agenda by their number."""
    if not TEXT.is_file():
        pytest.skip(
            f"the text of the agenda does not lie beside this checkout ({TEXT.name}); its counts are typed here"
        )
    return dict(enumerate(TEXT.read_text(encoding="utf-8").splitlines(), start=1))


def paragraph_of_each_line() -> dict[int, str]:
    """The paragraph that each line with a text of its own stands in."""
    paragraph, found = "", {}
    for number, line in text().items():
        heading = HEADING.match(line)
        if heading:
            paragraph = heading[1].lower()
        elif paragraph and line.strip() and not line.startswith("#"):
            found[number] = paragraph
    return found


def test_each_paragraph_has_an_agreement() -> None:
    assert {row["paragraaf"] for row in agreements()} == PARAGRAPHS


def test_each_line_that_says_afspraak_is_covered() -> None:
    assert len(AGREEMENT_LINES) == 13
    assert set(AGREEMENT_LINES) <= lines_of(agreements())


def test_paragraph_4_has_its_six_items() -> None:
    assert len([row for row in agreements() if row["paragraaf"] == "4"]) == ITEMS_OF_PARAGRAPH_4


def test_each_inconsistency_is_noted_once() -> None:
    numbers = [int(row["kanttekening_nr"]) for row in seed("kanttekening")]
    assert set(range(1, INCONSISTENCIES + 1)) <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert all(row["kanttekening"] and row["behandeling"] for row in seed("kanttekening"))


def test_each_rhythm_is_used_and_each_agreement_has_one() -> None:
    moments = {row["rapportagemoment_code"] for row in seed("rapportagemoment")}
    assert {row["rapportagemoment_code"] for row in seed("afspraak")} == moments


def test_each_guard_that_a_note_names_exists() -> None:
    folder = ROOT / "dbt_project"
    known = {file.stem for file in (folder / "tests").glob("*.sql")}
    for file in (folder / "models").rglob("*.yml"):
        known |= {test["name"] for test in yaml.safe_load(file.read_text(encoding="utf-8")).get("unit_tests", [])}
    for file in (EXPECTATIONS / "marts").glob("*.yml"):
        known |= {rule["name"] for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["expectations"]}
    named = {row["bewaakt_door"] for row in seed("kanttekening")} - {""}

    assert len(named) > INCONSISTENCIES / 2
    assert named - known == set()


def test_what_was_typed_here_is_what_the_text_says() -> None:
    assert [number for number, line in text().items() if "Afspraak:" in line] == AGREEMENT_LINES
    # Paragraphs 2 and 2c hold nothing but the paragraphs below them.
    assert set(paragraph_of_each_line().values()) == PARAGRAPHS
    items = [number for number, name in paragraph_of_each_line().items() if name == "4" and ITEM.match(text()[number])]
    assert len(items) == ITEMS_OF_PARAGRAPH_4


def test_each_item_and_each_row_of_a_table_is_covered() -> None:
    covered = lines_of(agreements())
    items = [number for number, line in text().items() if ITEM.match(line) or "\t" in line]

    assert len(items) > 60
    assert [f"{number}: {text()[number][:60]}" for number in items if number not in covered] == []


def test_each_agreement_stands_in_the_paragraph_that_it_names() -> None:
    paragraphs = paragraph_of_each_line()
    looked_at = 0
    for row in agreements():
        # A footnote is printed at the foot of a page, which may be in a later paragraph.
        if not row["voetnoot"]:
            assert paragraphs[int(row["regel_van"])] == row["paragraaf"], row["afspraak_code"]
            looked_at += 1
    assert looked_at > 80


def test_each_footnote_is_covered() -> None:
    footnotes = {int(number) for line in text().values() for number in re.findall(r"^<sup>(\d+)</sup>", line)}
    named = {int(row["voetnoot"]) for row in [*agreements(), *seed("kanttekening")] if row["voetnoot"]}

    assert len(footnotes) == 12
    assert footnotes - SOURCES_ONLY == named
