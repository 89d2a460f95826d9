"""What was kept as long as it may be goes everywhere, or stays and says why; a removal that was killed is finished.

Which delivery is in force, and whether a figure changes, the models say: that is asked of them in the integration
tests, and given here.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration import backup, beside, ledger, novelty, register, retention
from orchestration.admission import admit_deliveries
from orchestration.beside import BorderOutError, build_as_of
from orchestration.clock import now
from orchestration.decisions import offer_again, withdraw
from orchestration.declarations import read_declarations
from orchestration.explanation import explain_row
from orchestration.ledger import Entry
from orchestration.paths import BACKUPS_SETTING, CleanedPaths, DataPaths
from orchestration.report import show_retention
from orchestration.retention import Kept, Retained, RetentionError, retain
from orchestration.traces import SCALARS, search
from tests.unit.conftest import build_ledger_tables, make_extract, no_objection

TODAY = date(2026, 11, 26)
COLUMNS = [
    {"name": "id", "data_type": "integer", "description": "Nummer van de rij.", "required": True},
    {"name": "wie", "data_type": "varchar", "description": "Wie het is.", "personal": True},
    {"name": "zaak_nr", "data_type": "varchar", "description": "Nummer van de zaak."},
    {"name": "dag", "data_type": "date", "description": "Dag van de rij."},
]
EXTRACTS = {("proef", "rijen"): make_extract(columns=COLUMNS, retention_years=5, legal_ground="Wet proef, artikel 1")}
HEAD = "id;wie;zaak_nr;dag\r\n"
# Nobody in it exists. Anna and Bert are gone after the second, Cor is in every one from then on.
FILES = {
    "demo_rijen_20180101_ontvangen_20180105.csv": HEAD + "1;Anna;ZK-00001;01-01-2017\r\n2;Bert;ZK-00002;01-01-2017\r\n",
    "demo_rijen_20190101_ontvangen_20190105.csv": HEAD + "2;Bert;ZK-00002;01-01-2017\r\n3;Cor;ZK-00003;01-01-2018\r\n",
    "demo_rijen_20250101_ontvangen_20250105.csv": HEAD + "3;Cor;ZK-00003;01-01-2018\r\n4;Dirk;ZK-00004;01-01-2024\r\n",
}
FIRST, SECOND, THIRD = FILES
LAST_DAYS = {1: date(2019, 1, 4), 2: date(2025, 1, 4)}
REASON = "de bewaartermijn van 5 jaar na ontvangst (Wet proef, artikel 1)"


PSEUDONYMS: dict[str, str] = {}


def pseudonym(name: str) -> str:
    """What the loader made of a name, in hexadecimal."""
    return PSEUDONYMS[name]


def note_pseudonyms(con: duckdb.DuckDBPyConnection) -> None:
    kind = con.execute("select data_type from duckdb_columns() where column_name = 'wie'").fetchall()[0][0]
    value = SCALARS[kind].format("wie")
    found = dict(con.execute(f"select id, {value} from proef.rijen").fetchall())
    PSEUDONYMS.update(zip(("Anna", "Bert", "Cor", "Dirk"), (found[number] for number in (1, 2, 3, 4)), strict=True))


def fill(paths: DataPaths, warehouse: Path) -> None:
    """Make a data folder after a whole night, with three deliveries of which the third is in force.

    The ledger once rested on a row of Anna and has forgotten it, as far as DuckDB sees. Elsewhere stands a warehouse as
    a trial builds it.
    """
    (paths.inbox / "proef").mkdir(parents=True)
    for name, text in FILES.items():
        (paths.inbox / "proef" / name).write_text(text, newline="")
        os.utime(paths.inbox / "proef" / name, (1_700_000_000, 1_700_000_000))
    with duckdb.connect(str(paths.raw)) as con:
        admit_deliveries(con, paths.inbox, paths.scratch, EXTRACTS, None, no_objection)
        con.execute("insert into leveringen.apartgezet values (1, 9, 'wie', 'aaaa', 'past niet')")
        con.execute("insert into leveringen.apartgezet values (3, 9, 'wie', 'aaaa', 'past niet')")
        note_pseudonyms(con)
    for number, name in ((1, "Anna"), (2, "Dirk")):
        build_ledger_tables(paths, figure=1)
        with duckdb.connect(str(paths.warehouse)) as con:
            con.execute("update intermediate.int_tellingen_vastgelegd set teleenheid = ?", [pseudonym(name)])
            con.execute(
                """create table intermediate.int_standen_gevraagd
                (indicator_code varchar, sleutel varchar, stand_datum date, is_verwijderd boolean)"""
            )
        with ledger.open_ledger(paths) as book:
            entry = Entry(number, date(2025, 1, 5), "afdruk", "rekenwijze", 1, 1)
            ledger.intend(book, paths, entry)
            ledger.confirm(book, paths, entry)
        paths.warehouse.replace(warehouse)
    for name in ("warehouse.duckdb", "warehouse.mislukt.duckdb", "raw.duckdb.beschadigd-20250101T000000000000"):
        (paths.data / name).write_text(pseudonym("Anna"))
    paths.reports.mkdir()
    for number in (1, 11, 3):
        (paths.reports / f"{number}_proef_{FIRST}.html").write_text("een rapport")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: such a data folder, with the warehouse beside it."""
    folder = tmp_path_factory.mktemp("bewaren")
    fill(DataPaths(folder / "data"), folder / "warehouse")
    return folder


