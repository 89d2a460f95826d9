"""The story of the public table of registered crime: a look-alike, every figure and municipality invented.

The figures of the country and of its units are those of the scenario; the municipalities are made up here.
"""

from datetime import date
from random import Random
from typing import Any

from orchestration.demo.generator import Form, rows
from orchestration.demo.story import Planned, World

EXTRACT = "misdrijven"
INDICATOR = "geregistreerde_misdrijven"
NEDERLAND = "Nederland"
NOT_PLACED = "Niet in te delen (RE)"
UNKNOWN = "."
SLICES = (
    ((2022, 2023), date(2024, 2, 1), date(2024, 2, 5)),
    ((2024,), date(2025, 2, 1), date(2025, 2, 5)),
)
GEMEENTEN = (
    "Aardbeiendam", "Bedenkburg", "Bellenblaasbeek", "Boterbloemhaven", "Denkbeeldig aan Zee",
    "Doezeldorp", "Dromersveen", "Dubbelduin", "Elfenmeer", "Fabelrade", "Fantasia (N.)", "Fantasia (Z.)",
    "Fictiedam", "Gatenkaas", "Gewoonlijk-Niet", "Hersenschim", "Inktvlek", "Jokkebrokken",
    "Kwartelkwaak", "Luchtkasteel", "Mistveld", "Nergenshuizen", "Niemandsland", "Ooitgedacht",
    "Papierenpoort", "Pennenstreek", "Potlooddrecht", "Proefstad", "Regenboogeind", "Schijnwoude",
    "Sprookjesbergen", "Testerveen", "Uitgedacht aan de IJl", "Verzonnerdam", "Vlinderslag",
    "Voorbeeldhoven", "Wolkenwijk", "Zandkasteel", "Zeepbeldrecht", "'s-Nergenshage",
)  # fmt: skip
UNKNOWN_GEMEENTEN = ("Nog Te Verzinnen", "Opgeheven Eiland", "Verdwenen Polder")


def deliveries(world: World) -> list[Planned]:
    """Plan the deliveries of this table.

    Args:
        world: What the story is made of.

    Returns:
        The files, one for each slice of years, in order of arrival.
    """
    shares = _shares(world.rng)
    return [_slice(world, years, stand, received, shares) for years, stand, received in SLICES]


def _shares(rng: Random) -> dict[str, float]:
    """Choose the relative size of every municipality, the same in each slice."""
    return {gemeente: rng.uniform(0.5, 3.0) for gemeente in GEMEENTEN}


def _slice(
    world: World, years: tuple[int, ...], stand_datum: date, ontvangen_op: date, shares: dict[str, float]
) -> Planned:
    extract = world.extracts[EXTRACT]
    figures = _figures(world, years, shares)
    frame = rows(
        extract,
        len(figures),
        world.rng,
        world.code_lists,
        regio=[regio for regio, _ in figures],
        aantallen=[aantallen for _, aantallen in figures],
    )
    form = Form(
        preamble=(
            ("Geregistreerde misdrijven en aangiften; fictieve demogegevens, gemeente 2026",),
            ("Soort misdrijf: Totaal misdrijven",),
            ("",),
            ("Onderwerp", *["Geregistreerde misdrijven"] * len(years)),
            ("Perioden",),
        ),
        headings=tuple(str(year) for year in years),
        footer='"Bron: fictieve demogegevens, niet van de politie"',
        quote_all=True,
    )
    return Planned(extract, frame, stand_datum, ontvangen_op, form)


def _figures(world: World, years: tuple[int, ...], shares: dict[str, float]) -> list[tuple[str, list[Any]]]:
    """Make the rows in the order of the public table: country, municipalities, the rest, units."""
    units: dict[str, list[Any]] = {
        uitsplitsing.removeprefix("regio:"): [by_year[year] for year in years]
        for (indicator, uitsplitsing), by_year in world.totals.items()
        if indicator == INDICATOR
    }
    nederland = units.pop(NEDERLAND)
    unknown: list[Any] = [UNKNOWN] * len(years)
    placed = [total - rest for total, rest in zip(nederland, units[NOT_PLACED], strict=True)]
    gemeenten = {name: _part(placed, share / sum(shares.values())) for name, share in shares.items()}
    gemeenten |= dict.fromkeys(UNKNOWN_GEMEENTEN, unknown)
    return [
        (NEDERLAND, nederland),
        *sorted(gemeenten.items()),
        ("Buitenland", unknown),
        ("Gemeenten; niet in te delen", units[NOT_PLACED]),
        *units.items(),
    ]


def _part(totals: list[int], share: float) -> list[int]:
    return [round(total * share) for total in totals]
