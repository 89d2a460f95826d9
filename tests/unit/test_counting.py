"""What counts, held against dbt's graph: who is collected, by which rules, and what it looks at.

The compilation fails too where a counting model is forgotten; here it is told in seconds, and without a warehouse.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from orchestration.transformation import manifest_file
from tests.unit.conftest import seed

COLLECTED = "model.veiligheidsagenda.int_tellingen_verzameld"
FOLLOWED = "model.veiligheidsagenda.base_leveringen__rijen"
CHOICE = re.compile(r"gekozen_lijst\('(\w+)'(?:, '(\w+)')?\)")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return json.loads(manifest_file().read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def metas(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the models that count say of themselves."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return {node["name"]: meta for node in models if (meta := node["config"]["meta"]).get("telt")}


@pytest.fixture(scope="module")
def counting(metas: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The models that count, each with the model of its definition: itself, or the one that it splits."""
    return {name: meta.get("splitst", name) for name, meta in metas.items()}


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


def delivered_to(manifest: dict[str, Any], model: str) -> list[dict[str, Any]]:
    """The delivered extracts that a model looks at, as the sources of dbt."""
    read = {name for node in upstream(manifest, model) for name in node["depends_on"]["nodes"]}
    sources = [manifest["sources"][name] for name in read if name in manifest["sources"]]
    return [source for source in sources if source["config"]["meta"].get("delivery")]


