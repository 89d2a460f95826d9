"""Makes the deliveries of one registration from its scenario file.

Rows are made per group and year, as many as the totals say; what a register knew on a day, and what was wrong with a
delivery, is taken from them. Nothing here knows a registration, a code, a column or an indicator.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import pandas as pd

from orchestration.declarations import Extract
from orchestration.demo.generator import PLAIN, TRIES, CodeLists, Form, Kind, rows
from orchestration.demo.reader import Also, Arrival, Content, Group, Mistake, Part, Scenario, ScenarioError, check_names
from orchestration.demo.tables import make_table, shares_of
from orchestration.demo.values import Making, Row, calculate, names_in

Frames = dict[str, pd.DataFrame]
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
        for column in row.recipes:
            row[column]
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
    if world.scenario.tabel is not None:
        return _tables(world)
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
    planned, states = [], []
    last = world.scenario.leveringen[-1]
    for number, arrival in enumerate(world.scenario.leveringen):
        is_wrong = arrival.stand == last.stand and arrival is not last
        states = states[:1] + [register.state(day, day, False) for day in arrival.tussenstanden]
        states.append(register.state(arrival.stand, arrival.ontvangen, is_wrong))
        for name, frame in states[-1].items():
            extract = world.extracts[name]
            kind: Kind = "mutaties" if extract.delivery == "mutaties" and number else "volledig"
            changes = frame if kind == "volledig" else _changes(world, extract, [state[name] for state in states])
            whole = _with_misfits(extract, changes, world.scenario.extracten[name].past_niet)
            planned.append(Planned(extract, whole, arrival.stand, arrival.ontvangen, kind=kind))
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
                written[extract].append(row)
                self._keys.add(self._key(row))
                for also in row.also:
                    for other in self._going_with(row, also):
                        written[other.extract].append(other)
        # What others refer to first, so that a reference has something to refer to.
        self._frames: Frames = {}
        for name in sorted(written, key=lambda name: len(_references(world.extracts[name]))):
            self._frames[name] = self._frame(name, written[name])
        self._wrong = {name: self._choose_wrong(name) for name in self._frames}

    def _going_with(self, row: Row, also: Also) -> Iterator[Row]:
        world, rng = self._world, self._world.rng
        if not also.has(row.year) or (also.deel < 1 and rng.random() >= also.deel):
            return
        extract = also.extract or row.extract
        content = world.scenario.extracten[extract]
        recipes: Recipes = ({} if extract == row.extract else content.vast) | also.waarden
        for _ in range(also.keer if isinstance(also.keer, int) else rng.randint(*also.keer)):
            for _ in range(TRIES):
                made = Row(world, extract, row.group, row.year, recipes, row)
                for column in recipes:
                    made[column]
                made.again(content.schrijfwijze)
                key = self._key(made)
                if key not in self._keys:
                    break
            else:
                raise ScenarioError(f"extracten.{extract}: {TRIES} keer dezelfde sleutel")
            self._keys.add(key)
            yield made

    def _key(self, row: Row) -> tuple[Any, ...]:
        """The key of a row; one that is made up later is that of nobody else."""
        key = [row[column] for column in self._world.extracts[row.extract].key]
        return (row.extract, *key) if key[0] is not None else (row.extract, row)

    def _frame(self, name: str, written: Sequence[Row]) -> pd.DataFrame:
        world, content = self._world, self._world.scenario.extracten[name]
        extract = world.extracts[name]
        named: set[str] = set()
        for row in written:
            named.update(row.values, row.parent.values if row.parent else ())
        given: dict[str, Any] = {
            column.name: [row[column.name] for row in written] for column in extract.columns if column.name in named
        }
        frame = rows(extract, len(written), world.rng, world.code_lists, self._frames, **given)
        hidden = {content.bekend.vanaf, content.bekend.tot} - {"", *frame.columns}
        hidden |= {mistake.per for mistake in content.fouten} - {*frame.columns}
        return frame.assign(**{column: pd.Series([row[column] for row in written], dtype=object) for column in hidden})

    def state(self, day: date, known: date, is_wrong: bool) -> Frames:
        """Give what the register held on a day; what was found wrong by the day on which that was told is gone."""
        frames: Frames = {}
        for name, whole in self._frames.items():
            content = self._world.scenario.extracten[name]
            frame = _known(whole, content, day, known)
            for mistake, group in zip(content.fouten, self._wrong[name], strict=True):
                if day in mistake.stand or (is_wrong and not mistake.stand):
                    frame = _mistaken(frame, mistake, group)
            frames[name] = frame
        for name, frame in frames.items():
            extract = self._world.extracts[name]
            for column, (other, field) in _references(extract).items():
                missing = frame[column].notna() & ~frame[column].isin(frames[other][field])
                required = any(each.name == column and each.required for each in extract.columns)
                frame = frame[~missing] if required else frame.assign(**{column: frame[column].mask(missing, None)})
            frames[name] = frame
        return {name: frames[name] for name in self._world.extracts}

    def _choose_wrong(self, name: str) -> list[set[Any]]:
        """Choose in what the mistakes of an extract are made; nothing is mistaken twice."""
        chosen: list[set[Any]] = []
        for mistake in self._world.scenario.extracten[name].fouten:
            frame = self._frames[name]
            for column, before in mistake.voor.items():
                frame = frame[frame[column].map(lambda day, before=before: day < before)]
            every = sorted(set(frame[mistake.per]))
            free = [one for one in every if not any(one in taken for taken in chosen)]
            chosen.append(set(self._world.rng.sample(free, round(mistake.deel * len(every)))))
        return chosen


def _known(frame: pd.DataFrame, content: Content, day: date, told: date) -> pd.DataFrame:
    bekend = content.bekend
    frame = frame[frame[bekend.vanaf].map(lambda since: since <= day)]
    if bekend.tot:
        frame = frame[frame[bekend.tot].map(lambda until: pd.isna(until) or until > told)]
    frame = frame.copy()
    for column, effects in bekend.nog_niet.items():
        later = frame[column].map(lambda moment: pd.isna(moment) or moment > day).astype(bool)
        for other, value in effects.items():
            instead = frame[other].replace(value) if isinstance(value, dict) else value
            frame[other] = frame[other].mask(later, instead)
    return frame


def _mistaken(frame: pd.DataFrame, mistake: Mistake, wrong: set[Any]) -> pd.DataFrame:
    is_wrong = frame[mistake.per].isin(list(wrong))
    if mistake.weg:
        return frame[~is_wrong]
    frame = frame.copy()
    for column in mistake.jaar_eerder:
        frame[column] = frame[column].mask(is_wrong, frame[column].map(_year_earlier))
    for column, value in mistake.wordt.items():
        frame[column] = frame[column].mask(is_wrong & frame[column].notna(), value)
    return frame


def _year_earlier(day: date | None) -> date | None:
    """Give the same day a year earlier, as in a mistyped year."""
    return None if pd.isna(day) else day.replace(year=day.year - 1, day=min(day.day, 28))


def _with_misfits(extract: Extract, frame: pd.DataFrame, misfits: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Add rows that do not fit, each as one that is there with other values, and put all in the order of the key."""
    bad = frame.iloc[: len(misfits)].copy()
    for place, misfit in enumerate(misfits):
        for column, value in misfit.items():
            bad.iloc[place, list(bad.columns).index(column)] = value
    whole = pd.concat([frame, bad])[[column.name for column in extract.columns]]
    return whole.sort_values(
        extract.key[:2], kind="stable", key=lambda column: column.map(lambda value: str(value).zfill(12))
    )


