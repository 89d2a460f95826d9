"""Scenario files alone: what cannot be said, and what is made of what can, on a small register that is made up here."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.declarations import Extract, read_declarations
from orchestration.demo.generator import read_code_lists
from orchestration.demo.interpreter import Planned
from orchestration.demo.reader import Also, Content, Group, Known, Part, Scenario, ScenarioError, read_scenario
from orchestration.demo.scenario import FOLDER, HOOKS, plan
from orchestration.demo.values import VERBS, calculate

COLUMNS: list[dict[str, Any]] = [
    {"name": "nr", "data_type": "varchar", "required": True, "pattern": "[A-Z]{2}[0-9]{4}"},
    {"name": "soort", "data_type": "varchar", "required": True},
    {"name": "begin_op", "data_type": "date", "required": True},
    {"name": "eind_op", "data_type": "date"},
    {"name": "bedrag", "data_type": "decimal(9,2)"},
    {"name": "eerdere_nr", "data_type": "varchar"},
]
PART: list[dict[str, Any]] = [
    {"name": "nr", "data_type": "varchar", "required": True, "references": "zaken.nr"},
    {"name": "regel", "data_type": "integer", "required": True, "minimum": 1},
]
TOTALS = {("zaken_geteld", "totaal"): {2020: 10, 2021: 20}, ("bedrag_eur", "totaal"): {2020: 1000, 2021: 2000}}
SCENARIO = """
totalen: {zaken: zaken_geteld totaal, euro: bedrag_eur totaal}
leveringen:
  - [2020-12-31, 2021-01-05]
  - [2022-01-01, 2022-01-05]
  - [2022-01-01, 2022-02-05]
extracten:
  zaken:
    hulp: [tot, deel]
    vast:
      nr: {nieuw: true}
      begin_op: {van: begin, tot: einde}
      eind_op: {van: begin_op + 10, tot: begin_op + 300, na_stand_leeg: true}
    groepen:
      telt:
        aantal: zaken
        samen: {bedrag: euro}
        waarden: {soort: A, eerdere_nr: '{nr}'}
        waarvan:
          - {deel: 0.5, waarden: {soort: B}, anders: {waarden: {soort: C}}}
          - {jaren: 2021, aantal: zaken * 0.1, waarden: {eerdere_nr: {vorig_jaar: true}}}
        ook:
          - {extract: delen, keer: 2}
      dubbel:
        aantal: zaken - 5
        jaren: 2021
        waarden: {soort: D, tot: 2022-02-01}
    bekend: {vanaf: begin_op, tot: tot, nog_niet: {eind_op: {eind_op: null}}}
    fouten:
      - {per: nr, deel: 0.2, weg: true}
    past_niet:
      - {nr: fout, soort: null}
  delen:
    hulp: [begin_op]
    vast: {regel: {teller: 1, per: rij}}
    bekend: {vanaf: begin_op}
