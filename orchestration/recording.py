"""What dbt executes to build the project, written down once per version of the project, statement by statement.

dbt decides what a seed, model or test is in SQL; that costs a tenth of a second for each, and says the same every
night. So it is asked when the project changes: dbt builds the project on a data folder without deliveries, and what it
executed is kept beside its manifest. Executing those statements on deliveries is the business of `building`.
"""

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from orchestration import ledger_form, register
from orchestration.declarations import read_declarations
from orchestration.loading import prepare_table
from orchestration.locking import open_database
from orchestration.paths import PROJECT, ROOT
from orchestration.progress import step
from orchestration.transformation import TransformationError, fingerprint_of_project, run_dbt

Kind = Literal["seed", "model", "test"]

FILE = PROJECT.data / "opname.json"
LIBRARIES = ("dbt-core", "dbt-adapters", "dbt-duckdb", "duckdb")
# What a node says to the database beside making its own table: it opens and closes transactions, asks what is there,
# and removes what it replaces. In an empty warehouse there is nothing to ask or to replace.
MAKES = ("create", "copy", "insert", "alter", "comment")
ASKS = ("describe", "select", "with", "drop")
TRANSACTION = ("begin", "commit", "rollback")
_ANNOTATION = re.compile(r"\A/\* \{\"app\": \"dbt\".*?\*/\s*", re.DOTALL)


@dataclass(frozen=True)
class Node:
    """A seed, model or test, and what dbt executes for it.

    Args:
        id: dbt's own identifier.
        name: Name of the seed, model or test.
        kind: What it is.
        relation: Schema and name of its table or view; of a test, the table with the rows that break it.
        is_view: It is a view, which holds no rows.
        depends_on: Identifiers of what it reads: nodes and sources.
        statements: The SQL, in order. The last of a test answers how many rows break it.
        code: Python of a model in Python, which makes its table; None elsewhere.
        is_warning: The test warns and stops nothing.
    """

    id: str
    name: str
    kind: Kind
    relation: tuple[str, str]
    is_view: bool
    depends_on: tuple[str, ...]
    statements: tuple[str, ...]
    code: str | None = None
    is_warning: bool = False


@dataclass(frozen=True)
class Recording:
    """The project as dbt builds it.

    Args:
        nodes: Everything that is built, each after what it reads; seeds and the tests of seeds come first.
        schemas: The schemas in which it is built.
    """

    nodes: tuple[Node, ...]
    schemas: tuple[str, ...]

    def with_inputs(self, names: Collection[str]) -> list[Node]:
        """Some nodes and all that they read, in order.

        Args:
            names: Names of the nodes.
        """
        by_id = {node.id: node for node in self.nodes}
        found: set[str] = set()
        ahead = [node.id for node in self.nodes if node.name in names]
        while ahead:
            name = ahead.pop()
            if name in by_id and name not in found:
                found.add(name)
                ahead += by_id[name].depends_on
        return [node for node in self.nodes if node.id in found]


def recorded() -> Recording:
    """Give the project as dbt builds it; ask dbt where the project is another one than when it was asked last.

    Returns:
        The recording.

    Raises:
        TransformationError: dbt cannot build the project, or a test fails on the project by itself, as on a seed.
    """
    PROJECT.data.mkdir(parents=True, exist_ok=True)
    with FileLock(PROJECT.data / "opname.lock"):
        key = _key()
        if _key_of_file() != key:
            step("project", what="dbt bouwt het een keer zonder leveringen, omdat het is veranderd")
            FILE.unlink(missing_ok=True)
            nodes = _record()
            content = {"key": key, "nodes": [asdict(node) for node in nodes]}
            # Whole or not at all: a process may be killed at any moment.
            fresh = FILE.with_name(f"{FILE.name}.nieuw")
            fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            fresh.replace(FILE)
        return _read(FILE.read_text(encoding="utf-8"))


def _key_of_file() -> str | None:
    """Of what the recording that stands was made; None where there is none, or it cannot be read."""
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


@cache
def _read(text: str) -> Recording:
    nodes = tuple(
        Node(**entry | {name: tuple(entry[name]) for name in ("relation", "depends_on", "statements")})
        for entry in json.loads(text)["nodes"]
    )
    return Recording(nodes, tuple(dict.fromkeys(node.relation[0] for node in nodes)))


def _key() -> str:
    """What the recording follows from: the project, the libraries that read it, and where the seeds stand."""
    parts = [fingerprint_of_project(), str(ROOT), *(f"{name} {version(name)}" for name in LIBRARIES)]
    return hashlib.sha256("\n".join([*parts, Path(__file__).read_text(encoding="utf-8")]).encode()).hexdigest()


