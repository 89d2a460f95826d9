"""A command without what it needs says in Dutch what to give, and leaves nothing behind."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration import __main__ as command
from orchestration import decisions, explanation, novelty, register, report
from orchestration.__main__ import main
from orchestration.beside import build_as_of
from orchestration.paths import DATA_SETTING, ROOT, DataPaths, version
from orchestration.register import Row, now
from tests.unit.conftest import HEAD, make_delivery


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that does not exist."""
    folder = tmp_path / "data"
    monkeypatch.setenv(DATA_SETTING, str(folder))
    monkeypatch.setenv("COLUMNS", "80")
    return folder


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("as-of", "make as-of PEILDATUM=2021-03-01"),
        ("what-if", "make what-if VERSIES=csv_aangepakt_2"),
        ("explain", "make explain CIJFER=oskm_a/2020, of make explain RECORD=12/345"),
        ("explain --cijfer", "make explain CIJFER=oskm_a/2020, of make explain RECORD=12/345"),
        ("explain --cijfer a/1 --record 1/1", "geef een cijfer, als indicator/jaar, of een record"),
        ("offer", "make offer LEVERING=12"),
        ("withdraw", 'make withdraw LEVERING=12 REDEN="dubbel geteld"'),
        ("check", "make check BESTAND=beslag_20230115.csv EXTRACT=om_beslag/beslag"),
        ("supplier-report", "make supplier-report LEVERING=12"),
        ("supplier-report twaalf", "'twaalf' is geen nummer"),
        ("accept", 'make accept LEVERING=12 REDEN="een jaar is terecht vervallen"'),
        ("refuse", 'make refuse LEVERING=12 REDEN="een half bestand"'),
        ("refuse 12", 'make refuse LEVERING=12 REDEN="een half bestand"'),
        ("withdraw 12 --reden", 'make withdraw LEVERING=12 REDEN="dubbel geteld"'),
        ("rollback", 'make rollback REDEN="verkeerde levering"'),
        ("rollback --ongedaan", 'make rollback REDEN="verkeerde levering"'),
        ("resume-ledger", "make resume-ledger REDEN="),
        ("what-if ,", "VERSIES=csv_aangepakt_2,fase_2"),
        ("accept twaalf", "'twaalf' is geen nummer"),
        ("refuse twaalf", "'twaalf' is geen nummer"),
        ("as-of 2021-02-30", "'2021-02-30' is geen dag"),
        ("as-of 2021-03-01 en-meer", "make as-of PEILDATUM=2021-03-01"),
        ("explain --cijfer oskm_a", "'oskm_a' is geen cijfer"),
        ("explain --record 12", "'12' is geen record"),
        ("offer twaalf", "'twaalf' is geen nummer"),
        ("withdraw twaalf", "'twaalf' is geen nummer"),
        ("ledger --laatste veel", "'veel' is geen nummer"),
        ("figures --jaar nu", "'nu' is geen jaar"),
        ("report nu", "make report, of make report-pdf PEILDATUM=2021-03-01"),
        ("report --peildatum 2021-02-30", "'2021-02-30' is geen dag"),
        ("report --peildatum 2021-03-01 --versies a", "met PEILDATUM of VERSIES"),
        ("figures nu", "make figures JAAR=2020 INDICATOR=oskm_a"),
        ("nachtelijk", "geef een opdracht"),
        ("", "geef een opdracht"),
    ],
)
def test_what_is_not_understood_is_answered_in_dutch(
    words: str, told: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 2
    captured = capsys.readouterr()
    assert told in captured.out
    assert captured.err == ""
    assert not any(english in captured.out for english in ("usage", "error", "argument", "required", "invalid"))
    assert max(map(len, captured.out.splitlines())) <= 80
    assert not data.exists()


def test_the_program_names_its_version(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"veiligheidsagenda {version()}\n"
    assert not data.exists()


def test_an_empty_argument_as_make_gives_it_is_no_argument(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["offer", ""]) == 2
    assert "make offer LEVERING=12" in capsys.readouterr().out
    assert main(["withdraw", "", "--reden", ""]) == 2
    assert "make withdraw LEVERING=12" in capsys.readouterr().out
    assert main(["accept", "", "--reden", ""]) == 2
    assert "make accept LEVERING=12" in capsys.readouterr().out
    assert main(["refuse", "12", "--reden", " "]) == 2
    told = capsys.readouterr().out
    assert "er is geen reden gegeven" in told and 'make refuse LEVERING=12 REDEN="een half bestand"' in told


@pytest.mark.parametrize(
    "recipe",
    [
        "as-of",
        "what-if",
        "explain",
        "figures",
        "report",
        "open-data",
        "docs",
        "offer",
        "withdraw",
        "accept",
        "refuse",
        "ledger",
        "check",
        "supplier-report",
    ],
)
def test_help_is_dutch_and_names_a_recipe(recipe: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([recipe, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert f"make {recipe}" in told
    assert "usage" not in told
    assert f"\n{recipe}: " in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        "as-of 2021-03-01",
        "what-if csv_aangepakt_2",
        "explain --cijfer oskm_a/2020",
        "explain --record 1/1",
        "figures",
        "report",
        "report --pdf",
        "open-data",
        "offer 1",
        "withdraw 1 --reden dubbel",
        "accept 1 --reden klopt",
        "refuse 1 --reden half",
    ],
)
def test_without_data_there_is_an_answer_at_once_and_nothing_is_left_behind(
    words: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 1
    assert "bestaat nog niet; draai eerst make nightly" in " ".join(capsys.readouterr().out.split())
    assert not data.exists()


@pytest.mark.parametrize(
    ("asked", "place", "first"),
    [
        ("--peildatum 2021-03-01", "as-of/2021-03-01", "make as-of PEILDATUM=2021-03-01"),
        ("--versies b a", "what-if/a+b", "make what-if VERSIES=b,a"),
        ("--versies b,a", "what-if/a+b", "make what-if VERSIES=b,a"),
    ],
)
def test_a_report_on_what_was_not_asked_says_what_to_ask_first(
    asked: str, place: str, first: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *asked.split()]) == 1
    told = "".join(capsys.readouterr().out.split())
    assert f"{place}/voortgangsrapportage.htmlbestaatnogniet;draaieerst{''.join(first.split())}" in told
    assert not data.exists()


def test_the_report_is_named_where_it_stands(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = data / "versies" / "00001"
    version.mkdir(parents=True)
    (version / "veiligheidsagenda.duckdb").write_text("")
    (version / "voortgangsrapportage.html").write_text("rapport")
    (data / "veiligheidsagenda.duckdb").symlink_to("versies/00001/veiligheidsagenda.duckdb")
    assert main(["report"]) == 0
    assert capsys.readouterr().out == f"{version / 'voortgangsrapportage.html'}\n"


def test_without_a_ledger_there_is_nothing_wrong_with_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger"]) == 0
    assert "bestaat nog niet" in capsys.readouterr().out
    assert not data.exists()


def test_a_day_to_come_is_no_question(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tomorrow = now().date() + timedelta(days=1)
    assert main(["as-of", tomorrow.isoformat()]) == 1
    assert f"{tomorrow:%d-%m-%Y} moet nog komen" in capsys.readouterr().out
    with pytest.raises(ValueError, match="moet nog komen"):
        build_as_of(DataPaths(data), tomorrow)
    with pytest.raises(ValueError, match="bestaat nog niet"):
        build_as_of(DataPaths(data), now().date())
    assert not data.exists()


def test_the_records_behind_a_figure_are_not_those_of_a_record(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--record", "1/1", "--naar", "herkomst.csv"]) == 1
    assert "geef daarbij CIJFER" in capsys.readouterr().out
    assert not data.exists()


def test_a_place_in_which_nothing_can_be_written_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cannot(*_: object) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    data.mkdir()
    for file in (DataPaths(data).warehouse, DataPaths(data).raw, DataPaths(data).ledger):
        duckdb.connect(str(file)).close()
    monkeypatch.setattr(explanation, "explain_figure", lambda *_: ())
    monkeypatch.setattr(report, "show_figure_explained", lambda *_: None)
    monkeypatch.setattr(explanation, "write_rows", cannot)
    assert main(["explain", "--cijfer", "oskm_a/2020", "--naar", "weg/h.csv"]) == 1
    assert "weg/h.csv kan niet worden geschreven: bestaat de map" in capsys.readouterr().out.replace("\n", " ")


class Turns:
    """What a night asks of the world around it, with another night that ends while this one waits."""

    def __init__(self, paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths, self.held, self.ran = paths, False, 0
        self.news, self.last, self.while_waiting = ["leveringen"], night_of(13), lambda: None
        monkeypatch.setattr(novelty, "changed", lambda _: list(self.news))
        monkeypatch.setattr(novelty, "last_night", lambda _: self.last)
        monkeypatch.setattr(command, "sole_writer", self.lock)
        monkeypatch.setattr(command, "_whole_night", self.run)

    @contextmanager
    def lock(self, _: DataPaths) -> Iterator[None]:
        self.while_waiting()
        self.held = True
        yield
        self.held = False

    def run(self, *_: object) -> int:
        assert self.held, "what is reported is what this night did, and no other"
        self.ran += 1
        return 0

    def other_night_ends(self) -> None:
        self.news, self.last = [], night_of(14)


def night_of(publication: int) -> novelty.LastNight:
    return novelty.LastNight(f"{publication:05d}", datetime(2026, 11, 25, publication), (), "")


@pytest.mark.parametrize(
    ("words", "ends", "ran", "told"),
    [
        ("nightly", True, 0, "Niets nieuws sinds publicatie 14"),
        ("nightly", False, 1, "Nieuw sinds de vorige run: leveringen"),
        ("nightly --opnieuw", True, 1, "niets; opnieuw omdat daarom is gevraagd"),
        ("nightly --opnieuw", False, 1, "Nieuw sinds de vorige run: leveringen"),
    ],
)
def test_a_night_that_waited_for_another_asks_again_what_is_new(
    words: str,
    ends: bool,
    ran: int,
    told: str,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    turns = Turns(DataPaths(data), monkeypatch)
    if ends:
        turns.while_waiting = turns.other_night_ends
    assert main(words.split()) == 0
    assert turns.ran == ran
    assert told.upper() in " ".join(capsys.readouterr().out.split()).upper()


def test_a_night_with_nothing_new_waits_for_nobody(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(DataPaths(data), monkeypatch)
    turns.news = []
    turns.while_waiting = lambda: pytest.fail("it waits")
    assert main(["nightly"]) == 0


def test_a_night_with_nothing_new_names_what_is_still_held(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data.mkdir()
    with duckdb.connect(str(DataPaths(data).raw)) as con:
        register.prepare(con)
        number = register.add_delivery(con, make_delivery(data, HEAD), "0", None, now())
        register.decide(con, number, "aangehouden", "te klein", "grens_in")
    with duckdb.connect(str(DataPaths(data).published)) as con:
        con.execute(
            """create schema marts; create table marts.dim_extract as select 'proef' as registratie, 'rijen' as extract,
            'politie' as leverancier, 'kwartaal' as levering_ritme, date '2023-01-20' as ontvangen_datum,
            date '2023-05-20' as verwacht_voor"""
        )
    Turns(DataPaths(data), monkeypatch).news.clear()
    assert main(["nightly"]) == 0
    told = capsys.readouterr().out
    assert "nog 1 levering is aangehouden (1); beslis met make accept" in told
    assert "te laat proef/rijen: politie is te laat: verwacht voor 20-05-2023" in told


def test_a_decision_names_the_file_as_it_is_called_and_who_took_it(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken: list[str] = []

    def withdrawn(_: object, number: int, reason: str, by: str, unpublished: Sequence[int]) -> list[Row]:
        # Readers saw no publication yet, so what was admitted is still nobody's.
        assert unpublished == [1]
        taken.append(f"{number} {reason} {by}")
        return [Row(number, "proef", "rijen", "x[red]y.csv", date(2020, 1, 1), None, None, 1, 1, 0, number)]

    data.mkdir()
    with duckdb.connect(str(DataPaths(data).raw)) as con:
        register.prepare(con)
        for verdict in ("toegelaten", "geweigerd"):
            number = register.add_delivery(con, make_delivery(data, HEAD), "0", None, now())
            register.decide(con, number, verdict, None, "grens_in")
    monkeypatch.setattr(decisions, "withdraw", withdrawn)
    for user in ("jansen", "proef", "grens_in"):
        monkeypatch.setenv("USER", user)
        assert main(["withdraw", "7", "--reden", "dubbel"]) == 0
    # What decides by itself has those names, so a person of that name is called otherwise.
    assert taken == ["7 dubbel jansen", "7 dubbel gebruiker proef", "7 dubbel gebruiker grens_in"]
    assert "levering 7 (proef/x[red]y.csv) is ingetrokken" in capsys.readouterr().out


def test_an_answer_to_what_if_says_how_to_read_it_as_a_page(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from orchestration import beside, report

    asked: list[list[str]] = []
    monkeypatch.setattr(beside, "build_what_if", lambda _, versions: asked.append(versions))
    monkeypatch.setattr(report, "show_what_if", lambda *_: None)
    assert main(["what-if", "csv_aangepakt_2,fase_2", "afdoening_2"]) == 0
    assert asked == [["csv_aangepakt_2", "fase_2", "afdoening_2"]]
    assert "make report VERSIES=csv_aangepakt_2,fase_2,afdoening_2\n" in capsys.readouterr().out


def test_dagster_can_be_opened_on_another_port() -> None:
    def asked(*words: str) -> str:
        run = subprocess.run(["make", "-n", "dev", *words], cwd=ROOT, capture_output=True, text=True, check=True)
        return next(line for line in run.stdout.splitlines() if "dagster dev" in line)

    assert asked("POORT=3100").rstrip().endswith('--host 127.0.0.1 --port "$POORT"')
    assert asked().rstrip().endswith("--host 127.0.0.1")
