"""The demo: one world of fictitious registers, in which every total of `scenario.csv` can be found again.

Which deliveries there are stands in the scenario files, one per registration. A registration without one gets rows that
fit its declaration.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random

import pandas as pd

from orchestration.declarations import Extract, read_declarations
from orchestration.demo import csv_onderzoeken, executie_dossiers
from orchestration.demo.generator import CodeLists, read_code_lists, rows, write
from orchestration.demo.interpreter import Hook, Planned, Totals, World, deliveries
from orchestration.demo.reader import ScenarioError, read_scenario
from orchestration.demo.tables import table_deliveries

FOLDER = Path(__file__).parent
SCENARIO = FOLDER / "scenario.csv"
SEED = "Veiligheidsagenda"
BASIC_ROWS = 200
# What a scenario file cannot say.
HOOKS: Mapping[str, Hook] = {
    "csv_onderzoeken": csv_onderzoeken.end_and_choose,
    "executie_dossiers": executie_dossiers.fill_places,
}


def write_demo(inbox: Path, say: Callable[[str], None] = print) -> list[Path]:
    """Write the demo deliveries of every declared registration.

    Args:
        inbox: Folder with one subfolder of delivered files per registration; a file of the same name
            is replaced.
        say: Is told, in Dutch, which file was written.

    Returns:
        The files, per registration in order of arrival.
    """
    extracts = read_declarations()
    paths = []
    for item in plan(extracts, read_code_lists(extracts), read_totals()):
        folder = inbox / item.extract.registration
        path = write(item.extract, item.frame, folder, item.stand_datum, item.ontvangen_op, item.form, item.kind)
        say(f"{item.extract.registration}/{path.name}: {len(item.frame)} fictieve rijen")
        paths.append(path)
    return paths


def read_totals(file: Path = SCENARIO) -> dict[tuple[str, str], dict[int, int]]:
    """Read the totals to which the scenario files are tied.

    Args:
        file: The table.

    Returns:
        Totals by indicator code and uitsplitsing, then by year in ascending order.
    """
    totals: dict[tuple[str, str], dict[int, int]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            by_year = totals.setdefault((row["indicator_code"], row["uitsplitsing"]), {})
            by_year[int(row["jaar"])] = int(row["totaal"])
    return {key: dict(sorted(by_year.items())) for key, by_year in totals.items()}


def plan(
    extracts: Mapping[tuple[str, str], Extract], code_lists: CodeLists, totals: Totals, folder: Path = FOLDER
) -> list[Planned]:
    """Decide what is delivered.

    Args:
        extracts: The declared extracts.
        code_lists: Codes by the name of the code list.
        totals: Totals of the scenario.
        folder: Where the scenario files stand.

    Returns:
        The files, per registration in order of arrival.

    Raises:
        ScenarioError: A scenario file does not describe deliveries; the message names file and key.
    """
    planned: list[Planned] = []
    for registration in dict.fromkeys(owner for owner, _ in extracts):
        own = {name: extract for (owner, name), extract in extracts.items() if owner == registration}
        # Each registration has its own chance, so that a change in one scenario leaves other files as they are.
        rng, file = Random(f"{SEED} {registration}"), folder / f"{registration}.yml"
        if not file.exists():
            planned += _basic_deliveries(own, code_lists, rng)
            continue
        scenario = read_scenario(file)
        world = World(scenario, own, code_lists, totals, rng)
        try:
            if scenario.tabel is not None:
                planned += table_deliveries(world, scenario.tabel)
            else:
                planned += deliveries(world, HOOKS.get(registration))
        except ScenarioError as error:
            raise ScenarioError(f"{file.name}: {error}") from error
    return planned


def _basic_deliveries(extracts: Mapping[str, Extract], code_lists: CodeLists, rng: Random) -> list[Planned]:
    frames: dict[str, pd.DataFrame] = {}
    # What is referred to first.
    for extract in sorted(extracts.values(), key=lambda extract: any(column.references for column in extract.columns)):
        frames[extract.name] = rows(extract, BASIC_ROWS, rng, code_lists, frames)
    return [Planned(extracts[name], frames[name], date(2023, 1, 15), date(2023, 2, 10)) for name in extracts]
