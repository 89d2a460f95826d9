"""How numbers are written for Dutch readers."""

import html
import re
from decimal import Decimal

from orchestration.wording import counted, markdown_table


def test_a_table_has_figures_as_dutch_readers_know_them_years_as_they_are_and_a_dash_for_nothing() -> None:
    rows = [("csv", 2020, Decimal("1529.00"), None), ("pct", 2021, Decimal("26.5"), "behaald")]
    assert markdown_table(("indicator", "jaar", "cijfer", "oordeel"), rows).splitlines() == [
        "| indicator | jaar | cijfer | oordeel |",
        "| --- | --- | --- | --- |",
        "| csv | 2020 | 1.529 | - |",
        "| pct | 2021 | 26,5 | behaald |",
    ]


def test_one_thing_is_counted_as_one() -> None:
    assert [counted(number, "levering", "leveringen") for number in (0, 1, 1953)] == [
        "0 leveringen",
        "1 levering",
        "1.953 leveringen",
    ]


def test_in_a_table_a_text_of_anybody_is_text() -> None:
    given = "a|b\n<script>alert(1)</script> [x](y) `c` \\ &amp;"
    (line,) = markdown_table(("a",), [(given,)]).splitlines()[2:]
    assert not re.search(r"[<>`\[\]\\]|(?<!^)\|(?!$)", line), line
    assert html.unescape(line) == f"| {given.replace(chr(10), ' ')} |"
