"""Compares a delivery with the one that it replaces: what differs too much is for a person to judge.

How many rows there are, also by year, what the amounts come to, and how much is empty or in no code list. What one row
must be is an expectation; what follows from a difference is decided at the border in, and by whom it is decided after
that, in `decisions`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from typing import Any

import duckdb

from orchestration.declarations import Column, Extract
from orchestration.deliveries import Delivery
from orchestration.expectations import Severity, code_list_check
from orchestration.sql import quoted
from orchestration.validation import Finding
from orchestration.wording import dutch

SHOWN = 3
# From so many rows on, chance alone does not make a whole group come, go, or be of one kind: more than two times their
# square root.
FEWEST = 5
# Another order of magnitude.
OTHER_SCALE = 10


@dataclass(frozen=True)
class Check:
    """What is looked at in a delivery as a whole.

    Args:
        name: Name of the check, and of its finding.
        description: Dutch: what is expected.
        severity: What it is where it is not met: then the delivery is held.
    """

    name: str
    description: str
    severity: Severity = "critical"


REPLACES = Check(
    "omvang",
    "De levering verschilt niet meer dan afgesproken van die zij vervangt: in rijen, ook per jaar, in bedragen, en in "
    "het deel van de waarden dat leeg is of in geen codelijst staat.",
)
KNOWS_CODES = Check(
    "codes_bekend",
    f"Elke kolom met {FEWEST} of meer codes heeft minstens een code die in haar codelijst staat.",
)


def checks_of(extract: Extract) -> list[Check]:
    """List what is looked at in each delivery of an extract as a whole.

    Args:
        extract: The declaration.

    Returns:
        The checks; each gives one finding.
    """
    return [REPLACES, KNOWS_CODES] if _coded(extract) else [REPLACES]


def size_findings(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, number: int, findings: Sequence[Finding]
) -> list[Finding]:
    """Hold a delivery that was loaded against the newest admitted one that it replaces.

    What it replaces is the newest one before it, as the rules of force have it: of the same kind, of `periode` for each
    of its periods. Changes (`mutaties`) replace nothing; of these the deletions are held against the whole register
    below them. The first delivery replaces nothing, so that it differs from nothing.

    Args:
        con: Connection to `raw.duckdb`.
        delivery: The delivery, with its date of receipt; its declaration has the bounds.
        number: levering_nr of the delivery.
        findings: What its expectations found, which says how many codes are unknown.

    Returns:
        A finding per check; one that is not met is a reason to hold the delivery.
    """
    extract, kind = delivery.extract, delivery.kind
    earlier = _replaced(con, delivery, number)
    own, *others = _profiles(con, extract, [number, *dict.fromkeys(each.number for each in earlier)], kind)
    found = {finding.name: finding for finding in findings}
    if kind == "mutaties":
        different = list(_deleted(extract, own, earlier))
    else:
        before = _Before(extract, earlier, {profile.number: profile for profile in others})
        different = [
            *_rows_lost(extract, own, before, kind),
            *_by_group(extract, own, before),
            *_amounts_apart(con, extract, own, before),
            *_emptied(extract, own, before),
            *_unknown(con, extract, before, found),
            *_all_one_code(con, extract, own, before, found),
        ]
    outcomes = [_finding(REPLACES, extract, different, own.rows, _compared(earlier))]
    if _coded(extract):
        outcomes.append(_finding(KNOWS_CODES, extract, list(_none_known(extract, own, found)), own.rows, ""))
    return outcomes


@dataclass(frozen=True)
class _Earlier:
    """A delivery that is replaced: of `periode` for one period, else as a whole."""

    number: int
    stand: date
    period: str | None
    rows: int


@dataclass
class _Group:
    """The rows of one year or period, or of a whole delivery."""

    rows: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    sums: dict[str, Any] = field(default_factory=dict)

    def add(self, other: "_Group") -> None:
        self.rows += other.rows
        for own, more in ((self.filled, other.filled), (self.sums, other.sums)):
            for name, value in more.items():
                own[name] = own.get(name, 0) + value


@dataclass
class _Profile:
    """What a delivery comes to, by year or period; None is what has none."""

    number: int
    deleted: int = 0
    groups: dict[str | None, _Group] = field(default_factory=dict)

    @property
    def whole(self) -> _Group:
        return _together(self.groups.values())

    @property
    def rows(self) -> int:
        return self.whole.rows


def _together(groups: Iterable[_Group]) -> _Group:
    whole = _Group()
    for group in groups:
        whole.add(group)
    return whole


@dataclass(frozen=True)
class _Before:
    """What is replaced: a whole delivery, or a delivery per period."""

    extract: Extract
    earlier: Sequence[_Earlier]
    profiles: Mapping[int, _Profile]

    @property
    def groups(self) -> dict[str | None, tuple[int, _Group]]:
        """The delivery and what it comes to, by year or period."""
        return {
            name: (each.number, group)
            for each in self.earlier
            for name, group in self.profiles[each.number].groups.items()
            if each.period in (None, name)
        }

    @property
    def compared(self) -> dict[str | None, tuple[int, _Group]]:
        """Those that the register has to hold whole."""
        return {name: group for name, group in self.groups.items() if not _is_incomplete(self.extract, name)}

    @property
    def has_whole_year(self) -> bool:
        """Whether it holds a year that had ended."""
        stand = max(each.stand for each in self.earlier)
        return any(year and re.match("[0-9]{4}", year) and int(year[:4]) < stand.year for year in self.compared)

    def is_closed(self, year: str | None) -> bool:
        """Whether a group was complete, but for what comes in late: not the year that ran, nor the one before it."""
        stand = max(each.stand for each in self.earlier)
        return year is None or not re.match("[0-9]{4}", year) or int(year[:4]) < stand.year - 1


@dataclass(frozen=True)
class _Difference:
    told: str
    numbers: dict[str, Any]


def _replaced(con: duckdb.DuckDBPyConnection, delivery: Delivery, number: int) -> list[_Earlier]:
    """The admitted deliveries that one replaces, in the order in which one takes the place of another."""
    extract, kind = delivery.extract, delivery.kind
    periods = "list(periode)" if kind == "periode" else "null"
    rows = con.execute(
        f"""select any_value(stand_datum), any_value(ontvangen_op), any_value(bestand), levering_nr,
            any_value(aantal_geladen), arg_max(oordeel, vastgelegd_op), {periods}
        from leveringen.levering left join leveringen.oordeel using (levering_nr)
            {"left join leveringen.levering_periode using (levering_nr)" if kind == "periode" else ""}
        where registratie = ? and extract = ? and soort = ?
            and levering_nr not in (select levering_nr from leveringen.verwijderd)
        group by levering_nr""",
        [extract.registration, extract.name, "volledig" if kind == "mutaties" else kind],
    ).fetchall()
    own = (delivery.stand_datum, delivery.received, delivery.file.name, number)
    if kind == "mutaties":
        before = [row for row in rows if row[0] < delivery.stand_datum]
    else:
        before = [row for row in rows if row[:4] < own]
    admitted = sorted(row for row in before if row[5] == "toegelaten")
    if kind != "periode":
        return [_Earlier(row[3], row[0], None, row[4]) for row in admitted[-1:]]
    newest = {period: row for row in admitted for period in row[6]}
    mine = next(row[6] for row in rows if row[3] == number)
    return [_Earlier(row[3], row[0], period, row[4]) for period, row in newest.items() if period in mine]


def _profiles(con: duckdb.DuckDBPyConnection, extract: Extract, numbers: Sequence[int], kind: str) -> list[_Profile]:
    """Count in the rows of some deliveries, in one go, in the order of their numbers."""
    filled, summed = _may_be_empty(extract), [column.name for column in _amounts(extract)]
    counts = [f'count("{column.name}")' for column in filled]
    # Of what may be negative too, what is booked counts and not what remains: that may be next to nothing.
    sums = [f'coalesce(sum(abs("{name}")), 0)' for name in summed]
    deleted = "0"
    if kind == "mutaties":
        numbers = numbers[:1]
        deleted = f'count(*) filter ("{extract.change_column}" = {quoted(str(extract.deletion_code))})'
    source, group = _grouped(extract, kind)
    chosen = f"levering_nr in ({', '.join(map(str, numbers))})"
    if kind == "volledig" and extract.deletion_code:
        # What a whole register says to have gone is no row of it.
        chosen += f' and "{extract.change_column}" is distinct from {quoted(extract.deletion_code)}'
    rows = con.execute(
        f"""select levering_nr, {group} as groep, count(*), {", ".join([deleted, *counts, *sums])}
        from {source} where {chosen} group by levering_nr, groep""",
    ).fetchall()
    profiles = {number: _Profile(number) for number in numbers}
    for number, name, size, gone, *values in rows:
        profiles[number].deleted += gone
        profiles[number].groups[name] = _Group(
            size,
            dict(zip((column.name for column in filled), values, strict=False)),
            dict(zip(summed, values[len(filled) :], strict=True)),
        )
    return list(profiles.values())


def _grouped(extract: Extract, kind: str) -> tuple[str, str]:
    """SQL for the rows and for the year or period of one."""
    last = extract.columns[-1]
    if kind == "periode" and last.repeats:
        fixed = ", ".join(f'rij."{column.name}"' for column in extract.columns[:-1])
        rows = f"""(select rij.levering_nr, {fixed}, unnest(levering.koppen) as _kop,
            unnest(rij."{last.name}") as "{last.name}"
            from raw.{extract.table} as rij inner join leveringen.levering using (levering_nr))"""
        return rows, f"regexp_extract(_kop, {quoted(f'^(?:{extract.heading_pattern})$')}, 1)"
    if kind == "periode":
        return f"raw.{extract.table}", f'"{extract.period_column}"::varchar'
    if kind == "volledig" and extract.year_column:
        return f"raw.{extract.table}", f'year("{extract.year_column}")::varchar'
    return f"raw.{extract.table}", "null::varchar"


def _coded(extract: Extract) -> list[Column]:
    return [column for column in extract.columns if column.code_list]


def _may_be_empty(extract: Extract) -> list[Column]:
    return [column for column in extract.columns if not column.required]


def _amounts(extract: Extract) -> list[Column]:
    """Amounts, and the numbers of a wide file, which are its content; another number may be the name of a thing."""
    numbers = ("integer", "bigint", "double")
    return [
        column
        for column in extract.columns
        if column.element_type.startswith("decimal") or (column.repeats and column.element_type in numbers)
    ]


@dataclass(frozen=True)
class _Amounts:
    """What the amounts of one column of a delivery have in common; of what is 0 nothing is told."""

    number: int
    negative: int
    middle: float
    largest: float
    record: int


def _amounts_apart(
    con: duckdb.DuckDBPyConnection, extract: Extract, own: _Profile, before: _Before
) -> Iterator[_Difference]:
    """What a wrong sign does to amounts, also of a few rows: a decimal sign read otherwise, a minus that got lost."""
    # What repeats is compared by its periods, and has no value of its own in a row.
    amounts = [column.name for column in _amounts(extract) if not column.repeats]
    if not amounts or not before.profiles:
        return
    numbers = ", ".join(map(str, [own.number, *before.profiles]))
    for name in amounts:
        rows = con.execute(
            f"""select levering_nr, count(*), count(*) filter ("{name}" < 0), median(abs("{name}")), max(abs("{name}")),
                arg_max(record_nr, abs("{name}"))
            from raw.{extract.table} where levering_nr in ({numbers}) and "{name}" != 0 group by levering_nr"""
        ).fetchall()
        found = {number: _Amounts(*values) for number, *values in rows}
        now = found.pop(own.number, None)
        if now and found:
            yield from _otherwise(name, now, found)


def _otherwise(column: str, now: _Amounts, found: Mapping[int, _Amounts]) -> Iterator[_Difference]:
    moved = [
        _Difference(
            f"de middelste waarde van {column} is {dutch(round(now.middle))}; in levering {earlier} "
            f"{dutch(round(then.middle))}",
            {"kolom": column, "mediaan": _plain(now.middle), "mediaan_eerder": _plain(then.middle)},
        )
        for earlier, then in sorted(found.items())
        if not 1 / OTHER_SCALE < now.middle / then.middle < OTHER_SCALE
    ]
    yield from moved
    number = sum(then.number for then in found.values())
    largest = max(then.largest for then in found.values())
    if not moved and number >= FEWEST and now.largest > OTHER_SCALE * largest:
        # One amount is of one case, so that it is not shown.
        times = round(now.largest / largest)
        yield _Difference(
            f"de grootste waarde van {column} (record {now.record}) is {dutch(times)} keer de grootste van eerder",
            {"kolom": column, "record_nr": now.record, "keer": times},
        )
    negative = sum(then.negative for then in found.values())
    below = f"{dutch(now.negative)} van de {dutch(now.number)}"
    if any(
        _vanished(there, was / number * now.number)
        for there, was in ((now.negative, negative), (now.number - now.negative, number - negative))
    ):
        yield _Difference(
            f"{column} is negatief in {below} rijen; eerder in {dutch(negative)} van de {dutch(number)}",
            {"kolom": column, "negatief": now.negative, "negatief_eerder": negative},
        )


def _vanished(there: int, expected: float) -> bool:
    """Whether more than half of what is to be expected is not there, and more than chance makes of it.

    Corrections come and go; a sign that got lost is lost everywhere.
    """
    return expected - there > max(expected / 2, 2 * sqrt(expected))


def _deleted(extract: Extract, own: _Profile, earlier: Sequence[_Earlier]) -> Iterator[_Difference]:
    for whole in earlier:
        if own.deleted and _loses_too_much(extract, whole.rows, whole.rows - own.deleted):
            yield _Difference(
                f"{_rows(own.deleted, extract)} vervallen; de volledige levering eronder, nummer {whole.number}, had "
                f"er {dutch(whole.rows)}",
                {"vervallen": own.deleted, "rijen_van_register": whole.rows},
            )


def _rows_lost(extract: Extract, own: _Profile, before: _Before, kind: str) -> Iterator[_Difference]:
    """What a whole register lost; what it gained shows in its years."""
    for each in before.earlier if kind == "volledig" else ():
        if _loses_too_much(extract, each.rows, own.rows):
            yield _Difference(
                f"{_rows(own.rows, extract)}; de vorige levering, nummer {each.number}, had er {dutch(each.rows)}",
                {"rijen": own.rows, "rijen_eerder": each.rows},
            )


def _by_group(extract: Extract, own: _Profile, before: _Before) -> Iterator[_Difference]:
    groups = before.compared
    periods = any(each.period is not None for each in before.earlier)
    for name in sorted({*own.groups, *groups}, key=lambda name: (name is None, name)) if groups else ():
        if (periods and name not in groups) or (name is None and len(groups) > 1) or _is_incomplete(extract, name):
            continue
        number, then = groups.get(name, (before.earlier[0].number, _Group()))
        now = own.groups.get(name, _Group())
        over = f" over {name}" if name is not None else ""
        # As long as no year was whole, nobody knows how much a year comes to.
        growth = extract.max_growth_pct if before.is_closed(name) or before.has_whole_year else None
        for summed in (None, *(column.name for column in _amounts(extract))):
            told = summed or "rijen"
            old, new = (group.sums.get(summed, 0) if summed else group.rows for group in (then, now))
            # A year that still ran, or had still to come, is held against the largest that was there.
            most = old
            if not before.is_closed(name) or name not in groups:
                most = max(group.sums[summed] if summed else group.rows for _, group in groups.values())
            rows = max(now.rows, then.rows)
            if not (
                _differs(old, new, rows, extract.max_loss_pct, None)
                or _differs(max(old, most), new, rows, None, growth)
            ):
                continue
            if summed is None:
                what = f"{_rows(new, extract)}{over}; levering {number} had er {dutch(round(old))}"
            else:
                what = f"{told} is samen {dutch(round(new))}{over}; in levering {number} {dutch(round(old))}"
            yield _Difference(what, {"jaar_of_periode": name, told: _plain(new), f"{told}_eerder": _plain(old)})


def _is_incomplete(extract: Extract, year: str | None) -> bool:
    """Whether the register need not hold a year whole, so that its rows may come and go."""
    first = extract.complete_from
    return bool(first and year and re.match("[0-9]{4}", year) and int(year[:4]) < first.year)


def _emptied(extract: Extract, own: _Profile, before: _Before) -> Iterator[_Difference]:
    groups = before.groups
    then = _together(group for _, group in groups.values())
    now = own.whole
    if any(each.period is not None for each in before.earlier):
        now = _together(group for name, group in own.groups.items() if name in groups)
    for column in _may_be_empty(extract) if then.rows and now.rows else ():
        old, new = (1 - group.filled.get(column.name, 0) / group.rows for group in (then, now))
        if _shifts(extract, old, new, min(then.rows, now.rows)):
            yield _Difference(
                f"{column.name} is leeg in {new:.0%} van de rijen; eerder in {old:.0%}",
                {"kolom": column.name, "leeg_pct": round(100 * new, 1), "leeg_pct_eerder": round(100 * old, 1)},
            )


def _unknown(
    con: duckdb.DuckDBPyConnection, extract: Extract, before: _Before, found: Mapping[str, Finding]
) -> Iterator[_Difference]:
    """What is in no code list, as the expectations found it now and then."""
    now = {
        column: finding
        for column in _coded(extract)
        if (finding := found.get(code_list_check(column))) and _unknown_share(finding) > extract.max_shift_points / 100
    }
    if not now or not before.earlier:
        return
    rows = con.execute(
        """select controle, sum(aantal_afwijkend), sum(aantal_bekeken) from leveringen.bevinding
        where list_contains(?, levering_nr) and aantal_bekeken > 0 group by controle""",
        [sorted(before.profiles)],
    ).fetchall()
    earlier = {check: (int(unknown), int(seen)) for check, unknown, seen in rows}
    for column, finding in now.items():
        # A column that had no code list then had nothing that was unknown.
        unknown, seen = earlier.get(code_list_check(column), (0, finding.row_count or 0))
        old, new = unknown / seen, _unknown_share(finding)
        if _shifts(extract, old, new, min(seen, finding.row_count or 0)):
            yield _Difference(
                f"{column.name} staat in {new:.0%} van de rijen niet in codelijst {column.code_list}; eerder in "
                f"{old:.0%}",
                {"kolom": column.name, "onbekend_pct": round(100 * new, 1), "onbekend_pct_eerder": round(100 * old, 1)},
            )


def _all_one_code(
    con: duckdb.DuckDBPyConnection, extract: Extract, own: _Profile, before: _Before, found: Mapping[str, Finding]
) -> Iterator[_Difference]:
    """A column that says of every row the same, which it did not before: somebody filled it in for all."""
    checks = {column.name: code_list_check(column) for column in _coded(extract)}
    columns = [name for name in checks if name != extract.change_column]
    if not columns or not before.profiles:
        return
    table = f"raw.{extract.table} where levering_nr"
    told = ", ".join(f'count("{name}"), count(distinct "{name}"), min("{name}"::varchar)' for name in columns)
    (row,) = con.execute(f"select {told} from {table} = {own.number}").fetchall()
    for place, name in enumerate(columns):
        number, codes, code = row[3 * place : 3 * place + 3]
        finding = found.get(checks[name])
        # Of codes that no list knows is told elsewhere, without the code.
        if codes != 1 or (finding and finding.unexpected_count):
            continue
        ((had, filled),) = con.execute(
            f"""select count(*) filter ("{name}"::varchar = ?), count("{name}") from {table}
            in ({", ".join(map(str, before.profiles))})""",
            [code],
        ).fetchall()
        if filled and _shifts(extract, had / filled, 1, min(number, filled)):
            yield _Difference(
                f"elke waarde van {name} is {code}; eerder {had / filled:.0%}",
                {"kolom": name, "code": code, "aandeel_pct_eerder": round(100 * had / filled, 1)},
            )


def _unknown_share(finding: Finding) -> float:
    return finding.unexpected_count / finding.row_count if finding.row_count else 0


def _none_known(extract: Extract, own: _Profile, found: Mapping[str, Finding]) -> Iterator[_Difference]:
    whole = own.whole
    for column in _coded(extract):
        now = found.get(code_list_check(column))
        filled = whole.filled.get(column.name, whole.rows)
        # Of a few values each may be a new code by itself: that empties a figure, and says nothing of the file.
        if now and filled >= FEWEST and now.unexpected_count >= filled:
            yield _Difference(
                f"geen enkele code in {column.name} staat in codelijst {column.code_list} ({_rows(filled, extract)})",
                {"kolom": column.name, "rijen": filled},
            )


def _loses_too_much(extract: Extract, old: int, new: int) -> bool:
    return _differs(old, new, max(old, new), extract.max_loss_pct, None)


def _differs(old: Any, new: Any, rows: int, loss_pct: float | None, growth_pct: float | None) -> bool:
    """Whether a number changed more than is allowed, and more than so few rows change by themselves.

    Of n rows some two times the square root of n come or go by chance: a register of 12 rows may lose 6.
    """
    change, bound = float(new - old), growth_pct if new > old else loss_pct
    if bound is None:
        return False
    by_chance = abs(change) * sqrt(rows) <= 2 * float(max(old, new))
    return abs(change) > bound / 100 * float(old) and not by_chance


def _shifts(extract: Extract, old: float, new: float, rows: int) -> bool:
    """Whether a share of the rows became larger than is allowed; that less is empty or unknown is no fault."""
    return new - old > extract.max_shift_points / 100 and (new - old) * sqrt(rows) > 2


def _finding(check: Check, extract: Extract, different: Sequence[_Difference], rows: int, compared: str) -> Finding:
    told = "; ".join(each.told for each in different[:SHOWN])
    if (more := len(different) - SHOWN) > 0:
        told += f"; en {more} {'ander verschil' if more == 1 else 'andere verschillen'}"
    return Finding(
        check.name,
        check.description,
        check.severity,
        passed=not different,
        expected=check.description,
        found=told or f"{_rows(rows, extract)}{compared}",
        unexpected_count=len(different),
        row_count=rows,
        examples=[each.numbers for each in different],
    )


def _compared(earlier: Sequence[_Earlier]) -> str:
    numbers = sorted({each.number for each in earlier})
    if not numbers:
        return "; er is geen eerdere levering om mee te vergelijken"
    shown = ", ".join(map(str, numbers))
    return f", vergeleken met levering {shown}: geen te groot verschil"


def _rows(number: int, extract: Extract) -> str:
    """A number of rows; in a wide file each value is one."""
    one, several = ("waarde", "waarden") if extract.columns[-1].repeats else ("rij", "rijen")
    return f"{dutch(number)} {one if number == 1 else several}"


def _plain(number: Any) -> int | float:
    return number if isinstance(number, int) else float(number)
