"""The documentation: all that the project says of itself stands on it, whole, and it opens from the disk."""

import csv
import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import get_args
from urllib.parse import unquote

import duckdb
import pytest
import yaml

from orchestration import documentation, register, size, standing
from orchestration.dbt_nodes import Node
from orchestration.declarations import Extract, read_declarations
from orchestration.documentation import contents, lineage
from orchestration.documentation.contents import CheckIn, Found
from orchestration.expectations import marts_with_expectations, suite_of_extract, suite_of_mart
from orchestration.paths import ROOT, SEEDS, DataPaths, seed_file
from orchestration.transformation import manifest_file
from tests.pages import Structure, addresses_outside, axe, browser, faults_of_structure, looked_at

MODELS = ROOT / "dbt_project" / "models"
GLOSSARY = MODELS / "_woordenlijst.md"
DOC = re.compile(r"\{%\s*docs\s+(\w+)\s*%\}(.*?)\{%\s*enddocs\s*%\}", re.DOTALL)
BESIDE = r"#[\w-]+|\w+\.html(#[\w-]+)?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, where nothing was delivered yet."""
    paths = DataPaths(tmp_path_factory.mktemp("data"))
    return documentation.write_documentation(paths, manifest_file()).parent


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def told(page: str) -> str:
    """The text of a page, without markup, as a reader sees it."""
    text = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL).replace("<wbr>", "")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def plain(text: str) -> str:
    return " ".join(text.split())


def filled(text: str) -> str:
    """A description with each term in its place, as dbt puts it."""
    terms = dict(DOC.findall(GLOSSARY.read_text(encoding="utf-8")))
    return plain(re.sub(r"\{\{\s*doc\(['\"](\w+)['\"]\)\s*\}\}", lambda match: terms[match[1]].strip(), text))


def declared(kind: str, folder: Path) -> dict[str, dict]:
    """The properties of models or seeds, read without dbt, with each term in its place."""
    found = {}
    for file in folder.rglob("*.yml"):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")).get(kind, []):
            for each in (entry, *entry["columns"]):
                each["description"] = filled(each["description"])
            found[entry["name"]] = entry
    return found


def section(page: str, anchor: str) -> str:
    """What stands below a heading, up to the next one."""
    (found,) = re.findall(rf'<h(\d) id="{anchor}">(.*?)(?=<h\d |</main>)', page, re.DOTALL)
    return told(found[1])


def test_every_mart_and_each_of_its_columns_stands_in_it_whole(pages: dict[str, str]) -> None:
    looked = 0
    for name, entry in declared("models", MODELS / "marts").items():
        part = section(pages[contents.MARTS], name)
        assert entry["description"] in part, name
        for column in entry["columns"]:
            row = rf"{column['name']} {re.escape(column['data_type'])} .*?{re.escape(column['description'])}"
            assert re.search(row, part), f"{name}.{column['name']}"
            looked += 1
    assert looked > 400
    assert f"{len(declared('models', MODELS / 'marts'))}, met {looked} kolommen" in told(pages["index.html"])


def test_a_reader_meets_first_what_to_begin_with_and_old_names_last(pages: dict[str, str]) -> None:
    headings = re.findall(r'<h[23] id="([^"]+)">', pages[contents.MARTS])
    assert headings[:3] == ["soort-rpt", "rpt_voortgang", "rpt_afpakmonitor"]
    assert headings[-2:] == ["soort-anders", "levering"]
    assert "versie 0." not in section(pages[contents.MARTS], "levering")


@pytest.mark.parametrize(
    ("kind", "where", "page"),
    [
        ("models", MODELS / "staging", contents.MODELS),
        ("models", MODELS / "intermediate", contents.MODELS),
        ("seeds", SEEDS, contents.LISTS),
    ],
)
def test_every_other_model_and_every_list_stands_in_it_whole(
    pages: dict[str, str], kind: str, where: Path, page: str
) -> None:
    found = declared(kind, where)
    assert len(found) > 30
    for name, entry in found.items():
        part = section(pages[page], name)
        assert entry["description"] in part, name
        assert [column["name"] for column in entry["columns"] if column["description"] not in part] == [], name


def test_every_term_stands_in_the_glossary_whole_and_can_be_linked_to(pages: dict[str, str]) -> None:
    terms = DOC.findall(GLOSSARY.read_text(encoding="utf-8"))
    text = told(pages[contents.TERMS])
    assert len(terms) > 300
    assert [term for term, meaning in terms if f"{term} {plain(meaning)}" not in text] == []
    assert {f'id="begrip-{term}"' for term, _ in terms} <= set(re.findall(r'id="[^"]+"', pages[contents.TERMS]))
    assert all(f'<a href="{contents.TERMS}"' in page for page in pages.values())


