"""The inbox: which file is which delivery, and which is left for later."""

import json
import logging
import os
import socket
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration import deliveries
from orchestration.declarations import Extract
from orchestration.deliveries import FileState, LeftError, find_deliveries
from tests.unit.conftest import make_extract


def declared() -> dict[tuple[str, str], Extract]:
    extracts = [
        make_extract(),
        make_extract(registration="paar", name="kop", together=True),
        make_extract(registration="paar", name="staart", together=True),
    ]
    return {(extract.registration, extract.name): extract for extract in extracts}


def put(inbox: Path, name: str, text: str = "x") -> Path:
    file = inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def look(inbox: Path) -> tuple[list[list[str]], dict[str, str]]:
    sets, waiting = find_deliveries(inbox, declared(), pause=lambda _: None)
    return (
        [[delivery.file.name for delivery in item.deliveries] for item in sets],
        {left.file.name: left.reason for left in waiting},
    )


def test_name_says_stand_datum_and_date_of_receipt(tmp_path: Path) -> None:
    put(tmp_path, "proef/demo_rijen_20200131_ontvangen_20200205.csv")
    (item,), waiting = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    delivery = item.deliveries[0]
    assert (delivery.stand_datum, delivery.received) == (date(2020, 1, 31), datetime(2020, 2, 5))
    assert (delivery.kind, delivery.is_demo, waiting) == ("volledig", True, [])


def test_manifest_speaks_for_a_file_with_a_name_of_its_own(tmp_path: Path) -> None:
    put(tmp_path, "proef/Tabel 47013.csv")
    put(tmp_path, "proef/Tabel 47013.csv.manifest.yml", "{extract: rijen, stand_datum: 2024-02-01, aantal_records: 7}")
    (item,), _ = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    assert (item.deliveries[0].stand_datum, item.deliveries[0].expected_records) == (date(2024, 2, 1), 7)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("proef/rijen_20200101.csv.part", "wordt nog geschreven"),
        ("proef/export (3).csv", "naam volgt niet"),
        ("proef/rijen_20201301.csv", "datum die niet bestaat"),
        ("proef/andere_20200101.csv", "kent dat extract niet"),
        ("proef/rijen_20200101_mutaties.csv", "wordt volledig geleverd, niet mutaties"),
        ("paar/kop_20200101.csv", "wacht op staart"),
    ],
)
def test_what_is_not_ready_waits_with_a_reason(tmp_path: Path, name: str, told: str) -> None:
    put(tmp_path, name)
    sets, waiting = look(tmp_path)
    assert sets == []
    assert told in waiting[Path(name).name]


def test_unknown_folder_is_named(tmp_path: Path) -> None:
    put(tmp_path, "onbekend/rijen_20200101.csv")
    assert "hoort bij geen registratie" in look(tmp_path)[1]["onbekend"]


