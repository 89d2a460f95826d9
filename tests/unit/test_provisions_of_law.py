"""How provisions of law are read: every spelling that occurs becomes one, or is not read at all.

The macro is what staging uses; here it is asked of a DuckDB without dbt.
"""

from collections.abc import Callable, Collection
from itertools import product
from typing import Any

import duckdb
import jinja2
import pytest

from orchestration.paths import ROOT

MACROS = ROOT / "dbt_project" / "macros" / "canonieke_wetsartikelen.sql"

# Written, and what it is. The Criminal Code is not named, another law is, and parts below a paragraph are left out.
READ = {
    # The number and its letters.
    "273f": "273f",
    "273F": "273f",
    "273 f": "273f",
    "273  F": "273f",
    "273-f": "273f",
    "273.f": "273f",
    "273f.": "273f",
    " 273f ": "273f",
    "273\u00a0f": "273f",
    "273\u202ff": "273f",
    "273\u2009f": "273f",
    "273\u200bf": "273f",
    "273\tf": "273f",
    "273\u2013f": "273f",
    "138ab": "138ab",
    "138 ab": "138ab",
    "138 a b": "138ab",
    "138-ab": "138ab",
    "138 A B": "138ab",
    "138a": "138a",
    "138C": "138c",
    "139G": "139g",
    "326": "326",
    "77hh": "77hh",
    "36e": "36e",
    # Latin suffixes.
    "161sexies": "161sexies",
    "161 sexies": "161sexies",
    "161-sexies": "161sexies",
    "161\u2011sexies": "161sexies",
    "161 - septies": "161septies",
    "161.septies": "161septies",
    "420bis": "420bis",
    "420 ter": "420ter",
    "420quater.1": "420quater.1",
    "420bis.1": "420bis.1",
    # The word article, whole or short.
    "art. 138 c": "138c",
    "art 138c": "138c",
    "art.138c": "138c",
    "Art138c": "138c",
    "artikel 138c": "138c",
    "Artikelen 138c": "138c",
    "artt. 138c": "138c",
    "a. 138c": "138c",
    "a 138c": "138c",
    # The law before or after, whole or short.
    "138c Sr": "138c",
    "138c Sr.": "138c",
    "Sr 273 f": "273f",
    "Sr art. 273f": "273f",
    "Sr. artikel 273f": "273f",
    "Sr: 273f": "273f",
    "S.r. 273f": "273f",
    "273fSr": "273f",
    "138abSr": "138ab",
    "WvSr 138ab": "138ab",
    "138ab WvSr": "138ab",
    "138ab W.v.Sr.": "138ab",
    "138ab Wv Sr": "138ab",
    "Sr 138 ab": "138ab",
    "Sr\u00a0138\u00a0ab": "138ab",
    "Wetboek van Strafrecht artikel 273f": "273f",
    "Wetboek van Strafrecht, art. 273f": "273f",
    "artikel 273f Wetboek van Strafrecht": "273f",
    "artikel 273f van het Wetboek van Strafrecht": "273f",
    "art. 273f van het Nederlandse Wetboek van Strafrecht": "273f",
    "Wetboek\u00a0van\u00a0Strafrecht 273f": "273f",
    "Wetb. v. Str. 273f": "273f",
    "Wetb.v.Strafr. 273f": "273f",
    "273f (Sr)": "273f",
    "273f, Sr": "273f",
    "Art. 139G Sr": "139g",
    "art. 161 sexies Sr": "161sexies",
    "Sr 273f Sr": "273f",
    "Sr273f": "273f",
    "WvSr273f": "273f",
    # A paragraph.
    "317 lid 2": "317 lid 2",
    "317 lid2": "317 lid 2",
    "317lid2": "317 lid 2",
    "317 l 2": "317 lid 2",
    "317 l. 2": "317 lid 2",
    "317 l2": "317 lid 2",
    "317l2": "317 lid 2",
    "317 ld 2": "317 lid 2",
    "317 ld. 2": "317 lid 2",
    "317/2": "317 lid 2",
    "317, 2": "317 lid 2",
    "317, lid 2": "317 lid 2",
    "317 (lid 2)": "317 lid 2",
    "317 tweede lid": "317 lid 2",
    "317, tweede lid, Sr": "317 lid 2",
    "317 2e lid": "317 lid 2",
    "317 2de lid": "317 lid 2",
    "Art. 317 Sr lid 2": "317 lid 2",
    "Sr 317 lid 2": "317 lid 2",
    "artikel 317, tweede lid, van het Wetboek van Strafrecht": "317 lid 2",
    "273 f lid 1 Sr": "273f lid 1",
    "138 ab lid 3": "138ab lid 3",
    "36e lid 2": "36e lid 2",
    # Paragraphs.
    "317 lid 1 en 2": "317 lid 1,2",
    "317 lid 1, 2": "317 lid 1,2",
    "317 lid 1/2": "317 lid 1,2",
    "317 lid 1 en lid 2": "317 lid 1,2",
    "317 leden 1 en 2": "317 lid 1,2",
    "317, leden 1, 2 en 3": "317 lid 1,2,3",
    "317 eerste en tweede lid": "317 lid 1,2",
    "317 lid 1 & 2 Sr": "317 lid 1,2",
    "317 lid 1 of 2": "317 lid 1,2",
    "317 lid 1 jo lid 2": "317 lid 1,2",
    "317 lid 1 t/m 3": "317 lid 1,2,3",
    "317 lid 1 tot en met 3 Sr": "317 lid 1,2,3",
    "317 lid 1-3": "317 lid 1,2,3",
    # What is below a paragraph.
    "273f lid 1 sub 1": "273f lid 1",
    "273f lid 1 onder 1": "273f lid 1",
    "273f lid 1 onder 1\u00b0": "273f lid 1",
    "273f lid 1 aanhef en onder 4": "273f lid 1",
    "273f, eerste lid, aanhef en onder 1\u00b0, Sr": "273f lid 1",
    "art 273f lid 1 ahf/sub 1 Wetboek van Strafrecht": "273f lid 1",
    "273f lid 1 onder 1, 4 en 6": "273f lid 1",
    "273f lid 1 onder 1 t/m 4": "273f lid 1",
    "273f lid 3 ahf/ond 2": "273f lid 3",
    "138ab lid 2 onder a": "138ab lid 2",
    "273f/1": "273f lid 1",
    "art. 273f lid 1, sub 1 en 4 Sr": "273f lid 1",
    "273f Sr lid 1 sub 1": "273f lid 1",
    "138ab onderdeel b": "138ab",
    "311 lid 1 ten 4e": "311 lid 1",
    # More than one provision.
    "273f jo 45": "273f; 45",
    "273f jo. 45 Sr": "273f; 45",
    "45 jo 273f Sr": "45; 273f",
    "273f juncto 47 Sr": "273f; 47",
    "273f j\u00b0 45": "273f; 45",
    "317 lid 2 jo 312 Sr": "317 lid 2; 312",
    "317, leden 1 en 2, jo. 45 Sr": "317 lid 1,2; 45",
    "138ab en 350a": "138ab; 350a",
    "138ab, 138b en 350c Sr": "138ab; 138b; 350c",
    "138ab/350a": "138ab; 350a",
    "artikelen 138ab en 350a van het Wetboek van Strafrecht": "138ab; 350a",
    "art. 138ab Sr, art. 350a Sr": "138ab; 350a",
    "138ab Sr; 350a Sr": "138ab; 350a",
    "317 lid 1 en 318 Sr": "317 lid 1; 318",
    "47/317": "47; 317",
    "317 lid 1 jo. 312 lid 2 onder 2 Sr": "317 lid 1; 312 lid 2",
    "138ab lid 1 jo 45 lid 1 Sr": "138ab lid 1; 45 lid 1",
    "47 lid 1 onder 1 jo 273f": "47 lid 1; 273f",
    "138ab, eerste lid, jo. 139d, tweede lid, Sr": "138ab lid 1; 139d lid 2",
    "273f lid 1 sub 1 jo lid 3 sub 1": "273f lid 1,3",
    "artikel 273f, lid 1, aanhef en onder 1, 4, 6 en 9, en lid 3 onder 1 en 2 Sr": "273f lid 1,3",
    "310/311": "310; 311",
    "317/45": "317; 45",
    # Another law.
    "2 Opiumwet": "2 opiumwet",
    "Opiumwet 2": "2 opiumwet",
    "art. 2 onder C Opiumwet": "2 opiumwet",
    "Opiumwet artikel 3 onder B": "3 opiumwet",
    "10 lid 4 Opw": "10 lid 4 opiumwet",
    "11 lid 2 Opiumwet": "11 lid 2 opiumwet",
    "26 WWM": "26 wwm",
    "26 lid 1 Wet wapens en munitie": "26 lid 1 wwm",
    "WED 1a": "1a wed",
    "138c Sv": "138c sv",
    "Sv 138c": "138c sv",
    "art. 139c Wetboek van Strafvordering": "139c sv",
    "139c WvSv": "139c sv",
    "art. 8 lid 2 WVW 1994": "8 lid 2 wvw",
    "8 Wegenverkeerswet 1994": "8 wvw",
    "139c Wetboek van Militair Strafrecht": "139c srm",
    "286f Sr BES": "286f srbes",
    "317 Sr jo 26 WWM": "317; 26 wwm",
    "Opiumwet": "opiumwet",
}
# Written so that it cannot be read for certain; what it must not be taken for is what its digits may be.
NOT_READ = (
    "",
    "mensenhandel",
    "273f (oud)",
    "273f bis?",
    "oud 273f",
    "138abc",
    "317 l",
    "317 j 45",
    "317 en 2",
    "317 lid 1 jo 3",
    "317 lid",
    "317 lid a",
    "317.2",
    "317 is",
    "317en318",
    "138ab-138c",
    "138ab t/m 139e",
    "27 3f",
    "2 73f",
    "273f 4x",
    "273f wetboek",
    "138ab en 2 Opiumwet",
    "2 en 3 Opiumwet",
    "Sr 317, Opiumwet 2",
    "2/3 Opiumwet",
    "artikel 2 aanhef en onder B jo artikel 10 lid 4 Opiumwet",
    "138c Luchtvaartwet",
    "273f @ Sr",
    "273f~Opiumwet",
    "317 lid 1 t/m 9",
)


