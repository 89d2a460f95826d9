"""What a BI user reads about a model, a seed or a column: that it is there, and that a term is said once.

The properties are read as YAML, without dbt, so that a fault shows in a second and names its file.
"""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.paths import ROOT, SEEDS

MODELS = ROOT / "dbt_project" / "models"
TESTS = ROOT / "dbt_project" / "tests"
GLOSSARY = MODELS / "_woordenlijst.md"
BLOCK = re.compile(r"\{%\s*docs\s+(\w+)\s*%\}(.*?)\{%\s*enddocs\s*%\}", re.DOTALL)
REFERENCE = re.compile(r"\{\{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*\}\}")
WORD = re.compile(r"\w")
# A model is a query, or a few lines of Python where SQL has no words for the method.
SUFFIXES = {".sql", ".py"}

# The largest tables: the first two bring together, without a choice, what is tested where it stands, joined on keys
# that are tested too; the third is what the ledger kept of the second.
PROVEN_ELSEWHERE = {"int_herkomsten_gevolgd", "int_tellingen_vastgelegd", "stg_publicaties__tellingen"}


def model_files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.suffix in SUFFIXES]


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def entries(folder: Path, kind: str) -> dict[str, tuple[Path, dict[str, Any]]]:
    """The properties of every model or seed below a folder: name to file and entry.

    Args:
        folder: Folder that is searched, with what lies below it.
        kind: `models` or `seeds`.

    Returns:
        File and entry per name; a name that is described twice fails the test.
    """
    found: dict[str, tuple[Path, dict[str, Any]]] = {}
    for file in sorted(folder.rglob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")).get(kind, []):
            name = entry["name"]
            assert name not in found, f"{name} is described in {shown(file)} and in {shown(found[name][0])}"
            found[name] = (file, entry)
    return found


def described(entry: dict[str, Any]) -> bool:
    """Whether there is a word in the description, if only that of a term, and it is whole.

    Within braces a comma ends a text without quotes, and what comes after it is a key of its own.
    """
    return bool(WORD.search(entry.get("description") or "")) and not any(" " in key for key in entry)


def header(seed: Path) -> list[str]:
    with seed.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines))


def columns(entry: dict[str, Any]) -> list[str]:
    return [column["name"] for column in entry.get("columns", [])]


@pytest.fixture(scope="module")
def models() -> dict[str, tuple[Path, dict[str, Any]]]:
    return entries(MODELS, "models")


@pytest.fixture(scope="module")
def seeds() -> dict[str, tuple[Path, dict[str, Any]]]:
    return entries(SEEDS, "seeds")


@pytest.fixture(scope="module")
def terms() -> dict[str, str]:
    """The blocks of the glossary: term to text."""
    blocks = BLOCK.findall(GLOSSARY.read_text(encoding="utf-8"))
    twice = [term for term, count in Counter(term for term, _ in blocks).items() if count > 1]
    assert twice == [], f"{shown(GLOSSARY)} defines more than once: {twice}"
    return dict(blocks)


