"""The report of one delivery, to send to its supplier as it is: a page, and a table with a line for each fault.

What may be shown of a value was decided where it was set aside or tested; no delivered row is read here. What a person
sees in the terminal stands elsewhere.
"""

import csv
import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import faults, register
from orchestration.clock import now
from orchestration.declarations import Extract
from orchestration.forms import expected
from orchestration.loading import BROKEN, file_columns
from orchestration.paths import version
from orchestration.register import Account, SetAside
from orchestration.wording import dutch

log = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("supplier_report.html")
MOST_ON_PAGE = 500
# How the reason of a value begins that is not of its declared form; the rest says of which form it must be.
EXPECTED, UNLIKE = "verwacht ", "niet in de afgesproken vorm"
# Most file systems limit a name to this; that of a delivery may be almost as long by itself.
MAX_NAME_BYTES = 255
HEADINGS = ("record", "kolom", "waarde (gemaskeerd)", "wat er mis is", "wat er wordt verwacht")
# What a spreadsheet takes for the beginning of a formula; a number below zero is none.
FORMULA = re.compile(r"[=+@\t\r]|-(?![0-9.,]+$)")
# Per verdict: what it means for the figures, and what the supplier can do.
MEANING = {
    "toegelaten": "De levering is van kracht.",
    "geweigerd": "De levering telt niet mee; een eerdere blijft van kracht. Herstel het bestand en lever het opnieuw.",
    "aangehouden": "De levering telt nu niet mee; een eerdere blijft van kracht. De reden zegt waar het op wacht.",
    "ingetrokken": "De levering telt niet meer mee. Lever een bestand dat haar vervangt.",
    "opnieuw_aangeboden": "De levering wordt bij de volgende run opnieuw gelezen.",
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a delivery.

    Args:
        record: The record, by its place in the file; None where it is about the file as a whole.
        column: The heading of the column, as delivered; empty where it is about the whole record.
        shown: What may be shown of the value.
        reason: What is wrong, in Dutch.
        expected: What it must be, in Dutch; empty where the reason says so.
    """

    record: int | None
    column: str
    shown: str
    reason: str
    expected: str

    @property
    def told(self) -> str:
        """What is wrong, in as few words as there are."""
        return f"{EXPECTED}{self.expected}" if self.reason == UNLIKE else self.reason


def is_worth_telling(account: Account) -> bool:
    """Whether a supplier has anything to read about a delivery: it does not count, or not all of it is right.

    Args:
        account: What the register tells of it.
    """
    return account.row.verdict != "toegelaten" or bool(account.row.set_aside or account.failed)


def faults_of_records(account: Account, extract: Extract | None, set_aside: Iterable[SetAside]) -> Iterator[Fault]:
    """Tell of records that were set aside in the words of their supplier.

    Args:
        account: What the register tells of the delivery.
        extract: Its declaration; None where it is no longer declared.
        set_aside: The records.

    Yields:
        A fault for each value, and one for a record that is broken as a whole, in their order.
    """
    known = _known_columns(extract, account.headings) if extract else {}
    whole = f"{len(known)} waarden met '{extract.delimiter}' ertussen" if extract else ""
    before = None
    for each in set_aside:
        heading, wanted = known.get(each.column or "", (each.column or "", ""))
        if each.reason in BROKEN.values():
            fault = Fault(each.record, "", "", each.reason, whole)
        elif each.reason.startswith(EXPECTED):
            fault = Fault(each.record, heading, each.masked or "", UNLIKE, each.reason.removeprefix(EXPECTED))
        else:
            fault = Fault(each.record, heading, each.masked or "", each.reason, wanted)
        # A record that ends too early misses several columns, and is one that is broken.
        if fault != before:
            yield fault
        before = fault


def _known_columns(extract: Extract, headings: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Heading and what is expected, by the name under which a record is set aside."""
    columns = file_columns(extract, headings)
    single = len(columns) - len(headings)
    shown = [column.heading for _, column in columns[:single]] + list(headings)
    return {name: (heading, expected(column, extract)) for (name, column), heading in zip(columns, shown, strict=True)}


def _faults_of_checks(account: Account) -> Iterator[Fault]:
    for finding in account.failed:
        examples = [example for example in finding["voorbeelden"] if "record_nr" in example]
        broken = f"voldoet niet aan controle {finding['controle']}"
        for example in examples:
            values = {name: value for name, value in example.items() if name != "record_nr"}
            shown = ", ".join("leeg" if value is None else str(value) for value in values.values())
            yield Fault(example["record_nr"], ", ".join(values), shown, broken, finding["verwachting"])
        if not examples:
            yield Fault(None, "", "", f"{broken}: {finding['gevonden']}", finding["verwachting"])
        elif (more := finding["aantal_afwijkend"] - len(examples)) > 0:
            yield Fault(None, "", "", f"{broken}: en {dutch(more)} andere afwijkingen", finding["verwachting"])


def report_files(folder: Path, row: register.Row) -> tuple[Path, Path]:
    """Where the report of a delivery stands.

    Args:
        folder: The folder with reports.
        row: The delivery.

    Returns:
        The page and the table.
    """
    name = f"{row.number}_{row.registration}_{row.file.removesuffix('.csv')}"
    short = os.fsencode(name)[: MAX_NAME_BYTES - len(".html")].decode(errors="ignore")
    return folder / f"{short}.html", folder / f"{short}.csv"


def write_report(
    con: duckdb.DuckDBPyConnection, account: Account, extracts: Mapping[tuple[str, str], Extract], folder: Path
) -> tuple[Path, Path]:
    """Write the report of one delivery, in the place of an earlier one.

    Args:
        con: Connection to `raw.duckdb`.
        account: What the register tells of the delivery.
        extracts: The declared extracts.
        folder: The folder with reports; made where it is not there.

    Returns:
        The page and the table.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page, table = report_files(folder, account.row)
    extract = extracts.get((account.row.registration, account.row.extract))
    on_page: list[Fault] = []
    kinds: Counter[tuple[str, str]] = Counter()
    number = 0
    with table.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADINGS)
        if account.reason:
            _write(writer, Fault(None, "", "", f"{account.row.verdict}: {account.reason}", ""))
        for fault in faults_of_records(account, extract, register.set_aside(con, account.row.number)):
            _write(writer, fault)
            kinds[fault.column, fault.reason] += 1
            number += 1
            if number <= MOST_ON_PAGE:
                on_page.append(fault)
        for fault in _faults_of_checks(account):
            _write(writer, fault)
    page.write_text(_page(account, extract, on_page, number, kinds, table), encoding="utf-8")
    return page, table


def write_reports(
    con: duckdb.DuckDBPyConnection,
    numbers: Iterable[int],
    extracts: Mapping[tuple[str, str], Extract],
    folder: Path,
) -> list[Path]:
    """Write the report of each delivery of which a supplier has anything to read.

    Args:
        con: Connection to `raw.duckdb`.
        numbers: levering_nr of the deliveries.
        extracts: The declared extracts.
        folder: The folder with reports.

    Returns:
        The pages. One that cannot be made is missing, and the log says where that arose: it stops no night.
    """
    pages = []
    for number in numbers:
        try:
            account = register.account(con, number)
            if is_worth_telling(account):
                pages.append(write_report(con, account, extracts, folder)[0])
        except Exception as error:  # the verdict stands in the register, whatever goes wrong with telling it
            if faults.stops_the_night(error, []):
                raise
            log.error("het rapport van levering %s kan niet worden gemaakt: %s", number, faults.where(error))
    return pages


def _write(writer: Any, fault: Fault) -> None:
    cells = (fault.column, fault.shown, fault.reason, fault.expected)
    safe = [f"'{cell}" if FORMULA.match(cell) else cell for cell in cells]
    writer.writerow(["" if fault.record is None else fault.record, *safe])


def _page(
    account: Account,
    extract: Extract | None,
    on_page: Sequence[Fault],
    number: int,
    kinds: Counter[tuple[str, str]],
    table: Path,
) -> str:
    # A night in which all is well needs no page.
    from orchestration.reporting import look

    return look.template(TEMPLATE).render(
        account=account,
        row=account.row,
        extract=extract,
        meaning=MEANING.get(account.row.verdict or "", "De levering is nog niet beoordeeld."),
        faults=on_page,
        faults_of_checks=list(_faults_of_checks(account)),
        number=number,
        kinds=kinds.most_common(),
        table=table.name,
        headings=HEADINGS,
        made=now(),
        version=version(),
    )
