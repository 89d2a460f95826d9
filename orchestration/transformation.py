"""Run dbt, in this process, and read what it says of the project; a parse is kept as long as nothing changed.

Starting dbt as a command of its own pays its imports and its adapter again. What the models mean is content and stands
in `dbt_project/`; what is executed each night, in `recording`.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from orchestration.paths import DATA_SETTING, PROJECT, ROOT, WAREHOUSE_SETTING, DataPaths
from orchestration.rights import private_files

log = logging.getLogger(__name__)

INPUTS = ("dbt_project", "seeds", "dbt_project.yml", "profiles.yml")


class TransformationError(RuntimeError):
    """dbt could not do what was asked; the message holds dbt's own words."""


def manifest_file() -> Path:
    """The manifest of the project as it stands, parsed anew where a source file is newer.

    Returns:
        Path of `manifest.json`.

    Raises:
        TransformationError: The project does not parse.
    """
    manifest = PROJECT.dbt_target / "manifest.json"
    if not manifest.exists() or manifest.stat().st_mtime < _newest_input():
        run_dbt(PROJECT, ["parse"])
    return manifest


def _newest_input() -> float:
    """Time of the last change; a folder's own time tells of a file that was removed."""
    return max(file.stat().st_mtime for file in _inputs())


def _inputs() -> list[Path]:
    """The folders and files that say what the warehouse is."""
    places = [ROOT / name for name in INPUTS]
    return [*places, *(file for place in places if place.is_dir() for file in place.rglob("[!.]*"))]


def fingerprint_of_project() -> str:
    """Fingerprint of the models, seeds and settings: two publications with the same one were made in the same way."""
    digest = hashlib.sha256()
    for file in sorted(_inputs()):
        if file.is_file():
            digest.update(f"{file.relative_to(ROOT).as_posix()} {file.stat().st_size}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def run_dbt(paths: DataPaths, arguments: Sequence[str], *, on_event: Callable[[Any], None] = lambda _: None) -> None:
    """Run one dbt command.

    Args:
        paths: The data folder.
        arguments: The command and its options.
        on_event: Hears each event of dbt.

    Raises:
        TransformationError: The command failed.
    """
    # dbt is seconds of import that nothing but this function needs.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    settings = {DATA_SETTING: str(paths.data), WAREHOUSE_SETTING: str(paths.warehouse)}
    earlier = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    options = {
        "--project-dir": ROOT,
        "--profiles-dir": ROOT,
        "--target-path": paths.dbt_target,
        "--log-path": paths.dbt_logs,
    }
    spelled = [part for name, value in options.items() for part in (name, str(value))]
    try:
        # Whoever asks for it: its log and what it compiles tell of rows.
        with private_files():
            paths.dbt_target.mkdir(parents=True, exist_ok=True)
            result = dbtRunner(callbacks=[on_event]).invoke(
                ["--log-level", "none", "--log-level-file", "info", *arguments, *spelled]
            )
    finally:
        DuckDBConnectionManager.close_all_connections()
        for name, value in earlier.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    if not result.success:
        raise TransformationError(_explain(result))


def _explain(result: Any) -> str:
    if result.exception is not None:
        return str(result.exception)
    failed = [
        f"{node.node.name}: {_told(node)}"
        for node in getattr(result.result, "results", [])
        if node.status in ("error", "fail", "runtime error")
    ]
    return "\n".join(failed) or "dbt meldt geen reden"


def _told(node: Any) -> str:
    if node.status == "fail" and node.failures:
        return f"{node.failures} rijen voldoen niet aan deze test"
    return str(node.message)
