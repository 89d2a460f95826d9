"""Whether anything of a value is left shows wherever it stands: in bytes, in packed columns, under another name."""

import hashlib
from pathlib import Path

import duckdb
import pytest

from orchestration.traces import search

# Nobody in it exists: what a keyed hash of somebody would look like.
GONE = hashlib.sha256(b"iemand").hexdigest()
STAYS = hashlib.sha256(b"een ander").hexdigest()


@pytest.mark.parametrize("shift", range(9))
@pytest.mark.parametrize("spelled", [GONE.encode(), bytes.fromhex(GONE)], ids=["text", "bytes"])
def test_a_value_is_found_wherever_in_a_file_it_begins(tmp_path: Path, shift: int, spelled: bytes) -> None:
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "x.bin").write_bytes(b"\0" * 800 + b"." * shift + spelled + b"\0" * 3)
    (tmp_path / "y.bin").write_bytes(b"." * shift + STAYS.encode() + bytes.fromhex(STAYS))
    (tmp_path / "leeg").touch()
    searched = search(tmp_path, {GONE})
    assert searched.found == ["map/x.bin"]
    size = 800 + shift + len(spelled) + 3 + shift + 64 + 32
    assert (searched.values, searched.files, searched.size, searched.columns) == (1, 3, size, 0)


def test_a_value_that_is_cut_short_is_another(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(GONE[:-1].encode() + b"g")
    assert search(tmp_path, {GONE}).found == []


@pytest.mark.parametrize(
    ("made", "columns"),
    [
        ("select '{}' as kolom, 1 as getal", 1),
        ("select unhex('{}') as kolom", 1),
        ("select 'zie {} daar' as kolom, 'x' as tekst", 2),
        ("select ['x', '{}'] as kolom", 1),
        ("select {{'naam': 'x', 'wie': '{}'}} as kolom", 1),
        ("select json_object('wie', '{}') as kolom", 1),
    ],
)
def test_a_value_is_found_in_a_column_however_it_is_packed(tmp_path: Path, made: str, columns: int) -> None:
    others = " union all ".join([made.format(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(99)])
    for value, is_left in ((GONE, True), (STAYS, False)):
        with duckdb.connect(str(tmp_path / "een.duckdb")) as con:
            con.execute(f"create or replace table rijen as {others} union all {made.format(value)}")
            con.execute(f"copy rijen to '{tmp_path / 'een.parquet'}'")
        searched = search(tmp_path, {GONE})
        # A page of before may still hold it: the database is made anew for the second value.
        assert searched.found == (["een.duckdb", "een.parquet"] if is_left else [])
        assert searched.columns == 2 * columns
        (tmp_path / "een.duckdb").unlink()


def test_a_short_number_is_found_in_a_column_as_a_whole_only(tmp_path: Path) -> None:
    for name, value in (("gelijk", "ZK-12345"), ("langer", "ZK-123456")):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as con:
            con.execute(f"create table rijen as select '{value}' as zaak_nr")
    assert search(tmp_path, {"ZK-12345"}).found == ["gelijk.duckdb"]


def test_what_was_deleted_from_a_database_is_still_in_its_bytes(tmp_path: Path) -> None:
    """The reason to write a database anew: DuckDB itself does not see it any more."""
    with duckdb.connect(str(tmp_path / "een.duckdb")) as con:
        con.execute(f"create table rijen as select '{GONE}' as kolom union all select '{STAYS}'; checkpoint")
        con.execute(f"delete from rijen where kolom = '{GONE}'; checkpoint")
        assert con.execute("select count(*) from rijen").fetchall() == [(1,)]
    assert search(tmp_path, {GONE}).found == ["een.duckdb"]


def test_a_file_with_a_content_that_may_not_be_there_is_found_under_another_name(tmp_path: Path) -> None:
    (tmp_path / ".kopie").write_text("geleverd")
    (tmp_path / "ander").write_text("geleverd.")
    contents = {hashlib.sha256(b"geleverd").hexdigest()}
    assert search(tmp_path, (), contents).found == [".kopie"]
    assert search(tmp_path, (), contents, but=[tmp_path / ".kopie"]).found == []


def test_what_cannot_be_read_is_not_taken_for_clean(tmp_path: Path) -> None:
    (tmp_path / "een.duckdb").write_bytes(b"12345678DUCK" + b"\1" * 9000)
    assert search(tmp_path, {GONE}).found == ["een.duckdb (niet te lezen: IOException)"]


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "buiten").write_text(GONE)
    (tmp_path / "binnen").mkdir()
    (tmp_path / "binnen" / "link").symlink_to(tmp_path / "buiten")
    assert search(tmp_path / "binnen", {GONE}).found == []
    assert search(tmp_path, {GONE}).found == ["buiten"]
