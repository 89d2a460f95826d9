"""A night executes what dbt executes: its warehouse is that of `dbt build`, whatever was asked of it before."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.building import PRESENT, Builder, BuildError, Outcome, Question, in_force
from orchestration.declarations import read_declarations
from orchestration.locking import open_database
from orchestration.paths import ROOT, BesidePaths, DataPaths
from orchestration.recording import Recording, recorded
from tests.comparison import differences
from tests.integration.conftest import ask, long

PROJECT_FILES = ("dbt_project.yml", "profiles.yml")


def beside(paths: DataPaths, place: Path) -> DataPaths:
    """The same deliveries and ledger, with a warehouse elsewhere."""
    return BesidePaths(paths.data, str(place))


@pytest.fixture(scope="module")
def present(after_first_night: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, list[Outcome]]:
    """A warehouse in which nothing but the present was ever asked, and what came of each node."""
    paths = beside(after_first_night, tmp_path_factory.mktemp("heden") / "ons")
    return paths, Builder(paths).answer(PRESENT)


def test_the_warehouse_is_that_of_dbt_build(
    after_first_night: DataPaths, present: tuple[DataPaths, list[Outcome]], tmp_path: Path
) -> None:
    from orchestration.transformation import run_dbt

    (ours, outcomes), theirs = present, beside(after_first_night, tmp_path / "dbt")
    theirs.warehouse.parent.mkdir()
    # Without the tests, which take dbt as long again: the next test has them.
    run_dbt(theirs, ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"])
    found, rows = differences(theirs.warehouse, ours.warehouse)
    tests = [outcome.node.relation for outcome in outcomes if outcome.node.kind == "test"]
    assert found == [f"{schema}.{table}: alleen na" for schema, table in sorted(tests)]
    assert rows > 500_000
    assert {outcome.status for outcome in outcomes} == {"gelukt"}
    kinds = [outcome.node.kind for outcome in outcomes]
    assert (kinds.count("seed") > 60, kinds.count("model") > 100, kinds.count("test") > 240) == (True, True, True)


@long
def test_the_answer_to_a_question_is_that_of_dbt_with_its_variables(
    after_first_night: DataPaths, tmp_path: Path
) -> None:
    from orchestration.transformation import run_dbt

    ours, theirs = beside(after_first_night, tmp_path / "ons"), beside(after_first_night, tmp_path / "dbt")
    # An earlier day and other versions in one: dbt takes a minute for each.
    outcomes = Builder(ours).answer(Question(date(2021, 3, 1), ("csv_aangepakt_2",), is_publication=False))
    theirs.warehouse.parent.mkdir()
    asked = "{peildatum: '2021-03-01', versies: [csv_aangepakt_2]}"
    run_dbt(theirs, ["build", "--exclude-resource-type", "unit_test", "--vars", asked])
    found, rows = differences(theirs.warehouse, ours.warehouse)
    assert found == []
    assert rows > 100_000
    assert {outcome.status for outcome in outcomes} == {"gelukt"}
    assert [outcome.node.kind for outcome in outcomes].count("test") > 240
    with duckdb.connect(str(ours.warehouse), read_only=True) as con:
        said = con.execute(
            """select peildatum.peildatum, gekozen.definitie_versie
            from intermediate.int_definities_gekozen as gekozen
            cross join staging.base_leveringen__peildatum as peildatum
            where gekozen.indicator_code = 'csv_aangepakt'"""
        ).fetchall()
    assert said == [(date(2021, 3, 1), "csv_aangepakt_2")]


@long
def test_an_answer_after_others_is_that_of_a_warehouse_of_its_own(
    after_first_night: DataPaths, present: tuple[DataPaths, list[Outcome]], tmp_path: Path
) -> None:
    several, (alone, made) = beside(after_first_night, tmp_path / "meer"), present
    builder = Builder(several)
    # Forward, back, and to other versions: what is left from one answer must not be in the next.
    for question in (
        Question(date(2022, 1, 31)),
        Question(date(2019, 9, 30)),
        Question(versions=("csv_aangepakt_2",)),
    ):
        builder.answer(question, {"int_bijstellingen_verklaard"}, last=False)
    again = builder.answer(PRESENT)
    assert len(again) < len(made) == len(recorded().nodes)
    found, rows = differences(alone.warehouse, several.warehouse)
    assert found == []
    assert rows > 500_000


def test_a_wrong_list_stops_the_night_before_anything_is_built(after_first_night: DataPaths, tmp_path: Path) -> None:
    good = recorded()
    wrong = (tmp_path / "thema.csv").absolute()
    (place, seed) = next((place, node) for place, node in enumerate(good.nodes) if node.name == "thema")
    copy = next(statement for statement in seed.statements if statement.lower().startswith("copy"))
    original = Path(copy.split("'")[1])
    lines = original.read_text(encoding="utf-8").splitlines()
    wrong.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    nodes = list(good.nodes)
    nodes[place] = replace(seed, statements=tuple(text.replace(str(original), str(wrong)) for text in seed.statements))
    builder = Builder(beside(after_first_night, tmp_path / "fout"), Recording(tuple(nodes), good.schemas))
    with pytest.raises(BuildError, match=f"thema_code {lines[1].split(',')[0]}, aantal_rijen 2") as caught:
        builder.answer(PRESENT)
    assert {outcome.node.kind for outcome in caught.value.outcomes} == {"seed", "test"}


def test_a_wrong_list_is_told_with_its_row_when_the_project_changes(tmp_path: Path) -> None:
    # Lists are told before any model is looked at, so the copy has none: the declarations, and what lists need.
    for name in ("dbt_project/macros", "dbt_project/tests/generic", "seeds", "orchestration"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    staging = (ROOT / "dbt_project" / "models" / "staging").glob("*/_*__sources.yml")
    for file in (*staging, *(ROOT / name for name in ("dbt_project/models/_woordenlijst.md", *PROJECT_FILES))):
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    seed = tmp_path / "seeds" / "agenda" / "thema.csv"
    lines = seed.read_text(encoding="utf-8").splitlines()
    seed.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    program = "from orchestration.recording import recorded; recorded()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    *_, test, row, place = done.stderr.splitlines()
    assert test.endswith("unieke_sleutel_thema_thema_code: 1 rijen voldoen niet aan deze test")
    assert row == f"  thema_code {lines[1].split(',')[0]}, aantal_rijen 2"
    assert place == f"    seeds/agenda/thema.csv, regel 2, {len(lines) + 1}"
    assert not (tmp_path / "target" / "zonder_leveringen" / "opname.json").exists()


def test_what_is_in_force_is_what_the_figures_rest_on(after_first_night: DataPaths) -> None:
    """The checks of the border in are told of it, by the statements of the model itself."""
    said = ask(
        after_first_night.warehouse,
        "select distinct levering_nr from staging.base_leveringen__van_kracht order by all",
    )
    for read_only in (True, False):
        with open_database(after_first_night.raw, read_only=read_only) as con:
            found = in_force(con)
            told = register.findings_of(con, found)
            assert con.execute("select count(*) from duckdb_databases() where not internal").fetchall() == [(1,)]
        assert [(number,) for number in found] == said
    # Of each extract something is in force; of a table per period more than one delivery.
    assert {(registration, extract) for registration, extract, _ in told} == set(read_declarations())
    assert len(found) > len(read_declarations())
    assert {each["levering_nr"] for each in told.values()} <= set(found)


def test_of_a_table_per_period_each_delivery_in_force_is_looked_at(tmp_path: Path) -> None:
    """Worked out by hand: 1 has 2018 and 2019, and 2 is of 2020 alone, so both are in force; 3 is refused."""
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as con:
        register.prepare(con)
        for number, verdict in ((1, "toegelaten"), (2, "toegelaten"), (3, "geweigerd")):
            con.execute(
                """insert into leveringen.levering by name select $nr as levering_nr, $nr as set_nr,
                'proef' as registratie, 'tabel' as extract, 'periode' as soort, false as is_demo,
                make_date(2018 + $nr, 12, 31) as stand_datum, make_timestamp(2019 + $nr, 1, 5, 6, 0, 0) as ontvangen_op,
                'a.csv' as bestand, 1 as bestand_grootte, 1 as bestand_gewijzigd_ns, []::varchar[] as koppen,
                make_timestamp(2019 + $nr, 1, 5, 6, 0, 0) as geladen_op, $nr::varchar as inhoud_sha256""",
                {"nr": number},
            )
            con.execute(
                """insert into leveringen.oordeel by name select $nr as levering_nr, $verdict as oordeel,
                make_timestamp(2019 + $nr, 1, 5, 6, 0, 0) as geldt_vanaf,
                make_timestamp(2019 + $nr, 1, 5, 6, 0, 0) as vastgelegd_op, 'grens_in' as door""",
                {"nr": number, "verdict": verdict},
            )
        con.execute(
            """insert into leveringen.levering_periode (levering_nr, periode)
            values (1, '2018'), (1, '2019'), (2, '2020'), (3, '2021')"""
        )
        assert in_force(con) == [1, 2]
