"""What of a block is shown: protected by itself, and beside every release before it.

A reader is taken to know what is released, which numbers are not zero, why each hidden one is hidden, and all earlier
releases. How hidden cells are chosen is `argus`; what two releases show together, `attack`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from orchestration.release.argus import Asked, hide, rounded
from orchestration.release.attack import ContradictionError, Range, Reading, ranges
from orchestration.release.blocks import Block, Cell, Composition, equations, with_rests, with_totals
from orchestration.release.rules import Rule, Weight

# The codes of CL_CONF_STATUS of SDMX: free, confidential by itself, and hidden since it would show another one.
FREE, CONFIDENTIAL, SECONDARY = "F", "C", "D"
# What a solver may be off.
TOLERANCE = 0.01
SMALL, DOMINATED, BY_OTHERS, BEFORE = "klein", "overheersing", "samenhang", "eerdere_vrijgave"
# Not safe by itself.
UNSAFE = (SMALL, DOMINATED)


class Shown(NamedTuple):
    """A cell as a release shows it.

    Args:
        value: What stands there; None where it is hidden.
        status: Code of CL_CONF_STATUS.
        reason: Why it is hidden.
        rounded_to: The multiple that it was rounded to; None where it is exact.
        told: Why the share was hidden of which an earlier release hid both numbers.
    """

    value: int | None
    status: str = FREE
    reason: str | None = None
    rounded_to: int | None = None
    told: str | None = None


@dataclass(frozen=True)
class Earlier:
    """What an earlier release showed of a block.

    Args:
        number: Number of that release.
        cells: Its cells; one that is not there was zero, or withheld with all the others of its split.
        rules: How indicators were released then.
    """

    number: int
    cells: Mapping[Cell, Shown]
    rules: Mapping[str, Rule]


@dataclass(frozen=True)
class Outcome:
    """What is shown of a block.

    Args:
        block: The block, with what is withheld.
        cells: Its cells.
        kept_from: Number of the release of which it keeps all; None where it is new.
        is_national_hidden: Its national figures are too small as well.
    """

    block: Block
    cells: Mapping[Cell, Shown]
    kept_from: int | None = None
    is_national_hidden: bool = False


def protect(
    block: Block,
    rules: Mapping[str, Rule],
    composition: Composition,
    earlier: Sequence[Earlier],
    scratch: Path,
    round_off: bool = False,
) -> Outcome:
    """Decide what of a block is shown.

    Args:
        block: The block.
        rules: How indicators are released.
        composition: Which indicators are parts of others.
        earlier: What earlier releases showed of it, oldest first.
        scratch: Folder for files that live no longer than this.
        round_off: Whether numbers are rounded where they would be hidden.

    Returns:
        What is shown.
    """
    before = [each for each in earlier if each.cells]
    if any(_is_small_nationally(cell, value, rules) for cell, value in _national(block).items()):
        if before:
            return Outcome(block, before[-1].cells, before[-1].number)
        return Outcome(block.national_alone("landelijk_te_klein"), {}, is_national_hidden=True)
    if any(
        _is_small_step(cell, value, each, rules, block) for cell, value in _national(block).items() for each in before
    ):
        return Outcome(block, before[-1].cells, before[-1].number)
    for attempt in _attempts(block, composition):
        question = _Question.of(attempt, rules, composition, before)
        if question is None:
            continue
        # An amount is safe by what it is made of, which a multiple of the threshold says nothing about.
        is_rounded = round_off and not any(cell.is_amount for cell in block.values)
        cells = question.rounded(scratch) if is_rounded else question.hidden(scratch)
        if cells is None:
            continue
        cells = _as_before(cells, before)
        if question.stands_beside(before, cells):
            return Outcome(attempt, cells)
    return Outcome(block, before[-1].cells, before[-1].number)


def _as_before(cells: Mapping[Cell, Shown], before: Sequence[Earlier]) -> Mapping[Cell, Shown]:
    """What the last release said of the same cells, where all that can be seen is the same.

    Another reason for a cell would tell of a change that is not to be seen.
    """
    last = before[-1].cells if before else {}
    same = last.keys() == cells.keys() and all(
        (shown.value, shown.rounded_to) == (last[cell].value, last[cell].rounded_to) for cell, shown in cells.items()
    )
    return last if same else cells


def reading(cells: Mapping[Cell, Shown], rules: Mapping[str, Rule], composition: Composition) -> Reading:
    """What a release tells of a block, for who knows why each cell is hidden.

    Args:
        cells: Its cells.
        rules: How indicators were released.
        composition: Which indicators are parts of others.
    """
    found = {cell: _range(cell, shown, rules[cell.indicator]) for cell, shown in cells.items()}
    known = equations(found, composition)
    rests = {part: Range(0, None) for _, parts in known for part in parts if part.is_rest}
    # A whole that was withheld, or is zero for lack of a row, says nothing of its parts.
    held = [
        each for each in known if each.total in found and all(part in found or part in rests for part in each.parts)
    ]
    return Reading({**found, **rests}, held)


def _range(cell: Cell, shown: Shown, rule: Rule) -> Range:
    if cell.is_amount:
        # Of how many an amount is, or by how much one of them dominates, nothing is said.
        return Range(0, None) if shown.value is None else Range(*[shown.value / cell.scale] * 2)
    if shown.value is not None:
        around = (shown.rounded_to or 1) - 1
        # A cell that is zero has no row, and readers know so.
        return Range(max(1 if around else 0, shown.value - around), shown.value + around)
    if shown.reason == SMALL:
        return Range(1, rule.threshold - 1)
    return Range(rule.threshold if shown.reason == BY_OTHERS else 0, None)


def _national(block: Block) -> dict[Cell, int]:
    return {cell: value for cell, value in block.values.items() if cell.is_national}


def _attempts(block: Block, composition: Composition) -> Iterator[Block]:
    """The block, and ever less of it: without a split or a subset, without all, with national figures alone."""
    reason = "niet_veilig"
    yield block
    splits = sorted(block.splits)
    subsets = sorted(set(block.indicators) & set(composition.subsets))
    less = [block.without([split], reason) for split in splits]
    less += [block.national_alone(reason, [subset]) for subset in subsets]
    whole = block.without(splits, reason)
    if subsets:
        less += [whole.national_alone(reason, [subset]) for subset in subsets]
        less.append(whole.national_alone(reason, subsets))
    if splits:
        less.append(whole)
    # Of equally safe ones, the one that shows most.
    yield from sorted(less, key=lambda each: -len(each.values))
    yield block.national_alone(reason)


def _is_small_nationally(cell: Cell, value: int, rules: Mapping[str, Rule]) -> bool:
    # Of an amount that was seen to when its block was made: it has no link that would show it.
    return not cell.is_amount and 0 < value < rules[cell.indicator].national_threshold


def _is_small_step(cell: Cell, value: int, earlier: Earlier, rules: Mapping[str, Rule], block: Block) -> bool:
    """Whether a cell shows, beside an earlier release, that few were added or went."""
    shown = earlier.cells.get(cell)
    if shown is None or shown.value is None:
        return False
    if cell.is_amount:
        # What came cannot be larger than the largest two that are there; what went, nobody can see any more.
        weight = block.weights.get(cell)
        grown = value - shown.value
        return grown < 0 or (grown > 0 and (weight is None or grown < _safe_growth(weight, rules[cell.indicator])))
    return shown.rounded_to is None and 0 < abs(value - shown.value) < rules[cell.indicator].threshold


def _safe_growth(weight: Weight, rule: Rule) -> int:
    """By how much an amount has to grow before nobody can tell one of those who made it grow: by the same rule."""
    return weight.largest + weight.second + rule.closeness(weight)


@dataclass(frozen=True)
class _Question:
    """What is asked about a block: its cells with the rests that nobody publishes, and what is wanted of each."""

    block: Block
    rules: Mapping[str, Rule]
    composition: Composition
    asked: Mapping[Cell, Asked]
    reasons: Mapping[Cell, str]

    @classmethod
    def of(
        cls, block: Block, rules: Mapping[str, Rule], composition: Composition, before: Sequence[Earlier]
    ) -> "_Question | None":
        """Say what is wanted; None where a step in time leaves no room for it."""
        kept = {cell for each in before for cell, shown in each.cells.items() if shown.value is None}
        # What was hidden stays so, also when it became nothing.
        gone = {cell: 0 for cell in kept if cell.split in {*block.splits, "geen"} and not cell.is_national}
        # With national figures alone there is nothing to hide.
        held = with_totals({**gone, **block.values}, composition) if len(block.values) > len(_national(block)) else {}
        values = with_rests(held, composition)
        asked: dict[Cell, Asked] = {}
        reasons: dict[Cell, str] = {}
        for cell, value in values.items():
            rule = rules[cell.indicator]
            weight = block.weights.get(cell)
            steps = [each.cells[cell].value for each in before if _is_small_step(cell, value, each, rules, block)]
            if cell.is_national:
                asked[cell] = Asked(value, value, value, is_fixed=True)
            elif cell.is_rest:
                stays = rule.must_stay(value, weight) if rule.is_unsafe(value, weight) else None
                asked[cell] = Asked(value, 0, is_hidden=True, must_stay=stays)
            elif rule.is_unsafe(value, weight):
                low, high = (0, None) if cell.is_amount else (1, rule.threshold - 1)
                asked[cell] = Asked(value, low, high, is_hidden=True, must_stay=rule.must_stay(value, weight))
                reasons[cell] = DOMINATED if cell.is_amount else SMALL
            elif steps:
                seen = [step for step in steps if step is not None]
                found = _step(value, seen, _width_of_step(cell, value, seen, weight, rule))
                if found is None:
                    return None
                asked[cell], reasons[cell] = found, BEFORE
            elif cell in kept:
                asked[cell], reasons[cell] = Asked(value, 0, is_hidden=True), BEFORE
            else:
                # Hidden now and shown before, it is known to be no less, if all grew.
                known = [each.cells[cell].value or 0 for each in before if cell in each.cells]
                low = max([0 if cell.is_amount else rule.threshold, *(each for each in known if each <= value)])
                asked[cell] = Asked(value, low if value else 0, is_fixed=not value)
        return cls(block, rules, composition, asked, reasons)

    def hidden(self, scratch: Path) -> dict[Cell, Shown] | None:
        """Hide what has to be hidden; None where that does not make it safe."""
        chosen = hide(self.asked, equations(self._published, self.composition), scratch)
        if chosen is None:
            return None
        shown = {cell: Shown(value) for cell, value in self.block.values.items()}
        for cell in chosen:
            shown[cell] = Shown(None, SECONDARY, BY_OTHERS)
        for cell, reason in self.reasons.items():
            shown[cell] = Shown(None, CONFIDENTIAL if reason in UNSAFE else SECONDARY, reason)
        return shown

    def rounded(self, scratch: Path) -> dict[Cell, Shown] | None:
        """Round, to the highest threshold of the block; national figures stay as they are."""
        base = max(self.rules[indicator].threshold for indicator in self.block.indicators)
        known = equations(self._published, self.composition)
        found = rounded(self.asked, known, base, scratch) if self.asked else {}
        if found is None:
            return None
        return {
            cell: Shown(value) if cell.is_national else Shown(found[cell], rounded_to=base)
            for cell, value in self.block.values.items()
        }

    def stands_beside(self, before: Sequence[Earlier], cells: Mapping[Cell, Shown]) -> bool:
        """Whether what is shown keeps enough possible, also beside each of the earlier releases."""
        wanted = {cell: asked.must_stay for cell, asked in self.asked.items() if asked.must_stay and not cell.is_rest}
        own = reading(cells, self.rules, self.composition)
        # What is hidden, and not rounded, τ-ARGUS looked at by itself.
        if any(shown.rounded_to for shown in cells.values()) and not _stays(wanted, [own]):
            return False
        together = _grew_until(before, cells)
        # One that shows the same tells nothing more.
        chains = [[each] for each in before if each.cells != cells and _grew(each.cells, cells)]
        chains += [together] if len(together) > 1 else []
        return all(self._stands_beside_these(chain, own, wanted) for chain in chains)

    def _stands_beside_these(
        self, earlier: Sequence[Earlier], own: Reading, wanted: Mapping[Cell, tuple[int, int]]
    ) -> bool:
        readings = [*(reading(each.cells, each.rules, self.composition) for each in earlier), own]
        try:
            return _stays(wanted, readings) and all(
                self._stays_hidden(each, place, readings) for place, each in enumerate(earlier)
            )
        except ContradictionError:
            # Something that is hidden became less, so nobody can take it that all grew.
            return True

    def _stays_hidden(self, earlier: Earlier, place: int, readings: Sequence[Reading]) -> bool:
        """Whether the small cells of an earlier release stay as unknown beside the later ones."""
        small = [cell for cell, shown in earlier.cells.items() if shown.reason in UNSAFE]
        found = ranges(readings, [(place, cell) for cell in small], only_grew=True)
        return all(
            most is None or most - least > self._width_before(cell, earlier, least) - TOLERANCE
            for (_, cell), (least, most) in found.items()
        )

    def _width_before(self, cell: Cell, earlier: Earlier, least: float) -> float:
        """How wide a cell of an earlier release has to stay."""
        if not cell.is_amount:
            return earlier.rules[cell.indicator].margin
        # What it was made of then is not known; one contributor can be no more than all.
        rule, weight = self.rules[cell.indicator], self.block.weights.get(cell)
        return max(rule.closeness_pct * least / 100, rule.closeness(weight) / cell.scale if weight else 0)

    @property
    def _published(self) -> list[Cell]:
        return [cell for cell in self.asked if not cell.is_rest]


def _step(value: int, earlier: Sequence[int], width: int) -> Asked | None:
    """Hide a cell that changed by few; who saw it grow or shrink must not be able to tell by how many."""
    low = max((each for each in earlier if each < value), default=0)
    high = min((each for each in earlier if each > value), default=None)
    least = max(low, value - width // 2)
    most = least + width
    if high is not None and most > high:
        # Of an amount that became less it may be that nothing is left.
        most, least = high, high - width if low else max(0, high - width)
    if least < low:
        return None
    return Asked(value, low, high, is_hidden=True, must_stay=(least, most))


def _width_of_step(cell: Cell, value: int, seen: Sequence[int], weight: Weight | None, rule: Rule) -> int:
    """How wide a cell has to stay that changed by what may not be seen."""
    if not cell.is_amount:
        return rule.margin
    # As far as a change that may be seen would go.
    return max(_safe_growth(weight, rule) if weight else 0, *(2 * abs(value - each) for each in seen))


def _stays(wanted: Mapping[Cell, tuple[int, int]], readings: Sequence[Reading]) -> bool:
    """Whether what has to stay possible of the newest release does, for who takes it that all grew."""
    last = len(readings) - 1
    found = ranges(readings, [(last, cell) for cell in wanted], only_grew=last > 0)
    return all(
        found[last, cell].low < low / cell.scale + TOLERANCE
        and ((most := found[last, cell].high) is None or most > high / cell.scale - TOLERANCE)
        for cell, (low, high) in wanted.items()
    )


def _grew(before: Mapping[Cell, Shown], now: Mapping[Cell, Shown]) -> bool:
    """Whether all that can be compared grew or stayed, so that a reader may take it that all did.

    Where all of it stayed he takes it that nothing changed, which tells most.
    """
    pairs = [
        (then.value, shown.value)
        for cell, shown in now.items()
        if (then := before.get(cell)) is not None
        and then.value is not None
        and shown.value is not None
        and not (then.rounded_to or shown.rounded_to)
    ]
    return bool(pairs) and all(then <= value for then, value in pairs)


def _grew_until(before: Sequence[Earlier], cells: Mapping[Cell, Shown]) -> list[Earlier]:
    """The last earlier releases of which each grew into the next one, and the last into this; no two that are alike."""
    found: list[Earlier] = []
    for each in reversed(before):
        if not _grew(each.cells, found[0].cells if found else cells):
            break
        if each.cells != (found[0].cells if found else cells):
            found.insert(0, each)
    return found
