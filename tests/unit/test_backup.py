"""A backup is of one moment and comes back whole; what is no whole backup is refused before anything is touched."""

import io
import json
import os
import shutil
import stat
import tarfile
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from orchestration import backup, damage, journal, ledger, novelty, register
from orchestration.__main__ import main
from orchestration.backup import BackupError, Contents, make_backup, read_backup, restore
from orchestration.paths import DATA_SETTING, DataPaths
from orchestration.pseudonyms import KEY_SETTING, Key
from tests.unit.conftest import build_ledger_tables, make_delivery

SECRET = "Vq7!mZ2#tR9@xL4$wN8%bK3^yH6&cJ5*"
DELIVERED = "proef/rijen_20200101.csv"


def add(paths: DataPaths, key: Key | None = None) -> None:
    """Write down a delivery that lies in the inbox; of real data where there is a key."""
    delivery = make_delivery(paths.inbox, "id\r\n1\r\n", is_demo=key is None)
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
        number = register.add_delivery(con, delivery, "abc", key and key.fingerprint, register.now())
        register.decide(con, number, "ingetrokken", "dubbel geteld", "jansen")


def fill(paths: DataPaths) -> None:
    """Make a data folder with a delivery, a decision of a person, a ledger of one event, and a publication."""
    paths.inbox.mkdir(parents=True)
    build_ledger_tables(paths, 1)
    add(paths)
    with ledger.open_ledger(paths) as book:
        ledger.reconstruct(book, paths, ledger.Entry(7, date(2020, 1, 2), None, "proef"))
    folder = paths.versions / "00007"
    (folder / "parquet").mkdir(parents=True)
    (folder / paths.published.name).write_text("cijfers")
    (folder / "parquet" / "dim_jaar.parquet").write_text("jaren")
    paths.published.symlink_to(f"versies/00007/{paths.published.name}")
    # What a night makes of it, what is still being written, and what is nobody's.
    paths.warehouse.write_text("bouwsel")
    (paths.inbox / "proef" / "rijen_20210101.csv.part").write_text("half")
    (paths.inbox / "proef" / ".verborgen").write_text("niets")
    (paths.inbox / "proef" / "koppeling.csv").symlink_to(paths.raw)


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """Such a data folder."""
    paths = DataPaths(tmp_path / "data")
    fill(paths)
    return paths


@pytest.fixture
def made(paths: DataPaths, tmp_path: Path) -> Path:
    """A backup of it."""
    folder = tmp_path / "reserve"
    folder.mkdir()
    return make_backup(paths, folder)[0]


def lose(paths: DataPaths) -> None:
    for place in paths.data.iterdir():
        if place.is_symlink() or place.is_file():
            place.unlink()
        else:
            shutil.rmtree(place)


def listed(file: Path) -> dict:
    with tarfile.open(file) as tar:
        content = tar.extractfile(backup.LIST)
        assert content is not None
        return json.loads(content.read())


def test_it_holds_what_cannot_be_made_again_and_nothing_else(paths: DataPaths, made: Path) -> None:
    with tarfile.open(made) as tar:
        names = tar.getnames()
    assert names == [
        "raw.duckdb",
        "publicaties.duckdb",
        "publicaties.anker",
        "versies/00007/veiligheidsagenda.duckdb",
        "versies/00007/parquet/dim_jaar.parquet",
        f"leveringen/{DELIVERED}",
        "inhoud.json",
    ]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    with duckdb.connect(str(paths.ledger), read_only=True) as book:
        ((head,),) = book.execute("select sha256 from gebeurtenis").fetchall()
    told = listed(made)
    assert (told["publication"], told["head"], told["deliveries"]) == (7, head, 1)
    assert told["forms"]["raw.duckdb"] == len(register.STEPS)
    assert [each["size"] for each in told["files"]][3:] == [len("cijfers"), len("jaren"), len("id\r\n1\r\n")]
    assert [*made.parent.iterdir()] == [made]


