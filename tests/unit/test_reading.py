"""A delivered file as bytes and lines: counted as it stands there, and refused in words that quote no record."""

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest

from orchestration.declarations import Extract
from orchestration.reading import CHUNK, LONGEST, RefusedError, ends_in_its_last_value, prepared
from tests.unit.conftest import COLUMNS, HEAD, make_delivery, make_extract

UTF8 = make_extract(encoding="utf-8")


def refusal(folder: Path, text: str | bytes, declared: Extract | None = None) -> str:
    with pytest.raises(RefusedError) as error, prepared(make_delivery(folder, text, declared), folder / "tmp"):
        pass
    return str(error.value).removeprefix("proef/rijen_20200101.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_records_are_counted_as_the_csv_module_counts_them(tmp_path: Path, end: str) -> None:
    chance = random.Random(7)
    parts = ['"', '""', ";", ";", "a", " ", end, end, end + end, '"x"', '"a;b"', '"a' + end + 'b"', '"a""b"', "", "é"]
    counted = 0
    for _ in range(600):
        text = HEAD.replace("\r\n", end) + "".join(chance.choices(parts, k=chance.randrange(40)))
        try:
            expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))[1:]
        except csv.Error:
            continue  # It is not certain where a record ends.
        if '" ' in text or ' "' in text:
            continue  # Spaces around quotes are no part of the value here, and are for the module.
        with prepared(make_delivery(tmp_path, text, UTF8), tmp_path / "tmp") as source:
            assert source.body.records == sum(bool(row) for row in expected)
            counted += 1
    assert counted > 100


def test_records_are_counted_across_the_pieces_in_which_a_file_is_read(tmp_path: Path) -> None:
    chance = random.Random(3)
    records = [
        chance.choice(["", "1;a;;", f'1;"{"x" * chance.randrange(300)}""\r\n\r\n;";;', '"1";"";"";"a"""', "1;é;;"])
        for _ in range(100_000)
    ]
    text = HEAD + "\r\n".join(records) + "\r\n"
    assert len(text) > 3 * CHUNK
    with prepared(make_delivery(tmp_path, text, UTF8), tmp_path / "tmp") as source:
        assert source.body.records == sum(bool(record) for record in records)
        assert source.body.empty_lines == tuple(place for place, record in enumerate(records, 1) if not record)


@pytest.mark.parametrize(
    ("text", "declared", "told"),
    [
        # A record where the headings should be is not quoted, nor is anything that does not look like a heading.
        ("129;01/998877-20;98765432;1\r\n", None, "regel 1: hier staan geen koppen die zijn afgesproken"),
        ("id;naam;dag;bedrag;Jansen 1987\r\n", None, "te veel: 1 onbekende"),
        ("id;naam;dag;bedrag;extra\r\n", None, "te veel: extra"),
        # What a project calls its columns has no capitals or spaces; a name of a person has.
        ("id;naam;dag;bedrag;Fatima de Vries\r\n", None, "te veel: 1 onbekende"),
        ("id;naam;dag;bedrag;Fatima\r\n", None, "te veel: 1 onbekende"),
        ("id;Jansen;Pietersen;extra\r\n", None, "te veel: 3 onbekende"),
        ("id,naam,dag,bedrag\r\n", None, "het scheidingsteken lijkt , te zijn, afgesproken is ;"),
        ("id;naam;dag;dag\r\n", None, "ontbreekt: bedrag"),
        ("id;naam;dag;bedrag;dag\r\n", None, "ander aantal: 5 in plaats van 4"),
        (
            '"id;naam;dag;bedrag\r\n1;Jansen;01-01-2020;1\r\n',
            None,
            "een aanhalingsteken in de koppen wordt niet gesloten",
        ),
        ('"' + HEAD + "1;Jansen;;\r\n" * 20_000, None, "een aanhalingsteken in de koppen wordt niet gesloten"),
        ("i" * (LONGEST + 9), None, "regel 1: de regel is langer dan 2.097.152 tekens"),
        (HEAD + "1;a;;1\r\n2;" + "b" * (LONGEST + 9), None, "record 2: het record is langer dan 2.097.152 tekens"),
        (HEAD + '1;a;;1\r\n2;"' + "b;\r\n" * LONGEST, None, "record 2: het record is langer dan 2.097.152 tekens"),
        (HEAD + '1;a;;1\r\n\r\n2;"b;;1\r\n', None, "record 2: een aanhalingsteken wordt niet gesloten"),
        # Line ends and encodings.
        (HEAD + "1;a;;1\r\n\r\n2;b;;1\n3;c;;1\r\n", None, "record 2: de regel eindigt niet op CRLF"),
        ("id;naam;dag;bedrag\n1;a;;1\n2;b\rc;;1\n", None, "record 2: de regel eindigt niet op LF"),
        ("id;naam;dag;bedrag\r1;a;;1\r2;b;;1\r", None, "eindigen op CR"),
        ((HEAD + "1;a;;1\r\n").encode("utf-16"), None, "afgesproken is windows-1252, maar het bestand is utf-16"),
        ((HEAD + "1;a;;1\r\n").encode("utf-16"), UTF8, "afgesproken is utf-8, maar het bestand is utf-16"),
        ((HEAD + "1;a;;1\r\n").encode("utf-16-le"), UTF8, "regel 1: byte 0x00"),
        (HEAD + "1;a;;1\r\n2;b\0;;1\r\n", None, "regel 3: byte 0x00 komt in een tekst niet voor"),
    ],
)
def test_a_file_is_refused_in_words_that_quote_no_record(
    tmp_path: Path, text: str | bytes, declared: Extract | None, told: str
) -> None:
    reason = refusal(tmp_path, text, declared)
    assert told in reason
    assert len(reason) < 300
    assert not any(word in reason for word in ("Jansen", "Pietersen", "998877", "98765432"))