def _changes(world: World, extract: Extract, states: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """List what was dropped, is new, or changed from each state to the next; the last record of a thing counts."""
    change, dropped, (key,) = str(extract.change_column), extract.deletion_code, extract.key
    (code_list,) = (column.code_list for column in extract.columns if column.name == change)
    # What is neither dropped nor new has changed.
    (changed,) = {*world.code_lists[str(code_list)]} - {dropped, *states[0][change]}
    records: list[dict[Hashable, Any]] = []

    def by_key(state: pd.DataFrame) -> dict[Any, dict[Hashable, Any]]:
        # Empty values as None, or no row with one would be equal to itself.
        return {row[key]: row for row in state.where(state.notna(), None).to_dict("records")}

    for before, after in pairwise(map(by_key, states)):
        records += [row | {change: dropped} for number, row in before.items() if number not in after]
        records += [row for number, row in after.items() if number not in before]
        records += [
            row | {change: changed} for number, row in after.items() if number in before and row != before[number]
        ]
    return pd.DataFrame(records, columns=states[0].columns, dtype=object)


def _references(extract: Extract) -> dict[str, tuple[str, str]]:
    pairs = ((column.name, column.references.split(".")) for column in extract.columns if column.references)
    return {name: (other, field) for name, (other, field) in pairs}


def _tables(world: World) -> list[Planned]:
    table = world.scenario.tabel
    assert table is not None
    extract = world.extracts[table.extract]
    names, numbers = (column.name for column in extract.columns)
    shares = shares_of(table.rijen, world.rng), shares_of(table.gebieden, world.rng)

    def planned(arrival: Arrival) -> Planned:
        years = {year: (arrival.bijgesteld, "*") if year in arrival.voorlopig else (1, "") for year in arrival.jaren}
        made, form = make_table(table, years, world.total, world.years, shares)
        given: dict[str, Any] = {names: list(made), numbers: list(made.values())}
        frame = rows(extract, len(made), world.rng, world.code_lists, **given)
        return Planned(extract, frame, arrival.stand, arrival.ontvangen, form)

    return [planned(arrival) for arrival in world.scenario.leveringen]