def as_models_would_say(warehouse: Path, put: Callable[[object, str, object], None]) -> None:
    """Let be given what only the models can say: what is in force, and that no figure would change."""

    def differences(paths: DataPaths, going: list[Kept]) -> tuple[list[str], int]:
        there = CleanedPaths(paths.data)
        retention._write_without(paths, there.raw, going)
        shutil.copy(warehouse, there.warehouse)
        return [], 24

    put(retention, "_last_in_force", lambda *_: (dict(LAST_DAYS), {3}))
    put(retention, "_differences", differences)
    put(novelty, "changed", lambda _: [])


@pytest.fixture
def paths(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A copy of that folder, of which the models say what is in force and that no figure would change."""
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(made / "data", paths.data)

    as_models_would_say(made / "warehouse", monkeypatch.setattr)
    monkeypatch.delenv(BACKUPS_SETTING, raising=False)
    return paths


def run(paths: DataPaths, execute: bool = True) -> Retained:
    return retain(paths, EXTRACTS, execute=execute, origin="een proef", today=TODAY)


def content(paths: DataPaths) -> dict[str, bytes]:
    """What is in the data folder, but for the rights and the journal."""
    files = [file for file in sorted(paths.data.rglob("*")) if file.is_file() and file.name != "warehouse.lock"]
    return {file.relative_to(paths.data).as_posix(): file.read_bytes() for file in files if file != paths.journal}


def assert_removed(paths: DataPaths) -> None:
    """The first two deliveries are gone wherever they were, and nothing else is."""
    assert search(paths.data, {pseudonym("Anna"), pseudonym("Bert")}).found == []
    assert search(paths.data, {pseudonym("Dirk")}).found == ["publicaties.duckdb", "raw.duckdb"]
    assert [file.name for file in (paths.inbox / "proef").iterdir()] == [THIRD]
    assert sorted(file.name for file in paths.reports.iterdir()) == [f"11_proef_{FIRST}.html", f"3_proef_{FIRST}.html"]
    names = ["leveringen", "logboek.jsonl", "publicaties.anker", "publicaties.duckdb", "rapporten", "raw.duckdb", "tmp"]
    assert sorted(file.name for file in paths.data.iterdir() if file.name != "warehouse.lock") == names
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert con.sql("select distinct levering_nr from proef.rijen").fetchall() == [(3,)]
        assert con.sql("select levering_nr from leveringen.apartgezet").fetchall() == [(3,)]
        # Who delivered what, when, how much, and what was decided stays.
        rows = con.sql("select levering_nr, bestand, aantal_records, oordeel, length(inhoud_sha256) "
                       "from leveringen.levering_met_oordeel order by 1").fetchall()  # fmt: skip
        assert rows == [(number, name, 2, "toegelaten", 64) for number, name in enumerate(FILES, start=1)]
        gone = register.removals(con)
        assert {number: each.last_in_force for number, each in gone.items()} == LAST_DAYS
        assert all(each.is_complete and each.reason == REASON for each in gone.values())
    with ledger.read_ledger(paths) as book:
        assert ledger.audit(book, paths).faults == ()


def test_planted_values_are_where_the_tests_look_for_them(paths: DataPaths) -> None:
    others = ["raw.duckdb.beschadigd-20250101T000000000000", "warehouse.duckdb", "warehouse.mislukt.duckdb"]
    # The ledger has forgotten her, and its pages have not.
    assert search(paths.data, {pseudonym("Anna")}).found == ["publicaties.duckdb", "raw.duckdb", *others]
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        assert con.sql("select teleenheid from telling").fetchall() == [(pseudonym("Dirk"),)]


def test_what_is_shown_is_not_done(paths: DataPaths) -> None:
    before = content(paths)
    shown = run(paths, execute=False)
    assert content(paths) == before
    assert [kept.number for kept in shown.going] == [1, 2]
    assert [(kept.received, kept.until, kept.rows) for kept in shown.going] == [
        (date(2018, 1, 5), date(2023, 1, 5), 2),
        (date(2019, 1, 5), date(2024, 1, 5), 2),
    ]
    assert (shown.files, shown.tables, shown.whole_from, shown.searched) == (2, 24, date(2025, 1, 5), None)
    assert (shown.staying, shown.is_settled) == ((), False)


def test_what_is_past_its_term_goes_everywhere_and_the_register_tells_so(paths: DataPaths) -> None:
    done = run(paths)
    assert_removed(paths)
    assert done.searched is not None
    # Anna and Bert, and their two cases; Cor and his case stand in the third as well.
    assert (done.searched.values, done.common, done.searched.found) == (4, 2, [])
    files = [file for file in paths.data.rglob("*") if file.is_file()]
    assert (done.searched.files, done.whole_from, done.is_settled) == (len(files), date(2025, 1, 5), True)
    lines = [json.loads(line) for line in paths.journal.read_text().splitlines()]
    assert [(line["actie"], line["object"], line["resultaat"].split(";")[0]) for line in lines] == [
        ("bewaartermijn", "levering 1, 2", "begonnen"),
        ("bewaartermijn", "levering 1, 2", "verwijderd, met 2 bestanden"),
    ]
    assert not re.search("Anna|Bert|ZK-|[0-9a-f]{32}", paths.journal.read_text())
    again = run(paths)
    assert again == Retained(True, whole_from=date(2025, 1, 5))
    assert_removed(paths)


def test_a_copy_of_what_went_goes_under_whatever_name_and_one_that_stays_does_not(paths: DataPaths) -> None:
    folder = paths.inbox / "proef"
    (folder / ".oud.part").write_text(FILES[FIRST], newline="")
    (folder / "eigen.csv").write_text(FILES[SECOND], newline="")
    (folder / "eigen.csv.manifest.yml").write_text("extract: rijen")
    (folder / "vast.csv").write_text(FILES[THIRD], newline="")
    assert run(paths, execute=False).files == 4
    run(paths)
    assert sorted(file.name for file in folder.iterdir()) == [THIRD, "vast.csv"]


def test_a_file_with_a_name_that_was_delivered_and_another_content_stays(paths: DataPaths) -> None:
    (paths.inbox / "proef" / FIRST).write_text(HEAD + "9;Eva;ZK-00009;01-01-2017\r\n", newline="")
    run(paths)
    assert (paths.inbox / "proef" / FIRST).exists()
    assert not (paths.inbox / "proef" / SECOND).exists()


def test_files_that_are_no_delivery_any_more_or_never_were_are_told(paths: DataPaths) -> None:
    folder = paths.inbox / "proef"
    run(paths)
    assert run(paths).by_hand == ()
    (folder / "weer.csv").write_text(FILES[FIRST], newline="")
    (folder / "nieuw.csv").write_text("iets")
    (folder / "oud.csv").write_text("iets anders")
    # Six years before the day that is asked.
    os.utime(folder / "oud.csv", (1_606_000_000, 1_606_000_000))
    assert run(paths).by_hand == (
        f"in {folder} liggen 1 bestanden met wat al was verwijderd: verwijder ze zelf",
        f"in {folder} liggen 1 bestanden van meer dan 5 jaar oud die geen levering zijn: bekijk ze, en verwijder ze "
        "zelf",
    )


def test_where_a_file_cannot_have_two_names_raw_is_copied(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuses)
    run(paths)
    assert_removed(paths)


def test_a_removal_that_was_put_back_half_is_finished_without_the_raw_before_it(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(Dead):
        patch.setattr(retention, "_finish", lambda *_: die(patch))
        run(paths)
    retention._old(paths).unlink()
    done = run(paths)
    assert (done.finished, done.searched and done.searched.values) == ((1, 2), 0)
    assert_removed(paths)


@pytest.mark.parametrize(
    ("received", "years", "until"),
    [
        (date(2021, 11, 25), 5, date(2026, 11, 25)),
        (date(2020, 2, 29), 5, date(2025, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
    ],
)
def test_a_term_ends_on_its_anniversary(received: date, years: int, until: date) -> None:
    assert retention._until(received, years) == until


def test_on_the_last_day_of_its_term_a_delivery_may_still_be_kept(paths: DataPaths) -> None:
    for today, going in ((date(2024, 1, 5), [1]), (date(2024, 1, 6), [1, 2])):
        shown = retain(paths, EXTRACTS, execute=False, origin="een proef", today=today)
        assert [kept.number for kept in shown.going] == going


def test_what_is_in_force_stays_and_its_supplier_is_asked_for_another(paths: DataPaths) -> None:
    shown = retain(paths, EXTRACTS, execute=False, origin="een proef", today=date(2031, 1, 1))
    assert [kept.number for kept in shown.going] == [1, 2]
    assert [(kept.number, kept.stays) for kept in shown.staying] == [
        (
            3,
            "zij is van kracht: vraag de leverancier een nieuwe levering, zonder de rijen waarvan de termijn voorbij "
            "is; als die is toegelaten, gaat deze",
        )
    ]


def test_what_a_publication_rests_on_that_can_be_put_back_stays(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.ledger)) as con:
        con.execute("insert into levering values (1, 2)")
    assert [kept.number for kept in run(paths, execute=False).going] == [1, 2]
    (paths.versions / "00001").mkdir(parents=True)
    shown = run(paths, execute=False)
    assert [kept.number for kept in shown.going] == [1]
    assert [(kept.number, kept.stays) for kept in shown.staying] == [
        (2, "publicatie 1 rust op haar, en kan nog worden teruggezet: zij gaat als die weg is")
    ]


def test_what_the_rows_behind_the_newest_publication_are_of_stays(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.ledger)) as con:
        con.execute("update telling set levering_nr = 2")
    assert [kept.number for kept in run(paths, execute=False).going] == [1]


def test_what_came_together_goes_together(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        con.execute("update leveringen.levering set set_nr = 1, ontvangen_op = '2024-01-01' where levering_nr = 2")
    shown = run(paths, execute=False)
    assert [(kept.number, kept.stays) for kept in shown.staying] == [
        (1, "zij hoort bij levering 2, waarvan de termijn nog loopt")
    ]
    assert shown.going == ()


def test_an_extract_that_is_no_longer_declared_is_not_forgotten(paths: DataPaths) -> None:
    shown = retain(paths, {}, execute=True, origin="een proef", today=TODAY)
    assert {kept.number for kept in shown.staying} == {1, 2, 3}
    assert {kept.stays for kept in shown.staying} == {
        "dit extract is niet meer verklaard, en heeft dus geen termijn: verklaar het weer"
    }
    assert (shown.going, shown.is_settled) == ((), False)


def test_where_something_is_new_a_night_comes_first(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(novelty, "changed", lambda _: ["modellen"])
    before = content(paths)
    with pytest.raises(ValueError, match="draai eerst make nightly"):
        run(paths)
    assert content(paths) == before


def differ(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let a trial say each time what would change."""
    told, real = iter(answers), retention._differences
    monkeypatch.setattr(retention, "_differences", lambda *asked: (next(told), real(*asked)[1]))


def test_where_a_figure_would_change_nothing_goes(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    differ(monkeypatch, ["fct_realisatie (csvs 2020)"])
    before = content(paths)
    with pytest.raises(RetentionError, match=r"fct_realisatie \(csvs 2020\)\. Er is niets verwijderd"):
        run(paths)
    assert content(paths) == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("update marts.fct_realisatie set realisatie = 2 where jaar = 2021", ["fct_realisatie (csvs 2021)"]),
        ("insert into marts.fct_realisatie values ('csvs', 2020, 1)", ["fct_realisatie (csvs 2020)"]),
        ("delete from marts.fct_realisatie", ["fct_realisatie (csvs 2020, csvs 2021)"]),
        ("update marts.dim_jaar set jaar = 2019", ["dim_jaar"]),
        ("update marts.dim_levering set levering_nr = 2", []),
    ],
)
def test_each_row_of_each_mart_is_compared(tmp_path: Path, change: str, told: list[str]) -> None:
    files = tmp_path / "nu.duckdb", tmp_path / "straks.duckdb"
    for file in files:
        with duckdb.connect(str(file)) as con:
            con.execute(
                """create schema marts;
                create table marts.fct_realisatie (indicator_code varchar, jaar integer, realisatie integer);
                insert into marts.fct_realisatie values ('csvs', 2020, 1), ('csvs', 2021, 1);
                create table marts.dim_jaar as select 2020 as jaar;
                create table marts.dim_levering as select 1 as levering_nr"""
            )
    names = ["fct_realisatie", "dim_jaar"]
    assert retention._otherwise(*files, names) == []
    with duckdb.connect(str(files[1])) as con:
        con.execute(change)
    assert retention._otherwise(*files, names) == told


