"""Hold what the dashboard in Superset answers against the marts; run by tests/integration/test_superset.py.

It needs the environment of `make superset`, which CI does not install, and asks by Superset's own API. By hand, on a
data folder that is only copied from: `python -m tests.dashboard data`.
"""

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.paths import DATA_SETTING, ROOT, DataPaths

PYTHON = ROOT / ".venv-superset" / "bin" / "python"
PATIENCE = 600
INDICATOR = {"col": "indicator_naam", "op": "IN", "val": ["OM-verdachten van mensenhandel"]}
STEP = {"col": "stap_naam", "op": "IN", "val": ["Geïncasseerd"]}

# Every sentence once.
WORDS = """coalesce(oordeel_toelichting, '')
    || case when geen_cijfer is distinct from oordeel_toelichting and geen_cijfer is not null
    then if(oordeel_toelichting is null, '', ' ') || geen_cijfer else '' end
    || case when geen_norm is distinct from oordeel_toelichting and geen_norm is not null
    then if(oordeel_toelichting is null and geen_cijfer is null, '', ' ') || geen_norm else '' end"""

# A unit of which nothing counts has no row there, and a zero in the chart.
UNITS = """with cijfers as (
        select jaar, eenheid_code, realisatie from marts.fct_realisatie
        where indicator_code = 'om_verdachten_mensenhandel' and uitsplitsing_soort = 'geen'
    ),
    jaren as (select jaar from cijfers where eenheid_code = 'NL' and realisatie is not null),
    eenheden as (select eenheid_code, eenheid_naam, eenheid_soort from marts.dim_eenheid where eenheid_code != 'NL'),
    alle as (
        select jaar, eenheid_code, eenheid_naam, coalesce(realisatie, 0) as realisatie
        from jaren cross join eenheden left join cijfers using (jaar, eenheid_code)
        where eenheid_soort != 'rest' or realisatie is not null
    )
    select {columns} from alle"""

# What each chart must answer, asked of other tables than the chart asks where there are any, and the filter that the
# dashboard sets for it. Columns in the order of the chart, rows in any.
CHARTS: dict[str, tuple[str, dict[str, Any] | None]] = {
    "Wat u ziet": (
        """select 'Publicatie ' || publicatie_nr || ', zoals bekend op ' || strftime(peildatum, '%d-%m-%Y')
               || if((select bool_or(is_demo) from marts.dim_levering),
                     '. Fictieve cijfers: zij rusten op demonstratieleveringen.', '.')
           from marts.fct_publicatie order by publicatie_nr desc limit 1""",
        None,
    ),
    "Oordelen per jaar": (
        """select v.jaar, c.naam, count(*) from marts.fct_voortgang v join marts.dim_code c
           on c.code_soort = 'oordeel' and c.code = v.oordeel group by all""",
        None,
    ),
    "Oordelen per thema": (
        """select v.jaar, any_value(r.thema_naam), c.naam, count(*) from marts.fct_voortgang v
           join marts.dim_code c on c.code_soort = 'oordeel' and c.code = v.oordeel
           join (select distinct indicator_code, thema_naam from marts.rpt_voortgang) r using (indicator_code)
           group by v.jaar, v.thema_code, c.naam""",
        None,
    ),
    "Cijfer en norm": (
        """select jaar, any_value(realisatie) from (
               select jaar, realisatie from marts.fct_realisatie
               where indicator_code = 'om_verdachten_mensenhandel' and eenheid_code = 'NL'
               and uitsplitsing_soort = 'geen'
               union all by name
               select jaar from marts.fct_voortgang where indicator_code = 'om_verdachten_mensenhandel'
           ) group by jaar""",
        INDICATOR,
    ),
    "Per eenheid": (
        UNITS.format(columns="eenheid_naam, jaar, realisatie"),
        INDICATOR,
    ),
    "Per eenheid, in een tabel": (
        UNITS.format(columns="jaar, eenheid_naam, realisatie"),
        INDICATOR,
    ),
    "Afgepakt per jaar": (
        """select jaar, c.naam, sum(bedrag_eur) from marts.fct_afpakmonitor m join marts.dim_code c
           on c.code_soort = 'weg_code' and c.code = m.weg_code where stap_code = 'geincasseerd' group by all""",
        STEP,
    ),
    "Afpakmonitor": (
        """select jaar, weg.naam,
               stap.naam || case beslagsoort when 'conservatoir' then ' (conservatoir)'
                                             when 'klassiek' then ' (klassiek)' else '' end,
               sum(bedrag_eur) from marts.fct_afpakmonitor m
           join marts.dim_code weg on weg.code_soort = 'weg_code' and weg.code = m.weg_code
           join marts.dim_code stap on stap.code_soort = 'stap_code' and stap.code = m.stap_code group by all""",
        None,
    ),
    "Alle cijfers en normen": (
        f"""select thema_naam, indicator_naam, jaar, eenheid_van_maat_naam, realisatie_niet_optellen, status,
               streefcijfer_niet_optellen, oordeel_naam,
               {WORDS}
           from marts.rpt_voortgang where eenheid_code = 'NL'""",
        None,
    ),
    "Wat erbij hoort": (
        f"""select jaar, realisatie_niet_optellen, eenheid_van_maat_naam, status, streefcijfer_niet_optellen,
               oordeel_naam, {WORDS}, gedekt_tot, definitie_versie
           from marts.rpt_voortgang where eenheid_code = 'NL' and indicator_code = 'om_verdachten_mensenhandel'""",
        INDICATOR,
    ),
    "Leveringen per registratie": (
        """select c.naam, count(*), count_if(is_van_kracht), count_if(levering_oordeel != 'toegelaten'),
               strftime(max(if(is_van_kracht, stand_datum, null)), '%d-%m-%Y'), strftime(max(ontvangen_op), '%d-%m-%Y')
           from marts.dim_levering l
           left join marts.dim_code c on c.code_soort = 'registratie' and c.code = l.registratie group by all""",
        None,
    ),
    "Alle leveringen": (
        """select levering_nr, r.naam, extract, s.naam, stand_datum, ontvangen_op, o.naam,
               if(is_van_kracht, 'ja', 'nee'),
               aantal_records, aantal_apart, if(is_demo, 'ja', 'nee') from marts.dim_levering l
           left join marts.dim_code r on r.code_soort = 'registratie' and r.code = l.registratie
           left join marts.dim_code s on s.code_soort = 'levering_soort' and s.code = l.levering_soort
           left join marts.dim_code o on o.code_soort = 'levering_oordeel' and o.code = l.levering_oordeel""",
        None,
    ),
}
# The line in the chart of figure and norm, in every year of which the figure or the norm is known.
NORM = """select jaar, max(streefcijfer) from (
              select jaar, streefcijfer from marts.fct_voortgang where indicator_code = 'om_verdachten_mensenhandel'
              union all by name
              select jaar from marts.fct_realisatie where indicator_code = 'om_verdachten_mensenhandel'
              and eenheid_code = 'NL' and uitsplitsing_soort = 'geen'
          ) group by jaar"""
