"""The inbox: which file is which delivery, and which is left for later."""

from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration.declarations import Extract
from orchestration.deliveries import find_deliveries
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
        ("proef/andere_20200101.csv", "kent geen extract 'andere'"),
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


def test_unreadable_manifest_is_named(tmp_path: Path) -> None:
    put(tmp_path, "proef/a.csv")
    put(tmp_path, "proef/a.csv.manifest.yml", "{extract: rijen, stand_datum: 2024-02-01, kleur: rood}")
    assert "kleur" in look(tmp_path)[1]["a.csv"]


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
