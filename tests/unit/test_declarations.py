"""The strict reader: what the project declares, and what a wrong declaration is told."""

from pathlib import Path

import pytest
import yaml

from orchestration.declarations import DeclarationError, read_declarations
from orchestration.paths import STAGING


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


def test_a_folder_without_declarations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="declares an extract"):
        read_declarations(tmp_path)
