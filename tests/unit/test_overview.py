"""The picture of all figures against their norms that Dagster shows: its words, its data, its size."""

import base64
import re

import duckdb

from orchestration.reporting.overview import overview

MARTS = """
create schema marts;
create table marts.dim_indicator as from (values ('a', 'Eerste', 2), ('b', 'Tweede', 1), ('c', 'Derde', 3))
    as rij (indicator_code, indicator_naam, volgorde);
create table marts.fct_voortgang as from (values
    ('a', 'Eerste', 2020, 50.0, 'niet_behaald'),
    ('a', 'Eerste', 2021, 98.4, 'niet_behaald'),
    ('a', 'Eerste', 2022, null, 'geen_oordeel'),
    ('b', 'Tweede', 2022, 900.0, 'behaald'),
    ('c', 'Derde', 2022, null, 'geen_norm'))
    as rij (indicator_code, indicator_naam, jaar, realisatie_pct, oordeel)
"""


def test_it_shows_the_newest_year_of_each_figure_with_a_norm_in_words_too() -> None:
    with duckdb.connect() as con:
        con.execute(MARTS)
        told = overview(con)
    found = re.fullmatch(r"!\[(.*)\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", told)
    assert found
    words, picture = found.groups()
    assert words.endswith(": Tweede (2022) 900% behaald; Eerste (2021) 98% niet behaald")
    svg = base64.b64decode(picture).decode()
    assert svg.startswith("<svg") and "Eerste (2021)" in svg and "Derde" not in svg
    # It is kept with every night.
    assert len(told) < 60_000


def test_without_a_norm_there_is_a_sentence() -> None:
    with duckdb.connect() as con:
        con.execute(MARTS + "; delete from marts.fct_voortgang where realisatie_pct is not null")
        assert overview(con) == "Er is nog geen cijfer met een norm."
