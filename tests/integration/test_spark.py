"""On Spark every table is that of DuckDB, row for row; and what would run there and answer differently does not.

On this machine alone; in `make soak` on a master with two workers, which the test starts and stops, with the rows
spread over many tasks, an earlier day asked first, and a whole night from inbox to publication.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.__main__ import main
from orchestration.building import ENGINES, PRESENT, Builder, Question
from orchestration.paths import DATA_SETTING, ENGINE_SETTING, MASTER_SETTING, BesidePaths, DataPaths
from orchestration.recording import recorded
from orchestration.spark import session as spark_session
from tests.comparison import differences
from tests.integration.conftest import WHOLE, ask, copy_of, long

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed here: make spark installs it")
if (spark_session._version_of(spark_session._java() or "java") or 0) < spark_session.LEAST_JAVA:
    pytest.skip("Java 17 is not installed; on Debian: apt-get install openjdk-17-jre-headless", allow_module_level=True)

protocol = pytest.importorskip("py4j.protocol")

# These import sqlglot, which comes with Spark.
from orchestration.spark import dialect  # noqa: E402
from orchestration.spark import engine as spark_engine  # noqa: E402

LOCALHOST = "127.0.0.1"
# Rows in which the two would part: nothing, a half, an edge of a word, a Sunday, lists of unequal length.
ROWS = """
create table rij (nr integer, tekst varchar, dag date, geld decimal(18, 2), breuk double, lijst integer[]);
insert into rij values
    (1, 'één 1b 1b', '2026-11-22', 2.50, 2.675, [4, 5]),
    (2, null, '2026-01-31', -2.50, 0.125, [6]),
    (3, 'a' || chr(160) || 'b', '2021-01-01', 1234567.89, -1.005, []),
    (null, 'B', null, null, null, null),
    (5, 'b', '2024-02-29', 0.00, 2.5, [7, 8, 9]),
    (6, 'a' || chr(11) || 'b' || chr(133) || 'B' || chr(10), '2020-12-31', 32.65, 1.275, null),
    (7, chr(304) || ' WET' || chr(931) || ' 1b' || chr(8232), null, 32.64, 0.125, null)
