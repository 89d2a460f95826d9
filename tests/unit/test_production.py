"""The page for who keeps it running is right: its units are units, and its commands exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration.__main__ import _parser
from orchestration.paths import ROOT

PAGE = (ROOT / "PRODUCTION.md").read_text(encoding="utf-8")
UNITS = {
    "veiligheidsagenda-daemon.service": "schedule and sensors",
    "veiligheidsagenda-webserver.service": "Dagster in the browser",
    "veiligheidsagenda-backup.service": "backup\n",
    "veiligheidsagenda-backup.timer": "backup each morning",
}


def units() -> dict[str, str]:
    blocks = re.findall(r"^```ini\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == len(UNITS)
    return {name: next(block for block in blocks if f": {title}" in block) for name, title in UNITS.items()}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (systemd)")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    (tmp_path / "leeg.env").write_text("")
    for name, text in units().items():
        # The machine of the test has neither the folders nor the user of the page.
        here = text.replace("/opt/veiligheidsagenda", str(ROOT)).replace("User=veiligheidsagenda\n", "")
        (tmp_path / name).write_text(here.replace("/etc/veiligheidsagenda.env", str(tmp_path / "leeg.env")))
    files = [str(tmp_path / name) for name in UNITS]
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "veiligheidsagenda" in line]
    assert (said.returncode, ours) == (0, [])


def test_what_the_page_asks_for_exists() -> None:
    recipes = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    asked = set(re.findall(r"\bmake ([a-z][a-z-]*)", PAGE)) - {"sure"}
    assert {"backup", "restore", "nightly", "ledger", "setup"} <= asked <= set(recipes)
    _, commands = _parser()
    called = set(re.findall(r"-m orchestration ([a-z][a-z-]*)", PAGE))
    assert {"backup", "dagster-home"} <= called <= commands.keys()
    for program in re.findall(r"/opt/veiligheidsagenda/(\.venv/bin/\S+)", PAGE):
        assert program == ".venv/bin:/usr/bin:/bin" or (ROOT / program).exists()
    for setting in set(re.findall(r"VEILIGHEIDSAGENDA_[A-Z_]+", PAGE)):
        assert any(setting in file.read_text(encoding="utf-8") for file in (ROOT / "orchestration").glob("*.py"))
