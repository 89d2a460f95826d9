"""Build a warehouse: execute on the deliveries what dbt executes to build the project, in one DuckDB process.

Which statements those are, and in which order, stands in `recording`; what is asked of the warehouse (the present, an
earlier day, other versions) is a row in two tables that every model can read. Several questions can be put to one
warehouse after another: of each next answer only that is made again of which the input changed.
"""

import importlib.util
import logging
import os
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

import duckdb
import yaml

from orchestration import faults, versions
from orchestration.paths import ENGINE_SETTING, ROOT, DataPaths
from orchestration.progress import CAUTION, step
from orchestration.recording import Node, Recording, recorded
from orchestration.register import now
from orchestration.sql import attach, quoted, whole

log = logging.getLogger(__name__)

Status = Literal["gelukt", "gefaald", "waarschuwing", "fout", "overgeslagen"]
LEG = "modellen"
ASKED = "base_leveringen__vraag"
ASKED_VERSIONS = "base_leveringen__gevraagde_versies"
IN_FORCE = "base_leveringen__van_kracht"
# On little data the work of a statement is less than that of sharing it between threads, by a third.
SMALL_BYTES = 256 << 20
ENGINES = ("duckdb", "spark")
# The ledger grows between one answer and the next; what was delivered does not.
CHANGING_SOURCE = "publicaties"


class BuildError(RuntimeError):
    """A model cannot be built, or a test fails; the message names each, in Dutch.

    Args:
        message: What is the matter.
        outcomes: What came of every node that was looked at.
    """

    def __init__(self, message: str, outcomes: "list[Outcome]") -> None:
        """Keep the outcomes beside the message."""
        super().__init__(message)
        self.outcomes = outcomes


@dataclass(frozen=True)
class Question:
    """What is asked of a warehouse.

    Args:
        peildatum: As known on this day; None for the present.
        versions: Versions of definitions or lists to count by, though they do not hold.
        is_publication: The answer goes into the ledger, so it says what changed since the last publication.
        state: Only deliveries that tell the state of this day or of an earlier one; None for all.
    """

    peildatum: date | None = None
    versions: tuple[str, ...] = ()
    is_publication: bool = True
    state: date | None = None


PRESENT = Question()


@dataclass(frozen=True)
class Outcome:
    """What came of a node.

    Args:
        node: The node.
        status: Whether it was made, or passed.
        message: What is the matter; empty where all is well.
        failures: Number of rows that break a test.
        seconds: How long it took.
    """

    node: Node
    status: Status
    message: str = ""
    failures: int = 0
    seconds: float = 0.0

    @property
    def stops(self) -> bool:
        """Whether nothing may be built on it."""
        return self.status in ("gefaald", "fout", "overgeslagen")


class Engine(Protocol):
    """Who executes the query of a model that is a table; all else is DuckDB's."""

    def make(self, con: duckdb.DuckDBPyConnection, node: Node) -> None:
        """Make the table of a model, in a warehouse in which it is not there yet."""
        ...

    def forget(self, *place: str) -> None:
        """Hear that what stands in a database, or in one table of it, may be otherwise from now on."""
        ...


class DuckDB:
    """The engine of one machine: the statements as they were recorded."""

    def make(self, con: duckdb.DuckDBPyConnection, node: Node) -> None:
        """Execute them.

        Args:
            con: Connection in which everything has the name by which the statements call it.
            node: The model.
        """
        for statement in node.statements:
            con.execute(statement)

    def forget(self, *place: str) -> None:
        """Nothing was remembered.

        Args:
            place: What may be otherwise.
        """


IN_DUCKDB = DuckDB()


def check_engine() -> str:
    """Which engine the setting asks for, found to be there.

    Returns:
        Its name.

    Raises:
        ValueError: There is no such engine.
        NoSparkError: It is not installed.
    """
    name = os.environ.get(ENGINE_SETTING) or ENGINES[0]
    if name not in ENGINES:
        raise ValueError(f"{ENGINE_SETTING} is {name!r}; het is {' of '.join(ENGINES)}")
    if name == "spark":
        from orchestration.spark.session import check_installed

        check_installed()
    return name