def test_changes_that_tell_how_it_was_stay_and_the_rest_goes(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an extract with changes a figure may rest on what a newer full delivery replaced."""
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            """insert into leveringen.levering by name
            select * replace (10 + levering_nr as levering_nr, 10 + levering_nr as set_nr, 'stand' as extract,
                case levering_nr when 1 then 'volledig' else 'mutaties' end as soort,
                'f' || inhoud_sha256 as inhoud_sha256)
            from leveringen.levering where levering_nr < 3"""
        )
    extracts = EXTRACTS | {("proef", "stand"): make_extract(name="stand", retention_years=5)}
    differ(monkeypatch, ["fct_realisatie (executie_werkvoorraad 2020)"], [])
    done = retain(paths, extracts, execute=True, origin="een proef", today=TODAY)
    assert [kept.number for kept in done.going] == [1, 2]
    assert [kept.number for kept in done.staying] == [11, 12]
    assert "(fct_realisatie (executie_werkvoorraad 2020))" in done.staying[0].stays
    assert not done.is_settled
    assert_removed_rows(paths, {3})


def assert_removed_rows(paths: DataPaths, left: set[int]) -> None:
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert {number for (number,) in con.sql("select distinct levering_nr from proef.rijen").fetchall()} == left


def test_what_is_left_somewhere_is_named_and_the_next_run_goes_on(paths: DataPaths) -> None:
    (paths.data / "superset").mkdir()
    copy = paths.data / "superset" / "mijn kopie.txt"
    copy.write_text(f"x{pseudonym('Bert')}")
    with pytest.raises(RetentionError) as error:
        run(paths)
    assert "superset/mijn kopie.txt" in str(error.value)
    assert pseudonym("Bert") not in str(error.value)
    assert run(paths, execute=False).finished == (1, 2)
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert not any(each.is_complete for each in register.removals(con).values())
    copy.unlink()
    copy.parent.rmdir()
    done = run(paths)
    assert (done.finished, done.going) == ((1, 2), ())
    assert done.searched is not None
    assert (done.searched.values, done.common) == (4, 2)
    assert_removed(paths)


class Dead(BaseException):
    """What happens to a run that is killed: nothing it would do afterwards is done."""


def die(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_clear", lambda _: None)
    raise Dead


@pytest.mark.parametrize("where", ["written", "linked", "swapped", "files", "ledger", "searched", "completed"])
def test_a_removal_that_was_killed_is_finished_by_the_next(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with monkeypatch.context() as patch:
        link, rewrite, find, remove = os.link, ledger.write_anew, retention.traces.search, retention._remove

        def linked(*asked: Path) -> None:
            link(*asked)
            die(patch)

        def searched(*asked: object, **more: object) -> None:
            find(*asked, **more)  # type: ignore[arg-type]
            die(patch)

        def rewritten(paths: DataPaths) -> None:
            rewrite(paths)
            die(patch)

        def removed(database: Path) -> None:
            if database == retention._old(paths) and database.exists():
                die(patch)
            remove(database)

        patched: dict[str, tuple[object, str, Callable]] = {
            "written": (retention, "_commit", lambda *_: die(patch)),
            "linked": (os, "link", linked),
            "swapped": (retention, "_finish", lambda *_: die(patch)),
            "files": (ledger, "write_anew", lambda _: die(patch)),
            "ledger": (ledger, "write_anew", rewritten),
            "searched": (retention.traces, "search", searched),
            "completed": (retention, "_remove", removed),
        }
        patch.setattr(*patched[where])
        with pytest.raises(Dead):
            run(paths)
    is_begun = where not in ("written", "linked", "completed")
    shown = run(paths, execute=False)
    assert shown.finished == ((1, 2) if is_begun else ())
    done = run(paths)
    assert done.finished == shown.finished
    assert_removed(paths)


def test_a_delivery_that_was_removed_is_nothing_to_decide_about_any_more(paths: DataPaths) -> None:
    run(paths)
    with duckdb.connect(str(paths.raw)) as con:
        told = f"levering 1 is verwijderd op .* volgens {re.escape(REASON)}"
        for ask in (lambda: withdraw(con, 1, "dubbel", "jansen"), lambda: offer_again(con, 1, "jansen")):
            with pytest.raises(ValueError, match=told):
                ask()
        with pytest.raises(ValueError, match=told):
            register.account(con, 1)
        con.execute("update leveringen.oordeel set oordeel = 'geweigerd' where levering_nr < 3")
        assert register.still_open(con) == []


def test_as_of_a_day_on_which_it_was_in_force_is_no_question_any_more(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(paths)
    monkeypatch.setattr(beside, "_build", lambda *_: ["gebouwd"])
    told = "zoals bekend op 04-01-2025 zijn cijfers niet meer te maken: .* Vanaf 05-01-2025 kan het wel"
    with pytest.raises(ValueError, match=told):
        build_as_of(paths, date(2025, 1, 4))
    assert not (paths.data / "as-of").exists()
    with pytest.raises(BorderOutError, match="gebouwd"):
        build_as_of(paths, date(2025, 1, 5))


def test_explain_says_that_a_row_was_removed(paths: DataPaths) -> None:
    run(paths)
    with duckdb.connect() as con:
        con.execute(f"attach '{paths.raw}' as raw (read_only); attach ':memory:' as warehouse")
        con.execute("create schema warehouse.intermediate; create schema warehouse.staging")
        con.execute(
            """create table warehouse.intermediate.int_herkomsten_gevolgd (levering_nr integer, record_nr integer,
            indicator_code varchar, jaar integer, uitsplitsing_soort varchar, uitsplitsing_code varchar, rol varchar,
            telt_mee boolean, regel varchar)"""
        )
        row = explain_row(con, 1, 2)
    assert re.fullmatch(f"de levering is verwijderd op .* volgens {re.escape(REASON)}", row.remark)


# ---------------------------------------------------------------------------------------------------------------------
# Backups


@pytest.fixture
def reserve(paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three backups: of before anything was loaded, of when all was there, and a file of somebody."""
    folder = tmp_path / "reserve"
    folder.mkdir()
    with duckdb.connect(str(paths.raw)) as con:
        con.execute("update leveringen.levering set geladen_op = '2025-02-01 12:00'")
    for name in (
        "veiligheidsagenda_20250201T115959_publicatie_1.tar",
        "veiligheidsagenda_20250301T060000_publicatie_1.tar",
        "veiligheidsagenda_van_jan.tar",
    ):
        (folder / name).write_text("een kopie")

    def make(paths: DataPaths, there: Path) -> tuple[Path, None]:
        moment = now() + timedelta(days=1)
        fresh = there / f"veiligheidsagenda_{moment:%Y%m%dT%H%M%S}_publicatie_2.tar"
        fresh.write_text("een nieuwe")
        return fresh, None

    monkeypatch.setattr(backup, "make_backup", make)
    monkeypatch.setenv(BACKUPS_SETTING, f"{folder}{os.pathsep}{tmp_path / 'weg'}")
    return folder


def test_backups_that_hold_what_went_are_replaced_and_those_out_of_reach_are_told(
    paths: DataPaths, reserve: Path
) -> None:
    was = sorted(file.name for file in reserve.iterdir())
    shown = run(paths, execute=False)
    assert sorted(file.name for file in reserve.iterdir()) == was
    assert [file.name for file in shown.backups] == ["veiligheidsagenda_20250301T060000_publicatie_1.tar"]
    done = run(paths)
    assert done.backups == shown.backups
    left = {file.name for file in reserve.iterdir()}
    assert (len(left), left & set(was)) == (3, {was[0], was[2]})
    (told,) = done.by_hand
    assert re.fullmatch(r".*/weg is niet te bekijken \(.*\): vernietig daar zelf de reservekopieën van voor .*", told)
    assert not done.is_settled
    # The folder is told of as long as nobody saw to it, and nothing more is replaced.
    assert run(paths).backups == ()


def test_a_backup_is_destroyed_only_when_there_is_a_new_one(
    paths: DataPaths, reserve: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise backup.BackupError("geen plaats")

    with monkeypatch.context() as patch, pytest.raises(backup.BackupError):
        patch.setattr(backup, "make_backup", fails)
        run(paths)
    assert len([*reserve.iterdir()]) == 3
    # What went is gone by then; the next run sees to the backup.
    assert [file.name for file in run(paths).backups] == ["veiligheidsagenda_20250301T060000_publicatie_1.tar"]
    assert_removed(paths)


def test_the_journal_says_how_many_backups_were_made_elsewhere(paths: DataPaths, reserve: Path) -> None:
    entry = {"oorsprong": "proef", "actie": "backup", "object": "datamap", "resultaat": "code 0"}
    moments = ("2025-01-01T06:00:00+00:00", "2025-03-01T05:00:30+00:00", "2025-04-01T05:00:30+00:00")
    paths.journal.write_text("".join(json.dumps(entry | {"tijdstip": moment}) + "\n" for moment in moments))
    # The first held nothing yet; the second, at six o'clock in the Netherlands, stands in the folder.
    assert any("noemt 1 reservekopieën" in told for told in run(paths, execute=False).by_hand)


# ---------------------------------------------------------------------------------------------------------------------
# What is told


def printed(outcome: Retained) -> str:
    console = Console(width=80, record=True, file=StringIO())
    show_retention(outcome, console)
    return " ".join(console.export_text().split())


def test_what_is_told_says_whether_it_was_done(paths: DataPaths) -> None:
    shown = printed(run(paths, execute=False))
    assert "Moet weg: 2 leveringen, 4 records in raw, 2 bestanden in de inbox." in shown
    assert "Zonder deze rijen zijn 24 tabellen opnieuw gebouwd; in geen daarvan verandert iets." in shown
    assert "make as-of kan daarna vanaf 05-01-2025" in shown
    assert shown.endswith("Er is niets verwijderd. Uitvoeren: make retention UITVOEREN=1")
    done = printed(run(paths))
    assert "Verwijderd: 2 leveringen, 4 records in raw, 2 bestanden in de inbox." in done
    assert "Aangetoond: 4 pseudoniemen en nummers die nu nergens meer horen" in done
    assert "2 andere staan ook in leveringen die blijven." in done
    assert printed(replace(run(paths), whole_from=None)) == "Van geen levering is de bewaartermijn voorbij."


def test_each_declaration_names_its_ground_its_term_and_where_that_comes_from() -> None:
    for extract in read_declarations().values():
        assert extract.legal_ground
        assert re.match("Aanname: ", extract.retention_source), (
            "no source was found for any of them; where one is, say so"
        )
