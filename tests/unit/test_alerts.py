"""Alerts reach whoever the setting names, and never stop the night."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from orchestration.alerts import ALERT_SETTING, tell


def test_webhook_hears_title_and_text(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(ALERT_SETTING, f"json://127.0.0.1:{server.server_port}")
        assert tell("titel", "tekst")
        server.shutdown()
    assert [(message["title"], message["message"]) for message in heard] == [("titel", "tekst")]


def test_a_message_that_is_sent_as_html_holds_what_is_told_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(ALERT_SETTING, f"json://127.0.0.1:{server.server_port}?format=html")
        assert tell("titel", "bestand <img src=x onerror=alert(1)>.csv")
        server.shutdown()
    (message,) = [json.loads(each)["message"] for each in heard]
    assert "<img" not in message
    assert "&lt;img" in message


def test_unreachable_address_is_reported_and_goes_by(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ALERT_SETTING, "json://127.0.0.1:9")
    assert not tell("titel", "tekst")
    assert "niet bij alle adressen" in caplog.text


def test_the_log_hears_it_always(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delenv(ALERT_SETTING, raising=False)
    assert tell("titel", "tekst")
    assert "titel\ntekst" in caplog.text
