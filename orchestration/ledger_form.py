"""In what form the ledger is kept, and how one of an earlier release comes into it; what stands in it, says `ledger`.

One that an earlier release wrote is brought into the present form when it is opened to write, by the steps that stand
here: no row of it is changed, and the hashes of its events stay what they were. How that is done, says `migrations`.
"""

import functools
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration import migrations

# Where its tables stand, and what people call it.
SCHEMA, NAME = "main", "het grootboek"
# With more kinds of events DuckDB cannot alter the check of a table. No row changes, and no hash.
EVENTS_ANEW = """
create temp table eerder as from gebeurtenis;
drop table gebeurtenis;
create table gebeurtenis (
    gebeurtenis_nr integer primary key,
    publicatie_nr integer not null,
    soort varchar not null check (soort in (
        'voornemen', 'bevestigd', 'afgebroken', 'gereconstrueerd', {more}
    )),
    vastgelegd_op timestamp not null,
    peildatum date not null,
    vingerafdruk varchar,
    rekenwijze varchar not null,
    aantal_tabellen integer,
    aantal_rijen bigint,
    inhoud_sha256 varchar not null,
    telling_sha256 varchar,
    bestanden_sha256 varchar,
    reden varchar,
    {columns}
    vorige_sha256 varchar not null,
    sha256 varchar not null
);
insert into gebeurtenis by name from eerder order by gebeurtenis_nr;
drop table eerder;
"""
# Form n is what the first n make of nothing; of a ledger that does not say its form, what is there stays as it is.
STEPS = (
    """
create table if not exists gebeurtenis (
    gebeurtenis_nr integer primary key,
    publicatie_nr integer not null,
    soort varchar not null check (soort in ('voornemen', 'bevestigd', 'afgebroken', 'gereconstrueerd')),
    vastgelegd_op timestamp not null,
    peildatum date not null,
    vingerafdruk varchar,
    rekenwijze varchar not null,
    aantal_tabellen integer,
    aantal_rijen bigint,
    inhoud_sha256 varchar not null,
    vorige_sha256 varchar not null,
    sha256 varchar not null
);
create table if not exists cijfer (
    publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar integer not null,
    agenda_code varchar,
    realisatie decimal(18, 2),
    realisatie_status varchar,
    geen_realisatie_reden varchar,
    gedekt_tot date,
    definitie_versie varchar,
    lijst_versies varchar,
    streefcijfer decimal(18, 2),
    streefcijfer_besluit varchar,
    geen_streefcijfer_reden varchar
);
create table if not exists bijstelling (
    publicatie_nr integer not null,
    vorige_publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar integer not null,
    grootheid varchar not null,
    oorzaak_code varchar not null,
    waarde_van decimal(18, 2),
    waarde_naar decimal(18, 2),
    bijdrage decimal(18, 2)
);
create table if not exists stroom (
    publicatie_nr integer not null,
    vorige_publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar integer not null,
    rol varchar not null,
    oorzaak_code varchar not null,
    erbij decimal(18, 2) not null,
    eraf decimal(18, 2) not null
);
create table if not exists levering (publicatie_nr integer not null, levering_nr integer not null);
create table if not exists versieregel (
    publicatie_nr integer not null,
    lijst varchar not null,
    versie varchar not null,
    regel varchar not null
);
create table if not exists telling (
    publicatie_nr integer not null,
    indicator_code varchar not null,
    jaar bigint,
    rol varchar not null,
    teleenheid varchar,
    waarde decimal(18, 2),
    levering_nr integer,
    record_nr bigint,
    regel_code varchar not null,
    telt_mee boolean
);
create table if not exists stand (
    sleutel varchar not null,
    rekenwijze varchar not null,
    indicator_code varchar not null,
    jaar integer,
    stand_datum date not null,
    realisatie decimal(18, 2)
);
""",
    # A way back, and the files and the rows behind the causes chained too.
    EVENTS_ANEW.format(more="'teruggezet', 'hersteld', 'hervat'", columns=""),
    # Another key, and what figures were by each state is chained where an event came after it.
    EVENTS_ANEW.format(more="'teruggezet', 'hersteld', 'hervat', 'omgesleuteld'", columns="stand_sha256 varchar,")
    + "alter table stand add column na_gebeurtenis_nr integer;",
    # Each change of what figures were by each state is an event. What no event chained till now is counted again:
    # nobody can tell whether it is as it was written.
    EVENTS_ANEW.format(
        more="'teruggezet', 'hersteld', 'hervat', 'omgesleuteld', 'geteld'", columns="stand_sha256 varchar,"
    )
    + """
delete from stand where coalesce(na_gebeurtenis_nr, 0) >= (
    select coalesce(max(gebeurtenis_nr), 0) from gebeurtenis where stand_sha256 is not null
);
""",
)
FORM = len(STEPS)

