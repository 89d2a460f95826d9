"""Makes the deliveries of one registration from its scenario file.

Rows are made per group and year, as many as the totals say; what a register knew on a day, and what was wrong with a
delivery, is taken from them. Nothing here knows a registration, a code, a column or an indicator.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import pandas as pd

from orchestration.declarations import Column, Extract
from orchestration.demo.generator import PLAIN, TRIES, CodeLists, Form, Kind, rows
from orchestration.demo.reader import Group, Known, Mistake, Part, Recipes, Scenario, ScenarioError, check_names
from orchestration.demo.values import Making, Row, calculate, names_in

Record = dict[str, Any]
Records = dict[str, list[Record]]
Totals = Mapping[tuple[str, str], Mapping[int, int]]


@dataclass(frozen=True)
class Planned:
    """One file to be written.

    Args:
        extract: Its declaration.
        frame: Its rows.
        stand_datum: Day whose state of the register they give.
        ontvangen_op: Day on which the file was received.
        form: What the declaration leaves open.
        kind: What the file holds of an extract that is delivered as changes: the whole register, or changes.
    """

    extract: Extract
    frame: pd.DataFrame
    stand_datum: date
    ontvangen_op: date
    form: Form = PLAIN
    kind: Kind = "volledig"


class World(Making):
    """What a scenario is made of, and what has been made so far.

    Args:
        scenario: What the scenario file says.
        extracts: The declared extracts of the registration, by name.
        code_lists: Codes by the name of the code list.
        totals: Totals by indicator code and uitsplitsing, then by year.
        rng: Where all chance comes from.
    """

    def __init__(
        self,
        scenario: Scenario,
        extracts: Mapping[str, Extract],
        code_lists: CodeLists,
        totals: Totals,
        rng: Random,
    ) -> None:
        """Begin with nothing made."""
        super().__init__(extracts, code_lists, rng, scenario.leveringen[-1].stand)
        self.scenario, self._totals = scenario, totals

    def years(self, name: str) -> Mapping[int, int]:
        """Give a total by year: of the first of its names that has the year."""
        keys = self.scenario.totalen.get(name, name)
        found: dict[int, int] = {}
        for key in reversed(keys if isinstance(keys, list) else [keys]):
            if isinstance(key, int):
                found = {year: key for by_year in self._totals.values() for year in by_year}
                continue
            indicator, _, part = key.partition(" ")
            if (indicator, part) not in self._totals:
                raise ScenarioError(f"{key!r} is geen totaal van scenario.csv")
            found |= self._totals[indicator, part]
        return dict(sorted(found.items()))

    def total(self, text: str | int, year: int) -> int:
        """Calculate with totals, for a year; rounded."""
        return round(calculate(str(text), lambda name: self.years(name)[year]))

    def begin(self, extract: str, group: str, year: int, **values: Any) -> Row:
        """Begin a row of a group; what is not given here is made by its recipes."""
        content = self.scenario.extracten[extract]
        part = content.groepen[group]
        return Row(self, extract, group, year, content.vast | part.waarden, values=values, also=list(part.ook))

    def finish(self, row: Row) -> None:
        """Make what is not there yet of a row, and let later rows choose it."""
        row.complete()
        self.rows[row.extract][row.group].append(row)


Hook = Callable[[World], None]


def deliveries(world: World, hook: Hook | None = None) -> list[Planned]:
    """Make the deliveries of a registration.

    Args:
        world: What they are made of.
        hook: Is given what was made before anything is written down, to do what a scenario file cannot say.

    Returns:
        The files, in order of arrival.

    Raises:
        ScenarioError: The scenario file names an extract, column or total that does not exist.
    """
    check_names(world.scenario, world.extracts)
    for extract, content in world.scenario.extracten.items():
        for name, group in content.groepen.items():
            try:
                _make_group(world, extract, name, group)
            except (KeyError, ValueError) as error:
                raise ScenarioError(f"extracten.{extract}.groepen.{name}: {error}") from error
    if hook is not None:
        hook(world)
    register = _Register(world)
    planned: list[Planned] = []
    states: list[Records] = []
    last = world.scenario.leveringen[-1]
    for number, arrival in enumerate(world.scenario.leveringen):
        is_wrong = arrival.stand == last.stand and arrival is not last
        states = states[:1] + [register.state(day, day, False) for day in arrival.tussenstanden]
        states.append(register.state(arrival.stand, arrival.ontvangen, is_wrong))
        for name, extract in world.extracts.items():
            kind: Kind = "mutaties" if extract.delivery == "mutaties" and number else "volledig"
            records = [state[name] for state in states]
            changes = records[-1] if kind == "volledig" else _changes(world, extract, records)
            frame = _delivered(extract, changes, world.scenario.extracten[name].past_niet)
            planned.append(Planned(extract, frame, arrival.stand, arrival.ontvangen, kind=kind))
        # A delivery that was corrected is nothing that later changes rest on.
        if not number or not is_wrong:
            states = states[-1:]
    return planned


def _make_group(world: World, extract: str, name: str, group: Group) -> None:
    world.rows[extract][name] = []
    texts = [group.aantal or 0, *group.samen.values()]
    names = [each for text in texts for each in names_in(text)]
    known = [set(world.years(each)) for each in names] or [set(group.all_years)]
    for year in filter(group.has, sorted(set.intersection(*known))):
        sums = {column: world.total(text, year) for column, text in group.samen.items()}
        count = 0 if sums and not any(sums.values()) else world.total(group.aantal or 0, year)
        made = [world.begin(extract, name, year) for _ in range(count)]
        for column, total in sums.items():
            for row, part in zip(made, _parts(100 * total, count, world.rng), strict=True):
                row.values[column] = part
        for part in group.waarvan + (world.scenario.extracten[extract].elke_groep if group.elke_groep else []):
            say_of_some(world, part, made)
        # What is said of some rows may refer to others, so those come first.
        for row in sorted(made, key=lambda row: row.is_special):
            world.finish(row)


def say_of_some(world: World, part: Part, rows: Sequence[Row]) -> None:
    """Say something of some rows, as many as it asks, and something else of the others.

    Args:
        world: What has been made so far.
        part: What is said, and of how many.
        rows: Rows of one year.

    Raises:
        ScenarioError: It is said of more rows than there are.
    """
    chosen = set[int]()
    if rows and part.has(year := rows[0].year):
        count = round(part.deel * len(rows)) if part.aantal is None else world.total(part.aantal, year)
        if not 0 <= count <= len(rows):
            raise ScenarioError(f"waarvan: {count} van {len(rows)} in {year}")
        chosen = set(world.rng.sample(range(len(rows)), count))
    mine = [rows[place] for place in sorted(chosen)]
    for row in mine:
        row.recipes = {**row.recipes, **part.waarden}
        row.is_special = row.is_special or bool(part.waarden)
        row.also += part.ook
    for inner in part.waarvan:
        say_of_some(world, inner, mine)
    if part.anders is not None:
        say_of_some(world, part.anders, [row for place, row in enumerate(rows) if place not in chosen])


def _parts(cents: int, count: int, rng: Random) -> list[Any]:
    """Divide an amount into parts that add up to it, none of them nothing."""
    weights = [rng.uniform(0.2, 2.0) for _ in range(count)]
    parts = [round(cents * weight / sum(weights)) for weight in weights]
    if parts:
        parts[-1] += cents - sum(parts)
    return [calculate(f"{part} * 0.01", str) for part in parts]


class _Register:
    """All that the register ever held, and what it held on a day."""

    def __init__(self, world: World) -> None:
        self._world = world
        written: dict[str, list[Row]] = {name: [] for name in world.scenario.extracten}
        self._keys: set[tuple[Any, ...]] = set()
        for extract, content in world.scenario.extracten.items():
            for row in world.of_groups(extract):
                row.again(content.schrijfwijze)
                self._keys.add(self._key(row))
                for each in (row, *self._going_with(row)):
                    written[each.extract].append(each)
        frames: dict[str, pd.DataFrame] = {}
        self._records: Records = {}
        for name in sorted(written, key=self._by_references):
            frames[name] = self._frame(world.extracts[name], written[name], frames)
            self._records[name] = [
                # What is no column can say when a row is known.
                {helper: row[helper] for helper in world.scenario.extracten[name].hulp} | record
                for row, record in zip(written[name], _records(frames[name]), strict=True)
            ]
        self._wrong = {name: self._choose_wrong(name) for name in self._records}

    def _by_references(self, name: str) -> int:
        """Put what others refer to first, so that a reference has something to refer to."""
        return sum(column.references is not None for column in self._world.extracts[name].columns)

    def _going_with(self, row: Row) -> Iterator[Row]:
        rng, of_extract = self._world.rng, self._world.scenario.extracten
        for also in row.also:
            if not also.has(row.year) or (also.deel < 1 and rng.random() >= also.deel):
                continue
            extract = also.extract or row.extract
            recipes = ({} if extract == row.extract else of_extract[extract].vast) | also.waarden
            for _ in range(also.keer if isinstance(also.keer, int) else rng.randint(*also.keer)):
                yield self._one_going_with(row, extract, recipes)

    def _one_going_with(self, row: Row, extract: str, recipes: Recipes) -> Row:
        for _ in range(TRIES):
            made = Row(self._world, extract, row.group, row.year, recipes, row)
            made.complete()
            made.again(self._world.scenario.extracten[extract].schrijfwijze)
            if (key := self._key(made)) not in self._keys:
                self._keys.add(key)
                return made
        raise ScenarioError(f"extracten.{extract}: {TRIES} keer dezelfde sleutel")

    def _key(self, row: Row) -> tuple[Any, ...]:
        """The key of a row; one that is made up later is that of nobody else."""
        key = [row[column] for column in self._world.extracts[row.extract].key]
        return (row.extract, *key) if key[0] is not None else (row.extract, row)

    def _frame(self, extract: Extract, written: Sequence[Row], frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Make up what no row says anything about."""
        named = {column for row in written for each in (row, row.parent) if each for column in each.values}
        columns = [column.name for column in extract.columns if column.name in named]
        given: dict[str, Any] = {column: [row[column] for row in written] for column in columns}
        return rows(extract, len(written), self._world.rng, self._world.code_lists, frames, **given)

    def _choose_wrong(self, name: str) -> list[set[Any]]:
        """Choose in what the mistakes of an extract are made; nothing is mistaken twice."""
        chosen: list[set[Any]] = []
        for mistake in self._world.scenario.extracten[name].fouten:
            every = {
                record[mistake.per]
                for record in self._records[name]
                if all(record[column] < before for column, before in mistake.voor.items())
            }
            free = sorted(every.difference(*chosen))
            chosen.append(set(self._world.rng.sample(free, round(mistake.deel * len(every)))))
        return chosen

    def state(self, day: date, told: date, is_wrong: bool) -> Records:
        """Give what the register held on a day; what was found wrong by the day on which that was told is gone."""
        held: Records = {}
        for name, content in self._world.scenario.extracten.items():
            records = _known(self._records[name], content.bekend, day, told)
            for mistake, wrong in zip(content.fouten, self._wrong[name], strict=True):
                if day in mistake.stand or (is_wrong and not mistake.stand):
                    records = _mistaken(records, mistake, wrong)
            held[name] = list(records)
        for name in sorted(held, key=self._by_references):
            for column in self._world.extracts[name].columns:
                if column.references:
                    held[name] = list(_referring(held, name, column))
        return held


