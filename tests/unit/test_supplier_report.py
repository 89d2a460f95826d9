"""The report of a delivery: what its supplier has to know, and nothing about anybody."""

import errno
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from orchestration import register, supplier_report
from orchestration.__main__ import main
from orchestration.declarations import Extract
from orchestration.paths import DATA_SETTING, DataPaths, version
from orchestration.pseudonyms import Key
from orchestration.register import Account, Row
from orchestration.supplier_report import report_files, write_reports
from orchestration.validation import Finding
from tests.unit.conftest import ALONE, GOOD, HEAD, PAIR, Night, make_extract, objection_to

Extracts = dict[tuple[str, str], Extract]
KEY = Key(b"een sleutel van ten minste 32 tekens")
FILE = "proef/rijen_20200101_ontvangen_20200102.csv"
PERSONAL: Extracts = {
    ("proef", "rijen"): make_extract(
        columns=[
            {"name": "id", "data_type": "integer", "description": "Nummer van de rij.", "required": True},
            {
                "name": "zaak",
                "header": "Zaaknummer <OM>",
                "data_type": "varchar",
                "description": "Nummer van de zaak.",
                "required": True,
                "personal": True,
                "canonical_pattern": r"^(\d{2})-(\d{6})$",
                "canonical_widths": [2, 6],
            },
            {"name": "dag", "data_type": "date", "description": "Dag van de rij."},
        ]
    )
}
RECORDS = (
    "id;Zaaknummer <OM>;dag\r\n"
    "1;13-845229;01-01-2020\r\n"
    "2;<Jansen>;31-02-2020\r\n"
    "3;=Jansen;01-01-2020\r\n"
    "\r\n"
    "4\r\n"
    "5;;01-01-2020\r\n"
    "6;13-845229;02-01-2020\r\n"
    "7;13-845229;01-01-2020\r\n"
    "8;13-845229;01-01-2020\r\n"
)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "rapporten"


def lines(table: Path) -> list[str]:
    """The lines of a table as a spreadsheet reads it, without the headings."""
    content = table.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for UTF-8"
    first, *rest = content.decode("utf-8-sig").splitlines()
    assert first == "record;kolom;waarde (gemaskeerd);wat er mis is;wat er wordt verwacht"
    return rest