"""


def declared() -> dict[tuple[str, str], Extract]:
    common = {
        "registration": "proef", "description": "Een rij per proef.", "delivery": "volledig", "cadence": "maand",
        "max_set_aside_pct": 0, "owner": "niemand", "purpose": "proef", "legal_ground": "geen", "retention_years": 1,
        "retention_source": "een proef",
        "delimiter": ";", "encoding": "utf-8", "decimal": ",", "date_format": "%d-%m-%Y",
    }  # fmt: skip
    own = (("delen", PART, ["nr", "regel"]), ("zaken", COLUMNS, ["nr"]))
    return {
        ("proef", name): Extract.model_validate(
            {"name": name, "key": key, "columns": [{"description": "Kolom van de proef."} | each for each in columns]}
            | common
        )
        for name, columns, key in own
    }


def planned(folder: Path, text: str = SCENARIO) -> dict[tuple[str, int], Planned]:
    (folder / "proef.yml").write_text(text, encoding="utf-8")
    made: dict[tuple[str, int], Planned] = {}
    for item in plan(declared(), {}, TOTALS, folder):
        made[item.extract.name, sum(name == item.extract.name for name, _ in made)] = item
    return made


def test_rows_are_as_many_as_the_totals_and_parts_ask(tmp_path: Path) -> None:
    frame = planned(tmp_path)["zaken", 1].frame
    # The second delivery has 4 of every 20 left out, and what was dropped later; see below for the third.
    assert len(frame) == round(0.8 * (10 + 20 + 15)) + 1
    right = planned(tmp_path)["zaken", 2].frame.iloc[:].dropna(subset=["soort"])
    assert Counter(zip(right["soort"], [day.year for day in right["begin_op"]], strict=True)) == {
        ("B", 2020): 5, ("C", 2020): 5, ("B", 2021): 10, ("C", 2021): 10,
    }  # fmt: skip


def test_values_of_a_group_add_up_to_a_total_of_the_year(tmp_path: Path) -> None:
    frame = planned(tmp_path)["zaken", 2].frame.dropna(subset=["soort"])
    for year, total in TOTALS["bedrag_eur", "totaal"].items():
        amounts = [amount for amount, day in zip(frame["bedrag"], frame["begin_op"], strict=True) if day.year == year]
        assert sum(amounts) == Decimal(total)
        assert min(amounts) > 0


def test_a_value_of_the_year_before_is_there_and_used_once(tmp_path: Path) -> None:
    right = planned(tmp_path)["zaken", 2].frame.dropna(subset=["soort"])
    again = right[right["eerdere_nr"] != right["nr"]]
    assert len(again) == 2
    first_year = [day.year == 2020 for day in right["begin_op"]]
    assert set(again["eerdere_nr"]) <= set(right[first_year]["nr"])
    assert again["eerdere_nr"].is_unique


def test_a_delivery_holds_what_was_known_and_the_correction_is_right(tmp_path: Path) -> None:
    made = planned(tmp_path)
    early = made["zaken", 0].frame.iloc[:-1]
    assert len(made["zaken", 0].frame) == 10 + 1
    assert max(early["begin_op"]) <= date(2020, 12, 31)
    assert all(end is None or end <= date(2020, 12, 31) for end in early["eind_op"])
    assert any(end is None for end in early["eind_op"])
    # What was found to be double by February is gone from the correction, and stood in what came before it.
    assert "D" in set(made["zaken", 1].frame["soort"])
    assert "D" not in set(made["zaken", 2].frame["soort"])


def test_rows_of_another_extract_go_with_theirs_and_leave_with_them(tmp_path: Path) -> None:
    made = planned(tmp_path)
    for number in range(3):
        parts, whole = made["delen", number].frame, made["zaken", number].frame
        assert set(parts["nr"]) <= set(whole["nr"])
        assert set(Counter(parts["nr"]).values()) == {2}
        assert set(parts["regel"]) == {1, 2}
    assert len(made["delen", 2].frame) == 2 * 30
    assert len(made["delen", 1].frame) < 2 * 30


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("aantal: zaken\n", "aantall: zaken\n", "extracten.zaken.groepen.telt.aantall: Extra inputs"),
        ("leveringen:", "leveringen: morgen\nx:", "leveringen: Input should be a valid list"),
        ("{nieuw: true}", "{nieuwe: true}", "vast.nr: geen recept, want nieuwe is geen van code, van"),
        ("{van: begin, tot: einde}", "{van: begin}", "extracten.zaken.vast.begin_op.tot: Field required"),
        ("soort: A,", "soort: ON,", "groepen.telt.waarden.soort: on, off, yes en no zonder aanhalingstekens"),
        ("zaken_geteld totaal", "zaken totaal", "groepen.telt: 'zaken totaal' is geen totaal van scenario.csv"),
        ("aantal: zaken\n", "aantal: zakken\n", "groepen.telt: 'zakken' is geen totaal"),
        ("jaren: 2021, aantal", "jaren: 2020, aantal", "telt: eerdere_nr: het jaar voor 2020"),
        ("deel: 0.5", "aantal: 25", "groepen.telt: waarvan: 25 van 10 in 2020"),
        ("eind_op: {van: begin_op", "eind: {van: begin_op", "zaken.vast: eind is geen kolom en staat niet in hulp"),
        ("{per: nr", "{per: nummer", "zaken.fouten.0.per: nummer is geen kolom"),
        ("{extract: delen", "{extract: deel", "groepen.telt.ook.0: deel is geen extract; wel delen, zaken"),
        ("begin_op + 10", "begin_op plus 10", "groepen.telt: 'begin_op plus 10' is geen dag"),
        ("totalen: {", "totalen: [", "niet te lezen"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_with_file_and_key(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in SCENARIO
    with pytest.raises(ScenarioError) as caught:
        planned(tmp_path, SCENARIO.replace(right, wrong, 1))
    assert str(caught.value).startswith("proef.yml: ")
    assert message in str(caught.value)


def test_an_extract_can_be_like_that_of_another_file(tmp_path: Path) -> None:
    (tmp_path / "basis.yml").write_text(SCENARIO, encoding="utf-8")
    own = {"zaken": {"net_als": "basis.zaken", "vast": {"soort": "Z"}, "past_niet": []}}
    file = tmp_path / "eigen.yml"
    file.write_text(yaml.safe_dump({"extracten": own}), encoding="utf-8")
    base, made = read_scenario(tmp_path / "basis.yml").extracten["zaken"], read_scenario(file).extracten["zaken"]
    assert made.vast == base.vast | {"soort": "Z"}
    assert (made.bekend, made.fouten) == (base.bekend, base.fouten)
    assert (made.groepen, made.past_niet) == ({}, [])


def test_a_calculation_is_a_sum_of_products() -> None:
    names = {"alle": Decimal(10), "deel": Decimal(4)}
    # 10 - 4 x 0.5 + 3, and 0 - 4.
    assert calculate("alle - deel * 0.5 + 3", names.__getitem__) == Decimal(11)
    assert calculate("0 - deel", names.__getitem__) == Decimal(-4)


def test_the_readme_explains_every_key_and_recipe() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    keys = {name for part in (Scenario, Content, Group, Part, Also, Known) for name in part.model_fields}
    assert {key for key in keys if f"`{key}" not in readme} == set()
    assert {verb for verb in VERBS if f"{{{verb}: " not in readme} == set()


def test_every_registration_has_a_scenario_file_and_every_hook_one() -> None:
    extracts = read_declarations()
    registrations = {registration for registration, _ in extracts}
    assert {file.stem for file in FOLDER.glob("*.yml")} == registrations
    assert HOOKS.keys() <= registrations


def test_the_interpreter_names_nothing_of_the_content() -> None:
    """No code, extract or column of a declaration, and no total, stands as a text in its modules."""
    extracts = read_declarations()
    content = {name for pair in extracts for name in pair}
    content |= {column.name for extract in extracts.values() for column in extract.columns}
    content |= {code for codes in read_code_lists(extracts).values() for code in codes if len(code) > 1}
    for module in ("generator", "interpreter", "reader", "tables", "values"):
        text = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
        assert {name for name in content if f'"{name}"' in text} == set(), module


def test_the_same_scenario_gives_the_same_rows(tmp_path: Path) -> None:
    first, second = planned(tmp_path), planned(tmp_path)
    assert len(first) == 6
    assert all(first[key].frame.equals(second[key].frame) for key in first)
