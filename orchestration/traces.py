"""Whether anything of certain values is left in a folder: in the bytes of every file, and in every column.

A file may hold a value in clear, in a page that it no longer uses, or packed by the database that wrote it. So each
file is read whole, and what is packed is read by whoever packed it. Which values may not be there any more, is decided
elsewhere; none of them is ever told.
"""

import mmap
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration import checksums
from orchestration.sql import attach, quoted

# A word of the machine. Of a value of two words less one byte, one whole word stands at each place where it may begin.
WORD = 8
SHORTEST = 2 * WORD - 1
# So many values at a time, or what is looked for takes more memory than what is built.
TOGETHER = 50_000
# By name and type: a pseudonym, whatever type it is kept in, and what may hold one.
SCALARS = {"VARCHAR": "{0}", "BLOB": "lower(hex({0}))", "UUID": "replace({0}::varchar, '-', '')"}
HOLDERS = re.compile(r"VARCHAR|JSON|BLOB|UUID|ENUM|STRUCT|MAP")
HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2})+")


@dataclass
class Searched:
    """What was looked at, and where something was found.

    Args:
        values: How many values were looked for.
        files: In how many files.
        size: Bytes of these files together.
        columns: How many columns of databases and Parquet were read besides.
        found: Files in which something of them is left, and those that cannot be read; never what.
    """

    values: int
    files: int = 0
    size: int = 0
    columns: int = 0
    found: list[str] = field(default_factory=list)


def search(
    folder: Path, values: Collection[str], contents: Collection[str] = (), but: Collection[Path] = ()
) -> Searched:
    """Look for values in every file below a folder; no link is followed.

    Args:
        folder: The folder.
        values: What is looked for: as text, and what is hexadecimal also as the bytes that it spells.
        contents: Checksums of files that may not be there, whatever they are called.
        but: Files that are passed over.

    Returns:
        What was looked at and found.
    """
    searched = Searched(len(values))
    with duckdb.connect() as con:
        con.execute("create table gezocht (waarde varchar primary key)")
        # A list is bound in one go; many rows of one value each are not.
        con.execute("insert into gezocht select unnest(?::varchar[])", [sorted(values)])
        needles = [*_needles(values)]
        for file in sorted(folder.rglob("*")):
            if file.is_symlink() or not file.is_file() or file in but:
                continue
            searched.files += 1
            searched.size += file.stat().st_size
            name = file.relative_to(folder).as_posix()
            try:
                # All of them: what is counted as read was read.
                found = [_in_table(con, searched, table, columns) for table, columns in _tables(con, file)]
                found += [_in_bytes(file, part) for part in needles]
                found.append(checksums.of_file(file) in contents)
            except (OSError, duckdb.Error) as error:
                searched.found.append(f"{name} (niet te lezen: {type(error).__name__})")
            else:
                searched.found += [name] if any(found) else []
    return searched


def _needles(values: Collection[str]) -> Iterator[frozenset[bytes]]:
    """The values as bytes, in parts."""
    spelled = [value.encode() for value in values]
    spelled += [bytes.fromhex(value) for value in values if HEXADECIMAL.fullmatch(value)]
    spelled = [value for value in spelled if len(value) >= SHORTEST]
    for start in range(0, len(spelled), TOGETHER):
        yield frozenset(spelled[start : start + TOGETHER])


def _in_bytes(file: Path, needles: frozenset[bytes]) -> bool:
    """Whether one of the values stands in a file, anywhere."""
    if not file.stat().st_size:
        return False
    words = {int.from_bytes(needle[start : start + WORD], sys.byteorder) for needle in needles for start in range(WORD)}
    lengths = {len(needle) for needle in needles}
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        with memoryview(content) as whole, whole[: len(content) // WORD * WORD].cast("Q") as read:
            # Every word of the file is looked up, which is done without a step of our own for each.
            seen = words.intersection(read)
        for word in seen:
            part = word.to_bytes(WORD, sys.byteorder)
            place = content.find(part)
            while place >= 0:
                starts = range(max(0, place - WORD + 1), place + 1)
                if any(content[start : start + length] in needles for start in starts for length in lengths):
                    return True
                place = content.find(part, place + 1)
    return False


def _tables(con: duckdb.DuckDBPyConnection, file: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each table in a file, with the name and type of its columns."""
    with file.open("rb") as opened:
        head = opened.read(12)
    if head[8:] == b"DUCK":
        attach(con, file, "bekeken")
        try:
            tables = con.execute(
                "select schema_name, table_name, list((column_name, data_type) order by column_index) "
                "from duckdb_columns() inner join duckdb_tables() using (database_name, schema_name, table_name) "
                "where database_name = 'bekeken' group by all order by all"
            ).fetchall()
            for schema, table, columns in tables:
                yield f'bekeken."{schema}"."{table}"', columns
        finally:
            con.execute("detach bekeken")
    elif head[:4] == b"PAR1":
        table = f"read_parquet({quoted(file)})"
        yield table, [row[:2] for row in con.execute(f"describe from {table}").fetchall()]


def _in_table(
    con: duckdb.DuckDBPyConnection, searched: Searched, table: str, columns: Sequence[tuple[str, str]]
) -> bool:
    """Whether one of the values stands in a column, as a whole; or what is hexadecimal, within something else."""
    texts = [
        f"""select distinct {SCALARS.get(kind, "{0}::varchar").format(f'"{column}"')} as tekst from {table}"""
        for column, kind in columns
        if HOLDERS.search(kind)
    ]
    searched.columns += len(texts)
    return (
        bool(texts)
        and con.execute(
            f"""with tekst as ({" union all ".join(texts)})
        select exists (from gezocht where waarde in (
            select tekst from tekst union all select unnest(regexp_extract_all(tekst, '[0-9a-f]{{32,}}')) from tekst
        ))"""
        ).fetchall()[0][0]
    )
