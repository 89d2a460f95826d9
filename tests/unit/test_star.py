"""What a BI user can join: a name for every code, a table for every key, one type for every kind of column.

The properties of the marts are read as YAML, without dbt; that the rows keep to it is tested by dbt, each night.
"""

import re
from typing import Any

import pytest
import yaml

from orchestration.paths import ROOT
from tests.unit.conftest import seed

MARTS = ROOT / "dbt_project" / "models" / "marts"
# For one release beside the table that took its place, with the names of before.
OLD_NAMES = {"levering"}
# What a column points to that is a table of its own: the name and the rest stand there.
KEYS = {
    "agenda_code": "dim_agenda",
    "aandachtsgebied_code": "dim_aandachtsgebied",
    "afspraak_code": "dim_afspraak",
    "definitie_versie": "dim_definitie",
    "eenheid_code": "dim_eenheid",
    "indicator_code": "dim_indicator",
    "lijst_versie": "dim_lijst_versie",
    "rapportagemoment_code": "dim_rapportagemoment",
    "samen_lezen_met": "dim_indicator",
    "trendbreuk_code": "dim_trendbreuk",
    "uitsplitsing_key": "dim_code",
    "deel_indicator_code": "dim_indicator",
    "waarvan": "dim_indicator",
}
# The keys that play a part of their own in a table, and are not its key.
ROLES = {"deel_indicator_code", "samen_lezen_met", "uitsplitsing_key", "waarvan"}
# Words for people, and marks that are not chosen from a list.
WORDS = {
    "afspraak",
    "bestand",
    "keten_sha256",
    "lijst_versies",
    "paragraaf",
    "parameterwaarden",
    "referentie",
    "rapportagemomenten",
    "rekenwijze",
    "vingerafdruk",
    # What a code means, beside the code or in its place.
    "geen_bedrag",
    "geen_cijfer",
    "geen_norm",
    "geen_vergelijking",
    "norm_in_woorden",
    "oordeel_toelichting",
    "status",
    "oorzaak",
    "regel",
    "verklaring",
    # What a reader must know.
    "reden",
    "behandeling",
    "beperkingen",
    "beslist_door",
    "bewaakt_door",
    "bron",
    "bronregister",
    "definitie",
    "dekking",
    "drager",
    "eenheden_onder_minimum",
    "eigenaar",
    "geen_indicator_reden",
    "gremium",
    "kanttekening",
    "kanttekening_beslag",
    "kwaliteit_bron",
    "leverancier",
    "levering_oordeel_reden",
    "omschrijving",
    "populatie",
    "streefcijfer_bron",
    "toelichting",
    "toets",
    "vertraging",
    "verwijderd_reden",
}


@pytest.fixture(scope="module")
def columns() -> dict[tuple[str, str], dict[str, Any]]:
    """Every column of every mart: its properties by mart and name."""
    found = {}
    for file in sorted(MARTS.glob("*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            if model["name"] not in OLD_NAMES:
                found |= {(model["name"], column["name"]): column for column in model["columns"]}
    return found


def is_code(column: dict[str, Any]) -> bool:
    """Whether the rows are held against dim_code."""
    tests = column.get("data_tests", [])
    return any(test == "code_met_naam" or "code_met_naam" in test for test in tests)


def test_each_text_is_a_code_with_a_name_or_the_key_of_a_table_or_words(
    columns: dict[tuple[str, str], dict[str, Any]],
) -> None:
    texts = {at: column for at, column in columns.items() if column["data_type"] == "varchar" and at[0] != "dim_code"}
    codes = {at for at, column in texts.items() if is_code(column)}
    keys = {at for at in texts if at[1] in KEYS} - codes
    words = {at for at in texts if at[1] in WORDS or at[1].endswith("_naam")}

    assert len(codes) > 60
    assert sorted(set(texts) - codes - keys - words) == [], "neither a code, nor a key, nor words"
    assert sorted(codes & words) == [], "both a code and words"
    assert WORDS - {name for _, name in words} == set(), "words that no mart has"


def test_each_key_is_that_of_a_table_that_is_published(columns: dict[tuple[str, str], dict[str, Any]]) -> None:
    keys = {at: KEYS[at[1]] for at in columns if at[1] in KEYS}

    assert set(keys.values()) == set(KEYS.values())
    of_table = {table for key, table in KEYS.items() if (table, key) in columns and key not in ROLES}
    of_table |= {"dim_code"} if ("dim_code", "code_key") in columns else set()
    assert {table for table in keys.values() if table not in of_table} == set()


def test_a_column_has_one_type_wherever_it_stands(columns: dict[tuple[str, str], dict[str, Any]]) -> None:
    types: dict[str, set[str]] = {}
    for (_, name), column in columns.items():
        types.setdefault(name, set()).add(column["data_type"])

    assert types["jaar"] == {"integer"}
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_each_thing_that_may_be_added_up_has_a_column_of_its_own() -> None:
    flat = (MARTS / "rpt_voortgang.sql").read_text(encoding="utf-8")
    counted = set(re.findall(r"^    \('\w+', '(\w+)', '(\w+)'\),$", flat, flags=re.MULTILINE))
    shares = set(re.findall(r"^    '(\w+)',$", flat, flags=re.MULTILINE))
    indicators = seed("indicator")
    things = {
        (row["thema_code"], row["eenheid_van_maat"]) for row in indicators if row["meetwijze"] in ("aantal", "som")
    }

    # By these rules what counts may count in more years than one, so that there is nothing to add up.
    repeated = {("ondermijning", "onderzoek"), ("mensenhandel", "slachtoffer"), ("cybercrime", "verdachte")}
    assert len(things) > 10
    assert things - repeated == counted
    assert {row["indicator_code"] for row in indicators if row["meetwijze"] == "aandeel"} == {
        f"{share}_pct" for share in shares
    }
