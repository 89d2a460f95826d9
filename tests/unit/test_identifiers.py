"""What identifies a person where none was declared: found, refused before anything is kept, and never repeated."""

import csv
import random
import re
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.decisions import offer_again, withdraw
from orchestration.identifiers import LOOKS, PATTERNS, SHORTEST, found_in
from orchestration.paths import SEEDS
from orchestration.sql import quoted
from tests.unit.conftest import COLUMNS, HEAD, Night, make_extract

# Numbers that are nobody's: 111222333 is the one that the government uses in examples.
HOLDS = {
    "een burgerservicenummer": [
        *("0111222333", "zaak 111222334 111222333", "1112 22 333", "111.222.333", "1.1.1.2.2.2.3.3.3"),
        *(
            "111\u200b222333",
            "\uff11\uff11\uff11\uff12\uff12\uff12\uff13\uff13\uff13",
            "١١١٢٢٢٣٣٣",
            "111\u00a0222\u00a0333",
            "111222333\u00ad",
        ),
        *("111222333", "zaak 111222333, eerder", "1112.22.333", "bsn:111 222 333"),
    ],
    "een genoemd burgerservicenummer": ["bsn nr. 10000008", "SOFI-111.222.333", "BSN111222333x", "BSN111222333"],
    "een e-mailadres": [
        *(
            "jan (at) voorbeeld.nl",
            "jan[at]voorbeeld(punt)nl",
            "jan @ voorbeeld.nl",
            "jan\uff20voorbeeld.nl",
            "jañ@b.nl",
        ),
        *("a@b.nl", "j.jansen@voorbeeld.nl", "mail naar Jan+x@post.voorbeeld.com"),
    ],
    "een rekeningnummer (IBAN)": ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "rek DE89 3704 0044 0532 0130 00"],
    "een telefoonnummer": [
        "0612345678",
        "06-12345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06\u201312345678",
        "(06) 12345678",
        "(020) 123 45 67",
        "0229 12 34 56",
        "+31 (0)20 123 45 67",
        "+31 6 12345678",
        "0031201234567",
        "020-1234567",
    ],
    "een geboortedatum": ["geb. 01-02-1980", "Geboren op 1 mei", "geboortedatum: 01/02/1980"],
    "een naam": [
        "J. Bos",
        "dhr. Jansen",
        "mevrouw van der Berg",
        "J.P. de Vries",
        "zie De heer J. Bakker",
        "Jansen, J.",
        "JANSEN, J.",
        "Jansen J.A.",
        "slachtoffer: Jan J.",
        "verdachte Jan van der B.",
        "G. O\u0308ztürk",
        "G. Öztürk",
    ],
    "een adres": [
        *("Kerkstr. 12", "Kerkstr 12", "Nieuwe Markt 5", "Laan van Meerdervoort 100", "Zeeweg 1", "Dorpsstraat nr. 12"),
        *("Dorpsstraat 12a", "DORPSSTRAAT 12"),
        *("Dorpsstraat 12", "1234 AB 12", "Prinsengracht 263-I", "1234AB, 5"),
    ],
}
# In none of them stands a person, and each has something of one.
HOLDS_NOT = [
    *(
        "111222334",
        "0111222334",
        "1112223330",
        "parket 13-123456-20",
        "OND-11122233",
        "CJIB-1234567",
        "2020-11122233-X",
    ),
    *("Zeeland - West-Brabant (RE)", "Politie eenheid Den Haag", "art. 273f lid 1 Sr", "W.v.Sr. 317", "138ab Sr"),
    *(
        "NL91ABNA0417164301",
        "3.6 Mensenhandel, mensensmokkel",
        "2020 OM",
        "31-12-2020",
        "2020-12-31 23:59:00",
        "1.234.567,89",
    ),
    *("20201231", "2020123123", "straatroof", "Straat en winkel 2020", "geb. onbekend", "O.M.", "A.2.1", "A.B.", "06"),
    # Longer numbers in groups, an address in a network, days with an hour, numbers glued to a code.
    *(
        "1.111.222.333",
        "111 222 333 4",
        "192.168.10.6",
        "06-12-2020 12:30",
        "06-12-2020 12",
        "OND111222333",
        "11122.2333",
    ),
    *("0123-20-1234", "0363 1234 56", "12-34.567", "abonnement 11122233", "2 stuks @ 3.50 euro", "looks (at) 5"),
    *("Jansen B.V.", "verdachte Bakkerij B.V.", "O.M. Amsterdam", "Team A.", "Categorie B.", "Utrecht, O.M.", "Zie A."),
    *(
        "administr. 12",
        "Blokkade 3 dagen",
        "Zwarte Markt 2020",
        "Koningsstraat 2020",
        "snelweg 2",
        "weg 1",
        "onderweg 3",
    ),
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HOLDS.items() for text in texts])
def test_what_identifies_a_person_is_found(kind: str, text: str) -> None:
    assert kind in found_in(text)


