"""Plant what identifies people wherever it can come in, and search all that is left of it.

Nobody in it exists. A planted value is looked for in every file beside the inbox: as bytes in several encodings and as
an unkeyed hash, and within databases and Parquet by reading every column that holds text.
"""

import base64
import csv
import hashlib
import io
import os
import re
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.declarations import Column, Extract, read_declarations
from orchestration.paths import DATA_SETTING, DataPaths
from orchestration.pseudonyms import KEY_SETTING
from orchestration.sql import quoted

KEY = "uJ7-wq2Zr9Xc4Vb8Nm1Lk6Hg3Fd5Sa0P"
DIGITS = "84729153"
NAME = "Kwibus Pastorale"
CITIZEN, MAIL, TELEPHONE = "384719260", "kwibus@pastorale.example", "06-84729153"
# A name by itself cannot be told from an unknown code, so it comes in; it must not come further than the owner's files.
UNSEEN_NAME = "Zonderling Naamgever"
OWNERS = ("raw.duckdb", "warehouse.duckdb")
PLANTED = (
    *(DIGITS, DIGITS[:7], "84/729153", "84-729153", "84.729153", "MH-847291", NAME, "Kwibus", "Pastorale"),
    *(CITIZEN, MAIL, TELEPHONE, KEY),
)
# What means something to Rich, HTML, Markdown, SQL, Python, a shell, a path and a spreadsheet.
_MARKUP = "[red]<img src=x onerror=alert(1)>'; drop table x; -- %s ${x} | [a](b) :warning:"
MARKUP, MARKUP_FILE = f"={_MARKUP} <script>alert(1)</script> ../x", f"demo_={_MARKUP}.csv"
# Who decides is known to the register; what is published and what a run prints do not name him.
USER = "zz-beheerder-zz"
BESIDE, BESIDE_EXTRACT = "comensha_meldingen", "meldingen"
# The keys of rows, of which each may occur once.
OTHER_NUMBERS = {
    name: {number: f"{9_990_000 + number}" for number in range(3)}
    for name in ("boeking_nr", "melding_nr", "inschrijving_nr", "registratie_nr", "resultaat_nr", "interventie_nr")
}


@dataclass
class Searched:
    """What a search looked at, and what it found.

    Args:
        files: How many files.
        values: How many texts in databases and Parquet.
        found: File, planted value, and how it stood there.
    """

    files: int = 0
    values: int = 0
    found: set[tuple[str, str, str]] = field(default_factory=set)


def search(folder: Path, planted: Sequence[str] = PLANTED, but: Sequence[str] = ("leveringen",)) -> Searched:
    """Search every file below a folder for what was planted.

    Args:
        folder: The folder.
        planted: What is looked for, in capitals or not.
        but: Names in the folder that are passed over.
    """
    searched = Searched()
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.is_symlink() or file.relative_to(folder).parts[0] in but:
            continue
        searched.files += 1
        name, content = file.relative_to(folder).as_posix(), file.read_bytes()
        _search_bytes(searched, name, content, planted)
        _search_bytes(searched, name, name.encode(), planted)
        if content[:2] == b"\x1f\x8b":
            _search_bytes(searched, name, zlib.decompress(content, 31), planted)
        for values in _texts(file, content):
            searched.values += len(values)
            _search_bytes(searched, f"{name} (waarden)", "\n".join(values).encode(), planted)
    return searched


def _search_bytes(searched: Searched, name: str, content: bytes, planted: Sequence[str]) -> None:
    lower = content.lower()
    for value in planted:
        for how, spelled in _spellings(value).items():
            # The letters of Base64 mean something in either case.
            where, sought = (content, spelled) if how.startswith("base64") else (lower, spelled.lower())
            start = where.find(sought)
            while start >= 0 and value.isdigit() and _within_a_number(where, start, len(sought)):
                start = where.find(sought, start + 1)
            if start >= 0:
                searched.found.add((name, value, how))


def _within_a_number(content: bytes, start: int, size: int) -> bool:
    """Chance writes any eight digits somewhere in a hundred million; then digits or letters stand around them."""
    around = content[max(0, start - 1) : start] + content[start + size : start + size + 1]
    return any(sign in b"0123456789abcdef" for sign in around)