def _engine(paths: DataPaths, recording: Recording) -> Engine:
    if check_engine() == "duckdb":
        return IN_DUCKDB
    from orchestration.spark.engine import begin

    views = {node.relation: node for node in recording.nodes if node.is_view}
    known = settings()
    return begin(paths.scratch, views, paths.raw.stat().st_size, known["memory_limit"], known["TimeZone"])


class Builder:
    """A warehouse under construction."""

    def __init__(self, paths: DataPaths, recording: Recording | None = None) -> None:
        """Begin with an empty warehouse.

        Args:
            paths: The data folder; a warehouse that stands at its place there is removed.
            recording: The project as dbt builds it; asked for where None.

        Raises:
            VersionError: A list is not what it was when something was published by it.
            ValueError: The setting asks for an engine that is none.
            NoSparkError: The engine is not there, or does not answer.
        """
        versions.check(paths.ledger)
        self.paths = paths
        self.recording = recording or recorded()
        self._readers: dict[str, list[Node]] = {}
        for node in self.recording.nodes:
            for read in node.depends_on:
                self._readers.setdefault(read, []).append(node)
        self._stale = {node.id for node in self.recording.nodes}
        self._prints: dict[str, tuple[Any, ...]] = {}
        self._is_first = True
        self._outcomes: dict[str, Outcome] = {}
        self._engine = _engine(paths, self.recording)
        paths.warehouse.parent.mkdir(parents=True, exist_ok=True)
        self.clear()

    def clear(self) -> None:
        """Remove what was built so far."""
        for suffix in ("", ".wal"):
            self.paths.warehouse.with_name(self.paths.warehouse.name + suffix).unlink(missing_ok=True)

    def answer(self, question: Question, wanted: Collection[str] | None = None, *, last: bool = True) -> list[Outcome]:
        """Build what the question asks, or what changed since the answer before.

        Args:
            question: The question.
            wanted: Names of the models that are wanted, with all that they read and without tests; everything where
                None, and then the work is told step by step.
            last: No further question follows, so that nothing needs to be remembered for it.

        Returns:
            The outcome of every node that was made or asked.

        Raises:
            BuildError: A model cannot be built, or a test fails; what does not rest on it is built all the same.
        """
        chosen = self.recording.nodes if wanted is None else self.recording.with_inputs(wanted)
        outcomes: list[Outcome] = []
        broken: set[str] = set()
        self._engine.forget(CHANGING_SOURCE)
        with open_building(self.paths, self.recording.schemas) as con:
            for place, node in enumerate(chosen):
                if wanted is None:
                    step(LEG, place, len(chosen), node.name)
                if node.id in self._stale:
                    outcomes.append(self._make(con, node, question, broken, last))
                    if outcomes[-1].stops and _is_kept_by_hand(node):
                        break
            # Closing would do it too, and be silent where there is no room: what stands beside the file is left behind.
            con.execute("checkpoint warehouse")
        if wanted is None:
            step(LEG, len(chosen), len(chosen))
        self._is_first = False
        self._expect_another(chosen)
        if broken:
            told = [f"{each.node.name}: {each.message}" for each in outcomes if each.status in ("gefaald", "fout")]
            raise BuildError("\n".join(told), outcomes)
        return outcomes

    def _make(
        self, con: duckdb.DuckDBPyConnection, node: Node, question: Question, broken: set[str], last: bool
    ) -> Outcome:
        """Make a node, unless it rests on what is broken; add to that what may not be built upon."""
        if broken.intersection(node.depends_on):
            outcome = Outcome(node, "overgeslagen", "rust op wat niet gebouwd kon worden")
        else:
            self._engine.forget("warehouse", *node.relation)
            outcome = _make(con, node, question, self._engine)
        if outcome.status == "waarschuwing":
            log.warning("%s: %s", node.name, outcome.message, extra=CAUTION)
        if outcome.stops:
            broken |= {node.id, *(node.depends_on if node.kind == "test" else ())}
        elif node.kind != "test":
            self._pass_on(con, node, last)
        self._stale.discard(node.id)
        self._outcomes[node.id] = outcome
        return outcome

    def _expect_another(self, chosen: Iterable[Node]) -> None:
        """What will be otherwise when a next question comes: the question, and what the ledger holds."""
        self._stale |= {node.id for node in chosen if node.name in (ASKED, ASKED_VERSIONS)}
        for read, readers in self._readers.items():
            if read.split(".")[-2] == CHANGING_SOURCE:
                self._stale |= {node.id for node in readers}

    @property
    def outcomes(self) -> list[Outcome]:
        """The last outcome of every node that was made or asked, for whatever question, in the order of the project."""
        return [self._outcomes[node.id] for node in self.recording.nodes if node.id in self._outcomes]

    def _pass_on(self, con: duckdb.DuckDBPyConnection, node: Node, last: bool) -> None:
        """Let what reads this node be made again where its rows are others than they were."""
        if last and self._is_first:
            # The only question: there is nothing to compare with, now or later.
            self._stale |= {reader.id for reader in self._readers.get(node.id, [])}
            return
        readers = {reader.id for reader in self._readers.get(node.id, [])}
        if readers <= self._stale and (last or node.id in self._prints):
            # All of them are made again for another reason: looking would cost, and tell nothing.
            self._prints.pop(node.id, None)
            return
        schema, name = node.relation
        seen = con.execute(
            f'select count(*), sum(hash(rij)::hugeint) from warehouse."{schema}"."{name}" as rij'
        ).fetchall()[0]
        if self._prints.get(node.id) != seen:
            self._prints[node.id] = seen
            self._stale |= readers


