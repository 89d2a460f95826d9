"""The strict reader: what the project declares, and what a wrong declaration is told."""

from pathlib import Path

import pytest
import yaml

from orchestration import declarations
from orchestration.declarations import DeclarationError, Extract, read_declarations
from orchestration.paths import STAGING
from tests.unit.conftest import COLUMNS, make_extract


def test_the_project_declares_its_extracts() -> None:
    extracts = read_declarations()
    assert ("csv_onderzoeken", "onderzoeken") in extracts
    assert len(extracts) == sum(
        len(source["tables"])
        for file in STAGING.glob("*/_*__sources.yml")
        for source in yaml.safe_load(file.read_text())["sources"]
        if not source.get("config", {}).get("meta", {}).get("register")
    )


def test_every_declared_name_is_told_from_a_file_format() -> None:
    # csv is a criminal network here: a table is never called after a kind of file.
    for extract in read_declarations().values():
        assert not extract.name.startswith("csv")


DECLARATION = """
sources:
  - name: proef
    tables:
      - name: rijen
        description: Een rij per proef.
        config:
          meta:
            delivery: volledig
            key: [id]
            delimiter: ";"
            encoding: utf-8
            cadence: dag
            max_set_aside_pct: 1
            owner: niemand
            purpose: proef
            legal_ground: geen
            retention_years: 1
            retention_source: een proef
        columns:
          - {name: id, data_type: integer, description: Nummer van de rij., config: {meta: {required: true}}}
          - {name: naam, data_type: varchar, description: Naam bij de rij.}
          - {name: ouder, data_type: integer, description: Nummer van de ouder., config: {meta: {references: rijen.id}}}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("delivery: volledig", "delivery: soms", "delivery: Input should be 'volledig', 'periode' or 'mutaties'"),
        (
            "cadence: dag",
            "cadence: dag\n            kleur: rood",
            "kleur: Extra inputs are not permitted, given 'rood'",
        ),
        ("key: [id]", "key: [nummer]", "'nummer' is not one of the columns ['id', 'naam', 'ouder']"),
        ("data_type: integer", "data_type: getal", "columns.id.data_type"),
        ("description: Nummer van de rij.", "description: Kort", "columns.id.description"),
        ("{required: true}", "{personal: true}", "a personal column is delivered as varchar"),
        ("{required: true}", "{references: andere.id}", "references 'andere.id'"),
        ("{required: true}", "{canonical_pattern: '(a)(b)', canonical_widths: [1]}", "has 2 groups"),
        ("delivery: volledig", "delivery: mutaties", "needs change_column and deletion_code"),
        ("delivery: volledig", "delivery: periode", "needs a period_column"),
        ("delivery: volledig", "delivery: periode\n            period_column: naam", "the period_column is required"),
        (
            "delivery: volledig",
            "delivery: mutaties\n            change_column: naam\n            deletion_code: V",
            "of `mutaties` that row may stand in an earlier delivery",
        ),
        ("{required: true}", "{case: upper}", "case goes with a varchar column"),
        ("{required: true}", "{future: true}", "future goes with a column of days"),
        ("{required: true}", "{minimum: -1}", "a minimum below zero needs signed: true"),
        (
            "data_type: varchar",
            "data_type: varchar, config: {meta: {signed: true}}",
            "signed goes with a column of num",
        ),
        (
            "key: [id]",
            "key: [id]\n            preamble_patterns: {1: Tabel}",
            "preamble_patterns is about lines 1 to 0",
        ),
        ("key: [id]", "key: [id]\n            heading_line: 1", "heading_line is one of the preamble_lines"),
        ("key: [id]", 'key: [id]\n            date_format: "%d-%m-%y"', "date_format is made of %d, %m, %Y"),
        ("key: [id]", 'key: [id]\n            thousands: "."', "thousands and decimal are two signs"),
        ("name: naam", "name: record_nr", "the loader itself adds ['record_nr']"),
        ("sources:", "sources: [", "not YAML"),
    ],
)
def test_wrong_declaration_is_told_where_and_what(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "proef" / "_proef__sources.yml"
    file.parent.mkdir()
    file.write_text(DECLARATION)
    assert list(read_declarations(tmp_path)) == [("proef", "rijen")]
    assert old in DECLARATION
    file.write_text(DECLARATION.replace(old, new, 1))
    with pytest.raises(DeclarationError) as error:
        read_declarations(tmp_path)
    assert told in str(error.value)
    assert "_proef__sources.yml" in str(error.value)


def read(folder: Path, text: str) -> dict[tuple[str, str], Extract]:
    (folder / "proef").mkdir(exist_ok=True)
    (folder / "proef" / "_proef__sources.yml").write_text(text)
    return read_declarations(folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # Of a column its name, of an entry that says nothing of one key itself; a mapping is not shown.
        (
            "{required: true}",
            "{personal: true}",
            "  columns.id: Value error, a personal column is delivered as varchar",
        ),
        ("{name: id, ", "{", "  columns.0.name: Field required"),
        (
            "key: [id]",
            "key: [id]\n            heading_line: 1",
            "  (the whole entry): Value error, heading_line is one of the preamble_lines",
        ),
        (
            "        description: Een rij per proef.\n",
            "",
            "  description: String should have at least 10 characters, given ''",
        ),
        (
            DECLARATION[DECLARATION.index("        columns:") :],
            "",
            "  columns: List should have at least 1 item after validation, not 0, given []",
        ),
        (
            "delivery: volledig",
            "delivery: soms\n            kleur: rood",
            "  delivery: Input should be 'volledig', 'periode' or 'mutaties', given 'soms'\n"
            "  kleur: Extra inputs are not permitted, given 'rood'",
        ),
    ],
)
def test_a_wrong_declaration_is_told_line_by_line_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    # A file of the project is named from its root.
    monkeypatch.setattr(declarations, "ROOT", tmp_path)
    assert old in DECLARATION
    with pytest.raises(DeclarationError) as error:
        read(tmp_path, DECLARATION.replace(old, new, 1))
    assert str(error.value) == f"proef/_proef__sources.yml: proef.rijen:\n{told}"


def test_what_a_source_says_of_itself_is_read(tmp_path: Path) -> None:
    alone = read(tmp_path, DECLARATION)
    named = "  - name: proef\n"
    together = read(tmp_path, DECLARATION.replace(named, f"{named}    config: {{meta: {{together: true}}}}\n"))
    assert [extract.together for each in (alone, together) for extract in each.values()] == [False, True]


def test_a_source_that_is_no_delivery_does_not_hide_the_next(tmp_path: Path) -> None:
    register = "sources:\n  - {name: boek, config: {meta: {register: true}}, tables: [{name: rijen}]}\n"
    assert list(read(tmp_path, DECLARATION.replace("sources:\n", register))) == [("proef", "rijen")]


def test_a_deletion_code_that_is_never_found_is_an_error() -> None:
    columns = [COLUMNS[0], COLUMNS[1] | {"case": "lower"}]
    with pytest.raises(ValueError, match="deletion_code 'V' is not in the case of its column"):
        make_extract(delivery="mutaties", change_column="naam", deletion_code="V", columns=columns)
    assert make_extract(delivery="mutaties", change_column="naam", deletion_code="v", columns=columns)


def test_a_folder_without_declarations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="declares an extract"):
        read_declarations(tmp_path)
