"""One writer at a time, between processes."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import locking
from orchestration.paths import ROOT, DataPaths

HOLD = """
import sys
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
