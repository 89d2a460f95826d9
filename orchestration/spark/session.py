"""The session of Spark: found, started and set so that it answers as DuckDB does.

What is executed in it stands elsewhere. Anything else about a cluster (memory of its executors, certificates, queues)
is set where Spark itself looks for it, in the `spark-defaults.conf` of the folder that `SPARK_CONF_DIR` names.
"""

import importlib.util
import logging
import os
import re
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.paths import MASTER_SETTING

log = logging.getLogger(__name__)

LOCAL = "local[*]"
LEAST_JAVA, JAVA_SECONDS = 17, 20.0
MASTERS = re.compile(r"local(\[(\*|[1-9]\d*)(,\d+)?\])?|spark://.+|yarn|k8s://.+")
PATIENCE_SECONDS = 60.0
# What one task reads or writes, about; less than that of everything is little.
PART_BYTES = 64 << 20
SETTINGS = {
    # A number that does not fit, or text that is no number, stops a model, as in DuckDB.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.legacy.timeParserPolicy": "EXCEPTION",
    # Chains end by themselves; how many rows they have together follows from what was delivered.
    "spark.sql.cteRecursionRowLimit": "-1",
    # Of several joins with one short list that stands in the query this rule makes a plan that it then refuses itself.
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
    # No second place where tables are known, and no web server.
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    # What is exchanged is the owner's alone.
    "spark.hadoop.fs.permissions.umask-mode": "077",
    "spark.sql.parquet.compression.codec": "zstd",
}
# On little data the plan of a query costs more than the query.
SETTINGS_OF_LITTLE = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
}


class NoSparkError(RuntimeError):
    """Spark cannot be started; the message says what is missing and what to do, in Dutch."""


def check_installed() -> None:
    """See whether what Spark needs is on this machine, and whether its master answers; nothing is started.

    Raises:
        NoSparkError: A part is missing or too old, or the setting names no master that answers.
    """
    missing = [name for name in ("pyspark", "sqlglot") if importlib.util.find_spec(name) is None]
    if missing:
        raise NoSparkError(
            f"de modellen kunnen niet op Spark draaien, want {' en '.join(missing)} is niet geïnstalleerd: draai make "
            "spark, of haal VEILIGHEIDSAGENDA_MOTOR weg"
        )
    java = _java()
    if java is None or (_version_of(java) or 0) < LEAST_JAVA:
        what = f"{java} is geen Java {LEAST_JAVA} of later" if java else "Java is niet gevonden"
        raise NoSparkError(
            f"de modellen kunnen niet op Spark draaien, want {what}: installeer Java {LEAST_JAVA} of later "
            f"(Debian: openjdk-{LEAST_JAVA}-jre-headless), of zet JAVA_HOME"
        )
    master = os.environ.get(MASTER_SETTING) or LOCAL
    if not MASTERS.fullmatch(master):
        raise NoSparkError(
            f"{MASTER_SETTING} is {master!r}, en dat is geen master van Spark: het is spark://host:7077, yarn, "
            "k8s://..., local[*] of local[een aantal]"
        )
    _meet(master)


def _version_of(java: str) -> int | None:
    """Its first number, as Java itself tells; None where it does not."""
    try:
        ran = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=JAVA_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', ran.stderr)
    return int(found[1]) if found else None


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def start(size: int, memory: str, time_zone: str, scratch: Path) -> Any:
    """Start a session of its own on the master that the setting names.

    Args:
        size: Bytes of what will be read, about.
        memory: What Spark may use on this machine, as DuckDB spells it.
        time_zone: The zone of a moment.
        scratch: Folder for what Spark writes and does not keep, on this machine.

    Returns:
        The session, in which nothing is known yet.

    Raises:
        NoSparkError: Spark or Java is missing, or the master does not answer.
    """
    check_installed()
    master = os.environ.get(MASTER_SETTING) or LOCAL
    quiet = Path(__file__).with_name("log4j2.properties").as_uri()
    settings = SETTINGS | {
        "spark.master": master,
        "spark.app.name": "veiligheidsagenda",
        "spark.sql.session.timeZone": time_zone,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet}",
        # Never used, and made beside whoever starts it.
        "spark.sql.warehouse.dir": f"file://{scratch}",
    }
    if master.startswith("local"):
        scratch.mkdir(parents=True, exist_ok=True)
        settings |= {
            "spark.driver.memory": memory.upper().replace("GB", "g"),
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(scratch),
        }
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        # They print each error as a whole, with what it quotes.
        logging.getLogger(name).disabled = True
    try:
        session = _session(settings)
        _await_workers(session, master)
    except NoSparkError:
        raise
    except Exception as error:  # whatever is the matter with Java or the cluster
        raise NoSparkError(
            f"Spark start niet op {master} ({type(error).__name__}): kijk of {MASTER_SETTING} klopt en of de master "
            "werkt"
        ) from error
    tasks = max(session.sparkContext.defaultParallelism, size // PART_BYTES)
    of_much = {"spark.sql.shuffle.partitions": str(tasks)}
    for name, value in (SETTINGS_OF_LITTLE if size <= PART_BYTES else of_much).items():
        session.conf.set(name, value)
    return session


def _session(settings: Mapping[str, str]) -> Any:
    with warnings.catch_warnings():
        # That it does not know the newest pandas is of no matter: no row passes through it.
        warnings.simplefilter("ignore", FutureWarning)
        from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

        builder = SparkSession.builder
        for name, value in settings.items():
            builder = builder.config(name, value)
        # A session of its own in the one context that a process has: the tables of one build are not those of another.
        return builder.getOrCreate().newSession()


def _meet(master: str) -> None:
    """Knock at a master before Spark does, which would keep trying for minutes."""
    if not master.startswith("spark://"):
        return
    # Of several, one leads, and Spark finds out which.
    if not any(_answers(address) for address in master.removeprefix("spark://").split(",")):
        raise NoSparkError(f"de master van Spark op {master} antwoordt niet: start hem, of zet {MASTER_SETTING} goed")


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, ValueError):
        return False
    return True


def _await_workers(session: Any, master: str) -> None:
    """A master without workers takes every job, and does none."""
    if not master.startswith("spark://"):
        return
    until = time.monotonic() + PATIENCE_SECONDS
    # The program that asks is counted too.
    while session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() < 2:
        if time.monotonic() > until:
            session.sparkContext.stop()
            raise NoSparkError(
                f"de master van Spark op {master} heeft na {PATIENCE_SECONDS:.0f} seconden geen werker met ruimte: "
                "start er een, of kijk wat de werkers bezet houdt"
            )
        time.sleep(0.2)