def test_it_comes_back_as_it_was(paths: DataPaths, made: Path) -> None:
    def state() -> dict[str, tuple[bytes, int]]:
        names = [each.name for each in read_backup(made).files]
        return {name: ((paths.data / name).read_bytes(), (paths.data / name).stat().st_mtime_ns) for name in names}

    # To the nanosecond: by that a delivered file is known again.
    os.utime(paths.inbox / DELIVERED, ns=(1, 1_600_000_000_123_456_789))
    made.unlink()
    made = make_backup(paths, made.parent)[0]
    before = state()
    lose(paths)
    restored = restore(paths, made)
    assert state() == before
    assert len(before) == len(restored.contents.files) == 6
    assert restored.kept == ()
    assert paths.published.read_text() == "cijfers"
    assert stat.S_IMODE(paths.published.resolve().stat().st_mode) == 0o444
    assert stat.S_IMODE(paths.published.resolve().parent.stat().st_mode) == 0o555
    assert stat.S_IMODE(paths.raw.stat().st_mode) == 0o600
    damage.examine(paths)
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert [(row.verdict, row.reason, row.by) for row in register.deliveries(con)] == [
            ("ingetrokken", "dubbel geteld", "jansen")
        ]
    assert not (paths.data / "herstel.bezig").exists()


def test_what_lies_in_the_inbox_stays(paths: DataPaths, made: Path) -> None:
    seen = novelty.inbox(paths)
    for place in (paths.raw, paths.ledger, paths.data / "publicaties.anker", paths.published):
        place.unlink()
    shutil.rmtree(paths.versions)
    restore(paths, made)
    # The delivered file is the one of the backup, so it was not touched: the next night need not read it again.
    assert novelty.inbox(paths) == seen

    for place in (paths.raw, paths.ledger, paths.data / "publicaties.anker", paths.published):
        place.unlink()
    for place in paths.versions.rglob("*"):
        place.chmod(0o755)
    shutil.rmtree(paths.versions)
    (paths.inbox / DELIVERED).write_bytes(b"id;3")
    (paths.inbox / "proef" / "rijen_20220101.csv").write_text("later")
    assert restore(paths, made).kept == (f"leveringen/{DELIVERED}",)
    assert (paths.inbox / DELIVERED).read_bytes() == b"id;3"
    assert (paths.inbox / "proef" / "rijen_20220101.csv").read_text() == "later"


