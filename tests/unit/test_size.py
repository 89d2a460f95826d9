"""A delivery that differs too much from the one that it replaces is held, and a person decides."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import register
from orchestration.decisions import accept, offer_again, refuse, withdraw
from orchestration.declarations import Extract, read_declarations
from orchestration.novelty import ingredients
from orchestration.paths import DataPaths
from orchestration.size import checks_of
from orchestration.validation import Finding
from tests.unit.conftest import COLUMNS, Judge, Night, make_extract, objection_to

HEADINGS = "id;naam;dag;bedrag;soort"
REQUIRED_DAY = [column | {"required": True} if column["name"] == "dag" else column for column in COLUMNS]
CODED = [*REQUIRED_DAY, {"name": "soort", "data_type": "varchar", "description": "Soort rij.", "code_list": "eenheid"}]
REGISTER = make_extract(columns=CODED)
SIGNED_COLUMNS = [column | {"signed": True} if column["name"] == "bedrag" else column for column in CODED]
SIGNED = make_extract(columns=SIGNED_COLUMNS)
CHANGES = make_extract(
    delivery="mutaties",
    change_column="mutatie",
    deletion_code="V",
    columns=[*REQUIRED_DAY, {"name": "mutatie", "data_type": "varchar", "description": "Wat er veranderde."}],
)
WIDE = make_extract(
    delivery="periode",
    columns=[COLUMNS[0], {"name": "jaren", "data_type": "bigint[]", "description": "Een aantal per jaar."}],
)
FIRST, SECOND, THIRD = (f"proef/rijen_{day}.csv" for day in ("20230115", "20240115", "20250115"))
YEARS = {2019: 100, 2020: 100, 2021: 100, 2022: 100}


def rows(years: dict[int, int], name: str = "a", amount: str = "10", code: str = "", extra: Sequence[str] = ()) -> str:
    """A register with so many rows in each year."""
    days = [f"04-05-{year}" for year, number in years.items() for _ in range(number)]
    lines = [f"{number};{name};{day};{amount};{code}" for number, day in enumerate(days, 1)]
    return "\r\n".join([HEADINGS, *lines, *extra, ""])


def known(*codes: str) -> Judge:
    """A judge that knows these codes of the column `soort`, and finds as Great Expectations does."""

    def judge(con: Any, extract: Extract) -> Sequence[Finding]:
        seen, unknown = con.execute(
            f"""select count(*), count(*) filter (not list_contains(?, soort)) from kandidaat."{extract.name}" """,
            [list(codes)],
        ).fetchone()
        return [Finding("soort_in_codelijst", "iets", "warning", unknown == 0, "iets", "iets", unknown, seen)]

    return judge


def held(night: Night, *texts: str | None, declared: Extract = REGISTER, judge: Judge | None = None) -> str | None:
    """Why the last of some deliveries is held, one a night; None where it is admitted. A text of None is there."""
    extracts = {("proef", "rijen"): declared}
    for name, text in zip((FIRST, SECOND, THIRD), texts, strict=False):
        if text is None:
            continue
        night.put(name, text)
        night.run(extracts, judge or known(""))
    last = register.deliveries(night.raw)[-1]
    assert last.verdict == ("aangehouden" if last.reason else "toegelaten")
    return last.reason


def test_a_register_of_12_rows_after_one_of_400_is_held(night: Night) -> None:
    reason = held(night, rows(YEARS), rows({2022: 12}))
    assert reason == (
        "12 rijen; de vorige levering, nummer 1, had er 400; 0 rijen over 2019; levering 1 had er 100; "
        "bedrag is samen 0 over 2019; in levering 1 1.000; en 6 andere verschillen"
    )
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten", "aangehouden"]


def test_a_register_without_one_of_its_years_is_held(night: Night) -> None:
    reason = held(night, rows(YEARS), rows(YEARS | {2021: 0, 2023: 120}))
    assert reason is not None and reason.startswith("0 rijen over 2021; levering 1 had er 100;")


# On 15-01-2023 the years until 2021 are closed; 2022 and 2023 still grow.
@pytest.mark.parametrize(
    ("years", "is_held"),
    [
        (YEARS, False),
        (dict.fromkeys(YEARS, 50), True),
        ({2022: 1}, True),
        (dict.fromkeys(YEARS, 300), True),
        (YEARS | {2020: 81}, False),
        (YEARS | {2020: 80}, False),
        (YEARS | {2020: 79}, True),
        (YEARS | {2019: 190}, False),
        (YEARS | {2019: 191}, True),
        (YEARS | {2022: 190, 2023: 190}, False),
        (YEARS | {2022: 191}, True),
        (YEARS | {2023: 191}, True),
        (YEARS | {2023: 150, 2024: 4}, False),
        (YEARS | {2018: 90}, False),
    ],
)
def test_what_a_year_may_lose_and_gain(night: Night, years: dict[int, int], is_held: bool) -> None:
    assert bool(held(night, rows(YEARS), rows(years))) == is_held


# Twice the square root: of 12 rows 6.9, of 4 rows all, of 5 rows 4.5.
@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [(12, 12, False), (12, 6, False), (12, 5, True), (12, 1, True), (4, 1, False), (1, 4, False), (5, 20, True)],
)
def test_few_rows_differ_by_chance(night: Night, before: int, after: int, is_held: bool) -> None:
    assert bool(held(night, rows({2019: before}), rows({2019: after}))) == is_held


def test_a_year_of_which_the_register_need_not_be_whole_may_go(night: Night) -> None:
    since_2020 = make_extract(columns=CODED, complete_from=date(2020, 1, 1))
    assert held(night, rows(YEARS | {2019: 9}), rows(YEARS | {2019: 0}), declared=since_2020) is None
    assert held(night, None, None, rows(YEARS | {2019: 0, 2020: 0}), declared=since_2020)


def test_a_few_rows_of_before_the_register_had_to_be_whole_make_no_year(night: Night) -> None:
    since_2023 = make_extract(columns=CODED, complete_from=date(2023, 1, 1))
    before = ["1;a;05-12-2022;10;", "2;a;05-12-2022;10;"]
    first, second = (
        rows({}, extra=[*before, *(f"{n};a;05-01-2023;10;" for n in range(3, size + 3))]) for size in (20, 150)
    )
    for name, text in (("proef/rijen_20230201.csv", first), ("proef/rijen_20230801.csv", second)):
        night.put(name, text)
        night.run({("proef", "rijen"): since_2023}, known(""))
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten"] * 2


def test_a_year_that_need_not_be_whole_says_nothing_of_how_large_a_year_is(night: Night) -> None:
    since_2021 = make_extract(columns=CODED, complete_from=date(2021, 1, 1))
    before = {2020: 1000, 2021: 100, 2022: 100}
    assert held(night, rows(before), rows(before | {2022: 191}), declared=since_2021) == (
        "191 rijen over 2022; levering 1 had er 100; bedrag is samen 1.910 over 2022; in levering 1 1.000"
    )


def test_a_point_for_a_comma_is_a_hundred_times_as_much(night: Night) -> None:
    reason = held(night, rows({2019: 50}, amount="12,50"), rows({2019: 50}, amount="1250"))
    assert reason == (
        "bedrag is samen 62.500 over 2019; in levering 1 625; de middelste waarde van bedrag is 1.250; in levering 1 12"
    )


@pytest.mark.parametrize(("amount", "is_held"), [("1250", True), ("125,00", True), ("124,99", False), ("1,25", True)])
def test_another_order_of_magnitude_is_held_in_a_register_of_a_few_rows(
    night: Night, amount: str, is_held: bool
) -> None:
    # Of four rows anything may come by chance, but not that all of them are ten times as much.
    assert bool(held(night, rows({2019: 4}, amount="12,50"), rows({2019: 4}, amount=amount))) == is_held


def test_the_first_year_of_a_register_grows_as_it_does(night: Night) -> None:
    # On 15-01-2023 that year has only begun, and nobody knows how much a year comes to.
    few, many = ([f"{number};a;05-01-2023;10;" for number in range(1, size + 1)] for size in (80, 250))
    assert held(night, rows({}, extra=few), rows({}, extra=many)) is None
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten", "toegelaten"]


def test_what_is_booked_and_taken_back_is_counted_and_not_what_remains(night: Night) -> None:
    back = [f"{number};a;04-05-2019;-10;" for number in range(1001, 1051)]
    more = [*back[1:], "1050;a;04-05-2019;-30;"]
    assert held(night, rows({2019: 50}, extra=back), rows({2019: 50}, extra=more), declared=SIGNED) is None


def booked(*amounts: str) -> str:
    return rows({}, extra=[f"{number};a;04-05-2019;{amount};" for number, amount in enumerate(amounts, 1)])


# Of 100 bookings 20 are corrections: more than half of what is to be expected has to lack, and twice its square root.
@pytest.mark.parametrize(
    ("positive", "negative", "told"),
    [
        (100, 0, "bedrag is negatief in 0 van de 100 rijen; eerder in 20 van de 100"),
        (99, 1, "bedrag is negatief in 1 van de 100 rijen; eerder in 20 van de 100"),
        (91, 9, "bedrag is negatief in 9 van de 100 rijen; eerder in 20 van de 100"),
        (90, 10, None),
        (0, 100, "bedrag is negatief in 100 van de 100 rijen; eerder in 20 van de 100"),
        (25, 0, "bedrag is negatief in 0 van de 25 rijen; eerder in 20 van de 100"),
        (20, 0, None),
    ],
    ids=["no sign", "one sign", "less than half", "half", "all signs", "five are lacking", "four are lacking"],
)
def test_a_sign_that_got_lost_is_held(night: Night, positive: int, negative: int, told: str | None) -> None:
    before = booked(*["10"] * 80, *["-10"] * 20)
    after = booked(*["10"] * positive, *["-10"] * negative)
    reason = held(night, before, after, declared=make_extract(columns=SIGNED_COLUMNS, max_loss_pct=100))
    assert reason == told


@pytest.mark.parametrize(("largest", "is_held"), [("2000", False), ("2098", True), ("-2098", True)])
def test_an_amount_larger_than_ten_times_any_before_is_held_also_in_a_year_of_few_rows(
    night: Night, largest: str, is_held: bool
) -> None:
    before = rows({2019: 50}, extra=["51;a;04-05-2019;200;"])
    after = rows({2019: 50}, extra=["51;a;04-05-2019;200;", f"52;a;04-05-2023;{largest};"])
    reason = held(night, before, after, declared=SIGNED)
    # One amount may be a number that got into the wrong column.
    told = "de grootste waarde van bedrag (record 52) is 10 keer de grootste van eerder"
    assert reason == (told if is_held else None)


def test_a_column_in_which_every_row_says_the_same_is_held(night: Night) -> None:
    two = [f"{number};a;04-05-2019;10;{code}" for number, code in enumerate(["RTM"] * 60 + ["AMS"] * 40, 1)]
    before, after = rows({}, extra=two), rows({2019: 100}, code="RTM")
    reason = held(night, before, after, judge=known("RTM", "AMS"))
    assert reason == "elke waarde van soort is RTM; eerder 60%"


def test_a_column_of_mostly_one_code_may_become_one_of_one(night: Night) -> None:
    most = [f"{number};a;04-05-2019;10;{code}" for number, code in enumerate(["RTM"] * 80 + ["AMS"] * 20, 1)]
    assert held(night, rows({}, extra=most), rows({2019: 100}, code="RTM"), judge=known("RTM", "AMS")) is None


def test_a_column_that_becomes_empty_is_held_and_one_that_is_filled_is_not(night: Night) -> None:
    reason = held(night, rows(YEARS), rows(YEARS, name=""))
    assert reason == "naam is leeg in 100% van de rijen; eerder in 0%"
    accept(night.raw, 2, "wordt niet meer geleverd", "jansen")
    assert held(night, None, None, rows(YEARS)) is None


def test_codes_that_become_unknown_are_held(night: Night) -> None:
    half = [f"{number};a;04-05-2020;10;XXX" for number in range(1001, 1186)]
    before, after = rows(YEARS, code="RTM"), rows({2019: 100, 2021: 100, 2022: 100, 2020: 0}, code="RTM", extra=half)
    reason = held(night, before, after, judge=known("RTM"))
    assert reason == "soort staat in 38% van de rijen niet in codelijst eenheid; eerder in 0%"


@pytest.mark.parametrize("number", [5, 400])
def test_a_first_delivery_of_which_no_code_is_known_is_held(night: Night, number: int) -> None:
    reason = held(night, rows({2019: number}, code="XXX"), judge=known("RTM"))
    assert reason == f"geen enkele code in soort staat in codelijst eenheid ({number} rijen)"


def test_one_code_that_is_known_is_enough(night: Night) -> None:
    assert held(night, rows({2019: 9}, code="X", extra=["10;a;04-05-2019;1;RTM"]), judge=known("RTM")) is None


def test_a_few_codes_in_a_column_that_is_mostly_empty_say_nothing(night: Night) -> None:
    few = [f"{number};a;04-05-2019;1;X" for number in range(10, 14)]
    assert held(night, rows({2019: 9}, extra=few), judge=known("RTM")) is None


def test_the_first_delivery_has_no_bound_and_what_is_not_in_force_is_none(night: Night) -> None:
    assert held(night, rows({2019: 1})) is None
    withdraw(night.raw, 1, "een proef", "jansen")
    assert held(night, None, rows({2019: 400})) is None
    found = night.raw.sql("select gevonden, is_voldaan from leveringen.bevinding where controle = 'omvang'").fetchall()
    assert found[-1] == ("400 rijen; er is geen eerdere levering om mee te vergelijken", True)


def test_it_is_held_against_the_one_that_it_replaces_whatever_was_loaded_first(night: Night) -> None:
    night.put(FIRST, rows({2019: 100}))
    night.put(THIRD, rows({2019: 300}))
    extracts = {("proef", "rijen"): REGISTER}
    night.run(extracts, known(""))
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten", "aangehouden"]
    accept(night.raw, 2, "nagevraagd", "jansen")
    # Late: it replaces the first one, and not the third, which replaces it.
    night.put(SECOND, rows({2019: 110}))
    night.run(extracts, known(""))
    assert register.deliveries(night.raw)[-1].verdict == "toegelaten"


def changes(*lines: str) -> str:
    return "\r\n".join(["id;naam;dag;bedrag;mutatie", *lines, ""])


@pytest.mark.parametrize(("deleted", "is_held"), [(20, False), (21, True), (100, True)])
def test_changes_that_delete_much_of_the_register_are_held(night: Night, deleted: int, is_held: bool) -> None:
    extracts = {("proef", "rijen"): CHANGES}
    night.put("proef/rijen_20230115_volledig.csv", changes(*(f"{n};a;04-05-2019;1;N" for n in range(100))))
    night.put("proef/rijen_20230215.csv", changes(*(f"{n};;;;V" for n in range(deleted)), "900;a;04-05-2022;1;N"))
    night.run(extracts)
    last = register.deliveries(night.raw)[-1]
    told = f"{deleted} rijen vervallen; de volledige levering eronder, nummer 1, had er 100"
    assert (last.verdict, last.reason) == (("aangehouden", told) if is_held else ("toegelaten", None))


def test_a_new_whole_register_is_held_against_the_whole_one_before_and_not_against_changes(night: Night) -> None:
    extracts = {("proef", "rijen"): CHANGES}
    whole = [f"{n};a;04-05-2019;1;N" for n in range(100)]
    night.put("proef/rijen_20230115_volledig.csv", changes(*whole))
    night.put("proef/rijen_20230215.csv", changes("1;a;04-05-2019;1;N"))
    night.put("proef/rijen_20230315_volledig.csv", changes(*whole[:90]))
    night.put("proef/rijen_20230415_volledig.csv", changes(*whole[:50]))
    night.run(extracts)
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten"] * 3 + ["aangehouden"]
    assert "50 rijen; de vorige levering, nummer 3, had er 90" in str(register.deliveries(night.raw)[-1].reason)


def test_a_whole_register_of_deletions_is_held(night: Night) -> None:
    night.put("proef/rijen_20230115_volledig.csv", changes(*(f"{n};a;04-05-2019;1;N" for n in range(100))))
    night.put("proef/rijen_20230215_volledig.csv", changes(*(f"{n};a;04-05-2019;1;V" for n in range(100))))
    night.run({("proef", "rijen"): CHANGES})
    last = register.deliveries(night.raw)[-1]
    assert last.verdict == "aangehouden"
    assert str(last.reason).startswith("0 rijen; de vorige levering, nummer 1, had er 100; 0 rijen over 2019")


def wide(years: Sequence[int], *values: int, number: int = 50) -> str:
    lines = [";".join(map(str, (row, *values))) for row in range(number)]
    return "\r\n".join([";".join(map(str, ("id", *years))), *lines, ""])


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (wide((2020, 2021), 10_000, 11_000), None),
        (wide((2021, 2022), 12_000, 90_000), None),
        (wide((2022,), 5, number=3), None),
        (wide((2020, 2021), 10, 11_000), "jaren is samen 500 over 2020; in levering 1 500.000"),
        (wide((2020,), 10_000, number=20), "20 waarden over 2020; levering 1 had er 50; jaren is samen 200.000 over"),
    ],
    ids=["same", "another year beside it", "another year", "a thousandth", "fewer rows"],
)
def test_of_a_period_the_one_with_that_period_is_replaced(night: Night, second: str, reason: str | None) -> None:
    found = held(night, wide((2020, 2021), 10_000, 11_000), second, declared=WIDE, judge=objection_to("geen"))
    assert found is reason if reason is None else str(found).startswith(reason)


def test_amounts_that_repeat_are_held_by_their_period(night: Night) -> None:
    columns = [COLUMNS[0], {"name": "jaren", "data_type": "decimal(9,2)[]", "description": "Een bedrag per jaar."}]
    declared = make_extract(delivery="periode", columns=columns)
    assert held(night, wide((2020,), 100), wide((2020,), 100), declared=declared, judge=objection_to("geen")) is None
    reason = held(night, None, None, wide((2020,), 10_000), declared=declared, judge=objection_to("geen"))
    assert reason == "jaren is samen 500.000 over 2020; in levering 2 5.000"


@pytest.mark.parametrize(
    ("bounds", "after", "is_held"),
    [
        ({}, 900, False),
        ({"max_loss_pct": 5}, 900, True),
        ({"max_loss_pct": 60}, 400, False),
        ({"max_growth_pct": 20}, 1250, True),
        ({"max_growth_pct": 200, "size_by": "dag"}, 3000, False),
    ],
)
def test_a_bound_can_be_declared(night: Night, bounds: dict[str, object], after: int, is_held: bool) -> None:
    declared = make_extract(columns=CODED, **bounds)
    assert bool(held(night, rows({2019: 1000}), rows({2019: after}), declared=declared)) == is_held


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"size_by": "naam"}, "size_by is a column of days"),
        ({"size_by": "nergens"}, "'nergens' is not one of the columns"),
        ({"max_loss_pct": 101}, "less than or equal to 100"),
    ],
)
def test_a_bound_that_cannot_be_is_told(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make_extract(**wrong)


def test_each_check_has_a_finding_with_both_numbers(night: Night) -> None:
    held(night, rows(YEARS), rows({2022: 100}))
    newest = register.deliveries(night.raw)[-1]
    found = {each["controle"]: each for each in register.account(night.raw, newest.number).findings}
    last = found["omvang"]
    assert (last["is_voldaan"], last["ernst"], last["aantal_bekeken"]) == (False, "critical", 100)
    assert last["voorbeelden"][0] == {"rijen": 100, "rijen_eerder": 400}
    assert [check.name for check in checks_of(REGISTER)] == ["omvang", "codes_bekend"]
    assert found.keys() >= {"omvang", "codes_bekend"}
    # What is held is told of where it is held; the checks of what is in force are those of the delivery before it.
    before = register.findings_of(night.raw, [newest.number - 1])["proef", "rijen", "omvang"]
    assert (before["levering_nr"], before["is_voldaan"]) == (newest.number - 1, True)
    both = register.findings_of(night.raw, [newest.number - 1, newest.number])["proef", "rijen", "omvang"]
    assert both["levering_nr"] == newest.number, "of two the one that failed"
    assert [check.name for check in checks_of(make_extract())] == ["omvang"]


def test_all_deliveries_have_years_or_periods_or_belong_to_one_that_has() -> None:
    without = [
        key
        for key, extract in read_declarations().items()
        if extract.delivery != "periode" and not extract.year_column and not extract.together
    ]
    assert without == []


PAIR = {
    ("paar", name): make_extract(registration="paar", name=name, together=True, columns=CODED)
    for name in ("kop", "staart")
}


def put_pair(night: Night, day: str, head: str, tail: str) -> None:
    night.put(f"paar/kop_{day}.csv", head)
    night.put(f"paar/staart_{day}.csv", tail)


def test_a_set_is_held_accepted_and_refused_as_a_whole(night: Night) -> None:
    put_pair(night, "20230115", rows(YEARS), rows(YEARS))
    put_pair(night, "20240115", rows(YEARS), rows({2022: 90}))
    put_pair(night, "20240215", rows(YEARS), rows({2022: 80}))
    night.run(PAIR, known(""))
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten"] * 2 + ["aangehouden"] * 4
    assert register.deliveries(night.raw)[2].reason == "hoort bij staart, dat aangehouden is"
    assert [row.number for row in accept(night.raw, 3, "klopt", "jansen")] == [3, 4]
    assert [row.number for row in refuse(night.raw, 6, "half", "jansen")] == [6, 5]
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten"] * 4 + ["geweigerd"] * 2
    assert night.run(PAIR, known("")).numbers == [], "what is decided is not looked at again"


def test_beside_a_refused_partner_nothing_is_accepted(night: Night) -> None:
    put_pair(night, "20230115", rows(YEARS), rows(YEARS))
    night.run(PAIR, known(""))
    put_pair(night, "20240115", rows(YEARS), rows(YEARS))
    night.run(PAIR, objection_to("staart"))
    with pytest.raises(
        ValueError, match=r"levering 3 hoort bij levering 4, die geweigerd is; .* make offer LEVERING=4"
    ):
        accept(night.raw, 3, "klopt", "jansen")
    assert register.deliveries(night.raw)[2].verdict == "aangehouden"


def test_what_was_accepted_holds_from_its_receipt_and_is_what_the_next_is_held_against(night: Night) -> None:
    assert held(night, rows(YEARS), rows({2022: 100}))
    accept(night.raw, 2, " de oude jaren zijn vernietigd ", "jansen")
    verdicts = night.raw.sql(
        """select oordeel, door, reden, geldt_vanaf = ontvangen_op
        from leveringen.oordeel inner join leveringen.levering using (levering_nr)
        where levering_nr = 2 order by vastgelegd_op"""
    ).fetchall()
    assert verdicts[1] == ("toegelaten", "jansen", "de oude jaren zijn vernietigd", True)
    assert held(night, None, None, rows({2022: 101})) is None


def test_what_was_refused_can_be_offered_and_is_then_held_again(night: Night) -> None:
    assert held(night, rows(YEARS), rows({2022: 100}))
    refuse(night.raw, 2, "half bestand", "jansen")
    extracts = {("proef", "rijen"): REGISTER}
    assert night.run(extracts, known("")).numbers == []
    night.touch(SECOND)
    assert night.run(extracts, known("")).numbers == []
    offer_again(night.raw, 2, "jansen")
    assert night.run(extracts, known("")).numbers == [3]
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten", "opnieuw_aangeboden", "aangehouden"]


@pytest.mark.parametrize("act", [accept, refuse])
@pytest.mark.parametrize(
    ("number", "reason", "told"),
    [
        (9, "goed", "levering 9 bestaat niet"),
        (1, "goed", "levering 1 is toegelaten; alleen over wat aangehouden"),
        (2, "  ", "kan alleen met een reden"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(
    night: Night, act: Callable[..., object], number: int, reason: str, told: str
) -> None:
    held(night, rows(YEARS), rows({2022: 100}))
    before = night.raw.sql("select * from leveringen.oordeel").fetchall()
    with pytest.raises(ValueError, match=told):
        act(night.raw, number, reason, "jansen")
    assert night.raw.sql("select * from leveringen.oordeel").fetchall() == before


def test_content_that_a_person_refused_is_not_looked_at_again_under_another_name(night: Night) -> None:
    assert held(night, rows(YEARS), rows({2022: 100}))
    refuse(night.raw, 2, "half bestand", "jansen")
    extracts = {("proef", "rijen"): REGISTER}
    night.put("proef/rijen_20240115_ontvangen_20240202.csv", rows({2022: 100}))
    arrivals = night.run(extracts, known(""))
    # Whoever sends it again thinks that it was delivered, so that it is told of, once.
    told = "herhaalt levering 2, die geweigerd is; moet zij toch meetellen: make offer LEVERING=2"
    assert (arrivals.numbers, [left.reason for left in arrivals.newly_left]) == ([], [told])
    assert night.run(extracts, known("")).newly_left == []
    night.put("proef/rijen_20240115_ontvangen_20240203.csv", rows(YEARS))
    assert night.run(extracts, known("")).numbers == [3]


def test_a_decision_is_news_for_the_next_night(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    with duckdb.connect(str(paths.raw)) as con:
        night = Night(con, tmp_path)
        assert held(night, rows(YEARS), rows({2022: 100}))
    before = ingredients(paths)
    with duckdb.connect(str(paths.raw)) as con:
        accept(con, 2, "klopt", "jansen")
    now = ingredients(paths)
    assert [name for name in now if now[name] != before[name]] == ["besluiten over leveringen"]


@pytest.mark.parametrize(("year", "is_held"), [(2020, True), (2021, True), (2022, False), (2023, False)])
def test_only_a_year_that_was_closed_is_held_against_itself(night: Night, year: int, is_held: bool) -> None:
    # On 15-01-2023 the year 2023 runs, and 2022 is the one before it.
    assert bool(held(night, rows(YEARS | {year: 10}), rows(YEARS | {year: 150}))) == is_held


def test_what_is_accepted_does_not_take_along_half_a_set_that_was_refused_before(night: Night) -> None:
    put_pair(night, "20230115", rows(YEARS), rows(YEARS))
    night.run(PAIR, known(""))
    put_pair(night, "20240115", rows({2022: 90}), rows(YEARS))
    night.run(PAIR, objection_to("staart"))
    put_pair(night, "20240115_ontvangen_20240201", rows({2022: 90}), rows(YEARS))
    night.run(PAIR, known(""))
    assert [row.number for row in accept(night.raw, 5, "klopt", "jansen")] == [5, 6]
    verdicts = [verdict for _, verdict in night.verdicts()]
    assert verdicts == ["toegelaten"] * 2 + ["aangehouden", "geweigerd"] + ["toegelaten"] * 2
