"""Makes fictitious deliveries from the declarations.

Nothing here knows a registration, an indicator or a total: a scenario gives the columns that it cares about, and
every other column is filled by what its declaration permits. All values are synthetic.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any, Literal

import pandas as pd
from rstr import Rstr

from orchestration.declarations import Column, Extract
from orchestration.paths import SEEDS, seed_file
from orchestration.reading import LINE_ENDS, says_what_was_agreed

FIRST_DAY = date(2017, 1, 1)
LAST_DAY = date(2022, 12, 31)
LARGEST = 1_000_000
EMPTY_SHARE = 0.1
TRIES = 1_000
AT_ONCE = 50
WORDS = ("dossier", "café", "financiële stroom", "coördinatie", "€ 500", "reünie", "zaak", "één loods")

CodeLists = Mapping[str, Sequence[str]]
Maker = Callable[[], Any]
Kind = Literal["volledig", "mutaties"]


@dataclass(frozen=True)
class Form:
    """What a delivered file looks like where its declaration leaves that open.

    Args:
        preamble: The lines before the column headings, each as its fields; made as declared where empty.
        headings: Headings of the repeating column; the years up to that of the stand_datum where empty.
        footer: The last line, as it stands in the file; made from the footer_pattern where empty.
        quote_all: Quote every field, and not only those that need it.
    """

    preamble: tuple[tuple[str, ...], ...] = ()
    headings: tuple[str, ...] = ()
    footer: str = ""
    quote_all: bool = False


PLAIN = Form()


def read_seed(name: str, folder: Path = SEEDS) -> list[dict[str, str]]:
    """Read a code list.

    Args:
        name: Name of the seed.
        folder: Folder with the seeds.

    Returns:
        Its rows, every value as text; of a list that is kept in versions only those that were ever decided.
    """
    with seed_file(name, folder).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if name == "lijst_versie" or "lijst_versie" not in rows[0]:
        return rows
    decided = {row["lijst_versie"] for row in read_seed("lijst_versie", folder) if row["geldig_vanaf"]}
    return [row for row in rows if row["lijst_versie"] in decided]


def read_code_lists(extracts: Mapping[tuple[str, str], Extract], folder: Path = SEEDS) -> dict[str, list[str]]:
    """Read the codes of every code list that the extracts name.

    Args:
        extracts: The declared extracts.
        folder: Folder with the seeds.

    Returns:
        The values of the first column, by the name of the seed.
    """
    columns = [column for extract in extracts.values() for column in extract.columns]
    names = sorted({column.code_list for column in columns if column.code_list})
    return {name: [next(iter(row.values())) for row in read_seed(name, folder)] for name in names}


def rows(
    extract: Extract,
    n: int,
    rng: Random,
    code_lists: CodeLists,
    delivered: Mapping[str, pd.DataFrame] | None = None,
    periods: int = 1,
    **given: Sequence[Any],
) -> pd.DataFrame:
    """Make rows that fit a declaration.

    Args:
        extract: The declaration.
        n: Number of rows.
        rng: Where all chance comes from.
        code_lists: Codes by the name of the code list.
        delivered: Rows of the extracts that this one refers to, by name.
        periods: Number of values in a repeating column.
        given: Values of columns that are not to be made up, n for each. Text is written as it stands, also in
            a column that is no text.

    Returns:
        A frame with the declared columns, in order, in which the key is unique.

    Raises:
        ValueError: A given column does not exist or has another length, or the key cannot be made unique.
    """
    names = [column.name for column in extract.columns]
    for name, values in given.items():
        if name not in names:
            raise ValueError(f"{extract.name} has no column {name!r}; it has {names}")
        if len(values) != n:
            raise ValueError(f"{extract.name}.{name}: {len(values)} values given for {n} rows")
    makers = {
        column.name: _maker(extract, column, rng, code_lists, delivered or {}, periods)
        for column in extract.columns
        if column.name not in given
    }
    columns = {name: list(given.get(name, ())) or [makers[name]() for _ in range(n)] for name in names}
    _make_key_unique(extract, columns, makers)
    return pd.DataFrame(columns, columns=names, dtype=object)


def each_different(extract: Extract, column_name: str, rng: Random, code_lists: CodeLists) -> Iterator[Any]:
    """Make values of one column, of which no two are the same.

    Args:
        extract: The declaration.
        column_name: The column.
        rng: Where all chance comes from.
        code_lists: Codes by the name of the code list.

    Yields:
        A value, without end.

    Raises:
        ValueError: The declaration does not permit so many different values.
    """
    column = next(column for column in extract.columns if column.name == column_name)
    make = _filled_maker(extract, column, rng, code_lists, {})
    seen: set[Any] = set()
    while True:
        value = _other_than(seen, make, f"{extract.name}.{column_name}")
        seen.add(value)
        yield value


def write(
    extract: Extract,
    frame: pd.DataFrame,
    folder: Path,
    stand_datum: date,
    ontvangen_op: date,
    form: Form = PLAIN,
    kind: Kind = "volledig",
) -> Path:
    """Write rows as a delivered file, in the declared dialect.

    Args:
        extract: The declaration.
        frame: The rows, as `rows` makes them.
        folder: Folder of the registration in the inbox; made where it does not exist.
        stand_datum: Day whose state of the register the rows give.
        ontvangen_op: Day on which the file was received.
        form: What the declaration leaves open.
        kind: What the rows are where the extract is delivered as changes: the whole register, or changes.

    Returns:
        The file. It has its name only when it is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    suffix = f"_{kind}" if extract.delivery == "mutaties" else ""
    name = f"demo_{extract.name}_{stand_datum:%Y%m%d}_ontvangen_{ontvangen_op:%Y%m%d}{suffix}.csv"
    part = folder / f"{name}.part"
    # A file in an old Windows encoding comes from Windows, line ends included; the public files do not.
    line_end = "\n" if extract.encoding.lower().startswith("utf") else "\r\n"
    with part.open("w", encoding=extract.encoding, newline="") as stream:
        writer = csv.writer(
            stream,
            delimiter=extract.delimiter,
            lineterminator=line_end,
            quoting=csv.QUOTE_ALL if form.quote_all else csv.QUOTE_MINIMAL,
        )
        writer.writerows(_head(extract, frame, stand_datum, form, Random(name)))
        writer.writerows(_records(extract, frame))
        if extract.footer_pattern is not None:
            footer = form.footer or Rstr(Random(name)).xeger(extract.footer_pattern)
            stream.write(footer + line_end)
    return part.replace(folder / name)


