"""A data folder of an earlier release opens in this one, with every row; one of a later release is left alone."""

from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.migrations import LaterFormError, bring_to_form, form_of

# Typed out, as each release wrote it: what the program makes today says nothing about what it made then.
FIRST = """
create schema leveringen;
create table leveringen.levering (
    levering_nr integer primary key, registratie varchar not null, extract varchar not null, bestand varchar not null,
    bestand_grootte bigint not null, bestand_gewijzigd_ns bigint not null, inhoud_sha256 varchar not null,
    soort varchar not null, stand_datum date not null, ontvangen_op timestamp not null, geladen_op timestamp not null,
    is_demo boolean not null, sleutel_afdruk varchar, dekking_vanaf date, koppen varchar[] not null,
    aantal_records bigint, aantal_geladen bigint, aantal_apart bigint
);
create table leveringen.levering_periode (levering_nr integer not null, periode varchar not null);
create table leveringen.oordeel (
    levering_nr integer not null, oordeel varchar not null, geldt_vanaf timestamp not null,
    vastgelegd_op timestamp not null, door varchar not null, reden varchar
);
create table leveringen.apartgezet (
    levering_nr integer not null, record_nr bigint not null, kolom varchar, waarde_gemaskeerd varchar,
    reden varchar not null
);
create table leveringen.bevinding (
    levering_nr integer not null, controle varchar not null, verwachting varchar not null, ernst varchar not null,
    is_voldaan boolean not null, gevonden varchar not null, aantal_afwijkend bigint not null, aantal_bekeken bigint,
    voorbeelden json
);
insert into leveringen.levering values
    (1, 'proef', 'rijen', 'rijen_20200101.csv', 20, 7, 'abc', 'volledig', '2020-01-01', '2020-01-02', '2020-01-02',
        true, 'k', null, [], 2, 1, 1),
    (2, 'proef', 'rijen', 'rijen_20210101.csv', 21, 8, 'def', 'volledig', '2021-01-01', '2021-01-02', '2021-01-02',
        true, 'k', null, ['2020'], 3, 3, 0);
insert into leveringen.levering_periode values (2, '2020');
insert into leveringen.oordeel values
    (1, 'toegelaten', '2020-01-02', '2020-01-02', 'grens_in', null),
    (2, 'toegelaten', '2021-01-02', '2021-01-02', 'grens_in', null),
    (2, 'ingetrokken', '2021-02-01', '2021-02-01', 'jansen', 'dubbel geteld');
insert into leveringen.apartgezet values (1, 2, 'dag', '99-99-9999', 'geen dag');
insert into leveringen.bevinding values
    (1, 'minstens_een_rij', 'een rij', 'critical', true, '1', 0, 1, '[]');
"""
SETS = """
alter table leveringen.levering add column set_nr integer;
create table leveringen.herhaling (
    levering_nr integer not null, bestand varchar not null, bestand_grootte bigint not null,
    bestand_gewijzigd_ns bigint not null, ontvangen_op timestamp not null, vastgelegd_op timestamp not null
);
insert into leveringen.herhaling values (2, 'rijen_20210101_nogmaals.csv', 21, 9, '2021-03-01', '2021-03-01');
"""
LEFT = """
alter table leveringen.levering add column bestand_veranderd_ns bigint;
alter table leveringen.levering add column feiten varchar;
alter table leveringen.herhaling add column bestand_veranderd_ns bigint;
alter table leveringen.herhaling add column feiten varchar;
create table leveringen.blijft_liggen (
    registratie varchar, bestand varchar not null, reden varchar not null, wacht_tot date, gezien_op timestamp not null
);
insert into leveringen.blijft_liggen values ('proef', 'aaaa.csv', 'onbekend', null, '2021-03-01');
"""
MARKS = "alter table leveringen.levering_periode add column status varchar"
NUMBERED = "create table leveringen.vorm (vorm integer not null); insert into leveringen.vorm values (4)"
REMOVED = """
create table leveringen.verwijderd (
    levering_nr integer primary key, verwijderd_op timestamp not null, reden varchar not null, van_kracht_tot date,
    voltooid_op timestamp
);
update leveringen.vorm set vorm = 5;
"""
# Every form that was ever written, with the number that it carries.
FORMS = {
    "the first": ([FIRST], 0),
    "with sets": ([FIRST, SETS], 0),
    "with files that are left": ([FIRST, SETS, LEFT], 0),
    "with marks": ([FIRST, SETS, LEFT, MARKS], 0),
    "with its number": ([FIRST, SETS, LEFT, MARKS, NUMBERED], 4),
    "with what was removed": ([FIRST, SETS, LEFT, MARKS, NUMBERED, REMOVED], 5),
}
ROWS = {"levering": 2, "levering_periode": 1, "oordeel": 3, "apartgezet": 1, "bevinding": 1}


def count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return con.execute(f"select count(*) from leveringen.{table}").fetchall()[0][0]


def shape(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    """Every column of the register, with its type, whatever the order in which they came."""
    return con.execute(
        """select table_name, column_name, data_type, is_nullable from duckdb_columns()
        where schema_name = 'leveringen' and table_name != 'levering_met_oordeel' order by all"""
    ).fetchall()


@pytest.mark.parametrize("form", FORMS)
def test_each_form_comes_into_the_present_one_with_every_row(form: str) -> None:
    statements, number = FORMS[form]
    with duckdb.connect() as con, duckdb.connect() as fresh:
        for statement in statements:
            con.execute(statement)
        assert form_of(con, "leveringen") == number
        register.prepare(con)
        register.prepare(fresh)
        assert {table: count(con, table) for table in ROWS} == ROWS
        assert count(con, "herhaling") == (SETS in statements)
        assert count(con, "blijft_liggen") == (LEFT in statements)
        assert shape(con) == shape(fresh)
        assert form_of(con, "leveringen") == 5
        rows = register.deliveries(con)
        assert [(row.number, row.verdict, row.reason, row.set_number) for row in rows] == [
            (1, "toegelaten", None, 1),
            (2, "ingetrokken", "dubbel geteld", 2),
        ]


def test_the_newest_form_has_its_case() -> None:
    """Who adds a step adds the form that stood before it above."""
    assert max(number for _, number in FORMS.values()) == len(register.STEPS)


def test_a_later_form_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "raw.duckdb"
    with duckdb.connect(str(file)) as con:
        register.prepare(con)
        con.execute("update leveringen.vorm set vorm = 6")
    before = file.read_bytes()
    with duckdb.connect(str(file)) as con, pytest.raises(LaterFormError, match=r"heeft vorm 6, .* kent vorm 5"):
        register.prepare(con)
    assert file.read_bytes() == before


def test_a_step_that_fails_leaves_the_form_before_it() -> None:
    with duckdb.connect() as con:
        bring_to_form(con, "main", ["create table een (a integer)"], "proef")
        steps = ["create table een (a integer)", "create table twee (a integer)", "select * from nergens"]
        with pytest.raises(duckdb.CatalogException):
            bring_to_form(con, "main", steps, "proef")
        assert form_of(con, "main") == 1
        assert con.execute("select table_name from duckdb_tables() order by all").fetchall() == [("een",), ("vorm",)]
        assert bring_to_form(con, "main", steps[:2], "proef") == 1
        assert form_of(con, "main") == 2
