"""Build a warehouse: execute on the deliveries what dbt executes to build the project, in one DuckDB process.

Which statements those are, and in which order, stands in `recording`; what is asked of the warehouse (the present, an
earlier day, other versions) is a row in two tables that every model can read. Several questions can be put to one
warehouse after another: of each next answer only that is made again of which the input changed.
"""

import importlib.util
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import duckdb
import yaml

from orchestration.paths import ROOT, DataPaths
from orchestration.progress import CAUTION, step
from orchestration.recording import Node, Recording, recorded

log = logging.getLogger(__name__)

Status = Literal["gelukt", "gefaald", "waarschuwing", "fout", "overgeslagen"]
LEG = "modellen"
ASKED = "base_leveringen__vraag"
ASKED_VERSIONS = "base_leveringen__gevraagde_versies"
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
    """

    peildatum: date | None = None
    versions: tuple[str, ...] = ()
    is_publication: bool = True


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


class Builder:
    """A warehouse under construction."""

    def __init__(self, paths: DataPaths, recording: Recording | None = None) -> None:
        """Begin with an empty warehouse.

        Args:
            paths: The data folder; a warehouse that stands at its place there is removed.
            recording: The project as dbt builds it; asked for where None.
        """
        self.paths = paths
        self.recording = recording or recorded()
        self._readers: dict[str, list[Node]] = {}
        for node in self.recording.nodes:
            for read in node.depends_on:
                self._readers.setdefault(read, []).append(node)
        self._stale = {node.id for node in self.recording.nodes}
        self._prints: dict[str, tuple[Any, ...]] = {}
        paths.warehouse.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", ".wal"):
            paths.warehouse.with_name(paths.warehouse.name + suffix).unlink(missing_ok=True)

    def answer(self, question: Question, wanted: Collection[str] | None = None, *, last: bool = True) -> list[Outcome]:
        """Build what the question asks, or what changed since the answer before.

        Args:
            question: The question.
            wanted: Names of the nodes that are wanted, with all that they read and without tests; everything where None.
            last: No further question follows, so that nothing needs to be remembered for it.

        Returns:
            The outcome of every node that was made or asked.

        Raises:
            BuildError: A model cannot be built, or a test fails; what does not rest on it is built all the same.
        """
        chosen = self.recording.nodes if wanted is None else self._with_inputs(wanted)
        outcomes: list[Outcome] = []
        broken: set[str] = set()
        with self._open() as con:
            for place, node in enumerate(chosen, start=1):
                if node.id not in self._stale:
                    continue
                if wanted is None:
                    step(LEG, place - 1, len(chosen), node.name)
                outcome = self._make(con, node, question, broken)
                outcomes.append(outcome)
                if outcome.status == "waarschuwing":
                    log.warning("%s: %s", node.name, outcome.message, extra=CAUTION)
                if outcome.stops:
                    broken |= {node.id, *(node.depends_on if node.kind == "test" else ())}
                    if node.kind == "seed" or self._reads_seeds_only(node):
                        break
                elif node.kind != "test":
                    self._pass_on(con, node, last)
                self._stale.discard(node.id)
        if wanted is None:
            step(LEG, len(chosen), len(chosen))
        # What is in the ledger will have grown when the next question comes.
        for read, nodes in self._readers.items():
            if read.split(".")[-2] == CHANGING_SOURCE:
                self._stale |= {node.id for node in nodes}
        self._stale |= {node.id for node in chosen if node.name in (ASKED, ASKED_VERSIONS)}
        if broken:
            told = [f"{each.node.name}: {each.message}" for each in outcomes if each.status in ("gefaald", "fout")]
            raise BuildError("\n".join(told), outcomes)
        return outcomes

    def _with_inputs(self, names: Collection[str]) -> list[Node]:
        by_id = {node.id: node for node in self.recording.nodes}
        found: set[str] = set()
        ahead = [node.id for node in self.recording.nodes if node.name in names]
        while ahead:
            name = ahead.pop()
            if name in by_id and name not in found:
                found.add(name)
                ahead += by_id[name].depends_on
        return [node for node in self.recording.nodes if node.id in found]

    def _open(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        scratch = str(self.paths.scratch)
        for name, value in (_settings() | {"temp_directory": scratch}).items():
            con.execute(f"set {name} = '{value}'")
        con.execute(f"attach '{self.paths.warehouse}' as warehouse")
        con.execute(f"attach '{self.paths.raw}' as raw (read_only)")
        con.execute(f"attach '{self.paths.ledger}' as publicaties (read_only)")
        con.execute("use warehouse")
        for schema in self.recording.schemas:
            con.execute(f'create schema if not exists "{schema}"')
        return con

    def _make(self, con: duckdb.DuckDBPyConnection, node: Node, question: Question, broken: set[str]) -> Outcome:
        if broken.intersection(node.depends_on):
            return Outcome(node, "overgeslagen", "rust op wat niet gebouwd kon worden")
        started = time.perf_counter()
        try:
            con.execute("begin")
            con.execute(_removal(node))
            failures = _execute(con, node, question)
            con.execute("commit")
        except Exception as error:  # whatever a model raises, it is this model that cannot be built
            con.execute("rollback")
            return Outcome(node, "fout", str(error), seconds=time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if not failures:
            return Outcome(node, "gelukt", seconds=seconds)
        message = f"{failures} rijen voldoen niet; zij staan in {'.'.join(node.relation)}"
        if self._reads_seeds_only(node):
            message += f"\n{_first_rows(con, node)}"
        return Outcome(node, "waarschuwing" if node.is_warning else "gefaald", message, failures, seconds)

    def _reads_seeds_only(self, node: Node) -> bool:
        return node.kind == "test" and all(read.startswith("seed.") for read in node.depends_on)

    def _pass_on(self, con: duckdb.DuckDBPyConnection, node: Node, last: bool) -> None:
        """Let what reads this node be made again where its rows are others than they were."""
        if last:
            self._stale |= {reader.id for reader in self._readers.get(node.id, [])}
            return
        schema, name = node.relation
        seen = con.execute(
            f'select count(*), sum(hash(rij)::hugeint) from warehouse."{schema}"."{name}" as rij'
        ).fetchall()[0]
        if self._prints.get(node.id) != seen:
            self._prints[node.id] = seen
            self._stale |= {reader.id for reader in self._readers.get(node.id, [])}


def build(paths: DataPaths, question: Question) -> list[Outcome]:
    """Build a warehouse for one question.

    Args:
        paths: The data folder; its warehouse is made anew.
        question: What is asked.

    Returns:
        The outcome of every seed, model and test.

    Raises:
        BuildError: A model cannot be built, or a test fails.
    """
    return Builder(paths).answer(question)


def _removal(node: Node) -> str:
    schema, name = node.relation
    return f'drop {"view" if node.is_view else "table"} if exists warehouse."{schema}"."{name}"'


def _execute(con: duckdb.DuckDBPyConnection, node: Node, question: Question) -> int:
    """Execute a node; give the number of rows that break it, where it is a test."""
    if node.name in (ASKED, ASKED_VERSIONS):
        con.execute(*_asked(node, question))
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
            f'create table warehouse."{schema}"."{name}" as select ?::date as peildatum, ?::boolean as is_publicatie',
            [question.peildatum, question.is_publication],
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
    rows = [", ".join(f"{column} {value}" for column, value in zip(names, row, strict=True)) for row in found.fetchall()]
    return "\n".join(f"  {row}" for row in rows)


def _settings() -> dict[str, str]:
    """What dbt sets in every connection of its own."""
    profile = yaml.safe_load((ROOT / "profiles.yml").read_text(encoding="utf-8"))["veiligheidsagenda"]
    return profile["outputs"][profile["target"]]["settings"]

