"""One writer at a time, between processes."""

import logging
import re
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from orchestration import ledger, locking
from orchestration.building import settings
from orchestration.paths import ROOT, DataPaths

BOUNDS = "select current_setting('memory_limit'), current_setting('temp_directory')"

READ = """
import sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True):
    print("holds", flush=True)
    sys.stdin.readline()
"""

HOLD = """
import sys
import threading
from pathlib import Path
from orchestration.locking import sole_writer
from orchestration.paths import DataPaths
with sole_writer(DataPaths(Path(sys.argv[1]))):
    print("holds", flush=True)
    sys.stdin.readline()
"""


def test_a_second_writer_waits_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "REMIND_SECONDS", 0.2)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "holds\n"

        def let_go(record: logging.LogRecord) -> bool:
            if "nog aan het wachten" in record.getMessage() and other.poll() is None and other.stdin:
                other.stdin.write("\n")
                other.stdin.flush()
            return True

        locking.log.addFilter(let_go)
        try:
            with caplog.at_level(logging.WARNING), locking.sole_writer(DataPaths(tmp_path)):
                assert other.wait(timeout=10) == 0
        finally:
            locking.log.removeFilter(let_go)
    assert "deze run wacht" in caplog.text


def test_a_database_that_somebody_reads_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "raw.duckdb"
    duckdb.connect(str(file)).close()
    with subprocess.Popen(
        [sys.executable, "-c", READ, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout and reader.stdin
        assert reader.stdout.readline() == "holds\n"
        threading.Timer(0.5, lambda: reader.stdin and reader.stdin.close()).start()
        with caplog.at_level(logging.WARNING), locking.open_database(file) as con:
            con.execute("create table proef as select 1")
    assert "is nog open in een ander programma" in caplog.text


def test_who_holds_the_folder_may_ask_for_it_again(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    other = [
        sys.executable,
        "-c",
        "import sys; from filelock import FileLock; FileLock(sys.argv[1]).acquire(timeout=0)",
    ]

    def is_free() -> bool:
        return subprocess.run([*other, str(paths.lock)], cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 0

    with locking.sole_writer(paths):
        with locking.sole_writer(paths):
            assert not is_free()
        assert not is_free(), "the inner block ended, the outer did not"
    assert is_free()


def test_another_thread_waits_as_another_process_does(tmp_path: Path) -> None:
    order = []

    def other() -> None:
        with locking.sole_writer(DataPaths(tmp_path)):
            order.append("other")

    with locking.sole_writer(DataPaths(tmp_path)):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.5)
        order.append("first")
    thread.join(10)
    assert order == ["first", "other"]


@pytest.mark.parametrize("name", ["'s-gravenhage", "a'b'", "met spatie"])
def test_a_path_is_a_path_whatever_stands_in_it(tmp_path: Path, name: str) -> None:
    paths = DataPaths(tmp_path / name)
    paths.data.mkdir()
    for file in (paths.raw, paths.ledger, paths.warehouse):
        duckdb.connect(str(file)).execute("create table proef as select 1").close()
    with locking.open_warehouse(paths) as con:
        assert con.sql("select count(*) from raw.proef, publicaties.proef, proef").fetchall() == [(1,)]


def test_every_attached_path_is_quoted() -> None:
    sources = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "orchestration").glob("*.py")}
    attached = {name: re.findall(r"attach(?: if not exists)? '([^']*)'", text) for name, text in sources.items()}
    assert {name: found for name, found in attached.items() if found} == {
        "admission.py": [":memory:"],
        "building.py": [":memory:"],
        "checking.py": [":memory:"],
    }
    assert sum(text.count("attach(con, ") for text in sources.values()) > 8


def test_a_database_that_is_no_database_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "raw.duckdb"
    file.write_text("geen database" * 1000)
    with pytest.raises(duckdb.IOException, match="not a valid DuckDB"):
        locking.open_database(file)


def test_no_leg_takes_more_memory_than_dbt_may_and_what_does_not_fit_goes_where_the_next_run_clears(
    tmp_path: Path,
) -> None:
    paths = DataPaths(tmp_path)
    for file in (paths.raw, paths.warehouse):
        duckdb.connect(str(file)).close()
    with ledger.open_ledger(paths) as book, locking.open_database(paths.raw) as raw:
        bounds = [con.execute(BOUNDS).fetchall() for con in (book, raw)]
    # As dbt has it: what it calls 4GB, DuckDB tells back as 3.7 GiB.
    with duckdb.connect() as con:
        con.execute(f"set memory_limit = '{settings()['memory_limit']}'")
        ((limit, _),) = con.execute(BOUNDS).fetchall()
    with locking.open_warehouse(paths) as warehouse:
        bounds += [warehouse.execute(BOUNDS).fetchall()]
    assert [row[0][0] for row in bounds] == [limit] * 3
    assert [row[0][1] for row in bounds] == [str(paths.scratch), f"{paths.raw}.tmp", str(paths.scratch)]