def test_every_registration_says_who_delivers_what_how_often_and_on_which_ground(pages: dict[str, str]) -> None:
    looked = 0
    for (registration, name), extract in read_declarations().items():
        part = section(pages[contents.REGISTRATIONS], f"{registration}-{name}")
        for text in (extract.description, extract.owner, extract.purpose, extract.legal_ground):
            assert plain(text) in part, f"{registration}.{name}"
        assert f"{extract.retention_years} jaar" in part
        assert contents.CADENCES[extract.cadence] in part
        for column in extract.columns:
            assert f"{column.heading} {column.data_type}" in part, f"{registration}.{name}.{column.name}"
            assert filled(column.description) in part, f"{registration}.{name}.{column.name}"
        for check in suite_of_extract(extract):
            otherwise = "weigert de levering" if check.severity == "critical" else "meldt het alleen"
            assert f"{check.name} {plain(check.description)} {otherwise}" in part, f"{registration}.{name}.{check.name}"
        for check in size.checks_of(extract):
            assert f"{check.name} {plain(check.description)} houdt de levering aan" in part, f"{registration}.{name}"
        for check, text in standing.checks_of(extract).items():
            assert f"{check} {plain(text)} meldt het alleen" in part, f"{registration}.{name}"
        looked += len(suite_of_extract(extract)) + len(size.checks_of(extract)) + 2
    assert f"Controles bij de grens in {looked} " in told(pages["index.html"])
    assert looked > 200


def test_every_check_of_the_border_out_and_every_rule_between_stands_in_it(pages: dict[str, str]) -> None:
    looked = 0
    for mart in marts_with_expectations():
        part = section(pages[contents.CHECKS], f"uit-{mart}")
        for check in suite_of_mart(mart):
            otherwise = "houdt de publicatie tegen" if check.severity == "critical" else "meldt het alleen"
            assert f"{check.name} {plain(check.description)} {otherwise}" in part, f"{mart}.{check.name}"
            looked += 1
    assert f"Controles bij de grens uit {looked} " in told(pages["index.html"])
    assert looked > 90
    between = section(pages[contents.CHECKS], "onderweg")
    own = [file.stem for file in (ROOT / "dbt_project" / "tests").glob("*.sql")]
    assert len(own) > 20
    assert [name for name in own if name not in between] == []


