"""The dashboard in Superset on the night of the demo, held where Superset is installed; CI does not install it."""

from pathlib import Path

import pytest

from orchestration.paths import DataPaths
from tests import dashboard


@pytest.mark.skipif(not dashboard.PYTHON.exists(), reason="Superset is not installed here: make superset installs it")
def test_each_chart_answers_what_the_marts_say_and_sees_the_next_publication(
    after_first_night: DataPaths, tmp_path: Path
) -> None:
    assert dashboard.hold(after_first_night.published, tmp_path / "data") == len(dashboard.CHARTS)
