"""What no other tool looks after: that the files of the project agree, and that its guards guard.

A lint rule whose path matches nothing is green, and so is a list of folders in which nothing lies; each test
here first asserts that it found something to look at.
"""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestration.__main__ import _parser as commands
from orchestration.paths import DATA_SETTING, ROOT, WAREHOUSE_SETTING, data_paths

MODELS = ROOT / "dbt_project" / "models"
LAYERS = ("staging", "intermediate", "marts")
LARGEST = 1 << 20

# In parts, so that this file is not the one that names them.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("anaconda", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("hub", "getdbt", "com"),
        ("extensions", "duckdb", "org"),
        ("docker", "io"),
    )
]
HOME_FOLDERS = [f"/{name}/" for name in ("home", "root", "Users")]


def project_files() -> list[Path]:
    """Every file that is tracked, or that `git add .` would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def texts() -> dict[str, str]:
    """Every text file by its name."""
    found = {}
    for file in project_files():
        content = file.read_bytes()
        if b"\0" not in content:
            found[shown(file)] = content.decode("utf-8", errors="replace")
    return found


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def recipes() -> list[str]:
    """The recipes of the Makefile that `make help` lists, in order."""
    return re.findall(r"^([a-z][a-z-]*):.*## ", read("Makefile"), flags=re.MULTILINE)


def test_each_path_in_the_bouncer_rules_matches_a_file() -> None:
    rules = yaml.safe_load(read("dbt-bouncer.yml"))["manifest_checks"]
    patterns = set()
    for rule in rules:
        for key in ("include", "exclude", "upstream_path_pattern"):
            given = rule.get(key, [])
            patterns |= {given} if isinstance(given, str) else set(given)
    files = [shown(file) for file in MODELS.rglob("*") if file.is_file()]

    assert len(patterns) >= len(LAYERS)
    assert [pattern for pattern in sorted(patterns) if not any(re.match(pattern, file) for file in files)] == []


def test_each_folder_that_sqlfluff_looks_at_holds_sql() -> None:
    folders = re.findall(r"^SQL := (.*)$", read("Makefile"), flags=re.MULTILINE)[0].split()
    ignored = [line for line in read(".sqlfluffignore").splitlines() if not line.startswith("#")]

    def looked_at(folder: str) -> list[str]:
        files = [shown(file) for file in (ROOT / folder).rglob("*.sql")]
        return [file for file in files if not file.startswith(tuple(ignored))]

    assert folders
    assert [folder for folder in folders if not looked_at(folder)] == []


def test_a_staging_model_bears_the_name_of_a_registration_that_its_folder_declares() -> None:
    models = list(MODELS.glob("staging/*/*.sql"))
    declared = {
        folder: [
            source["name"]
            for file in folder.glob("*.yml")
            for source in yaml.safe_load(file.read_text()).get("sources", [])
        ]
        for folder in {model.parent for model in models}
    }

    assert models
    assert [
        shown(model)
        for model in models
        if not re.match(rf"(stg|base)_({'|'.join(declared[model.parent])})__", model.stem)
    ] == []


def test_each_model_describes_its_columns() -> None:
    models = [model for layer in LAYERS for model in (MODELS / layer).rglob("*.sql")]

    assert models
    assert [shown(model) for model in models if not described_columns(model)] == []


def described_columns(model: Path) -> list[str]:
    properties = model.with_suffix(".yml")
    if not properties.exists():
        return []
    entries = yaml.safe_load(properties.read_text(encoding="utf-8")).get("models", [])
    return [column["name"] for entry in entries for column in entry.get("columns", [])]


def test_the_readme_names_each_recipe_and_no_other() -> None:
    # In a code span or at the start of a line of code: "make sure" is no recipe.
    named = set(re.findall(r"(?:`|^[ $]*)make ([a-z][a-z-]*)", read("README.md"), flags=re.MULTILINE))

    assert len(recipes()) > len(LAYERS)
    assert named == set(recipes())


def test_each_command_is_called_by_the_recipe_of_its_name_or_stands_in_the_readme() -> None:
    _, known = commands()
    called = {command for command in known if re.search(rf"-m orchestration {command}\b", read("Makefile"))}
    told = set(re.findall(r"-m orchestration ([a-z][a-z-]*)", read("README.md")))

    assert called == set(known)
    assert told <= set(known)
    assert set(known) - set(recipes()) <= told


def given() -> list[str]:
    """What a person may give to a recipe, as the Makefile names it."""
    return (
        re.findall(r"^GIVEN := ((?:.*\\\n)*.*)$", read("Makefile"), flags=re.MULTILINE)[0].replace("\\\n", "").split()
    )


def make(*words: str, **settings: str) -> str:
    """What make says; of what has to be installed it is told that all is there."""
    there = [f"--assume-old={stamp}" for stamp in re.findall(r"(\.venv[\w-]*/\.stamp)", read("Makefile"))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | settings
    ended = subprocess.run(
        ["make", "--no-print-directory", *there, *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_every_variable_of_a_recipe_is_kept_as_it_was_given() -> None:
    text = read("Makefile")
    own = set(re.findall(r"^(?:export )?([A-Z_]+) :?=", text, flags=re.MULTILINE)) | {"CURDIR", "MAKEFILE_LIST"}
    used = set(re.findall(r"\$\((?:if \$\(|or \$\()?([A-Z_]{3,})", text)) | set(re.findall(r"\$\$\{?([A-Z_]+)", text))
    assert len(given()) > 20
    assert used - own - {"COLUMNS"} == set(given())
    assert sorted(given()) == given()


@pytest.mark.parametrize("from_environment", [False, True])
def test_what_is_given_to_a_recipe_is_run_by_nobody(tmp_path: Path, from_environment: bool) -> None:
    """Make would run the first, and the shell the second, since it would stand in a line of a recipe."""
    ran = tmp_path / "gedaan"
    nasty = dict.fromkeys(given(), f"""MERK$(shell touch {ran})"; touch {ran}; '$100""")
    words = [] if from_environment else [f"{name}={value}" for name, value in nasty.items()]
    told = make("--dry-run", *recipes(), *words, **(nasty if from_environment else {}))
    assert "-m orchestration withdraw" in told
    assert "MERK" not in told
    assert not ran.exists()


