"""Write, audit, publish: complete, read-only, unchanged when nothing changed, settled after a crash."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import ledger, publishing
from orchestration.paths import DataPaths, version
from orchestration.publishing import AuditError, publish
from orchestration.reporting import PAGE
from tests.unit.conftest import build_ledger_tables

TABLES = ["dim_proef", "fct_publicatie", "fct_voortgang"]


def build(paths: DataPaths, figure: int, demo: bool = False) -> None:
    """Make a warehouse with three marts and one table that is nobody's business."""
    paths.warehouse.unlink(missing_ok=True)
    build_ledger_tables(paths, figure)
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(
            f"""create schema marts;
            create table staging.geheim as select 1 as persoon;
            create table marts.fct_publicatie (publicatie_nr integer, soort varchar, gepubliceerd_op timestamp,
                peildatum date, vingerafdruk varchar, rekenwijze varchar, aantal_tabellen integer,
                aantal_rijen bigint, keten_sha256 varchar);
            comment on table marts.fct_publicatie is 'Een rij per publicatie.';
            create table marts.dim_proef as select 'a' as code;
            create table marts.fct_voortgang as
                select date '2020-01-01' as peildatum, {figure} as realisatie, {demo} as is_demo;
            comment on table marts.dim_proef is 'Een rij per proef.';
            comment on column marts.dim_proef.code is 'De code; ook een ''aanhaling''.';
            comment on table marts.fct_voortgang is 'Een rij per cijfer.';
            comment on column marts.fct_voortgang.peildatum is 'De peildatum.';
            comment on column marts.fct_voortgang.realisatie is 'Het cijfer.';
            comment on column marts.fct_voortgang.is_demo is 'Of het cijfer verzonnen is.'"""
        )
        for (column,) in con.sql(
            "select column_name from duckdb_columns() where table_name = 'fct_publicatie'"
        ).fetchall():
            con.execute(f"comment on column marts.fct_publicatie.{column} is 'Over de publicatie.'")


def figure(paths: DataPaths) -> int:
    with duckdb.connect(str(paths.published), read_only=True) as con:
        return con.sql("select realisatie from marts.fct_voortgang").fetchall()[0][0]


def events(paths: DataPaths) -> list[tuple[int, str]]:
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        return con.sql("select publicatie_nr, soort from gebeurtenis order by rowid").fetchall()


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    made = DataPaths(tmp_path / "data")
    made.data.mkdir()
    build(made, 1)
    return made


def test_published_file_holds_the_marts_and_their_descriptions_only(paths: DataPaths) -> None:
    publication = publish(paths, TABLES)
    assert (publication.number, publication.is_new) == (1, True)
    assert publication.rows == {"dim_proef": 1, "fct_publicatie": 0, "fct_voortgang": 1}
    with duckdb.connect(str(paths.published), read_only=True) as con:
        assert con.sql("select table_schema, table_name from information_schema.tables order by all").fetchall() == [
            ("marts", "dim_proef"),
            ("marts", "fct_publicatie"),
            ("marts", "fct_voortgang"),
        ]
        comments = con.sql("select comment from duckdb_columns() where column_name = 'code'").fetchall()
        assert comments == [("De code; ook een 'aanhaling'.",)]
        told = con.sql("select comment from duckdb_tables() where table_name = 'fct_publicatie'").fetchall()
        assert told == [
            (f"Een rij per publicatie. Dit bestand is geschreven door versie {version()} van de Veiligheidsagenda.",)
        ]
    assert str(paths.published.readlink()) == "versies/00001/veiligheidsagenda.duckdb"
    assert paths.published.stat().st_mode & 0o777 == 0o444
    assert events(paths) == [(1, "voornemen"), (1, "bevestigd")]


def test_the_file_names_its_own_publication_as_the_ledger_does(paths: DataPaths) -> None:
    publish(paths, TABLES)
    with duckdb.connect(str(paths.published), read_only=True) as con:
        own = con.sql("select publicatie_nr, soort, gepubliceerd_op, keten_sha256 from marts.fct_publicatie").fetchall()
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        intent = con.sql(
            "select publicatie_nr, 'gepubliceerd', vastgelegd_op, sha256 from gebeurtenis where soort = 'voornemen'"
        ).fetchall()
    assert own == intent
    assert len(own) == 1


