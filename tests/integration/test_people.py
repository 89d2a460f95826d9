"""People's data: what the deliveries hold of them comes no further than it must, and who may read which file."""

import base64
import csv
import shutil
import sqlite3
import stat
from pathlib import Path

import duckdb
import pytest

from orchestration import rights
from orchestration.declarations import read_declarations
from orchestration.deliveries import find_deliveries
from orchestration.identifiers import found_in
from orchestration.paths import DATA_SETTING, DataPaths
from tests import leaks


def everything_has_its_rights(paths: DataPaths) -> set[str]:
    """Hold the rights of every file against what they must be; return what of the data folder was seen."""
    seen: dict[bool, list[Path]] = {True: [], False: []}
    for file in paths.data.rglob("*"):
        if file.is_symlink():
            continue
        public = rights.is_public(paths, file)
        mode = stat.S_IMODE(file.stat().st_mode)
        seen[public].append(file)
        wanted = (0o055 if file.is_dir() else 0o044) if public else 0
        assert mode & 0o077 == wanted, (file, oct(mode))
    assert len(seen[True]) > 50, "the published file, its tables, the report and the figures of its charts"
    assert len(seen[False]) > 100, "the inbox, raw, the ledger, the warehouse, and the history of runs"
    assert stat.S_IMODE(paths.data.stat().st_mode) & 0o077 == 0o011
    return {file.relative_to(paths.data).parts[0] for files in seen.values() for file in files}


def test_every_file_that_a_night_leaves_has_the_rights_that_it_must_have(after_first_night: DataPaths) -> None:
    everything_has_its_rights(after_first_night)


def test_the_deliveries_of_the_demo_hold_nobody(after_first_night: DataPaths) -> None:

    extracts = read_declarations()
    sets, waiting = find_deliveries(after_first_night.inbox, extracts, pause=lambda _: None)
    assert waiting == []
    values: set[str] = set()
    for delivery in (delivery for item in sets for delivery in item.deliveries):
        extract = delivery.extract
        with delivery.file.open(encoding=extract.encoding, newline="") as lines:
            rows = csv.reader(lines, delimiter=extract.delimiter)
            # Personal columns are kept as keyed hashes, whatever stands in them.
            personal = [column.personal for column in extract.columns]
            values |= {value for row in rows for value, hidden in zip(row, personal, strict=False) if not hidden}
    assert len(values) > 10_000
    assert [value for value in values if found_in(value)] == []


