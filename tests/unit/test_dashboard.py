"""That the files of the dashboard agree with the marts and with each other, and add up only what may be added up.

They are read as YAML, without Superset; what its charts answer is held in tests/dashboard.py.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.dashboard import contents, fingerprint, main
from orchestration.paths import DASHBOARD, DATA_SETTING, ROOT

MARTS = ROOT / "dbt_project" / "models" / "marts"


def files(folder: str) -> dict[str, Any]:
    """The files of one kind, by name."""
    found = {path: text for path, text in contents().items() if path.startswith(f"{folder}/")}
    assert found
    return {Path(path).stem: yaml.safe_load(text) for path, text in found.items()}


def columns_of(mart: str) -> set[str]:
    model = yaml.safe_load((MARTS / f"{mart}.yml").read_text(encoding="utf-8"))["models"][0]
    return {column["name"] for column in model["columns"]}


def test_a_dataset_on_a_table_has_the_columns_of_the_table() -> None:
    tables = {name: dataset for name, dataset in files("datasets").items() if not dataset["sql"]}

    assert set(tables) == {"rpt_voortgang"}
    for name, dataset in tables.items():
        assert {c["column_name"] for c in dataset["columns"] if not c["expression"]} == columns_of(name)


def test_a_dataset_with_a_query_names_its_columns_and_reads_marts_alone() -> None:
    queries = {name: dataset for name, dataset in files("datasets").items() if dataset["sql"]}

    assert queries
    for dataset in queries.values():
        sources = re.findall(r"\b(?:from|join) (\S+)", dataset["sql"])
        assert sources and all(re.fullmatch(r"marts\.\w+", source) for source in sources)
        assert [
            c["column_name"] for c in dataset["columns"] if not re.search(rf"\b{c['column_name']}\b", dataset["sql"])
        ] == []


def test_a_sum_is_of_what_may_be_added_up() -> None:
    sums = {
        (name, metric["metric_name"]): set(re.findall(r"SUM\((\w+)\)", metric["expression"]))
        for name, dataset in files("datasets").items()
        for metric in dataset["metrics"]
        if "SUM(" in metric["expression"]
    }
    summed = {column for columns in sums.values() for column in columns}
    may = {column for column in columns_of("rpt_voortgang") if re.match(r"(aantal|bedrag|teller|noemer)_", column)}

    # Of the table to start from, everything that may be added up has its sum; a share is divided.
    assert len(may) > 15
    assert summed - {"bedrag_eur"} == may
    assert sums["rpt_voortgang", "executie_positief_pct"] == {"teller_executie_positief", "noemer_executie_positief"}
    # An amount of two steps of seizing is the amount of nothing.
    assert sums["afpakmonitor", "bedrag"] == {"bedrag_eur"}


def test_a_figure_and_a_norm_are_empty_where_two_meet() -> None:
    metrics = {metric["metric_name"]: metric["expression"] for metric in files("datasets")["rpt_voortgang"]["metrics"]}
    others = [expression for expression in metrics.values() if "niet_optellen" in expression]

    assert len(others) == 2
    assert all(re.fullmatch(r"CASE WHEN COUNT\(\*\) = 1 THEN MAX\(\w+_niet_optellen\) END", one) for one in others)


def named(chart: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The columns and the metrics that a chart shows, as its settings say."""
    shown = chart["params"]
    columns: set[str] = set()
    for key in ("all_columns", "groupby", "groupby_b", "groupbyRows", "groupbyColumns"):
        columns |= set(shown.get(key, []))
    return columns | ({shown["x_axis"]} if "x_axis" in shown else set()), {
        *shown["metrics"],
        *shown.get("metrics_b", []),
    } if ("metrics" in shown) else set()


def test_a_chart_shows_columns_and_metrics_of_its_dataset_and_none_of_its_own() -> None:
    datasets = {dataset["uuid"]: dataset for dataset in files("datasets").values()}

    for name, chart in files("charts").items():
        dataset = datasets[chart["dataset_uuid"]]
        columns, metrics = named(chart)
        assert columns and columns <= {column["column_name"] for column in dataset["columns"]}, name
        assert metrics <= {metric["metric_name"] for metric in dataset["metrics"]}, name


