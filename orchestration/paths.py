"""Where every file of the project and of its data stands; no other module spells a path or a database name.

One setting moves all data: the environment variable VEILIGHEIDSAGENDA_DATA (default: `data/` in the project root).
`profiles.yml` reads the same variable, so that a bare `dbt` command meets the same files.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT = ROOT
STAGING = ROOT / "dbt_project" / "models" / "staging"
SEEDS = ROOT / "seeds"
EXPECTATIONS = ROOT / "expectations"
DASHBOARD = ROOT / "dbt_project" / "exposures" / "superset"

DATA_SETTING = "VEILIGHEIDSAGENDA_DATA"
WAREHOUSE_SETTING = "VEILIGHEIDSAGENDA_WAREHOUSE"
# What executes the models, and for Spark the address of its master.
ENGINE_SETTING = "VEILIGHEIDSAGENDA_MOTOR"
MASTER_SETTING = "VEILIGHEIDSAGENDA_SPARK_MASTER"
ANCHOR_SETTING = "VEILIGHEIDSAGENDA_ANKER"
# Address of a database in PostgreSQL, where the history of Dagster is not in the data folder.
DAGSTER_DATABASE_SETTING = "VEILIGHEIDSAGENDA_DAGSTER_DATABASE"
# Folders in which backups stand, as the path of a shell spells them.
BACKUPS_SETTING = "VEILIGHEIDSAGENDA_RESERVEKOPIEEN"
PUBLISHED_NAME = "veiligheidsagenda.duckdb"


def version() -> str:
    """The version of the project, which `pyproject.toml` says and nothing else.

    An editable install remembers the version that it was made of, so that is not asked.
    """
    # Few commands ask it, and the reader is a good part of the time of one that has nothing to do.
    import tomllib

    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def seed_file(name: str, folder: Path = SEEDS) -> Path:
    """Find a list by its name; in which folder it stands only says of what kind it is.

    Args:
        name: Name of the seed, which dbt lets occur once.
        folder: Folder with the seeds.

    Returns:
        The file; where there is none, the place where a person would look first.
    """
    return next(iter(sorted(folder.rglob(f"{name}.csv"))), folder / f"{name}.csv")


@dataclass(frozen=True)
class DataPaths:
    """The files below one data folder.

    Args:
        data: The data folder itself, absolute.
    """

    data: Path

    @property
    def inbox(self) -> Path:
        """Folder with one subfolder of delivered files per registration."""
        return self.data / "leveringen"

    @property
    def raw(self) -> Path:
        """Database with every delivery as delivered, written by the loader alone."""
        return self.data / "raw.duckdb"

    @property
    def raw_rekeyed(self) -> Path:
        """The same under another key, while it is made."""
        return self.data / "raw.duckdb.sleutel"

    @property
    def pairs(self) -> Path:
        """Database with each pseudonym and the one that takes its place, while they change; then it goes."""
        return self.data / "sleutelwissel.duckdb"

    @property
    def warehouse(self) -> Path:
        """Database with staging, intermediate and marts; may be deleted at any time."""
        return self.data / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        """Database in which every publication is written down."""
        return self.data / "publicaties.duckdb"

    @property
    def anchor(self) -> Path:
        """File against which the ledger is held: where the setting says, on another disk, or else beside it."""
        return Path(os.environ.get(ANCHOR_SETTING) or self.data / "publicaties.anker")

    @property
    def published(self) -> Path:
        """The one path that BI tools open: a symlink to the newest publication."""
        return self.data / PUBLISHED_NAME

    @property
    def versions(self) -> Path:
        """Folder with one read-only folder per publication."""
        return self.data / "versies"

    @property
    def reports(self) -> Path:
        """Folder with a report per delivery, to send to its supplier."""
        return self.data / "rapporten"

    @property
    def releases(self) -> Path:
        """Folder with one folder per release: what left the house, protected."""
        return self.data / "vrijgave"

    @property
    def open_data(self) -> Path:
        """Folder with the national figures of a publication, as they may be passed on."""
        return self.data / "open-data"

    @property
    def documentation(self) -> Path:
        """Folder with the pages about the project itself, which open from the disk."""
        return self.data / "documentatie"

    @property
    def superset(self) -> Path:
        """Folder with what Superset keeps: its key, its users, and what analysts made in it."""
        return self.data / "superset"

    @property
    def lock(self) -> Path:
        """Lock file of the operating system: whoever writes the warehouse holds it."""
        return self.data / "warehouse.lock"

    @property
    def journal(self) -> Path:
        """File with a line for each act on these data: who did what; only grows."""
        return self.data / "logboek.jsonl"

    @property
    def scratch(self) -> Path:
        """Folder for files that live no longer than one step, also DuckDB's own."""
        return self.data / "tmp"

    @property
    def dagster_home(self) -> Path:
        """Folder with the run history of `make dev` and `make nightly`."""
        return self.data / "dagster"

    @property
    def dbt_target(self) -> Path:
        """Folder with dbt's manifest, compiled SQL and documentation, where dbt ran on this data folder."""
        return self.data / "dbt" / "target"

    @property
    def dbt_logs(self) -> Path:
        """Folder with dbt's own log."""
        return self.data / "dbt" / "logs"


