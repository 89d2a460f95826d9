"""The table of `tests/mutants.py` against the code: what it breaks stands there, and what should notice exists.

Whether it is noticed takes half an hour, and says `make mutants`.
"""

import tomllib
from pathlib import Path

import pytest
import yaml

from orchestration.paths import ROOT
from tests.mutants import MUTANTS, PARTS, Mutant, broken, changed_everywhere, main, verdicts_of_tool


def test_the_table_names_each_change_once_and_breaks_both_the_machine_and_the_content() -> None:
    assert len(set(MUTANTS)) == len(MUTANTS)
    assert {Path(mutant.file).suffix for mutant in MUTANTS} == {".py", ".sql"}
    assert [mutant.file for mutant in MUTANTS if not mutant.file.startswith(PARTS)] == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=range(1, len(MUTANTS) + 1))
def test_each_change_can_be_made_and_something_looks_at_it(mutant: Mutant) -> None:
    text = broken(mutant, ROOT)

    assert text != (ROOT / mutant.file).read_text(encoding="utf-8")
    if mutant.tests:
        # What cannot be read is red for a reason that proves nothing.
        compile(text, mutant.file, "exec")
        assert [test for test in mutant.tests if not (ROOT / "tests" / test).is_file()] == []
    else:
        properties = yaml.safe_load((ROOT / mutant.file).with_suffix(".yml").read_text(encoding="utf-8"))
        assert [test["name"] for test in properties["unit_tests"] if test["model"] == Path(mutant.file).stem]


def test_what_does_not_stand_there_once_cannot_be_broken(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one two one")

    assert broken(Mutant("a.py", "two", "three"), tmp_path) == "one three one"
    for was, times in (("one", 2), ("four", 0)):
        with pytest.raises(ValueError, match=f"stands there {times} times"):
            broken(Mutant("a.py", was, "three"), tmp_path)


def test_each_module_of_which_every_line_is_changed_has_tests_of_its_own() -> None:
    modules = changed_everywhere()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]

    assert modules and len(set(modules)) == len(modules)
    assert [module for module in modules if not (ROOT / module).is_file()] == []
    assert settings["pytest_add_cli_args_test_selection"] == [
        f"tests/unit/test_{Path(module).stem}.py" for module in modules
    ]


def test_a_tool_that_does_not_run_or_changes_nothing_is_no_success(tmp_path: Path) -> None:
    tool = tmp_path / "mutmut"
    for script, told in (("echo no; exit 3", "mutmut run: no"), ("exit 0", "changed nothing in orchestration/a.py")):
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o700)
        with pytest.raises(RuntimeError, match=told):
            verdicts_of_tool(["orchestration/a.py"], tool)


def test_what_the_tool_did_not_see_killed_is_told_with_the_change(tmp_path: Path) -> None:
    tool = tmp_path / "mutmut"
    tool.write_text(
        """#!/bin/sh
        name=x_f__mutmut_
        [ $1 = results ] && echo "orchestration.a.${name}1: killed" && echo "orchestration.b.${name}1: survived"
        [ $1 = results ] && echo "orchestration.a.${name}2: survived"
        [ $1 = show ] && echo "- was of $2"
        exit 0"""
    )
    tool.chmod(0o700)

    assert verdicts_of_tool(["orchestration/a.py"], tool) == {
        "orchestration.a.x_f__mutmut_1": "killed",
        "orchestration.a.x_f__mutmut_2": "survived\n- was of orchestration.a.x_f__mutmut_2\n",
    }


def test_a_choice_that_holds_nothing_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["mutants", "--waar", "nowhere"])
    with pytest.raises(SystemExit):
        main()