@pytest.mark.parametrize("is_there", [True, False], ids=["an empty folder", "no folder"])
def test_the_log_of_acts_comes_back_before_what_was_written_since(
    paths: DataPaths, made: Path, is_there: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    for act in ("as-of", "withdraw"):
        journal.note(paths, act, "proef", "code 0", "proef")
    old = paths.journal.read_bytes()
    made.unlink()
    made = make_backup(paths, made.parent)[0]
    lose(paths)
    if not is_there:
        paths.data.rmdir()
    assert main(["restore", str(made)]) == 0
    assert "gelaten zoals het is" not in capsys.readouterr().out
    assert paths.journal.read_bytes().startswith(old)
    found, unreadable = journal.acts(paths)
    assert unreadable == 0
    # Of a folder that is not there nothing is accounted for until it is.
    begun = [("restore", "begonnen")] if is_there else []
    assert [(act.act, act.outcome) for act in found[2:]] == [*begun, ("restore", "code 0")]
    assert stat.S_IMODE(paths.journal.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("there", "after"),
    [
        ("a\nb\nc\n", "a\nb\nc\n"),
        ("a\nb\nc\nc\n", "a\nb\nc\nc\n"),
        ("x\ny\n", "a\nb\nx\ny\n"),
        ("x\nb\nhalf", "a\nb\nx\nhalf\n"),
        ("a\n", "a\nb\n"),
        ("", "a\nb\n"),
    ],
)
def test_no_line_of_another_log_is_lost(paths: DataPaths, made: Path, there: str, after: str) -> None:
    paths.journal.write_text("a\nb\n")
    made.unlink()
    made = make_backup(paths, made.parent)[0]
    lose(paths)
    paths.journal.write_text(there)
    assert restore(paths, made).kept == ()
    assert paths.journal.read_text() == after


def test_a_log_that_may_not_be_replaced_stays_and_is_named(
    paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that its owner made append-only (`chattr +a`)."""
    paths.journal.write_text("a\n")
    made.unlink()
    made = make_backup(paths, made.parent)[0]
    lose(paths)
    paths.journal.write_text("x\n")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target == paths.journal:
            raise PermissionError(1, "Operation not permitted")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert restore(paths, made).kept == ("logboek.jsonl",)
    assert paths.journal.read_text() == "x\n"
    assert paths.published.read_text() == "cijfers"


def cut(file: Path, contents: Contents) -> None:
    os.truncate(file, file.stat().st_size * 2 // 3)


def cut_before_the_list(file: Path, contents: Contents) -> None:
    """At the end of a file in it, where a tar may end as far as its form goes."""
    with tarfile.open(file) as tar:
        place = tar.getmember(backup.LIST).offset
    os.truncate(file, place)


def change(file: Path, contents: Contents) -> None:
    held = file.read_bytes()
    assert held.count(b"cijfers") == 1
    file.write_bytes(held.replace(b"cijfers", b"999.999"))


def change_the_list(file: Path, contents: Contents) -> None:
    held = file.read_bytes()
    place = held.rindex(b'"sha256": "') + len('"sha256": "')
    file.write_bytes(held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :])


def rename(file: Path, contents: Contents) -> None:
    """Out of the data folder, in the list as in the file itself."""
    change_all(file, contents, "versies/00007/parquet/dim_jaar.parquet", "versies/00007/../../../buiten.parquet")


def change_all(file: Path, contents: Contents, name: str, other: str) -> None:
    with tarfile.open(file) as tar:
        members = [(member, tar.extractfile(member)) for member in tar]
        held = {member.name: content.read() for member, content in members if content}
    held[backup.LIST] = held[backup.LIST].replace(name.encode(), other.encode())
    with tarfile.open(file, "w:", format=tarfile.PAX_FORMAT, pax_headers={"comment": f"{backup.MARK}1"}) as tar:
        for each, content in held.items():
            entry = tarfile.TarInfo(other if each == name else each)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


def later(file: Path, contents: Contents) -> None:
    held = file.read_bytes()
    file.write_bytes(held.replace(f"{backup.MARK}1".encode(), f"{backup.MARK}2".encode(), 1))


def garbage(file: Path, contents: Contents) -> None:
    file.write_bytes(os.urandom(20_000))


def another_tar(file: Path, contents: Contents) -> None:
    with tarfile.open(file, "w") as tar:
        tar.add(__file__, "raw.duckdb")


SPOILED: dict[str, tuple[Callable[[Path, Contents], None], str]] = {
    "cut off": (cut, "is afgebroken: het einde ontbreekt"),
    "cut off between two files": (cut_before_the_list, "is afgebroken: het einde ontbreekt"),
    "a figure changed": (change, r"is veranderd .*versies/00007/veiligheidsagenda.duckdb"),
    "its list changed": (change_the_list, r"is veranderd .*leveringen/proef/rijen_20200101.csv"),
    "a name that leads out": (rename, r"is veranderd .*buiten.parquet"),
    "of a later release": (later, "heeft vorm 2, en deze versie .* kent vorm 1"),
    "garbage": (garbage, "is geen reservekopie"),
    "another tar": (another_tar, "is geen reservekopie"),
    "nothing": (lambda file, _: file.unlink(), "bestaat niet"),
    "an empty file": (lambda file, _: file.write_bytes(b""), "is geen reservekopie"),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_is_no_whole_backup_is_refused_and_nothing_is_touched(paths: DataPaths, made: Path, what: str) -> None:
    spoil, told = SPOILED[what]
    spoil(made, read_backup(made))
    lose(paths)
    with pytest.raises(BackupError, match=told):
        restore(paths, made)
    assert sorted(file.name for file in paths.data.iterdir()) in ([], ["tmp", "warehouse.lock"])
    assert not [*paths.data.parent.glob("buiten*")]


def test_every_byte_of_it_is_looked_at(paths: DataPaths, made: Path) -> None:
    """One bit turned, at places all over the file: each is found, but for the filling behind a file and its end."""
    whole, good = made.read_bytes(), read_backup(made)
    with tarfile.open(made) as tar:
        inside = [place for entry in tar for place in (entry.offset_data, entry.offset_data + entry.size - 1)]
    assert len(inside) == 2 * 7
    for place in inside:
        made.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupError):
            read_backup(made)
    made.write_bytes(whole)
    assert read_backup(made) == good


def test_what_changes_after_it_was_read_is_not_put_in_place(
    paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_then_spoil(file: Path) -> Contents:
        contents = read_backup(file)
        change(file, contents)
        return contents

    monkeypatch.setattr(backup, "read_backup", read_then_spoil)
    lose(paths)
    with pytest.raises(BackupError, match="is veranderd"):
        restore(paths, made)
    assert sorted(file.name for file in paths.data.iterdir()) in ([], ["tmp", "warehouse.lock"])


@pytest.mark.parametrize("what", ["raw", "ledger", "published", "versions"])
def test_what_stands_there_is_never_overwritten_and_the_way_out_works(paths: DataPaths, made: Path, what: str) -> None:
    for name in {"raw", "ledger", "published", "versions"} - {what}:
        place: Path = getattr(paths, name)
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    with pytest.raises(BackupError, match="zou overschrijven; er is niets veranderd") as refused:
        restore(paths, made)
    aside = str(refused.value).splitlines()[1]
    assert os.system(aside) == 0
    restore(paths, made)
    assert paths.published.read_text() == "cijfers"


def test_another_key_than_that_of_the_rows_is_refused(
    paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(paths, Key(SECRET.encode()))
    made.unlink()
    monkeypatch.setenv(KEY_SETTING, SECRET)
    file = make_backup(paths, made.parent)[0]
    assert read_backup(file).keys == (Key(SECRET.encode()).fingerprint,)
    assert SECRET.encode() not in file.read_bytes()
    lose(paths)
    monkeypatch.setenv(KEY_SETTING, SECRET[::-1])
    with pytest.raises(BackupError, match="geladen met een andere sleutel"):
        restore(paths, file)
    monkeypatch.setenv(KEY_SETTING, SECRET)
    restore(paths, file)


def test_demo_data_ask_no_key(paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lose(paths)
    monkeypatch.setenv(KEY_SETTING, SECRET)
    assert restore(paths, made).contents.keys == ()


def test_no_room_is_told_before_anything_is_written(
    paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1000))
    with pytest.raises(BackupError, match="is geen plaats voor"):
        make_backup(paths, made.parent)
    assert [*made.parent.iterdir()] == [made]
    lose(paths)
    with pytest.raises(BackupError, match="is geen plaats voor"):
        restore(paths, made)
    assert not paths.raw.exists()


def test_an_existing_folder_outside_the_data_folder_is_needed(paths: DataPaths, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is geen map"):
        make_backup(paths, tmp_path / "schijf")
    with pytest.raises(BackupError, match="ligt in de datamap"):
        make_backup(paths, paths.inbox)


def test_a_damaged_raw_is_not_kept_as_if_it_were_good(paths: DataPaths, made: Path) -> None:
    """Also where it opens: every row is read once. Block 1 and on hold rows, behind 12 KiB of headings."""
    with duckdb.connect(str(paths.raw)) as con:
        con.execute("create table veel as select range as a, hash(range) as b from range(100000)")
    size = paths.raw.stat().st_size
    with paths.raw.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(4096))
    made.unlink()
    with pytest.raises((duckdb.IOException, damage.DamageError)):
        make_backup(paths, made.parent)
    assert [*made.parent.iterdir()] == []


def test_a_delivery_that_changes_meanwhile_is_told(
    paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = paths.inbox / DELIVERED

    def grow(self: backup._Hashing, size: int = -1) -> bytes:
        with place.open("ab") as file:
            file.write(b"2\r\n")
        return read(self, size)

    read = backup._Hashing.read
    monkeypatch.setattr(backup._Hashing, "read", grow)
    made.unlink()
    with pytest.raises(BackupError, match=rf"leveringen/{DELIVERED} verandert terwijl"):
        make_backup(paths, made.parent)
    assert [*made.parent.iterdir()] == []


def test_it_waits_for_whoever_writes(paths: DataPaths, made: Path, caplog: pytest.LogCaptureFixture) -> None:
    made.unlink()
    done: list[Path] = []
    lock = FileLock(paths.lock)
    with lock:
        waiting = threading.Thread(target=lambda: done.append(make_backup(paths, made.parent)[0]))
        waiting.start()
        while "een andere run schrijft nu" not in caplog.text:
            waiting.join(0.01)
        assert [*made.parent.iterdir()] == []
    waiting.join(60)
    assert [*made.parent.iterdir()] == done
    assert len(done) == 1


def test_a_backup_is_never_overwritten(paths: DataPaths, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made.unlink()
    monkeypatch.setattr(backup, "now", lambda: datetime(2026, 11, 26, 3, 0))
    first = make_backup(paths, made.parent)[0]
    held = first.read_bytes()
    with pytest.raises(BackupError, match="bestaat al, en wordt niet overschreven"):
        make_backup(paths, made.parent)
    assert first.read_bytes() == held
    assert first.name == "veiligheidsagenda_20261126T030000_publicatie_7.tar"
