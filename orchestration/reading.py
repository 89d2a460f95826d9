"""Look at a delivered file as bytes and lines: is it whole, in the agreed encoding, with the agreed head and foot?

What stands in a record is not looked at here. The records are counted, so that whoever reads them can be held to it.
"""

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from orchestration import faults
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery
from orchestration.wording import dutch

CHUNK = 1 << 20
# A copy has one name, whatever the delivered file is called: an error that names it is of the delivery.
COPY = "levering.csv"
# Also what DuckDB takes for the longest record.
LONGEST = 2 << 20
# White space that may stand around a value and is no part of it; line ends only within quotes.
WHITE = "\t \v\f\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u202f\u205f\u3000\ufeff"
LINE_ENDS = "\r\n"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DELIMITERS = {";": ";", ",": ",", "\t": "de tab", "|": "|"}
# What a pattern may be made of to be told in words: a free part, a letter in either case, a sign as it is, plain text.
SIMPLE_PART = re.compile(
    r"(?P<free>\.[*+])|\[(?P<upper>\w)(?P<lower>\w)\]|\\(?P<sign>[^\w\s])|(?P<text>[^][\\.(){}|^$*+?])"
)
SHOWN_SIGNS = 80
LOOKS_LIKE_A_HEADING = re.compile(r"[a-z][a-z_]{0,29}")


class RefusedError(Exception):
    """The delivered file is not what its declaration says; the message says in Dutch where, what, and what to do."""