class Page(HTMLParser):
    """The words of a page, with what a screen reader goes by."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.headings: list[dict[str, str | None]] = []
        self.links: list[str | None] = []
        self.language: str | None = None
        self.captions = self.tables = 0
        self.feed(file.read_text(encoding="utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in ("meta", "link"):
            self.open.append(tag)
        self.language = found.get("lang", self.language)
        self.headings += [found] if tag == "th" else []
        self.links += [found["href"]] if tag == "a" else []
        self.captions += tag == "caption"
        self.tables += tag == "table"
        assert tag not in ("script", "img", "link"), "a page that is sent stands by itself"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_each_record_that_was_set_aside_is_told_once_with_what_was_expected(night: Night, reports: Path) -> None:
    night.put(FILE, RECORDS)
    numbers = night.run(PERSONAL, key=KEY).numbers
    (page,) = write_reports(night.raw, numbers, PERSONAL, reports)
    assert page.name == "1_proef_rijen_20200101_ontvangen_20200102.html"
    assert lines(page.with_suffix(".csv")) == [
        ";;;geweigerd: 5 van 8 records (62,5%) passen niet, meer dan de afgesproken 50%;",
        "2;dag;31-02-2020;niet in de afgesproken vorm;een bestaande dag als 31-12-2020",
        '2;Zaaknummer <OM>;<aaaaaa>;is niet te lezen als 99-999999;"verplicht; te lezen als 99-999999"',
        '3;Zaaknummer <OM>;\'=aaaaaa;is niet te lezen als 99-999999;"verplicht; te lezen als 99-999999"',
        '''4;;;te weinig kolommen;"3 waarden met ';' ertussen"''',
        '5;Zaaknummer <OM>;;verplichte waarde ontbreekt;"verplicht; te lezen als 99-999999"',
        '6;dag;02-01-2020;ligt na de stand van 01-01-2020;"een bestaande dag als 31-12-2020; niet na de stand"',
    ]
    read = Page(page)
    assert (
        "Oordeel: geweigerd. De levering telt niet mee; een eerdere blijft van kracht. Herstel het bestand en lever "
        "het opnieuw. Reden: 5 van 8 records (62,5%) passen niet, meer dan de afgesproken 50%"
    ) in read.text
    assert "Records geleverd 8 daarvan gelezen 3 daarvan apart gezet 5" in read.text
    assert "Zaaknummer <OM> is niet te lezen als 99-999999 2" in read.text, "two records, told by column"


def test_nothing_of_a_person_is_in_it_and_what_is_written_is_no_markup(night: Night, reports: Path) -> None:
    night.put(FILE, RECORDS)
    (page,) = write_reports(night.raw, night.run(PERSONAL, key=KEY).numbers, PERSONAL, reports)
    for file in (page, page.with_suffix(".csv")):
        text = file.read_text(encoding="utf-8")
        assert "aaaaaa" in text
        assert [secret for secret in ("Jansen", "845229", "13-8") if secret in text] == []
    assert "&lt;aaaaaa&gt;" in page.read_text(encoding="utf-8")
    assert "<aaaaaa>" not in page.read_text(encoding="utf-8")


def test_the_page_says_which_file_when_and_how_it_was_judged(night: Night, reports: Path) -> None:
    night.put(FILE, HEAD + "1;a;31-04-2020;1\r\n2;b;01-01-2020;1\r\n")
    (page,) = write_reports(night.raw, night.run().numbers, ALONE, reports)
    read = Page(page)
    sha256 = night.raw.sql("select inhoud_sha256 from leveringen.levering").fetchall()[0][0]
    for told in (
        "Oordeel: toegelaten. De levering is van kracht.",
        "1 record is apart gezet en telt niet mee. Herstel dat en lever het bestand opnieuw",
        f"Controlegetal (SHA-256) {sha256}",
        "Stand van het register 01-01-2020, volledig Ontvangen 02-01-2020 00:00",
        "2 controles over 1 gelezen records.",
        f"door versie {version()} van de Veiligheidsagenda.",
    ):
        assert told in read.text
    assert "Fictieve gegevens" not in read.text
    assert read.language == "nl"
    assert read.captions == read.tables == 3
    assert {heading["scope"] for heading in read.headings} == {"col", "row"}
    assert read.links == [page.with_suffix(".csv").name]


def test_fictitious_data_say_so(night: Night, reports: Path) -> None:
    night.put("proef/demo_rijen_20200101.csv", HEAD + "1;a;31-04-2020;1\r\n2;b;01-01-2020;1\r\n")
    (page,) = write_reports(night.raw, night.run().numbers, ALONE, reports)
    assert "Fictieve gegevens." in Page(page).text


def test_a_delivery_in_which_all_is_well_has_no_report(night: Night, reports: Path) -> None:
    night.put(FILE, GOOD)
    assert write_reports(night.raw, night.run().numbers, ALONE, reports) == []
    assert not reports.exists()


def test_what_could_not_be_read_has_its_reason(night: Night, reports: Path) -> None:
    night.put(FILE, "id;naam\r\n1;a\r\n")
    (page,) = write_reports(night.raw, night.run().numbers, ALONE, reports)
    (line,) = lines(page.with_suffix(".csv"))
    assert line.startswith(';;;"geweigerd: regel 1: de kolommen zijn anders dan afgesproken (ontbreekt: dag, bedrag);')
    assert "Records niet te tellen" in Page(page).text


def test_what_was_held_with_a_refused_one_has_a_report_too(night: Night, reports: Path) -> None:
    night.put("paar/kop_20200101.csv", GOOD)
    night.put("paar/staart_20200101.csv", GOOD)
    numbers = night.run(PAIR, objection_to("staart")).numbers
    held, refused = write_reports(night.raw, numbers, PAIR, reports)
    assert "Oordeel: aangehouden." in Page(held).text
    assert "Reden: hoort bij staart, dat geweigerd is" in Page(held).text
    assert "Reden: niet voldaan aan regel." in Page(refused).text


def test_what_a_check_found_is_told_by_record(night: Night, reports: Path) -> None:
    def judge(con: duckdb.DuckDBPyConnection, extract: Extract) -> list[Finding]:
        examples = [{"record_nr": 1, "naam": "X", "dag": None}]
        return [
            Finding("naam_klopt", "De naam klopt.", "warning", False, "iets", "12 afwijkingen", 12, 20, examples),
            Finding("genoeg", "Er zijn er genoeg.", "critical", False, "iets", "gevonden: 0", 1, 20),
            Finding("goed", "Dit is goed.", "critical", True, "iets", "geen afwijking", 0, 20),
        ]

    night.put(FILE, GOOD)
    (page,) = write_reports(night.raw, night.run(judge=judge).numbers, ALONE, reports)
    assert lines(page.with_suffix(".csv")) == [
        ";;;voldoet niet aan controle genoeg: gevonden: 0;Er zijn er genoeg.",
        "1;naam, dag;X, leeg;voldoet niet aan controle naam_klopt;De naam klopt.",
        ";;;voldoet niet aan controle naam_klopt: en 11 andere afwijkingen;De naam klopt.",
    ]
    assert "Dit is goed." in Page(page).text


def test_a_warning_alone_is_worth_a_report(night: Night, reports: Path) -> None:
    night.put(FILE, GOOD.rstrip())
    (page,) = write_reports(night.raw, night.run().numbers, ALONE, reports)
    assert "laatste_regel_zonder_einde" in Page(page).text


def test_a_repeating_column_has_the_heading_as_delivered(night: Night, reports: Path) -> None:
    wide = {
        ("proef", "rijen"): make_extract(
            delivery="periode",
            key=["naam"],
            columns=[
                {"name": "naam", "data_type": "varchar", "description": "Naam bij de rij."},
                {"name": "aantallen", "data_type": "integer[]", "description": "Aantal per jaar."},
            ],
        )
    }
    night.put(FILE, "naam;2018;2019*\r\na;1;2\r\nb;3;x\r\n")
    (page,) = write_reports(night.raw, night.run(wide).numbers, wide, reports)
    assert [line.split(";")[:3] for line in lines(page.with_suffix(".csv"))] == [["2", "2019*", "a"]]


def test_the_reason_of_a_person_is_told_beside_what_was_found(night: Night, reports: Path) -> None:
    night.put(FILE, GOOD)
    night.run(judge=objection_to("rijen"))
    register.decide(night.raw, 1, "geweigerd", "half bestand", "jansen")
    (page,) = write_reports(night.raw, [1], ALONE, reports)
    assert "half bestand" in Page(page).text


def test_the_page_stops_where_the_table_goes_on(night: Night, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplier_report, "MOST_ON_PAGE", 2)
    rows = "".join(f"{number};a;31-04-2020;1\r\n" for number in range(1, 4)) + GOOD.removeprefix(HEAD) * 3
    night.put(FILE, HEAD + rows)
    (page,) = write_reports(night.raw, night.run().numbers, ALONE, reports)
    assert len(lines(page.with_suffix(".csv"))) == 3
    assert "De eerste 2 van 3 afwijkingen" in Page(page).text


def test_an_extract_that_is_no_longer_declared_has_a_report(night: Night, reports: Path) -> None:
    night.put(FILE, HEAD + "1;a;31-04-2020;1\r\n2;b;01-01-2020;1\r\n")
    (page,) = write_reports(night.raw, night.run().numbers, {}, reports)
    assert lines(page.with_suffix(".csv")) == [
        "1;dag;31-04-2020;niet in de afgesproken vorm;een bestaande dag als 31-12-2020"
    ]


def test_the_name_of_a_report_fits_however_long_that_of_the_file_is() -> None:
    row = Row(
        1234567, "mensenhandel_onderzoeken", "x", "é" * 119 + ".csv", datetime(2020, 1, 1), None, None, 1, 1, 0, 1234567
    )
    for file in report_files(Path("rapporten"), row):
        assert len(file.name.encode()) <= 255
        assert file.name.startswith("1234567_mensenhandel_onderzoeken_é")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@a", "'@a"),
        ("-a", "'-a"),
        ("+9", "'+9"),
        ("-1.234,50", "-1.234,50"),
        ("12", "12"),
        ("een reden", "een reden"),
    ],
)
def test_no_cell_is_a_formula(cell: str, written: str) -> None:
    rows: list[list[object]] = []

    class Writer:
        writerow = staticmethod(rows.append)

    supplier_report._write(Writer, supplier_report.Fault(1, "kolom", cell, "reden", ""))
    assert rows == [[1, "kolom", written, "reden", ""]]


def test_a_report_that_cannot_be_made_stops_nothing_but_a_full_disk_does(
    night: Night, reports: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for day in (1, 2):
        night.put(f"proef/rijen_2020010{day}.csv", "id;naam\r\n1;Jansen\r\n")
    numbers = night.run().numbers
    account = register.account

    def fail_at_the_first(con: duckdb.DuckDBPyConnection, number: int) -> Account:
        if number == 1:
            raise failure
        return account(con, number)

    monkeypatch.setattr(register, "account", fail_at_the_first)
    failure: Exception = KeyError("Jansen")
    assert [page.name[:2] for page in write_reports(night.raw, numbers, ALONE, reports)] == ["2_"]
    assert "het rapport van levering 1 kan niet worden gemaakt: builtins.KeyError" in caplog.text
    assert "Jansen" not in caplog.text
    failure = OSError(errno.ENOSPC, "vol")
    with pytest.raises(OSError, match="vol"):
        write_reports(night.raw, numbers, ALONE, reports)


def test_on_request_any_delivery_has_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = DataPaths(tmp_path / "data")
    monkeypatch.setenv(DATA_SETTING, str(paths.data))
    assert main(["supplier-report", "1"]) == 1
    assert "draai eerst make nightly" in " ".join(capsys.readouterr().out.split())
    assert not paths.data.exists()
    paths.data.mkdir()
    with duckdb.connect(str(paths.raw)) as con:
        night = Night(con, paths.data)
        night.put(FILE, GOOD)
        night.run()
    before = paths.raw.read_bytes()
    assert main(["supplier-report", "1"]) == 0
    page, table = (paths.reports / f"1_proef_rijen_20200101_ontvangen_20200102.{kind}" for kind in ("html", "csv"))
    assert capsys.readouterr().out.splitlines() == [str(page), str(table)]
    assert "Oordeel: toegelaten." in Page(page).text
    assert lines(table) == []
    assert paths.raw.read_bytes() == before
    assert main(["supplier-report", "2"]) == 1
    assert "levering 2 bestaat niet" in capsys.readouterr().out
