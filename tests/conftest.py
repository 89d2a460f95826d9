"""In which order files of tests run, so that no process waits for another; and what of the machine they never touch.

The tests of whole nights share a first night, which takes minutes to make. Whoever comes second would wait for it, so
beside the first file of nights stand the longest that need none; the other files of nights follow, and short ones end.
"""

import os
import sys

import pytest

from orchestration.anchor import KEY_SETTING
from orchestration.paths import ANCHOR_SETTING

# A process of xdist has no main module, so Spark, where it is installed, takes it for a test of its own and ends it.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__

# The anchor of a real ledger is no place for publications of a test; also not for a process that a test starts.
for setting in (ANCHOR_SETTING, KEY_SETTING):
    os.environ.pop(setting, None)

FIRST = ("integration/test_nightly.py", "integration/test_models.py", "unit/test_demo.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of `FIRST` in front, in that order; the others keep theirs."""
    items.sort(key=lambda item: next((n for n, file in enumerate(FIRST) if item.path.match(file)), len(FIRST)))