def test_what_counts_is_collected_and_what_is_collected_counts(
    manifest: dict[str, Any], counting: dict[str, str]
) -> None:
    read = [
        manifest["nodes"][name]["name"]
        for name in manifest["nodes"][COLLECTED]["depends_on"]["nodes"]
        if "int_" in name and "/agenda/" not in manifest["nodes"][name]["original_file_path"]
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


def test_each_model_reads_its_own_definitions_and_names_each_rule_that_it_knows(
    manifest: dict[str, Any], metas: dict[str, dict[str, Any]]
) -> None:
    """A definition with a rule that its model only says that it knows would publish a zero."""
    for name, meta in metas.items():
        if "splitst" in meta:
            assert meta.keys().isdisjoint({"telregels", "telt_vaker"})
            continue
        sql = "\n".join(node["raw_code"] for node in upstream(manifest, name))
        assert set(re.findall(r"definities_van\('(\w+)'\)", sql)) == {name}
        assert meta["telregels"], f"{name} knows no rule"
        assert set(meta.get("telt_vaker", [])) <= set(meta["telregels"])
        assert {rule for rule in meta["telregels"] if f"'{rule}'" not in sql} == set(), (
            f"rules that {name} does not name"
        )


def rules_given(sql: str) -> Iterator[str]:
    """The rules that SQL itself gives: as a whole, or as an outcome of a `case` of which the column is one of rules."""
    for column in re.finditer(r"(?:\b(end)|'(\w+)')\s+as \w*regel_code\b", sql):
        if column[2]:
            yield column[2]
            continue
        depth = 0
        for word in reversed(list(re.finditer(r"\b(?:case|end)\b", sql[: column.end(1)]))):
            depth += 1 if word[0] == "end" else -1
            if depth == 0:
                yield from re.findall(r"\b(?:then|else)\s+'(\w+)'", sql[word.start() : column.end(1)])
                break


def test_each_rule_that_a_model_gives_is_in_the_list(manifest: dict[str, Any]) -> None:
    """One that is misspelled would be found by the first rows that it judges, and their delivery be held for it."""
    known, given = {row["regel_code"] for row in seed("regel")}, set[str]()
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            found = set(rules_given(node["raw_code"]))
            assert found <= known, f"{node['original_file_path']}: staat niet in de lijst regel (seeds)"
            given |= found
    assert len(given) > 40
    nested = "case when a then 'x' when b then case when c then 'y' else 'z' end end as teller_regel_code"
    assert [*rules_given(f"case when d then 'q' end as soort, {nested}, 'w' as regel_code")] == ["x", "y", "z", "w"]


def test_each_figure_rests_on_a_delivery_that_its_model_looks_at(
    manifest: dict[str, Any], metas: dict[str, dict[str, Any]]
) -> None:
    """What a model looks at without resting on it is said in its yml, and is said of what it does look at."""
    counted = defaultdict(set)
    for row in seed("definitie"):
        counted[row["telmodel"]].add(row["indicator_code"])
    only = 0
    for name in counted:
        looked_at = {f"{source['source_name']}.{source['name']}" for source in delivered_to(manifest, name)}
        beside = {indicator: set(extracts) for indicator, extracts in metas[name].get("bekijkt_alleen", {}).items()}
        assert beside.keys() <= counted[name]
        assert looked_at
        assert all(extracts < looked_at for extracts in beside.values()), f"{name} does not look at {beside}"
        only += len(beside)
    assert only > 2


def test_each_choice_of_a_list_is_one_that_can_be_read_off(manifest: dict[str, Any]) -> None:
    """Which lists judge a figure is read off the SQL: a choice that is written otherwise would go unnamed."""
    sql = [node["raw_code"] for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    chosen = [code or name for text in sql for name, code in CHOICE.findall(text)]
    assert len(chosen) == sum(text.count("gekozen_lijst(") for text in sql) > 5
    assert set(chosen) == {row["lijst_code"] for row in seed("lijst_versie")}


def test_the_rows_of_every_declared_extract_can_be_followed(manifest: dict[str, Any]) -> None:
    """Adjustments and origin read one view of all delivered rows; an extract that is not in it has neither."""
    followed = {name for name in manifest["nodes"][FOLLOWED]["depends_on"]["nodes"] if ".leveringen." not in name}
    delivered = {name for name, source in manifest["sources"].items() if source["config"]["meta"].get("delivery")}
    assert len(delivered) > 15
    assert followed == delivered


def test_of_each_register_behind_an_indicator_it_is_known_which_years_have_rows(
    manifest: dict[str, Any], metas: dict[str, dict[str, Any]]
) -> None:
    """One that is forgotten would seem to have no row in any year, and every figure that rests on it would be empty."""
    read = manifest["nodes"]["model.veiligheidsagenda.int_jaren_met_rijen"]["depends_on"]["nodes"]
    known = {
        manifest["sources"][name]["source_name"]
        for model in read
        for name in manifest["nodes"][model]["depends_on"]["nodes"]
        if name in manifest["sources"] and ".stg_" in model
    }
    # Of a file that is complete for a period, the periods themselves are looked at.
    asked = {
        source["source_name"]
        for name in metas
        for source in delivered_to(manifest, name)
        if source["config"]["meta"]["delivery"] != "periode"
    }
    assert len(asked) > 10
    # What is only looked at beside a figure needs no years.
    beside = [
        extract for meta in metas.values() for only in meta.get("bekijkt_alleen", {}).values() for extract in only
    ]
    assert asked - known <= {extract.split(".")[0] for extract in beside}


WITH_YEARS = re.compile(r"(\w+) as \(\s*{{ (?:gekozen_lijst|eenheden_per_jaar|definities_van|jaarvakken)\(")


def test_what_holds_for_some_years_is_taken_for_those_alone(manifest: dict[str, Any]) -> None:
    """A list or a definition of which the years are forgotten would judge, or count, a row once for each version."""
    looked_at = 0
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        sql = node["raw_code"]
        for name in WITH_YEARS.findall(sql):
            aliases = {alias or name for alias in re.findall(rf"(?:from|join) {name}\b(?: as (\w+))?", sql)}
            assert aliases, f"{node['name']} does not read {name}"
            for alias in aliases:
                looked_at += 1
                assert (
                    f"in_zijn_jaren('{alias}'" in sql
                    or f"{alias}.jaar_tot" in sql
                    or re.search(rf"jaar_tot\s+from {alias}\b|from {alias}\n(?:--.*\n)?.*\bjaar_(?:van|tot)\b", sql)
                ), f"{node['name']} takes {alias} for every year"
    assert looked_at > 50