@pytest.mark.parametrize("from_environment", [False, True])
def test_a_command_gets_what_was_given_to_its_recipe_to_the_letter(tmp_path: Path, from_environment: bool) -> None:
    told, python = tmp_path / "gehoord", tmp_path / "python"
    python.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{told}'\n", encoding="utf-8")
    python.chmod(0o700)
    reason = """kost $100, "zeg" `ja` $(REDEN) # 'klaar'; 50% \\ ${HOME}"""
    values = {"LEVERING": "1; 2", "REDEN": reason}
    words = [] if from_environment else [f"{name}={value}" for name, value in values.items()]
    make("withdraw", f"BIN={tmp_path}", *words, **(values if from_environment else {}))
    assert told.read_text(encoding="utf-8").splitlines() == [
        *("-m", "orchestration", "withdraw", "1; 2", "--reden", reason)
    ]


def test_each_recipe_that_ci_runs_exists() -> None:
    commands = [line for line in read(".ci/run").splitlines() if not line.lstrip().startswith("#")]
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(commands)))

    assert {"setup", "lint", "test"} <= named
    assert named - set(recipes()) == set()


def test_each_recipe_is_phony_listed_and_written_once() -> None:
    phony = re.findall(r"^\.PHONY: (.*)$", read("Makefile"), flags=re.MULTILINE)[0].split()

    assert phony == recipes()


def test_the_lock_satisfies_what_is_asked_for() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    asked = {
        "requirements.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
        "requirements-bouncer.lock": project["dependency-groups"]["bouncer"],
        "requirements-sbom.lock": project["dependency-groups"]["sbom"],
        "requirements-mutants.lock": project["dependency-groups"]["mutants"],
        "requirements-clients.lock": project["dependency-groups"]["clients"],
        "requirements-duckdb12.lock": project["dependency-groups"]["duckdb12"],
        "requirements-spark.lock": project["dependency-groups"]["spark"],
        "requirements-superset.lock": project["dependency-groups"]["superset"],
    }
    for lock, requirements in asked.items():
        locked = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", read(lock), flags=re.MULTILINE))
        missed = [
            requirement
            for requirement in map(Requirement, requirements)
            if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
        ]
        assert missed == [], f"{lock} is older than pyproject.toml: make lock"


def test_the_locks_hold_hashes_and_no_address() -> None:
    locks = sorted(ROOT.glob("*.lock"))
    assert len(locks) == read("Makefile").count("$(call compile_lock,")
    for lock in locks:
        content = lock.read_text(encoding="utf-8")
        assert content.splitlines()[0].startswith("# Made by `make lock`")
        assert "--hash=sha256:" in content
        assert "://" not in content
        assert "--index" not in content


def test_no_file_names_a_package_registry() -> None:
    files = texts()

    assert "pyproject.toml" in files
    assert [
        (name, host)
        for name, text in files.items()
        for host in REGISTRY_HOSTS
        if re.search(rf"\b{re.escape(host)}\b", text)
    ] == []


def test_no_file_holds_a_path_into_somebodys_home() -> None:
    files = texts()

    assert "pyproject.toml" in files
    assert [
        (name, folder)
        for name, text in files.items()
        for folder in HOME_FOLDERS
        if re.search(rf"(?<![\w.$}}]){folder}\w", text)
    ] == []


def test_no_file_is_large() -> None:
    files = project_files()

    assert ROOT / "pyproject.toml" in files
    assert [shown(file) for file in files if file.stat().st_size >= LARGEST] == []


def test_dbt_and_the_machine_agree_on_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_SETTING, raising=False)
    defaults = re.findall(rf"env_var\('{DATA_SETTING}', '([^']*)'\)", read("profiles.yml"))

    # Beside the data folder only the warehouse of an earlier day has a variable, which the machine sets.
    assert read("profiles.yml").count("env_var(") - read("profiles.yml").count(WAREHOUSE_SETTING) == len(defaults) > 0
    assert {(ROOT / default).resolve() for default in defaults} == {data_paths().data}