KNOWN = "bekend zijn extract, stand_datum, ontvangen_op, soort, aantal_records, sha256, demo"
FACTS = "extract: rijen\nstand_datum: 2024-02-01\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FACTS + "kleur: rood\n", f"geeft op regel 3 iets dat niet bekend is; {KNOWN}"),
        # What can be anything may be about somebody.
        (FACTS + "Jan Jansen 98-700198: x\n", f"geeft op regel 3 iets dat niet bekend is; {KNOWN}"),
        ("extract: Jan Jansen\nstand_datum: 2024-02-01\n", "kent dat extract niet; wel rijen"),
        (FACTS + "[a]: rood\n", f"geeft op regel 3 iets dat niet bekend is; {KNOWN}"),
        (FACTS + "stand_datum: 2024-03-01\n", "noemt stand_datum tweemaal (regel 3); laat er een staan"),
        (FACTS + "aantal_records: true\n", "geeft aantal_records (regel 3) anders dan verwacht: een geheel getal"),
        (FACTS + "aantal_records: 1_000\n", "een geheel getal in cijfers"),
        (FACTS + "aantal_records: 0x10\n", "een geheel getal in cijfers"),
        (FACTS + "aantal_records: -1\n", "een geheel getal in cijfers"),
        (FACTS + "aantal_records: 1.0\n", "een geheel getal in cijfers"),
        (FACTS + "soort: flauwekul\n", "geeft soort (regel 3) anders dan verwacht: volledig, periode, mutaties"),
        (FACTS + "sha256: 1234\n", "64 hexadecimale tekens"),
        (FACTS + f"sha256: {'g' * 64}\n", "64 hexadecimale tekens"),
        (FACTS + "demo: yes\n", "geeft demo (regel 3) anders dan verwacht: true of false"),
        (FACTS + "demo: 1\n", "true of false"),
        (FACTS + "ontvangen_op: 1738749600\n", "een tijdstip dat bestaat"),
        (FACTS + "ontvangen_op: [2025-01-01]\n", "een tijdstip dat bestaat"),
        (FACTS + "ontvangen_op: 9999-12-31T23:59:59-05:00\n", "een tijdstip dat bestaat"),
        ("extract: rijen\nstand_datum: 2024-02-30\n", "een dag die bestaat, als jjjj-mm-dd"),
        ("extract: rijen\nstand_datum: 2024-02-01T10:00:00\n", "een dag die bestaat, als jjjj-mm-dd"),
        ("extract: rijen\n", "noemt geen stand_datum; zet dat erin"),
        ("extract:\nstand_datum:\n", "noemt geen extract en geen stand_datum"),
        ("extract: {rijen: 1}\nstand_datum: 2024-02-01\n", "de naam van een extract"),
        ("", f"heeft geen regels `naam: waarde`; {KNOWN}"),
        ("- extract\n", f"heeft geen regels `naam: waarde`; {KNOWN}"),
        ("extract: [\n", "is niet te lezen als YAML in UTF-8, regel 2"),
        ("extract: rijen\nextract\n", "is niet te lezen als YAML in UTF-8, regel"),
        ("a: &a [x]\nb: *c\n", "is niet te lezen als YAML in UTF-8, regel 2"),
        ("a: " + "[" * 3000, "is niet te lezen als YAML in UTF-8"),
        (b"extract: rij\xff\n", "is niet te lezen als YAML in UTF-8"),
        (b"extract: rij\x00\n", "is niet te lezen als YAML in UTF-8"),
        (FACTS + "#" * 20_000, "bytes groot; verwacht hooguit 16384"),
        ("extract: andere\nstand_datum: 2024-02-01\n", "kent dat extract niet; wel rijen"),
        (FACTS + "soort: mutaties\n", "wordt volledig geleverd, niet mutaties"),
    ],
)
def test_a_wrong_manifest_is_told_in_dutch(tmp_path: Path, text: str | bytes, told: str) -> None:
    put(tmp_path, "proef/a.csv")
    put(tmp_path, "proef/a.csv.manifest.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    sets, waiting = look(tmp_path)
    assert sets == []
    assert told in waiting["a.csv"]
    english = ("pydantic", "http", "error", "expected", "input", "while ", "Error")
    assert not any(word in waiting["a.csv"] for word in english)


def test_a_huge_manifest_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "proef/a.csv")
    os.truncate(put(tmp_path, "proef/a.csv.manifest.yml"), 200_000_000)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it is read"))
    assert "200000000 bytes groot" in look(tmp_path)[1]["a.csv"]


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2025-01-20T10:00:00Z", datetime(2025, 1, 20, 11)),
        ("2025-07-20T10:00:00Z", datetime(2025, 7, 20, 12)),
        ("2025-01-20T23:30:00-05:00", datetime(2025, 1, 21, 5, 30)),
        ("2025-01-20T10:00:00", datetime(2025, 1, 20, 10)),
        ("2025-01-20", datetime(2025, 1, 20)),
        ("'2025-01-20 10:00'", datetime(2025, 1, 20, 10)),
    ],
)
def test_a_time_with_a_zone_is_brought_to_the_dutch_clock(tmp_path: Path, said: str, moment: datetime) -> None:
    put(tmp_path, "proef/a.csv")
    put(tmp_path, "proef/a.csv.manifest.yml", f"{FACTS}ontvangen_op: {said}\n")
    put(tmp_path, "proef/rijen_20240201_ontvangen_20240301.csv")
    sets, waiting = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    assert waiting == []
    assert [item.received for item in sets] == [datetime(2024, 3, 1), moment], "they stand in one order"


def test_a_checksum_is_compared_in_one_form(tmp_path: Path) -> None:
    put(tmp_path, "proef/a.csv")
    put(tmp_path, "proef/a.csv.manifest.yml", f"{FACTS}sha256: ' {'AB' * 32} '\n")
    (item,), _ = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    assert item.deliveries[0].expected_sha256 == "ab" * 32