def test_what_a_chart_asks_by_itself_is_what_its_settings_show() -> None:
    for name, chart in files("charts").items():
        columns, metrics = named(chart)
        queries = json.loads(chart["query_context"])["queries"]
        asked = {c["sqlExpression"] if isinstance(c, dict) else c for query in queries for c in query["columns"]}
        assert asked == columns, name
        assert {metric for query in queries for metric in query.get("metrics") or []} == metrics, name
        # A filter of the dashboard in here would stay when the dashboard chooses otherwise.
        of_settings = {f["subject"] for f in chart["params"]["adhoc_filters"]}
        assert {f["col"] for query in queries for f in query["filters"]} == of_settings, name


def test_no_chart_shows_a_norm_beside_an_eenheid_or_a_total_of_its_own() -> None:
    for name, chart in files("charts").items():
        columns, metrics = named(chart)
        about_units = "eenheid_naam" in columns
        assert not (about_units and ("norm" in metrics or "streefcijfer_niet_optellen" in columns)), name
        assert not any(value for key, value in chart["params"].items() if key.lower().endswith("totals")), name


def test_the_dashboard_shows_each_chart_once() -> None:
    dashboard = files("dashboards")["veiligheidsagenda"]
    shown = [
        part["meta"]["uuid"]
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    ]

    assert sorted(shown) == sorted(chart["uuid"] for chart in files("charts").values())


def test_the_exposure_names_what_the_dashboard_reads() -> None:
    exposures = yaml.safe_load((MARTS / "_gebruik.yml").read_text(encoding="utf-8"))["exposures"]
    told = next(exposure["depends_on"] for exposure in exposures if exposure["name"] == "dashboard")
    read = {dataset["table_name"] for dataset in files("datasets").values() if not dataset["sql"]}
    for dataset in files("datasets").values():
        read |= set(re.findall(r"\bmarts\.(\w+)", dataset["sql"] or ""))

    assert {re.findall(r"ref\('(\w+)'\)", ref)[0] for ref in told} == read


def test_the_database_is_opened_for_reading_alone_and_reaches_no_other_file() -> None:
    (database,) = files("databases").values()
    address, _, settings = database["sqlalchemy_uri"].partition("?")

    # Relative to the data folder, where the server runs.
    assert address == "duckdb:///veiligheidsagenda.duckdb"
    assert set(settings.split("&")) == {
        "access_mode=read_only",
        "enable_external_access=false",
        "lock_configuration=true",
    }
    assert not any(database[key] for key in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))


def test_what_is_laid_down_changes_with_each_file_and_with_superset(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("superset==1", encoding="utf-8")
    (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8")
    first = fingerprint(tmp_path, lock)
    (tmp_path / "a.yaml").write_text("a: 2", encoding="utf-8")
    second = fingerprint(tmp_path, lock)
    lock.write_text("superset==2", encoding="utf-8")

    assert len({first, second, fingerprint(tmp_path, lock)}) == 3
    assert contents(tmp_path) == {"a.yaml": "a: 2"}


def test_without_a_publication_there_is_nothing_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_SETTING, str(tmp_path))

    assert main([]) == 1
    assert "eerst make nightly" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_files_stand_where_superset_is_given_them() -> None:
    assert {path.split("/")[0] for path in contents(DASHBOARD)} == {
        *("metadata.yaml", "databases", "datasets", "charts", "dashboards"),
    }
    assert yaml.safe_load(contents()["metadata.yaml"])["type"] == "assets"


# As Superset keeps what is wrong with files: beside the message, in an exception behind the one that is raised.
REFUSED = """
import sys
from pathlib import Path
from orchestration.dashboard import explained, told_to

class RefusedError(Exception):
    def normalized_messages(self):
        return {"charts/a.yaml": "Not a valid YAML file"}

print("before")
try:
    with told_to(Path(sys.argv[1])), explained():
        print("migration 1")
        raise RuntimeError("unknown reason") from RefusedError()
except RuntimeError:
    print("after")
"""


def test_what_superset_prints_goes_to_a_file_with_the_reason_why_it_refused(tmp_path: Path) -> None:
    # In a process of its own: pytest puts its own streams in place of those that are led elsewhere here.
    command = [sys.executable, "-c", REFUSED, str(tmp_path / "log")]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)

    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert "migration 1" in told and "unknown reason" in told and "charts/a.yaml" in told
    assert (shown.stdout, shown.stderr) == ("before\nafter\n", "")