def test_each_model_has_its_own_file_of_properties(models: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    queries = {file.stem: file for file in model_files(MODELS)}

    assert queries
    without = [shown(file) for name, file in sorted(queries.items()) if name not in models]
    assert without == [], f"no .yml describes: {without}"
    elsewhere = [shown(file) for name, file in queries.items() if models[name][0] != file.with_suffix(".yml")]
    assert elsewhere == [], f"not described in the .yml of the same stem: {elsewhere}"
    assert len(models) == len(queries), f"described, but no model: {sorted(set(models) - set(queries))}"


def test_each_model_and_each_of_its_columns_is_described(models: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    looked_at, faults = 0, []
    for name, (file, entry) in models.items():
        if not described(entry):
            faults.append(f"{shown(file)}: {name} has no description")
        if not entry.get("columns"):
            faults.append(f"{shown(file)}: {name} has no columns")
        for column in entry.get("columns", []):
            looked_at += 1
            for key in ("description", "data_type"):
                if not WORD.search(column.get(key) or ""):
                    faults.append(f"{shown(file)}: {name}.{column['name']} has no {key}")

    assert faults == []
    assert looked_at > len(models) == len(model_files(MODELS))


def test_the_description_of_a_mart_begins_with_its_grain(models: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    marts = {name: entry for name, (file, entry) in models.items() if file.parent == MODELS / "marts"}

    assert marts
    assert len(marts) == len(model_files(MODELS / "marts"))
    without = [name for name, entry in marts.items() if not entry.get("description", "").startswith("Een rij per ")]
    assert without == [], f"the first sentence does not begin with 'Een rij per': {without}"


def test_each_model_proves_its_grain(models: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    """What the first sentence promises is tested: rows that its key tells apart, or one row and no other."""
    proofs = {"Een rij per ": "unieke_sleutel", "Een rij met ": "precies_een_rij"}
    faults = []
    for name, (file, entry) in models.items():
        asked = [test for words, test in proofs.items() if (entry.get("description") or "").startswith(words)]
        given = {next(iter(test)) if isinstance(test, dict) else test for test in entry.get("data_tests", [])}
        if not asked:
            faults.append(f"{shown(file)}: the description of {name} begins with none of {list(proofs)}")
        elif asked[0] not in given and name not in PROVEN_ELSEWHERE:
            faults.append(f"{shown(file)}: {name} has no test {asked[0]}")

    assert faults == []
    assert models.keys() >= PROVEN_ELSEWHERE


def test_each_seed_and_each_of_its_columns_is_described(seeds: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    files = {file.stem: file for file in SEEDS.rglob("*.csv")}
    assert files
    assert sorted(seeds) == sorted(files), "seeds with a description, and the .csv files"

    faults = []
    for name, (file, entry) in seeds.items():
        if not described(entry):
            faults.append(f"{shown(file)}: {name} has no description")
        if columns(entry) != header(files[name]):
            faults.append(f"{shown(file)}: {name} has {columns(entry)}, its .csv has {header(files[name])}")
        faults += [
            f"{shown(file)}: {name}.{column['name']} has no description"
            for column in entry.get("columns", [])
            if not described(column)
        ]

    assert faults == []


def test_each_type_that_a_seed_gives_is_that_of_a_column(seeds: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    """The names are matched without a word: a type for a column that is not there has no effect."""
    types = {name: entry.get("config", {}).get("column_types", {}) for name, (_, entry) in seeds.items()}

    assert any(types.values())
    stray = [
        f"{name}.{column}" for name, given in types.items() for column in given if column not in columns(seeds[name][1])
    ]
    assert stray == [], f"column_types of columns that are not there: {stray}"


def test_each_term_that_is_referred_to_is_defined_and_each_definition_is_used(terms: dict[str, str]) -> None:
    files = [file for folder in (MODELS, SEEDS, TESTS) for file in sorted(folder.rglob("*.yml"))]
    used = {(term, file) for file in files for term in REFERENCE.findall(file.read_text(encoding="utf-8"))}

    assert used
    assert [term for term, text in terms.items() if not WORD.search(text)] == [], "terms without a text"
    missing = [f"{shown(file)}: {term}" for term, file in sorted(used) if term not in terms]
    assert missing == [], f"not defined in {shown(GLOSSARY)}: {missing}"
    unused = sorted(set(terms) - {term for term, _ in used})
    assert unused == [], f"defined in {shown(GLOSSARY)} and used nowhere: {unused}"


def test_a_column_of_more_than_one_model_is_described_by_a_term(
    models: dict[str, tuple[Path, dict[str, Any]]], seeds: dict[str, tuple[Path, dict[str, Any]]]
) -> None:
    """Two descriptions of one thing drift apart; a text that is true of one table only may stay a text."""
    texts: dict[str, list[str]] = {}
    for _, entry in [*models.values(), *seeds.values()]:
        for column in filter(described, entry.get("columns", [])):
            texts.setdefault(column["name"], []).append(column["description"])
    shared = {name: given for name, given in texts.items() if len(given) > 1}

    assert shared
    assert any(len(given) == 1 for given in texts.values())
    repeated = [
        f"{name}: {text}"
        for name, given in sorted(shared.items())
        for text, count in Counter(given).items()
        if count > 1 and not REFERENCE.search(text)
    ]
    assert repeated == [], "the same text at several columns: make it a term"


def test_each_singular_test_says_what_it_is_for() -> None:
    """Its name is the sentence that holds; the description is what a person reads when it does not."""
    queries = {file.stem for file in TESTS.glob("*.sql")}
    properties = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in TESTS.glob("*.yml")]
    given = {entry["name"] for content in properties for entry in content.get("data_tests", []) if described(entry)}

    assert queries
    assert given == queries