# An article of a list, and what it is and is not, or cannot be told from.
IS_ONE_OF_A_LIST = {
    "273f": (("273f", "273f lid 1 Sr", "45 jo 273f", "273f/138ab"), ("273g", "273fa", "273", "1273f Sr", "273f Sv")),
    "317 lid 2": (
        ("317 lid 2", "317 lid 1 en 2", "317 lid 2 jo 45", "317 lid 1 t/m 3"),
        ("317", "317 lid 1", "317 lid 12", "317 lid 1 en 3", "2 lid 2"),
    ),
    "138c": (("138C", "Sr 138 c", "138ab, 138c Sr"), ("138ab", "138c Sv", "Wetboek van Strafvordering 138c")),
}


Read = Callable[[Collection[str]], dict[str, str]]
IsOne = Callable[[Collection[str], str], dict[str, bool]]


@pytest.fixture(scope="module")
def macros() -> Any:
    """The macros as dbt has them; what they make is SQL, and nobody's page."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    return environment.from_string(MACROS.read_text(encoding="utf-8")).module


@pytest.fixture(scope="module")
def read(macros: Any) -> Read:
    """What is written, with what is read."""
    query = macros.canonieke_wetsartikelen("(select unnest(?) as geschreven) as bron", "geschreven")
    con = duckdb.connect()
    return lambda written: dict(con.execute(query, [list(written)]).fetchall())


@pytest.fixture(scope="module")
def is_one(macros: Any, read: Read) -> IsOne:
    """What is written, with whether it is or may be this article of a list."""
    verdict = macros.is_wetsartikel("gelezen", "artikel")
    query = f"select gelezen, {verdict} from (select unnest(?) as gelezen, ? as artikel)"
    con = duckdb.connect()

    def judged(written: Collection[str], article: str) -> dict[str, bool]:
        found = read(written)
        verdicts = dict(con.execute(query, [list(found.values()), article]).fetchall())
        return {each: verdicts[found[each]] for each in written}

    return judged


def test_every_spelling_is_read_as_what_it_is(read: Read) -> None:
    assert read(READ) == READ
    assert len(READ) > 150


def test_what_cannot_be_read_for_certain_is_not_read(read: Read) -> None:
    assert [written for written, found in read(NOT_READ).items() if not found.startswith("? ")] == []


@pytest.mark.parametrize("article", IS_ONE_OF_A_LIST)
def test_a_provision_is_that_of_a_list_whatever_stands_around_it(article: str, is_one: IsOne) -> None:
    those, others = IS_ONE_OF_A_LIST[article]
    assert is_one((*those, *others), article) == dict.fromkeys(those, True) | dict.fromkeys(others, False)


def test_what_is_not_read_may_be_every_article_of_which_it_has_the_digits(is_one: IsOne) -> None:
    may_be = ("273f (oud)", "27 3f", "mensenhandel", "")
    cannot_be = ("2 en 3 Opiumwet", "138c Luchtvaartwet")
    assert is_one((*may_be, *cannot_be), "273f") == dict.fromkeys(may_be, True) | dict.fromkeys(cannot_be, False)
    assert is_one(["138c Luchtvaartwet"], "138ab") == {"138c Luchtvaartwet": True}


# Every way to write three articles of the lists, put together of what people write before, within and after them.
BEFORE = ("", "art. ", "Art ", "artikel ", "Sr ", "Sr art. ", "WvSr ", "Wetboek van Strafrecht artikel ")
SPACE = ("", " ", "  ", "\u00a0", "-", ".")
PARAGRAPH = ("", " lid 2", " l 2", ", tweede lid", "/2", " lid2", " lid 2 onder a", ", lid 2, aanhef en onder 1\u00b0")
AFTER = ("", " Sr", ", Sr", " WvSr", " van het Wetboek van Strafrecht", " Sr.")


@pytest.mark.parametrize(("number", "letters"), [("273", "f"), ("138", "ab"), ("161", "sexies"), ("317", "")])
def test_what_people_write_around_an_article_never_makes_it_another(number: str, letters: str, read: Read) -> None:
    meant = {}
    for before, space, paragraph, after in product(BEFORE, SPACE if letters else ("",), PARAGRAPH, AFTER):
        written = f"{before}{number}{space}{letters}{paragraph}{after}"
        for spelled in (written, written.upper(), written.replace(" ", "\u00a0")):
            meant[spelled] = f"{number}{letters}{' lid 2' if paragraph else ''}"
    assert read(meant) == meant


def test_a_sign_too_many_leaves_an_article_what_it_is_or_open(is_one: IsOne) -> None:
    slips = {
        f"{written[:place]}{sign}{written[place:]}"
        for written in ("273f", "Sr 273f", "art. 273f lid 1 Sr")
        for place in range(len(written) + 1)
        for sign in " .,;/-()?:'\"_*\u00a0"
    }
    assert [slip for slip, may_be in is_one(slips, "273f").items() if not may_be] == []
