"""Who did what: a line per act, and none that can be written over."""

import json
import os
import stat
from pathlib import Path

import duckdb
import pytest

from orchestration import journal
from orchestration.__main__ import main
from orchestration.paths import DATA_SETTING, DataPaths
from tests.unit.conftest import GOOD, Night


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    monkeypatch.setenv(DATA_SETTING, str(tmp_path))
    monkeypatch.delenv("SUDO_USER", raising=False)
    return DataPaths(tmp_path)


def lines(paths: DataPaths) -> list[dict[str, str]]:
    return [json.loads(line) for line in paths.journal.read_text(encoding="utf-8").splitlines()]


def test_a_line_says_what_was_done_on_what_with_which_outcome_from_where_by_whom_and_when(paths: DataPaths) -> None:
    journal.note(paths, "publicatie", "publicatie 14", "gepubliceerd", "Dagster, run 1")
    (line,) = lines(paths)
    assert list(line) == ["tijdstip", "gebruiker", "oorsprong", "actie", "object", "resultaat"]
    assert line["tijdstip"].endswith("+00:00"), "an hour that comes twice in autumn has two times here"
    assert line["oorsprong"].endswith(f"proces {os.getpid()}")
    assert stat.S_IMODE(paths.journal.stat().st_mode) == 0o600


def test_the_user_is_who_the_system_says_and_not_a_variable(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    monkeypatch.setenv("USER", "een_ander")
    monkeypatch.setenv("LOGNAME", "een_ander")
    journal.note(paths, "a", "b", "c", "d")
    monkeypatch.setenv("SUDO_USER", "ada")
    journal.note(paths, "a", "b", "c", "d")
    me = pwd.getpwuid(os.getuid()).pw_name
    assert [line["gebruiker"] for line in lines(paths)] == [me, f"{me} (sudo door ada)"]


def test_the_file_only_grows_and_a_failure_is_told_without_its_words(paths: DataPaths) -> None:
    with pytest.raises(ValueError, match="Jansen"), journal.noted(paths, "as-of", "peildatum 2020-01-01", "proef"):
        raise ValueError("Jansen")
    before = paths.journal.read_bytes()
    with journal.noted(paths, "open-data", "publicatie", "proef") as told:
        told.append("code 0")
    assert paths.journal.read_bytes().startswith(before)
    assert [(line["actie"], line["resultaat"]) for line in lines(paths)] == [
        ("as-of", "begonnen"),
        ("as-of", "mislukt: ValueError"),
        ("open-data", "begonnen"),
        ("open-data", "code 0"),
    ]
    assert "Jansen" not in paths.journal.read_text(encoding="utf-8")


def test_a_decision_is_written_down_with_its_deliveries_and_without_its_reason(paths: DataPaths, night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run()
    night.raw.close()
    assert main(["withdraw", "1", "--reden", "Een reden van iemand"]) == 0
    assert main(["offer", "1"]) == 0
    assert main(["withdraw", "9", "--reden", "bestaat niet"]) == 1
    assert [(line["actie"], line["object"], line["resultaat"]) for line in lines(paths)] == [
        ("withdraw", "levering 1", "begonnen"),
        ("besluit", "levering 1", "is ingetrokken"),
        ("withdraw", "levering 1", "code 0"),
        ("offer", "levering 1", "begonnen"),
        ("besluit", "levering 1", "wordt bij de volgende run opnieuw geladen"),
        ("offer", "levering 1", "code 0"),
        ("withdraw", "levering 9", "begonnen"),
        ("withdraw", "levering 9", "mislukt: ValueError"),
    ]
    assert "reden van iemand" not in paths.journal.read_text(encoding="utf-8")


def test_nothing_is_done_that_cannot_be_written_down(
    paths: DataPaths, night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run()
    night.raw.close()
    paths.journal.mkdir()
    assert main(["withdraw", "1", "--reden", "dubbel"]) == 1
    assert "kan niet verder" in capsys.readouterr().out
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert con.sql("select distinct oordeel from leveringen.oordeel").fetchall() == [("toegelaten",)]


def test_what_everybody_may_see_is_not_written_down(paths: DataPaths) -> None:
    assert main(["ledger"]) == 0
    assert main(["figures"]) == 1
    assert not paths.journal.exists()