def _spellings(value: str) -> dict[str, bytes]:
    plain = value.encode()
    spelled = {
        "utf-8": plain,
        "utf-16": value.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "md5": hashlib.md5(plain, usedforsecurity=False).hexdigest().encode(),
        "sha256": hashlib.sha256(plain).hexdigest().encode(),
        "sha256 als bytes": hashlib.sha256(plain).digest(),
    }
    if len(plain) > 8:
        for shift in range(3):
            # What stands before it in the text decides in which of three ways it is written.
            whole = base64.b64encode(b"\0" * shift + plain)
            spelled[f"base64 {shift}"] = whole[(8 * shift + 5) // 6 : len(whole) - 4]
    return spelled


def _texts(file: Path, content: bytes) -> Iterator[list[str]]:
    if content[8:12] == b"DUCK":
        with duckdb.connect(str(file), read_only=True) as con:
            tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                yield from _columns(con, f'"{schema}"."{table}"')
            told = "select comment from duckdb_tables() union all select comment from duckdb_columns() union all "
            yield [str(row[0]) for row in con.execute(f"{told}select sql from duckdb_views()").fetchall()]
    elif content[:4] == b"PAR1":
        with duckdb.connect() as con:
            yield from _columns(con, f"read_parquet({quoted(str(file))})")
    elif content[:15] == b"SQLite format 3":
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as con:
            for (table,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in con.execute(f'select * from "{table}"'):
                    yield [
                        value.decode("latin-1") if isinstance(value, bytes) else str(value)
                        for value in row
                        if value is not None
                    ]


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[list[str]]:
    for name, kind, *_ in con.execute(f"describe from {table}").fetchall():
        if re.search("VARCHAR|JSON|BLOB|ENUM|STRUCT|MAP", kind):
            rows = con.execute(f'select distinct "{name}"::varchar from {table} where "{name}" is not null').fetchall()
            yield [row[0] for row in rows]


# ---------------------------------------------------------------------------------------------------------------------
# What is planted


def plant(paths: DataPaths) -> int:
    """Deliver planted values in every way in which they can come in.

    Args:
        paths: A data folder after a first night on the demo deliveries.

    Returns:
        In how many personal columns one was planted.
    """
    columns = 0
    for extract in read_declarations().values():
        if extract.personal_columns:
            columns += _plant_in_personal_columns(paths, extract)
    newest = max((paths.inbox / BESIDE).glob("demo_meldingen_20230115_*210.csv"))
    head, first, *rest = newest.read_text(encoding="utf-8").splitlines(keepends=True)
    refused = {
        "20230415": head.replace(";", f";{NAME};", 1) + first.replace(";", f";{MAIL};", 1) + "".join(rest),
        "20230416": first.replace("CM-", f"{CITIZEN}CM-") + "".join(rest),
        "20230417": head + _with_reporter(first, MAIL) + "".join(rest),
        "20230418": head + _with_reporter(first, f"bsn {CITIZEN}") + "".join(rest),
        "20230419": head + first.replace(";", f';"{NAME}', 1) + "".join(rest),
    }
    for stand, text in refused.items():
        _put(newest.with_name(f"demo_meldingen_{stand}_ontvangen_20250302.csv"), text.encode())
    _plant_markup(paths)
    for name in (f"{MAIL}.csv", f"meldingen_{CITIZEN}.csv", f"dhr_{NAME.replace(' ', '_')}.csv", f"{TELEPHONE}.csv"):
        _put(newest.with_name(name), head.encode())
    _put(newest.with_name("iets.csv"), head.encode())
    manifest = f"extract: {NAME}\nstand_datum: {CITIZEN}\n{MAIL}: ja\n"
    _put(newest.with_name("iets.csv.manifest.yml"), manifest.encode())
    return columns


def _plant_markup(paths: DataPaths) -> None:
    """Deliver a file of which the name means something wherever it is not taken for text, and withdraw another so."""
    from orchestration.__main__ import main

    folder = paths.inbox / "cbs_misdrijven"
    _put(folder / MARKUP_FILE, max(folder.glob("demo_*")).read_bytes())
    manifest = "extract: provincies\nstand_datum: 2019-04-01\nontvangen_op: 2025-03-01\n"
    _put(folder / f"{MARKUP_FILE}.manifest.yml", manifest.encode())
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        ((number,),) = con.execute(
            "select max(levering_nr) from leveringen.levering where registratie = 'cbs_misdrijven'"
        ).fetchall()
    before = os.environ.get("USER")
    os.environ["USER"] = USER
    try:
        assert main(["withdraw", str(number), "--reden", MARKUP]) == 0
    finally:
        os.environ.pop("USER") if before is None else os.environ.update(USER=before)


def _with_reporter(line: str, value: str) -> str:
    """A record with something else for the code of who reported."""
    number, victim, _, *others = line.split(";")
    return ";".join([number, victim, value, *others])


def _plant_in_personal_columns(paths: DataPaths, extract: Extract) -> int:
    """Deliver the newest file once more, with one record of a planted person and two that do not fit."""
    folder = paths.inbox / extract.registration
    newest = max(folder.glob(f"demo_{extract.name}_*"), key=lambda file: file.name.split("ontvangen_")[1])
    lines = newest.read_bytes().decode(extract.encoding).splitlines(keepends=True)
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    (values,) = csv.reader([lines[-1]], delimiter=extract.delimiter)
    people = [
        [_planted(column, number) or value for column, value in zip(extract.columns, values, strict=True)]
        # Of a small file a few records that do not fit are too many.
        for number in range(1 if extract.together or len(lines) < 1000 else 3)
    ]
    for number, column in enumerate(extract.columns):
        # What does not fit is told of in a report; there a name may stand where a day is expected.
        if people[1:] and not column.personal:
            people[1][number] = NAME
        if people[1:] and column.code_list and extract.name == BESIDE_EXTRACT:
            people[2][number] = UNSEEN_NAME
    rows = [*people, [*people[0], MAIL, TELEPHONE]] if people[1:] else people
    written = "".join(extract.delimiter.join(f'"{value}"' for value in row) + end for row in rows)
    name = re.sub("ontvangen_[0-9]{8}", "ontvangen_20250301", newest.name)
    _put(newest.with_name(name), ("".join(lines) + written).encode(extract.encoding))
    return len(extract.personal_columns)


def _planted(column: Column, number: int) -> str | None:
    """A value of a person who does not exist, in the form of the column; or a number of a row that is free."""
    if not column.personal:
        return f"IHA-99900{number}" if column.name == "actie_nr" else OTHER_NUMBERS.get(column.name, {}).get(number)
    if column.pattern:
        found = re.fullmatch(r"([A-Z]+-)\[0-9\]\{(\d)\}", column.pattern)
        assert found, f"{column.name}: a number in another form than a prefix and digits"
        return found[1] + DIGITS[: int(found[2])]
    widths = column.canonical_widths
    if widths == [8]:
        return DIGITS
    if widths:
        return f"84/729153{'-06' if len(widths) == 3 else ''}"
    return f"{NAME}, {TELEPHONE}, {CITIZEN}"


def _put(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    # Long ago, so that nobody waits to see whether it still grows.
    os.utime(file, (1_700_000_000, 1_700_000_000))


# ---------------------------------------------------------------------------------------------------------------------
# What is done with it


def walk(paths: DataPaths, told: Path, whole: bool) -> list[str]:
    """Run a night on what was planted, and ask all that can be asked.

    Args:
        paths: The data folder, which `VEILIGHEIDSAGENDA_DATA` names.
        told: Folder for what the commands print.
        whole: Also what builds the models again.

    Returns:
        The commands that were run.
    """
    from orchestration.__main__ import main

    os.environ[KEY_SETTING] = KEY
    commands = [
        ["nightly"],
        ["nightly"],
        ["figures"],
        ["ledger"],
        ["report"],
        ["docs"],
        ["open-data"],
        ["explain", "--cijfer", "slachtoffers_comensha/2020", "--naar", str(told / "herkomst.csv")],
    ]
    if whole:
        commands += [["as-of", "2021-03-01"], ["what-if", "csv_aangepakt_2"], ["nightly", "--opnieuw"]]
    try:
        for number, command in enumerate(commands):
            _run(main, command, told / f"{number:02}_{command[0]}.txt")
        with duckdb.connect(str(paths.raw), read_only=True) as con:
            numbers = con.execute(
                "select levering_nr from leveringen.levering where ontvangen_op >= '2025-03-01' order by all"
            ).fetchall()
        for (number,) in numbers:
            for command in (["supplier-report", str(number)], ["explain", "--record", f"{number}/1"]):
                commands.append(command)
                _run(main, command, told / f"{command[0]}_{number}.txt")
        for file in sorted((paths.inbox / BESIDE).glob("demo_meldingen_202304*")):
            commands.append(["check", str(file)])
            _run(main, commands[-1], told / f"check_{file.stem}.txt")
    finally:
        del os.environ[KEY_SETTING]
    return [command[0] for command in commands]


def walk_whole(folder: Path) -> tuple[Searched, Searched]:
    """Make a first night on the demo, plant, ask everything, and search.

    Args:
        folder: An empty folder.

    Returns:
        What was found in the data folder, and in what was printed.
    """
    from orchestration.__main__ import main

    paths, told = DataPaths(folder / "data"), folder / "verteld"
    told.mkdir(parents=True)
    before = os.environ.get(DATA_SETTING)
    os.environ[DATA_SETTING] = str(paths.data)
    try:
        with redirect_stdout(io.StringIO()):
            assert main(["nightly"]) == 0
            plant(paths)
        walk(paths, told, whole=True)
        return search(paths.data), search(told)
    finally:
        os.environ.pop(DATA_SETTING) if before is None else os.environ.update({DATA_SETTING: before})


def _run(main, command: list[str], file: Path) -> None:  # type: ignore[no-untyped-def]
    written = io.StringIO()
    with redirect_stdout(written):
        main(command)
    file.write_text(written.getvalue(), encoding="utf-8")