def _known(records: Iterable[Record], known: Known, day: date, told: date) -> Iterator[Record]:
    """Give what was known on a day, without what had not happened yet."""
    for record in records:
        until = record[known.tot] if known.tot else None
        if record[known.vanaf] > day or (until is not None and until <= told):
            continue
        for column, effects in known.nog_niet.items():
            if record[column] is None or record[column] > day:
                record = record | {
                    other: value.get(record[other], record[other]) if isinstance(value, dict) else value
                    for other, value in effects.items()
                }
        yield record


def _mistaken(records: Iterable[Record], mistake: Mistake, wrong: set[Any]) -> Iterator[Record]:
    for record in records:
        if record[mistake.per] not in wrong:
            yield record
        elif not mistake.weg:
            values = mistake.wordt | {column: _year_earlier(record[column]) for column in mistake.jaar_eerder}
            yield record | {column: value for column, value in values.items() if record[column] is not None}


def _referring(held: Records, name: str, column: Column) -> Iterator[Record]:
    """Give the records of which a reference has something to refer to; where there may be none, it is empty instead."""
    other, field = str(column.references).split(".")
    there = {None, *(record[field] for record in held[other])}
    for record in held[name]:
        if record[column.name] in there:
            yield record
        elif not column.required:
            yield record | {column.name: None}