@pytest.mark.parametrize(
    ("name", "manifest", "is_demo"),
    [
        ("demo_rijen_20240201.csv", None, True),
        ("demo_rijen_20240201.csv", FACTS, True),
        ("demo_rijen_20240201.csv", FACTS + "demo: false\n", True),
        ("tabel.csv", FACTS + "demo: true\n", True),
        ("tabel.csv", FACTS, False),
        ("rijen_20240201.csv", None, False),
    ],
)
def test_a_delivery_is_demo_by_its_name_or_its_manifest(
    tmp_path: Path, name: str, manifest: str | None, is_demo: bool
) -> None:
    put(tmp_path, f"proef/{name}")
    if manifest:
        put(tmp_path, f"proef/{name}.manifest.yml", manifest)
    (item,), _ = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    assert item.deliveries[0].is_demo is is_demo


def test_a_manifest_waits_for_its_file(tmp_path: Path) -> None:
    put(tmp_path, "proef/a.csv.manifest.yml", FACTS)
    assert look(tmp_path) == ([], {"a.csv.manifest.yml": "wacht op het bestand waar dit manifest bij hoort"})
    put(tmp_path, "proef/a.csv.part")
    assert look(tmp_path) == ([], {"a.csv.part": "wordt nog geschreven"})


TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("name", "told", "until"),
    [
        ("rijen_20991231", "de stand, 31-12-2099, ligt na vandaag (25-11-2026)", date(2099, 12, 31)),
        ("rijen_20261126", "de stand, 26-11-2026, ligt na vandaag (25-11-2026)", date(2026, 11, 26)),
        ("rijen_20230115_ontvangen_20990120", "ontvangen op 20-01-2099 ligt na vandaag", date(2099, 1, 20)),
        ("rijen_20230115_ontvangen_20200101", "ontvangen op 01-01-2020 ligt voor de stand, 15-01-2023", None),
        ("rijen_20261125_ontvangen_20261125", None, None),
        ("rijen_20230115_ontvangen_20230115", None, None),
    ],
)
def test_a_date_that_cannot_be_is_not_believed(tmp_path: Path, name: str, told: str | None, until: date | None) -> None:
    put(tmp_path, f"proef/{name}.csv")
    sets, waiting = find_deliveries(tmp_path, declared(), pause=lambda _: None, today=TODAY)
    assert len(sets) == (told is None)
    assert [left.until for left in waiting] == ([until] if told else [])
    assert all((told or "") in left.reason and "zet de juiste dag in" in left.reason for left in waiting)


def test_a_date_to_come_is_left_in_a_manifest_too_and_until_that_day(tmp_path: Path) -> None:
    put(tmp_path, "proef/a.csv")
    put(tmp_path, "proef/a.csv.manifest.yml", "{extract: rijen, stand_datum: 2026-11-20, ontvangen_op: 2026-11-26}")
    assert find_deliveries(tmp_path, declared(), pause=lambda _: None, today=TODAY)[0] == []
    assert len(find_deliveries(tmp_path, declared(), pause=lambda _: None, today=date(2026, 11, 26))[0]) == 1


SECRET = "129;01/998877-20;98765432"
GOOD_NAME = "rijen_20200101.csv"


def link(target: str) -> Callable[[Path], None]:
    return lambda file: file.symlink_to(target)


