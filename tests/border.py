"""Deliveries of the declared extracts that a test can spoil, and nights at the border in that meet them.

What is made here is right in every respect, so that what becomes of a delivery follows from what the test did to it.
What is done to it, and what must come of that, stands in the tests.
"""

import csv
import io
import os
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from orchestration.admission import Arrivals, Judge, admit_deliveries
from orchestration.declarations import Column, Extract, read_declarations
from orchestration.demo.generator import read_code_lists, rows, write
from orchestration.expectations import code_lists
from orchestration.pseudonyms import Key
from orchestration.validation import Finding

EXTRACTS = read_declarations()
# The wide tables that are really public, of which it is known here how they look.
PUBLIC_TABLES = ("cbs_misdrijven", "geregistreerde_misdrijven")
STAND, RECEIVED = "20230115", "20230120"
FIRST_DAY = date(2019, 3, 1)
RECORDS = 120
# Every personal value begins with these figures or this name, and nothing else has them.
PLANTED = re.compile(r"98[-/. ]?7[0-9]{2}|[Jj]ansen", re.ASCII)
_moments = count(1_500_000_000)


def personal(column: Column, number: int) -> str:
    """A personal value that can be recognised wherever it turns up; at most 999 of them differ."""
    figures = f"987{number:03}98765"
    if column.canonical_widths:
        parts = iter(figures)
        return "-".join("".join(next(parts) for _ in range(width)) for width in column.canonical_widths)
    if column.pattern:
        return re.sub(r"\[0-9\]\{(\d+)\}", lambda found: figures[: int(found[1])], column.pattern)
    return f"Jansen {number}"


def written(day: date, extract: Extract) -> str:
    """A day as an extract has it written."""
    return day.strftime(extract.date_format)


def _value(extract: Extract, column: Column, place: int, number: int) -> str:
    kind = column.element_type
    if column.personal:
        return personal(column, number)
    if column.code_list == "geen_financieel_onderzoek":
        return ""  # There was one.
    if column.code_list:
        return code_lists([column.code_list])[column.code_list][0]
    if column.pattern:
        return re.sub(r"\[0-9\]\{(\d+)\}", lambda found: f"{number:0{found[1]}}", column.pattern)
    if kind == "date":
        return written(FIRST_DAY + timedelta(days=30 * place + number % 28), extract)
    if kind == "varchar":
        return "273f"
    if kind.startswith("decimal"):
        return f"{number}{extract.decimal}50"
    # A number that points at another record is left out.
    if not column.required and column.minimum == 1 and column.maximum is None:
        return ""
    return str(number) if column.name in extract.key and len(extract.key) == 1 else "1"


def _names_of_a_public_table(extract: Extract) -> list[list[str]]:
    """A public table of two years: the whole, its parts, and what is smaller."""
    if extract.registration == "cbs_misdrijven":
        return [["Totaal", "500", "400"], *([f"{n} Soort", "50", "40"] for n in range(1, 11))]
    regions = ("Noord-Nederland", "Oost-Nederland", "Midden-Nederland", "Noord-Holland", "Amsterdam", "Den Haag")
    regions += ("Rotterdam", "Zeeland - West-Brabant", "Oost-Brabant", "Limburg", "Niet in te delen")
    return [
        ["Nederland", "11000", "22000"],
        *([f"{name} (RE)", "1000", "2000"] for name in regions),
        ["Proef", "5", ""],
    ]


@dataclass
class Sample:
    """A delivered file in pieces. A line is a list of fields, or a text that is written as it stands."""

    extract: Extract
    head: list[list[str] | str]
    records: list[list[str] | str]
    foot: list[str]
    end: str
    encoding: str
    on_text: list[Callable[[str], str]] = field(default_factory=list)
    on_bytes: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def place(self, column: str) -> int:
        """Where a column stands."""
        return [each.name for each in self.extract.columns].index(column)

    def line(self, fields: list[str] | str) -> str:
        """A line as it is written, without its end."""
        if isinstance(fields, str):
            return fields
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.extract.delimiter, lineterminator="\r\n").writerow(fields)
        return stream.getvalue().removesuffix("\r\n")

    def __bytes__(self) -> bytes:
        """The file."""
        lines = [*map(self.line, self.head), *map(self.line, self.records), *self.foot]
        text = "".join(line + self.end for line in lines)
        for change in self.on_text:
            text = change(text)
        data = text.encode(self.encoding)
        for change in self.on_bytes:
            data = change(data)
        return data