def test_every_kind_has_its_example() -> None:
    assert set(HOLDS) == set(PATTERNS)
    assert min(len(text) for texts in HOLDS.values() for text in texts) == SHORTEST


@pytest.mark.parametrize("text", HOLDS_NOT)
def test_what_identifies_nobody_is_left_alone(text: str) -> None:
    assert found_in(text) == []


def test_no_value_of_a_list_is_taken_for_a_person() -> None:
    """What the project itself knows by name and code is what comes in; a definition in words is no code."""
    looked = 0
    for file in sorted(SEEDS.rglob("*.csv")):
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            for column, value in row.items():
                if column not in ("omschrijving", "toelichting"):
                    looked += 1
                    assert not found_in(value), (file.stem, column)
    assert looked > 8000


def test_the_look_in_sql_knows_no_class_of_all_letters() -> None:
    """With one it took a hundred times as long, and nothing said so."""
    assert r"\p{L" not in LOOKS


def test_the_first_look_in_sql_passes_over_nothing_that_is_found() -> None:
    texts = [text for texts in HOLDS.values() for text in texts]
    with duckdb.connect() as con:
        passed = con.execute(
            f"select text from (select unnest($texts) as text) where regexp_matches(text, {quoted(LOOKS)})",
            {"texts": texts},
        ).fetchall()
    assert [text for (text,) in passed] == texts


def test_of_random_numbers_of_nine_digits_one_in_eleven_passes_for_that_of_a_citizen() -> None:
    chance = random.Random(2026)
    found = sum(bool(found_in(f"{chance.randrange(10**8, 10**9)}")) for _ in range(11_000))
    assert 900 < found < 1100


EXTRACTS = {
    ("proef", "rijen"): make_extract(
        columns=[*COLUMNS, {"name": "zaak_nr", "data_type": "varchar", "description": "Nummer van de zaak."}],
        max_set_aside_pct=100,
    )
}
TOP = HEAD.replace("\r\n", ";zaak_nr\r\n")


def everything_kept(folder: Path, con: duckdb.DuckDBPyConnection) -> bytes:
    con.execute("checkpoint")
    files = [file for file in folder.rglob("*") if file.is_file() and "leveringen" not in file.parts]
    assert files
    return b"".join(file.read_bytes() for file in files)


@pytest.mark.parametrize(("kind", "text"), [(kind, texts[-1]) for kind, texts in HOLDS.items()])
def test_such_a_delivery_is_refused_and_nothing_of_it_is_kept(
    night: Night, tmp_path: Path, kind: str, text: str
) -> None:
    rows = "".join(f"{number};gewoon;01-01-2020;1,00;\r\n" for number in range(1, 4))
    night.put("proef/rijen_20200101.csv", f'{TOP}{rows}4;"{text}";01-01-2020;1,00;\r\n')
    assert night.run(EXTRACTS).numbers == [1]
    (row,) = register.deliveries(night.raw)
    assert row.verdict == "geweigerd"
    assert row.reason is not None
    masked = re.sub(r"[^\W\d_]", "a", re.sub("[0-9]", "9", text))
    assert "1 van 4 records bevatten wat een persoon kan aanwijzen" in row.reason
    assert f"record 4, naam ({masked!r}): lijkt {kind}" in row.reason
    assert text not in row.reason
    assert night.raw.sql("select count(*) from proef.rijen").fetchall() == [(0,)]
    assert text.encode() not in everything_kept(tmp_path, night.raw)


