"""The page for who keeps it running is right: its units are units, and its commands exist."""

import json
import re
import shlex
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestration.__main__ import _parser
from orchestration.alerts import ALERT_SETTING
from orchestration.anchor import KEY_SETTING
from orchestration.paths import ANCHOR_SETTING, BACKUPS_SETTING, DATA_SETTING, ROOT

PAGE = (ROOT / "PRODUCTION.md").read_text(encoding="utf-8")
UNITS = {
    "veiligheidsagenda-daemon.service": "schedule and sensors",
    "veiligheidsagenda-webserver.service": "Dagster in the browser",
    "veiligheidsagenda-backup.service": "backup\n",
    "veiligheidsagenda-backup.timer": "backup each morning",
    "veiligheidsagenda-failed@.service": "tell that %i failed",
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


def settings() -> dict[str, str]:
    """The variables of the page."""
    ((block),) = re.findall(r"^```sh\n(VEILIGHEIDSAGENDA_DATA=.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return dict(line.split("=", 1) for line in block.splitlines())


def test_the_page_sets_all_that_is_promised_to_rest_on_a_setting() -> None:
    """What SECURITY.md promises of the ledger needs an anchor on another disk, and a key for it."""
    found = settings()
    assert {ANCHOR_SETTING, KEY_SETTING, DATA_SETTING, BACKUPS_SETTING, ALERT_SETTING} <= found.keys()
    anchor, data = Path(found[ANCHOR_SETTING]), Path(found[DATA_SETTING])
    assert not anchor.is_relative_to(data)
    assert f" {anchor.parent} " in PAGE, "its folder is made"
    assert PAGE.count(found[KEY_SETTING]) >= 3, "its key is made, for its user alone"


def test_a_unit_may_write_all_that_a_run_writes() -> None:
    found = settings()
    strict = {name: text for name, text in units().items() if "ProtectSystem=strict" in text}
    assert strict.keys() == {"veiligheidsagenda-daemon.service", "veiligheidsagenda-webserver.service"}
    for text in strict.values():
        written = re.findall(r"^ReadWritePaths=(.*)$", text, flags=re.MULTILINE)[0].split()
        for needed in (found[DATA_SETTING], str(Path(found[ANCHOR_SETTING]).parent), "/opt/veiligheidsagenda/target"):
            assert needed in written


def test_a_unit_that_runs_by_itself_and_fails_tells_somebody() -> None:
    """What restarts by itself never comes to fail; what a timer starts does."""
    for name, text in units().items():
        if name.endswith(".timer"):
            assert "OnFailure=veiligheidsagenda-failed@%p.service" in units()[name.replace(".timer", ".service")]
        else:
            assert "OnFailure=" in text or "Restart=on-failure" in text or name == "veiligheidsagenda-failed@.service"


def test_what_tells_of_a_failed_unit_reaches_an_address() -> None:
    (command,) = re.findall(r"^ExecStart=(.*apprise.*)$", PAGE, flags=re.MULTILINE)
    heard: list[str] = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["title"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hears)
    threading.Thread(target=server.handle_request, daemon=True).start()
    words = shlex.split(command.replace("/opt/veiligheidsagenda", str(ROOT)).replace("%i", "veiligheidsagenda-backup"))
    words[-1:] = [f"json://127.0.0.1:{server.server_port}/"]
    said = subprocess.run(words, capture_output=True, text=True)
    server.server_close()
    assert (said.returncode, heard) == (0, ["veiligheidsagenda-backup is mislukt"])


def test_what_the_page_asks_for_exists() -> None:
    recipes = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    asked = set(re.findall(r"\bmake ([a-z][a-z-]*)", PAGE)) - {"sure"}
    assert {"backup", "restore", "nightly", "ledger", "setup"} <= asked <= set(recipes)
    _, commands = _parser()
    called = set(re.findall(r"-m orchestration ([a-z][a-z-]*)", PAGE))
    assert {"backup", "dagster-home"} <= called <= commands.keys()
    for unit in re.findall(r"^OnFailure=(\S+)$", PAGE, flags=re.MULTILINE):
        assert unit.replace("@%p.", "@.") in UNITS
    for program in re.findall(r"/opt/veiligheidsagenda/(\.venv/bin/\S+)", PAGE):
        assert program == ".venv/bin:/usr/bin:/bin" or (ROOT / program).exists()
    for setting in set(re.findall(r"VEILIGHEIDSAGENDA_[A-Z_]+", PAGE)):
        assert any(setting in file.read_text(encoding="utf-8") for file in (ROOT / "orchestration").glob("*.py"))
