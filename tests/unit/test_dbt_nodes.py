"""What is read from dbt's manifest, on a small one of the test's own."""

import json
from pathlib import Path
from typing import Any

from orchestration.dbt_nodes import Column, Node, Rule, read_nodes, read_rules


def node(kind: str, name: str, *parents: str, **more: Any) -> dict[str, Any]:
    return {
        "resource_type": kind,
        "name": name,
        "schema": {"seed": "seeds", "model": "marts", "test": "afwijkingen"}[kind],
        "fqn": ["project", "marts", name],
        "description": f"Wat {name} is.",
        "config": {"meta": {"dagster": {"group": "groep"}}, "column_types": {"jaar": "integer"}},
        "checksum": {"checksum": f"som van {name}"},
        "columns": {},
        "depends_on": {"nodes": list(parents)} if kind != "seed" else {"macros": []},
        **more,
    }


def test_nodes_have_their_parents_columns_and_tests(tmp_path: Path) -> None:
    columns = {
        "jaar": {"name": "jaar", "data_type": None, "description": "Het jaar."},
        "code": {"name": "code", "data_type": None, "description": "De code."},
    }
    typed = {"jaar": {"name": "jaar", "data_type": "bigint", "description": "Het jaar."}}
    manifest = tmp_path / "manifest.json"
    content = {
        "sources": {"source.p.om.beslag": {"source_name": "om", "name": "beslag"}},
        "nodes": {
            "seed.p.norm": node("seed", "norm", columns=columns),
            "model.p.fct": node("model", "fct", "seed.p.norm", "source.p.om.beslag", columns=typed),
            "test.p.a": node("test", "a", "model.p.fct", "seed.p.norm", attached_node="seed.p.norm"),
            "test.p.b": node("test", "b", "seed.p.norm", "model.p.fct", attached_node=None),
            "test.p.c": node("test", "c", "seed.p.norm"),
        },
    }
    manifest.write_text(json.dumps(content))

    assert list(read_nodes(manifest).values()) == [
        Node(
            unique_id="seed.p.norm",
            key=("seeds", "norm"),
            layer="seeds",
            group="groep",
            description="Wat norm is.",
            checksum="som van norm",
            columns=(Column("jaar", "integer", "Het jaar."), Column("code", "?", "De code.")),
            parents=(),
            tests={"test.p.c": "c"},
        ),
        Node(
            unique_id="model.p.fct",
            key=("marts", "fct"),
            layer="marts",
            group="groep",
            description="Wat fct is.",
            checksum="som van fct",
            columns=(Column("jaar", "bigint", "Het jaar."),),
            parents=(("seeds", "norm"), ("om", "beslag")),
            # Of a list held against a model, and of no one node: a list has no check in which either could be told.
            tests={"test.p.a": "a", "test.p.b": "b"},
        ),
    ]


def test_keys_and_references_are_read_off_their_tests_and_rules_are_the_other_tests(tmp_path: Path) -> None:
    def asked(kind: str, **kwargs: Any) -> dict[str, Any]:
        return {"attached_node": "model.p.fct", "test_metadata": {"name": kind, "kwargs": kwargs}}

    key = asked("unieke_sleutel", kolommen=["norm_code", "jaar"])
    second = asked("unieke_sleutel", kolommen=["volgorde"])
    reference = asked("relationships", to="ref('norm')", field="code", column_name="norm_code")
    manifest = tmp_path / "manifest.json"
    content = {
        "sources": {},
        "nodes": {
            "seed.p.norm": node("seed", "norm"),
            "model.p.fct": node("model", "fct", "seed.p.norm"),
            "test.p.a": node("test", "a", "model.p.fct", **key),
            "test.p.b": node("test", "b", "model.p.fct", **second),
            "test.p.c": node("test", "c", "seed.p.norm", "model.p.fct", **reference),
            "test.p.regel": node("test", "een_regel", "model.p.fct", "seed.p.norm"),
        },
    }
    manifest.write_text(json.dumps(content))

    read = read_nodes(manifest)
    # The first that is declared is the grain.
    assert read["model.p.fct"].unique == ("norm_code", "jaar")
    assert read["model.p.fct"].references == {"norm_code": ("norm", "code")}
    assert (read["seed.p.norm"].unique, read["seed.p.norm"].references) == ((), {})
    assert read_rules(manifest) == [Rule("een_regel", "Wat een_regel is.", ("fct", "norm"))]
