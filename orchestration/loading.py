"""Read one delivered file into raw: typed, as delivered, with its delivery and record number on each row.

DuckDB reads the file; Python only looks at its bytes once (checksum, encoding) and at its head and foot. A file that is
not what its declaration says is refused whole; a record that does not fit is set aside with its number, column, masked
value and reason. Whether a delivery comes into force is decided elsewhere.
"""

import codecs
import csv
import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.declarations import Column, Extract
from orchestration.deliveries import Delivery
from orchestration.pseudonyms import Key, canonical_sql, hash_sql

log = logging.getLogger(__name__)

CHUNK = 1 << 20
MASK = "regexp_replace(regexp_replace({value}, '[0-9]', '9', 'g'), '\\p{{L}}', 'a', 'g')"
REASONS = {
    "CAST": "waarde past niet bij het type",
    "MISSING COLUMNS": "te weinig kolommen",
    "TOO MANY COLUMNS": "te veel kolommen",
    "UNQUOTED VALUE": "aanhalingsteken staat verkeerd",
    "LINE SIZE OVER MAXIMUM": "regel is te lang",
    "INVALID ENCODING": "ongeldige tekens",
}


class RefusedError(Exception):
    """The delivered file is not what its declaration says; the message says in Dutch where, what, and what to do."""


@dataclass(frozen=True)
class Prepared:
    """A delivered file that DuckDB can read.

    Args:
        file: The file in UTF-8 without footer: the delivered file itself where that will do.
        skip: Number of lines before the first record.
        headings: Headings of the repeating column, in order; empty where no column repeats.
        sha256: Checksum of the delivered file.
    """

    file: Path
    skip: int
    headings: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Loaded:
    """What loading one delivery did.

    Args:
        records: Number of records in the file.
        set_aside: How many of them do not fit and were set aside.
        periods: Periods for which the file is complete (`periode` only).
    """

    records: int
    set_aside: int
    periods: tuple[str, ...]


