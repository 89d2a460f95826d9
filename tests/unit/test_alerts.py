"""Alerts reach whoever the setting names, and never stop the night."""

import email
import email.policy
import json
import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestration import damage, register
from orchestration.alerts import ALERT_SETTING, tell
from orchestration.paths import DataPaths
from tests.unit.conftest import ALONE, Night


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


class Mailbox(socketserver.StreamRequestHandler):
    """The few words of SMTP that a sender needs; what it brings is kept by the server."""

    def handle(self) -> None:
        self._say("220 postbus")
        while line := self.rfile.readline():
            match line.split()[0].upper():
                case b"EHLO" | b"HELO" | b"MAIL" | b"RCPT" | b"RSET":
                    self._say("250 goed")
                case b"DATA":
                    self._say("354 kom maar")
                    lines = []
                    while (line := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(line.removeprefix(b"."))
                    self.server.received.append(b"".join(lines))  # type: ignore[attr-defined]
                    self._say("250 bewaard")
                case b"QUIT":
                    self._say("221 dag")
                    return
                case _:
                    self._say("502 onbekend")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A mail server of the test's own, to which alerts go."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.received = received = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        address = f"mailto://127.0.0.1:{port}/?from=run@agenda.test&to=beheer@agenda.test&mode=insecure"
        monkeypatch.setenv(ALERT_SETTING, address)
        yield received
        server.shutdown()


def read(message: bytes) -> tuple[str, str, str]:
    """To whom a mail goes, what it is called, and all that it says."""
    mail = email.message_from_bytes(message, policy=email.policy.default)
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return mail["To"], mail["Subject"], " ".join("\n".join(parts).split())


def test_a_mail_says_what_is_the_matter_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = DataPaths(tmp_path / "data")
    (paths.versions / "00007").mkdir(parents=True)
    with mailbox(monkeypatch) as received, pytest.raises(damage.DamageError):
        damage.examine(paths)
    ((to, subject, text),) = [read(message) for message in received]
    assert "beheer@agenda.test" in to
    assert subject == "nachtelijke run niet begonnen; de vorige publicatie blijft staan"
    for part in (str(paths.raw), "is er niet meer", "make restore VAN=", "make nightly HERBOUW=1"):
        assert part in text


PLANTED = "Jansen-Verkade"
SPOILED = {
    "a heading": f"id;{PLANTED};dag;bedrag\r\n1;a;01-01-2020;1\r\n",
    "no headings": f"129;{PLANTED};98765432;1\r\n1;a;01-01-2020;1\r\n",
    "a number": f"id;naam;dag;bedrag\r\n{PLANTED};a;01-01-2020;1\r\n",
    "a day": f"id;naam;dag;bedrag\r\n1;a;{PLANTED};1\r\n2;b;{PLANTED};1\r\n",
    "an unclosed quote": f'id;naam;dag;bedrag\r\n1;"{PLANTED};01-01-2020;1\r\n',
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_mail_about_a_refused_delivery_holds_nothing_that_was_delivered(
    night: Night, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    night.put("proef/rijen_20200101.csv", SPOILED[what])
    night.run(ALONE)
    rows = register.deliveries(night.raw)
    assert [row.verdict for row in rows] == ["geweigerd"]
    told = register.told_refused(rows)
    assert told is not None
    with mailbox(monkeypatch) as received:
        assert tell(*told)
    ((_, subject, text),) = [read(message) for message in received]
    assert subject == "1 leveringen niet toegelaten; de eerdere blijven van kracht"
    assert "levering 1 proef/rijen_20200101.csv: geweigerd:" in text
    assert rows[0].reason
    assert PLANTED.lower() not in text.lower()
    assert PLANTED.encode() not in received[0]


def test_one_dead_address_does_not_keep_the_others_from_hearing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with mailbox(monkeypatch) as received:
        monkeypatch.setenv(ALERT_SETTING, f"json://127.0.0.1:9 {os.environ[ALERT_SETTING]}")
        assert not tell("titel", "tekst")
    assert [read(message)[1:] for message in received] == [("titel", "tekst")]
    assert "niet bij alle adressen" in caplog.text


def test_what_looks_like_markup_is_text_in_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox(monkeypatch) as received:
        assert tell("titel", "bestand <img src=x>_20200101.csv")
    assert [read(message)[1:] for message in received] == [("titel", "bestand <img src=x>_20200101.csv")]
    assert b"text/html" not in received[0]
