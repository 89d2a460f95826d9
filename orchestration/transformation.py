"""Run dbt, in this process: one parse kept as long as nothing changed, one build per night.

Starting dbt as a command of its own pays its imports and its adapter again; in this process the build costs little more
than its queries. What the models mean is content and stands in `dbt_project/`.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from orchestration.paths import DATA_SETTING, ROOT, WAREHOUSE_SETTING, DataPaths
from orchestration.progress import CAUTION, OUTCOME, step

log = logging.getLogger(__name__)

INPUTS = ("dbt_project", "seeds", "dbt_project.yml", "profiles.yml")


class TransformationError(RuntimeError):
    """dbt could not do what was asked; the message holds dbt's own words.

    Args:
        message: What dbt says.
        events: The events of the nodes that finished before or in spite of it.
    """

    def __init__(self, message: str, events: list[dict[str, Any]]) -> None:
        """Keep the events beside the message."""
        super().__init__(message)
        self.events = events


def manifest_file(paths: DataPaths) -> Path:
    """The manifest of the project as it stands, parsed anew where a source file is newer.

    Args:
        paths: The data folder; dbt's own files stand below it.

    Returns:
        Path of `manifest.json`.

    Raises:
        TransformationError: The project does not parse.
    """
    manifest = paths.dbt_target / "manifest.json"
    if not manifest.exists() or manifest.stat().st_mtime < _newest_input():
        run_dbt(paths, ["parse"])
    return manifest


def _newest_input() -> float:
    """Time of the last change; a folder's own time tells of a file that was removed."""
    return max(file.stat().st_mtime for file in _inputs())


def _inputs() -> list[Path]:
    """The folders and files that say what the warehouse is."""
    places = [ROOT / name for name in INPUTS]
    return [*places, *(file for place in places if place.is_dir() for file in place.rglob("*"))]


def fingerprint_of_project() -> str:
    """Fingerprint of the models, seeds and settings: two publications with the same one were made in the same way."""
    digest = hashlib.sha256()
    for file in sorted(_inputs()):
        if file.is_file():
            digest.update(f"{file.relative_to(ROOT).as_posix()} {file.stat().st_size}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def run_dbt(paths: DataPaths, arguments: Sequence[str], *, silent: bool = False) -> list[dict[str, Any]]:
    """Run one dbt command.

    Args:
        paths: The data folder.
        arguments: The command and its options.
        silent: Tell no steps: the caller counts in another way.

    Returns:
        The events of the nodes that finished, as dbt writes them in its JSON log.

    Raises:
        TransformationError: The command failed.
    """
    # dbt is seconds of import that nothing but this function needs.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    events: list[dict[str, Any]] = []
    running: dict[str, None] = {}
    total = 0

    def note(event: Any) -> None:
        nonlocal total
        if event.info.name == "LogStartLine":
            total = event.data.total
            running[event.data.node_info.node_name] = None
        elif event.info.name.startswith("Log") and event.info.name.endswith("Result"):
            events.append(MessageToDict(event, preserving_proto_field_name=True))
            running.pop(event.data.node_info.node_name, None)
            _warn(event)
        else:
            return
        if not silent:
            # Of what runs at the same time, what began first takes longest.
            step("modellen", len(events), total, next(iter(running), ""))

    os.environ[DATA_SETTING] = str(paths.data)
    os.environ[WAREHOUSE_SETTING] = str(paths.warehouse)
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    options = {
        "--project-dir": ROOT,
        "--profiles-dir": ROOT,
        "--target-path": paths.dbt_target,
        "--log-path": paths.dbt_logs,
    }
    spelled = [part for name, value in options.items() for part in (name, str(value))]
    result = dbtRunner(callbacks=[note]).invoke(
        ["--log-level", "none", "--log-level-file", "info", *arguments, *spelled]
    )
    DuckDBConnectionManager.close_all_connections()
    if not result.success:
        raise TransformationError(_explain(result), events)
    return events


def build(paths: DataPaths, options: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Build seeds and models and test their data.

    Args:
        paths: The data folder.
        options: Further options of dbt: what to select, which variables to set.

    Returns:
        The events of the nodes that finished.

    Raises:
        TransformationError: A model or test failed.
    """
    step("modellen", what="inlezen")
    # Unit tests give their own rows: they say the same every night. When the project changes, `make test` asks them.
    # A seed that gained a column is made anew, and not filled into the table of the night before.
    return run_dbt(paths, ["build", "--full-refresh", "--exclude-resource-type", "unit_test", *options])


def _warn(event: Any) -> None:
    """Say what did not go well. What failed stops the night, which then tells the reason."""
    node = event.data.node_info
    if node.node_status == "warn":
        log.warning("%s: %s afwijkingen", node.node_name, event.data.num_failures, extra=CAUTION)
    elif node.node_status in ("error", "fail"):
        log.error("%s is %s", node.node_name, node.node_status, extra=OUTCOME)


def _explain(result: Any) -> str:
    if result.exception is not None:
        return str(result.exception)
    failed = [
        f"{node.node.name}: {node.message}"
        for node in getattr(result.result, "results", [])
        if node.status in ("error", "fail", "runtime error")
    ]
    return "\n".join(failed) or "dbt meldt geen reden"


def models_of(manifest: Path, layer: str) -> list[str]:
    """The models of one layer.

    Args:
        manifest: Path of `manifest.json`.
        layer: Folder below the models: `staging`, `intermediate` or `marts`.

    Returns:
        Their names, in alphabetical order.
    """
    return sorted(node["name"] for node in _nodes(manifest, "model") if node["fqn"][1] == layer)


def column_descriptions(manifest: Path) -> dict[tuple[str, str], str]:
    """What the columns of models and seeds mean.

    Args:
        manifest: Path of `manifest.json`.

    Returns:
        The Dutch description by (model or seed, column).
    """
    return {
        (node["name"], column["name"]): column["description"]
        for node in _nodes(manifest, "model", "seed")
        for column in node["columns"].values()
    }


def _nodes(manifest: Path, *resource_types: str) -> Iterable[dict[str, Any]]:
    content = json.loads(manifest.read_text(encoding="utf-8"))
    return [node for node in content["nodes"].values() if node["resource_type"] in resource_types]