def bind(file: Path) -> None:
    here = Path.cwd()
    os.chdir(file.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(file.name)
    finally:
        os.chdir(here)


# What lies under the name of a delivery, or of a manifest, and is no file.
ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "link to nowhere": (link("/nergens"), "een verwijzing (link)"),
    "link in a circle": (lambda file: file.symlink_to(file.name), "een verwijzing (link)"),
    "link to a file": (link("../geheim.txt"), "een verwijzing (link)"),
    "link to a folder": (link(".."), "een verwijzing (link)"),
    "folder": (Path.mkdir, "een map"),
    "pipe": (os.mkfifo, "een pijp, socket of apparaat"),
    "socket": (bind, "een pijp, socket of apparaat"),
}


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("place", ["proef/{}", "proef/{}.manifest.yml", "{}", "proef"])
def test_what_is_no_regular_file_is_left_and_never_opened(
    tmp_path: Path, place: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, told = ODD[what]
    inbox = tmp_path / "leveringen"
    put(tmp_path, "geheim.txt", SECRET)
    put(inbox, "paar/kop_20200101_ontvangen_20200102.csv")
    put(inbox, "paar/staart_20200101_ontvangen_20200102.csv")
    if place == "proef" and what == "folder":
        pytest.skip("a folder of a registration is what it should be")
    odd = inbox / place.format(GOOD_NAME)
    odd.parent.mkdir(exist_ok=True)
    if place.endswith("manifest.yml"):
        put(inbox, f"proef/{GOOD_NAME}")
    make(odd)
    with caplog.at_level(logging.DEBUG):
        sets, waiting = look(inbox)
    assert sets == [["kop_20200101_ontvangen_20200102.csv", "staart_20200101_ontvangen_20200102.csv"]]
    reason = waiting[odd.name.removesuffix(".manifest.yml")]
    if place == "{}":
        told = "hoort bij geen registratie" if what == "folder" else "ligt niet in de map van een registratie"
    assert told in reason
    assert SECRET not in reason + caplog.text


def test_a_file_in_the_root_of_the_inbox_is_told_where_to_lie(tmp_path: Path) -> None:
    put(tmp_path, GOOD_NAME)
    put(tmp_path, ".DS_Store")
    assert look(tmp_path)[1] == {
        GOOD_NAME: "ligt niet in de map van een registratie; zet het in een daarvan (wel bekend: paar, proef)"
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (b"x" * 243, "de naam is 243 bytes lang"),
        (b"x" * 251 + b".csv", "de naam is 255 bytes lang"),
        (b"rijen_\xff_20200101.csv", "de naam bevat tekens die niet te lezen zijn"),
        (b"rijen\n20200101.csv", "de naam bevat tekens die niet te lezen zijn"),
        ("rijen_\u202e20200101.csv".encode(), "de naam bevat tekens die niet te lezen zijn"),
        ("rijen_\uff12\uff10200101.csv".encode(), "naam volgt niet"),
        (b"deel*.csv", "naam volgt niet"),
        (b"it's.csv", "naam volgt niet"),
        (b"rijen_20200101.csv.gz", "naam volgt niet"),
    ],
)
def test_an_odd_name_is_answered_and_can_be_written_down(tmp_path: Path, name: bytes, told: str) -> None:
    put(tmp_path, f"proef/{GOOD_NAME}")
    (tmp_path / "proef" / os.fsdecode(name)).write_text("x")
    (item,), (left,) = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    assert item.deliveries[0].file.name == GOOD_NAME
    assert told in left.reason
    assert str(left).isprintable()
    json.dumps(str(left), ensure_ascii=False).encode("utf-8")


def test_a_folder_with_an_odd_name_is_answered(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"pro\xffef")).mkdir()
    _, (left,) = find_deliveries(tmp_path, declared(), pause=lambda _: None)
    assert str(left).isprintable()
    assert "pro\\udcffef" in str(left)


# Where it goes wrong between the list and the look, and how a person is told.
FAULTS = [
    (FileNotFoundError(2, "No such file or directory"), "is verdwenen terwijl ernaar werd gekeken"),
    (PermissionError(13, "Permission denied"), "mag niet worden gelezen"),
    (OSError(5, "Input/output error"), "kan niet worden gelezen; kijk of de schijf of netwerkmap het doet"),
    (RuntimeError(SECRET), "kan door een onverwachte fout niet worden bekeken"),
    (RecursionError(SECRET), "kan door een onverwachte fout niet worden bekeken"),
    (MemoryError(SECRET), "kan door een onverwachte fout niet worden bekeken"),
    (UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET), "kan door een onverwachte fout niet worden bekeken"),
]