@dataclass(frozen=True)
class BesidePaths(DataPaths):
    """The same data folder, with a warehouse and a published file of their own for another question than the present's.

    Args:
        data: The data folder itself, absolute.
        place: Where the answer stands, below the data folder.
    """

    place: str

    @classmethod
    def as_of(cls, data: Path, day: date) -> "BesidePaths":
        """The answer to: what was known on that day?"""
        return cls(data, f"as-of/{day.isoformat()}")

    @classmethod
    def what_if(cls, data: Path, versions: Sequence[str]) -> "BesidePaths":
        """The answer to: what would the figures be under these versions?"""
        return cls(data, f"what-if/{'+'.join(sorted(versions))}")

    @property
    def folder(self) -> Path:
        """Folder of this answer."""
        return self.data / self.place

    @property
    def warehouse(self) -> Path:
        """Database with the models of this answer; goes when the file is written."""
        return self.folder / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The file with the marts of this answer."""
        return self.folder / PUBLISHED_NAME


@dataclass(frozen=True)
class BuildPaths(DataPaths):
    """The same data folder while a night builds: its warehouse takes the place of the one that stands when it is whole.

    Args:
        data: The data folder itself, absolute.
    """

    @property
    def warehouse(self) -> Path:
        """Database under construction."""
        return self.data / "warehouse.nieuw.duckdb"

    @property
    def failed(self) -> Path:
        """Database of the last build that failed, with the rows that broke a rule; goes when a build succeeds."""
        return self.data / "warehouse.mislukt.duckdb"


@dataclass(frozen=True)
class CleanedPaths(DataPaths):
    """The same data folder while is tried what it would be without the rows that must go.

    Args:
        data: The data folder itself, absolute.
        is_tried: Those rows are left out; otherwise raw is the one that stands.
    """

    is_tried: bool = True

    @property
    def raw(self) -> Path:
        """Raw without those rows, which takes the place of the one that stands."""
        return self.data / "raw.duckdb.opgeschoond" if self.is_tried else super().raw

    @property
    def warehouse(self) -> Path:
        """Database that is built on it; goes when it was looked at."""
        return self.data / "warehouse.opgeschoond.duckdb"


# The project by itself, as dbt made it last: a data folder without a delivery, which belongs to the checkout.
PROJECT = DataPaths(ROOT / "target" / "zonder_leveringen")


def data_paths() -> DataPaths:
    """Read the data folder from the environment, each time anew, so that a test can move it.

    Raises:
        ValueError: Its path cannot be used.
    """
    folder = Path(os.environ.get(DATA_SETTING) or ROOT / "data").resolve()
    # Dagster would look for its settings by a pattern, find none, and without a word take its own: a history elsewhere,
    # and figures on its use that are sent away.
    if signs := sorted(set("*?[]") & set(str(folder))):
        raise ValueError(
            f"het pad van de datamap bevat {' en '.join(signs)}, waar Dagster niet mee overweg kan: {folder}"
        )
    return DataPaths(folder)