# Before the form was written down, these came in one by one, and a ledger without one had simply not needed it yet.
MAY_LACK = ("stroom", "versieregel", "stand", migrations.TABLE)
# What a database can hold beside tables; a macro may take the name of a function with which it is checked.
BESIDE_TABLES = """
select 'schema ' || schema_name from duckdb_schemas()
where database_name = current_database() and not internal and schema_name != 'main'
union all
select 'view ' || view_name from duckdb_views() where database_name = current_database() and not internal
union all
select 'macro ' || function_name from duckdb_functions() where database_name = current_database() and not internal
union all
select 'type ' || type_name from duckdb_types() where database_name = current_database() and not internal
union all
select 'reeks ' || sequence_name from duckdb_sequences() where database_name = current_database()
union all
select 'index ' || index_name from duckdb_indexes() where database_name = current_database()
order by all
"""
WAY_OUT = (
    "Zet een reservekopie terug; is die er niet, verklaar dan dat het grootboek zonder verdergaat: "
    'make resume-ledger REDEN="..."'
)


class LedgerError(RuntimeError):
    """The ledger is not what was written down; nothing is added to it. The message says where, in Dutch."""


class LaterFormError(LedgerError):
    """A later release wrote the ledger, so nothing is the matter with it."""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make a ledger in which nothing was written down yet.

    Args:
        con: Connection to an empty database.
    """
    migrations.bring_to_form(con, SCHEMA, STEPS, NAME)


def is_empty(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a database has no table at all: one that was just made.

    Args:
        con: Connection to the database.
    """
    return not _columns(con)


def bring_to_form(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """See to it that a ledger has the present form.

    Args:
        con: Connection to the ledger, to write.
        file: The ledger, to name it.

    Returns:
        Whether it was of the time before it had an anchor.

    Raises:
        LedgerError: It is of a later release, lacks a table or column, or holds what no release writes; nothing was
            changed.
    """
    had_no_anchor = migrations.TABLE not in _columns(con)
    if is_earlier(con, file):
        migrations.bring_to_form(con, SCHEMA, STEPS, NAME)
        is_earlier(con, file)
    return had_no_anchor


def is_earlier(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """See whether an earlier release wrote a ledger, and that it can be read.

    Args:
        con: Connection to the ledger; it may be read-only.
        file: The ledger, to name it.

    Returns:
        Whether it has to be brought into the present form.

    Raises:
        LedgerError: It is of a later release, lacks a table or column, or holds what no release writes.
    """
    try:
        form = migrations.refuse_later(con, SCHEMA, FORM, str(file))
    except migrations.LaterFormError as error:
        raise LaterFormError(str(error)) from error
    found = _columns(con)
    if not form and migrations.TABLE in found:
        raise LedgerError(f"{file} is beschadigd: het zegt niet welke vorm het heeft. {WAY_OUT}")
    wanted = _wanted(form)
    needed = {table: columns for table, columns in wanted.items() if form or table not in MAY_LACK}
    missing = [table for table in sorted(needed) if table not in found]
    missing += [
        f"{table}.{column}"
        for table in sorted(wanted.keys() & found.keys())
        for column in sorted(wanted[table].keys() - found[table].keys())
    ]
    if missing:
        raise LedgerError(f"{file} is beschadigd: {', '.join(missing)} ontbreekt. {WAY_OUT}")
    if strange := [*_strange(con, found, wanted, form)]:
        raise LedgerError(
            f"{file} bevat iets dat de Veiligheidsagenda er niet in schrijft: {', '.join(strange)}. Zoek uit wie dat "
            f"deed. {WAY_OUT}"
        )
    return form < FORM


def _strange(
    con: duckdb.DuckDBPyConnection, found: dict[str, dict[str, str]], wanted: dict[str, dict[str, str]], form: int
) -> Iterator[str]:
    """Name what is in a ledger and no release writes there, and what is of another type than it was made with."""
    beside = [name for (name,) in con.execute(BESIDE_TABLES).fetchall()]
    yield from beside
    for table, columns in sorted(found.items()):
        if table not in wanted:
            if f"view {table}" not in beside:
                yield f"tabel {table}"
            continue
        for column, kind in sorted(columns.items()):
            if column not in wanted[table]:
                yield f"kolom {table}.{column}"
            elif kind != wanted[table][column]:
                yield f"{table}.{column} ({kind}, en niet {wanted[table][column]})"
    if form:
        ((rows,),) = con.execute(f"select count(*) from {SCHEMA}.{migrations.TABLE}").fetchall()
        if rows != 1:
            yield f"{rows} rijen in {migrations.TABLE}"


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The tables, each with its columns, and of each column what it takes."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        """select if(schema_name = 'main', '', schema_name || '.') || table_name, column_name,
            lower(data_type) || if(is_nullable, '', ' not null') || coalesce(' default ' || column_default, '')
        from duckdb_columns() where database_name = current_database() and not internal"""
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


@functools.cache
def _wanted(form: int) -> dict[str, dict[str, str]]:
    """The tables of a form, each with its columns."""
    with duckdb.connect() as con:
        migrations.bring_to_form(con, SCHEMA, STEPS[: max(form, 1)], NAME)
        return _columns(con)
