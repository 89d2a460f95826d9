"""Answer as it was known on an earlier day: the same models with another peildatum, in a file beside the present."""

import json
import logging
from datetime import date
from pathlib import Path

from orchestration.ledger import open_ledger, settle
from orchestration.locking import open_warehouse, sole_writer
from orchestration.paths import AsOfPaths, DataPaths
from orchestration.publishing import write_copy
from orchestration.transformation import build, models_of
from orchestration.validation import validate_marts

log = logging.getLogger(__name__)


class BorderOutError(RuntimeError):
    """The figures of that day do not agree with the agenda; the message holds what was found, in Dutch."""


def build_as_of(paths: DataPaths, day: date) -> Path:
    """Write the marts as they were known on a day.

    What counts as known: deliveries received, and norms and definitions decided, on or before that day.

    Args:
        paths: The data folder; what is published there stays as it is.
        day: The peildatum.

    Returns:
        The file, `data/as-of/<day>/veiligheidsagenda.duckdb`, which replaces an earlier one for the same day.

    Raises:
        TransformationError: A model or test failed.
        BorderOutError: A check of the border out failed.
        AuditError: The written file is not what was built.
    """
    there = AsOfPaths(paths.data, day)
    with sole_writer(paths):
        there.folder.mkdir(parents=True, exist_ok=True)
        log.info("de modellen worden gebouwd zoals bekend op %s", f"{day:%d-%m-%Y}")
        with open_ledger(paths) as book:
            settle(book, paths)
        build(there, ["--vars", json.dumps({"peildatum": day.isoformat()})])
        with open_warehouse(there) as con:
            broken = [
                f"{mart}.{finding.name}: {finding.found}"
                for mart, finding in validate_marts(con)
                if not finding.passed and finding.severity == "critical"
            ]
        if broken:
            raise BorderOutError("\n".join(broken))
        file = write_copy(there, models_of(there.dbt_target / "manifest.json", "marts"))
        there.warehouse.unlink()
    log.info("de cijfers zoals bekend op %s staan in %s", f"{day:%d-%m-%Y}", file)
    return file