Rows = list[tuple[Any, ...]]


class Superset:
    """A session with a running Superset, by its API.

    Args:
        address: Where it answers.
        password: Of the user that `make superset` makes.
    """

    def __init__(self, address: str, password: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.headers = {"Content-Type": "application/json", "Referer": address}
        who = {"username": "analist", "password": password, "provider": "db"}
        token = self.ask("/api/v1/security/login", who)["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"
        self.headers["X-CSRFToken"] = self.ask("/api/v1/security/csrf_token/")["result"]

    def ask(self, path: str, sent: Any = None) -> Any:
        """What Superset answers: to a GET, or to a POST where something is sent."""
        data = None if sent is None else json.dumps(sent).encode()
        with self.opener.open(
            urllib.request.Request(self.address + path, data, self.headers), timeout=PATIENCE
        ) as told:
            return json.load(told)

    def refuses(self, statement: str) -> bool:
        """Whether a statement in the editor for SQL is refused."""
        sent = {
            "database_id": 1,
            "sql": statement,
            "schema": "marts",
            "client_id": os.urandom(5).hex(),
            "runAsync": False,
        }
        try:
            self.ask("/api/v1/sqllab/execute/", sent)
        except urllib.error.HTTPError as refused:
            return "error" in refused.read().decode()
        return False

    def charts(self) -> dict[str, int]:
        """The number of every chart, by its name."""
        return {chart["slice_name"]: chart["id"] for chart in self.ask("/api/v1/chart/?q=(page_size:100)")["result"]}

    def answer(self, chart: int, filtered: dict[str, Any] | None, part: int = 0) -> Rows:
        """The rows of one question of a chart, with a filter as the dashboard adds it."""
        asked = json.loads(self.ask(f"/api/v1/chart/{chart}")["result"]["query_context"])
        query = asked["queries"][part]
        asked["queries"] = [query]
        # What is done to the rows for the drawing (they are turned on their side) is left out.
        query["post_processing"] = []
        query["filters"] += [filtered] if filtered else []
        told = self.ask("/api/v1/chart/data", asked)["result"][0]
        assert told["error"] is None, told["error"]
        return [tuple(row[name] for name in told["colnames"]) for row in told["data"]]


def plain(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    """Rows in one form and order: Superset gives moments as milliseconds and amounts as numbers."""

    def form(value: Any) -> str:
        if hasattr(value, "timestamp") or hasattr(value, "isoformat"):
            moment = duckdb.execute("select epoch_ms(?::timestamp)", [value]).fetchone()
            return f"{float(moment[0]):.2f}" if moment else ""
        return f"{float(value):.2f}" if hasattr(value, "__float__") else str(value)

    return sorted(tuple(form(value) for value in row) for row in rows)


def asked_of(file: Path, query: str) -> Rows:
    """The rows of a query on a published file."""
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        return con.sql(query).fetchall()


@contextlib.contextmanager
def running(paths: DataPaths) -> Iterator[tuple[str, str, int]]:
    """Superset as `make superset` starts it: its address, what it printed, and the number of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = paths.data / "superset.out"
    command = [str(PYTHON), "-m", "orchestration.dashboard", "--poort", str(port)]
    environment = {**os.environ, DATA_SETTING: str(paths.data)}
    with told.open("wb") as target:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=target, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + PATIENCE
        while True:
            assert server.poll() is None and time.monotonic() < deadline, told.read_text()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=PATIENCE):
                break
            time.sleep(1)
        yield address, told.read_text(), server.pid
    finally:
        server.terminate()
        server.wait()


def publish(paths: DataPaths, number: int, source: Path, change: str | None = None) -> None:
    """Swap in a copy of a published file as a night does: a folder of its own, and a link that is replaced whole."""
    target = paths.versions / f"{number:05}" / paths.published.name
    target.parent.mkdir(parents=True)
    shutil.copyfile(source, target)
    if change:
        with duckdb.connect(str(target)) as con:
            con.execute(change)
    target.chmod(0o444)
    link = paths.data / "link"
    link.symlink_to(target.relative_to(paths.data))
    link.replace(paths.published)


def open_files(process: int) -> list[str]:
    """The published files that a process and its children have open; Linux only."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            for link in (entry / "fd").iterdir() if process in (parent, int(entry.name)) else ():
                # What is looked with is open too, and gone when its turn comes.
                with contextlib.suppress(FileNotFoundError):
                    found.append(str(link.readlink()))
    assert found
    return [name for name in found if name.endswith(".duckdb")]


def hold(source: Path, folder: Path) -> int:
    """Start Superset on a copy of a published file and hold every chart against the marts.

    Args:
        source: The published file; it is only read.
        folder: An empty folder for the copy and for what Superset keeps.

    Returns:
        How many charts were held.

    Raises:
        AssertionError: Something is otherwise than it should be.
    """
    paths = DataPaths(folder)
    publish(paths, 1, source.resolve())
    with running(paths) as (address, told, process):
        password = re.findall(r"wachtwoord (\S+)", told)[0]
        superset = Superset(address, password)
        charts = superset.charts()
        assert set(charts) == set(CHARTS)
        for name, (query, filtered) in CHARTS.items():
            wanted = plain(asked_of(source, query))
            assert wanted and plain(superset.answer(charts[name], filtered)) == wanted, name

        assert plain(superset.answer(charts["Cijfer en norm"], INDICATOR, part=1)) == plain(asked_of(source, NORM))
        # Without the choice of one indicator or step there is no figure: two do not add up. Of 2019 there are many.
        assert {figure for _, year, figure in superset.answer(charts["Per eenheid"], None) if year == 2019} == {None}
        assert {amount for year, _, amount in superset.answer(charts["Afgepakt per jaar"], None) if year == 2019} == {
            None
        }
        assert not superset.refuses("select count(*) from marts.rpt_voortgang")
        assert superset.refuses("drop table marts.rpt_voortgang")
        assert superset.refuses(f"select * from read_csv('{ROOT / 'seeds' / 'agenda' / 'indicator.csv'}')")

        # A publication in the middle is seen by the next question, since no question leaves its file open.
        assert open_files(process) == []
        change = "update marts.rpt_voortgang set realisatie_niet_optellen = realisatie_niet_optellen + 1000"
        before = dict(row[:2] for row in superset.answer(charts["Cijfer en norm"], INDICATOR))
        publish(paths, 2, source.resolve(), change)
        after = dict(row[:2] for row in superset.answer(charts["Cijfer en norm"], INDICATOR))
        assert any(before.values())
        assert after == {year: figure and figure + 1000 for year, figure in before.items()}

        superset.ask("/api/v1/dashboard/", {"dashboard_title": "Van een analist"})
    # A second start prepares nothing, gives no password out, and keeps what was made.
    with running(paths) as (address, told, _):
        assert "wachtwoord" not in told and "klaargezet" not in told
        found = Superset(address, password).ask("/api/v1/dashboard/")["result"]
        assert {"Veiligheidsagenda", "Van een analist"} == {dashboard["dashboard_title"] for dashboard in found}
    return len(CHARTS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(f"{hold(DataPaths(Path(sys.argv[1]).resolve()).published, Path(scratch))} grafieken kloppen")
