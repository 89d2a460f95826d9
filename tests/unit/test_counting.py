"""What counts, held against dbt's graph: who is collected, by which rules, and on which deliveries and lists it rests.

The compilation fails too where a counting model is forgotten; here it is told in seconds, and without a warehouse.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from orchestration.transformation import manifest_file
from tests.unit.conftest import seed

COLLECTED = "model.veiligheidsagenda.int_tellingen_verzameld"
FOLLOWED = "model.veiligheidsagenda.base_leveringen__rijen"
# What a model reads and a figure does not rest on: whether a year is known does not follow from it.
BESIDE = {
    # One model makes both, each from its own extract.
    "complexe_onderzoeken_mensenhandel": {("mensenhandel_onderzoeken", "interventies")},
    "interventies_mensenhandel": {("mensenhandel_onderzoeken", "onderzoeken")},
    # The other deliverers only say that an object is counted with one of them.
    "beslag_conservatoir_politie_eur": {
        ("cjib_incasso", "incasso"),
        ("fiscaal_afpakken", "vorderingen"),
        ("bestuurlijk_afpakken", "maatregelen"),
    },
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads(manifest_file().read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def counting(manifest: dict[str, Any]) -> dict[str, str]:
    """The models that say that they count, each with the model of its definition: itself, or the one that it splits."""
    metas = {
        node["name"]: node["config"]["meta"] for node in manifest["nodes"].values() if node["resource_type"] == "model"
    }
    return {name: meta.get("splitst", name) for name, meta in metas.items() if meta.get("telt")}


def upstream(manifest: dict[str, Any], model: str) -> Iterator[dict[str, Any]]:
    """A model, and those below it that judge or rename rows; not those that choose definitions, lists and years."""
    models = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    ahead, seen = [f"model.veiligheidsagenda.{model}"], set()
    while ahead:
        name = ahead.pop()
        node = models.get(name)
        if node is None or name in seen or "/agenda/" in node["original_file_path"] or node["name"].startswith("base_"):
            continue
        seen.add(name)
        ahead += node["depends_on"]["nodes"]
        yield node


def differences(said: Mapping[str, set], found: Mapping[str, set]) -> dict[str, set]:
    """Of each indicator what stands in the list and not in the graph, or in the graph and not in the list."""
    return {code: odd for code in {*said, *found} if (odd := said.get(code, set()) ^ found.get(code, set()))}


def test_what_counts_is_collected_and_what_is_collected_counts(
    manifest: dict[str, Any], counting: dict[str, str]
) -> None:
    read = [
        manifest["nodes"][name]["name"]
        for name in manifest["nodes"][COLLECTED]["depends_on"]["nodes"]
        if "int_" in name
    ]
    assert sorted(read) == sorted(counting)
    assert len(counting) > 15
    assert all(
        manifest["nodes"][f"model.veiligheidsagenda.{name}"]["config"]["contract"]["enforced"] for name in counting
    )


def test_what_counts_has_an_indicator_and_what_splits_has_that_of_another(counting: dict[str, str]) -> None:
    made = {row["telmodel"] for row in seed("definitie")}
    assert {name for name, model in counting.items() if name == model} == made
    assert set(counting.values()) == made
    assert {row["telmodel"] for row in seed("telregel")} == made


def test_each_model_reads_its_own_definitions_and_names_each_rule_that_it_knows(
    manifest: dict[str, Any], counting: dict[str, str]
) -> None:
    rules = defaultdict(set)
    for row in seed("telregel"):
        rules[row["telmodel"]].add(row["telregel"])
    for name, model in counting.items():
        if name != model:
            continue
        sql = "\n".join(node["raw_code"] for node in upstream(manifest, name))
        assert set(re.findall(r"definities_van\('(\w+)'\)", sql)) == {name}
        assert {rule for rule in rules[name] if f"'{rule}'" not in sql} == set(), f"rules that {name} does not name"


def test_each_figure_rests_on_the_deliveries_that_its_model_looks_at(
    manifest: dict[str, Any], counting: dict[str, str]
) -> None:
    """Zero is published where all of them cover a year; with one too few, also for a year that nobody looked at."""
    rests_on = defaultdict(set)
    for row in seed("indicator_bron"):
        rests_on[row["indicator_code"]].add((row["registratie"], row["extract"]))
    looked_at = {}
    for model in set(counting.values()):
        sources = {
            name
            for node in upstream(manifest, model)
            for name in node["depends_on"]["nodes"]
            if name in manifest["sources"]
        }
        named = {(manifest["sources"][name]["source_name"], manifest["sources"][name]["name"]) for name in sources}
        looked_at[model] = {source for source in named if source[0] != "leveringen"}
    models = {row["indicator_code"]: row["telmodel"] for row in seed("definitie")}
    assert all(looked_at.values())
    found = {code: looked_at[model] - BESIDE.get(code, set()) for code, model in models.items()}
    assert differences(rests_on, found) == {}
    assert all(BESIDE[code] < looked_at[models[code]] for code in BESIDE)


def test_each_figure_names_the_lists_by_which_its_model_judges(
    manifest: dict[str, Any], counting: dict[str, str]
) -> None:
    named = defaultdict(set)
    for row in seed("indicator_lijst"):
        named[row["indicator_code"]].add(row["lijst_code"])
    used = defaultdict(set)
    for name, model in counting.items():
        for node in upstream(manifest, name):
            for list_seed, code in re.findall(r"gekozen_lijst\('(\w+)'(?:, '(\w+)')?\)", node["raw_code"]):
                used[model].add(code or list_seed)
    models = {row["indicator_code"]: row["telmodel"] for row in seed("definitie")}
    assert len(used) > 5
    assert differences(named, {code: used[model] for code, model in models.items()}) == {}


def test_the_rows_of_every_declared_extract_can_be_followed(manifest: dict[str, Any]) -> None:
    """Adjustments and origin read one view of all delivered rows; an extract that is not in it has neither."""
    followed = {name for name in manifest["nodes"][FOLLOWED]["depends_on"]["nodes"] if ".leveringen." not in name}
    delivered = {name for name, source in manifest["sources"].items() if source["config"]["meta"].get("delivery")}
    assert len(delivered) > 15
    assert followed == delivered
