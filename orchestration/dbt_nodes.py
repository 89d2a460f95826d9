"""What dbt says of its seeds, models and tests in its manifest, for who shows them.

Only reading, of what `transformation` brought about; neither dbt nor Dagster is imported.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Key = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """A column as it is declared.

    Args:
        name: Its name.
        data_type: The declared type, or a question mark where dbt infers it from the file.
        description: What it means, in Dutch.
    """

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Node:
    """A seed or a model.

    Args:
        unique_id: As dbt names it.
        key: Schema and name in the warehouse.
        layer: Folder of a model below the models; `seeds` of a seed.
        group: The group in which Dagster shows it.
        description: What it holds, in Dutch.
        checksum: Of its source file.
        columns: In order.
        parents: Schema and name, or source and table, of what it reads.
        tests: Names of its data tests, by unique_id.
        unique: Columns that tell its rows apart, as its test of them says; empty where it has none.
        references: By column the model and its column in which every value stands.
    """

    unique_id: str
    key: Key
    layer: str
    group: str
    description: str
    checksum: str
    columns: tuple[Column, ...]
    parents: tuple[Key, ...]
    tests: Mapping[str, str]
    unique: tuple[str, ...] = ()
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A rule over models that is a query of its own.

    Args:
        name: Its name, a sentence.
        description: What it holds, in Dutch.
        about: Names of the models and seeds that it reads.
    """

    name: str
    description: str
    about: tuple[str, ...]


def read_nodes(manifest: Path) -> dict[str, Node]:
    """Read the seeds and models.

    Args:
        manifest: Path of `manifest.json`.

    Returns:
        Seeds and models by unique_id, in the order of the manifest.
    """
    content = json.loads(manifest.read_text(encoding="utf-8"))
    nodes = content["nodes"]
    keys = {name: (source["source_name"], source["name"]) for name, source in content["sources"].items()}
    keys |= {name: (node["schema"], node["name"]) for name, node in nodes.items()}
    tests: dict[str, dict[str, str]] = {}
    unique: dict[str, tuple[str, ...]] = {}
    references: dict[str, dict[str, tuple[str, str]]] = {}
    for name, node in nodes.items():
        if node["resource_type"] == "test":
            tests.setdefault(_tested(node), {})[name] = node["name"]
            asked: dict[str, Any] = node.get("test_metadata") or {"name": ""}
            if asked["name"] == "unieke_sleutel":
                unique.setdefault(_tested(node), tuple(asked["kwargs"]["kolommen"]))
            elif asked["name"] == "relationships":
                other = re.sub(r"^.*ref\(['\"](\w+)['\"]\).*$", r"\1", asked["kwargs"]["to"])
                target = (other, asked["kwargs"]["field"])
                references.setdefault(_tested(node), {})[asked["kwargs"]["column_name"]] = target
    return {
        name: Node(
            unique_id=name,
            key=keys[name],
            layer="seeds" if node["resource_type"] == "seed" else node["fqn"][1],
            group=node["config"]["meta"]["dagster"]["group"],
            description=node["description"],
            checksum=node["checksum"]["checksum"],
            columns=tuple(_column(node, column) for column in node["columns"].values()),
            parents=tuple(keys[parent] for parent in node["depends_on"].get("nodes", ())),
            tests=tests.get(name, {}),
            unique=unique.get(name, ()),
            references=references.get(name, {}),
        )
        for name, node in nodes.items()
        if node["resource_type"] in ("seed", "model")
    }


def read_rules(manifest: Path) -> list[Rule]:
    """Read the rules over models that are a query of their own.

    Args:
        manifest: Path of `manifest.json`.

    Returns:
        The rules, by name.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    rules = [
        Rule(node["name"], node["description"], tuple(_name(each) for each in node["depends_on"]["nodes"]))
        for node in nodes.values()
        if node["resource_type"] == "test" and not node.get("test_metadata")
    ]
    return sorted(rules, key=lambda rule: rule.name)


def _name(unique_id: str) -> str:
    return unique_id.rpartition(".")[2]


def _tested(test: Mapping[str, Any]) -> str:
    """The node that a test is about: that of its column or table, unless it is a list that is held against a model.

    One that stands in a file of its own, and one of a list that needs a model, is about the first model that it reads.
    """
    parents: Sequence[str] = test["depends_on"]["nodes"]
    models = [parent for parent in parents if parent.startswith("model.")]
    attached = test.get("attached_node")
    return attached if attached and (attached in models or not models) else [*models, *parents][0]


def _column(node: Mapping[str, Any], column: Mapping[str, Any]) -> Column:
    data_type = column.get("data_type") or node["config"]["column_types"].get(column["name"])
    return Column(column["name"], data_type or "?", column["description"])
