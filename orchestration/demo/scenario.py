"""The demo: one world of fictitious registers, in which every total of `scenario.csv` can be found again.

Which deliveries there are stands in the stories, one module per registration. A registration without a story
gets rows that fit its declaration.
"""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pandas as pd

from orchestration.declarations import Extract, read_declarations
from orchestration.demo import (
    afpakken,
    cbs_misdrijven,
    comensha_meldingen,
    csv_onderzoeken,
    cyber_onderzoeken,
    cyber_verdachten,
    executie_dossiers,
    geregistreerde_misdrijven,
    integrale_acties,
    mensenhandel_onderzoeken,
    mensenhandel_verdachten,
    ondermijningssignalen,
    oskm_onderzoeken,
)
from orchestration.demo.generator import CodeLists, read_code_lists, rows, write
from orchestration.demo.story import CORRECTED_RECEIVED, STAND, Planned, World

SCENARIO = Path(__file__).with_name("scenario.csv")
SEED = "Veiligheidsagenda"
BASIC_ROWS = 200
STORIES: Mapping[str, Callable[[World], list[Planned]]] = {
    "csv_onderzoeken": csv_onderzoeken.deliveries,
    "cyber_onderzoeken": cyber_onderzoeken.deliveries,
    "cyber_verdachten": cyber_verdachten.deliveries,
    "oskm_onderzoeken": oskm_onderzoeken.deliveries,
    "mensenhandel_verdachten": mensenhandel_verdachten.deliveries,
    "geregistreerde_misdrijven": geregistreerde_misdrijven.deliveries,
    "cbs_misdrijven": cbs_misdrijven.deliveries,
    "integrale_acties": integrale_acties.deliveries,
    "ondermijningssignalen": ondermijningssignalen.deliveries,
    "om_beslag": afpakken.om_beslag,
    "cjib_incasso": afpakken.cjib_incasso,
    "fiscaal_afpakken": afpakken.fiscaal_afpakken,
    "bestuurlijk_afpakken": afpakken.bestuurlijk_afpakken,
    "comensha_meldingen": comensha_meldingen.deliveries,
    "mensenhandel_onderzoeken": mensenhandel_onderzoeken.deliveries,
    "executie_dossiers": executie_dossiers.deliveries,
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
    code_lists = read_code_lists(extracts)
    totals = read_totals()
    paths = []
    for planned in plan(extracts, code_lists, totals):
        folder = inbox / planned.extract.registration
        path = write(
            planned.extract,
            planned.frame,
            folder,
            planned.stand_datum,
            planned.ontvangen_op,
            planned.form,
            planned.kind,
        )
        say(f"{planned.extract.registration}/{path.name}: {len(planned.frame)} fictieve rijen")
        paths.append(path)
    return paths


def read_totals(file: Path = SCENARIO) -> dict[tuple[str, str], dict[int, int]]:
    """Read the totals to which the stories are tied.

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
    extracts: Mapping[tuple[str, str], Extract],
    code_lists: CodeLists,
    totals: Mapping[tuple[str, str], Mapping[int, int]],
) -> list[Planned]:
    """Decide what is delivered.

    Args:
        extracts: The declared extracts.
        code_lists: Codes by the name of the code list.
        totals: Totals of the scenario.

    Returns:
        The files, per registration in order of arrival.
    """
    planned = []
    for registration in dict.fromkeys(owner for owner, _ in extracts):
        own = {name: extract for (owner, name), extract in extracts.items() if owner == registration}
        # Each registration has its own chance, so that a change in one story leaves other files as they are.
        world = World(own, code_lists, totals, Random(f"{SEED} {registration}"))
        planned += STORIES.get(registration, _basic_deliveries)(world)
    return planned


def _basic_deliveries(world: World) -> list[Planned]:
    frames: dict[str, pd.DataFrame] = {}
    while len(frames) < len(world.extracts):
        ready = [
            extract
            for extract in world.extracts.values()
            if extract.name not in frames and _references(extract) <= frames.keys()
        ]
        if not ready:
            left = sorted(world.extracts.keys() - frames.keys())
            raise ValueError(f"{left} refer to each other or to themselves")
        for extract in ready:
            frames[extract.name] = rows(extract, BASIC_ROWS, world.rng, world.code_lists, frames)
    return [Planned(world.extracts[name], frames[name], STAND, CORRECTED_RECEIVED) for name in world.extracts]


def _references(extract: Extract) -> set[str]:
    return {column.references.split(".")[0] for column in extract.columns if column.references}
