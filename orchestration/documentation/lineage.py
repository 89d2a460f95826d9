"""Where tables come from: per group of models what it reads and who reads it, drawn from left to right.

Lists are read nearly everywhere and would hide the rest: they are named in the text, and not drawn.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

from orchestration.dbt_nodes import Key, Node
from orchestration.reporting.colours import LIGHT

# The registers of the machine itself: every model rests on them.
OWN = ("leveringen", "publicaties", "vraag")
WIDTH, GAP, HEIGHT, STEP, TOP = 164, 30, 40, 50, 34
# So many letters fit in a box; a longer name takes two lines, and one that is longer still is drawn narrower.
LETTERS = 24


@dataclass(frozen=True)
class Lineage:
    """One group of models between what it reads and what is made of it.

    Args:
        columns: What stands below one another, with a heading, from left to right.
        edges: Who is read by whom, among what is drawn.
        lists: The lists that the models of the group read.
        general: What is read from other groups and is not drawn.
    """

    columns: Sequence[tuple[str, Sequence[Key]]]
    edges: Sequence[tuple[Key, Key]]
    lists: Sequence[str]
    general: Sequence[str]


def trace(group: str, nodes: Mapping[Key, Node]) -> Lineage:
    """Follow a group of models to what it reads and to the marts that rest on it.

    Args:
        group: The group.
        nodes: All seeds and models.

    Returns:
        What was found.
    """
    own = {key for key, node in nodes.items() if node.group == group}
    read = {parent for key in own for parent in nodes[key].parents} - own
    staging = {key for key in read if key in nodes and nodes[key].layer == "staging" and key[1].startswith("stg_")}
    extracts = {source for key in staging for source in _sources(key, nodes) if source[0] not in OWN}
    readers = {key for key, node in nodes.items() if own & {*node.parents}} - own
    between = {key for key in readers if nodes[key].layer == "intermediate"}
    marts = {key for key in nodes if nodes[key].layer == "marts" and _reaches(key, own, nodes)}
    steps = _steps(own, nodes)
    columns = [("Leveringen", sorted(extracts)), ("Gelezen als", sorted(staging))]
    columns += [
        ("Definities" if not place else "Definities, vervolg", sorted(step)) for place, step in enumerate(steps)
    ]
    columns += [("Verzameld", sorted(between)), ("Tabellen", sorted(marts))]
    edges = [(source, key) for key in staging for source in _sources(key, nodes) if source in extracts]
    edges += [(parent, key) for key in own for parent in nodes[key].parents if parent in own | staging]
    edges += [(parent, key) for key in between for parent in nodes[key].parents if parent in own]
    edges += [(key, mart) for mart in marts for key in _last(mart, own, between, nodes)]
    lists = {parent[1] for key in own for parent in nodes[key].parents if parent[0] == "seeds"}
    general = {key[1] for key in read if key in nodes} - lists - {key[1] for key in staging}
    return Lineage([column for column in columns if column[1]], sorted({*edges}), sorted(lists), sorted(general))


def draw(lineage: Lineage) -> str:
    """Draw it as SVG, in the colours of the pages.

    Args:
        lineage: What is drawn.

    Returns:
        The drawing.
    """
    places = _places(lineage)
    width = len(lineage.columns) * (WIDTH + GAP) - GAP
    height = TOP + max(len(keys) for _, keys in lineage.columns) * STEP
    # A little smaller it can still be read; on a narrower page it is moved, not shrunk.
    least = f'style="min-width: {round(0.8 * width)}px"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 {width + 2} {height}" width="{width + 2}" {least}>'
    ]
    for one, other in lineage.edges:
        (x, y), (to, down) = places[one], places[other]
        x, y, down = x + WIDTH, y + HEIGHT / 2, down + HEIGHT / 2
        bend = min((to - x) / 2, WIDTH / 2)
        drawn.append(
            f'<path d="M{x} {y:g} C{x + bend:g} {y:g} {to - bend:g} {down:g} {to} {down:g}" fill="none" '
            f'stroke="{LIGHT.line}"/>'
        )
    for column, (heading, _) in enumerate(lineage.columns):
        x = column * (WIDTH + GAP)
        drawn.append(f'<text x="{x}" y="16" text-anchor="start" font-weight="600">{escape(heading)}</text>')
    for key, (x, y) in places.items():
        drawn.append(
            f'<rect x="{x}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="3" fill="{LIGHT.band}" '
            f'stroke="{LIGHT.line}"/>'
        )
        lines = _lines(name_of(key))
        for line, text in enumerate(lines):
            down = y + (24 if len(lines) == 1 else 17 + 15 * line)
            fit = f' textLength="{WIDTH - 12}" lengthAdjust="spacingAndGlyphs"' if len(text) > LETTERS else ""
            drawn.append(f'<text x="{x + 6}" y="{down:g}" text-anchor="start"{fit}>{escape(text)}</text>')
    return "".join([*drawn, "</svg>"])


def _places(lineage: Lineage) -> dict[Key, tuple[float, float]]:
    """Where each box stands: below one another, in the order of what they read, so that few lines cross."""
    places: dict[Key, tuple[float, float]] = {}
    tallest = max(len(keys) for _, keys in lineage.columns)
    for column, (_, keys) in enumerate(lineage.columns):
        heights = {
            key: [places[one][1] for one, other in lineage.edges if other == key and one in places] for key in keys
        }
        ordered = sorted(keys, key=lambda key: (sum(heights[key]) / len(heights[key]) if heights[key] else 0.0, key))
        top = TOP + (tallest - len(keys)) * STEP / 2
        for row, key in enumerate(ordered):
            places[key] = (column * (WIDTH + GAP), top + row * STEP)
    return places


def _lines(name: str) -> list[str]:
    """A name in one line or two, parted behind a sign that is no letter, as near to its middle as can be."""
    parts = [match.end() for match in re.finditer(r"[ _]+", name)]
    if len(name) <= LETTERS or not parts:
        return [name]
    middle = min(parts, key=lambda place: abs(place - len(name) / 2))
    return [name[:middle].rstrip(), name[middle:]]


def name_of(key: Key) -> str:
    """How something is called in the drawing: a delivery by register and extract, a model by its name.

    Args:
        key: Schema and name, or source and table.
    """
    return key[1] if key[0] in ("staging", "intermediate", "marts", "seeds") else f"{key[0]} / {key[1]}"


def _sources(key: Key, nodes: Mapping[Key, Node]) -> set[Key]:
    """The extracts below a model of staging, through others of staging where it reads those."""
    if key not in nodes:
        return {key}
    return {source for parent in nodes[key].parents if parent[0] != "seeds" for source in _sources(parent, nodes)}


def _reaches(key: Key, own: set[Key], nodes: Mapping[Key, Node]) -> bool:
    todo, seen = [key], set[Key]()
    while todo:
        each = todo.pop()
        if each in own:
            return True
        if each in nodes and each not in seen:
            seen.add(each)
            todo += nodes[each].parents
    return False


def _last(mart: Key, own: set[Key], between: set[Key], nodes: Mapping[Key, Node]) -> set[Key]:
    """What of the drawn models a mart reads, itself or through models that are not drawn."""
    found, todo, seen = set[Key](), [*nodes[mart].parents], set[Key]()
    while todo:
        each = todo.pop()
        if each in own | between:
            found.add(each)
        elif each in nodes and each not in seen:
            seen.add(each)
            todo += nodes[each].parents
    return found


def _steps(own: Iterable[Key], nodes: Mapping[Key, Node]) -> list[list[Key]]:
    """Models of a group, each after those of the group that it reads."""
    left, steps = {*own}, []
    while left:
        step = [key for key in left if not left & {*nodes[key].parents}]
        steps.append(step)
        left -= {*step}
    return steps