"""
# By what it is about. A query that says `!` in front is the same on Spark without a rewrite, and is here to stay so.
CASES = {
    "concat with nothing": "select concat(tekst, nr) as x from warehouse.main.rij",
    "concat_ws of numbers": "!select concat_ws('-', nr, tekst) as x from warehouse.main.rij",
    "|| with nothing": "!select tekst || '.' as x from warehouse.main.rij",
    "order of nothing": "select nr, row_number() over (order by tekst) as x from warehouse.main.rij",
    "order of nothing, descending": "!select row_number() over (order by tekst desc, nr) as x from warehouse.main.rij",
    "edge of a word": r"select regexp_replace(tekst, '\b', '|', 'g') as x from warehouse.main.rij",
    "group in a replacement": r"select regexp_replace(tekst, '(\d)b', '$\1', 'g') as x from warehouse.main.rij",
    "part of a text": r"!select regexp_matches(tekst, '[0-9]b') as x from warehouse.main.rij",
    "group of a pattern": r"!select regexp_extract(tekst, '([0-9])b', 1) as x from warehouse.main.rij",
    "last that is there": "select max_by(tekst, -nr) as x from warehouse.main.rij where nr > 1",
    "any that is there": "!select any_value(tekst) as x from warehouse.main.rij where nr in (2, 3)",
    "division of decimals": "select geld / 3 as x from warehouse.main.rij",
    "division by what may be nothing": "select geld / nullif(nr - 5, 0) as x from warehouse.main.rij",
    "mean of decimals": "select avg(geld) as x from warehouse.main.rij where nr in (1, 3, 5)",
    "rounding of a floating number": "select round(breuk, 2) as x from warehouse.main.rij",
    "rounding of a decimal": "!select round(geld, 1) as x from warehouse.main.rij",
    "decimal to whole": "select geld::integer as x from warehouse.main.rij",
    "floating number to whole": "select breuk::bigint as x from warehouse.main.rij",
    "floating number to decimal": "select breuk::decimal(18, 2) as x from warehouse.main.rij",
    "share to decimal": "select (100.0 * t / 8000)::decimal(18, 2) as x from "
    "(select unnest(generate_series(nr, 200)) as t from warehouse.main.rij where nr = 1)",
    "number with a point": "!select (0.5 + nr * 0)::integer as x, (2.345)::decimal(18, 2) as y from warehouse.main.rij",
    "mean of whole numbers": "!select avg(nr) as x from warehouse.main.rij",
    "mean near a half": "!select round(avg(geld), 2)::decimal(18, 2) as x from warehouse.main.rij where nr in (6, 7)",
    "mean of nothing": "!select avg(geld) as x from warehouse.main.rij where nr > 99",
    "white space": r"select regexp_replace(tekst, '\s', '_', 'g') as x from warehouse.main.rij",
    "white space and more": r"select regexp_replace(tekst, '[\sB]', '_', 'g') as x from warehouse.main.rij",
    "end of a text": "select regexp_matches(tekst, 'B$') as x from warehouse.main.rij",
    "any sign": "select regexp_replace(tekst, '.', 'x', 'g') as x from warehouse.main.rij",
    "pattern of parts": "!select regexp_matches(tekst, '(^| )' || left(tekst, 1) || case when nr = 1 then '$' end) "
    "as x from warehouse.main.rij where nr = 1",
    "brace in a replacement": "!select regexp_replace(tekst, 'b', '{a}$', 'g') as x from warehouse.main.rij",
    "small letters": "select lower(tekst) as x from warehouse.main.rij",
    "text to whole": "!select try_cast(tekst as integer) as x from warehouse.main.rij where nr = 5",
    "truncation": "!select trunc(geld)::bigint as x from warehouse.main.rij",
    "series": "select nr, unnest(generate_series(3, nr)) as x from warehouse.main.rij",
    "series of days": "select x::date as x from (select "
    "unnest(generate_series(dag, date '2026-01-31', interval 1 day)) as x from warehouse.main.rij where nr < 3)",
    "place in a list": "select lijst[plaats] as x from (select lijst, unnest(generate_series(1, 3)) as plaats from "
    "warehouse.main.rij)",
    "list taken apart": "!select nr, unnest(lijst) as x from warehouse.main.rij",
    "week": "select week(dag)::integer as x from warehouse.main.rij",
    "day of the week": "select isodow(dag)::integer as x from warehouse.main.rij",
    "months further": "select (dag + to_months(nr))::date as x from warehouse.main.rij",
    "days further": "select (dag + to_days(nr))::date as x from warehouse.main.rij",
    "thousands": "select format('{:t.}', trunc(geld)::bigint) as x from warehouse.main.rij",
    "fingerprint": "select count(distinct hash(a, b)) as x from (select tekst as a, null as b from warehouse.main.rij "
    "union all select null, tekst from warehouse.main.rij)",
    "list in order": "!select string_agg(tekst, ',' order by tekst) as x from warehouse.main.rij",
    "count as window": "!select count(*) filter (geld > 0) over (order by nr nulls first) as x from warehouse.main.rij",
    "rest with a sign": "!select nr % 2 as x, -nr % 2 as y from warehouse.main.rij",
    "qualify": "!select nr from warehouse.main.rij as r "
    "qualify row_number() over (partition by r.nr > 1 order by r.nr) = 1",
    "replaced column": "!select * replace (nr + 1 as nr) from warehouse.main.rij where nr < 3",
    "part that is read anew": "with deel as not materialized (select nr, geld from warehouse.main.rij) "
    "select a.nr, b.geld from deel as a inner join deel as b on a.nr = b.nr",
    "same or both nothing": "!select a.nr from warehouse.main.rij as a inner join warehouse.main.rij as b "
    "on a.tekst is not distinct from b.tekst",
}
REFUSED = {
    "unnest(lijst) as a, unnest(lijst) as b": "twee keer unnest",
    "regexp_replace(tekst, 'b', '')": "zonder 'g'",
    "regexp_matches(tekst, '(?i)b')": r"\(\? in het patroon",
    "regexp_matches(tekst, '[[:alpha:]]')": "in het patroon",
    r"regexp_matches(tekst, '\h')": "in het patroon",
    "regexp_matches(tekst, '[a-z&&b]')": "&& in het patroon",
    "dayofweek(dag)": "DAYOFWEEK",
    "nr // 2": "//",
    "tekst ~ 'b'": "~",
    "date_diff('month', dag, date '2026-01-01')": "DATE_DIFF",
    r"tekst like '%\%'": "zonder backslash",
    "left(tekst, -1)": "vanaf 1",
    "substr(tekst, 0, 3)": "vanaf 1",
    "split_part(tekst, '', 1)": "vaste tekst",
    "strftime(dag, '%j')": "strftime met %j",
    "trunc(geld, 1)": "TRUNC",
    "round(geld, nr)": "vast aantal cijfers",
    "try_cast(tekst as date)": "van tekst naar een heel getal",
    "breuk::varchar": "als tekst",
    "concat(breuk, tekst)": "als tekst",
    "lijst::varchar": "als tekst",
    "upper(tekst)": "eerste letter",
    "avg(breuk)": "alleen van hele en vaste getallen",
    "avg(geld) filter (nr > 1)": "zonder voorwaarde",
    "generate_series(3, 1, -1)": "met stappen van een",
    "range(1, nr)": "met stappen van een",
    "dag::timestamptz": "een moment in een tijdzone",
    "dag::timestamp at time zone 'UTC'": "AT TIME ZONE",
    "format('{:t.}', geld)": "van een heel getal",
    "regexp_replace(tekst, 'b*', '-', 'g')": "past ook waar niets staat",
    "dag - date '2026-01-01'": "van elkaar afgetrokken",
    "list_concat(lijst, lijst)": "LIST_CONCAT",
    "mode(nr)": "MODE",
    "tekst[1]": "alleen een kolom",
    "list_zip(lijst, lijst)": "list_zip",
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Spark runs."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as servers:
        address = _cluster(servers, tmp_path_factory.mktemp("spark")) if WHOLE else "local[2]"
        patch.setenv(MASTER_SETTING, address)
        if WHOLE:
            patch.setitem(spark_session.SETTINGS, "spark.driver.host", LOCALHOST)
            patch.setitem(spark_session.SETTINGS, "spark.executor.memory", "1g")
            # More tasks than rows ask for, so that they are spread.
            patch.setattr(spark_session, "PART_BYTES", 4 << 20)
            patch.setattr(spark_engine, "PART_BYTES", 4 << 20)
        yield address
        if context := pyspark.SparkContext._active_spark_context:
            context.stop()


def _cluster(servers: ExitStack, folder: Path) -> str:
    """A master with two workers of one core each, on this machine alone."""
    with socket.socket() as free:
        free.bind((LOCALHOST, 0))
        port = free.getsockname()[1]
    address = f"spark://{LOCALHOST}:{port}"
    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    own = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_DIRS": str(folder), "SPARK_LOCAL_IP": LOCALHOST}
    asked = ["org.apache.spark.deploy.master.Master", "--port", str(port)]
    workers = ["org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(folder)]
    for words in (asked, [*workers, address], [*workers, address]):
        process = subprocess.Popen(
            [program, *words, "--host", LOCALHOST, "--webui-port", "0"],
            env=os.environ | own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        servers.callback(_end, process)
        if words is asked:
            _await(port)
    return address


def _end(process: "subprocess.Popen[bytes]") -> None:
    """What does not end by itself is ended; nothing of it is kept."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((LOCALHOST, port)).close()
            return
        except OSError:
            assert time.monotonic() < until, "the master does not answer"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def both(master: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[duckdb.DuckDBPyConnection, Any]:
    """The same rows in DuckDB and in Spark."""
    folder = tmp_path_factory.mktemp("rijen")
    con = duckdb.connect()
    con.execute("attach ':memory:' as warehouse; use warehouse")
    con.execute(ROWS)
    con.execute(f"copy rij to '{folder}/rijen.parquet'")
    spark = spark_session.start(1, "1GB", "Europe/Amsterdam", folder / "tmp")
    spark.read.parquet(str(folder / "rijen.parquet")).createOrReplaceTempView("warehouse__main__rij")
    return con, spark


def schema(con: duckdb.DuckDBPyConnection) -> dialect.Schema:
    columns = con.execute("select column_name, data_type from duckdb_columns() where table_name = 'rij'").fetchall()
    return {"warehouse": {"main": {"rij": dict(columns)}}}


def rows(values: list[Any]) -> list[str]:
    """Rows in an order of their own; numbers as numbers, whatever type holds them."""
    return sorted(str([float(each) if hasattr(each, "real") else each for each in row]) for row in values)


@pytest.mark.parametrize("about", CASES)
def test_spark_answers_as_duckdb_does(both: tuple[duckdb.DuckDBPyConnection, Any], about: str) -> None:
    con, spark = both
    query = CASES[about].removeprefix("!")
    expected = con.execute(query).fetchall()
    said = dialect.to_spark(dialect.parsed(query), schema(con), {})
    assert rows(spark.sql(said.text).collect()) == rows(expected)


@pytest.mark.parametrize("about", [about for about, query in CASES.items() if not query.startswith("!")])
def test_without_its_rewrite_it_would_not(both: tuple[duckdb.DuckDBPyConnection, Any], about: str) -> None:
    con, spark = both
    expected = con.execute(CASES[about]).fetchall()
    query = CASES[about].replace("warehouse.main.rij", "warehouse__main__rij")
    # The same words where Spark knows them, as a second set of models would begin.
    plain = query if about == "order of nothing" else dialect.parsed(query).sql(dialect=dialect.WRITE)
    try:
        found = rows(spark.sql(plain).collect())
    except (pyspark.errors.PySparkException, protocol.Py4JError):
        return
    assert found != rows(expected)


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_not_known_to_be_the_same_is_refused(
    both: tuple[duckdb.DuckDBPyConnection, Any], expression: str
) -> None:
    with pytest.raises(dialect.UnknownToSparkError, match=REFUSED[expression]):
        dialect.to_spark(dialect.parsed(f"select {expression} from warehouse.main.rij"), schema(both[0]), {})


def test_what_may_be_asked_is_in_a_model_or_in_a_case() -> None:
    """So all of it is held against DuckDB: cases above, models below."""
    asked = [dialect.parsed(query.removeprefix("!")) for query in CASES.values()]
    for node in recorded().nodes:
        if node.kind == "model" and node.code is None:
            last = duckdb.extract_statements(node.statements[0])[-1]
            asked.append(dialect.parsed(last.query))
    found = {type(part) for tree in asked for part in tree.walk() if isinstance(part, dialect.ASKING)}
    assert set(dialect.ALLOWED) - found == set()
    assert len(asked) > 150


def test_law_articles_with_unusual_signs_are_read_alike(both: tuple[duckdb.DuckDBPyConnection, Any]) -> None:
    """By the model itself: what one of them takes for white space, or for the end of a line, decides who counts."""
    con, spark = both
    (node,) = [node for node in recorded().nodes if node.name == "stg_mensenhandel_verdachten__instroom"]
    model = dialect.parsed(node.statements[0]).expression
    (part,) = [each for each in model.find_all(dialect.exp.CTE) if each.alias == "wetsartikelen"]
    signs = [
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\u00a0",
        "\u2028",
        "\u2029",
        "\u0130",
        "\u03a3",
        "\u00df",
        "\n",
        "\r",
        "$",
        "\\",
    ]
    words = [
        f"{a}{sign}{b}" for sign in signs for a in ("273f", "Sr 273f lid 1", "WET") for b in ("", "Sr", " jo 140 Sr")
    ]
    con.execute("create or replace table bron (wetsartikel varchar)")
    con.executemany("insert into bron values (?)", [(word,) for word in words])
    spark.createDataFrame([(word,) for word in words], "wetsartikel string").createOrReplaceTempView(
        "warehouse__main__bron"
    )
    query = f"with bron as (select * from warehouse.main.bron), uit as ({part.this.sql(dialect=dialect.READ)}) from uit"
    known = {"warehouse": {"main": {"bron": {"wetsartikel": "VARCHAR"}}}}
    found = spark.sql(dialect.to_spark(dialect.parsed(query), known, {}).text).collect()
    expected = con.execute(query).fetchall()
    assert sorted(map(str, map(tuple, found))) == sorted(map(str, expected))
    assert len(expected) == len(words)


def test_a_number_of_128_bits_and_a_moment_in_a_zone(
    both: tuple[duckdb.DuckDBPyConnection, Any], tmp_path: Path
) -> None:
    con = duckdb.connect()
    con.execute("attach ':memory:' as warehouse; create schema warehouse.m; use warehouse")
    con.execute("create table warehouse.m.som as select sum(i) as h from range(4) as r (i)")
    con.execute("create table warehouse.m.moment as select timestamptz '2026-07-01 00:30:00+02' as op")
    views: dict[tuple[str, str], Any] = {}
    engine = spark_engine.Spark(both[1], tmp_path, views, is_little=True)
    engine._hand_over(con, ("warehouse", "m", "som"))
    assert both[1].sql("select h from warehouse__m__som").collect()[0][0] == 6
    with pytest.raises(spark_engine.SparkError, match="TIMESTAMP WITH TIME ZONE"):
        engine._hand_over(con, ("warehouse", "m", "moment"))


def test_a_floating_number_goes_into_a_table_of_decimals_as_it_is_held(
    both: tuple[duckdb.DuckDBPyConnection, Any],
) -> None:
    con, spark = both
    asked = spark.sql("select nr, breuk, breuk as heel, geld as rond from warehouse__main__rij")
    kinds = {"nr": "INTEGER", "breuk": "DECIMAL(18,2)", "heel": "INTEGER", "rond": "BIGINT"}
    con.execute("create or replace temp table doel (nr integer, breuk decimal(18, 2), heel integer, rond bigint)")
    con.execute("insert into doel select nr, breuk, breuk, geld from rij")
    with spark_engine._in_our_words():
        found = rows(asked.selectExpr(*spark_engine._fitted(asked, kinds)).collect())
    assert found == rows(con.execute("from doel").fetchall())


def test_a_folder_that_spark_reads_as_a_pattern_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        spark_session.NoSparkError, match=r"zet de datamap \(.*a\[b\]c\) onder een naam zonder dat teken"
    ):
        spark_engine.begin(tmp_path / "a[b]c" / "tmp", {}, 1, "1GB", "Europe/Amsterdam")


