"""Questions beside the present: what can be asked, and what is left of a question that has no answer."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration import beside
from orchestration.beside import VERSIONS, build_as_of
from orchestration.paths import BesidePaths, DataPaths


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


def test_a_day_on_which_nothing_was_known_is_no_question(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            """create schema leveringen;
            create table leveringen.levering as select 1 as levering_nr, timestamp '2018-03-05' as ontvangen_op;
            create table leveringen.oordeel as select 1 as levering_nr, 'toegelaten' as oordeel,
                timestamp '2018-03-05' as geldt_vanaf, timestamp '2018-03-05' as vastgelegd_op"""
        )
    # The oldest decision is that about the agenda of 2015.
    told = "op 30-12-2014 was er niets bekend: .*het eerste is van 31-12-2014"
    with pytest.raises(ValueError, match=told):
        build_as_of(paths, date(2014, 12, 30))
    assert [file.name for file in tmp_path.iterdir()] == ["raw.duckdb"]


@pytest.mark.parametrize("has_earlier", [False, True])
def test_a_question_that_failed_leaves_nothing_but_an_earlier_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_earlier: bool
) -> None:
    paths = DataPaths(tmp_path)
    there = BesidePaths.as_of(tmp_path, date(2018, 6, 1))
    if has_earlier:
        there.folder.mkdir(parents=True)
        there.published.write_text("eerder")

    def breaks(there: BesidePaths) -> None:
        there.warehouse.write_text("half")
        raise RuntimeError("een model ging mis")

    monkeypatch.setattr(beside, "Builder", breaks)
    monkeypatch.setattr(beside, "settle", lambda *_: None)
    with pytest.raises(RuntimeError, match="een model ging mis"):
        beside._build(paths, there, beside.Question(peildatum=date(2018, 6, 1)))
    left = [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("as-of/**/*") if file.is_file()]
    assert left == (["as-of/2018-06-01/veiligheidsagenda.duckdb"] if has_earlier else [])
    assert (tmp_path / "as-of").exists() == has_earlier
