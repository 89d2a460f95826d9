"""The long proof: thousands of spoiled deliveries, killed runs and attacked releases, by another chance each time.

What is tried, and what must hold of it, stands in the tests, which try a few; here is how many, and what is shown.
An example that fails is made as short as it can be, and shown with the seed that finds it again.
"""

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unit.test_border_fuzz import try_many
from tests.unit.test_border_kills import kill_and_go_on
from tests.unit.test_release import release_and_attack

KILLS_PER_HUNDRED = 1
# Of each, three releases one after another.
RELEASES_PER_HUNDRED = 1


def main() -> int:
    """Try, and say how far it is.

    Returns:
        The exit code: 1 where something did not hold.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aantal", type=int, default=5000, help="number of spoiled deliveries")
    parser.add_argument("--zaad", type=int, default=random.SystemRandom().randrange(10**6), help="where chance begins")
    asked = parser.parse_args()
    print(f"zaad {asked.zaad} (opnieuw: make soak AANTAL={asked.aantal} ZAAD={asked.zaad})", flush=True)
    begun = time.monotonic()
    counted: dict[str, int] = {}

    def say(outcome: str, number: int) -> None:
        counted[outcome] = counted.get(outcome, 0) + 1
        if number % 100 == 0:
            shown = ", ".join(f"{each} {count}" for each, count in sorted(counted.items()))
            print(f"{number} van {asked.aantal} leveringen in {time.monotonic() - begun:.0f} s: {shown}", flush=True)

    try_many(asked.aantal, asked.zaad, say)
    with TemporaryDirectory() as folder:
        kills = kill_and_go_on(Path(folder) / "nachten", asked.zaad, max(1, asked.aantal * KILLS_PER_HUNDRED // 100))
    wrong = [each for each in kills if not each["same"]]
    midway = sum(bool(each["left"]) for each in kills)
    print(
        f"{len(kills)} runs afgebroken, {midway} met een kopie op de werkplek; anders dan ongestoord: {wrong or 'geen'}"
    )
    attacked, narrowed = 0, []
    with TemporaryDirectory() as folder:
        for number in range(max(1, asked.aantal * RELEASES_PER_HUNDRED // 100)):
            found = release_and_attack(Path(folder) / str(number), asked.zaad + number)
            attacked, narrowed = attacked + found.attacked, [*narrowed, *found.narrowed]
    print(f"{attacked} achtergehouden cellen van vrijgaven aangevallen; te nauw bepaald: {narrowed or 'geen'}")
    return 1 if wrong or narrowed else 0


if __name__ == "__main__":
    sys.exit(main())
