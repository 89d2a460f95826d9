"""What may stand where, as CONTRIBUTING.md shows it: keys as their reader has them, columns of lists as their yml has.

`python -m tests.keys` writes both there; `tests/unit/test_contributing.py` holds the page to them.
"""

import csv
import inspect
import re
from functools import cache
from typing import Any

import yaml

from orchestration.declarations import Column, Extract
from orchestration.paths import ROOT, SEEDS, seed_file

PAGE = ROOT / "CONTRIBUTING.md"
# The lists that an indicator touches, each with the file in which its columns are described.
LISTS = ("indicator", "definitie", "norm", "besluit", "afspraak")
TERM = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", flags=re.DOTALL)
REFERENCE = re.compile(r"{{ *doc\('(\w+)'\) *}}")
# A description that is longer has its first sentence here.
LONGEST = 450
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


@cache
def terms() -> dict[str, str]:
    """The terms that descriptions refer to."""
    files = sorted((ROOT / "dbt_project" / "models").rglob("*.md"))
    return {name: text for file in files for name, text in TERM.findall(file.read_text(encoding="utf-8"))}


@cache
def described() -> dict[str, dict[str, Any]]:
    """What yml says of each list, by its name."""
    return {
        seed["name"]: seed | {"file": file.relative_to(ROOT).as_posix()}
        for file in sorted(SEEDS.rglob("_*.yml"))
        for seed in yaml.safe_load(file.read_text(encoding="utf-8")).get("seeds", ())
    }


def given(column: dict[str, Any], types: dict[str, str]) -> str:
    """Say what may be given in a column of a list, from its tests and its type."""
    for test in column.get("data_tests", ()):
        arguments = next(iter(test.values()))["arguments"] if isinstance(test, dict) else {}
        if "values" in arguments:
            return ", ".join(f"`{value}`" for value in arguments["values"])
        other = re.fullmatch(r"ref\('(\w+)'\)", arguments.get("to", ""))
        if other and (file := seed_file(other[1])).exists():
            return f"one of `{file.name}`"
    name = {"integer": "whole number", "boolean": "`true`, `false`", "date": "day"}
    kind_of = types.get(column["name"], "text")
    return name.get(kind_of, "number" if kind_of.startswith("decimal") else "text")


def example_of(page: str, file: str) -> list[str]:
    """The last row that the page gives of a list."""
    blocks = re.findall(rf"^`{re.escape(file)}`\n\n```csv\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    return [*csv.reader(blocks[-1].splitlines())][-1]


def lists(page: str) -> str:
    """Write the columns of the lists that an indicator touches, as they stand between the other two marks.

    Args:
        page: The page, of which the examples are shown beside the columns.
    """
    parts = []
    for name in LISTS:
        seed, file = described()[name], seed_file(name).relative_to(ROOT).as_posix()
        with (ROOT / file).open(encoding="utf-8", newline="") as stream:
            heading = next(csv.reader(stream))
        columns, types = (
            {each["name"]: each for each in seed["columns"]},
            seed.get("config", {}).get("column_types", {}),
        )
        lines = ["| column | in the example | what is given | meaning |", "|---|---|---|---|"]
        for column, value in zip(heading, example_of(page, file), strict=True):
            text = " ".join(REFERENCE.sub(lambda found: terms()[found[1]], columns[column]["description"]).split())
            meaning = text if len(text) <= LONGEST else text.partition(". ")[0] + ". …"
            cells = (f"`{column}`", value, given(columns[column], types), meaning)
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        parts.append(f"`{file}`, described in `{seed['file']}`:\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def marks(name: str) -> tuple[str, str]:
    """Between which lines of the page a generated part stands."""
    return f"<!-- {name}: python -m tests.keys -->\n", f"<!-- /{name} -->\n"


def on_the_page(page: str, name: str) -> str:
    """Give a generated part as a page has it.

    Args:
        page: The page.
        name: `keys` or `lists`.

    Raises:
        ValueError: The page does not have the marks once each.
    """
    opens, closes = marks(name)
    before, begin, rest = page.partition(opens)
    shown, end, after = rest.partition(closes)
    if not (begin and end) or opens in before + after or closes in before + after:
        raise ValueError(f"{PAGE.name}: {opens.strip()} and {closes.strip()} stand there once each")
    return shown


def main() -> None:
    """Write both on the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, made in (("keys", keys()), ("lists", lists(page))):
        opens, closes = marks(name)
        page = page.replace(f"{opens}{on_the_page(page, name)}{closes}", f"{opens}\n{made}\n{closes}")
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
