"""Open data: every value is that of the mart, nothing else leaves, and the standards that are named are kept."""

import csv
import hashlib
import json
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, FOAF, RDF, Literal, URIRef

from orchestration import open_data
from orchestration.open_data import CODE_LISTS, METADATA, README, TABLES, catalogue, tables_of, write_open_data
from orchestration.open_data.catalogue import PLACEHOLDER, Settings
from orchestration.paths import DataPaths
from orchestration.release import write_release
from tests import invented_releases as invented
from tests.published import make_published
from tests.standards import MANDATORY, faults_of_values, is_csvw, missing, read_record

DAY = date(2024, 6, 1)
GIVEN = Settings(
    uitgever="https://example.org/organisatie",
    uitgever_naam="Een organisatie",
    licentie="http://creativecommons.org/publicdomain/zero/1.0/deed.nl",
    contact="mailto:vragen@example.org",
    adres="https://example.org/open-data",
)
# Of a figure that is about few persons, and of an eenheid: they may stand nowhere.
SECRET = 31337


def figure(code: str, year: int, value: float | None, status: str | None, **more: Any) -> dict[str, Any]:
    return {
        "indicator_code": code,
        "jaar": year,
        "agenda_code": "va",
        "peildatum": DAY,
        "eenheid_van_maat": "verdachte",
        "realisatie": value,
        "realisatie_status": status,
        "geen_realisatie_reden": None if status else "nog_niet_geleverd",
        "oordeel": "geen_norm",
        "is_demo": True,
        **more,
    }


def national(code: str, year: int, value: float, **more: Any) -> dict[str, Any]:
    split = {"eenheid_code": "NL", "uitsplitsing_soort": "geen", "uitsplitsing_code": "geen", **more}
    row = figure(code, year, value, "definitief", **split)
    return {name: told for name, told in row.items() if name not in ("agenda_code", "oordeel")}


CODES = {
    "eenheid_van_maat": "verdachte",
    "realisatie_status": "definitief voorlopig",
    "geen_realisatie_reden": "nog_niet_geleverd",
    "streefcijfer_besluit": "besluit",
    "geen_streefcijfer_reden": "ntb",
    "oordeel": "geen_norm",
    "oordeel_reden": "geen_norm",
    "geen_vergelijking_reden": "trendbreuk",
    "geen_verwachting_reden": "uitontwikkeld",
    "geen_interval_reden": "te_weinig_jaren",
    "thema_code": "cyber",
    "meetwijze": "aantal",
    "oordeel_regel": "minimaal",
}
INDICATOR = {
    "indicator_naam": "Wat telt",
    "thema_code": "cyber",
    "eenheid_van_maat": "verdachte",
    "meetwijze": "aantal",
    "oordeel_regel": "minimaal",
    "definitie": 'Wat telt, met een "aanhaling", een komma\nen een tweede regel.',
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "fct_voortgang": [
        figure("a", 2020, 145, "definitief", gedekt_tot=date(2020, 12, 31)),
        figure("a", 2021, 187.5, "voorlopig", streefcijfer=190, streefcijfer_besluit="besluit", verschil=-2.5),
        figure("a", 2022, None, None),
        figure("b", 2022, 12, "voorlopig"),
        figure("b", 2023, 13, "voorlopig"),
    ],
    "fct_realisatie": [
        national("a", 2019, 128),
        national("a", 2020, 145),
        national("a", 2018, SECRET, eenheid_code="0100"),
        national("a", 2017, SECRET, uitsplitsing_soort="melder", uitsplitsing_code="POL"),
    ],
    # The basis of 2022 changed with what came in before the day that is asked, that of 2023 with what came in after it.
    "dim_trendbreuk": [
        {"trendbreuk_code": "een", "indicator_code": "b", "jaar_vanaf": 2022, "ontvangen_vanaf": date(2023, 2, 1)},
        {"trendbreuk_code": "twee", "indicator_code": "b", "jaar_vanaf": 2023, "ontvangen_vanaf": date(2024, 7, 1)},
    ],
    "fct_verwachting": [
        {"indicator_code": "a", "jaar": 2021, "peildatum": DAY, "verwachte_eindwaarde": 200.25},
        {"indicator_code": "a", "jaar": 2020, "peildatum": DAY, "geen_verwachting_reden": "uitontwikkeld"},
    ],
    "dim_indicator": [{"indicator_code": code, "volgorde": place, **INDICATOR} for place, code in enumerate("ab")],
    "dim_definitie": [{"definitie_versie": "a_1", "indicator_code": "a", "is_aanname": False}],
    "dim_agenda": [{"agenda_code": "va", "agenda_naam": "Agenda", "jaar_van": 2020, "jaar_tot": 2023}],
    "dim_code": [
        {"code_soort": kind, "code": code, "naam": code.capitalize(), "volgorde": place}
        for kind, codes in CODES.items()
        for place, code in enumerate(codes.split())
    ],
    "fct_publicatie": [
        {"publicatie_nr": number, "soort": "gepubliceerd", "gepubliceerd_op": datetime(2024, number, 2, 3)}
        for number in (5, 6)
    ]
    + [{"publicatie_nr": 1, "soort": "gereconstrueerd", "gepubliceerd_op": datetime(2024, 1, 1)}],
}
# By hand: the year that no agenda has, then those of the agenda.
STATUS = {
    ("a", "2019"): "A",
    ("a", "2020"): "A",
    ("a", "2021"): "P",
    ("a", "2022"): "M",
    ("b", "2022"): "B",
    ("b", "2023"): "P",
}


