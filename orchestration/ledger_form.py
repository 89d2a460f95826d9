"""In what form the ledger is kept, and how one of an earlier release comes into it; what stands in it, says `ledger`.

The form has a number, which stands in the ledger itself. One that an earlier release wrote is brought into the present
form when it is opened to write: no row of it is changed, and the hashes of its events stay what they were.
"""

import functools
from pathlib import Path

import duckdb

from orchestration.sql import whole

# 1 had no table for its own form, no way back, and chained neither the files nor the rows behind the causes.
FORM = 2

TABLES = """
create table if not exists gebeurtenis (
    gebeurtenis_nr integer primary key,
    publicatie_nr integer not null,
    soort varchar not null check (soort in (
        'voornemen', 'bevestigd', 'afgebroken', 'gereconstrueerd', 'teruggezet', 'hersteld', 'hervat'
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
"""

# Under the form before, these came in one by one, and a ledger without one had simply not needed it yet.
CAME_LATER = ("stroom", "versieregel", "stand")
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
    con.execute(f"begin; {TABLES} create table vorm (vorm integer not null); insert into vorm values ({FORM}); commit")


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
        Whether an earlier release wrote it, so that it had to be brought into this form.

    Raises:
        LedgerError: It is of a later release, or a table or column is missing; nothing was changed.
    """
    is_old = is_earlier(con, file)
    if is_old:
        _migrate(con)
        is_earlier(con, file)
    return is_old


def is_earlier(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """See whether an earlier release wrote a ledger, and that it can be read.

    Args:
        con: Connection to the ledger; it may be read-only.
        file: The ledger, to name it.

    Returns:
        Whether it has to be brought into the present form.

    Raises:
        LedgerError: It is of a later release, or a table or column is missing.
    """
    found = _columns(con)
    wanted = dict(_wanted())
    if "vorm" in found:
        form = con.execute("select max(vorm) from vorm").fetchall()[0][0]
        if form is None or form > FORM:
            raise LaterFormError(
                f"{file} heeft vorm {form}, en deze versie kent vorm {FORM}: een nieuwere versie van de "
                "Veiligheidsagenda heeft het geschreven. Gebruik die; er is niets veranderd"
            )
    else:
        wanted = _wanted_before()
    missing = [table for table in sorted(wanted) if table not in found]
    missing += [
        f"{table}.{column}"
        for table, columns in sorted(wanted.items())
        if table in found
        for column in sorted(columns - found[table])
    ]
    if missing:
        raise LedgerError(f"{file} is beschadigd: {', '.join(missing)} ontbreekt. {WAY_OUT}")
    return "vorm" not in found


def _migrate(con: duckdb.DuckDBPyConnection) -> None:
    with whole(con):
        con.execute("create temp table eerder as from gebeurtenis; drop table gebeurtenis")
        con.execute(TABLES)
        con.execute("insert into gebeurtenis by name from eerder order by gebeurtenis_nr; drop table eerder")
        con.execute(f"create table vorm (vorm integer not null); insert into vorm values ({FORM})")


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in con.execute(
        "select table_name, column_name from duckdb_columns() where database_name = current_database() and not internal"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


@functools.cache
def _wanted() -> dict[str, set[str]]:
    with duckdb.connect() as con:
        prepare(con)
        return _columns(con)


def _wanted_before() -> dict[str, set[str]]:
    new = {"telling_sha256", "bestanden_sha256", "reden"}
    return {table: columns - new for table, columns in _wanted().items() if table not in (*CAME_LATER, "vorm")}
