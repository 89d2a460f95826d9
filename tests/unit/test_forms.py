"""The declared form of a value: what follows it reads back equal, and what does not is never given a type."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from orchestration.declarations import Column
from orchestration.forms import fault, shown, typed
from tests.unit.conftest import make_extract

STAND = date(2023, 1, 15)
CON = duckdb.connect()


def read(written: str, data_type: str, *, signed: bool = False, **declared: Any) -> object:
    """The value that a text has in a column of this type; the reason where it has none."""
    column = Column(name="waarde", data_type=data_type, description="Waarde van iets.", signed=signed)
    extract = make_extract(**declared)
    reason = fault("$waarde::varchar", column, extract, STAND)
    sql = f"select {reason}, {typed('$waarde::varchar', column, extract)}"
    told, value = CON.execute(sql, {"waarde": written}).fetchall()[0]
    return value if told is None else f"fout: {told}"


# What has thousands begins with no zero: 0.500 is a half with a point for a comma.
DUTCH = re.compile(r"-?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d{1,2})?")


@settings(max_examples=300, deadline=None)
@given(some.decimals(-(10**7) + 1, 10**7 - 1, places=2), some.booleans())
def test_a_number_in_declared_form_reads_back_equal(number: Decimal, grouped: bool) -> None:
    written = f"{number:,.2f}" if grouped else f"{number:.2f}"
    dutch = written.translate(str.maketrans(",.", ".,"))
    assert read(dutch, "decimal(9,2)", signed=True) == number


@settings(max_examples=500, deadline=None)
@given(some.text("0123456789.,-+eE_ xX", max_size=12))
def test_a_number_in_another_form_is_never_read(written: str) -> None:
    value = read(written, "decimal(9,2)", signed=True)
    if DUTCH.fullmatch(written):
        whole = Decimal(written.replace(".", "").replace(",", "."))
        assert value == whole if abs(whole) < 10**7 else str(value).startswith("fout: ")
    else:
        assert str(value).startswith("fout: verwacht een getal als 1.234,56 of -1.234,56")


@pytest.mark.parametrize(
    ("data_type", "written", "expected"),
    [
        ("integer", "12", 12),
        ("integer", "2147483647", 2147483647),
        ("bigint", "9223372036854775807", 9223372036854775807),
        ("decimal(5,0)", "12.345", 12345),
        ("decimal(5,0)", "12345", 12345),
        ("decimal(5,4)", "1,2345", Decimal("1.2345")),
        ("double", "1.234,5678", 1234.5678),
        ("date", "29-02-2020", date(2020, 2, 29)),
        ("boolean", "true", True),
        ("boolean", "false", False),
    ],
)
def test_what_follows_its_form_is_read(data_type: str, written: str, expected: object) -> None:
    assert read(written, data_type) == expected


@pytest.mark.parametrize(
    ("data_type", "written"),
    [
        *[("integer", text) for text in ("2147483648", "1.000", "1,0", "+1", "-1", "0x10", "1e3", "1 0", "\u0661")],
        *[("bigint", text) for text in ("9223372036854775808", "10.000", "1_000")],
        *[("decimal(5,0)", text) for text in ("123456", "1,0", "1.23")],
        *[("decimal(9,2)", text) for text in ("0.500", "000.123", "0.000,5", "0.500,00")],
        *[("double", text) for text in ("inf", "nan", "1e5", "1234.5")],
        *[("date", text) for text in ("1-2-2020", "30-02-2020", "2020-02-01", "01-02-20", "01/02/2020", "01-02-2020 ")],
        *[("timestamp", text) for text in ("2020-01-01", "2020-01-01T10:00:00", "2020-01-01 24:00:00")],
        *[("boolean", text) for text in ("1", "TRUE", "t", "ja")],
    ],
)
def test_what_does_not_follow_its_form_is_told_what_was_expected(data_type: str, written: str) -> None:
    assert str(read(written, data_type)).startswith("fout: verwacht ")


@pytest.mark.parametrize(
    ("data_type", "declared", "told"),
    [
        ("date", {"date_format": "%Y%m%d"}, "verwacht een bestaande dag als 20201231"),
        ("decimal(15,2)", {"thousands": None}, "verwacht een getal als 1234,56, zonder minteken, met ten hoogste 13"),
        ("decimal(4,0)", {}, "verwacht een getal als 1.234, zonder minteken, met ten hoogste 4 cijfers voor en 0 na"),
        ("integer", {}, "verwacht een heel getal als 1234, ten hoogste 2147483647, zonder tekens ertussen"),
    ],
)
def test_the_example_has_the_declared_form(data_type: str, declared: dict[str, Any], told: str) -> None:
    assert str(read("x", data_type, **declared)).startswith(f"fout: {told}")


def test_a_day_may_be_that_of_the_stand_and_not_later() -> None:
    assert read("15-01-2023", "date") == STAND
    assert read("16-01-2023", "date") == "fout: ligt na de stand van 15-01-2023"
    assert read("2023-01-16 00:00:00", "timestamp") == "fout: ligt na de stand van 15-01-2023"


@pytest.mark.parametrize(
    ("data_type", "written", "told"),
    [
        ("varchar", "Jansen 12", "aaaaaa 99"),
        # Digits and letters of whatever script: wide, Arabic, encircled, superscript, Roman; an accent on its own.
        ("varchar", "\uff11\uff12\uff13", "999"),
        ("varchar", "\u0661\u0662", "99"),
        ("varchar", "\u2460\u00b2\u2167", "999"),
        ("varchar", "Zo\u00eb e\u0301", "aaa aa"),
        ("decimal(15,2)", "1250.75", "1250.75"),
        ("decimal(15,2)", "12.345.678", "12.345.678"),
        # Nine digits are those of a citizen, however they are grouped, and eleven those of a telephone.
        ("decimal(15,2)", "1234.56.782", "9999.99.999"),
        ("decimal(15,2)", "123456782", "999999999"),
        ("decimal(15,2)", "+31612345678", "+99999999999"),
        ("date", "31-02-2020", "31-02-2020"),
        ("date", "13-845229-16", "99-999999-99"),
    ],
)
def test_of_what_was_set_aside_nothing_is_shown_that_tells_a_person(data_type: str, written: str, told: str) -> None:
    column = Column(name="waarde", data_type=data_type, description="Waarde van iets.")
    sql = f"select {shown('$waarde::varchar', column, make_extract())}"
    assert CON.execute(sql, {"waarde": written}).fetchall() == [(told,)]


@pytest.mark.parametrize(
    ("pattern", "written", "told"),
    [("IHA-[0-9]{6}", "IHA-000001", "IHA-000001"), ("IHA-[0-9]{6}", "Jansen", "aaaaaa"), (None, "Fryslân", "Fryslân")],
)
def test_what_may_be_shown_is_shown_in_its_own_form_alone(pattern: str | None, written: str, told: str) -> None:
    column = Column(name="actie_nr", data_type="varchar", description="Nummer van iets.", pattern=pattern, shown=True)
    sql = f"select {shown('$waarde::varchar', column, make_extract())}"
    assert CON.execute(sql, {"waarde": written}).fetchall() == [(told,)]