@dataclass(frozen=True)
class Body:
    """What stands between the headings and the footer.

    Args:
        records: Number of records: lines that are not empty, where a line end within quotes ends no line.
        empty_lines: Place of each empty line among all lines of the body, from 1.
        white: White space that occurs in it, some of it perhaps around a value.
        surplus: The records, from 1, with more values than columns of which the last is empty: DuckDB reads over those.
    """

    records: int
    empty_lines: tuple[int, ...]
    white: str
    surplus: tuple[int, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A delivered file that DuckDB can read.

    Args:
        file: The file in UTF-8 without footer, or a link to the delivered file where that will do.
        skip: Number of lines before the first record.
        headings: Headings of the repeating column, in order; empty where no column repeats.
        periods: The periods in those headings (`periode` only), each with its status: `voorlopig`, `nader voorlopig`,
            or None where the heading has no mark.
        sha256: Checksum of the delivered file.
        body: Its records, counted.
    """

    file: Path
    skip: int
    headings: tuple[str, ...]
    periods: dict[str, str | None]
    sha256: str
    body: Body


@dataclass(frozen=True)
class _Head:
    skip: int
    size: int
    line_end: str
    headings: tuple[str, ...]
    periods: dict[str, str | None]


def checksum(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def ends_in_its_last_value(delivery: Delivery) -> bool:
    """Whether the file stops without a line end and nothing else says that it is whole.

    Args:
        delivery: The delivery.

    Returns:
        True where its last value may have been cut off: no line end, no footer, no count or checksum of the supplier.
    """
    certain = (delivery.extract.footer_pattern, delivery.expected_records, delivery.expected_sha256)
    if any(fact is not None for fact in certain):
        return False
    with delivery.file.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - 4))
        return not stream.read().decode(delivery.extract.encoding, errors="ignore").endswith(("\n", "\r"))


@contextmanager
def prepared(delivery: Delivery, scratch: Path) -> Iterator[Prepared]:
    """Make a delivered file readable for DuckDB, for as long as the block lasts.

    Args:
        delivery: The delivery.
        scratch: Private folder for a transcoded copy, which is removed afterwards.

    Yields:
        The prepared file.

    Raises:
        RefusedError: Empty, wrong encoding, cut off, not what the supplier's checksum says, other columns, another
            table than agreed, or lines of which the end is not known.
    """
    extract = delivery.extract
    if delivery.file.stat().st_size == 0:
        raise RefusedError("het bestand is leeg (0 bytes); lever het opnieuw")
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        copy = Path(folder) / COPY
        must_copy = codecs.lookup(extract.encoding).name != "utf-8" or extract.footer_pattern is not None
        sha256 = _read_bytes(delivery, copy if must_copy else None)
        if delivery.expected_sha256 not in (None, sha256):
            raise RefusedError(
                f"controlegetal is {sha256}, de leverancier gaf {delivery.expected_sha256} op; "
                "het bestand is onderweg veranderd, lever het opnieuw"
            )
        if not must_copy:
            # Under a name of our own: that of the supplier may be anything.
            copy.symlink_to(delivery.file.resolve())
        if extract.footer_pattern is not None:
            _cut_footer(delivery, copy, extract.footer_pattern)
        head = _read_head(delivery, copy)
        yield Prepared(copy, head.skip, head.headings, head.periods, sha256, _count(delivery, copy, head))


def _read_bytes(delivery: Delivery, copy: Path | None) -> str:
    """Check the encoding and take the checksum in one pass; write a UTF-8 copy where asked."""
    extract = delivery.extract
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(extract.encoding)()
    as_utf8 = codecs.getincrementaldecoder("utf-8")()
    looks_utf8, only_ascii, lines = True, True, 1
    target = copy.open("w", encoding="utf-8", newline="") if copy else None
    try:
        with delivery.file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                if not lines > 1 and chunk.startswith(UTF_16) and not extract.encoding.lower().startswith("utf-16"):
                    raise RefusedError(
                        f"afgesproken is {extract.encoding}, maar het bestand is utf-16; "
                        f"lever het in {extract.encoding}"
                    )
                digest.update(chunk)
                try:
                    text = decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    line = lines + error.object[: error.start].count(b"\n")
                    raise RefusedError(
                        f"regel {line}: byte 0x{error.object[error.start]:02x} bestaat niet in "
                        f"{extract.encoding}; lever het bestand in {extract.encoding}"
                    ) from error
                if "\0" in text:
                    line = lines + text[: text.index("\0")].count("\n")
                    raise RefusedError(
                        f"regel {line}: byte 0x00 komt in een tekst niet voor; het bestand is "
                        f"beschadigd of in een andere codering dan {extract.encoding}, lever het opnieuw"
                    )
                if copy and target:
                    with faults.naming(copy):
                        target.write(text)
                if not chunk.isascii():
                    only_ascii = False
                    looks_utf8 = looks_utf8 and _decodes(as_utf8, chunk)
                lines += chunk.count(b"\n")
    finally:
        if target:
            target.close()
    if decoder.getstate()[0]:
        raise RefusedError("het laatste teken is afgebroken; lever het bestand opnieuw")
    if not only_ascii and looks_utf8 and codecs.lookup(extract.encoding).name != "utf-8":
        raise RefusedError(f"afgesproken is {extract.encoding}, maar het bestand is utf-8; lever het om")
    return digest.hexdigest()


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _cut_footer(delivery: Delivery, copy: Path, pattern: str) -> None:
    """Remove the last line; a file without it was cut off."""
    with copy.open("rb+") as stream:
        size = stream.seek(0, 2)
        start = max(0, size - 8192)
        stream.seek(start)
        tail = stream.read().rstrip(b"\r\n")
        last = tail.rfind(b"\n") + 1
        line = tail[last:].decode("utf-8", errors="replace").rstrip("\r")
        if not re.search(pattern, line):
            raise RefusedError(
                f"de laatste regel is niet de afgesproken voetregel ({pattern}); "
                "het bestand is afgebroken, lever het opnieuw"
            )
        stream.truncate(start + last)


# ---------------------------------------------------------------------------------------------------------------------
# The head: lines before the headings, and the headings.


def _read_head(delivery: Delivery, file: Path) -> _Head:
    """Hold the lines down to the column headings against the declaration."""
    extract = delivery.extract
    read: list[str] = []
    with file.open(encoding="utf-8", newline="") as stream:
        lines = _head_lines(delivery, stream, read)
        before = [next(lines, "") for _ in range(extract.preamble_lines)]
        _check_preamble(delivery, before)
        reader = csv.reader(lines, delimiter=extract.delimiter)
        try:
            found = [_stripped(heading) for heading in next(reader, [])]
        except csv.Error as error:
            raise _unclosed_heading(delivery) from error
    skip = extract.preamble_lines + reader.line_num
    ends = {line[len(line.rstrip("\r\n")) :] for line in read} - {""}
    if len(ends) > 1 or "\r" in ends:
        raise RefusedError(
            f"de regels tot en met de koppen eindigen op {_shown_ends(sorted(ends))}; "
            "laat elke regel van het bestand eindigen op LF, of elke op CRLF"
        )
    headings, periods = _match_headings(delivery, before, found, skip)
    size = len("".join(read).encode())
    return _Head(skip, size, next(iter(ends), "\n"), headings, periods)


def _head_lines(delivery: Delivery, stream: IO[str], read: list[str]) -> Iterator[str]:
    while line := stream.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith("\n"):
            raise RefusedError(
                f"regel {len(read) + 1}: de regel is langer dan {dutch(LONGEST)} tekens, zodat "
                "er geen koppen in te herkennen zijn; het bestand is beschadigd, lever het opnieuw"
            )
        read.append(line)
        yield line.removeprefix("\ufeff") if len(read) == 1 else line


def _check_preamble(delivery: Delivery, before: Sequence[str]) -> None:
    """A fact that holds for every row, such as the selection of a table, stands above the headings only."""
    for number, pattern in delivery.extract.preamble_patterns.items():
        if not says_what_was_agreed(before[number - 1], pattern):
            raise RefusedError(
                f"regel {number}: dit is niet de afgesproken tabel of selectie; verwacht een regel "
                f"{_agreed_in_words(pattern)}, er staat {_kind_of_line(before[number - 1], pattern)}; "
                "lever het bestand met die selectie"
            )


def says_what_was_agreed(line: str, pattern: str) -> bool:
    """Say whether a line above the headings matches its declared pattern as a whole.

    Args:
        line: The line; its quotes, and white space around it, mean nothing.
        pattern: The pattern.
    """
    return re.fullmatch(pattern, _unquoted(line)) is not None


def _unquoted(line: str) -> str:
    return _stripped(line.replace('"', ""))


def _agreed_in_words(pattern: str) -> str:
    """A pattern for who delivers: as a line with open places, where it is no more than that."""
    parts = list(SIMPLE_PART.finditer(pattern))
    is_simple = "".join(part[0] for part in parts) == pattern
    if not is_simple or any(part["upper"] and part["upper"].lower() != part["lower"] for part in parts):
        return f"volgens het patroon '{pattern}'"
    words = "".join("…" if part["free"] else part["lower"] or part["sign"] or part["text"] for part in parts)
    return f"als '{words}'" + (" (… is vrij)" if "…" in words else "")


def _kind_of_line(line: str, pattern: str) -> str:
    """The kind of the signs of a line, which may be of another file than a public table; agreed words as they are."""
    agreed = {word for word in re.findall(r"\w+", pattern) if len(word) > 2}
    found = re.sub(
        r"\w+",
        lambda word: word[0] if word[0] in agreed else re.sub(r"\w", lambda sign: "9a"[sign[0].isalpha()], word[0]),
        _unquoted(line),
    )
    return f"'{found[:SHOWN_SIGNS]}{'…' if len(found) > SHOWN_SIGNS else ''}'" if found else "niets"


def _unclosed_heading(delivery: Delivery) -> RefusedError:
    line = delivery.extract.preamble_lines + 1
    return RefusedError(
        f"regel {line}: een aanhalingsteken in de koppen wordt niet gesloten, zodat onbekend is "
        "waar de koppen eindigen; lever het bestand opnieuw"
    )


def _match_headings(
    delivery: Delivery, before: Sequence[str], found: list[str], line: int
) -> tuple[tuple[str, ...], dict[str, str | None]]:
    """Return the headings of the repeating column with their periods; refuse other columns than declared."""
    extract = delivery.extract
    fixed = [column for column in extract.columns if not column.repeats]
    expected = [column.heading for column in fixed]
    headings: list[str] = []
    repeats = len(fixed) < len(extract.columns)
    if repeats:
        times = max(1, len(found) - len(fixed))
        headings = found[len(fixed) :]
        if extract.heading_line is not None:
            text = before[extract.heading_line - 1]
            headings = [_stripped(part) for part in _fields(text, extract.delimiter)[len(fixed) :]]
            expected += [extract.columns[-1].heading] * times
        else:
            expected += headings or [extract.columns[-1].heading]
        if found == expected and len(headings) != times:
            raise RefusedError(f"{len(headings)} koppen voor {times} kolommen; lever het opnieuw")
    if found != expected:
        raise RefusedError(f"regel {line}: {_differences(extract, expected, found)}")
    return tuple(headings), _periods(delivery, headings) if repeats and extract.delivery == "periode" else {}


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _differences(extract: Extract, expected: list[str], found: list[str]) -> str:
    """Say what is wrong with the headings; a line without a known one may be a record, and is not quoted."""
    wanted = ", ".join(dict.fromkeys(expected))
    if len(found) == 1 and len(expected) > 1:
        for delimiter, shown in DELIMITERS.items():
            others = [_stripped(heading) for heading in _fields(found[0], delimiter)]
            if 2 * len(set(expected).intersection(others)) >= len(set(expected)):
                agreed = DELIMITERS.get(extract.delimiter, extract.delimiter)
                return f"het scheidingsteken lijkt {shown} te zijn, afgesproken is {agreed}; lever het bestand daarmee"
    if any(end in heading for heading in found for end in LINE_ENDS):
        return (
            "een aanhalingsteken in de koppen wordt niet gesloten, zodat onbekend is waar de koppen eindigen; "
            "lever het bestand opnieuw"
        )
    known = set(expected).intersection(found)
    if not known:
        return f"hier staan geen koppen die zijn afgesproken; zet boven de records de regel met koppen: {wanted}"
    missing = [name for name in dict.fromkeys(expected) if name not in known]
    extra = [name for name in found if name not in known]
    parts = [f"ontbreekt: {', '.join(missing)}"] if missing else []
    if extra:
        shown = [name for name in extra if LOOKS_LIKE_A_HEADING.fullmatch(name)]
        may_show = 2 * len(known) >= len(set(expected)) and len(shown) == len(extra)
        parts.append(f"te veel: {', '.join(shown)}" if may_show else f"te veel: {len(extra)} onbekende")
    if not parts:
        order = len(found) == len(expected)
        parts.append("andere volgorde" if order else f"ander aantal: {len(found)} in plaats van {len(expected)}")
    return f"de kolommen zijn anders dan afgesproken ({'; '.join(parts)}); verwacht: {wanted}"


MARKS = {"": None, "*": "voorlopig", "**": "nader voorlopig"}


def _periods(delivery: Delivery, headings: Sequence[str]) -> dict[str, str | None]:
    """The period in each heading, with the status that its mark gives; of several the least final."""
    pattern = re.compile(delivery.extract.heading_pattern)
    matches = [pattern.fullmatch(heading) for heading in headings]
    if strange := sum(match is None for match in matches):
        named = "noemt" if strange == 1 else "noemen"
        raise RefusedError(
            f"{strange} van de {len(headings)} koppen {named} geen periode zoals afgesproken; "
            f"verwacht een kop volgens {pattern.pattern}, lever de tabel met die perioden"
        )
    named = [heading[: match.end(1)] for heading, match in zip(headings, matches, strict=True) if match]
    if twice := len(named) - len(set(named)):
        raise RefusedError(
            f"{twice} van de {len(headings)} koppen staan er dubbel, zodat onbekend is welke kolom "
            "geldt; lever de tabel met elke kop een keer"
        )
    marks: dict[str, set[str]] = {}
    for match in matches:
        if match is not None:
            marks.setdefault(match[1], set()).add(match[2] if pattern.groups > 1 and match[2] else "")
    return {period: MARKS[min(found - {""}, key=len, default="")] for period, found in marks.items()}


# ---------------------------------------------------------------------------------------------------------------------
# The body: the records, counted without knowing what is in them.


def _count(delivery: Delivery, file: Path, head: _Head) -> Body:
    """Count the records, independently of who reads them; refuse lines of which the end is not certain."""
    # Quoted values are taken out first, so that line ends within them do not count. A quote opens a value only where
    # the value begins, perhaps after spaces, as it does for DuckDB.
    begin = rb"(?<![^\r\n" + re.escape(delivery.extract.delimiter.encode()) + rb"]) *\""
    quoted = re.compile(begin + rb'[^"]*+(?:""[^"]*+)*+"')
    still_open = re.compile(begin)
    columns = len(delivery.extract.columns) - bool(head.headings) + len(head.headings)
    counter = _Counter(delivery, head.line_end, columns)
    rest = b""
    with file.open("rb") as stream:
        stream.seek(head.size)
        while chunk := stream.read(CHUNK):
            while chunk.endswith(b'"') and (more := stream.read(1)):
                chunk += more  # whether a quote closes the value is told by what follows it
            text = rest + chunk
            counter.see(text)
            whole = len(text)
            if b'"' in text:
                text = quoted.sub(b"x", text)
                opened = still_open.search(text)
                whole = opened.start() if opened else len(text)
            whole = text.rfind(b"\n", 0, whole) + 1
            counter.add(text[:whole])
            rest = text[whole:]
            if len(rest) > LONGEST:
                raise RefusedError(
                    f"record {counter.records + 1}: het record is langer dan {dutch(LONGEST)} "
                    "tekens; een aanhalingsteken wordt niet gesloten of het bestand is beschadigd, lever het opnieuw"
                )
    if still_open.search(rest):
        raise RefusedError(
            f"record {counter.records + 1}: een aanhalingsteken wordt niet gesloten, zodat onbekend "
            "is waar het record eindigt; het bestand is afgebroken of beschadigd, lever het opnieuw"
        )
    counter.add(rest)
    return Body(counter.records, tuple(counter.empty_lines), "".join(sorted(counter.white)), tuple(counter.surplus))


@dataclass
class _Counter:
    delivery: Delivery
    line_end: str
    columns: int
    records: int = 0
    empty_lines: list[int] = field(default_factory=list)
    white: set[str] = field(default_factory=set)
    surplus: list[int] = field(default_factory=list)

    def see(self, text: bytes) -> None:
        """Note which white space occurs."""
        possible = WHITE + LINE_ENDS if b'"' in text else WHITE
        only_ascii = text.isascii()
        for mark in possible:
            if mark not in self.white and (mark.isascii() or not only_ascii) and mark.encode() in text:
                self.white.add(mark)

    def add(self, lines: bytes) -> None:
        """Count lines, of which the last perhaps has no end."""
        ends, with_return = lines.count(b"\n"), lines.count(b"\r\n")
        if (with_return, lines.count(b"\r")) != ((ends, ends) if self.line_end == "\r\n" else (0, 0)):
            self._refuse_ends(lines)
        count = ends + (not lines.endswith(b"\n") and bool(lines))
        if lines.startswith((b"\n", b"\r\n")) or b"\n\n" in lines or b"\n\r\n" in lines:
            first = self.records + len(self.empty_lines) + 1
            stripped = (line.removesuffix(b"\r") for line in lines.split(b"\n")[:count])
            empty = [place for place, line in enumerate(stripped, first) if not line]
            self.empty_lines += empty
            count -= len(empty)
        delimiter = self.delivery.extract.delimiter.encode()
        if delimiter + self.line_end.encode() in lines or lines.endswith(delimiter):
            whole = (line for line in lines.replace(b"\r", b"").split(b"\n") if line)
            self.surplus += [
                place
                for place, line in enumerate(whole, self.records + 1)
                if line.endswith(delimiter) and line.count(delimiter) >= self.columns
            ]
        self.records += count

    def _refuse_ends(self, lines: bytes) -> None:
        expected = self.line_end.encode()
        for line in lines.splitlines(keepends=True):
            end = line[len(line.rstrip(LINE_ENDS.encode())) :]
            if end not in (expected, b""):
                break
            self.records += line != end
        raise RefusedError(
            f"record {self.records + 1}: de regel eindigt niet op "
            f"{_shown_ends([self.line_end])} zoals de koppen; laat elke regel van het bestand hetzelfde eindigen, of "
            "lever het opnieuw"
        )


def _shown_ends(ends: Sequence[str]) -> str:
    return " en ".join(end.replace("\r", "CR").replace("\n", "LF") for end in ends)


def _stripped(text: str) -> str:
    return text.strip(WHITE + LINE_ENDS)