@pytest.mark.parametrize(("error", "told"), FAULTS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("place", ["list", "stat", "facts"])
def test_whatever_is_raised_while_one_file_is_looked_at_leaves_that_file(
    tmp_path: Path,
    place: str,
    error: Exception,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    put(tmp_path, "paar/kop_20200101.csv")
    put(tmp_path, "paar/staart_20200101.csv")
    put(tmp_path, f"proef/{GOOD_NAME}")
    owner, name = {
        "list": (Path, "iterdir"),
        "stat": (FileState, "of"),
        "facts": (deliveries, "_facts_of_name"),
    }[place]
    real = getattr(owner, name)

    def act(file: Path) -> object:
        if file.name in (GOOD_NAME, "proef") and (place == "list") == (file.name == "proef"):
            raise error
        return real(file)

    monkeypatch.setattr(owner, name, act)
    with caplog.at_level(logging.DEBUG):
        sets, waiting = look(tmp_path)
    assert sets == [["kop_20200101.csv", "staart_20200101.csv"]]
    assert told in waiting["proef" if place == "list" else GOOD_NAME]
    assert SECRET not in caplog.text + "".join(waiting.values())
    assert type(error).__name__ in caplog.text


def test_an_inbox_that_cannot_be_opened_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert look(tmp_path) == ([], {tmp_path.name: "mag niet worden gelezen; geef de gebruiker van deze run leesrecht"})


def test_one_registration_is_looked_at_by_itself(tmp_path: Path) -> None:
    for name in (f"proef/{GOOD_NAME}", "paar/vreemd.csv", "onbekend/x.csv", "los.csv"):
        put(tmp_path, name)
    sets, waiting = find_deliveries(tmp_path, declared(), pause=lambda _: None, only={"proef"})
    assert (len(sets), waiting) == (1, [])


def test_a_file_is_another_one_after_any_change(tmp_path: Path) -> None:
    file = put(tmp_path, GOOD_NAME)
    state = FileState.of(file)
    assert deliveries.is_still(file, state)
    seen = file.stat()
    file.write_text("y")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert (FileState.of(file).size, FileState.of(file).modified_ns) == (state.size, state.modified_ns)
    assert not deliveries.is_still(file, state)
    file.unlink()
    assert not deliveries.is_still(file, state)
    file.symlink_to("elders")
    with pytest.raises(LeftError, match="een verwijzing"):
        FileState.of(file)


def test_a_file_that_grows_is_left(tmp_path: Path) -> None:
    file = put(tmp_path, "proef/rijen_20200101.csv")

    def grow(_: float) -> None:
        file.write_text("xx")

    sets, waiting = find_deliveries(tmp_path, declared(), pause=grow)
    assert (sets, [left.reason for left in waiting]) == ([], ["wordt nog geschreven"])


def test_extracts_that_belong_together_form_one_set_per_arrival_in_order(tmp_path: Path) -> None:
    for received in ("20200301", "20200201"):
        for name in ("staart", "kop"):
            put(tmp_path, f"paar/{name}_20200101_ontvangen_{received}.csv")
    put(tmp_path, "proef/rijen_20200101_ontvangen_20200215.csv")
    assert look(tmp_path)[0] == [
        ["kop_20200101_ontvangen_20200201.csv", "staart_20200101_ontvangen_20200201.csv"],
        ["rijen_20200101_ontvangen_20200215.csv"],
        ["kop_20200101_ontvangen_20200301.csv", "staart_20200101_ontvangen_20200301.csv"],
    ]


def test_what_says_nothing_of_its_receipt_arrives_last(tmp_path: Path) -> None:
    put(tmp_path, "proef/rijen_20190101.csv")
    put(tmp_path, "proef/rijen_20200101_ontvangen_20200215.csv")
    assert look(tmp_path)[0] == [["rijen_20200101_ontvangen_20200215.csv"], ["rijen_20190101.csv"]]


def test_halves_of_two_days_or_kinds_are_told_why_they_are_no_set(tmp_path: Path) -> None:
    put(tmp_path, "paar/kop_20200101_ontvangen_20200201.csv")
    put(tmp_path, "paar/staart_20200101_ontvangen_20200202.csv")
    put(tmp_path, "paar/demo_kop_20210101.csv")
    put(tmp_path, "paar/staart_20210101.csv")
    sets, waiting = look(tmp_path)
    another_day = "; deze extracten horen bij elkaar; wat er ligt is op een andere dag ontvangen: geef ze dezelfde"
    assert sets == []
    assert waiting == {
        "kop_20200101_ontvangen_20200201.csv": f"wacht op staart met stand 01-01-2020{another_day}",
        "staart_20200101_ontvangen_20200202.csv": f"wacht op kop met stand 01-01-2020{another_day}",
        "demo_kop_20210101.csv": "is fictief, en wat erbij hoort niet; noem ze alle demo_..., of geen",
        "staart_20210101.csv": "is echt, en wat erbij hoort niet; noem ze alle demo_..., of geen",
    }


def test_files_of_one_arrival_are_paired_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("kop_20200101", "kop_20200101_volledig", "staart_20200101", "staart_20200101_volledig"):
        put(tmp_path, f"paar/{name}.csv")
    put(tmp_path, "paar/kop_20200101_z.csv")
    put(tmp_path, "paar/kop_20200101_z.csv.manifest.yml", "{extract: kop, stand_datum: 2020-01-01}")
    sets, waiting = look(tmp_path)
    assert sets == [
        ["kop_20200101.csv", "staart_20200101.csv"],
        ["kop_20200101_volledig.csv", "staart_20200101_volledig.csv"],
    ]
    assert list(waiting) == ["kop_20200101_z.csv"]


def test_no_inbox_is_no_delivery(tmp_path: Path) -> None:
    assert look(tmp_path / "nergens") == ([], {})