def test_each_table_stands_beside_the_file_as_parquet_with_its_rows_types_and_description(
    paths: DataPaths,
) -> None:
    publish(paths, TABLES)
    folder = paths.published.resolve().parent / "parquet"
    assert sorted(file.name for file in folder.iterdir()) == [f"{table}.parquet" for table in TABLES]
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o444}
    with duckdb.connect() as con:
        con.execute(f"attach '{paths.published}' as bestand (read_only)")
        for table in TABLES:
            beside = f"read_parquet('{folder / table}.parquet')"
            described = [con.sql(f"describe from {rows}").fetchall() for rows in (beside, f"bestand.marts.{table}")]
            assert [row[:2] for row in described[0]] == [row[:2] for row in described[1]]
            rows = con.sql(f"from {beside}").fetchall()
            assert rows == con.sql(f"from bestand.marts.{table}").fetchall()
            assert len(rows) == 1, "also the row of the publication itself"
        told = con.sql(f"from parquet_kv_metadata('{folder / 'dim_proef'}.parquet')").fetchall()
    assert [(key, value) for _, key, value in told] == [(b"omschrijving", b"Een rij per proef.")]


def test_parquet_that_does_not_hold_what_the_file_holds_leaves_the_earlier_publication(paths: DataPaths) -> None:
    publish(paths, TABLES)
    build(paths, 2)
    with duckdb.connect(str(paths.warehouse)) as con:
        # Parquet has no whole numbers of this size, and would give back another kind of number.
        con.execute(
            """create or replace table marts.dim_proef as select 170141183460469231731687303715884105727 as code;
            comment on table marts.dim_proef is 'Een rij per proef.';
            comment on column marts.dim_proef.code is 'De code.'"""
        )
    with pytest.raises(AuditError, match=r"dim_proef\.parquet: gelezen worden 1 rijen"):
        publish(paths, TABLES)
    assert figure(paths) == 1
    build(paths, 2)
    assert publish(paths, TABLES).is_new
    assert figure(paths) == 2
    assert (2, "afgebroken") in events(paths)


def test_nothing_changed_publishes_nothing(paths: DataPaths) -> None:
    publish(paths, TABLES)
    again = publish(paths, TABLES)
    assert (again.number, again.is_new) == (1, False)
    assert [folder.name for folder in paths.versions.iterdir()] == ["00001"]


def test_an_open_reader_keeps_its_file_and_a_new_one_sees_the_new(paths: DataPaths) -> None:
    publish(paths, TABLES)
    with duckdb.connect(str(paths.published), read_only=True) as reader:
        build(paths, 2)
        assert publish(paths, TABLES).number == 2
        assert reader.sql("select realisatie from marts.fct_voortgang").fetchall() == [(1,)]
        assert figure(paths) == 2


LONG_READER = """
import sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as con:
    print(con.sql("select max(realisatie) from marts.fct_voortgang").fetchall()[0][0], flush=True)
    sys.stdin.readline()
    print(con.sql("select count(*), sum(length(code)) from marts.dim_proef").fetchall()[0], flush=True)
"""