def test_also_in_a_record_that_does_not_fit_and_among_many(night: Night) -> None:
    rows = "".join(f"{number};j{number}@voorbeeld.nl;31-02-2020;1,00;\r\n" for number in range(1, 31))
    night.put("proef/rijen_20200101.csv", TOP + rows)
    night.run(EXTRACTS)
    (row,) = register.deliveries(night.raw)
    assert row.reason is not None
    assert "30 van 30 records" in row.reason
    assert row.reason.count("lijkt een e-mailadres") == 5
    assert night.raw.sql("select count(*) from leveringen.apartgezet").fetchall() == [(0,)]


def test_the_number_of_a_thing_may_look_like_that_of_a_citizen(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", f"{TOP}1;a;01-01-2020;1,00;111222333\r\n")
    night.run(EXTRACTS)
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]
    night.put("proef/rijen_20200102.csv", f"{TOP}1;a;01-01-2020;1,00;j@voorbeeld.nl\r\n")
    night.run(EXTRACTS)
    assert night.verdicts()[1:] == [("rijen_20200102.csv", "geweigerd")], "an address is the number of nothing"


def test_a_personal_column_may_hold_anything(night: Night) -> None:
    personal = make_extract(columns=[COLUMNS[0], COLUMNS[1] | {"personal": True}, *COLUMNS[2:]])
    night.put("proef/demo_rijen_20200101.csv", f"{HEAD}1;111222333;01-01-2020;1,00\r\n")
    night.run({("proef", "rijen"): personal})
    assert night.verdicts() == [("demo_rijen_20200101.csv", "toegelaten")]


def test_a_person_who_looked_lets_it_in_by_offering_it_with_a_reason(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", f"{TOP}1;111222333;01-01-2020;1,00;\r\n")
    night.run(EXTRACTS)
    offer_again(night.raw, 1, "ada")
    night.run(EXTRACTS)
    assert night.verdicts()[-1] == ("rijen_20200101.csv", "geweigerd"), "without a reason nobody looked"
    offer_again(night.raw, 2, "ada", "een nummer van een zaak")
    night.run(EXTRACTS)
    assert night.verdicts()[-1] == ("rijen_20200101.csv", "toegelaten")
    assert night.raw.sql("select naam from proef.rijen").fetchall() == [("111222333",)]


def test_a_reason_names_nobody(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", f"{TOP}1;a;01-01-2020;1,00;\r\n")
    night.run(EXTRACTS)
    with pytest.raises(ValueError, match="wat een e-mailadres lijkt") as refused:
        withdraw(night.raw, 1, "volgens j.jansen@voorbeeld.nl", "ada")
    assert "jansen" not in str(refused.value)
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]


@pytest.mark.parametrize(
    "name", ["j.jansen@voorbeeld.nl.csv", "dhr_Jansen.csv", "geb_01-02-1980.csv", "mevrouw_A_de_Boer.csv"]
)
def test_a_file_of_which_the_name_says_who_is_left_and_not_named(night: Night, name: str) -> None:
    night.put(f"proef/{name}", HEAD)
    (left,) = night.run(EXTRACTS).waiting
    assert left.reason.startswith(("de naam bevat wat een", "naam volgt niet"))
    told = f"{left} {night.raw.sql('select * from leveringen.blijft_liggen').fetchall()}"
    assert not re.search("[Jj]ansen|1980|Boer", told), told


@pytest.mark.parametrize(
    "name", ["dhr_Jansen", "j.jansen@voorbeeld.nl", "BSN111222333", "slachtoffer Jan J.", "111.222.333"]
)
def test_a_folder_of_which_the_name_says_who_is_held_to_the_same_as_a_file(night: Night, name: str) -> None:
    night.put(f"{name}/rijen_20200101.csv", HEAD)
    (left,) = night.run(EXTRACTS).waiting
    assert left.reason.startswith(("de naam bevat wat een", "de naam bevat een getal")), left.reason
    told = f"{left} {night.raw.sql('select * from leveringen.blijft_liggen').fetchall()}"
    assert not re.search("[Jj]an|111", told), told