def ask_tests(paths: DataPaths, models: Collection[tuple[str, str]]) -> list[Outcome]:
    """Ask the tests of models once more of the warehouse that stands.

    Args:
        paths: The data folder.
        models: Schema and name of each model.

    Returns:
        The outcome of each of their tests.
    """
    nodes = recorded().nodes
    chosen = {node.id for node in nodes if node.relation in models}
    tests = [node for node in nodes if node.kind == "test" and chosen.intersection(node.depends_on)]
    with open_building(paths) as con:
        return [_make(con, node, PRESENT) for node in tests]


def in_force(con: duckdb.DuckDBPyConnection) -> list[int]:
    """The deliveries on which the figures of the present rest, as the model says that decides it for all models.

    Args:
        con: Connection to `raw.duckdb`; it may be read-only.

    Returns:
        levering_nr of each, in order.
    """
    recording = recorded()
    con.execute("attach ':memory:' as warehouse (read_write)")
    try:
        for schema in recording.schemas:
            con.execute(f'create schema warehouse."{schema}"')
        for node in recording.with_inputs([IN_FORCE]):
            execute(con, node, PRESENT)
        found = con.execute(f'select distinct levering_nr from warehouse."staging"."{IN_FORCE}" order by all')
        return [number for (number,) in found.fetchall()]
    finally:
        con.execute("detach warehouse")


def open_building(paths: DataPaths, schemas: Iterable[str] = ()) -> duckdb.DuckDBPyConnection:
    """Open a warehouse in which everything has the name by which the statements call it.

    Args:
        paths: The data folder; the warehouse is made where it is not there yet.
        schemas: Schemas that must be there.

    Returns:
        The connection.
    """
    con = duckdb.connect()
    for name, value in (settings() | {"temp_directory": str(paths.scratch)}).items():
        con.execute(f"set {name} = {quoted(value)}")
    if paths.raw.stat().st_size < SMALL_BYTES:
        con.execute("set threads = 1")
    attach(con, paths.warehouse, "warehouse", "")
    attach(con, paths.raw, "raw")
    attach(con, paths.ledger, "publicaties")
    con.execute("use warehouse")
    for schema in schemas:
        con.execute(f'create schema if not exists "{schema}"')
    return con