def _as_in_the_demo(extract: Extract, records: int, end: str) -> Sample:
    """A delivery as the demo makes one: of an extract of which only its declaration is known here."""
    made = rows(
        extract,
        records,
        Random(extract.registration),
        read_code_lists({(extract.registration, extract.name): extract}),
        periods=2,
    )
    with TemporaryDirectory() as folder:
        file = write(extract, made, Path(folder), date(2023, 1, 15), date(2023, 1, 20))
        lines = file.read_bytes().decode(extract.encoding).split(end)[:-1]
    head, last = extract.preamble_lines + 1, len(lines) - (extract.footer_pattern is not None)
    body = [*csv.reader(lines[head:last], delimiter=extract.delimiter)]
    return Sample(extract, [*lines[:head]], [*body], lines[last:], end, extract.encoding)


@cache
def _sample(name: tuple[str, str], records: int) -> Sample:
    extract = EXTRACTS[name]
    end = "\n" if extract.encoding == "utf-8" else "\r\n"
    if extract.registration not in PUBLIC_TABLES and (extract.columns[-1].repeats or extract.preamble_lines):
        return _as_in_the_demo(extract, records, end)
    if not extract.columns[-1].repeats:
        made = [
            [_value(extract, column, place, number) for place, column in enumerate(extract.columns)]
            for number in range(1, records + 1)
        ]
        return Sample(extract, [[c.heading for c in extract.columns]], [*made], [], end, extract.encoding)
    of_table = _names_of_a_public_table(extract)
    if extract.heading_line is None:
        about = "Nederland_Totaal geregistreerde misdrijven"
        head: list[list[str] | str] = [[extract.columns[0].heading, f"{about}_2021", f"{about}_2022*"]]
    else:
        head = [
            '"Geregistreerde misdrijven en aangiften; soort misdrijf, gemeente 2026"',
            '"Soort misdrijf: Totaal misdrijven"',
            '""',
            ["Onderwerp", *["Geregistreerde misdrijven"] * 2],
            ["Perioden", "2021", "2022"],
            [extract.columns[0].heading, *[extract.columns[-1].heading] * 2],
        ]
    return Sample(
        extract, head, [*of_table], ['"Bron: Politie"'] if extract.footer_pattern else [], end, extract.encoding
    )


def sample(name: tuple[str, str], records: int = RECORDS) -> Sample:
    """A delivery that is right in every respect.

    Args:
        name: Registration and extract.
        records: Number of records; a public table has as many as it has.

    Returns:
        A sample of its own for who asks.
    """
    kept = _sample(name, records)
    own = [[*record] if isinstance(record, list) else record for record in kept.records]
    return replace(kept, head=deepcopy(kept.head), records=own, foot=[*kept.foot], on_text=[], on_bytes=[])


def file_name(extract: Extract, stand: str = STAND, received: str | None = RECEIVED) -> str:
    """The name of a delivered file, of the whole register."""
    kind = "_volledig" if extract.delivery == "mutaties" else ""
    return f"demo_{extract.name}_{stand}{f'_ontvangen_{received}' if received else ''}{kind}.csv"


def members(registration: str) -> dict[tuple[str, str], Extract]:
    """The declared extracts of a registration."""
    return {name: extract for name, extract in EXTRACTS.items() if name[0] == registration}


_texts: list[str] = []


def _all_text(con: duckdb.DuckDBPyConnection) -> str:
    """SQL for all text in the register; what is in it is the same for each, so it is looked up once."""
    if not _texts:
        columns = con.sql(
            "select table_name, column_name from duckdb_columns() where schema_name = 'leveringen' and not internal "
            "and data_type in ('VARCHAR', 'VARCHAR[]', 'JSON') and table_name not like '%_met_oordeel'"
        ).fetchall()
        assert len(columns) > 20
        _texts.extend(
            f"select '{table}.{column}: ' || {column}::varchar from leveringen.{table}"
            for table, column in columns
            if column not in ("inhoud_sha256", "sleutel_afdruk", "feiten")
        )
    return " union all ".join(_texts)


