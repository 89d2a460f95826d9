"""The picture of all figures against what was asked that Dagster shows: its words, its data, its size."""

import base64
import re

import duckdb

from orchestration.reporting.overview import _place, overview

# Of 2022 of the first, of the third and of 2021 of the fifth nothing can be said: then there is no difference either.
MARTS = """
create schema marts;
create table marts.dim_indicator as from (values
    ('a', 'Eerste', 2), ('b', 'Tweede', 1), ('c', 'Derde', 3), ('d', 'Aandeel', 4), ('e', 'Toename', 5))
    as rij (indicator_code, indicator_naam, volgorde);
create table marts.fct_voortgang as from (values
    ('a', 'Eerste', 2020, 50, 100, null, null, -50, 50.0, 'niet_behaald', false),
    ('a', 'Eerste', 2021, 98.4, 100, null, null, -1.6, 98.4, 'niet_behaald', false),
    ('a', 'Eerste', 2022, 7, 100, null, null, null, null, 'geen_oordeel', false),
    ('b', 'Tweede', 2022, 900, 100, null, null, 800, 900.0, 'behaald', false),
    ('c', 'Derde', 2022, 3, null, null, null, null, null, 'geen_norm', false),
    ('d', 'Aandeel', 2021, 26, 40, null, null, -14, null, 'niet_behaald', false),
    ('e', 'Toename', 2020, 7, null, 2019, 39, -32, null, 'niet_behaald', false),
    ('e', 'Toename', 2021, 50, null, 2019, 39, null, null, 'geen_oordeel', false))
    as rij (indicator_code, indicator_naam, jaar, realisatie, streefcijfer, referentie_jaar, referentie_waarde,
        verschil, realisatie_pct, oordeel, is_demo)
"""
# 100 x 26 / 40, and 100 x 7 / 39.
ALL = [
    "Tweede (2022) 900% behaald",
    "Eerste (2021) 98% niet behaald",
    "Aandeel (2021) 65% niet behaald",
    "Toename (2020, meer dan 2019 gevraagd) 18% niet behaald",
]


def drawn(con: duckdb.DuckDBPyConnection, *first: str) -> tuple[str, list[str], str]:
    """The title, what the picture shows in words, and the picture."""
    told = overview(con, first)
    found = re.fullmatch(r"!\[(.*?): (\w+ \(20.*)\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", told)
    assert found
    # It is kept with every night.
    assert len(told) < 60_000
    title, words, picture = found.groups()
    return title, words.split("; "), base64.b64decode(picture).decode()


def test_it_shows_the_newest_year_of_each_figure_that_is_held_against_something_in_words_too() -> None:
    with duckdb.connect() as con:
        con.execute(MARTS)
        title, words, svg = drawn(con)
    assert words == ALL
    assert "demo" not in title and "demo" not in svg
    assert svg.startswith("<svg") and "Eerste (2021)" in svg and "Derde" not in svg


def test_each_bar_has_its_verdict_in_words_and_nothing_is_written_over_anything() -> None:
    with duckdb.connect() as con:
        con.execute(MARTS)
        _, _, svg = drawn(con)
    written = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    for text in ("900% behaald", "98% niet behaald", "65% niet behaald", "18% niet behaald"):
        assert written.count(text) == 1
    # There is no legend in the place where the longest bar ends.
    assert "oordeel" not in written and "behaald" not in written


def test_no_text_is_written_across_the_line_of_the_norm() -> None:
    # Of 180% on 420 pixels one is 2.33; 16 signs of 6 pixels are 41%.
    assert _place(58, 180, "58% niet behaald") == 58
    assert _place(60, 180, "60% niet behaald") == 100
    assert _place(99, 180, "99% niet behaald") == 100
    assert _place(120, 180, "120% behaald") == 120


def test_what_is_asked_for_comes_first_and_made_up_figures_say_so() -> None:
    with duckdb.connect() as con:
        con.execute(MARTS + "; update marts.fct_voortgang set is_demo = true")
        title, words, svg = drawn(con, "d")
    assert words == [ALL[2], *ALL[:2], ALL[3]]
    assert title.endswith("(demo: verzonnen cijfers)") and "verzonnen" in svg


def test_without_a_norm_there_is_a_sentence() -> None:
    with duckdb.connect() as con:
        con.execute(MARTS + "; delete from marts.fct_voortgang where verschil is not null")
        assert overview(con) == "Er is nog geen cijfer met een norm."
