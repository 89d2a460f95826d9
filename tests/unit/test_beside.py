"""Questions beside the present: of which versions it can be asked what the figures would be under them."""

import duckdb

from orchestration.beside import VERSIONS


def test_a_version_that_decides_for_some_years_only_leaves_a_question_and_one_that_decides_for_all_does_not() -> None:
    with duckdb.connect() as con:
        con.execute(
            """create schema marts;
            create table marts.dim_definitie (definitie_versie varchar, indicator_code varchar, is_gekozen boolean);
            insert into marts.dim_definitie values
            ('csvs_1', 'csvs', true), ('csvs_2', 'csvs', true), ('csvs_3', 'csvs', false), ('beslag_1', 'beslag', true);
            create table marts.dim_lijst_versie (lijst_versie varchar, lijst_code varchar, is_gekozen boolean);
            insert into marts.dim_lijst_versie values
            ('fase_1', 'fase', true), ('fase_2', 'fase', true),
            ('melder_1', 'melder', true), ('melder_2', 'melder', false);
            """
        )
        answered = dict(con.execute(VERSIONS).fetchall())
    assert {version for version, is_answered in answered.items() if is_answered} == {"beslag_1", "melder_1"}
    assert len(answered) == 8