def _year_earlier(day: date | None) -> date | None:
    """Give the same day a year earlier, as in a mistyped year."""
    return day and day.replace(year=day.year - 1, day=min(day.day, 28))


def _delivered(extract: Extract, records: Sequence[Record], misfits: Sequence[Record]) -> pd.DataFrame:
    """Add records that do not fit, each as one that is there with other values, and put all in the order of the key."""
    whole = [*records, *(record | misfit for record, misfit in zip(records, misfits, strict=False))]
    whole.sort(key=lambda record: [str(record[column]).zfill(12) for column in extract.key[:2]])
    return pd.DataFrame(whole, columns=[column.name for column in extract.columns], dtype=object)


def _changes(world: World, extract: Extract, states: Sequence[Sequence[Record]]) -> list[Record]:
    """List what was dropped, is new, or changed from each state to the next; the last record of a thing counts."""
    change, dropped, (key,) = str(extract.change_column), extract.deletion_code, extract.key
    (code_list,) = (column.code_list for column in extract.columns if column.name == change)
    # What is neither dropped nor new has changed.
    (changed,) = {*world.code_lists[str(code_list)]} - {dropped, *(record[change] for record in states[0])}
    by_key = [{record[key]: record for record in state} for state in states]
    changes: list[Record] = []
    for before, after in pairwise(by_key):
        changes += [record | {change: dropped} for number, record in before.items() if number not in after]
        changes += [record for number, record in after.items() if number not in before]
        changes += [
            record | {change: changed}
            for number, record in after.items()
            if number in before and record != before[number]
        ]
    return changes


def _records(frame: pd.DataFrame) -> list[Record]:
    return [dict(zip(frame.columns, values, strict=True)) for values in frame.itertuples(index=False, name=None)]