@pytest.mark.draws
def test_what_was_planted_is_nowhere_outside_the_inbox_and_markup_is_text(
    after_first_night: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = DataPaths(tmp_path / "da'ta <b> %s" / "data")
    shutil.copytree(after_first_night.data, paths.data, symlinks=True)
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    told = tmp_path / "verteld"
    told.mkdir()
    assert leaks.plant(paths) == 29
    commands = leaks.walk(paths, told, whole=False)
    with duckdb.connect(str(paths.published), read_only=True) as con:
        verdicts = con.sql(
            """select levering_oordeel, count(*) from marts.dim_levering
            where ontvangen_op >= '2025-03-01' or levering_nr is null group by all order by all"""
        ).fetchall()
        names = con.sql("select bestand, levering_oordeel_reden from marts.dim_levering").fetchall()
    # Of every extract with personal columns a file; a file of which the name is markup; what nobody may admit; what is
    # no delivery, with the halves that wait for nothing.
    assert verdicts == [("blijft_liggen", 5), ("geweigerd", 5), ("toegelaten", 20)]
    assert {"open-data", "documentatie", "logboek.jsonl"} <= everything_has_its_rights(paths)
    nothing_is_left(paths, told, commands)
    markup_is_text(paths, told, names)


def nothing_is_left(paths: DataPaths, told: Path, commands: list[str]) -> None:
    kept, printed = leaks.search(paths.data), leaks.search(told)
    assert kept.found == set()
    assert printed.found == set()
    assert kept.files > 400
    assert kept.values > 300_000
    assert len(commands) > 60
    assert printed.files == len(commands) + 1, "and the rows behind a figure"
    # A bare name in the place of a code is an unknown code, and stays with the owner.
    unseen = leaks.search(paths.data, [leaks.UNSEEN_NAME])
    assert {name.split(" ")[0] for name, _, _ in unseen.found} == set(leaks.OWNERS)
    assert leaks.search(told, [leaks.UNSEEN_NAME]).found == set()
    decided = leaks.search(paths.data, [leaks.USER])
    assert {name.split(" ")[0] for name, _, _ in decided.found} == set(leaks.OWNERS)


def markup_is_text(paths: DataPaths, told: Path, names: list[tuple[str, str]]) -> None:
    assert (leaks.MARKUP_FILE, None) in names, "in a table it stands as it is"
    assert leaks.MARKUP in [reason for _, reason in names]
    # A night names it only where it is the slowest, so in what is asked about its delivery nothing may be swallowed.
    printed = {file.stem: " ".join(file.read_text(encoding="utf-8").split()) for file in told.glob("*.txt")}
    assert {"explain", "supplier-report"} <= {
        command.partition("_")[0] for command, text in printed.items() if leaks.MARKUP_FILE in text
    }
    pages = [file for file in paths.data.rglob("*.html") if not file.is_symlink()]
    assert len(pages) > 20
    read = {file: file.read_text(encoding="utf-8") for file in pages}
    assert [file for file, text in read.items() if "onerror=alert(1)>" in text or "<script>alert" in text] == []
    assert [file for file, text in read.items() if "&lt;img src=x onerror=alert(1)&gt;" in text] != []
    assert {file.name for file in paths.data.parent.iterdir()} == {"data"}, "no name led out of the folder"


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    planted = {
        "als_tekst.txt": leaks.NAME.upper().encode(),
        "als_utf16.txt": leaks.MAIL.encode("utf-16"),
        "als_hex.txt": leaks.MAIL.encode().hex().encode(),
        "als_base64_0.txt": base64.b64encode(b"xxx" + leaks.MAIL.encode() + b"yy"),
        "als_base64_1.txt": base64.b64encode(b"x" + leaks.MAIL.encode() + b"yy"),
        "als_base64_2.txt": base64.b64encode(b"xx" + leaks.MAIL.encode() + b"yyy"),
        f"{leaks.CITIZEN}.txt": b"",
    }
    for name, content in planted.items():
        (tmp_path / name).write_bytes(content)
    with duckdb.connect(str(tmp_path / "database.duckdb")) as con:
        # Thousands of rows of one value are written down in a few bytes, and none of them is the text.
        con.execute(f"create table t as select '{leaks.NAME}' || (i % 7) as a, [1] as b from range(100000) as r(i)")
        con.execute(f"copy t to '{tmp_path / 'tabel.parquet'}' (format parquet, compression zstd)")
    with sqlite3.connect(tmp_path / "geschiedenis.db") as con:
        con.execute("create table t (a text)")
        con.execute("insert into t values (?)", [leaks.TELEPHONE])
    con.close()
    (tmp_path / "toeval.txt").write_text(f"0.1{leaks.DIGITS}44 a{leaks.DIGITS}f")
    found = leaks.search(tmp_path).found
    assert {name.split(" ")[0] for name, _, _ in found} == {
        *planted,
        "database.duckdb",
        "tabel.parquet",
        "geschiedenis.db",
    }


def test_the_search_is_red_where_a_copy_is_left(after_first_night: DataPaths, tmp_path: Path) -> None:
    delivered = next((after_first_night.inbox / leaks.BESIDE).glob("demo_meldingen_20230115_*"))
    shutil.copyfile(delivered, tmp_path / "levering.csv")
    number = delivered.read_text(encoding="utf-8").splitlines()[1].split(";")[0]
    assert leaks.search(tmp_path, [number]).found == {("levering.csv", number, "utf-8")}
