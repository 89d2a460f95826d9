"""Make the table of a model on Spark, and bring it back into the warehouse.

What a model reads goes to Spark as Parquet that DuckDB writes, once; what Spark makes is Parquet too, and stays with
Spark for the models after it. DuckDB says of each table which columns it has and of which type, by its own reading of
the statement; the rows are Spark's. What the SQL is on Spark says `dialect`.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import duckdb
from sqlglot import exp  # pyright: ignore[reportMissingImports]

from orchestration.recording import Node
from orchestration.spark.dialect import (
    Place,
    Said,
    Schema,
    UnknownToSparkError,
    fitted,
    parsed,
    to_spark,
    type_of,
    view_of,
)
from orchestration.spark.session import PART_BYTES, NoSparkError, start
from orchestration.sql import quoted

WAREHOUSE = "warehouse"
# What trial knows to be about our own query, and not about a row.
UNREADABLE = "Spark kan de query niet lezen"
NOT_IN_A_PATH = frozenset("[]{}?#*\\")
# A view that reads more than so many tables is made once, like a table, and not anew by everything that reads it.
FEW_READS = 8
COLUMNS = """select column_name, data_type from duckdb_columns()
where database_name = ? and schema_name = ? and table_name = ? order by column_index"""


class SparkError(RuntimeError):
    """Spark cannot make a model; the message quotes no value, in Dutch."""


class Spark:
    """A session of Spark beside a warehouse under construction."""

    def __init__(self, session: Any, scratch: Path, views: Mapping[tuple[str, str], Node], *, is_little: bool) -> None:
        """Begin with nothing.

        Args:
            session: The session.
            scratch: Where the exchanged files stand for as long as this lives; every worker sees it by this path.
            views: The models that are views, by schema and name.
            is_little: All rows fit in one task.
        """
        self._session = session
        self._views = views
        self._is_little = is_little
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = Path(mkdtemp(prefix="spark-", dir=scratch))
        finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._numbers = count(1)
        self._tables: dict[Place, Path] = {}
        self._said: dict[Place, Said] = {}
        self._reads: dict[Place, tuple[Place, ...]] = {}
        self._columns: dict[Place, dict[str, str]] = {}
        self._made_views: set[Place] = set()

    def make(self, con: duckdb.DuckDBPyConnection, node: Node) -> None:
        """Make the table of a model.

        Args:
            con: Connection to the warehouse, in which it is not there yet.
            node: A model in SQL that is a table.

        Raises:
            SparkError: It cannot be made.
        """
        first, *others = node.statements
        # Of a model with a contract the table is defined first, and then filled.
        define, fill = (duckdb.extract_statements(first) * 2)[:2]
        con.execute(define.query if define is not fill else f"{define.query.rstrip().rstrip(';')} with no data")
        place = (WAREHOUSE, *node.relation)
        said = self._translated(con, place, fill.query)
        made = _place(next(parsed(fill.query).find_all(exp.Table)))
        folder = self._make(said, self._described(con, made))
        chosen = ", ".join(f'"{name}"' for name in self._columns[made])
        into = ".".join(f'"{part}"' for part in made)
        con.execute(f"insert into {into} select {chosen} from read_parquet({quoted(folder / '*.parquet')})")
        for statement in others:
            con.execute(statement)
        self._read(place, folder, self._described(con, place))

    def forget(self, *place: str) -> None:
        """Rows may be others from now on than those that Spark knows.

        Args:
            place: Where: the database, and the schema and name in it where it is one table.
        """
        for known in [known for known in self._tables if known[: len(place)] == place]:
            shutil.rmtree(self._tables.pop(known), ignore_errors=True)

    def _translated(self, con: duckdb.DuckDBPyConnection, place: Place, statement: str) -> Said:
        """What a statement asks, in Spark's words, after Spark knows all that it reads."""
        if place not in self._said:
            with _in_our_words():
                query = parsed(statement).expression
            reads = tuple(dict.fromkeys(_place(table) for table in query.find_all(exp.Table) if table.db))
            for read in reads:
                self._hand_over(con, read)
            weights = {view_of(read): self._said[read].reads for read in reads if read in self._made_views}
            with _in_our_words():
                said = to_spark(query, self._schema(con, reads), weights, view_of(place))
            self._said[place], self._reads[place] = said, reads
        for read in self._reads[place]:
            self._hand_over(con, read)
        return self._said[place]

    def _make(self, said: Said, columns: Mapping[str, str]) -> Path:
        """Make the rows of a query, after those parts of it that are made first."""
        parts: list[Path] = []
        for name, text in said.steps:
            with _in_our_words():
                parts.append(self._write(self._session.sql(text)))
                self._session.read.parquet(_uri(parts[-1])).createOrReplaceTempView(name)
        with _in_our_words():
            rows = self._session.sql(said.text)
            made = self._write(rows.selectExpr(*_fitted(rows, columns)))
        for part in parts:
            shutil.rmtree(part, ignore_errors=True)
        return made

    def _write(self, rows: Any) -> Path:
        folder = self._folder / str(next(self._numbers))
        (rows.coalesce(1) if self._is_little else rows).write.parquet(_uri(folder))
        return folder

    def _hand_over(self, con: duckdb.DuckDBPyConnection, place: Place) -> None:
        """Let Spark know a table or view of DuckDB."""
        if place in self._tables:
            return
        columns = self._described(con, place)
        view = self._views.get(place[1:]) if place[0] == WAREHOUSE else None
        if view is None:
            self._read(place, self._exported(con, place, columns), columns)
            return
        said = self._translated(con, place, view.statements[0])
        if said.reads > FEW_READS:
            self._read(place, self._make(said, columns), columns)
        elif place not in self._made_views:
            with _in_our_words():
                # By its words, so that it reads what its tables are when it is read, and not what they are now.
                chosen = ", ".join(_fitted(self._session.sql(said.text), columns))
                text = f"create or replace temporary view `{view_of(place)}` as select {chosen} from ({said.text})"
                self._session.sql(text)
            self._made_views.add(place)

    def _exported(self, con: duckdb.DuckDBPyConnection, place: Place, columns: Mapping[str, str]) -> Path:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        # What DuckDB counts in 128 bits it would write as floating numbers.
        chosen = ", ".join(
            f'"{name}"::decimal(38, 0) as "{name}"' if "HUGE" in kind else f'"{name}"' for name, kind in columns.items()
        )
        source, file = ".".join(f'"{part}"' for part in place), quoted(folder / "rijen.parquet")
        con.execute(f"copy (select {chosen} from {source}) to {file} (format parquet, compression zstd)")
        return folder

    def _read(self, place: Place, folder: Path, columns: Mapping[str, str]) -> None:
        # Said and not looked up, which would be a job for each table.
        with _in_our_words():
            schema = ", ".join(f"`{name}` {type_of(kind)}" for name, kind in columns.items())
            self._session.read.schema(schema).parquet(_uri(folder)).createOrReplaceTempView(view_of(place))
        self._tables[place] = folder

    def _schema(self, con: duckdb.DuckDBPyConnection, places: tuple[Place, ...]) -> Schema:
        schema: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
        for place in places:
            database, name, table = place
            schema.setdefault(database, {}).setdefault(name, {})[table] = self._described(con, place)
        return schema

    def _described(self, con: duckdb.DuckDBPyConnection, place: Place) -> dict[str, str]:
        """The columns of a table and their types, as DuckDB has them."""
        if place not in self._columns:
            self._columns[place] = dict(con.execute(COLUMNS, list(place)).fetchall())
        return self._columns[place]


