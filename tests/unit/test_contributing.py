"""CONTRIBUTING.md is right: its examples are made in a copy of the project, its counts and its list of keys computed.

An example is read off the page itself: a file in a code span on a line of its own, and the block below it.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.checking import check
from orchestration.declarations import Column, Extract, read_declarations
from orchestration.demo.generator import read_code_lists, write
from orchestration.demo.scenario import plan
from orchestration.paths import ROOT
from tests.keys import PAGE, explained, keys, lists, on_the_page

COPIED = ("orchestration", "dbt_project", "seeds", "expectations", "tests", "dbt_project.yml", "profiles.yml")
ADDED = ("drugsmisdrijven", "misdrijven")
# What tests of the project say of one that is followed: no list in them has to be lengthened.
TOLD = (
    "tests/unit/test_contributing.py",
    "tests/unit/test_counting.py",
    "tests/unit/test_descriptions.py",
    "tests/unit/test_demo.py::test_files_are_named_for_their_arrival_and_none_is_left_waiting",
    "tests/unit/test_border_in.py::test_what_becomes_of_a_delivery[goed, zoals afgesproken, {}]".format(
        ".".join(ADDED)
    ),
)
EXAMPLES = ("A code", "A norm", "An eenheid", "A column", "A registration", "An indicator")


@dataclass(frozen=True)
class Change:
    """One block of an example, and the file that it is of."""

    file: str
    language: str
    text: str

    def make(self, root: Path) -> None:
        """Make it in a project; who followed the page has made it already, and then it stands as the page says."""
        file = root / self.file
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if self.language == "csv":
            heading, *rows = csv.reader([before.splitlines()[0], *self.text.splitlines()])
            assert {len(row) for row in rows} == {len(heading)}, f"{self.file} has other columns: {heading}"
            after = before + "".join(row for row in self.text.splitlines(keepends=True) if row not in before)
        elif self.language == "diff":
            lines = self.text.splitlines(keepends=True)
            was, becomes = ("".join(line[1:] for line in lines if line[0] in signs) for signs in (" ", " +"))
            is_there = becomes in before
            assert is_there or (before.count(was) == 1 and was != becomes), f"{self.file}: where the lines go"
            after = before if is_there else before.replace(was, becomes)
        else:
            assert before in ("", self.text), f"{self.file} is there already, and is another"
            after = self.text
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(after, encoding="utf-8")


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def example(name: str) -> list[Change]:
    """The blocks below one heading, in order."""
    section = re.findall(rf"^### {name}\n(.*?)(?=^##)", page(), flags=re.MULTILINE | re.DOTALL)
    assert len(section) == 1
    blocks = re.findall(r"^`([^`\n]+)`\n\n```(\w+)\n(.*?)^```$", section[0], flags=re.MULTILINE | re.DOTALL)
    return [Change(*block) for block in blocks]


def files(name: str) -> set[str]:
    return {change.file for change in example(name)}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which each example is made, one after the other."""
    root = tmp_path_factory.mktemp("project")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    for name in EXAMPLES:
        assert example(name)
        for change in example(name):
            change.make(root)
    return root


def test_each_block_belongs_to_an_example() -> None:
    blocks = re.findall(r"^```(?:csv|diff|yaml|sql)$", page(), flags=re.MULTILINE)
    assert len(blocks) == sum(len(example(name)) for name in EXAMPLES) > len(EXAMPLES)


def test_the_table_counts_the_files_of_the_examples() -> None:
    told = {name: int(count) for name, count in re.findall(r"^\| ([\[a-z].*?) \| (\d+) \|", page(), flags=re.MULTILINE)}
    norm = {"seeds/agenda/norm.csv", "seeds/agenda/afspraak.csv"}
    own = files("An indicator") - norm
    counted = {
        f"[{name[0].lower()}{name[1:]}](#{name.lower().replace(' ', '-')})": files(name) for name in EXAMPLES[:5]
    }
    counted["[an indicator](#an-indicator) that another model counts too"] = {
        file for file in own if file.startswith("seeds/")
    }
    counted["[an indicator](#an-indicator) with a model of its own"] = own
    counted["its first norm"] = norm & files("An indicator")

    assert told == {name: len(touched) for name, touched in counted.items()}