def _maker(
    extract: Extract,
    column: Column,
    rng: Random,
    code_lists: CodeLists,
    delivered: Mapping[str, pd.DataFrame],
    periods: int,
) -> Maker:
    """Return a function that makes one value of a column, now and then an empty one where permitted."""
    filled = _filled_maker(extract, column, rng, code_lists, delivered)
    may_be_empty = not column.required and column.name not in extract.key

    def make() -> Any:
        return None if may_be_empty and rng.random() < EMPTY_SHARE else filled()

    return (lambda: [make() for _ in range(periods)]) if column.repeats else make


def _filled_maker(
    extract: Extract,
    column: Column,
    rng: Random,
    code_lists: CodeLists,
    delivered: Mapping[str, pd.DataFrame],
) -> Maker:
    choices: list[Any] = []
    if column.references:
        name, field = column.references.split(".")
        choices = [value for value in delivered[name][field] if value is not None]
    elif column.code_list:
        choices = [code for code in code_lists[column.code_list] if not _deletes(extract, column, code)]
    if choices:
        return lambda: rng.choice(choices)
    widths, pattern = column.canonical_widths, column.pattern
    if widths:
        return lambda: "-".join(f"{rng.randrange(10**width):0{width}}" for width in widths)
    if pattern:
        return _texts(pattern, rng).__next__
    return _typed_maker(column, rng)


def _texts(pattern: str, rng: Random) -> Iterator[str]:
    """Make texts for a pattern without end, many at a time: reading a pattern costs more than making a text for it."""
    while True:
        yield from Rstr(rng).xeger(f"(?:(?:{pattern})\n){{{AT_ONCE}}}").splitlines()


def _deletes(extract: Extract, column: Column, code: str) -> bool:
    return column.name == extract.change_column and code == extract.deletion_code


def _typed_maker(column: Column, rng: Random) -> Maker:
    if column.element_type == "varchar":
        return lambda: f"Fictief {rng.choice(WORDS)} {rng.randrange(LARGEST)}"
    if column.element_type == "boolean":
        return lambda: rng.random() < 0.5
    if column.element_type in ("date", "timestamp"):
        return _day_maker(column, rng)
    return _number_maker(column, rng)


def _day_maker(column: Column, rng: Random) -> Maker:
    first = column.minimum if isinstance(column.minimum, date) else FIRST_DAY
    last = column.maximum if isinstance(column.maximum, date) else max(first, LAST_DAY)
    days = (last - first).days + 1
    if column.element_type == "date":
        return lambda: first + timedelta(days=rng.randrange(days))
    midnight = datetime.combine(first, time())
    return lambda: midnight + timedelta(seconds=rng.randrange(days * 24 * 60 * 60))