def written(folder: Path, rows: dict[str, list[dict[str, Any]]] = ROWS) -> DataPaths:
    paths = DataPaths(folder)
    paths.published.unlink(missing_ok=True)
    make_published(paths.published, rows)
    return paths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    return written(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def folder(paths: DataPaths) -> Path:
    return write_open_data(paths, GIVEN)


@pytest.fixture(scope="module")
def graph(folder: Path) -> rdflib.Graph:
    return read_record(folder)


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_every_value_is_that_of_the_mart_and_every_row_is_there(folder: Path, paths: DataPaths) -> None:
    assert list(faults_of_values(folder, paths.published)) == []
    assert {table.name: len(read(folder / f"{table.name}.csv")) for table in TABLES} == {
        "cijfers": 6,
        "verwachtingen": 2,
        "indicatoren": 2,
        "definities": 1,
        "agendas": 1,
    }
    figures = {(row["indicator_code"], row["jaar"]): row for row in read(folder / "cijfers.csv")}
    assert [figures["a", year]["realisatie"] for year in ("2019", "2020", "2021", "2022")] == [
        "128.00",
        "145.00",
        "187.50",
        "",
    ]
    assert figures["a", "2021"]["verschil"] == "-2.50"


def test_a_value_that_differs_is_found(folder: Path, paths: DataPaths, tmp_path: Path) -> None:
    copy = tmp_path / "kopie"
    copy.mkdir()
    for file in folder.glob("*.csv"):
        (copy / file.name).write_bytes(file.read_bytes().replace(b"187.50", b"187.60"))
    assert len(list(faults_of_values(copy, paths.published))) == 2


def test_each_value_has_the_status_that_its_mart_gives_it(folder: Path) -> None:
    figures = read(folder / "cijfers.csv")
    assert {(row["indicator_code"], row["jaar"]): row["OBS_STATUS"] for row in figures} == STATUS
    assert {row["CONF_STATUS"] for row in figures} == {"F"}
    expected = {
        row["jaar"]: (row["verwachte_eindwaarde"], row["OBS_STATUS"]) for row in read(folder / "verwachtingen.csv")
    }
    assert expected == {"2021": ("200.25", "E"), "2020": ("", "M")}
    assert {status for status, _ in open_data.OBS_STATUS.items()} == {*STATUS.values(), "E", "Q"}


def test_no_eenheid_and_no_split_leaves(folder: Path) -> None:
    looked = [file for file in folder.rglob("*") if file.is_file()]
    assert len(looked) == 5 + 15 + 3
    assert [file.name for file in looked if str(SECRET) in file.read_text(encoding="utf-8")] == []
    assert not {"eenheid_code", "uitsplitsing_soort", "uitsplitsing_code"} & {*TABLES[0].columns}
    assert open_data.NATIONAL in json.loads((folder / METADATA).read_text(encoding="utf-8"))["dc:description"]
    assert f"zoals bekend op 1 juni 2024. {open_data.NATIONAL}" in (folder / README).read_text(encoding="utf-8")


def test_the_tables_keep_what_their_metadata_say(folder: Path) -> None:
    assert is_csvw(folder)
    metadata = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    assert {table["url"] for table in metadata["tables"]} == {
        file.relative_to(folder).as_posix() for file in folder.rglob("*.csv")
    }
    for table in metadata["tables"]:
        names = [column["name"] for column in table["tableSchema"]["columns"]]
        header = (folder / table["url"]).read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == names, table["url"]
        assert all(column["dc:description"].strip() for column in table["tableSchema"]["columns"])
        assert {*table["tableSchema"]["primaryKey"]} <= {*names}
    (figures,) = (table for table in metadata["tables"] if table["url"] == "cijfers.csv")
    types = {column["name"]: column["datatype"] for column in figures["tableSchema"]["columns"]}
    assert (types["jaar"], types["realisatie"], types["gedekt_tot"], types["is_demo"]) == (
        "integer",
        "decimal",
        "date",
        "boolean",
    )
    assert {key["reference"]["resource"] for key in figures["tableSchema"]["foreignKeys"]} >= {
        "indicatoren.csv",
        f"{CODE_LISTS}/OBS_STATUS.csv",
        f"{CODE_LISTS}/oordeel.csv",
    }


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("a,Wat telt,2020", "onbekend,Wat telt,2020", "Key `onbekend` not found"),
        ("187.50", "veel", "Invalid value for decimal"),
        ("geen_norm", "prima", "Key `prima` not found"),
        (",2020-12-31", ",31-12-2020", "gedekt_tot"),
    ],
)
def test_a_table_that_does_not_keep_them_is_found(
    folder: Path, tmp_path: Path, was: str, becomes: str, told: str
) -> None:
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        copy = tmp_path / file.relative_to(folder)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    table = tmp_path / "cijfers.csv"
    text = table.read_text(encoding="utf-8")
    assert was in text
    table.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        is_csvw(tmp_path)


