"""The long proof: spoiled deliveries, killed runs, attacked releases, and people to be found; another chance each time.

What is tried, and what must hold of it, stands in the tests, which try a few; here is how many, and what is shown.
An example that fails is made as short as it can be, and shown with the seed that finds it again.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.disks import can_mount
from tests.leaks import walk_whole
from tests.night_disks import Full, try_nights
from tests.night_kills import Killed, kill_nights
from tests.unit import test_border_kills as border_in
from tests.unit import test_publication_kills as publishing
from tests.unit.test_border_fuzz import try_many
from tests.unit.test_release import release_and_attack
from tests.unit.test_release_amounts import release_and_attack_amounts

KILLS_PER_HUNDRED = 1
PUBLICATIONS, PUBLICATION_KILLS = 200, 100
# Of each, three releases one after another.
RELEASES_PER_HUNDRED = 1


def main() -> int:
    """Try, and say how far it is.

    Returns:
        The exit code: 1 where something did not hold.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aantal", type=int, default=5000, help="number of spoiled deliveries")
    parser.add_argument("--nachten", type=int, default=5, help="number of whole nights that are killed; minutes each")
    parser.add_argument("--zaad", type=int, default=random.SystemRandom().randrange(10**6), help="where chance begins")
    asked = parser.parse_args()
    again = f"make soak AANTAL={asked.aantal} NACHTEN={asked.nachten} ZAAD={asked.zaad}"
    print(f"zaad {asked.zaad} (opnieuw: {again})", flush=True)
    begun = time.monotonic()
    counted: dict[str, int] = {}

    def say(outcome: str, number: int) -> None:
        counted[outcome] = counted.get(outcome, 0) + 1
        if number % 100 == 0:
            shown = ", ".join(f"{each} {count}" for each, count in sorted(counted.items()))
            print(f"{number} van {asked.aantal} leveringen in {time.monotonic() - begun:.0f} s: {shown}", flush=True)

    try_many(asked.aantal, asked.zaad, say)
    wrong: list[object] = []
    with TemporaryDirectory() as folder:
        kills = border_in.kill_and_go_on(
            Path(folder) / "grens in", asked.zaad, max(1, asked.aantal * KILLS_PER_HUNDRED // 100)
        )
        wrong += [each for each in kills if not each["same"]]
        midway = sum(bool(each["left"]) for each in kills)
        print(f"{len(kills)} keer grens in afgebroken, {midway} met een kopie op de werkplek", flush=True)
        published = publishing.kill_and_go_on(Path(folder) / "publicaties", asked.zaad, PUBLICATION_KILLS)
        wrong += [each for each in published if each["different"]]
        swapped = sum(each["seen"] == 2 for each in published)
        print(f"{len(published)} publicaties afgebroken, {swapped} na de wissel", flush=True)
        looks, seen = publishing.read_while_publishing(Path(folder) / "lezer", PUBLICATIONS)
        print(f"een lezer keek {looks} keer tijdens {PUBLICATIONS} publicaties en zag er {seen}", flush=True)
    with TemporaryDirectory() as folder:
        kept, printed = walk_whole(Path(folder))
    leaked = sorted(kept.found | printed.found)
    print(
        f"{kept.files + printed.files} bestanden en {kept.values} teksten doorzocht; van verzonnen personen gevonden: "
        f"{leaked or 'niets'}",
        flush=True,
    )
    wrong += leaked
    attacked, narrowed = 0, []
    with TemporaryDirectory() as folder:
        for number in range(max(1, asked.aantal * RELEASES_PER_HUNDRED // 100)):
            for attempt, name in ((release_and_attack, "aantallen"), (release_and_attack_amounts, "bedragen")):
                found = attempt(Path(folder) / name / str(number), asked.zaad + number)
                attacked, narrowed = attacked + found.attacked, [*narrowed, *found.narrowed]
    print(
        f"{attacked} achtergehouden cellen van vrijgaven aangevallen; te nauw bepaald: {narrowed or 'geen'}", flush=True
    )
    wrong += narrowed
    # DuckDB would not let a night of another process near what this process has open.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        nights = kill_nights(Path(folder), asked.zaad, asked.nachten, _tell_night) if asked.nachten else []
        wrong += [each for each in nights if each.wrong]
    if asked.nachten and can_mount():
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            full = try_nights(Path(folder), _tell_full)
            wrong += [each for each in full if each.wrong]
            print(f"{sum(each.code == 1 for each in full)} van {len(full)} nachten gestopt op een volle schijf")
    print(f"{len(nights)} nachten afgebroken; anders dan ongestoord: {wrong or 'geen'}")
    return 1 if wrong else 0


def _tell_full(full: Full) -> None:
    outcome = "; ".join(full.wrong) or "als ongestoord"
    print(f"nacht met {full.left} KiB op de schijf eindigde met {full.code}: {outcome}", flush=True)


def _tell_night(killed: Killed) -> None:
    outcome = "; ".join(killed.wrong) or f"{killed.rows} gepubliceerde rijen als ongestoord"
    print(f"nacht afgebroken na '{killed.step}': {outcome}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