def checksum(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def prepared(delivery: Delivery, scratch: Path) -> Iterator[Prepared]:
    """Make a delivered file readable for DuckDB, for as long as the block lasts.

    Args:
        delivery: The delivery.
        scratch: Private folder for a transcoded copy, which is removed afterwards.

    Yields:
        The prepared file.

    Raises:
        RefusedError: Empty, wrong encoding, cut off, not what the supplier's checksum says, or other columns.
    """
    extract = delivery.extract
    if delivery.file.stat().st_size == 0:
        raise RefusedError(f"{delivery.shown}: het bestand is leeg (0 bytes); lever het opnieuw")
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        copy = Path(folder) / "levering.csv"
        must_copy = codecs.lookup(extract.encoding).name != "utf-8" or extract.footer_pattern is not None
        sha256 = _read_bytes(delivery, copy if must_copy else None)
        if delivery.expected_sha256 not in (None, sha256):
            raise RefusedError(
                f"{delivery.shown}: controlegetal is {sha256}, de leverancier gaf {delivery.expected_sha256} op; "
                "het bestand is onderweg veranderd, lever het opnieuw"
            )
        file = copy if must_copy else delivery.file
        if extract.footer_pattern is not None:
            _cut_footer(delivery, copy, extract.footer_pattern)
        skip, headings = _read_head(delivery, file)
        yield Prepared(file, skip, headings, sha256)


def _read_bytes(delivery: Delivery, copy: Path | None) -> str:
    """Check the encoding and take the checksum in one pass; write a UTF-8 copy where asked."""
    extract = delivery.extract
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(extract.encoding)()
    as_utf8 = codecs.getincrementaldecoder("utf-8")()
    looks_utf8, only_ascii, lines = True, True, 1
    target = copy.open("w", encoding="utf-8", newline="") if copy else None
    try:
        with delivery.file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                try:
                    text = decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    line = lines + error.object[: error.start].count(b"\n")
                    raise RefusedError(
                        f"{delivery.shown}, regel {line}: byte 0x{error.object[error.start]:02x} bestaat niet in "
                        f"{extract.encoding}; lever het bestand in {extract.encoding}"
                    ) from error
                if target:
                    target.write(text)
                if not chunk.isascii():
                    only_ascii = False
                    looks_utf8 = looks_utf8 and _decodes(as_utf8, chunk)
                lines += chunk.count(b"\n")
    finally:
        if target:
            target.close()
    if decoder.getstate()[0]:
        raise RefusedError(f"{delivery.shown}: het laatste teken is afgebroken; lever het bestand opnieuw")
    if not only_ascii and looks_utf8 and codecs.lookup(extract.encoding).name != "utf-8":
        raise RefusedError(
            f"{delivery.shown}: afgesproken is {extract.encoding}, maar het bestand is utf-8; lever het om"
        )
    return digest.hexdigest()


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _cut_footer(delivery: Delivery, copy: Path, pattern: str) -> None:
    """Remove the last line; a file without it was cut off."""
    with copy.open("rb+") as stream:
        size = stream.seek(0, 2)
        start = max(0, size - 8192)
        stream.seek(start)
        tail = stream.read().rstrip(b"\r\n")
        last = tail.rfind(b"\n") + 1
        line = tail[last:].decode("utf-8", errors="replace").rstrip("\r")
        if not re.search(pattern, line):
            raise RefusedError(
                f"{delivery.shown}: de laatste regel is niet de afgesproken voetregel ({pattern}); "
                "het bestand is afgebroken, lever het opnieuw"
            )
        stream.truncate(start + last)


def _read_head(delivery: Delivery, file: Path) -> tuple[int, tuple[str, ...]]:
    """Hold the column headings against the declaration; return the lines to skip and the repeating headings."""
    extract = delivery.extract
    with file.open(encoding="utf-8-sig", newline="") as stream:
        before = [stream.readline() for _ in range(extract.preamble_lines)]
        reader = csv.reader(stream, delimiter=extract.delimiter)
        found = [heading.strip() for heading in next(reader, [])]
        skip = extract.preamble_lines + reader.line_num
    fixed = [column for column in extract.columns if not column.repeats]
    expected = [column.heading for column in fixed]
    headings: list[str] = []
    if len(fixed) < len(extract.columns):
        times = max(1, len(found) - len(fixed))
        headings = found[len(fixed) :]
        if extract.heading_line is not None:
            line = before[extract.heading_line - 1] if extract.heading_line <= len(before) else ""
            headings = next(csv.reader([line], delimiter=extract.delimiter), [])[len(fixed) :]
            expected += [extract.columns[-1].heading] * times
        else:
            expected += headings
        if len(headings) != times:
            raise RefusedError(f"{delivery.shown}: {len(headings)} koppen voor {times} kolommen; lever het opnieuw")
    if found != expected:
        raise RefusedError(f"{delivery.shown}, regel {skip}: {_differences(expected, found)}")
    return skip, tuple(headings)


def _differences(expected: list[str], found: list[str]) -> str:
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    parts = [f"ontbreekt: {', '.join(missing)}"] if missing else []
    parts += [f"te veel: {', '.join(extra)}"] if extra else []
    parts += [] if parts else [f"andere volgorde of aantal: {', '.join(found)}"]
    return f"de kolommen zijn anders dan afgesproken ({'; '.join(parts)}); verwacht: {', '.join(expected)}"


def prepare_table(con: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    """Create the raw table of an extract, or add the columns that its declaration gained.

    Args:
        con: Connection to `raw.duckdb`, writable.
        extract: The extract.

    Raises:
        TypeError: A declared type differs from that of the rows that are there already.
    """
    con.execute(f'create schema if not exists "{extract.registration}"')
    con.execute(f"create table if not exists {extract.table} (levering_nr integer not null, record_nr bigint not null)")
    present = {row[0]: row[1] for row in con.execute(f"describe {extract.table}").fetchall()}
    for column in extract.columns:
        if column.name not in present:
            con.execute(f'alter table {extract.table} add column "{column.name}" {column.data_type}')
        elif present[column.name].lower() != column.data_type:
            raise TypeError(
                f"{extract.registration}.{extract.name}.{column.name} staat als {present[column.name].lower()} in raw "
                f"en is nu verklaard als {column.data_type}; geef de kolom een nieuwe naam, raw wordt nooit omgezet"
            )


def load(con: duckdb.DuckDBPyConnection, delivery: Delivery, number: int, source: Prepared, key: Key | None) -> Loaded:
    """Load the records of one delivery, within the caller's transaction.

    Args:
        con: Connection to `raw.duckdb`, writable, with the raw table prepared.
        delivery: The delivery.
        number: Its levering_nr.
        source: The prepared file.
        key: Key for personal columns; may be None where the extract has none.

    Returns:
        What was loaded and set aside; the set-aside records are in `leveringen.apartgezet`.

    Raises:
        RefusedError: No records, cut off, or another number of records than the supplier announced.
        ValueError: The extract has personal columns and there is no key.
    """
    extract = delivery.extract
    if extract.personal_columns and key is None:
        raise ValueError(f"{delivery.shown} bevat persoonsgegevens en er is geen sleutel")
    try:
        _read_file(con, extract, source)
        records = _check_structure(con, delivery, source)
        checks, numbered = _row_checks(extract), _numbered(con)
        _set_aside(con, number, checks, numbered)
        _insert(con, extract, number, source, checks, numbered, key)
        loaded, aside = con.execute(
            f"""select (select count(*) from {extract.table} where levering_nr = $number),
                (select count(distinct record_nr) from leveringen.apartgezet where levering_nr = $number)""",
            {"number": number},
        ).fetchall()[0]
        if loaded + aside != records:
            raise AssertionError(f"{delivery.shown}: {records} records, {loaded} geladen en {aside} apart gezet")
        return Loaded(records, aside, _periods(con, extract, number, source))
    finally:
        for table in ("geleverd", "genummerd", "reject_errors", "reject_scans"):
            con.execute(f"drop table if exists temp.{table}")


def _read_file(con: duckdb.DuckDBPyConnection, extract: Extract, source: Prepared) -> None:
    columns = ", ".join(f"'{name}': '{data_type}'" for name, data_type in _file_columns(extract, source))
    options = {
        "delim": extract.delimiter,
        "quote": '"',
        "escape": '"',
        "dateformat": extract.date_format,
        "decimal_separator": extract.decimal,
    }
    if extract.thousands:
        options["thousands"] = extract.thousands
    spelled = ", ".join(f"{name} = {_text(value)}" for name, value in options.items())
    nulls = ", ".join(_text(value) for value in extract.null_values)
    # The plain read keeps DuckDB's parallel scan: no row_number() and no hash in this statement.
    con.execute(
        f"""create temp table geleverd as select * from read_csv({_text(str(source.file))}, auto_detect = false,
        header = false, skip = {source.skip}, columns = {{{columns}}}, {spelled}, nullstr = [{nulls}],
        strict_mode = true, store_rejects = true, rejects_limit = 0)"""
    )
    # `line` counts records, and the lines that were skipped before them.
    con.execute(
        f"""create temp table genummerd as
        select distinct line - {source.skip} as record_nr, column_name as kolom, error_type as soort,
            regexp_extract(error_message, 'Could not convert string "(.*)" to', 1, 's') as waarde
        from reject_errors"""
    )


def _file_columns(extract: Extract, source: Prepared) -> list[tuple[str, str]]:
    columns = [(column.name, column.data_type) for column in extract.columns if not column.repeats]
    last = extract.columns[-1]
    if last.repeats:
        columns += [(f"{last.name}_{position}", last.element_type) for position in range(1, len(source.headings) + 1)]
    return columns


def _check_structure(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Prepared) -> int:
    records, last_short, unclosed = con.execute(
        """select (select count(*) from geleverd) + count(distinct record_nr),
            max(record_nr) filter (soort = 'MISSING COLUMNS'), min(record_nr) filter (soort = 'UNQUOTED VALUE')
        from genummerd"""
    ).fetchall()[0]
    if unclosed is not None:
        raise RefusedError(
            f"{delivery.shown}, record {unclosed}: een aanhalingsteken wordt niet gesloten, zodat onbekend is waar het "
            "record eindigt; het bestand is afgebroken of beschadigd, lever het opnieuw"
        )
    if records == 0 and delivery.kind != "mutaties":
        raise RefusedError(f"{delivery.shown}: het bestand bevat geen enkel record; lever het opnieuw")
    if last_short is not None and last_short == records:
        raise RefusedError(
            f"{delivery.shown}, record {records}: het laatste record heeft te weinig kolommen; "
            "het bestand is afgebroken, lever het opnieuw"
        )
    if delivery.expected_records not in (None, records):
        raise RefusedError(
            f"{delivery.shown}: {records} records gevonden, de leverancier gaf er {delivery.expected_records} op; "
            "lever het opnieuw"
        )
    return records


def _row_checks(extract: Extract) -> list[tuple[Column, str, str]]:
    """What each record must meet: column, SQL that is true where it does not, reason."""
    checks = []
    for column in extract.columns:
        if column.repeats:
            continue
        name = f'"{column.name}"'
        if column.required:
            wrong = f"{name} is null"
            if extract.deletion_code and column.name not in (*extract.key, extract.change_column):
                # A deletion needs no more than its key.
                wrong += f' and "{extract.change_column}" is distinct from {_text(extract.deletion_code)}'
            checks.append((column, wrong, "verplichte waarde ontbreekt"))
        if column.pattern:
            wrong = f"{name} is not null and not regexp_full_match(trim({name}), {_text(column.pattern)})"
            checks.append((column, wrong, f"volgt niet het patroon {column.pattern}"))
        if column.canonical_pattern:
            wrong = f"{name} is not null and not regexp_matches({name}, {_text(column.canonical_pattern)})"
            checks.append((column, wrong, "is niet in de afgesproken vorm te brengen"))
    return checks


# Accepted rows are numbered without the rejected ones between them. The i-th rejected record r stands after r - i
# accepted rows, so every accepted row from there on has at least i rejected records before it.
NUMBERED = """select geteld.*, geteld._plaats + 1 + coalesce(verschuiving.aantal, 0) as record_nr
from (select *, rowid - {first} as _plaats from geleverd) as geteld
asof left join (
    select vanaf, max(aantal) as aantal from (
        select record_nr - row_number() over (order by record_nr) as vanaf,
            row_number() over (order by record_nr) as aantal
        from (select distinct record_nr from genummerd) as afgekeurd
    ) as reeks group by vanaf
) as verschuiving on geteld._plaats >= verschuiving.vanaf"""
UNSHIFTED = "select *, rowid - {first} + 1 as record_nr from geleverd"


def _numbered(con: duckdb.DuckDBPyConnection) -> str:
    """SQL for the accepted rows with their record number in the file."""
    # Within a transaction DuckDB numbers the rows of a new table from a very high number on.
    first, rejected = con.execute(
        "select coalesce(min(rowid), 0), (select count(*) from genummerd) from geleverd"
    ).fetchall()[0]
    return (NUMBERED if rejected else UNSHIFTED).format(first=first)


def _set_aside(
    con: duckdb.DuckDBPyConnection, number: int, checks: list[tuple[Column, str, str]], numbered: str
) -> None:
    reasons = " ".join(f"when {_text(kind)} then {_text(reason)}" for kind, reason in REASONS.items())
    found = f"""select record_nr, kolom, nullif(waarde, '') as waarde, case soort {reasons} else soort end as reden
        from genummerd"""
    if checks:
        faults = ", ".join(
            f"""case when {wrong} then {{'kolom': {_text(column.name)}, 'waarde': "{column.name}"::varchar,
                'reden': {_text(reason)}}} end"""
            for column, wrong, reason in checks
        )
        # Records without a fault are left out first: there may be millions of them.
        wrong = " or ".join(f"({wrong})" for _, wrong, _ in checks)
        found += f"""
            union all
            select record_nr, fout.kolom, fout.waarde, fout.reden
            from (select record_nr, unnest([{faults}]) as fout from ({numbered}) as rij where {wrong})
            where fout is not null"""
    con.execute(
        f"""insert into leveringen.apartgezet
        select {number}, record_nr, kolom, {MASK.format(value="waarde")}, reden from ({found})"""
    )


def _insert(
    con: duckdb.DuckDBPyConnection,
    extract: Extract,
    number: int,
    source: Prepared,
    checks: list[tuple[Column, str, str]],
    numbered: str,
    key: Key | None,
) -> None:
    values = []
    for column in extract.columns:
        if column.repeats:
            parts = ", ".join(f'"{column.name}_{position}"' for position in range(1, len(source.headings) + 1))
            values.append(f'[{parts}] as "{column.name}"')
        elif column.personal:
            values.append(f'{hash_sql(canonical_sql(column))} as "{column.name}"')
        else:
            values.append(f'"{column.name}"')
    fits = " and ".join(f"not ({wrong})" for _, wrong, _ in checks) or "true"
    con.execute(
        f"""insert into {extract.table} by name
        select {number} as levering_nr, record_nr, {", ".join(values)} from ({numbered}) as rij where {fits}""",
        key.pads if key and extract.personal_columns else None,
    )


def _periods(con: duckdb.DuckDBPyConnection, extract: Extract, number: int, source: Prepared) -> tuple[str, ...]:
    if extract.delivery != "periode":
        return ()
    if extract.period_column:
        rows = con.execute(
            f'select distinct "{extract.period_column}"::varchar from {extract.table} where levering_nr = ? order by 1',
            [number],
        ).fetchall()
        return tuple(row[0] for row in rows)
    found = [re.search(extract.heading_pattern, heading) for heading in source.headings]
    if not all(found):
        raise RefusedError(f"geen periode ({extract.heading_pattern}) in de koppen {', '.join(source.headings)}")
    return tuple(dict.fromkeys(match[1] for match in found if match))


def _text(value: str) -> str:
    """SQL literal."""
    return "'" + value.replace("'", "''") + "'"