def test_the_files_are_written_as_rfc_4180_and_iso_8601_say(folder: Path) -> None:
    content = (folder / "cijfers.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 7
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b",2020-12-31," in content
    assert b",true\r\n" in content
    # Quotes are doubled, and a line may end within them.
    assert read(folder / "indicatoren.csv")[0]["definitie"] == INDICATOR["definitie"]


def test_the_record_has_what_the_profile_asks(graph: rdflib.Graph, folder: Path) -> None:
    counted = {kind: len(set(graph.subjects(RDF.type, kind))) for kind in MANDATORY}
    assert counted == {DCAT.Catalog: 1, DCAT.Dataset: 1, DCAT.Distribution: len(list(folder.rglob("*.csv")))}
    assert missing(graph) == []
    publisher = URIRef(GIVEN.uitgever)
    assert graph.value(publisher, FOAF.name) == Literal(GIVEN.uitgever_naam, lang="nl")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert str(graph.value(dataset, DCTERMS.issued)) == "2024-05-02"
    assert str(graph.value(dataset, DCTERMS.modified)) == "2024-06-02"
    period = graph.value(dataset, DCTERMS.temporal)
    assert [str(graph.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)] == ["2019-01-01", "2023-12-31"]
    # A blank or relative address would be another one on each machine.
    assert [node for node in graph.all_nodes() if isinstance(node, URIRef) and ":" not in node] == []


def test_a_property_that_is_not_there_is_found(graph: rdflib.Graph) -> None:
    for kind, names in MANDATORY.items():
        for name in names:
            copy = rdflib.Graph()
            copy += graph
            subject = next(copy.subjects(RDF.type, kind))
            copy.remove((subject, name, None))
            assert missing(copy) == [f"{subject} {name}"]


def test_the_checksum_of_each_file_is_its_own(graph: rdflib.Graph, folder: Path) -> None:
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    looked = 0
    for subject in graph.subjects(RDF.type, DCAT.Distribution):
        address = str(graph.value(subject, DCAT.downloadURL))
        content = (folder / address.removeprefix(f"{GIVEN.adres}/")).read_bytes()
        checksum = graph.value(graph.value(subject, spdx.checksum), spdx.checksumValue)
        assert str(checksum).lower() == hashlib.sha256(content).hexdigest()
        assert int(str(graph.value(subject, DCAT.byteSize))) == len(content)
        looked += 1
    assert looked == len(list(folder.rglob("*.csv"))) > 15


def test_what_is_not_known_says_so_and_what_is_given_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in fields(Settings):
        monkeypatch.delenv(f"{catalogue.SETTING}{each.name.upper()}", raising=False)
    monkeypatch.setenv("VEILIGHEIDSAGENDA_OPENDATA_LICENTIE", GIVEN.licentie)
    settings = Settings.from_environment()
    assert settings == replace(Settings(), licentie=GIVEN.licentie)
    assert settings.unknown == [
        f"VEILIGHEIDSAGENDA_OPENDATA_{name}" for name in ("UITGEVER", "UITGEVER_NAAM", "CONTACT", "ADRES")
    ]
    folder = write_open_data(written(tmp_path))
    graph = read_record(folder)
    assert missing(graph) == []
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert PLACEHOLDER in str(graph.value(dataset, DCTERMS.publisher))
    assert {str(each) for each in graph.objects(None, DCTERMS.license)} == {GIVEN.licentie}
    assert all(name in (folder / README).read_text(encoding="utf-8") for name in settings.unknown)


@pytest.mark.parametrize("name", ["LICENTIE", "CONTACT", "UITGEVER", "ADRES"])
def test_a_setting_that_is_no_address_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"VEILIGHEIDSAGENDA_OPENDATA_{name}", "cc0")
    with pytest.raises(ValueError, match=f"VEILIGHEIDSAGENDA_OPENDATA_{name} is geen adres: het begint met https://"):
        Settings.from_environment()
    monkeypatch.setenv(f"VEILIGHEIDSAGENDA_OPENDATA_{name}", "https://example.org/x")
    assert getattr(Settings.from_environment(), name.lower()) == "https://example.org/x"


