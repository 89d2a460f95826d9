"""The list of keys of a declaration, as CONTRIBUTING.md shows it, made from the reader of declarations.

`python -m tests.keys` writes it there; `tests/unit/test_contributing.py` holds the page to it.
"""

import inspect
import re
from typing import Any

import yaml

from orchestration.declarations import Column, Extract
from orchestration.paths import ROOT

PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- keys: python -m tests.keys -->\n", "<!-- /keys -->\n"
# What dbt itself has a place for; every other key stands in `config.meta`.
OF_DBT = ("registration", "name", "description", "data_type", "columns")
OF_THE_SOURCE = ("together",)


def explained(model: type[Extract] | type[Column]) -> dict[str, str]:
    """Read what the docstring of a model says of each of its fields.

    Args:
        model: What a declaration becomes.

    Returns:
        The text of each field, on one line.
    """
    _, _, arguments = inspect.cleandoc(model.__doc__ or "").partition("Args:\n")
    found = re.findall(r"^    (\w+): (.*(?:\n {5,}.*)*)", arguments, flags=re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def kind(schema: dict[str, Any]) -> str:
    """Say what may be given, from the JSON schema of a field."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(part) for part in schema["anyOf"] if part != {"type": "null"}))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema["type"] == "array":
        return f"list of {kind(schema['items'])}"
    if schema["type"] == "object":
        return f"{kind(schema['additionalProperties'])} by number"
    if schema.get("format") == "date":
        return "day"
    name = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`"}
    told = "one sign" if schema.get("maxLength") == 1 else name[schema["type"]]
    if "minimum" in schema:
        told += f", {schema['minimum']} to {schema['maximum']}" if "maximum" in schema else f" from {schema['minimum']}"
    return told


def default(model: type[Extract] | type[Column], name: str) -> str:
    """Say what holds where a key is not given."""
    field = model.model_fields[name]
    if field.is_required():
        return "must be given"
    if field.default in (None, "", {}):
        return ""
    return f"`{yaml.safe_dump(field.default, default_flow_style=True).removesuffix('...' + chr(10)).strip()}`"


def table(model: type[Extract] | type[Column], names: list[str]) -> str:
    """Write some keys of a model as a table.

    Args:
        model: What a declaration becomes.
        names: The keys, in the order in which they are shown.

    Returns:
        The table in Markdown; a sign that would end its cell is escaped.

    Raises:
        KeyError: The docstring of the model says nothing of a key.
    """
    told, properties = explained(model), model.model_json_schema()["properties"]
    rows = [(f"`{name}`", kind(properties[name]), default(model, name), told[name]) for name in names]
    lines = ["| key | what is given | where it is not | meaning |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)])


def keys() -> str:
    """Write the whole list, as it stands between the two marks on the page."""
    declared = [name for name in Extract.model_fields if name not in (*OF_DBT, *OF_THE_SOURCE)]
    of_column = [name for name in Column.model_fields if name not in OF_DBT]
    parts = (
        ("`config.meta` of the source, for all its extracts:", table(Extract, list(OF_THE_SOURCE))),
        ("`config.meta` of a source table, which is one extract:", table(Extract, declared)),
        ("`config.meta` of a column, beside its `name`, `data_type` and `description`:", table(Column, of_column)),
    )
    return "\n\n".join(f"{place}\n\n{shown}" for place, shown in parts) + "\n"


def on_the_page(page: str) -> str:
    """Give the list as a page has it.

    Raises:
        ValueError: The page does not have the marks once each.
    """
    before, begin, rest = page.partition(BEGIN)
    shown, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in before + after or END in before + after:
        raise ValueError(f"{PAGE.name}: {BEGIN.strip()} and {END.strip()} stand there once each")
    return shown


def main() -> None:
    """Write the list on the page."""
    page = PAGE.read_text(encoding="utf-8")
    shown = f"{BEGIN}{on_the_page(page)}{END}"
    PAGE.write_text(page.replace(shown, f"{BEGIN}\n{keys()}\n{END}"), encoding="utf-8")


if __name__ == "__main__":
    main()