def _record() -> list[Node]:
    _prepare_sources()
    said: dict[str, list[str]] = {}

    def note(event: Any) -> None:
        if event.info.name == "SQLQuery" and event.data.node_info.unique_id:
            said.setdefault(event.data.node_info.unique_id, []).append(event.data.sql)

    PROJECT.warehouse.unlink(missing_ok=True)
    try:
        # Unit tests give their own rows: they say nothing of what a night does. And what a night does follows from the
        # files as they stand, not from what dbt kept of an earlier parse of them.
        build = ["build", "--fail-fast", "--no-partial-parse", "--exclude-resource-type", "unit_test"]
        run_dbt(PROJECT, build, on_event=note)
    except TransformationError as error:
        raise TransformationError(f"{error}\n{_broken_rows()}".rstrip()) from None
    manifest = json.loads((PROJECT.dbt_target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    wanted = {name for name, node in manifest.items() if node["resource_type"] in ("seed", "model", "test")}
    if missing := sorted(wanted - said.keys()):
        raise TransformationError(f"dbt heeft niets uitgevoerd voor {', '.join(missing)}")
    nodes = [_node(manifest[name], statements) for name, statements in said.items()]
    seeds = {node.id for node in nodes if node.kind == "seed"}
    return sorted(nodes, key=lambda node: _place(node, seeds))


def _place(node: Node, seeds: set[str]) -> int:
    """What is kept by hand comes first: a wrong seed is told before anything is built on it."""
    if node.kind == "seed":
        return 0
    return 1 if node.kind == "test" and seeds.issuperset(node.depends_on) else 2


def _prepare_sources() -> None:
    """The tables that dbt reads, without a row."""
    shutil.rmtree(PROJECT.data / "tmp", ignore_errors=True)
    for file in (PROJECT.raw, PROJECT.ledger):
        file.unlink(missing_ok=True)
    with open_database(PROJECT.raw) as con:
        register.prepare(con)
        for extract in read_declarations().values():
            prepare_table(con, extract)
    with open_database(PROJECT.ledger) as con:
        ledger_form.prepare(con)


def _node(entry: dict[str, Any], said: list[str]) -> Node:
    kind: Kind = entry["resource_type"]
    is_python = entry.get("language") == "python"
    statements = [statement for text in said if (statement := _statement(text, kind))]
    return Node(
        entry["unique_id"],
        entry["name"],
        kind,
        (entry["schema"], entry["alias"]),
        entry["config"]["materialized"] == "view",
        tuple(entry["depends_on"].get("nodes", [])),
        tuple(statements),
        _python_of(entry) if is_python else None,
        str(entry["config"].get("severity", "error")).lower() == "warn",
    )


def _python_of(entry: dict[str, Any]) -> str:
    file = PROJECT.dbt_target / "run" / entry["package_name"] / entry["original_file_path"]
    return file.read_text(encoding="utf-8")


def _statement(text: str, kind: Kind) -> str | None:
    """The statement as it has to be executed again; None where it makes nothing."""
    sql = _ANNOTATION.sub("", text.strip()).strip()
    word = sql.split(maxsplit=1)[0].lower() if sql else ""
    if not sql or word in TRANSACTION:
        return None
    if word in MAKES:
        # dbt shortens what it says of a seed after 512 characters, and marks it even where nothing was cut off.
        shortened = sql.removesuffix("...").rstrip()
        if shortened != sql and len(shortened) >= 512:
            raise TransformationError(f"dbt zegt niet geheel wat het uitvoert: {shortened}")
        return shortened
    if word in ASKS:
        return sql if kind == "test" else None
    raise TransformationError(f"dbt voert iets uit dat niet bekend is: {sql[:200]}")


def _broken_rows() -> str:
    """The first rows that break a test, and where they stand; the project by itself has rows in its lists only."""
    nodes = json.loads((PROJECT.dbt_target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    lists = {
        node["alias"]: [
            ROOT / nodes[read]["original_file_path"]
            for read in node["depends_on"]["nodes"]
            if nodes.get(read, {}).get("resource_type") == "seed"
        ]
        for node in nodes.values()
        if node["resource_type"] == "test"
    }
    lines = []
    with open_database(PROJECT.warehouse, read_only=True) as con:
        tables = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'afwijkingen' and estimated_size > 0"
        ).fetchall()
        for (table,) in tables:
            found = con.execute(f'select distinct * from afwijkingen."{table}" order by all limit 3')
            names = [column[0] for column in found.description]
            for values in found.fetchall():
                row = dict(zip(names, values, strict=True))
                lines.append("  " + ", ".join(f"{name} {value}" for name, value in row.items()))
                lines += [f"    {place}" for file in lists.get(table, ()) if (place := place_of(file, row))]
    return "\n".join(lines)


def place_of(file: Path, row: Mapping[str, Any]) -> str:
    """Where the values of a row stand together in a list.

    Args:
        file: The list, a CSV file.
        row: The values by column; a test may give them names of its own, and add some, such as a count.

    Returns:
        The file, and the lines that hold most of the values; only the file where no line holds any.
    """
    values = {name: str(value) for name, value in row.items() if value is not None}
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        named = {name: value for name, value in values.items() if name in (reader.fieldnames or ())}
        held = [
            (
                sum(fields[name] == value for name, value in named.items())
                if named
                else len(set(values.values()).intersection(fields.values())),
                reader.line_num,
            )
            for fields in reader
        ]
    most = max((number for number, _ in held), default=0)
    numbers = [str(line) for number, line in held if number == most] if most else []
    shown = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)
    return f"{shown}, regel {', '.join(numbers)}" if 0 < len(numbers) <= 3 else shown


def marts_of(recording: Recording) -> list[str]:
    """Names of the marts, in alphabetical order."""
    return sorted(node.relation[1] for node in recording.nodes if node.kind == "model" and node.relation[0] == "marts")
