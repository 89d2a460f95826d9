"""Execution of sentences, by the definitions: what became of the dossiers, and how many were at hand on each day."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import numpy as np

from tests.recount.counting import (
    NETHERLANDS,
    NO_ROWS,
    REGIONAL_UNITS,
    UNKNOWN_CODE,
    WHOLE,
    Outcome,
    Tally,
    all_of,
    any_of,
    cells,
    either,
    known,
    yes,
)
from tests.recount.deliveries import Register, Row, listed, records, seed

UNITS = {row["eenheid_code"] for row in seed("eenheid")}


def _belongs(row: Row) -> bool | None:
    """Whether a dossier is one of the agenda: to be found within the country, and not one of FAST."""
    inland = listed("opsporingsindicatie", "opsporingsindicatie_code", "is_binnenland")
    said = {
        "heeft_vaste_verblijfplaats": yes(row["vaste_verblijfplaats"]),
        "heeft_buitenlandsignaal": yes(row["buitenlandsignaal"]),
    }
    is_of_fast = any_of(
        all_of(
            row["restantstraf_dagen"] >= int(ground["restantstraf_dagen_vanaf"]),
            *(_is_as(is_so, ground[name]) for name, is_so in said.items() if ground[name]),
        )
        for ground in seed("fast_criterium")
    )
    return all_of(known(inland, row["opsporingsindicatie"]), None if is_of_fast is None else not is_of_fast)


def _is_as(is_so: bool | None, wanted: str) -> bool | None:
    return None if is_so is None else is_so == (wanted == "true")


def disposals(register: Register, tally: Tally) -> None:
    """Of the dossiers of a year the share that was disposed of positively, and the other readings beside it."""
    for row in records(register.rows("executie_dossiers", "dossiers")):
        tally.add(_disposed_of(row))


def _disposed_of(row: Row) -> Iterator[Outcome]:
    positive = listed("afdoening_mapping", "afdoening_code", "is_positief")
    name, unit = "executie_positief_pct", row["eenheid"]
    for belongs in either(_belongs(row)):
        for is_positive in either(known(positive, row["afdoening"])):
            counted: Outcome = {}
            for below, day in (("aangeleverd", row["aangeleverd_op"]), ("in_behandeling", row["in_behandeling_op"])):
                if not belongs or day is None:
                    continue
                for attribution, above in (("cohort", day), ("periode", row["afgedaan_op"])):
                    splits = {"noemer_executie": [f"{below}_{attribution}"]}
                    is_figure = (below, attribution) == ("aangeleverd", "cohort")
                    counted = {**counted, **cells(name, day.year, unit, splits, "noemer", whole=is_figure)}
                    if is_positive and above is not None:
                        counted = {**counted, **cells(name, above.year, unit, splits, whole=is_figure)}
            yield counted


class _Days:
    """Dossiers at hand on each day that the register knows, per unit, and on which days that is not known."""

    def __init__(self, first: date, stand: date) -> None:
        self.first, self.number = first, (stand - first).days + 1
        self.certain = {unit: np.zeros(self.number, dtype=int) for unit in (NETHERLANDS, *REGIONAL_UNITS)}
        self.open = {unit: np.zeros(self.number, dtype=bool) for unit in self.certain}

    def place(self, since: date, until: date) -> slice:
        """The days from the one and before the other."""
        low, high = (since - self.first).days, (until - self.first).days
        return slice(max(low, 0), max(min(high, self.number), 0))

    def add(self, unit: str, days: slice, belongs: bool | None) -> None:
        """Count a dossier at a unit on days, or leave them open; no more than a regional unit counts."""
        if unit not in UNITS:
            for where in self.open.values():
                where[days] = True
        elif unit in REGIONAL_UNITS:
            for where in (NETHERLANDS, unit):
                if belongs:
                    self.certain[where][days] += 1
                else:
                    self.open[where][days] = True


def stock(register: Register, tally: Tally) -> None:
    """The lowest number of dossiers at hand at the end of a day, at the regional units, by the unit of that day."""
    stand = register.stand("executie_dossiers")
    first = register.declared["executie_dossiers", "dossiers"].complete_from
    if stand is None or first is None:
        return
    known_days, moves = _Days(first, stand), _moves(register)
    for row in records(register.rows("executie_dossiers", "dossiers")):
        belongs = _belongs(row)
        if row["in_behandeling_op"] is None or belongs is False:
            continue
        since, until = row["in_behandeling_op"], row["afgedaan_op"] or date.max
        for unit, begin, end in moves[row["dossier_nr"]]:
            known_days.add(unit, known_days.place(max(since, begin), min(until, end)), belongs)
    years = {day.year for day in register.days_of_rows("executie_dossiers")}
    for year in range(first.year, stand.year + 1):
        days = known_days.place(date(year, 1, 1), date(year + 1, 1, 1))
        for unit, counted in known_days.certain.items():
            is_open = bool(known_days.open[unit][days].any())
            found = (None, UNKNOWN_CODE) if is_open else (Decimal(int(counted[days].min())), None)
            if year not in years and not is_open and stand >= date(year, 12, 31) and not counted[days].any():
                found = (None, NO_ROWS)
            tally.given["executie_werkvoorraad", year, unit, *WHOLE] = found


def _moves(register: Register) -> dict[str, list[tuple[str, date, date]]]:
    """The units of each dossier, with the days from which and before which it was there."""
    seen: dict[str, list[tuple[str, date]]] = {}
    for stand, rows in register.states("executie_dossiers", "dossiers"):
        last = rows.groupby("dossier_nr").tail(1)
        for number, unit in zip(last["dossier_nr"], last["eenheid"], strict=True):
            so_far = seen.setdefault(number, [])
            if not so_far:
                so_far.append((unit, date.min))
            elif so_far[-1][0] != unit:
                so_far.append((unit, stand))
    return {
        number: [
            (unit, begin, units[place + 1][1] if place + 1 < len(units) else date.max)
            for place, (unit, begin) in enumerate(units)
        ]
        for number, units in seen.items()
    }


FAMILIES = (disposals, stock)