def in_memory() -> duckdb.DuckDBPyConnection:
    """A raw database that is nowhere, for borders that come one after another."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("attach ':memory:' as raw")
    con.execute("use raw")
    return con


def no_judge(con: duckdb.DuckDBPyConnection, extract: Extract) -> Sequence[Finding]:
    """A judge that looks at the candidate and finds nothing, where the case is not about what is expected of rows."""
    con.execute(f'select * from kandidaat."{extract.name}"')
    return []


class Border:
    """A raw database, an inbox, and nights that look at it."""

    def __init__(self, folder: Path, con: duckdb.DuckDBPyConnection | None = None) -> None:
        """Look at a data folder.

        Args:
            folder: The folder, with its raw database; made where there is none.
            con: Connection to another database `raw`, of which all rows go.
        """
        self.inbox, self.scratch = folder / "leveringen", folder / "tmp"
        self.con = con or duckdb.connect(str(folder / "raw.duckdb"))
        if con is None:
            return
        filled = con.sql(
            "select schema_name, table_name from duckdb_tables() where database_name = 'raw' and estimated_size > 0"
        ).fetchall()
        for schema, table in filled:
            con.execute(f'delete from raw."{schema}"."{table}"')

    def put(self, place: str, data: bytes | str | Sample) -> Path:
        """Put a file in the inbox, long ago, so that nobody waits to see whether it still grows."""
        file = self.inbox / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else bytes(data))
        os.utime(file, (moment := next(_moments), moment))
        return file

    def run(self, registrations: Sequence[str], judge: Judge, key: Key | None = None) -> Arrivals:
        """Walk through a night on some of the registrations, which are then all that there are."""
        extracts = {name: extract for each in registrations for name, extract in members(each).items()}
        return admit_deliveries(self.con, self.inbox, self.scratch, extracts, key, judge)

    def deliveries(self) -> dict[str, dict[str, Any]]:
        """What the register has of each delivery, by its file; of a file that was delivered twice the last."""
        found = self.con.sql("select * from leveringen.levering_met_oordeel order by levering_nr")
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        return {f"{row['registratie']}/{row['bestand']}": row for row in rows}

    def left(self) -> dict[str, str]:
        """Why each file that is left is left, by its name."""
        return dict(self.con.sql("select bestand, reden from leveringen.blijft_liggen").fetchall())

    def aside(self, number: int) -> list[tuple[int, str | None, str | None, str]]:
        """What was set aside of a delivery: record, column, value as shown, reason."""
        return self.con.execute(
            "select record_nr, kolom, waarde_gemaskeerd, reden from leveringen.apartgezet where levering_nr = ? "
            "order by all",
            [number],
        ).fetchall()

    def findings(self, number: int) -> dict[str, str]:
        """What was found wrong with a delivery: control and words."""
        return dict(
            self.con.execute(
                "select controle, gevonden from leveringen.bevinding where levering_nr = ? and not is_voldaan", [number]
            ).fetchall()
        )

    def rows(self, extract: Extract, number: int) -> list[dict[str, Any]]:
        """The rows of a delivery in raw, by record number."""
        found = self.con.sql(f"select * from {extract.table} where levering_nr = {number} order by record_nr")
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    def told(self) -> list[str]:
        """All text in the register, but for checksums, which hold any figures."""
        return [text for (text,) in self.con.execute(_all_text(self.con)).fetchall() if text]

    def assert_tidy(self) -> None:
        """Nothing of a delivery is left behind where it was worked on."""
        assert not self.scratch.exists() or list(self.scratch.iterdir()) == [], "a copy of a delivery is left"
        assert self.con.sql("select table_name from duckdb_tables() where temporary").fetchall() == []


def by_extract(chosen: Callable[[Extract], Any]) -> list[tuple[str, str]]:
    """The extracts for which something holds."""
    return [name for name, extract in EXTRACTS.items() if chosen(extract)]


def first_column(extract: Extract, chosen: Callable[[Column], Any]) -> str | None:
    """The first column for which something holds."""
    return next((column.name for column in extract.columns if chosen(column)), None)