def _fitted(rows: Any, columns: Mapping[str, str]) -> list[str]:
    """Each column of what Spark answers, in the type that DuckDB gives it."""
    kinds = {field.name: field.dataType.simpleString() for field in rows.schema}
    return [fitted(name, kinds[name], kind) for name, kind in columns.items()]


def _place(table: exp.Table) -> Place:
    return (table.catalog, table.db, table.name)


def _uri(folder: Path) -> str:
    """A folder of this file system, whatever is the usual one of a cluster."""
    return f"file://{folder}"


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Say what is wrong without what Spark says of it, which may quote a row."""
    from py4j.protocol import Py4JError  # pyright: ignore[reportMissingImports]
    from pyspark.errors import AnalysisException, ParseException, PySparkException  # pyright: ignore[reportMissingImports]

    try:
        yield
    except UnknownToSparkError as error:
        raise SparkError(f"{UNREADABLE}: {error}") from None
    except (AnalysisException, ParseException) as error:
        raise SparkError(f"{UNREADABLE}: {str(error).strip().splitlines()[0]}") from None
    except (PySparkException, Py4JError) as error:
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        raise SparkError(f"Spark stopt ({condition or type(error).__name__})") from None


def begin(scratch: Path, views: Mapping[tuple[str, str], Node], size: int, memory: str, time_zone: str) -> Spark:
    """Begin to build on Spark.

    Args:
        scratch: Where the exchanged files may stand.
        views: The models that are views, by schema and name.
        size: Bytes of what was delivered.
        memory: What Spark may use on this machine, as DuckDB spells it.
        time_zone: The zone of a moment.

    Returns:
        The engine.

    Raises:
        NoSparkError: Spark or Java is missing, or the master does not answer; or the folder cannot be named to Spark.
    """
    if strange := NOT_IN_A_PATH.intersection(str(scratch)):
        raise NoSparkError(
            f"Spark leest een pad met {' '.join(sorted(strange))} als een patroon: zet de datamap ({scratch.parent}) "
            "onder een naam zonder dat teken"
        )
    return Spark(start(size, memory, time_zone, scratch), scratch, views, is_little=size <= PART_BYTES)
