"""A dry run: the verdict of a night on files that lie anywhere, which touches nothing and tells of nobody."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import checking, declarations
from orchestration.__main__ import main
from orchestration.checking import Checked, NotCheckableError, check
from orchestration.clock import now
from orchestration.declarations import Extract
from orchestration.paths import DATA_SETTING, ROOT
from orchestration.pseudonyms import KEY_SETTING
from tests.unit.conftest import ALONE, GOOD, HEAD, OTHER, PAIR, make_extract

PERSONAL = {
    ("proef", "rijen"): make_extract(
        columns=[
            {"name": "id", "data_type": "integer", "description": "Nummer van de rij.", "required": True},
            {
                "name": "zaak",
                "data_type": "varchar",
                "description": "Nummer van de zaak.",
                "personal": True,
                "canonical_pattern": r"^(\d{2})-(\d{6})$",
                "canonical_widths": [2, 6],
            },
        ]
    )
}
INSTROOM = "inschrijving_nr,parketnummer,verdachte_nr,wetsartikel,aanleverende_dienst,eenheid,instroomdatum\n"
BESLAG = (
    "boeking_nr;dossier_nr;object_nr;aanleveraar;dienst;beslagsoort;eenheid;soort_boeking;objectsoort;boekdatum;"
    "geregistreerd_op;corrigeert_nr;bedrag\r\n"
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, in which a dry run works; no key, and a data folder that does not exist."""
    folder = tmp_path / "tijdelijk"
    folder.mkdir()
    monkeypatch.setattr(checking, "gettempdir", lambda: str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv(DATA_SETTING, str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv(KEY_SETTING, raising=False)
    return folder


@pytest.fixture
def desk(tmp_path: Path, temporary: Path) -> Path:
    """Where a supplier keeps his files."""
    folder = tmp_path / "bureau"
    folder.mkdir()
    return folder


def put(file: Path, text: str) -> str:
    """Write a file that has not changed for a while, so that nobody waits to see whether it grows."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("windows-1252"))
    os.utime(file, (1_500_000_000, 1_500_000_000))
    return str(file)


def verdicts(checked: Checked) -> list[tuple[str, str, str | None]]:
    rows = [each.account.row for each in checked.judged]
    return [(f"{row.registration}/{row.extract}", row.file, row.verdict) for row in rows]


def one(file: str, asked: str | None = None, extracts: Mapping[tuple[str, str], Extract] = ALONE) -> Checked:
    return check([file], asked, extracts)


def test_a_good_file_would_be_admitted_and_nothing_is_touched_or_kept(desk: Path, temporary: Path) -> None:
    file = put(desk / "rijen_20200101.csv", GOOD)
    before = os.lstat(file)
    found = one(file)
    assert verdicts(found) == [("proef/rijen", "rijen_20200101.csv", "toegelaten")]
    assert found.would_be_admitted
    assert [finding["controle"] for finding in found.judged[0].account.findings] == [
        "sleutel_uniek",
        "minstens_een_rij",
        "omvang",
    ]
    after = os.lstat(file)
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_nlink) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_nlink,
    )
    assert list(desk.iterdir()) == [Path(file)]
    assert list(temporary.iterdir()) == []
    assert not (desk.parent / "data").exists()


def test_personal_columns_need_no_key_and_the_value_is_masked(desk: Path) -> None:
    file = put(desk / "rijen_20200101.csv", "id;zaak\r\n1;13-845229\r\n2;Jansen\r\n")
    found = one(file, extracts=PERSONAL)
    assert verdicts(found)[0][2] == "toegelaten"
    assert [(fault.record, fault.column, fault.shown, fault.reason) for fault in found.judged[0].faults] == [
        (2, "zaak", "aaaaaa", "is niet te lezen als 99-999999")
    ]


def test_at_most_twenty_faults_are_shown_and_the_others_counted(desk: Path) -> None:
    rows = "".join(f"{number};a;32-01-2020;1\r\n" for number in range(1, 24))
    found = one(put(desk / "rijen_20200101.csv", HEAD + rows))
    assert verdicts(found)[0][2] == "geweigerd"
    assert [fault.record for fault in found.judged[0].faults] == list(range(1, 21))
    assert found.judged[0].more == 3
    assert {fault.told for fault in found.judged[0].faults} == {"verwacht een bestaande dag als 31-12-2020"}


def test_a_broken_rule_refuses_by_column_and_record(desk: Path) -> None:
    found = one(put(desk / "rijen_20200101.csv", GOOD + "1;b;01-01-2020;2\r\n"))
    assert not found.would_be_admitted
    account = found.judged[0].account
    assert account.reason is None, "the finding says it"
    assert [finding["gevonden"] for finding in account.failed] == ["2 van 2 rijen: id 1 komt vaker voor (record 1, 2)"]


@pytest.mark.parametrize("asked", ["proef/rijen", "rijen", "proef"])
def test_a_file_of_any_name_is_what_is_asked(asked: str, desk: Path) -> None:
    found = one(put(desk / "mijn export (1).txt", GOOD), asked)
    assert verdicts(found) == [("proef/rijen", "mijn export (1).txt", "toegelaten")]
    assert found.judged[0].account.row.stand_datum == now().date()
    assert found.assumed == (
        f"mijn export (1).txt: naam en manifest noemen geen stand; aangenomen is vandaag, {now():%d-%m-%Y}",
    )


def test_of_a_name_in_the_form_of_another_extract_the_days_hold(desk: Path) -> None:
    found = one(put(desk / "export_20200101_ontvangen_20200105.csv", GOOD), "proef/rijen")
    account = found.judged[0].account
    assert (f"{account.row.stand_datum}", f"{account.received:%Y-%m-%d}") == ("2020-01-01", "2020-01-05")
    assert found.assumed == ()


def test_a_manifest_beside_the_file_holds(desk: Path) -> None:
    put(desk / "tabel.csv.manifest.yml", "{extract: rijen, stand_datum: 2020-01-01, aantal_records: 2}")
    found = one(put(desk / "tabel.csv", GOOD))
    assert [each.account.reason for each in found.judged] == [
        "1 records gevonden, de leverancier gaf er 2 op; lever het opnieuw"
    ]


def test_a_day_that_cannot_be_is_left_as_a_night_would(desk: Path) -> None:
    tomorrow = now().date() + timedelta(days=1)
    for name, told in (
        (f"rijen_{tomorrow:%Y%m%d}.csv", f"de stand, {tomorrow:%d-%m-%Y}, ligt na vandaag"),
        ("rijen_20200231.csv", "de naam bevat een datum die niet bestaat"),
    ):
        found = one(put(desk / name, GOOD), "proef/rijen")
        assert (found.judged, found.would_be_admitted) == ((), False)
        assert told in found.left[0]


def test_a_set_is_checked_as_one_from_a_folder_or_word_by_word(desk: Path) -> None:
    files = [put(desk / f"{name}_20200101.csv", GOOD) for name in ("kop", "staart")]
    (desk / ".verborgen").touch()
    (desk / "staart_20200201.csv.part").touch()
    for words in (files, [" ".join(files)], [str(desk)]):
        found = check(words, None, PAIR)
        assert verdicts(found) == [
            ("paar/kop", "kop_20200101.csv", "toegelaten"),
            ("paar/staart", "staart_20200101.csv", "toegelaten"),
        ]
        assert (found.would_be_admitted, found.left, found.alone, found.repeated) == (True, (), (), ())


def test_half_a_set_waits_and_is_judged_alone(desk: Path) -> None:
    found = one(put(desk / "kop_20200101.csv", HEAD + "1;a;31-04-2020;1\r\n2;b;01-01-2020;1\r\n"), extracts=PAIR)
    assert not found.would_be_admitted
    assert (len(found.left), found.judged) == (1, ())
    assert "wacht op staart met stand 01-01-2020" in found.left[0]
    assert [each.account.row.verdict for each in found.alone] == ["toegelaten"]
    assert [fault.record for fault in found.alone[0].faults] == [1]


def test_a_rule_about_a_partner_is_not_tested_without_it(desk: Path) -> None:
    columns = PAIR["paar", "kop"].columns
    refers = columns[0].model_copy(update={"references": "kop.id"})
    pair = {**PAIR, ("paar", "staart"): PAIR["paar", "staart"].model_copy(update={"columns": [refers, *columns[1:]]})}
    put(desk / "kop_20200101.csv", GOOD)
    put(desk / "staart_20200101.csv", GOOD.replace("\r\n1;", "\r\n7;"))
    together = check([str(desk)], None, pair)
    assert [row[2] for row in verdicts(together)] == ["aangehouden", "geweigerd"]
    assert [finding["controle"] for finding in together.judged[1].account.failed] == ["id_bestaat_in_kop"]
    alone = one(str(desk / "staart_20200101.csv"), extracts=pair).alone[0].account
    assert (alone.row.verdict, alone.failed) == ("toegelaten", [])
    assert "id_bestaat_in_kop" not in [finding["controle"] for finding in alone.findings]


def test_a_file_that_repeats_another_is_named(desk: Path) -> None:
    put(desk / "rijen_20200101_ontvangen_20200102.csv", GOOD)
    put(desk / "rijen_20200101_ontvangen_20200103.csv", GOOD)
    put(desk / "rijen_20200201.csv", OTHER)
    found = one(str(desk))
    assert len(found.judged) == 2
    assert found.repeated == ("rijen_20200101_ontvangen_20200103.csv",)


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        ("rijen_20200101.csv", "proef/nix", "extract 'proef/nix' bestaat niet; wel proef/rijen, ander/rijen"),
        ("rijen_20200101.csv", None, "kan van alles zijn: proef/rijen, ander/rijen; geef EXTRACT"),
        ("rijen_20200101.csv", "rijen", "kan van alles zijn: proef/rijen, ander/rijen; geef EXTRACT"),
        ("export.csv", None, "of geef EXTRACT=<registratie>/<extract>"),
        ("nix_20200101.csv", None, "geen extract heet 'nix'; of geef EXTRACT"),
    ],
)
def test_what_a_file_is_has_to_be_known(name: str, asked: str | None, told: str, desk: Path, temporary: Path) -> None:
    two = {**ALONE, ("ander", "rijen"): make_extract(registration="ander")}
    with pytest.raises(NotCheckableError) as error:
        one(put(desk / name, GOOD), asked, two)
    assert told in str(error.value)
    assert list(temporary.iterdir()) == []


def test_the_folder_in_which_a_file_lies_tells_two_extracts_of_one_name_apart(desk: Path) -> None:
    two = {**ALONE, ("ander", "rijen"): make_extract(registration="ander")}
    found = one(put(desk / "ander" / "rijen_20200101.csv", GOOD), extracts=two)
    assert verdicts(found)[0][0] == "ander/rijen"


def test_what_is_no_file_is_said(desk: Path) -> None:
    os.mkfifo(desk / "pijp.csv")
    for words, told in (
        ([str(desk / "nix.csv")], "bestaat niet"),
        ([str(desk / "pijp.csv")], "is geen gewoon bestand"),
        ([str(desk)], "er is geen bestand"),
    ):
        with pytest.raises(NotCheckableError, match=told):
            check(words, "proef/rijen", ALONE)


def test_a_file_that_is_still_written_is_told(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(put(desk / "rijen_20200101.csv", GOOD))
    copy = shutil.copy2

    def grow(source: Path, target: Path) -> None:
        copy(source, target)
        file.write_bytes(file.read_bytes() + b"2;b;01-01-2020;2\r\n")

    monkeypatch.setattr(shutil, "copy2", grow)
    with pytest.raises(NotCheckableError, match="veranderd terwijl het werd gelezen"):
        one(str(file))


def test_the_copy_of_a_check_that_was_killed_goes_with_the_next(desk: Path, temporary: Path) -> None:
    left = temporary / f"{checking.FOLDER}oud" / "leveringen"
    put(left / "rijen.csv", GOOD)
    long_ago = (1_500_000_000, 1_500_000_000)
    os.utime(left.parent, long_ago)
    busy = temporary / f"{checking.FOLDER}bezig"
    busy.mkdir()
    with checking.FileLock(busy / checking.LOCK):
        os.utime(busy, long_ago)
        one(put(desk / "rijen_20200101.csv", GOOD))
        assert list(temporary.iterdir()) == [busy], "one that is at work keeps its folder"


ENDED = """
import os, signal, sys
from orchestration import checking
from orchestration.__main__ import main

def end(*_):
    assert any(os.scandir(sys.argv[1]))
    os.kill(os.getpid(), signal.SIGTERM)

checking.admit_deliveries = end
main(["check", sys.argv[2], "--extract", "om_beslag"])
"""


def test_a_check_that_is_told_to_stop_leaves_no_copy(desk: Path, temporary: Path) -> None:
    file = put(desk / "van ons.csv", BESLAG)
    words = [sys.executable, "-c", ENDED, str(temporary), file]
    ended = subprocess.run(words, env=os.environ | {"TMPDIR": str(temporary)}, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 128 + 15, ended.stderr
    assert list(temporary.iterdir()) == []


def test_a_check_leaves_the_process_as_it_was(desk: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    main(["check", put(desk / "van ons.csv", BESLAG), "--extract", "om_beslag"])
    assert signal.getsignal(signal.SIGTERM) is before


# ---------------------------------------------------------------------------------------------------------------------
# The command, with the declarations of the project.


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.err == ""
    # How far it is has the time before it, and is as long as the file's name.
    lines = [line for line in captured.out.splitlines() if not line[:2].isdecimal() or line[2] != ":"]
    assert max(map(len, lines)) <= 80
    return " ".join(" ".join(lines).split())


def test_amounts_in_another_notation_than_agreed_would_be_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"{number};BSL-000000{number};18.00000{number};OM;POL;CONS;RTM;GEL;WAAR;01-03-2021;01-04-2021;;{amount}\r\n"
        for number, amount in enumerate(("1250.75", "80000.00", "12.5"), 1)
    )
    file = put(desk / "van ons.csv", BESLAG + rows)
    assert main(["check", file, "--extract", "om_beslag"]) == 3
    told = said(capsys)
    assert "geweigerd om_beslag/beslag, van ons.csv" in told
    assert "3 van 3 records (100,0%) passen niet, meer dan de afgesproken 1%" in told
    for record, amount in enumerate(("1250.75", "80000.00", "12.5"), 1):
        assert f"{record} bedrag {amount} verwacht een getal als 1.234,56" in told
    assert "Uitkomst: zou niet worden toegelaten." in told


SECRETS = ("845229", "Jansen", "98765432", "123456782", "06-12345678")


def test_no_identifier_is_in_what_is_said(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        "1,13/845229-16,1,273f,POL,AMS,2020-01-01",
        "1,13/845229-16,1,273f,POL,AMS,2020-01-01",
        "123456782,13/845229-16,1,273f,Jansen van Dijk,AMS,2020-01-01",
        "123456782,13/845229-16,1,273f,POL,AMS,2020-01-01",
        *(f"{number},13/100000-16,1,273f,POL,AMS,2020-01-01" for number in range(200, 900)),
        "3,Jansen,98765432,273f,POL,AMS,2020-01-01",
        "13-845229-16,13/845229-16,1,273f,POL,AMS,06-12345678",
        "06-12345678,13/845229-16,Jansen,273f,POL,AMS,13/845229-16",
        "4,13/845229-16,98765432",
        "5,13/845229-16,98765432,273f,POL,AMS,2020-01-01",
    ]
    file = put(desk / "instroom_20210101.csv", INSTROOM + "\n".join(rows) + "\n")
    assert main(["check", file]) == 3
    told = said(capsys)
    assert "sleutel_uniek: 4 van 705 rijen: inschrijving_nr komt vaker voor" in told
    assert "aanleverende_dienst 'aaaaaa aaa aaaa'" in told
    assert "705 parketnummer aaaaaa is niet te lezen als 99-999999-99" in told
    assert "te weinig kolommen" in told
    assert [secret for secret in SECRETS if secret in told] == []


def test_the_number_of_a_person_where_another_is_expected_is_not_said(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = (
        "mutatie;dossier_nr;veroordeelde_nr;eenheid;opsporingsindicatie;restantstraf_dagen;vaste_verblijfplaats;"
        "buitenlandsignaal;aangeleverd_op;in_behandeling_op;afgedaan_op;afdoening"
    )
    days = ("83459522", "123456782", "612345678", "30000")
    rows = [
        f"N;EX-900000{number};1;AMS;BINNENLAND;{each};J;N;01-03-2015;02-03-2015;03-03-2015;RETOUR"
        for number, each in enumerate(days)
    ]
    file = put(desk / "dossiers_20210101_volledig.csv", "\r\n".join([heads, *rows, ""]))
    assert main(["check", file]) == 3
    told = said(capsys)
    # In this register the number of a person is any number of at most eight digits.
    assert "restantstraf_dagen '99999999', '999999999', '99999' liggen buiten de grenzen" in told
    assert [each for each in days if each in told] == []


def test_a_file_without_headings_does_not_tell_its_first_record(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = put(desk / "instroom_20210101.csv", "123456782,13/845229-16,98765432,273f,POL,Jansen,2020-01-01\n")
    assert main(["check", file]) == 3
    told = said(capsys)
    assert "hier staan geen koppen" in told
    assert [secret for secret in SECRETS if secret in told] == []


def test_what_cannot_be_checked_is_answered_as_any_command(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, told in (
        (["check"], "make check BESTAND=beslag_20230115.csv EXTRACT=om_beslag/beslag"),
        (["check", ""], "make check BESTAND="),
        (["check", str(desk / "nix.csv")], "nix.csv bestaat niet"),
        (["check", put(desk / "a.csv", GOOD), "--extract", "nix"], "extract 'nix' bestaat niet; wel"),
        (["check", put(desk / "a.csv.manifest.yml", "x")], "is een manifest; geef het bestand waar het bij hoort"),
        (["check", put(desk / "b.csv.part", "x")], "wordt nog geschreven"),
    ):
        assert main(words) == 2
        # A path may be broken anywhere, where it is longer than a line.
        assert told.replace(" ", "") in said(capsys).replace(" ", "")


def test_a_wrong_declaration_or_rule_is_told_with_file_and_key(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put(desk / "a.csv", GOOD)
    known = declarations.read_declarations
    staging = tmp_path / "staging" / "proef"
    staging.mkdir(parents=True)
    (staging / "_proef__sources.yml").write_text(
        "sources: [{name: proef, tables: [{name: rijen, description: Een rij per proef., "
        "config: {meta: {delimeter: ';'}}}]}]"
    )
    monkeypatch.setattr(declarations, "read_declarations", lambda: known(staging.parent))
    assert main(["check", file, "--extract", "proef/rijen"]) == 1
    told = said(capsys)
    assert "proef.rijen" in told
    assert "delimeter: Extra inputs are not permitted" in told
    lists = make_extract(columns=[ALONE["proef", "rijen"].columns[0].model_dump() | {"code_list": "bestaat_niet"}])
    monkeypatch.setattr(declarations, "read_declarations", lambda: {("proef", "rijen"): lists})
    assert main(["check", file, "--extract", "proef/rijen"]) == 1
    assert "bestaat_niet.csv: no such seed" in said(capsys)