@pytest.mark.parametrize(
    ("pattern", "line", "told"),
    [
        # The words that were agreed are no news of anybody; any other line may be of a file about people.
        (
            "Soort misdrijf: .*[Dd]rugs.*",
            '"Soort misdrijf: 1.1.1 Inbraak, woning"',
            "als 'Soort misdrijf: …drugs…' (… is vrij), er staat 'Soort misdrijf: 9.9.9 aaaaaaa, aaaaaa'",
        ),
        (
            "Soort misdrijf: Totaal",
            "Jansen;06-12345678;J\u00f6rg_2",
            "als 'Soort misdrijf: Totaal', er staat 'aaaaaa;99-99999999;aaaa99'",
        ),
        (r"Aantal \(alle\)", "", "als 'Aantal (alle)', er staat niets"),
        ("Totaal", "b" * 90, f"als 'Totaal', er staat '{'a' * 80}…'"),
        ("Onderwerp(;A)+", "Onderwerp;Getal", "volgens het patroon 'Onderwerp(;A)+', er staat 'Onderwerp;aaaaa'"),
        ("Jaar [12]", "Jaar 3", "volgens het patroon 'Jaar [12]', er staat 'Jaar 9'"),
        ("Een.twee", "Een, drie", "volgens het patroon 'Een.twee', er staat 'Een, aaaa'"),
    ],
)
def test_a_wrong_line_above_the_headings_is_told_in_words_and_by_its_kind(
    tmp_path: Path, pattern: str, line: str, told: str
) -> None:
    declared = make_extract(encoding="utf-8", preamble_lines=1, preamble_patterns={1: pattern})
    found = refusal(tmp_path, f"{line}\r\n{HEAD}", declared)
    assert found == (
        f"regel 1: dit is niet de afgesproken tabel of selectie; verwacht een regel {told}; "
        "lever het bestand met die selectie"
    )


def test_the_mark_at_the_beginning_of_a_utf8_file_is_no_part_of_its_headings(tmp_path: Path) -> None:
    with prepared(make_delivery(tmp_path, ("\ufeff" + HEAD + "1;a;;1\r\n").encode(), UTF8), tmp_path / "tmp") as source:
        assert source.body.records == 1


@pytest.mark.parametrize(
    ("end", "facts", "open_ended"),
    [
        ("\r\n", {}, False),
        ("", {}, True),
        ("", {"expected_records": 1}, False),
        ("", {"expected_sha256": "0" * 64}, False),
    ],
)
def test_a_file_without_a_last_line_end_may_have_been_cut_off(
    tmp_path: Path, end: str, facts: dict[str, Any], open_ended: bool
) -> None:
    assert ends_in_its_last_value(make_delivery(tmp_path, HEAD + "1;a;;12" + end, **facts)) is open_ended


def test_a_footer_says_that_the_file_is_whole(tmp_path: Path) -> None:
    declared = make_extract(footer_pattern="^Bron: ", columns=COLUMNS)
    assert not ends_in_its_last_value(make_delivery(tmp_path, HEAD + "1;a;;12\r\nBron: proef", declared))