def test_every_table_is_that_of_duckdb(
    after_first_night: DataPaths, master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_duckdb = BesidePaths(after_first_night.data, str(tmp_path / "duckdb"))
    on_spark = BesidePaths(after_first_night.data, str(tmp_path / "spark"))
    Builder(on_duckdb).answer(PRESENT)
    made: list[str] = []
    make = spark_engine.Spark.make
    monkeypatch.setattr(spark_engine.Spark, "make", lambda *a: (make(*a), made.append(a[2].name)))
    monkeypatch.setenv(ENGINE_SETTING, "spark")
    builder = Builder(on_spark)
    # Another day first: what was handed over for it is not what is read for the present.
    wanted = "int_bijstellingen_verklaard" if WHOLE else "int_csv_onderzoeken_beoordeeld"
    builder.answer(Question(date(2021, 3, 1)), {wanted}, last=False)
    outcomes = builder.answer(PRESENT)
    assert {outcome.status for outcome in outcomes} == {"gelukt"}
    tables = [node for node in recorded().nodes if node.kind == "model" and not node.is_view and node.code is None]
    # Two are the question itself, which is put and not made.
    assert len(tables) - len(set(made)) == 2
    assert len(set(made)) > 90
    found, compared = differences(on_duckdb.warehouse, on_spark.warehouse)
    assert found == []
    assert compared > 500_000


@long
def test_a_night_on_spark_publishes_what_one_on_duckdb_does(
    after_first_night: DataPaths, master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = []
    for engine in ENGINES:
        paths = copy_of(after_first_night, tmp_path / engine)
        newest = max((paths.inbox / "mensenhandel_verdachten").glob("demo_instroom_*.csv"))
        more = "999999999,13/999999-20,77777777,273f Sr,POL,AMS,2020-05-01\n"
        newest.with_name("demo_instroom_20230416_ontvangen_20250306.csv").write_text(newest.read_text() + more)
        monkeypatch.setenv(DATA_SETTING, str(paths.data))
        monkeypatch.setenv(ENGINE_SETTING, engine)
        assert main(["nightly"]) == 0
        published.append(paths.published)
        # 187 are published over 2020, and this is one more.
        figure = "where indicator_code = 'om_verdachten_mensenhandel' and jaar = 2020"
        assert ask(paths.published, f"select realisatie from marts.fct_voortgang {figure}") == [(188,)]
    found, compared = differences(*published)
    assert found == []
    assert compared > 20_000