def test_the_first_change_is_about_a_code_that_nobody_knows_and_a_figure_that_the_demo_gives() -> None:
    (row,) = example("A code")
    code = row.text.split(",")[0]
    known = {
        line.split(",")[0]: line for line in (ROOT / row.file).read_text(encoding="utf-8").splitlines(keepends=True)
    }
    replaced, replacing = re.findall(r"sed -E 's/;(\w+);\(UIT;.*?/;(\w+);", page())[0]
    assert (replaced in known, replacing) == (True, code)
    assert known.get(code, row.text) == row.text, "known, and as something else than the page says"
    with (ROOT / "orchestration/demo/scenario.csv").open(encoding="utf-8", newline="") as lines:
        (total,) = [line[3] for line in csv.reader(lines) if line[:3] == ["integrale_acties_politie", "totaal", "2022"]]
    assert f"shows {total} actions of 2022" in page() and f"2022 says {total}, as before" in page()


def test_no_example_touches_the_machine() -> None:
    touched = set().union(*map(files, EXAMPLES))
    assert {Path(file).suffix for file in touched} == {".csv", ".sql", ".yml"}
    assert {file.split("/")[0] for file in touched} == {"dbt_project", "seeds"}


def test_the_examples_are_declared(scratch: Path) -> None:
    extracts = read_declarations(scratch / "dbt_project" / "models" / "staging")
    assert extracts.keys() - read_declarations().keys() <= {ADDED} <= extracts.keys()
    assert [column.name for column in extracts["integrale_acties", "acties"].columns[-2:]] == [
        "gemeente",
        "omschrijving",
    ]


def test_the_demo_deliveries_of_a_registration_without_a_scenario_are_admitted(scratch: Path, tmp_path: Path) -> None:
    demo = scratch / "orchestration" / "demo"
    declared = read_declarations(scratch / "dbt_project" / "models" / "staging")
    extracts = {key: extract for key, extract in declared.items() if not (demo / f"{key[0]}.yml").exists()}
    assert ADDED in extracts
    code_lists = read_code_lists(extracts, scratch / "seeds")
    written = [
        write(item.extract, item.frame, tmp_path / item.extract.registration, item.stand_datum, item.ontvangen_op)
        for item in plan(extracts, code_lists, {}, demo)
    ]
    checked = check([str(file) for file in written], None, extracts)
    assert [each.account.reason for each in checked.judged if each.account.row.verdict != "toegelaten"] == []
    assert checked.would_be_admitted and len(checked.judged) == len(extracts)


def test_dbt_parses_the_examples_and_the_tests_hold_for_who_followed_the_page(
    scratch: Path, request: pytest.FixtureRequest
) -> None:
    environment = os.environ | {"PYTHONPATH": str(scratch), "VEILIGHEIDSAGENDA_DATA": str(scratch / "data")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", *TOLD]
    # All but this one: it would ask the same of a copy of the copy.
    command += ["--deselect", request.node.nodeid]
    for name in ("pyproject.toml", PAGE.name):
        shutil.copy2(ROOT / name, scratch)
    told = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, check=False, text=True)

    assert told.returncode == 0, told.stdout[-4000:]
    assert re.search(r"^\d\d+ passed", told.stdout, flags=re.MULTILINE)
    manifest = next((scratch / "target").rglob("manifest.json")).read_text(encoding="utf-8")
    assert '"model.veiligheidsagenda.int_drugsmisdrijven_geteld"' in manifest


def test_the_list_of_keys_is_that_of_the_reader() -> None:
    assert on_the_page(page(), "keys").strip() == keys().strip(), "python -m tests.keys"
    assert set(explained(Extract)) == set(Extract.model_fields)
    assert set(explained(Column)) == set(Column.model_fields)


def test_the_columns_of_the_lists_are_those_of_their_yml_beside_the_examples() -> None:
    told = on_the_page(page(), "lists")
    assert told.strip() == lists(page()).strip(), "python -m tests.keys"
    assert "| `oordeel_regel` | minimaal | `minimaal`, `hooguit`, `toename`, `doorlopend`, `geen` | Hoe het" in told
    assert "| `thema_code` | context | one of `thema.csv` |" in told
    # Every list that the example of an indicator touches, and the decision that its norm rests on.
    touched = {file for file in files("An indicator") | files("A norm") if file.startswith("seeds/")}
    assert {file for file in touched if f"`{file}`, described in `seeds/" in told} == touched
