"""Right deliveries that chance spoils: whatever comes of them, what is in raw is what was written.

Of a delivery of any declared extract bytes are changed, lines cut, doubled and joined, columns swapped, values, quotes,
delimiters, encodings and line ends put where they do not belong. Then, of each:

- nothing is raised, and it is admitted, refused or left, each with its reason;
- its records are those that an own small reader finds in the file (`read`), each either in raw or set aside;
- a record is in raw exactly where the reader says that it follows its declaration, and every number, day, code and text
  of it is what the reader makes of its text;
- no value of a person stands in a message, a finding or the register;
- nothing is left behind where it was worked on.

The reader knows nothing of DuckDB, and of the loader no more than the declaration. `make soak` tries thousands.

Each of these was seen to turn the test red, by cutting it out of the project: the form of numbers, the form of days,
the day after the stand, the removal of white space, the case of codes, the shift of record numbers by empty lines and
by broken records, the mask of what is shown, and the eye for empty values behind the last column. It found by itself
that DuckDB reads over several of those too, and that the number of an object was shown where it was swapped with
another number.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as begin_at
from hypothesis import strategies as st

from orchestration.declarations import Column, Extract
from orchestration.validation import validate_extract
from tests.border import EXTRACTS, PLANTED, STAND, Border, Sample, file_name, in_memory, members, no_judge, sample

RECORDS = 6
# White space around a value is no part of it.
WHITE = "\t \v\f\x85\xa0\u1680\u202f\u205f\u3000\ufeff\r\n" + "".join(map(chr, range(0x2000, 0x200C)))

# ---------------------------------------------------------------------------------------------------------------------
# What is done to a delivery. Each is a tuple, so that an example that fails can be read.

ODD_VALUES = [
    *("", " ", "NULL", "Onb.", ".", "0", "-1", "1,5", "1.5", "1.234,50", "1.2.3,4", "1,378.70", "1E6", "0x10", "1_000"),
    *("1234,567", "007", "99999999999999999999", "NaN", "٣", "31-02-2020", "2020-02-30", "01-01-2020", "2020-01-01"),
    *("1-1-2020", "31-12-2099", "2099-12-31", "20200101", "00-00-0000", "v", "XXX", "pol ", "J", "Ja", "\xa0RTM\t"),
    *('"', '""', ";", ",", "a;b", 'a"b', "a\nb", "a\r\nb", "\0", "\ufeff", "€", "x" * 300, "'; drop schema x; --"),
]
# As the extract writes them: a day after the stand, the stand, before anything began, what does not exist.
ODD_DAYS = ["2023-01-16", "2023-01-15", "2004-12-31", "2019-02-29", "9999-12-31"]
ODD_TEXTS = [
    '"',
    '""',
    ";",
    ",",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\r\n\r\n",
    "\0",
    "\ufeff",
    "\xa0",
    ".",
    "-",
    " ",
    "é",
]
place = st.integers(0, 999)
MUTATIONS = st.one_of(
    st.tuples(st.just("byte"), place, st.integers(0, 255)),
    st.tuples(st.just("cut"), place),
    st.tuples(st.just("leave out"), place, st.integers(1, 40)),
    st.tuples(st.just("insert"), place, st.sampled_from(ODD_TEXTS)),
    st.tuples(st.just("value"), place, place, st.sampled_from(ODD_VALUES)),
    st.tuples(st.just("of its kind"), place, place, place),
    st.tuples(st.just("of its kind"), place, place, place),
    st.tuples(st.just("raw value"), place, place, st.sampled_from(ODD_VALUES)),
    st.tuples(st.just("swap values"), place, place, place),
    st.tuples(st.just("swap columns"), place, place),
    st.tuples(st.just("swap values"), place, place, place),
    st.tuples(st.just("shift"), place),
    st.tuples(st.just("delimiter behind"), place),
    st.tuples(st.just("double line"), place),
    st.tuples(st.just("leave out line"), place),
    st.tuples(st.just("join lines"), place),
    st.tuples(st.just("empty line"), place),
    st.tuples(st.just("line end"), place, st.sampled_from(["\n", "\r\n", "\r"])),
    st.tuples(st.just("line ends"), st.sampled_from(["\n", "\r\n", "\r"])),
    st.tuples(st.just("encoding"), st.sampled_from(["utf-8", "windows-1252", "utf-8-sig", "utf-16", "latin-1"])),
    st.tuples(
        st.just("replace"), st.sampled_from([",", ".", ";", "-", '"']), st.sampled_from([",", ".", ";", "/", '"'])
    ),
)
SPOILED = st.tuples(st.sampled_from(sorted(EXTRACTS)), st.lists(MUTATIONS, min_size=1, max_size=3))


def spoil(it: Sample, how: tuple[Any, ...]) -> None:
    """Do one of the above to a delivery."""
    kind, *rest = how
    records = [record for record in it.records if isinstance(record, list)]
    if kind in ("value", "of its kind", "raw value", "swap values", "swap columns", "shift"):
        spoil_fields(it, kind, rest, records)
    elif kind == "line ends":
        it.end = rest[0]
    elif kind == "encoding":
        it.encoding = rest[0]
    elif kind == "byte":
        it.on_bytes.append(lambda data: data[: (at := rest[0] * len(data) // 1000)] + bytes([rest[1]]) + data[at + 1 :])
    elif kind == "replace":
        it.on_text.append(lambda text: text.replace(rest[0], rest[1]))
    elif kind in ("cut", "leave out", "insert"):
        it.on_text.append(lambda text: spoil_text(text, kind, rest))
    else:
        it.on_text.append(lambda text: spoil_lines(text, kind, rest, it.end))


def spoil_fields(it: Sample, kind: str, rest: list[Any], records: list[list[str]]) -> None:
    if not records:
        return
    width = len(records[0])
    if kind == "swap columns":
        one, other = rest[0] % width, rest[1] % width
        for record in records:
            record[one], record[other] = record[other], record[one]
        return
    record = records[rest[0] % len(records)]
    at = rest[1] % width if len(rest) > 1 else 0
    if kind == "value":
        record[at] = rest[2]
    elif kind == "of its kind":
        record[at] = odd_of_its_kind(it.extract, min(at, len(it.extract.columns) - 1), record[at], rest[2])
    elif kind == "raw value":
        it.records[it.records.index(record)] = it.extract.delimiter.join([*record[:at], rest[2], *record[at + 1 :]])
    elif kind == "swap values":
        record[at], record[rest[2] % width] = record[rest[2] % width], record[at]
    else:
        record[:] = [*record[1:], record[0]]


def odd_of_its_kind(extract: Extract, at: int, value: str, chosen: int) -> str:
    """Another way to write a value, or another value of its kind, right or wrong."""
    column = extract.columns[at]
    if column.element_type == "date":
        year, month, day = ODD_DAYS[chosen % len(ODD_DAYS)].split("-")
        return extract.date_format.replace("%Y", year).replace("%m", month).replace("%d", day)
    if column.element_type == "varchar":
        return [value.lower(), f" {value}", f"{value}\xa0", value.upper(), value[:-1]][chosen % 5]
    return [f"-{value}", f"0{value}", f"{value}.0", f"1.{value}", f"{value},123"][chosen % 5]


def spoil_text(text: str, kind: str, rest: list[Any]) -> str:
    at = rest[0] * len(text) // 1000
    if kind == "cut":
        return text[:at]
    return text[:at] + (text[at + rest[1] :] if kind == "leave out" else rest[1] + text[at:])


def spoil_lines(text: str, kind: str, rest: list[Any], end: str) -> str:
    lines = text.split(end)
    at = rest[0] % len(lines)
    if kind == "double line":
        lines.insert(at, lines[at])
    elif kind == "leave out line":
        del lines[at]
    elif kind == "join lines":
        lines[at : at + 2] = ["".join(lines[at : at + 2])]
    elif kind == "empty line":
        lines.insert(at, "")
    elif kind == "delimiter behind":
        lines[at] += ";" if ";" in text else ","
    else:
        return end.join(lines[:at]) + rest[1] + end.join(lines[at:])
    return end.join(lines)


# ---------------------------------------------------------------------------------------------------------------------
# The reader that knows nothing but the declaration.


def read(data: bytes, extract: Extract) -> tuple[list[str], list[list[str]]]:
    """The headings and the records of a file that the border in has read: the fields of each line that is not empty."""
    text = data.decode("utf-8-sig" if extract.encoding == "utf-8" else extract.encoding)
    if extract.footer_pattern:
        text = text.rstrip("\r\n")
        text = text[: text.rindex("\n") + 1]
    for _ in range(extract.preamble_lines):
        text = text[text.index("\n") + 1 :]
    records = list(fields_of(text, extract.delimiter))
    return records[0], [record for record in records[1:] if record != [""]]


def fields_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """Split a text into records. A quote opens a value at its beginning only, perhaps after spaces."""
    record, value, quoted, at = [], "", False, 0
    while at < len(text):
        sign = text[at]
        if quoted:
            if sign == '"' and text[at + 1 : at + 2] == '"':
                value, at = value + '"', at + 1
            elif sign == '"':
                quoted = False
            else:
                value += sign
        elif sign == '"' and not value.strip(" "):
            value, quoted = "", True
        elif sign == delimiter:
            record, value = [*record, value], ""
        elif sign == "\n":
            yield [*record, value.removesuffix("\r")]
            record, value = [], ""
        else:
            value += sign
        at += 1
    if record or value:
        yield [*record, value]


class UnfitError(Exception):
    """A text does not follow its declaration."""


def meant(text: str, column: Column, extract: Extract) -> Any:
    """What a text says, by the declaration alone; None where it says nothing."""
    text = text.strip(WHITE)
    if text in ("", *extract.null_values):
        return None
    if column.case:
        text = text.upper() if column.case == "upper" else text.lower()
    if column.pattern and not re.fullmatch(column.pattern, text, re.ASCII):
        raise UnfitError
    if column.canonical_pattern and not re.search(column.canonical_pattern, text, re.ASCII):
        raise UnfitError
    if column.element_type == "varchar":
        return text
    return day(text, column, extract) if column.element_type == "date" else number(text, column, extract)


def day(text: str, column: Column, extract: Extract) -> date:
    if not re.fullmatch(
        extract.date_format.replace("%Y", r"\d{4}").replace("%m", r"\d\d").replace("%d", r"\d\d"), text, re.ASCII
    ):
        raise UnfitError
    try:
        found = datetime.strptime(text, extract.date_format).date()
    except ValueError as error:
        raise UnfitError from error
    if not column.future and found > datetime.strptime(STAND, "%Y%m%d").date():
        raise UnfitError
    return found


def number(text: str, column: Column, extract: Extract) -> Decimal:
    sign, figures = ("-", text[1:]) if column.signed and text.startswith("-") else ("", text)
    size = re.fullmatch(r"decimal\((\d+),(\d+)\)", column.element_type)
    before, mark, behind = figures.partition(extract.decimal) if size else (figures, "", "")
    if size and extract.thousands and extract.thousands in before:
        first, *groups = before.split(extract.thousands)
        if not 1 <= len(first) <= 3 or first.startswith("0") or any(len(group) != 3 for group in groups):
            raise UnfitError
        before = first + "".join(groups)
    if not re.fullmatch("[0-9]+", before) or (mark and not re.fullmatch("[0-9]+", behind)):
        raise UnfitError
    value = Decimal(f"{sign}{before}.{behind or 0}")
    room = 10 ** (int(size[1]) - int(size[2])) if size else 2 ** (31 if column.element_type == "integer" else 63)
    if abs(value) >= room or (size and len(behind) > int(size[2])):
        raise UnfitError
    return value


def row(fields: list[str], headings: list[str], extract: Extract) -> list[Any]:
    """What a record says, in the order of its columns."""
    columns = extract.columns
    if columns[-1].repeats:
        columns = [*columns, *[columns[-1]] * (len(headings) - len(columns))]
    if len(fields) != len(columns):
        raise UnfitError
    values = [meant(text, column, extract) for text, column in zip(fields, columns, strict=True)]
    named = dict(zip([column.name for column in columns], values, strict=True))
    deletes = extract.change_column is not None and named[extract.change_column] == extract.deletion_code
    for column, value in zip(columns, values, strict=True):
        needed = not deletes or column.name in (*extract.key, extract.change_column)
        if value is None and column.required and needed:
            raise UnfitError
    return values


# ---------------------------------------------------------------------------------------------------------------------
# What is held against what.


def stored(found: dict[str, Any], extract: Extract) -> list[Any]:
    values: list[Any] = []
    for column in extract.columns:
        value = found[column.name]
        values += value if column.repeats else [value]
    return values


def assert_sound(border: Border, extract: Extract, delivery: dict[str, Any], data: bytes) -> None:
    """The rows of a delivery that was read are what the file says."""
    headings, records = read(data, extract)
    loaded = {each["record_nr"]: stored(each, extract) for each in border.rows(extract, delivery["levering_nr"])}
    aside = {record for record, *_ in border.aside(delivery["levering_nr"])}
    assert delivery["aantal_records"] == len(records)
    assert sorted([*loaded, *aside]) == [*range(1, len(records) + 1)], "each record is loaded or set aside"
    for place, fields in enumerate(records, 1):
        try:
            expected = row(fields, headings, extract)
        except UnfitError:
            assert place in aside, f"record {place} does not follow its declaration: {fields}"
            continue
        assert place in loaded, f"record {place} follows its declaration and is set aside: {fields}"
        columns = [*extract.columns, *extract.columns[-1:] * (len(expected) - len(extract.columns))]
        for column, value, text in zip(columns, loaded[place], expected, strict=True):
            assert (value is None) == (text is None) if column.personal else value == text, (place, column.name)


def assert_silent(border: Border, messages: Sequence[str]) -> None:
    """No value of a person is told."""
    assert not [text for text in [*border.told(), *messages] if PLANTED.search(text)]


def try_out(con: duckdb.DuckDBPyConnection, name: tuple[str, str], how: list[tuple[Any, ...]], judge: Callable) -> str:
    """Spoil a delivery, walk through a night, and hold what came of it against what was delivered."""
    extract = EXTRACTS[name]
    it = sample(name, RECORDS)
    for each in how:
        spoil(it, each)
    try:
        data = bytes(it)
    except (UnicodeEncodeError, IndexError):
        return "niet te schrijven"
    messages: list[str] = []
    keep = Keep(messages)
    logging.getLogger("orchestration").addHandler(keep)
    with TemporaryDirectory() as folder:
        border = Border(Path(folder), con)
        for each in members(name[0]):
            border.put(f"{name[0]}/{file_name(EXTRACTS[each])}", data if each == name else sample(each, RECORDS))
        try:
            border.run([name[0]], judge)
        finally:
            logging.getLogger("orchestration").removeHandler(keep)
        delivery = border.deliveries().get(f"{name[0]}/{file_name(extract)}")
        assert_silent(border, messages)
        border.assert_tidy()
        assert delivery is not None, border.left()
        assert delivery["oordeel"] in ("toegelaten", "geweigerd", "aangehouden")
        assert delivery["oordeel"] == "toegelaten" or delivery["reden"]
        assert "onverwachte fout" not in (delivery["reden"] or ""), messages
        if delivery["aantal_records"] is None:
            assert (border.rows(extract, delivery["levering_nr"]), border.aside(delivery["levering_nr"])) == ([], [])
            return "niet gelezen"
        assert_sound(border, extract, delivery, data)
        return "toegelaten" if delivery["oordeel"] == "toegelaten" else "gelezen"


class Keep(logging.Handler):
    """Keeps what is said."""

    def __init__(self, messages: list[str]) -> None:
        """Keep it in a list."""
        super().__init__(logging.DEBUG)
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages.append(record.getMessage())


def try_many(number: int, seed: int | None, say: Callable[[str, int], None] = lambda *_: None) -> dict[str, int]:
    """Try spoiled deliveries of any extract; the shortest that fails is in the error.

    Args:
        number: How many.
        seed: Where chance begins; the same each time where None.
        say: Is told the outcome of each, and how many there were.

    Returns:
        How many had which outcome.
    """
    outcomes: dict[str, int] = {}
    con = in_memory()
    logging.getLogger("orchestration").setLevel(logging.DEBUG)

    @settings(
        max_examples=number,
        derandomize=seed is None,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        print_blob=False,
    )
    @given(SPOILED)
    def each(spoiled: tuple[tuple[str, str], list[tuple[Any, ...]]]) -> None:
        # Findings quote rows, so now and then what is expected of them is looked at too.
        judge = validate_extract if crc32(repr(spoiled).encode()) % 5 == 0 else no_judge
        outcome = try_out(con, *spoiled, judge)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        say(outcome, sum(outcomes.values()))

    (each if seed is None else begin_at(seed)(each))()
    con.close()
    return outcomes


def test_what_is_in_raw_is_what_was_written() -> None:
    outcomes = try_many(100, None)
    # Chance reaches every outcome, often enough to say something.
    assert min(outcomes.get(each, 0) for each in ("toegelaten", "gelezen", "niet gelezen")) >= 10, outcomes
