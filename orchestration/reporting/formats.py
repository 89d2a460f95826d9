"""How figures, amounts and days are written for Dutch readers; which of them are shown is decided elsewhere."""

from datetime import date
from decimal import Decimal
from functools import cache

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

LOCALE = "nl"
EURO, PERCENT = "eur", "pct"
MILLION = Decimal(1_000_000)
# What stands where a value is not known: a zero would be a figure.
UNKNOWN = "niet bekend"


@cache
def number(value: Decimal | int) -> str:
    """A number with dots between thousands and at most two decimals.

    Args:
        value: The number.
    """
    return format_decimal(value, "#,##0.##", LOCALE)


def signed(value: Decimal | int) -> str:
    """A number with its sign, also where it is positive.

    Args:
        value: The number.
    """
    return format_decimal(value, "+#,##0.##;-#,##0.##", LOCALE) if value else "0"


def amount(value: Decimal | None, unit: str) -> str:
    """A figure as it stands in a table, which says its unit: euros in whole euros.

    Args:
        value: The figure; None where there is none.
        unit: Code of its unit (`eenheid_van_maat`).

    Returns:
        The figure; an empty text where there is none.
    """
    if value is None:
        return ""
    if unit == EURO:
        return number(round(value))
    return f"{number(value)}%" if unit == PERCENT else number(value)


def difference(value: Decimal | None, unit: str) -> str:
    """A difference with its sign, as it stands in a table; between percentages it is in percentage points.

    Args:
        value: The difference; None where nothing is compared.
        unit: Code of the unit of what is compared.

    Returns:
        The difference; an empty text where nothing is compared.
    """
    if value is None:
        return ""
    if unit == EURO:
        return signed(round(value))
    return f"{signed(value)} procentpunt" if unit == PERCENT else signed(value)


def said(value: Decimal, unit: str) -> str:
    """A figure as it stands in a sentence that says what is counted: large amounts in millions.

    Args:
        value: The figure.
        unit: Code of its unit.
    """
    return f"{millions(value)} euro" if unit == EURO else amount(value, unit)


def in_words(value: Decimal, unit: str, unit_name: str) -> str:
    """A figure with its unit, as it stands in a sentence: large amounts in millions.

    Args:
        value: The figure.
        unit: Code of its unit.
        unit_name: Name of its unit, in the plural.
    """
    return said(value, unit) if unit in (EURO, PERCENT) else f"{number(value)} {unit_name}"


def millions(value: Decimal) -> str:
    """An amount as it is said: `148,2 miljoen`, and whole below a million.

    Args:
        value: The amount, in euro.
    """
    if abs(value) < MILLION:
        return number(round(value))
    return format_compact_decimal(value, format_type="long", locale=LOCALE, fraction_digits=1)


def day(value: date) -> str:
    """A day in words: `5 februari 2025`.

    Args:
        value: The day.
    """
    return format_date(value, "d MMMM y", LOCALE)


def short_day(value: date | None) -> str:
    """A day in digits, as it stands in a table; an empty text where there is none.

    Args:
        value: The day.
    """
    return "" if value is None else format_date(value, "dd-MM-y", LOCALE)
