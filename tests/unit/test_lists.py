"""Lists of codes that a model gives to its rows: none holds a code that nothing gives.

That a model gives no code outside its list is tested by dbt, on the rows.
"""

import re

import pytest

from orchestration.paths import ROOT, SEEDS
from tests.unit.conftest import seed

MODELS = ROOT / "dbt_project"
# What a model in Python leaves to a module.
CALLED = [ROOT / "orchestration" / name for name in ("growth.py", "revisions.py")]
QUOTED = re.compile(r"""['"]([a-z0-9_]+)['"]""")


def given_by_models() -> set[str]:
    """What stands between quotes in a model or a macro, in SQL and in Python."""
    files = [file for folder in ("models", "macros") for file in (MODELS / folder).rglob("*")]
    texts = [file.read_text(encoding="utf-8") for file in [*files, *CALLED] if file.suffix in {".sql", ".py"}]
    return {code for text in texts for code in QUOTED.findall(text)}


def given_by_lists(name: str) -> set[str]:
    """What other lists have in a column of that kind: a norm its reason, a kind of investigation its rule."""
    others = [file.stem for file in SEEDS.rglob("*.csv") if file.stem != name]
    return {
        value
        for other in others
        for row in seed(other)
        for column, value in row.items()
        if column.removesuffix("_code").endswith(name)
    }


@pytest.mark.parametrize("name", ["regel", "reden"])
def test_each_code_of_a_list_is_given_to_something(name: str) -> None:
    codes = [row[f"{name}_code"] for row in seed(name)]
    assert len(codes) > 10
    by_lists = given_by_lists(name)
    assert by_lists & set(codes)
    unused = [code for code in codes if code not in by_lists | given_by_models()]
    assert unused == [], f"no model, macro or other list gives a row this {name}"