def test_made_up_figures_say_so_in_title_description_and_each_file(folder: Path, tmp_path: Path) -> None:
    def told(of: Path) -> list[bool]:
        metadata = json.loads((of / METADATA).read_text(encoding="utf-8"))
        (dataset,) = (record := read_record(of)).subjects(RDF.type, DCAT.Dataset)
        texts = [metadata["dc:title"], metadata["dc:description"], (of / README).read_text(encoding="utf-8")]
        texts += [table["dc:description"] for table in metadata["tables"]]
        texts += [str(record.value(dataset, name)) for name in (DCTERMS.title, DCTERMS.description)]
        texts += [str(record.value(each, DCTERMS.description)) for each in record.subjects(RDF.type, DCAT.Distribution)]
        return [text.startswith("Demo: ") for text in texts]

    assert all(told(folder))
    assert {row["is_demo"] for name in ("cijfers", "verwachtingen") for row in read(folder / f"{name}.csv")} == {"true"}
    real = {
        mart: [{**row, "is_demo": False} if "is_demo" in row else row for row in rows] for mart, rows in ROWS.items()
    }
    assert not any(told(write_open_data(written(tmp_path, real), GIVEN)))


def test_the_folder_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = written(tmp_path)
    folder = write_open_data(paths, GIVEN)
    assert folder == paths.open_data / "00006"
    (folder / "oud.csv").touch()
    with monkeypatch.context() as broken:
        broken.setattr(open_data, "record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_open_data(paths, GIVEN)
    assert (folder / "oud.csv").exists()
    write_open_data(paths, GIVEN)
    assert not (folder / "oud.csv").exists()
    assert [each.name for each in paths.open_data.iterdir()] == ["00006"]


def test_a_list_without_codes_and_a_file_without_a_publication_are_not_passed_on(tmp_path: Path) -> None:
    without = {**ROWS, "dim_code": [row for row in ROWS["dim_code"] if row["code_soort"] != "oordeel"]}
    with pytest.raises(ValueError, match=r"geen codes van de soort oordeel$"):
        write_open_data(written(tmp_path, without), GIVEN)
    with pytest.raises(ValueError, match="noemt geen publicatie"):
        write_open_data(written(tmp_path, {**ROWS, "fct_publicatie": []}), GIVEN)


def test_open_data_follow_the_release_where_there_is_one(tmp_path: Path) -> None:
    """A is small, and B would show it; C is free. What the publication says later leaves with the next release."""
    codes = "om_verdachten_mensenhandel"
    units = {"NL": 24, "A": 3, "B": 9, "C": 12}
    rows = [invented.figure(codes, unit, "geen", "totaal", value) for unit, value in units.items()]
    also = {
        "dim_code": ROWS["dim_code"],
        "dim_indicator": [{"indicator_code": codes, "volgorde": 1, **INDICATOR}],
        "dim_definitie": [{"definitie_versie": f"{codes}_1", "indicator_code": codes, "is_aanname": False}],
        "dim_agenda": ROWS["dim_agenda"],
    }
    invented.publish(tmp_path, rows, also, number=5)
    paths = DataPaths(tmp_path)
    write_release(paths)
    invented.publish(tmp_path, [{**row, "realisatie": 31337} for row in rows], also, number=6)
    folder = write_open_data(paths, GIVEN)
    assert folder.name == "00005"
    found = {row["eenheid_code"]: row for row in read(folder / "cijfers_per_eenheid.csv")}
    assert {unit: (row["realisatie"], row["OBS_STATUS"], row["CONF_STATUS"]) for unit, row in found.items()} == {
        "A": ("", "Q", "C"),
        "B": ("", "Q", "D"),
        "C": ("12.00", "A", "F"),
    }
    assert [(row["realisatie"], row["CONF_STATUS"]) for row in read(folder / "cijfers.csv")] == [("24.00", "F")]
    assert {row["code"] for row in read(folder / CODE_LISTS / "vrijgave_reden.csv")} >= {"klein", "samenhang"}
    assert "31337" not in "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file())


def test_a_year_stands_once(paths: DataPaths) -> None:
    """The key of the figures holds also where years that no agenda has stand beside those of the agendas."""
    figures = tables_of(is_released=False)[0].query
    with duckdb.connect(str(paths.published), read_only=True) as con:
        assert con.execute(f"select count(*), count(distinct (indicator_code, jaar)) from ({figures})").fetchall() == [
            (6, 6)
        ]
