"""Read the records of one delivered file into raw: typed, as delivered, with delivery and record number on each row.

DuckDB reads the file as text. A value is then held against its declared form, and a record that does not fit is set
aside with its number, column, value and reason. A record number is the place among the records of the file, as they
stand there, and the records must be as many as were counted before. How a file is looked at as bytes and lines, how a
value must be written, and whether a delivery comes into force, is decided elsewhere.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import duckdb

from orchestration import faults
from orchestration.declarations import Column, Extract
from orchestration.deliveries import Delivery
from orchestration.forms import MASK, fault, normal, shown, typed
from orchestration.identifiers import LOOKS, NUMBERS, SHORTEST, found_in
from orchestration.pseudonyms import Key, canonical_sql, hash_sql
from orchestration.reading import LONGEST, Prepared, RefusedError
from orchestration.sql import quoted

log = logging.getLogger(__name__)

# What DuckDB itself finds wrong with a record, before any value is looked at.
BROKEN = {
    "MISSING COLUMNS": "te weinig kolommen",
    "TOO MANY COLUMNS": "te veel kolommen",
    "LINE SIZE OVER MAXIMUM": "het record is te lang",
    "INVALID ENCODING": "ongeldige tekens",
}
# So much is told of what seems to identify persons: enough to find it, and not a page.
FIRST_TOLD = 5
SHOWN_SIGNS = 80
TEMPORARY = ("geleverd", "gebroken", "fouten", "reject_errors", "reject_scans")


@dataclass(frozen=True)
class Loaded:
    """What loading one delivery did.

    Args:
        records: Number of records in the file.
        set_aside: How many of them do not fit and were set aside.
        periods: Periods for which the file is complete (`periode` only), each with its status, None where it has none.
    """

    records: int
    set_aside: int
    periods: dict[str, str | None]


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


def load(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    number: int,
    source: Prepared,
    key: Key | None,
    is_released: bool = False,
) -> Loaded:
    """Load the records of one delivery, within the caller's transaction.

    Args:
        con: Connection to `raw.duckdb`, writable, with the raw table prepared.
        delivery: The delivery.
        number: Its levering_nr.
        source: The prepared file.
        key: Key for personal columns; may be None where the extract has none.
        is_released: A person looked, and what seems to identify somebody does not.

    Returns:
        What was loaded and set aside; the set-aside records are in `leveringen.apartgezet`.

    Raises:
        RefusedError: No records, cut off, records that cannot be told apart, another number of them than the supplier
            announced, or what identifies a person in a column that was not declared so. The transaction must be
            rolled back.
        ValueError: The extract has personal columns and there is no key.
    """
    extract = delivery.extract
    if extract.personal_columns and key is None:
        raise ValueError(f"{delivery.shown} bevat persoonsgegevens en er is geen sleutel")
    try:
        _read_file(con, delivery, source)
        _check_structure(con, delivery, source)
        numbered = _numbered(con)
        if not is_released:
            _check_identifiers(con, delivery, source, numbered)
        aside = _set_aside(con, delivery, number, source, numbered)
        _insert(con, extract, number, source, numbered, key)
        loaded = con.execute(f"select count(*) from {extract.table} where levering_nr = ?", [number]).fetchall()[0][0]
        if loaded + aside != source.body.records:
            raise AssertionError(f"{source.body.records} records, {loaded} loaded and {aside} set aside")
        periods = source.periods or _periods(con, extract, number)
        _check_periods(periods, delivery.stand_datum)
        return Loaded(source.body.records, aside, periods)
    finally:
        # In a transaction that was broken off nothing can be dropped; its end removes them.
        with suppress(duckdb.Error):
            for table in TEMPORARY:
                con.execute(f"drop table if exists temp.{table}")


def _read_file(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Prepared) -> None:
    extract = delivery.extract
    columns = file_columns(extract, source.headings)
    declared = ", ".join(f"'{name}': 'varchar'" for name, _ in columns)
    white = source.body.white
    values = ", ".join(f'{normal(_named(name), column, extract, white)} as "{name}"' for name, column in columns)
    # A name is a name; DuckDB would read these marks as a pattern.
    file = re.sub(r"([*?\[])", r"[\1]", str(source.file))
    try:
        # The plain read keeps DuckDB's parallel scan: no row_number() and no hash in this statement.
        con.execute(
            f"""create temp table geleverd as select {values} from read_csv({quoted(file)}, auto_detect = false,
            header = false, skip = {source.skip}, columns = {{{declared}}}, delim = {quoted(extract.delimiter)},
            quote = '"', escape = '"', strict_mode = true, compression = 'none', max_line_size = {LONGEST},
            store_rejects = true, rejects_limit = 0)"""
        )
    except duckdb.InvalidInputException as error:
        # What DuckDB says of it quotes the record.
        log.info("%s: %s", delivery.shown, faults.where(error))
        raise RefusedError(
            "de records zijn niet uit elkaar te houden, doordat regeleinden of aanhalingstekens "
            "door elkaar lopen; lever het bestand opnieuw"
        ) from error
    # `line` counts the lines that were skipped, and of those after them the empty ones too; an empty line is no record.
    con.execute(
        f"""create temp table gebroken as
        select plaats - coalesce(leeg.aantal, 0) as record_nr, kolom, soort
        from (
            select distinct line - {source.skip} as plaats, column_name as kolom, error_type as soort from reject_errors
        )
        asof left join (
            select unnest($leeg)::bigint as plaats, generate_subscripts($leeg, 1) as aantal
        ) as leeg using (plaats)""",
        {"leeg": list(source.body.empty_lines)},
    )


def file_columns(extract: Extract, headings: Sequence[str]) -> list[tuple[str, Column]]:
    """The columns of a file, by the names under which records are set aside.

    Args:
        extract: Its declaration.
        headings: Headings of the repeating column, in order; empty where no column repeats.

    Returns:
        Name and declaration of each; a column that repeats has its place behind its name.
    """
    columns = [(column.name, column) for column in extract.columns if not column.repeats]
    last = extract.columns[-1]
    if last.repeats:
        columns += [(f"{last.name}_{place}", last) for place in range(1, len(headings) + 1)]
    return columns


def _named(column: str) -> str:
    return f'"{column}"'


def _check_structure(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Prepared) -> None:
    read, last_short, misquoted = con.execute(
        """select (select count(*) from geleverd) + count(distinct record_nr),
            max(record_nr) filter (soort = 'MISSING COLUMNS'), min(record_nr) filter (soort = 'UNQUOTED VALUE')
        from gebroken"""
    ).fetchall()[0]
    records = source.body.records
    if misquoted is not None:
        raise RefusedError(
            f"record {misquoted}: een aanhalingsteken staat verkeerd, zodat onbekend is waar het "
            "record eindigt; verdubbel een aanhalingsteken binnen een waarde, of lever het bestand opnieuw"
        )
    if read != records:
        raise RefusedError(
            f"{records} records geteld en {read} gelezen, zodat niet zeker is wat een record is; "
            "controleer aanhalingstekens en regeleinden en lever het bestand opnieuw"
        )
    if records == 0 and delivery.kind != "mutaties":
        raise RefusedError("het bestand bevat geen enkel record; lever het opnieuw")
    if last_short is not None and last_short == records:
        raise RefusedError(
            f"record {records}: het laatste record heeft te weinig kolommen; "
            "het bestand is afgebroken, lever het opnieuw"
        )
    if delivery.expected_records not in (None, records):
        raise RefusedError(
            f"{records} records gevonden, de leverancier gaf er {delivery.expected_records} op; lever het opnieuw"
        )


# Rows that were read are numbered without the broken ones between them. The i-th broken record r stands after r - i
# rows, so every row from there on has at least i broken records before it.
NUMBERED = """select geteld.*, geteld._plaats + 1 + coalesce(verschuiving.aantal, 0) as record_nr
from (select *, rowid - {first} as _plaats from geleverd) as geteld
asof left join (
    select vanaf, max(aantal) as aantal from (
        select record_nr - row_number() over (order by record_nr) as vanaf,
            row_number() over (order by record_nr) as aantal
        from (select distinct record_nr from gebroken) as afgekeurd
    ) as reeks group by vanaf
) as verschuiving on geteld._plaats >= verschuiving.vanaf"""
UNSHIFTED = "select *, rowid - {first} + 1 as record_nr from geleverd"


def _numbered(con: duckdb.DuckDBPyConnection) -> str:
    """SQL for the rows that were read with their record number in the file."""
    # Within a transaction DuckDB numbers the rows of a new table from a very high number on.
    first, broken = con.execute(
        "select coalesce(min(rowid), 0), (select count(*) from gebroken) from geleverd"
    ).fetchall()[0]
    return (NUMBERED if broken else UNSHIFTED).format(first=first)


def _check_identifiers(con: duckdb.DuckDBPyConnection, delivery: Delivery, source: Prepared, numbered: str) -> None:
    """Refuse what identifies a person where the declaration says of none, before anything of it is kept."""
    extract = delivery.extract
    # A personal column is kept as a keyed hash, so nothing that stands in it can be read afterwards.
    columns = [
        (name, column)
        for name, column in file_columns(extract, source.headings)
        if column.element_type == "varchar" and not column.personal
    ]
    if not columns:
        return
    looks = quoted(LOOKS)
    any_looks = " or ".join(
        f"(length({_named(name)}) >= {SHORTEST} and regexp_matches({_named(name)}, {looks}))" for name, _ in columns
    )
    # Most deliveries have no such row, and to number rows costs more than to look.
    if not con.execute(f"select exists (select 1 from geleverd where {any_looks})").fetchall()[0][0]:
        return
    texts = ", ".join(f"{_named(name)}, {MASK.format(value=_named(name))}" for name, _ in columns)
    cursor = con.execute(f"select record_nr, {texts} from ({numbered}) as rij where {any_looks} order by record_nr")
    told, records = [], 0
    while rows := cursor.fetchmany(10_000):
        for record, *values in rows:
            here = [
                f"record {record}, {name} ({masked[:SHOWN_SIGNS]!r}): lijkt {kind}"
                for (name, column), text, masked in zip(columns, values[::2], values[1::2], strict=True)
                for kind in (found_in(text) if text else [])
                # The number of a thing may pass the test on that of a citizen: one in eleven does.
                if not (column.identifies and kind in NUMBERS)
            ]
            records += bool(here)
            told += here[: max(0, FIRST_TOLD - len(told))]
    if records:
        raise RefusedError(
            f"{records} van {source.body.records} records bevatten wat een persoon kan aanwijzen, in kolommen waarvoor "
            f"dat niet is afgesproken; {'; '.join(told)}. Lever het bestand opnieuw zonder die gegevens. Gaat het niet "
            'over personen: bied het opnieuw aan met de reden (make offer LEVERING=... REDEN="...")'
        )


def _set_aside(con: duckdb.DuckDBPyConnection, delivery: Delivery, number: int, source: Prepared, numbered: str) -> int:
    """Write down the records that do not fit, with what is wrong; return how many there are."""
    wrong = [
        (name, column, reason)
        for name, column in file_columns(delivery.extract, source.headings)
        if (reason := fault(_named(name), column, delivery.extract, delivery.stand_datum)) is not None
    ]
    found = ", ".join(
        f"{{'kolom': '{name}', 'waarde': {shown(_named(name), column, delivery.extract)}, 'reden': {reason}}}"
        for name, column, reason in wrong
    )
    reasons = ", ".join(reason for _, _, reason in wrong)
    # Records without a fault are left out first: there may be millions of them.
    con.execute(
        f"""create temp table fouten as
        select record_nr, fout.kolom, fout.waarde, fout.reden
        from (
            select record_nr, unnest([{found}]) as fout from ({numbered}) as rij where coalesce({reasons}) is not null
        )
        where fout.reden is not null"""
        if wrong
        else "create temp table fouten (record_nr bigint, kolom varchar, waarde varchar, reden varchar)"
    )
    if source.body.surplus:
        con.execute(
            "insert into fouten select record_nr, null, null, $told from (select unnest($surplus) as record_nr) "
            "where record_nr not in (select record_nr from gebroken)",
            {"surplus": list(source.body.surplus), "told": BROKEN["TOO MANY COLUMNS"]},
        )
    broken = " ".join(f"when {quoted(kind)} then {quoted(reason)}" for kind, reason in BROKEN.items())
    con.execute(
        f"""insert into leveringen.apartgezet
        select {number}, record_nr, kolom, null, case soort {broken} else soort end from gebroken
        union all
        select {number}, record_nr, kolom, waarde, reden from fouten"""
    )
    return con.execute(
        "select count(distinct record_nr) from leveringen.apartgezet where levering_nr = ?", [number]
    ).fetchall()[0][0]


def _insert(
    con: duckdb.DuckDBPyConnection, extract: Extract, number: int, source: Prepared, numbered: str, key: Key | None
) -> None:
    values = []
    for column in extract.columns:
        if column.repeats:
            places = range(1, len(source.headings) + 1)
            parts = ", ".join(typed(_named(f"{column.name}_{place}"), column, extract) for place in places)
            value = f"[{parts}]"
        elif column.personal:
            if key is None:
                raise AssertionError(f"{extract.name}.{column.name} would be kept as it is")
            value = hash_sql(canonical_sql(column), key)
        else:
            value = typed(_named(column.name), column, extract)
        values.append(f'{value} as "{column.name}"')
    misfits = con.execute("select count(*) from fouten").fetchall()[0][0]
    fits = "record_nr not in (select record_nr from fouten)" if misfits else "true"
    con.execute(
        f"""insert into {extract.table} by name
        select {number} as levering_nr, record_nr, {", ".join(values)} from ({numbered}) as rij where {fits}""",
        key.parameters if key and extract.personal_columns else None,
    )


def _check_periods(periods: Iterable[str], stand: date) -> None:
    """A period that had not begun has no figures; what stands there is of another one, or of nothing."""
    ahead = sorted(period for period in periods if re.match("[0-9]{4}", period) and int(period[:4]) > stand.year)
    if ahead:
        raise RefusedError(
            f"periode {', '.join(ahead[:3])} ligt na de stand van {stand:%d-%m-%Y}; lever de tabel met de perioden "
            "waarvan zij de cijfers geeft, of zet de juiste stand in de naam of het manifest"
        )


def _periods(con: duckdb.DuckDBPyConnection, extract: Extract, number: int) -> dict[str, str | None]:
    """The periods in the rows, which say nothing of their status."""
    if extract.period_column is None:
        return {}
    rows = con.execute(
        f'select distinct "{extract.period_column}"::varchar from {extract.table} where levering_nr = ? order by 1',
        [number],
    ).fetchall()
    return {row[0]: None for row in rows}