def test_who_holds_the_file_while_nights_pass_reads_it_to_the_end(paths: DataPaths) -> None:
    """Of rows that he had not read yet too, when its folder has long made room: the system keeps what is open."""
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute("insert into marts.dim_proef select repeat(n::varchar, 9) from range(100000, 300000) as r(n)")
    publish(paths, TABLES)
    held = paths.published.resolve()
    reader = subprocess.Popen(
        [sys.executable, "-c", LONG_READER, str(paths.published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline().strip() == "1"
    for number in range(2, 6):
        build(paths, number)
        publish(paths, TABLES)
    assert (figure(paths), held.exists()) == (5, False)
    told, _ = reader.communicate("verder\n", timeout=60)
    # 200,000 codes of 6 x 9 signs, and the one of 1.
    assert told.strip() == str((200_001, 200_000 * 54 + 1))


def test_three_versions_are_kept(paths: DataPaths) -> None:
    for number in range(1, 6):
        build(paths, number)
        publish(paths, TABLES)
    assert sorted(folder.name for folder in paths.versions.iterdir()) == ["00003", "00004", "00005"]
    assert figure(paths) == 5


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("drop table marts.dim_proef", "dim_proef is niet gebouwd"),
        ("comment on column marts.dim_proef.code is null", "dim_proef.code heeft geen omschrijving"),
        ("delete from marts.fct_voortgang", "fct_voortgang is leeg"),
    ],
)
def test_what_is_not_complete_leaves_the_earlier_file(paths: DataPaths, damage: str, told: str) -> None:
    publish(paths, TABLES)
    build(paths, 2)
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(damage)
    with pytest.raises(AuditError, match=told):
        publish(paths, TABLES)
    assert figure(paths) == 1
    assert [folder.name for folder in paths.versions.iterdir()] == ["00001"]


def test_what_rests_on_made_up_deliveries_says_so_in_every_table(paths: DataPaths) -> None:
    assert not publish(paths, TABLES).is_demo
    build(paths, 2, demo=True)
    assert publish(paths, TABLES).is_demo
    with duckdb.connect(str(paths.published), read_only=True) as con:
        comments = [comment for (comment,) in con.sql("select comment from duckdb_tables()").fetchall()]
    assert len(comments) == len(TABLES)
    assert all(comment.startswith("Demo: deze cijfers rusten op verzonnen leveringen. Een rij") for comment in comments)


def test_a_value_that_changed_on_the_way_leaves_the_earlier_file(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(paths, TABLES)
    build(paths, 2)
    copy = publishing._copy_table

    def copy_badly(con: duckdb.DuckDBPyConnection, table: str, remark: str) -> None:
        copy(con, table, remark)
        if table == "fct_voortgang":
            con.execute("update doel.marts.fct_voortgang set realisatie = 999999")

    monkeypatch.setattr(publishing, "_copy_table", copy_badly)
    with pytest.raises(AuditError, match="fct_voortgang"):
        publish(paths, TABLES)
    assert figure(paths) == 1


def test_no_tables_is_an_error_and_not_an_empty_publication(paths: DataPaths) -> None:
    with pytest.raises(AuditError, match="geen enkele mart"):
        publish(paths, [])


@pytest.mark.parametrize(("crash_in", "outcome", "seen"), [("_swap", "afgebroken", 1), ("confirm", "bevestigd", 2)])
def test_interrupted_publication_is_settled_by_the_next(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, crash_in: str, outcome: str, seen: int
) -> None:
    publish(paths, TABLES)
    build(paths, 2)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing if crash_in == "_swap" else ledger, crash_in, crash)
        with pytest.raises(KeyboardInterrupt):
            publish(paths, TABLES)
    assert figure(paths) == seen
    publish(paths, TABLES)
    assert figure(paths) == 2
    assert (2, outcome) in events(paths)
    with ledger.open_ledger(paths) as book:
        assert ledger.audit(book, paths).faults == ()
        tellings = book.sql("select distinct publicatie_nr from telling").fetchall()
    assert tellings == [(2 if outcome == "bevestigd" else 3,)], "only the last publication can be compared with"


def test_the_report_is_there_before_readers_see_the_publication(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def report(file: Path) -> Path:
        seen.append(paths.published.exists())
        page = file.parent / PAGE
        page.write_text("rapport")
        return page

    monkeypatch.setattr(publishing, "report_beside", report)
    publish(paths, TABLES)
    page = paths.published.resolve().parent / PAGE
    assert (seen, page.read_text()) == ([False], "rapport")
    publish(paths, TABLES)
    assert len(seen) == 1, "what was published with it is not made again"


def test_a_report_that_could_not_be_made_is_made_by_the_next_run_and_is_no_damage(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "report_beside", lambda _: None)
    publish(paths, TABLES)
    page = paths.published.resolve().parent / PAGE
    monkeypatch.setattr(publishing, "report_beside", lambda file: (file.parent / PAGE).write_text("rapport"))
    for _ in range(2):
        assert not publish(paths, TABLES).is_new
        assert page.read_text() == "rapport"
        assert page.parent.stat().st_mode & 0o777 == 0o555


def test_a_report_that_fails_stops_no_publication(paths: DataPaths, caplog: pytest.LogCaptureFixture) -> None:
    # Nothing of what it reads but fct_publicatie and fct_voortgang is there.
    assert publish(paths, TABLES).is_new
    assert figure(paths) == 1
    assert [file.name for file in paths.published.resolve().parent.glob("*.html")] == []
    assert "de voortgangsrapportage" in caplog.text
    assert "is niet gemaakt; de cijfers zijn er wel" in caplog.text
