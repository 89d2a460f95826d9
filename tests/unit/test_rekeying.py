"""Another key: everybody stays who he was, nothing of the old key stays, and half of it is never there.

Seen red with the ledger left as it was, with pairs ended of which raw was never swapped in, with raw swapped in before
the pairs, with the free blocks of the ledger kept, with the check on what is missing left out, and with the pairs not
compared.
"""

import hashlib
import hmac
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration import backup, ledger, publishing, register, rekeying
from orchestration.__main__ import main
from orchestration.admission import admit_deliveries
from orchestration.decisions import withdraw
from orchestration.locking import open_database
from orchestration.paths import DATA_SETTING, DataPaths
from orchestration.pseudonyms import DEMO_KEY, KEY_SETTING, Key
from orchestration.publishing import publish
from orchestration.rekeying import rekey
from orchestration.reporting import PAGE
from tests.kills import counting_lines, in_a_child
from tests.unit.conftest import COLUMNS, HEAD, make_extract, no_objection
from tests.unit.test_publishing import TABLES, build, events

OLD, NEW = Key(b"oud-uJ7-wq2Zr9Xc4Vb8Nm1Lk6Hg3Fd5Sa0P"), Key(b"nieuw-Kp3_Ty8Qw1Ze6Rx0Vb5Nc2Md7Lf4Js9H")
# The name is of a person; the number of the row is not.
PERSONAL = {("proef", "rijen"): make_extract(columns=[COLUMNS[0], COLUMNS[1] | {"personal": True}, *COLUMNS[2:]])}
FILES = {
    "rijen_20200101_ontvangen_20200105.csv": HEAD + "1;anna;01-01-2020;1\r\n2;bert;01-01-2020;1\r\n",
    "rijen_20210101_ontvangen_20210105.csv": HEAD + "1;anna;01-01-2020;1\r\n3;carl;01-01-2020;1\r\nx;dirk;;1\r\n",
    "rijen_20220101_ontvangen_20220105.csv": HEAD + "1;anna;01-01-2020;1\r\n3;carl;01-01-2020;1\r\n4;;01-01-2020;1\r\n",
}
FIRST, SECOND, THIRD = FILES


def hashed(value: str, key: Key) -> str:
    """The pseudonym of a value, worked out beside the program."""
    if key.is_earlier:
        return hmac.new(key.secret, value.encode(), hashlib.sha256).hexdigest()
    secret = hmac.new(key.secret, b"veiligheidsagenda: pseudoniem", hashlib.sha256).digest()
    return hashlib.sha256(secret + value.encode()).hexdigest()[:32]


def of_rows(key: Key) -> list[tuple[int, int, str | None]]:
    """Delivery, record and pseudonym of each row in raw, by hand."""
    anna, bert, carl = (hashed(name, key) for name in ("anna", "bert", "carl"))
    return [(1, 1, anna), (1, 2, bert), (2, 1, anna), (2, 2, carl), (3, 1, anna), (3, 2, carl), (3, 3, None)]


def admit(paths: DataPaths, key: Key) -> None:
    with open_database(paths.raw) as con:
        admit_deliveries(con, paths.inbox, paths.scratch, PERSONAL, key, no_objection)


def put(paths: DataPaths, name: str, text: str) -> None:
    """Deliver a file, long ago, so that nobody waits to see whether it still grows."""
    file = paths.inbox / "proef" / name
    file.write_text(text, newline="")
    os.utime(file, (1e9, 1e9))


def fill(paths: DataPaths, key: Key) -> None:
    """Three deliveries under a key, of which the second was withdrawn, and a publication on rows of them."""
    folder = paths.inbox / "proef"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        put(paths, name, text)
    build(paths, 1)
    paths.raw.unlink()
    if key.is_earlier:
        with pytest.MonkeyPatch.context() as as_it_was:
            as_it_was.setattr("orchestration.admission._key_for", lambda *_: key)
            admit(paths, key)
    else:
        admit(paths, key)
    with open_database(paths.raw) as con:
        withdraw(con, 2, "dubbel", "jansen", [])
    with duckdb.connect(str(paths.warehouse)) as con:
        # What is counted may be a person, a person in a case, or something that is no secret.
        counted = [
            hashed("anna", key),
            f"{hashed('carl', key)}/{hashed('anna', key)}",
            "IHA-003553",
            "2020-01-01",
            None,
        ]
        con.execute("drop table intermediate.int_tellingen_vastgelegd")
        con.execute(
            """create table intermediate.int_tellingen_vastgelegd as
            select 'proef' as indicator_code, 2020 as jaar, 'teller' as rol, unnest($units) as teleenheid, 1 as waarde,
                3 as levering_nr, 1 as record_nr, 'telt' as regel_code, true as telt_mee""",
            {"units": counted},
        )
    publish(paths, TABLES)