def _make(con: duckdb.DuckDBPyConnection, node: Node, question: Question, engine: Engine = IN_DUCKDB) -> Outcome:
    started = time.perf_counter()
    try:
        with whole(con):
            con.execute(removal(node))
            failures = execute(con, node, question, engine)
    except Exception as error:  # whatever a model raises, it is this model that cannot be built
        if faults.is_of_the_disk(error):
            # But no model, nor what came in, is to blame for a disk.
            raise
        log.error("%s kan niet worden gebouwd: %s", node.name, faults.where(error))
        return Outcome(node, "fout", str(error), seconds=time.perf_counter() - started)
    seconds = time.perf_counter() - started
    if not failures:
        return Outcome(node, "gelukt", seconds=seconds)
    message = f"{failures} rijen voldoen niet; zij staan in {'.'.join(node.relation)}"
    if _is_kept_by_hand(node):
        message += f"\n{_first_rows(con, node)}"
    return Outcome(node, "waarschuwing" if node.is_warning else "gefaald", message, failures, seconds)


def _is_kept_by_hand(node: Node) -> bool:
    """A seed, or a test of nothing but seeds: where it is wrong, nothing is worth building."""
    return node.kind == "seed" or (node.kind == "test" and all(read.startswith("seed.") for read in node.depends_on))


def removal(node: Node) -> str:
    """SQL that removes what a node made before."""
    schema, name = node.relation
    return f'drop {"view" if node.is_view else "table"} if exists warehouse."{schema}"."{name}"'


def execute(con: duckdb.DuckDBPyConnection, node: Node, question: Question, engine: Engine = IN_DUCKDB) -> int:
    """Execute a node in a warehouse in which it is not there yet.

    Args:
        con: Connection in which everything has the name by which the statements call it.
        node: The node.
        question: What is asked of the warehouse.
        engine: Who executes the query of a model.

    Returns:
        The number of rows that break it, where it is a test; 0 elsewhere.
    """
    if node.name in (ASKED, ASKED_VERSIONS):
        con.execute(*_asked(node, question))
        return 0
    if node.kind == "model" and not node.is_view and node.code is None:
        engine.make(con, node)
        return 0
    if node.code is not None:
        _run_python(con, node)
    answer: Sequence[Any] = (0,)
    for statement in node.statements:
        cursor = con.execute(statement)
        if node.kind == "test":
            answer = (cursor.fetchall() or [(0,)])[0]
    return int(answer[0] or 0) if node.kind == "test" else 0


def _asked(node: Node, question: Question) -> tuple[str, list[Any]]:
    """The table with the question, in which the recording has that of the present."""
    schema, name = node.relation
    if node.name == ASKED:
        return (
            f'create table warehouse."{schema}"."{name}" as select ?::date as peildatum, ?::date as vandaag, '
            "?::boolean as is_publicatie, ?::date as stand_tot",
            [question.peildatum, now().date(), question.is_publication, question.state],
        )
    return (
        f'create table warehouse."{schema}"."{name}" as select unnest(?::varchar[]) as versie',
        [list(question.versions)],
    )


def _run_python(con: duckdb.DuckDBPyConnection, node: Node) -> None:
    """Run a model in Python as dbt compiled it: it reads relations, and makes its table itself."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{node.name}.py"
        file.write_text(str(node.code), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(node.name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{node.name} is geen Python")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = module.model(module.dbtObj(con.table), con)
        module.materialize(made, con)


def _first_rows(con: duckdb.DuckDBPyConnection, node: Node) -> str:
    schema, name = node.relation
    found = con.execute(f'from warehouse."{schema}"."{name}" limit 3')
    names = [column[0] for column in found.description]
    rows = [
        ", ".join(f"{column} {value}" for column, value in zip(names, row, strict=True)) for row in found.fetchall()
    ]
    return "\n".join(f"  {row}" for row in rows)


def settings() -> dict[str, str]:
    """What dbt sets in every connection of its own, by name."""
    profile = yaml.safe_load((ROOT / "profiles.yml").read_text(encoding="utf-8"))["veiligheidsagenda"]
    return profile["outputs"][profile["target"]]["settings"]
