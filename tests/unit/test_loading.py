"""The loader: what is admitted, what is set aside with which record number, what is refused whole."""

import hashlib
import hmac
import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

import duckdb
import pytest

from orchestration import register
from orchestration.declarations import Extract, read_declarations
from orchestration.deliveries import Delivery, FileState
from orchestration.loading import Loaded, load, prepare_table
from orchestration.pseudonyms import DEMO_KEY, Key
from orchestration.reading import RefusedError, prepared
from tests.unit.conftest import COLUMNS, HEAD, make_delivery, make_extract


def run(con: duckdb.DuckDBPyConnection, item: Delivery, scratch: Path, key: Key | None = DEMO_KEY) -> Loaded:
    """Load in a transaction, as the border in does."""
    prepare_table(con, item.extract)
    with register.whole(con), prepared(item, scratch) as source:
        number = register.add_delivery(con, item, source.sha256, None, datetime(2020, 1, 3))
        return load(con, item, number, source, key)


def aside(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    return con.sql(
        "select record_nr, kolom, waarde_gemaskeerd, reden from leveringen.apartgezet order by all"
    ).fetchall()


def test_dutch_file_is_read_as_meant(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    item = make_delivery(
        tmp_path, HEAD + '1;"Café €\r\ntwee regels";01-02-2020;1.234,50\r\n2;;;\r\n', stand_datum=date(2020, 2, 1)
    )
    assert run(raw, item, tmp_path / "tmp") == Loaded(2, 0, {})
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
    assert run(raw, make_delivery(tmp_path, text), tmp_path / "tmp") == Loaded(8, 4, {})
    assert raw.sql("select record_nr, id from proef.rijen order by all").fetchall() == [(1, 1), (4, 4), (5, 5), (8, 8)]
    assert aside(raw) == [
        (2, "dag", "31-02-2021", "verwacht een bestaande dag als 31-12-2020"),
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
    item = make_delivery(tmp_path, HEAD + "".join(records), stand_datum=date(2020, 2, 1))
    loaded = run(raw, item, tmp_path / "tmp")
    assert loaded == Loaded(300_000, 500, {})
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
        (HEAD + '1;a;01-01-2020;1\r\n2;"b;01-01-2020;1\r\n3;c;01-01-2020;1\r\n', "record 2: een aanhalingsteken wordt"),
        (HEAD.encode() + "1;Café;01-01-2020;1\r\n".encode(), "het bestand is utf-8"),
        (HEAD.encode() + b"1;a;01-01-2020;1\r\n2;\x81;01-01-2020;1\r\n", "regel 3: byte 0x81"),
        (HEAD + '1;"a"b;01-01-2020;1\r\n', "record 1: een aanhalingsteken staat verkeerd"),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused_whole(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path, text: str | bytes, told: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        run(raw, make_delivery(tmp_path, text), tmp_path / "tmp")
    # Which file it is, stands beside the reason wherever that is told.
    assert told in str(refusal.value)
    assert "proef/rijen_20200101.csv" not in str(refusal.value)


def test_what_the_database_quotes_of_a_record_is_not_logged(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Quoting:
        def execute(self, *_: object) -> None:
            raise duckdb.InvalidInputException("CSV Error on Line: 2\nOriginal Line: 1;Jansen;98-700198")

    item = make_delivery(tmp_path, HEAD + "1;a;01-01-2020;1\r\n")
    caplog.set_level("DEBUG")
    with (
        prepared(item, tmp_path / "tmp") as source,
        pytest.raises(RefusedError, match="niet uit elkaar te houden") as refusal,
    ):
        load(cast("duckdb.DuckDBPyConnection", Quoting()), item, 1, source, DEMO_KEY)
    assert "InvalidInputException" in caplog.text
    assert not [word for word in ("Jansen", "98-700198") if word in caplog.text + str(refusal.value)]


def test_what_the_supplier_announced_must_be_there(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    text = HEAD + "1;a;01-01-2020;1\r\n"
    with pytest.raises(RefusedError, match="1 records gevonden, de leverancier gaf er 2 op"):
        run(raw, make_delivery(tmp_path, text, expected_records=2), tmp_path / "tmp")
    with pytest.raises(RefusedError, match="controlegetal"):
        run(raw, make_delivery(tmp_path, text, expected_sha256="0" * 64), tmp_path / "tmp")


def test_hash_in_sql_is_keyed_and_of_the_canonical_form(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
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
    secret = hmac.new(b"k" * 64, b"veiligheidsagenda: pseudoniem", hashlib.sha256).digest()
    expectations = {Key(b"k" * 64): hashlib.sha256(secret + b"05-123456-19").hexdigest()[:32]}
    # In the earlier way; a key of a block is used as it is, a longer one by its own hash.
    for key in (DEMO_KEY.earlier, Key(b"k" * 64, is_earlier=True), Key(b"k" * 65).earlier):
        expectations[key] = hmac.new(key.secret, b"05-123456-19", hashlib.sha256).hexdigest()
    assert len({key.fingerprint for key in expectations}) == 4
    for key, expected in expectations.items():
        raw.execute("drop table if exists proef.rijen; delete from leveringen.apartgezet")
        assert run(raw, item, tmp_path / "tmp", key) == Loaded(6, 1, {})
        assert raw.sql("select zaak, count(*) from proef.rijen group by all").fetchall() == [(expected, 5)]
        assert aside(raw) == [(6, "zaak", "aaaa aaaaaa", "is niet te lezen als 99-999999-99")]
    with pytest.raises(ValueError, match="geen sleutel"):
        run(raw, item, tmp_path / "tmp", None)


WIDE = '"Tabel"\n"Perioden";"2018";"2019"\n"Regio\'s";"aantal";"aantal"\n"A";"1";"."\n"B";"3";"4"\n"Bron: proef"\n'


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
    assert run(raw, make_delivery(tmp_path, WIDE, wide()), tmp_path / "tmp") == Loaded(
        2, 0, {"2018": None, "2019": None}
    )
    assert raw.sql("select regio, aantallen from proef.rijen order by all").fetchall() == [
        ("A", [1, None]),
        ("B", [3, 4]),
    ]


def test_a_period_after_the_stand_refuses_the_table(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for years, told in (("2020", None), ("2021", "periode 2021 ligt na de stand van 01-01-2020")):
        item = make_delivery(tmp_path, WIDE.replace("2019", years), wide())
        if told is None:
            assert run(raw, item, tmp_path / "tmp").periods == {"2018": None, "2020": None}
            raw.execute("drop table proef.rijen")
            continue
        with pytest.raises(RefusedError, match=told):
            run(raw, item, tmp_path / "tmp")


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


def test_what_stands_in_a_column_is_loaded_as_written_or_set_aside(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    right = ["1.234,56", "1234,5", ""]
    wrong = ["-1,00", "12.5", "1E6", "1_000", "0x10", "1,234", "1.2.3,4", "12.34,00", "1 000"]
    text = HEAD + "".join(f"{n};a;01-01-2020;{value}\r\n" for n, value in enumerate([*right, *wrong], 1))
    assert run(raw, make_delivery(tmp_path, text), tmp_path / "tmp") == Loaded(12, 9, {})
    assert raw.sql("select id, bedrag::varchar from proef.rijen order by id").fetchall() == [
        (1, "1234.56"),
        (2, "1234.50"),
        (3, None),
    ]
    reason = (
        "verwacht een getal als 1.234,56, zonder minteken, met ten hoogste 7 cijfers voor en 2 na het decimaalteken"
    )
    assert aside(raw) == [(record, "bedrag", value, reason) for record, value in enumerate(wrong, 4)]


def test_a_value_is_brought_into_its_normal_form_once(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    # Quoted spaces, a tab, a no-break space and padding; what is empty then, and `Onb.`, is no value.
    code = {"name": "code", "data_type": "varchar", "description": "Code van iets.", "case": "upper"}
    declared = make_extract(columns=[*COLUMNS, code], null_values=["", "Onb."])
    rows = [
        '1 ; a  ;01-01-2020;" 1,5 ";\tj\xa0',
        '2;"  ";Onb.;; Onb. ',
        '3;"b\r\n";01-01-2020;1;pv20  ',
        "4;a b;01-01-2020;1;-",
    ]
    item = make_delivery(tmp_path, "id;naam;dag;bedrag;code\r\n" + "\r\n".join(rows) + "\r\n", declared)
    assert run(raw, item, tmp_path / "tmp") == Loaded(4, 0, {})
    assert raw.sql("select id, naam, dag, bedrag::varchar, code from proef.rijen order by id").fetchall() == [
        (1, "a", date(2020, 1, 1), "1.50", "J"),
        (2, None, None, None, None),
        (3, "b", date(2020, 1, 1), "1.00", "PV20"),
        (4, "a b", date(2020, 1, 1), "1.00", "-"),
    ]


def test_a_deletion_is_known_in_any_spelling_of_its_code(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    columns = [column | {"required": True} for column in COLUMNS]
    change = {"name": "mutatie", "data_type": "varchar", "description": "Wat er veranderde.", "case": "upper"}
    declared = make_extract(delivery="mutaties", change_column="mutatie", deletion_code="V", columns=[*columns, change])
    item = make_delivery(tmp_path, "id;naam;dag;bedrag;mutatie\r\n1;;;;v \r\n", declared)
    assert run(raw, item, tmp_path / "tmp") == Loaded(1, 0, {})
    assert raw.sql("select id, mutatie from proef.rijen").fetchall() == [(1, "V")]


def test_a_day_after_the_stand_is_set_aside(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    # The stand of the delivery is 01-01-2020.
    text = HEAD + "1;a;01-01-2020;1\r\n2;a;02-01-2020;1\r\n3;a;31-12-2099;1\r\n"
    assert run(raw, make_delivery(tmp_path, text), tmp_path / "tmp") == Loaded(3, 2, {})
    reason = "ligt na de stand van 01-01-2020"
    assert aside(raw) == [(2, "dag", "02-01-2020", reason), (3, "dag", "31-12-2099", reason)]
    future = make_extract(columns=[*COLUMNS[:2], COLUMNS[2] | {"future": True}, COLUMNS[3]])
    assert run(raw, make_delivery(tmp_path, text, future), tmp_path / "tmp") == Loaded(3, 0, {})


def test_only_what_has_the_looks_of_its_type_is_shown(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    columns = [*COLUMNS[:1], COLUMNS[1] | {"pattern": "[a-z]"}, *COLUMNS[2:]]
    text = HEAD + "x;Jansen 12;01/998877-20;Pietersen\r\n2;a;2020-1-1;1,2,3\r\n3;b;01-01-2020;1\r\n"
    assert run(raw, make_delivery(tmp_path, text, make_extract(columns=columns)), tmp_path / "tmp") == Loaded(3, 2, {})
    assert [(record, column, value) for record, column, value, _ in aside(raw)] == [
        (1, "bedrag", "aaaaaaaaa"),
        (1, "dag", "99/999999-99"),
        (1, "id", "a"),
        (1, "naam", "aaaaaa 99"),
        (2, "bedrag", "1,2,3"),
        (2, "dag", "2020-1-1"),
    ]


def test_the_number_of_a_case_or_person_is_masked_in_any_column(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    columns = [COLUMNS[0] | {"name": "boeking_nr"}, *COLUMNS[1:]]
    text = "boeking_nr;naam;dag;bedrag\r\n12.34;a;01-01-2020;1\r\n2;b;01-01-2020;13-845229-16\r\n3;c;01-01-2020;1\r\n"
    assert run(
        raw, make_delivery(tmp_path, text, make_extract(columns=columns, key=["boeking_nr"])), tmp_path / "tmp"
    ) == Loaded(3, 2, {})
    assert [(record, column, value) for record, column, value, _ in aside(raw)] == [
        (1, "boeking_nr", "99.99"),
        (2, "bedrag", "99-999999-99"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("records", "good", "bad", "refused"),
    [
        # An empty line is no record: the wrong day is record 3, and the good one after it record 4.
        ("1|2||x|4", [1, 2, 4], [3], None),
        ("||1||2|||x|4|", [1, 2, 4], [3], None),
        ('"1"|2||"x"|4', [1, 2, 4], [3], None),
        # A record that is too short, in the middle and last.
        ("1|2||-|4", [1, 2, 4], [3], None),
        ("1|2||3|-", [], [], "record 4: het laatste record heeft te weinig kolommen"),
        ("1|2||3|-||", [], [], "record 4: het laatste record heeft te weinig kolommen"),
        ("1|2||3|-|||x|-", [], [], "record 6: het laatste record heeft te weinig kolommen"),
        # White space alone is a line with too little on it, not an empty one.
        ("1|  |3", [1, 3], [2], None),
    ],
)
def test_an_empty_line_is_no_record(
    raw: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    end: str,
    records: str,
    good: list[int],
    bad: list[int],
    refused: str | None,
) -> None:
    spelled = {
        "": "",
        "x": "9;a;31-04-2019;1",
        "-": "9;a",
        '"x"': '9;"a|b";31-04-2019;1',
        '"1"': '1;"a||b";01-01-2019;1',
    }
    lines = [spelled.get(part, f"{part};a;01-01-2019;1" if part.strip() else part) for part in records.split("|")]
    text = "id;naam;dag;bedrag|" + "|".join(lines) + "|"
    item = make_delivery(tmp_path, text.replace("|", end))
    if refused:
        with pytest.raises(RefusedError, match=refused):
            run(raw, item, tmp_path / "tmp")
        return
    assert run(raw, item, tmp_path / "tmp") == Loaded(len(good) + len(bad), len(bad), {})
    assert raw.sql("select list(record_nr order by record_nr) from proef.rijen").fetchall() == [(good,)]
    assert sorted({row[0] for row in aside(raw)}) == bad


def test_another_number_of_records_than_was_counted_refuses_the_delivery(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    item = make_delivery(tmp_path, HEAD + "1;a;01-01-2020;1\r\n2;b;01-01-2020;1\r\n")
    prepare_table(raw, item.extract)
    with prepared(item, tmp_path / "tmp") as source, register.whole(raw):
        counted = replace(source, body=replace(source.body, records=3))
        with pytest.raises(RefusedError, match="3 records geteld en 2 gelezen"):
            load(raw, item, 1, counted, DEMO_KEY)


def test_a_name_is_no_pattern(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    declared = make_extract(encoding="utf-8")
    names = ["deel*.csv", "d?el.csv", "deel[a-z].csv", "o'deel.csv", "d\\[1].csv", "d\\1.csv", "deel.csv.gz"]
    for number, name in enumerate(names, 1):
        item = make_delivery(tmp_path, HEAD + f"{number};a;01-01-2020;1\r\n", declared)
        for other in ("deel2-concept.csv", "deela.csv"):
            item.file.with_name(other).write_text("rommel")
        file = item.file.rename(item.file.with_name(name))
        item = replace(item, file=file, state=FileState.of(file))
        assert run(raw, item, tmp_path / "tmp") == Loaded(1, 0, {})
    assert raw.sql("select list(id order by id) from proef.rijen").fetchall() == [([*range(1, len(names) + 1)],)]


# Deliveries in the form that the project itself declares: what is wrong in them was once read as something else.
BESLAG = (
    "boeking_nr;dossier_nr;object_nr;aanleveraar;dienst;beslagsoort;eenheid;soort_boeking;objectsoort;boekdatum;"
    "geregistreerd_op;corrigeert_nr;bedrag"
)
INCASSO = (
    "boeking_nr;dossier_nr;object_nr;aanleveraar;eenheid;soort_boeking;objectsoort;boekdatum;geregistreerd_op;"
    "corrigeert_nr;bedrag"
)
ONDERZOEKEN = (
    "onderzoek_nr;csv_nr;onderzoek_naam;eenheid;aanpak;fase;startdatum;einddatum;regio_overstijgend;lands_overstijgend;"
    "inzet_fte"
)
ACTIES = "actie_nr;partner;eenheid;bijdrage;status;actiedatum;omschrijving"


def beslag(number: int, amount: str) -> str:
    return f"{number};BSL-000000{number};;OM;POL;CONS;RTM;GEL;WAAR;01-03-2021;01-04-2021;;{amount}"


def incasso(amount: str, number: str = "1") -> str:
    return f"{number};CJIB-0000001;;CJIB;;OPG;BANK;2018-04-26;2018-05-16;;{amount}"


def misdrijven(*figures: str, about: str = "Totaal misdrijven", periods: str = '"2022"') -> str:
    times = periods.count(";") + 1
    return "\n".join(
        [
            '"Geregistreerde misdrijven en aangiften; soort misdrijf, gemeente 2026"',
            f'"Soort misdrijf: {about}"',
            '""',
            ";".join(['"Onderwerp"', *['"Geregistreerde misdrijven"'] * times]),
            f'"Perioden";{periods}',
            ";".join(['"Regio\'s"', *['"aantal"'] * times]),
            *(f'"Regio {n}";{figure}' for n, figure in enumerate(figures, 1)),
            '"Bron: Politie"\n',
        ]
    )


CBS = "Soort Misdrijf,Nederland_Totaal misdrijven_{},Nederland_Registraties van verdachten_2017*\n1 Bedrog,5,10\n"


@pytest.mark.parametrize(
    ("extract", "text", "wrong", "rows"),
    [
        # Agreed is 1.234,56: another amount than was written is never read.
        (
            "om_beslag.beslag",
            "\r\n".join(
                [BESLAG, beslag(1, "1250.75"), beslag(2, "80000.00"), beslag(3, "12.5"), beslag(4, "-1.250,75"), ""]
            ),
            [(1, "bedrag"), (2, "bedrag"), (3, "bedrag")],
            "select bedrag::varchar from om_beslag.beslag -- -1250.75",
        ),
        # No thousands sign is agreed: 10.000 is not 10.
        (
            "geregistreerde_misdrijven.misdrijven",
            misdrijven('"100.000"', '"10.000"', '"10"'),
            [(1, "aantallen_1"), (2, "aantallen_1")],
            "select aantallen[1]::varchar from geregistreerde_misdrijven.misdrijven -- 10",
        ),
        (
            "cjib_incasso.incasso",
            "\n".join(
                [
                    INCASSO,
                    *map(incasso, ["1234,567", "1E6", "1_000"]),
                    incasso("5,00", "0x10"),
                    incasso("5,00", "7.400"),
                    incasso("0,005"),
                    incasso("-0,50"),
                    "",
                ]
            ),
            [(1, "bedrag"), (2, "bedrag"), (3, "bedrag"), (4, "boeking_nr"), (5, "boeking_nr"), (6, "bedrag")],
            "select bedrag::varchar from cjib_incasso.incasso -- -0.50",
        ),
        # An investigation that ended after the stand of 15-01-2023.
        (
            "csv_onderzoeken.onderzoeken",
            f"{ONDERZOEKEN}\r\nOND-00000001;CSV-0000001;Demo;RTM;SR;AF;01-02-2020;31-12-2099;N;N;2,5\r\n"
            "OND-00000002;CSV-0000001;Demo;rtm ;SR;AF;01-02-2020;15-01-2023;n;N;2,5\r\n",
            [(1, "einddatum")],
            "select eenheid || regio_overstijgend from csv_onderzoeken.onderzoeken -- RTMN",
        ),
        # One action in two spellings of its number, and one partner in two.
        (
            "integrale_acties.acties",
            f"{ACTIES}\nIHA-000001;POL;RTM;UITV;UIT;04-05-2019;Fictief\n"
            "IHA-000001 ;pol ;RTM;UITV;GEPL;04-05-2029;Fictief\n",
            [],
            "select distinct actie_nr || partner from integrale_acties.acties -- IHA-000001POL",
        ),
    ],
)
def test_a_delivery_of_the_project_is_read_as_written(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path, extract: str, text: str, wrong: list[tuple], rows: str
) -> None:
    registration, name = extract.split(".")
    item = make_delivery(tmp_path, text, read_declarations()[registration, name], stand_datum=date(2023, 1, 15))
    run(raw, item, tmp_path / "tmp")
    assert [(record, column) for record, column, _, _ in aside(raw)] == wrong
    query, _, expected = rows.partition(" -- ")
    assert raw.sql(query).fetchall() == [(expected,)]


@pytest.mark.parametrize(
    ("extract", "text", "told"),
    [
        (
            "geregistreerde_misdrijven.misdrijven",
            misdrijven('"200"', about="1.1.1 Diefstal/inbraak woning"),
            "regel 2: dit is niet de afgesproken tabel of selectie; verwacht een regel als 'Soort misdrijf: Totaal",
        ),
        (
            "geregistreerde_misdrijven.misdrijven",
            misdrijven('"1";"2"', periods='"2024 januari";"2024 februari"'),
            "2 van de 2 koppen noemen geen periode zoals afgesproken",
        ),
        (
            "om_beslag.beslag",
            f"{BESLAG}\r\n{beslag(1, '1,00')}\r\n{beslag(2, '1,00')}\n{beslag(3, '1,00')}\r\n",
            "record 2: de regel eindigt niet op CRLF",
        ),
        (
            "om_beslag.beslag",
            f"{BESLAG}\n{beslag(1, '1,00')}\r\n{beslag(2, '1,00')}\n",
            "record 1: de regel eindigt niet op LF",
        ),
        ("cjib_incasso.incasso", f'"{INCASSO}\n' + (incasso("5,00") + "\n") * 9, "een aanhalingsteken in de koppen"),
        ("cjib_incasso.incasso", f'"{INCASSO}\n' + (incasso("5,00") + "\n") * 4000, "een aanhalingsteken in de koppen"),
    ],
)
def test_a_delivery_of_the_project_that_is_something_else_is_refused(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path, extract: str, text: str, told: str
) -> None:
    registration, name = extract.split(".")
    item = make_delivery(tmp_path, text, read_declarations()[registration, name])
    with pytest.raises(RefusedError) as refusal:
        run(raw, item, tmp_path / "tmp")
    assert told in str(refusal.value)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(("year", "status"), [("2016", None), ("2016*", "voorlopig"), ("2016**", "nader voorlopig")])
def test_the_mark_of_a_provisional_year_is_kept(
    raw: duckdb.DuckDBPyConnection, tmp_path: Path, year: str, status: str | None
) -> None:
    declared = read_declarations()["cbs_misdrijven", "provincies"]
    loaded = run(raw, make_delivery(tmp_path, CBS.format(year), declared), tmp_path / "tmp")
    assert loaded == Loaded(1, 0, {"2016": status, "2017": "voorlopig"})