@pytest.fixture(scope="module", params=["a key", "the way of the first release"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DataPaths, Key]]:
    paths = DataPaths(tmp_path_factory.mktemp("sleutel") / "data")
    paths.data.mkdir()
    key = OLD if request.param == "a key" else OLD.earlier
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "report_beside", lambda file: (file.parent / PAGE).write_text("rapport"))
        fill(paths, key)
    yield paths, key


@pytest.fixture
def old(filled: tuple[DataPaths, Key]) -> Key:
    """The key under which all of it stands."""
    return filled[1]


@pytest.fixture
def paths(filled: tuple[DataPaths, Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A copy of the data folder, to change."""
    copy = DataPaths(tmp_path / "data")
    shutil.copytree(filled[0].data, copy.data, symlinks=True)
    monkeypatch.setenv(DATA_SETTING, str(copy.data))
    monkeypatch.setenv(KEY_SETTING, NEW.secret.decode())
    monkeypatch.setattr("orchestration.declarations.read_declarations", lambda: PERSONAL)
    return copy


def in_raw(paths: DataPaths) -> list[tuple[int, int, str | None]]:
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        return con.execute("select levering_nr, record_nr, naam from proef.rijen order by all").fetchall()


def prints(paths: DataPaths) -> set[str]:
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        return {row for (row,) in con.execute("select sleutel_afdruk from leveringen.levering").fetchall()}


def counted(paths: DataPaths) -> list[str | None]:
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        return [unit for (unit,) in con.execute("select teleenheid from telling order by rowid").fetchall()]


def of_units(key: Key) -> list[str | None]:
    anna, carl = hashed("anna", key), hashed("carl", key)
    return [anna, f"{carl}/{anna}", "IHA-003553", "2020-01-01", None]


def all_but_pseudonyms(paths: DataPaths) -> dict[str, list[tuple]]:
    """Everything else that raw holds, table by table."""
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        left_out = {"levering": "exclude (sleutel_afdruk)", "rijen": "exclude (naam)"}
        return {
            f"{schema}.{table}": con.execute(
                f'select * {left_out.get(table, "")} from "{schema}"."{table}" order by rowid'
            ).fetchall()
            for schema, table in tables
        }


def is_old(paths: DataPaths, key: Key) -> bool:
    return (in_raw(paths), prints(paths), counted(paths)) == (of_rows(key), {key.fingerprint}, of_units(key))


def is_new(paths: DataPaths) -> bool:
    return is_old(paths, NEW)


def faults_of_ledger(paths: DataPaths) -> tuple[str, ...]:
    with ledger.read_ledger(paths) as con:
        return ledger.audit(con, paths).faults


def test_everybody_is_who_he_was_and_the_old_key_is_nowhere(
    paths: DataPaths, old: Key, capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_old(paths, old), "what the fixture made"
    before = all_but_pseudonyms(paths)
    assert len(before["leveringen.oordeel"]) == 4
    assert len(before["leveringen.apartgezet"]) == 1
    assert main(["rekey"]) == 0
    assert is_new(paths)
    assert all_but_pseudonyms(paths) == before
    assert events(paths)[-1] == (1, "omgesleuteld")
    assert faults_of_ledger(paths) == ()
    # A mart of the publication says nothing of it, and neither are there files of under way.
    assert sorted(file.name for file in paths.data.iterdir() if file.is_file()) == [
        "logboek.jsonl",
        "publicaties.anker",
        "publicaties.duckdb",
        "raw.duckdb",
        "veiligheidsagenda.duckdb",
        "warehouse.lock",
    ]
    assert [*paths.scratch.iterdir()] == []
    told = " ".join(capsys.readouterr().out.split())
    assert "3 leveringen staan nu onder deze sleutel: 3 sleutelwaarden, uit 2 geleverde bestanden" in told
    assert "Reservekopieën van voor nu staan nog onder de oude sleutel" in told
    assert '"rekey"' in paths.journal.read_text() and old.fingerprint not in paths.journal.read_text()
    for file in (paths.raw, paths.ledger):
        content = file.read_bytes()
        for name in ("anna", "bert", "carl"):
            assert hashed(name, old).encode() not in content, "in a free block too"


def test_what_comes_after_it_needs_the_new_key_alone(paths: DataPaths, old: Key) -> None:
    rekey(paths, PERSONAL, NEW)
    put(paths, "rijen_20230101_ontvangen_20230105.csv", HEAD + "1;anna;01-01-2020;1\r\n")
    admit(paths, old)
    assert in_raw(paths) == of_rows(NEW), "the old key is another one now"
    admit(paths, NEW)
    assert in_raw(paths) == [*of_rows(NEW), (4, 1, hashed("anna", NEW))]


def test_where_all_stands_under_the_key_already_that_is_said_and_is_no_failure(
    paths: DataPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rekey"]) == 0
    before = all_but_pseudonyms(paths), paths.ledger.read_bytes()
    capsys.readouterr()
    assert main(["rekey"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said == "Er staat niets onder een andere sleutel dan die nu is gezet. Er is niets veranderd."
    assert is_new(paths)
    assert (all_but_pseudonyms(paths), paths.ledger.read_bytes()) == before


@pytest.mark.parametrize("key", [None, NEW.secret.decode()], ids=["no key", "a key"])
def test_demo_data_stay_under_the_key_of_the_demo_whatever_key_is_set(
    paths: DataPaths, key: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        con.execute("update leveringen.levering set is_demo = true, sleutel_afdruk = ?", [DEMO_KEY.fingerprint])
    monkeypatch.delenv(KEY_SETTING)
    if key:
        monkeypatch.setenv(KEY_SETTING, key)
    assert main(["rekey"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said == (
        "Alles is verzonnen en blijft onder de sleutel van de demo, welke sleutel er ook is gezet; onder een echte "
        "sleutel staat hier niets. Er is niets veranderd."
    )


def test_a_register_that_was_begun_in_the_earlier_way_goes_on_in_it_till_it_is_rekeyed(
    paths: DataPaths, old: Key
) -> None:
    put(paths, "rijen_20230101_ontvangen_20230105.csv", HEAD + "1;anna;01-01-2020;1\r\n")
    admit(paths, OLD)
    assert in_raw(paths)[-1] == (4, 1, hashed("anna", old))
    assert prints(paths) == {old.fingerprint}
    if old.is_earlier:
        rekey(paths, PERSONAL, OLD)
        assert in_raw(paths) == [*of_rows(OLD), (4, 1, hashed("anna", OLD))]


def test_a_file_that_is_gone_is_missed_only_for_who_stands_nowhere_else(paths: DataPaths, old: Key) -> None:
    """Of the first delivery anna stands in the third too; bert does not."""
    (paths.inbox / "proef" / SECOND).unlink()
    (paths.inbox / "proef" / FIRST).unlink()
    before = paths.raw.read_bytes(), paths.ledger.read_bytes()
    with pytest.raises(ValueError, match="niet alles kan onder de nieuwe sleutel") as refused:
        rekey(paths, PERSONAL, NEW)
    assert str(refused.value).splitlines()[1:] == [
        f"  levering 1 proef/{FIRST} (stand 01-01-2020, ontvangen 05-01-2020): 1 nummers"
    ]
    assert is_old(paths, old)
    assert paths.warehouse.exists()
    assert not [*paths.data.glob("*sleutel*")]
    assert before[1] == paths.ledger.read_bytes()
    # Whatever it is called: what is in it counts.
    put(paths, "rijen_20200101_ontvangen_20200106.csv", FILES[FIRST])
    rekey(paths, PERSONAL, NEW)
    assert is_new(paths)


def test_a_file_that_was_changed_is_another(paths: DataPaths, old: Key) -> None:
    put(paths, FIRST, FILES[FIRST].replace("bert", "bart"))
    with pytest.raises(ValueError, match=f"levering 1 proef/{FIRST}"):
        rekey(paths, PERSONAL, NEW)
    assert is_old(paths, old)


def test_what_never_counted_and_is_gone_is_emptied(paths: DataPaths) -> None:
    with open_database(paths.raw) as con:
        con.execute("update leveringen.oordeel set oordeel = 'geweigerd' where levering_nr = 1")
    (paths.inbox / "proef" / FIRST).unlink()
    assert rekey(paths, PERSONAL, NEW).emptied == (1,)
    assert in_raw(paths) == [(*row[:2], None) if row[:2] == (1, 2) else row for row in of_rows(NEW)]


def test_a_number_that_is_written_in_another_way_now_is_not_guessed_at(paths: DataPaths, old: Key) -> None:
    """Who was two is one now: nobody can say whose rows are whose."""
    folded = {"canonical_pattern": "^([a-z])[a-z]*$", "canonical_widths": [4]}
    columns = [COLUMNS[0], COLUMNS[1] | {"personal": True} | folded, *COLUMNS[2:]]
    text = HEAD + "1;anna;01-01-2020;1\r\n2;anton;01-01-2020;1\r\n"
    put(paths, FIRST, text)
    with open_database(paths.raw) as con:
        con.execute(
            "update leveringen.levering set inhoud_sha256 = ? where levering_nr = 1",
            [hashlib.sha256(text.encode()).hexdigest()],
        )
    with pytest.raises(ValueError, match="niet vaststaat wie dezelfde is"):
        rekey(paths, {("proef", "rijen"): make_extract(columns=columns)}, NEW)
    assert is_old(paths, old)


def test_without_a_key_or_a_raw_there_is_nothing_to_do(paths: DataPaths, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"zet haar in {KEY_SETTING}"):
        rekey(paths, PERSONAL, None)
    with pytest.raises(ValueError, match="bestaat nog niet"):
        rekey(DataPaths(tmp_path / "leeg"), PERSONAL, NEW)


def test_killed_anywhere_it_is_all_under_one_key(filled: tuple[DataPaths, Key], tmp_path: Path) -> None:
    """What is left to do the next run does by itself: it opens the ledger before it reads anything."""
    source, old = filled
    if old.is_earlier:
        pytest.skip("once is enough")
    files = {str(Path(module.__file__ or "")) for module in (rekeying, ledger)}

    def fresh(place: int) -> DataPaths:
        copy = DataPaths(tmp_path / str(place))
        shutil.copytree(source.data, copy.data, symlinks=True)
        return copy

    def killed_at(paths: DataPaths, place: int) -> str:
        return in_a_child(lambda: counting_lines(lambda: rekey(paths, PERSONAL, NEW), files, place))

    lines = int(killed_at(fresh(-1), -1))
    assert lines > 150
    ends = set()
    for place in range(lines - 1, 0, -max(1, lines // 8)):
        paths = fresh(place)
        assert killed_at(paths, place) == "", "it is killed"
        before = in_raw(paths)
        with ledger.open_ledger(paths) as book:
            ledger.settle(book, paths)
        assert is_new(paths) or is_old(paths, old), place
        assert in_raw(paths) == before, "raw is what decides"
        assert not paths.pairs.exists()
        assert faults_of_ledger(paths) == ()
        ends.add(is_new(paths))
        if is_old(paths, old):
            rekey(paths, PERSONAL, NEW)
            assert is_new(paths), "and it can be done again"
        shutil.rmtree(paths.data)
    assert ends == {True, False}


@pytest.mark.parametrize(("swapped", "is_done"), [(0, False), (1, False), (2, True)])
def test_killed_between_two_swaps_raw_decides(paths: DataPaths, old: Key, swapped: int, is_done: bool) -> None:
    """The pairs come first, then raw, then the ledger without its free blocks."""
    left, replace = swapped, Path.replace

    def swap(self: Path, target: Path) -> Path:
        nonlocal left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return replace(self, target)

    def work() -> None:
        with pytest.MonkeyPatch.context() as during:
            during.setattr(Path, "replace", swap)
            rekey(paths, PERSONAL, NEW)

    assert in_a_child(work) == "", "it is killed"
    with ledger.open_ledger(paths):
        pass
    assert is_new(paths) if is_done else is_old(paths, old)
    assert faults_of_ledger(paths) == ()
    assert not paths.pairs.exists()


def test_a_backup_of_between_is_of_one_key(paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as during:
        during.setattr(rekeying, "_settle", lambda _: None)
        rekey(paths, PERSONAL, NEW)
    assert paths.pairs.exists() and in_raw(paths) == of_rows(NEW) and counted(paths) != of_units(NEW)
    (tmp_path / "kopie").mkdir()
    backup.make_backup(paths, tmp_path / "kopie")
    assert not paths.pairs.exists()
    assert is_new(paths)


def test_pairs_of_a_raw_that_never_came_change_nothing(paths: DataPaths, old: Key) -> None:
    """Such as beside a backup that was put back: it says by itself under which key it stands."""
    with duckdb.connect(str(paths.pairs)) as con:
        con.execute(f"create table koppeling as select '{hashed('anna', old)}' as oud, 'x' as nieuw")
        con.execute("create table anders as select 1 as levering_nr, 'abcdefgh' as afdruk")
    with ledger.open_ledger(paths):
        pass
    assert is_old(paths, old)
    assert not paths.pairs.exists()


def test_the_withdrawn_and_the_dates_are_as_they_were(paths: DataPaths) -> None:
    rekey(paths, PERSONAL, NEW)
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        told = [(row.number, row.stand_datum, row.verdict, row.reason) for row in register.deliveries(con)]
    assert told == [
        (1, date(2020, 1, 1), "toegelaten", None),
        (2, date(2021, 1, 1), "ingetrokken", "dubbel"),
        (3, date(2022, 1, 1), "toegelaten", None),
    ]