def test_every_indicator_says_what_it_counts_and_what_it_does_not_say(pages: dict[str, str]) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with seed_file(name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    assert len(rows("indicator")) > 20
    for row in rows("indicator"):
        part = section(pages[contents.INDICATORS], row["indicator_code"])
        for name in ("definitie", "populatie", "bronregister", "vertraging", "dekking", "beperkingen", "beslist_door"):
            assert plain(row[name]) in part, f"{row['indicator_code']}.{name}"
    text = told(pages[contents.INDICATORS])
    assert [row["definitie_versie"] for row in rows("definitie") if row["definitie_versie"] not in text] == []


def test_each_extract_leads_by_its_models_to_the_tables(pages: dict[str, str]) -> None:
    """In words as in the drawing: each name that is drawn stands in the table below it."""
    text = pages[contents.LINEAGE]
    for registration, name in read_declarations():
        assert f'href="{contents.REGISTRATIONS}#{registration}-{name}"' in text
    for name in declared("models", MODELS / "intermediate"):
        assert f'href="{contents.MODELS}#{name}"' in text, name
    for part in re.split(r"<h2 ", text)[1:]:
        boxes = part.count("<rect ")
        assert boxes == part.count('<th scope="row">') > 3
        assert "Tabellen" in part
    assert text.count("<svg") == len(contents.GROUPS)


def node(name: str, *parents: tuple[str, str], layer: str = "intermediate", group: str = "thema") -> Node:
    key = ("seeds" if layer == "seeds" else layer, name)
    return Node(f"model.p.{name}", key, layer, group, f"Een rij per {name}.", "", (), parents, {})


def test_the_lineage_of_a_theme_is_what_its_models_read_and_who_rests_on_them() -> None:
    nodes = [
        node("lijst", layer="seeds", group="seeds"),
        node("stg_om__beslag", ("om", "beslag"), ("leveringen", "levering"), layer="staging", group="staging"),
        node("stg_ander__rijen", ("ander", "rijen"), layer="staging", group="staging"),
        node("int_een", ("staging", "stg_om__beslag"), ("seeds", "lijst")),
        node("int_twee", ("intermediate", "int_een"), ("intermediate", "int_gekozen")),
        node("int_gekozen", group="agenda"),
        node("int_verzameld", ("intermediate", "int_twee"), group="cijfers"),
        node("int_verder", ("intermediate", "int_verzameld"), group="cijfers"),
        node("fct_ver", ("intermediate", "int_verder"), layer="marts", group="marts"),
        node("fct_nabij", ("intermediate", "int_een"), layer="marts", group="marts"),
        node("fct_los", ("staging", "stg_ander__rijen"), layer="marts", group="marts"),
    ]
    found = lineage.trace("thema", {each.key: each for each in nodes})
    assert [(heading, [key[1] for key in keys]) for heading, keys in found.columns] == [
        ("Leveringen", ["beslag"]),
        ("Gelezen als", ["stg_om__beslag"]),
        ("Definities", ["int_een"]),
        ("Definities, vervolg", ["int_twee"]),
        ("Verzameld", ["int_verzameld"]),
        ("Tabellen", ["fct_nabij", "fct_ver"]),
    ]
    assert [(one[1], other[1]) for one, other in found.edges] == [
        ("int_een", "int_twee"),
        ("int_een", "fct_nabij"),
        ("int_twee", "int_verzameld"),
        ("int_verzameld", "fct_ver"),
        ("beslag", "stg_om__beslag"),
        ("stg_om__beslag", "int_een"),
    ]
    assert (found.lists, found.general) == (["lijst"], ["int_gekozen"])
    drawn = lineage.draw(found)
    assert drawn.count("<rect ") == 7
    assert drawn.count("<path ") == 6


def test_a_group_without_a_heading_stands_last_under_its_own_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(contents.GROUPS, "oskm")
    folder = documentation.write_documentation(DataPaths(tmp_path), manifest_file()).parent
    for page in (contents.LINEAGE, contents.MODELS):
        headings = re.findall(r'<h2 id="groep-(\w+)">(.*?)</h2>', (folder / page).read_text(encoding="utf-8"))
        assert headings[-1] == ("oskm", "Oskm")
        assert len(headings) == len(contents.GROUPS) + 1


def test_whatever_can_be_declared_has_its_words() -> None:
    for name, words in (("cadence", contents.CADENCES), ("delivery", contents.KINDS)):
        assert {*get_args(Extract.model_fields[name].annotation)} == {*words}


def test_the_pages_can_be_read_without_eyes_mouse_or_network(pages: dict[str, str]) -> None:
    assert len(pages) == 10
    for name, page in pages.items():
        is_drawn = "Van links" if name == contents.LINEAGE else None
        assert faults_of_structure(page, ("Bladen", "Inhoudsopgave"), is_drawn) == [], name
        # A page reads without its script, which fetches nothing and only narrows what stands there.
        scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        assert len(scripts) == page.count("<script") == (name in (contents.TERMS, contents.REGISTER))
        assert not re.search(r"fetch|import|XMLHttp|src|http", "".join(scripts))
        svg = page.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert addresses_outside(re.sub(r"<script>.*?</script>", "", svg, flags=re.DOTALL), BESIDE) == [], name
        assert len(page.encode()) < 500_000


def test_each_link_leads_to_a_place_that_is_there(pages: dict[str, str]) -> None:
    places = {
        name: {attributes["id"] for _, attributes in Structure(page).tags if "id" in attributes}
        for name, page in pages.items()
    }
    looked = 0
    for name, page in pages.items():
        for link in Structure(page).all("a"):
            file, _, anchor = unquote(link["href"]).partition("#")
            assert (file or name) in pages, link
            assert not anchor or anchor in places[file or name], link
            looked += 1
    assert looked > 2000


def test_no_template_is_left_and_no_description_is_cut(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        text = told(page)
        assert not re.search(r"\{\{|\{%|doc\(", text), name
        # What dbt's own page did where a text was long.
        assert "…" not in text, name
        assert not re.search(r"\w\.\.\.", text), name


def test_the_register_names_everything(pages: dict[str, str]) -> None:
    rows = re.findall(r"<tr><th scope=\"row\">.*?</th><td>(.*?)</td>", pages[contents.REGISTER])
    counted = Counter(rows)
    assert counted["tabel"] == len(declared("models", MODELS / "marts"))
    assert counted["begrip"] == len(DOC.findall(GLOSSARY.read_text(encoding="utf-8")))
    assert counted["extract"] == len(read_declarations())
    assert counted["controle in"] == sum(
        len(suite_of_extract(each)) + len(size.checks_of(each)) + len(standing.checks_of(each))
        for each in read_declarations().values()
    )
    assert counted["controle uit"] == sum(len(suite_of_mart(mart)) for mart in marts_with_expectations())
    assert set(counted) == {
        *("tabel", "model", "lijst", "kolom", "begrip", "indicator", "extract", "controle in", "controle uit", "regel")
    }


@pytest.mark.parametrize(
    ("checks", "told_of_it"),
    [
        ({"sleutel_uniek": (True, 0, 2000)}, "voldaan (2.000 rijen bekeken)"),
        ({"sleutel_uniek": (False, 3, 2000)}, "niet voldaan: 3 afwijkend (2.000 rijen bekeken)"),
        ({"sleutel_uniek": (True, 2, 2000)}, "voldaan, met 2 afwijkend (2.000 rijen bekeken)"),
        ({"sleutel_uniek": (False, 0, 0)}, "niet voldaan: 0 afwijkend (0 rijen bekeken)"),
        ({"sleutel_uniek": (False, 1, None)}, "niet voldaan: 1 afwijkend"),
        ({}, "niet uitgevoerd"),
    ],
)
def test_what_a_check_found_is_told_in_numbers(checks: dict, told_of_it: str) -> None:
    found = Found(12, contents.date(2023, 1, 15), True, checks)
    assert contents._told_found(found, CheckIn("sleutel_uniek", "", "")) == told_of_it


def test_what_was_found_last_stands_beside_each_check_and_nothing_that_was_delivered(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    key, extract = next(iter(read_declarations().items()))
    (first, second, *_) = suite_of_extract(extract)
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
        for number, wrong in ((1, 7), (2, 3)):
            con.execute(
                """insert into leveringen.levering by name select ? as levering_nr, ? as registratie, ? as extract,
                'Jansen.csv' as bestand, 1 as bestand_grootte, 1 as bestand_gewijzigd_ns, 'x' as inhoud_sha256,
                'volledig' as soort, date '2023-01-15' as stand_datum, now()::timestamp as ontvangen_op,
                now()::timestamp as geladen_op, true as is_demo, [] as koppen""",
                [number, *key],
            )
            rows = [(first.name, False, wrong, 2000), (second.name, True, 0, 2000)]
            register.add_findings(
                con,
                number,
                [
                    {
                        "controle": name,
                        "verwachting": "iets",
                        "ernst": "critical",
                        "is_voldaan": passed,
                        "gevonden": "Jansen",
                        "aantal_afwijkend": number_wrong,
                        "aantal_bekeken": seen,
                        "voorbeelden": [{"naam": "Jansen"}],
                    }
                    for name, passed, number_wrong, seen in rows
                ],
            )
    page = documentation.write_documentation(paths, manifest_file()).with_name(contents.REGISTRATIONS)
    text = page.read_text(encoding="utf-8")
    part = section(text, "-".join(key))
    # Of the newest delivery, and the other checks were not there when it was looked at.
    assert "gevonden in verzonnen levering 2, stand 15-01-2023" in part
    assert f"{plain(first.description)} weigert de levering niet voldaan: 3 afwijkend (2.000 rijen bekeken)" in part
    assert f"{plain(second.description)} weigert de levering voldaan (2.000 rijen bekeken)" in part
    assert part.count("niet uitgevoerd") == len(suite_of_extract(extract)) + len(size.checks_of(extract)) - 2
    assert part.count("staat in Dagster, en in de samenvatting van de nacht") == 2
    assert "Jansen" not in text
    # Above its table and as the name of it, and of no other extract.
    assert text.count("gevonden in") == 2


@pytest.mark.skipif(browser() is None, reason="er is geen Chromium om de pagina in te openen")
@pytest.mark.skipif(axe() is None, reason="er is geen axe-core; AXE=.../axe.min.js wijst het aan (npm pack axe-core)")
@pytest.mark.parametrize("scheme", ["licht", "donker"])
@pytest.mark.parametrize("name", ["index.html", contents.LINEAGE, contents.REGISTRATIONS, contents.TERMS])
def test_axe_finds_nothing(pages: dict[str, str], name: str, scheme: str, tmp_path: Path) -> None:
    engine = axe()
    assert engine
    passes, violations = looked_at(pages[name], scheme, engine, tmp_path).split(" ", 1)
    assert int(passes) >= 15
    assert json.loads(violations) == []


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("", "", "alle"),
        ("2023", "", "vanaf 2023"),
        ("", "2022", "tot en met 2022"),
        ("2020", "2022", "vanaf 2020 tot en met 2022"),
    ],
)
def test_a_version_says_for_which_years_it_holds(first: str, last: str, told: str) -> None:
    assert contents._years(first, last) == told
