"""The story of the public table of crime by province: a look-alike, every figure invented.

The registered crimes of the country are those of the scenario. They are shared out over kinds and provinces, added up
exactly, and only then rounded, each number by itself, as the public table is.
"""

from datetime import date
from random import Random

from orchestration.demo.generator import Form, read_seed, rows
from orchestration.demo.story import Planned, World

EXTRACT = "provincies"
TOTALS = ("context_misdrijven", "nederland:geregistreerd")
ROUNDED_TO = 5
SLICES = (
    ((2014, 2015, 2016, 2017), (2016, 2017), date(2018, 3, 1), date(2018, 3, 5)),
    ((2016, 2017, 2018), (2018,), date(2019, 3, 1), date(2019, 3, 5)),
)
# A figure that a later file makes final is a few percent higher there.
MADE_FINAL = set(SLICES[-1][0]) - set(SLICES[-1][1])
BEFORE_FINAL = 0.97
NOT_PLACED_SHARE = 0.001
# Share of the registered crimes, per subject. The public table sets two bars before one of its subjects.
SUBJECTS = (
    ("Totaal geregistreerde misdrijven", 1.0),
    ("||Totaal opgehelderde misdrijven", 0.26),
    ("Registraties van verdachten", 0.31),
)
ALL_KINDS = "Misdrijven, totaal"
# A kind with a share is a leaf; the other kinds are the sum of those below them.
KINDS: dict[str, float | None] = {
    "1 Vermogensmisdrijven": None,
    "1.1 Diefstal/verduistering en inbraak": None,
    "1.1.1 Diefstal en inbraak met geweld": 0.012,
    "1.1.2 Diefstal en inbraak zonder geweld": 0.538,
    "1.7 Witwassen": 0.001,
    "2 Vernielingen, misdr.openb.orde/gezag": None,
    "2.2 Openbare orde misdrijf": None,
    "2.2.4 Computervredebreuk": 0.003,
    "2.2.6 Openbare orde misdrijf (overig)": 0.127,
    "3 Gewelds- en seksuele misdrijven": None,
    "3.1 Mishandeling": 0.099,
    "3.6 Mensenhandel, mensensmokkel": 0.001,
    "5 Verkeersmisdrijven": 0.191,
    "6 Drugsmisdrijven": None,
    "6.1 Harddrugs": 0.011,
    "6.2 Softdrugs": 0.009,
    "6.3 Drugsmisdrijf (overig)": 0.002,
    "7 (Vuur)wapenmisdrijven": 0.006,
}

# Exact numbers: by kind, then by region, for one subject and year.
Exact = dict[str, dict[str, int]]


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this table.

    Args:
        world: What the story is made of.

    Returns:
        The files, one for each slice of years, in order of arrival.
    """
    # The names that a region has in other years come after the first.
    names = {row["regio_code"]: row["label"] for row in reversed(read_seed("cbs_regio"))}
    country, *regions = reversed(names.values())
    shares = _shares(regions, world.rng)
    return [
        _slice(world, years, provisional, stand, received, country, shares)
        for years, provisional, stand, received in SLICES
    ]


def _shares(regions: list[str], rng: Random) -> dict[str, float]:
    """Choose how the country is shared out; what cannot be placed is the last region of the list."""
    weights = {region: rng.uniform(1, 6) for region in regions[:-1]}
    placed = sum(weights.values()) / (1 - NOT_PLACED_SHARE)
    return {region: weight / placed for region, weight in weights.items()} | {regions[-1]: NOT_PLACED_SHARE}


def _slice(
    world: World,
    years: tuple[int, ...],
    provisional: tuple[int, ...],
    stand_datum: date,
    ontvangen_op: date,
    country: str,
    shares: dict[str, float],
) -> Planned:
    extract = world.extracts[EXTRACT]
    early = MADE_FINAL.intersection(provisional)
    exact = {
        (subject, year): _exact(
            round(world.totals[TOTALS][year] * share * (BEFORE_FINAL if year in early else 1)), shares
        )
        for subject, share in SUBJECTS
        for year in years
    }
    columns = [(region, subject, year) for region in [country, *shares] for subject, _ in SUBJECTS for year in years]
    kinds = [ALL_KINDS, *KINDS]
    frame = rows(
        extract,
        len(kinds),
        world.rng,
        world.code_lists,
        soort_misdrijf=kinds,
        aantallen=[
            [_rounded(exact[subject, year][kind], country, region) for region, subject, year in columns]
            for kind in kinds
        ],
    )
    headings = tuple(
        f"{region}_{subject}_{year}{'*' if year in provisional else ''}" for region, subject, year in columns
    )
    return Planned(extract, frame, stand_datum, ontvangen_op, Form(headings=headings))


def _exact(total: int, shares: dict[str, float]) -> Exact:
    """Share a total out over leaves and regions without losing one, and add it up for the kinds above."""
    leaves = {kind: share for kind, share in KINDS.items() if share is not None}
    cells = {
        kind: {region: round(total * share * part) for region, part in shares.items()} for kind, share in leaves.items()
    }
    largest_kind, largest_region = (
        max(leaves, key=lambda kind: leaves[kind]),
        max(shares, key=lambda name: shares[name]),
    )
    cells[largest_kind][largest_region] += total - sum(sum(by_region.values()) for by_region in cells.values())
    whole = {
        kind: {region: sum(cells[leaf][region] for leaf in leaves if _is_below(leaf, kind)) for region in shares}
        for kind in KINDS
    }
    return whole | {ALL_KINDS: {region: sum(cells[leaf][region] for leaf in leaves) for region in shares}}


def _is_below(leaf: str, kind: str) -> bool:
    code, above = leaf.split()[0], kind.split()[0]
    return code == above or code.startswith(f"{above}.")


def _rounded(by_region: dict[str, int], country: str, region: str) -> int:
    number = sum(by_region.values()) if region == country else by_region[region]
    return ROUNDED_TO * round(number / ROUNDED_TO)
