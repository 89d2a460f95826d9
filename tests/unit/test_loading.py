"""The loader: what is admitted, what is set aside with which record number, what is refused whole."""

import hashlib
import hmac
import random
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery
from orchestration.loading import Loaded, RefusedError, load, prepare_table, prepared
from orchestration.pseudonyms import DEMO_KEY, Key
from tests.unit.conftest import COLUMNS, HEAD, make_delivery, make_extract


def run(con: duckdb.DuckDBPyConnection, item: Delivery, scratch: Path, key: Key | None = DEMO_KEY) -> Loaded:
    """Load in a transaction, as the border in does."""
    prepare_table(con, item.extract)
    con.execute("begin")
    try:
        with prepared(item, scratch) as source:
            number = register.add_delivery(con, item, source.sha256, None, datetime(2020, 1, 3))
            return load(con, item, number, source, key)
    finally:
        con.execute("commit")


def aside(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    return con.sql(
        "select record_nr, kolom, waarde_gemaskeerd, reden from leveringen.apartgezet order by all"
    ).fetchall()


def test_dutch_file_is_read_as_meant(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    item = make_delivery(tmp_path, HEAD + '1;"Café €\r\ntwee regels";01-02-2020;1.234,50\r\n2;;;\r\n')
    assert run(raw, item, tmp_path / "tmp") == Loaded(2, 0, ())
    assert raw.sql("from proef.rijen order by record_nr").fetchall() == [
        (1, 1, 1, "Café €\r\ntwee regels", date(2020, 2, 1), pytest.approx(1234.5)),
        (1, 2, 2, None, None, None),
    ]
    assert not list((tmp_path / "tmp").iterdir()), "the transcoded copy is removed"


def test_record_numbers_are_those_of_the_file(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    # Record 1 and 5 hold a newline; 2, 3 and 6 do not fit; 7 lacks its required id.
    text = HEAD + (
        '1;"a\r\nb";01-01-2020;1\r\n2;b;31-02-2021;1\r\n3;c;01-01-2020\r\n4;d;01-01-2020;1\r\n'
        '5;"e\r\n\r\nf";01-01-2020;1\r\n6;g;01-01-2020;1;9\r\n;h;01-01-2020;1\r\n8;i;01-01-2020;1\r\n'
    )
    assert run(raw, make_delivery(tmp_path, text), tmp_path / "tmp") == Loaded(8, 4, ())
    assert raw.sql("select record_nr, id from proef.rijen order by all").fetchall() == [(1, 1), (4, 4), (5, 5), (8, 8)]
    assert aside(raw) == [
        (2, "dag", "99-99-9999", "waarde past niet bij het type"),
        (3, "bedrag", None, "te weinig kolommen"),
        (6, None, None, "te veel kolommen"),
        (7, "id", None, "verplichte waarde ontbreekt"),
    ]


def test_a_deletion_needs_no_more_than_its_key(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    columns = [column | {"required": True} for column in COLUMNS]
    change = {"name": "mutatie", "data_type": "varchar", "description": "Wat er veranderde.", "required": True}
    declared = make_extract(delivery="mutaties", change_column="mutatie", deletion_code="V", columns=[*columns, change])
    text = "id;naam;dag;bedrag;mutatie\r\n1;;;;V\r\n2;;01-01-2020;1;N\r\n;;;;V\r\n4;;;;\r\n"
    assert run(raw, make_delivery(tmp_path, text, declared), tmp_path / "tmp").set_aside == 3
    assert raw.sql("select record_nr, id, mutatie from proef.rijen").fetchall() == [(1, 1, "V")]
    assert {(record, column) for record, column, _, _ in aside(raw)} >= {(2, "naam"), (3, "id"), (4, "mutatie")}


def test_record_numbers_hold_in_a_file_of_many_blocks(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    chance = random.Random(1)
    wrong = sorted(chance.sample(range(1, 300_001), 500))
    bad = set(wrong)
    records = (
        f'{n};"{"x" * chance.randrange(90)}{chr(10) if n % 7 == 0 else ""}";{"31" if n in bad else "01"}-02-2020;1\r\n'
        for n in range(1, 300_001)
    )
    loaded = run(raw, make_delivery(tmp_path, HEAD + "".join(records)), tmp_path / "tmp")
    assert loaded == Loaded(300_000, 500, ())
    assert raw.sql("select count(*) from proef.rijen where record_nr = id").fetchall() == [(299_500,)]
    assert [row[0] for row in aside(raw)] == wrong


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "leeg (0 bytes)"),
        ("id;naam;dag;bedrag\r\n", "geen enkel record"),
        ("id;naam;dag\r\n1;a;01-01-2020\r\n", "ontbreekt: bedrag"),
        ("id;naam;dag;bedrag;extra\r\n1;a;01-01-2020;1;2\r\n", "te veel: extra"),
        ("naam;id;dag;bedrag\r\na;1;01-01-2020;1\r\n", "andere volgorde"),
        (HEAD + "1;a;01-01-2020;1\r\n2;b;01-01", "laatste record heeft te weinig kolommen"),
        (HEAD + '1;a;01-01-2020;1\r\n2;"b;01-01-2020;1\r\n3;c;01-01-2020;1\r\n', "record 2: een aanhalingsteken"),
        (HEAD.encode() + "1;Café;01-01-2020;1\r\n".encode(), "het bestand is utf-8"),
        (HEAD.encode() + b"1;a;01-01-2020;1\r\n2;\x81;01-01-2020;1\r\n", "regel 3: byte 0x81"),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused_whole(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path, text: str | bytes, told: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        run(raw, make_delivery(tmp_path, text), tmp_path / "tmp")
    assert told in str(refusal.value)
    assert "proef/rijen_20200101.csv" in str(refusal.value)


def test_what_the_supplier_announced_must_be_there(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    text = HEAD + "1;a;01-01-2020;1\r\n"
    with pytest.raises(RefusedError, match="1 records gevonden, de leverancier gaf er 2 op"):
        run(raw, make_delivery(tmp_path, text, expected_records=2), tmp_path / "tmp")
    with pytest.raises(RefusedError, match="controlegetal"):
        run(raw, make_delivery(tmp_path, text, expected_sha256="0" * 64), tmp_path / "tmp")


def test_hash_in_sql_is_hmac_of_the_canonical_form(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    number = {
        "name": "zaak",
        "data_type": "varchar",
        "description": "Nummer van de zaak.",
        "personal": True,
        "canonical_pattern": r"^\s*(\d{1,2})[\s/.-]*(\d{6})[\s/.-]*(\d{2})\s*$",
        "canonical_widths": [2, 6, 2],
    }
    declared = make_extract(columns=[*COLUMNS, number])
    spellings = ["05/123456-19", "5-123456-19", " 05.123456.19 ", "0512345619", "512345619"]
    rows = "".join(f"{n};a;01-01-2020;1;{spelled}\r\n" for n, spelled in enumerate([*spellings, "geen nummer"], 1))
    item = make_delivery(tmp_path, "id;naam;dag;bedrag;zaak\r\n" + rows, declared)
    for key in (DEMO_KEY, Key(b"k" * 100)):
        raw.execute("drop table if exists proef.rijen; delete from leveringen.apartgezet")
        assert run(raw, item, tmp_path / "tmp", key) == Loaded(6, 1, ())
        expected = hmac.new(key.secret, b"05-123456-19", hashlib.sha256).hexdigest()
        assert raw.sql("select zaak, count(*) from proef.rijen group by all").fetchall() == [(expected, 5)]
        assert aside(raw) == [(6, "zaak", "aaaa aaaaaa", "is niet in de afgesproken vorm te brengen")]
    with pytest.raises(ValueError, match="geen sleutel"):
        run(raw, item, tmp_path / "tmp", None)


WIDE = '"Tabel"\n"Perioden";"2022";"2023"\n"Regio\'s";"aantal";"aantal"\n"A";"1";"."\n"B";"3";"4"\n"Bron: proef"\n'


def wide() -> Extract:
    return make_extract(
        delivery="periode",
        encoding="utf-8",
        key=["regio"],
        null_values=["", "."],
        preamble_lines=2,
        heading_line=2,
        footer_pattern='^"?Bron: ',
        columns=[
            {"name": "regio", "data_type": "varchar", "description": "Naam van de regio.", "header": "Regio's"},
            {"name": "aantallen", "data_type": "bigint[]", "description": "Aantal per jaar.", "header": "aantal"},
        ],
    )


def test_wide_file_keeps_its_headings_and_values_in_order(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert run(raw, make_delivery(tmp_path, WIDE, wide()), tmp_path / "tmp") == Loaded(2, 0, ("2022", "2023"))
    assert raw.sql("select regio, aantallen from proef.rijen order by all").fetchall() == [
        ("A", [1, None]),
        ("B", [3, 4]),
    ]


def test_wide_file_without_its_footer_was_cut_off(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="voetregel"):
        run(raw, make_delivery(tmp_path, WIDE.removesuffix('"Bron: proef"\n'), wide()), tmp_path / "tmp")


def test_declared_column_is_added_and_a_changed_type_is_an_error(raw: duckdb.DuckDBPyConnection) -> None:
    prepare_table(raw, make_extract())
    extra = {"name": "extra", "data_type": "varchar", "description": "Kolom die erbij kwam."}
    prepare_table(raw, make_extract(columns=[*COLUMNS, extra]))
    assert [row[0] for row in raw.sql("describe proef.rijen").fetchall()][-1] == "extra"
    with pytest.raises(TypeError, match=r"proef.rijen.extra staat als varchar"):
        prepare_table(raw, make_extract(columns=[*COLUMNS, extra | {"data_type": "date"}]))