def _number_maker(column: Column, rng: Random) -> Maker:
    low = column.minimum if isinstance(column.minimum, int | float) else 0
    high = column.maximum if isinstance(column.maximum, int | float) else low + LARGEST
    if column.element_type in ("integer", "bigint"):
        return lambda: rng.randint(int(low), int(high))
    decimal = re.fullmatch(r"decimal\((\d+),(\d+)\)", column.element_type)
    scale = int(decimal[2]) if decimal else 2
    if decimal:
        high = min(high, 10 ** (int(decimal[1]) - scale) - 1)
    return lambda: Decimal(rng.randint(int(low * 10**scale), int(high * 10**scale))).scaleb(-scale)


def _make_key_unique(extract: Extract, columns: dict[str, list[Any]], makers: Mapping[str, Maker]) -> None:
    """Make the key columns of a row anew for as long as an earlier row has the same key."""
    seen: set[tuple[Any, ...]] = set()
    for place, key in enumerate(list(zip(*(columns[name] for name in extract.key), strict=True))):
        if key in seen:
            if makers.keys().isdisjoint(extract.key):
                raise ValueError(f"{extract.name}: the key {key} is given twice")
            make = [makers.get(name, lambda value=value: value) for name, value in zip(extract.key, key, strict=True)]
            what = f"{extract.name}, key {extract.key}"
            key = _other_than(seen, lambda make=make: tuple(each() for each in make), what)
            for name, value in zip(extract.key, key, strict=True):
                columns[name][place] = value
        seen.add(key)


def _other_than(seen: Mapping[Any, Any] | set[Any], make: Maker, what: str) -> Any:
    for _ in range(TRIES):
        value = make()
        if value not in seen:
            return value
    raise ValueError(f"{what}: after {len(seen)} different values {TRIES} tries gave no other")


def _head(extract: Extract, frame: pd.DataFrame, stand_datum: date, form: Form, rng: Random) -> list[list[str]]:
    """Make the lines up to and including the column headings, each as its fields."""
    last = extract.columns[-1]
    fixed = [column.heading for column in extract.columns if not column.repeats]
    headings: list[str] = []
    if last.repeats:
        first = stand_datum.year + 1 - len(frame[last.name].iloc[0])
        headings = list(form.headings) or [str(year) for year in range(first, stand_datum.year + 1)]
    if form.preamble and len(form.preamble) != extract.preamble_lines:
        raise ValueError(f"{extract.name}: {len(form.preamble)} preamble lines, declared are {extract.preamble_lines}")
    lines = []
    for number in range(1, extract.preamble_lines + 1):
        rest = [*[""] * (len(fixed) - 1), *headings] if number == extract.heading_line else []
        if form.preamble:
            line = form.preamble[number - 1]
            lines.append([line[0], *(rest or line[1:])])
        else:
            lines.append(_preamble_line(extract, number, rest, rng))
    return [*lines, fixed + (headings if extract.heading_line is None else [last.heading] * len(headings))]


def _preamble_line(extract: Extract, number: int, rest: list[str], rng: Random) -> list[str]:
    """Make a line above the headings that says what was agreed, and that the data are made up where it may."""
    pattern = extract.preamble_patterns.get(number)
    line = ["Fictieve gegevens", *rest]
    if pattern is None:
        return line
    # What may be any sign is a letter: quotes and white space mean something to whoever reads the line.
    maker = Rstr(rng, printable=ascii_lowercase)
    for _ in range(TRIES):
        if says_what_was_agreed(extract.delimiter.join(line), pattern) and not set(LINE_ENDS).intersection(*line):
            return line
        first, *others = maker.xeger(pattern).split(extract.delimiter)
        line = [first, *(rest or others)]
    raise ValueError(
        f"{extract.name}: no line found that matches preamble_patterns {number}, {pattern!r}; "
        f"give the lines in orchestration/demo/{extract.registration}.yml (tabel, voorregels)"
    )


def _records(extract: Extract, frame: pd.DataFrame) -> Iterator[list[str]]:
    """Spell the rows as fields."""
    for record in frame[[column.name for column in extract.columns]].itertuples(index=False, name=None):
        parts = [part for value in record for part in (value if isinstance(value, list) else [value])]
        yield [_spell(part, extract) for part in parts]


def _spell(value: Any, extract: Extract) -> str:
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value != value:
        return extract.null_values[0]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.strftime(extract.date_format)
    if isinstance(value, Decimal | float):
        marks = str.maketrans({",": extract.thousands or "", ".": extract.decimal})
        return f"{Decimal(str(value)):,f}".translate(marks)
    return str(value)
