"""Somebody who keeps every release and a solver: what can he work out of what is hidden?

It shares nothing with the program but the files that leave: it reads them as a stranger would, with the rules that
stand in them, writes down himself what adds up, and solves with GLPK, where τ-ARGUS has HiGHS. He takes it that a
number without a row is zero, that a reason is true, and of releases that no number became less if none that he can see
did: where all are the same, that nothing changed.
"""

import csv
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.paths import seed_file
from orchestration.sql import quoted

with warnings.catch_warnings():
    # Types that SWIG makes have no module; Python says so from 3.12 on.
    warnings.simplefilter("ignore", DeprecationWarning)
    import swiglpk as glpk

# Indicator, eenheid, split, code, what of it.
Key = tuple[str, str, str, str, str]
# By year and amount what each contributor added, in euro; of the rest of two amounts by both.
Contributions = Mapping[int, Mapping[tuple[Key, ...], Sequence[float]]]
# Of a large amount a solver would lose the cents.
EURO_PER_SOLVED = 1000
POLICE, WHOLE_OF_POLICE = "beslag_conservatoir_politie_eur", "strafrechtelijk/beslag_gelegd/conservatoir"
Bounds = tuple[float, float | None]
TOLERANCE = 0.01


@dataclass
class View:
    """What one release tells of a year: what each number can be, what adds up, and what is at most what.

    Args:
        bounds: By number what it can be by itself.
        sums: Totals, each with the parts of which it is the sum.
        at_most: Pairs of which the first is at most the second.
        why: By hidden number the reason that is given.
    """

    bounds: dict[Key, Bounds] = field(default_factory=dict)
    sums: list[tuple[Key, list[Key]]] = field(default_factory=list)
    at_most: list[tuple[Key, Key]] = field(default_factory=list)
    why: dict[Key, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What an attack came to.

    Args:
        attacked: How many hidden numbers were attacked.
        singles: How many of them were attacked with whole numbers too.
        narrowed: What he knows too well: number, year, the truth, and what he finds.
    """

    attacked: int
    singles: int
    narrowed: list[tuple[Key, int, float, float, float | None]]


def attack(files: Sequence[Path], published: Sequence[Path], contributions: Contributions | None = None) -> Found:
    """Attack the newest of some releases.

    Args:
        files: The releases, oldest first.
        published: The publication that each was made of, to know what was hidden; he does not have them.
        contributions: What each amount of the newest is made of, to know what of it may not be known; nor has he these.
    """
    years = {year for file in files for (year,) in _ask(file, "select distinct jaar from marts.fct_realisatie")}
    attacked, singles, narrowed = 0, 0, []
    for year in sorted(years):
        truth = _truth(files, published, year)
        rules = _rules(files[-1])
        views = [view(file, year) for file in files]
        # Alone, beside each of the others, and all of them together.
        together = [views] if len(views) > 2 else []
        for reading in ([views[-1]], *([each, views[-1]] for each in views[:-1]), *together):
            seen = _attack(reading, truth, rules, (contributions or {}).get(year, {}))
            if len(reading) == 1:
                attacked, singles = attacked + seen.attacked, singles + seen.singles
            narrowed += [(key, year, *rest) for key, _, *rest in seen.narrowed]
    return Found(attacked, singles, narrowed)


def contributions_to(warehouse: Path) -> Contributions:
    """What each amount is made of by the private warehouse, case by case."""
    found: dict[int, dict[tuple[Key, ...], list[float]]] = defaultdict(dict)
    cases = """select jaar, concat_ws('/', weg_code, stap_code, beslagsoort) as reeks, aanleveraar_code, eenheid_code,
        objectsoort_code, is_beslag_politie, concat_ws('/', registratie, dossier_nr) as dossier, bedrag_eur
        from intermediate.int_afpakbijdragen_opgeteld"""
    asked = (
        ("reeks", "aanleveraar_code", "true"),
        (quoted(POLICE), "eenheid_code", "is_beslag_politie"),
        (quoted(WHOLE_OF_POLICE), "", f"not is_beslag_politie and reeks = {quoted(WHOLE_OF_POLICE)}"),
    )
    for what, where, counts in asked:
        place = ["plaats"] if where else []
        rows = _ask(
            warehouse,
            f"""with zaken as (select *, {what} as wat, {where or "'NL'"} as plaats from ({cases}) where {counts}),
            per_zaak as (
                select jaar, wat, {"plaats" if where else "'NL' as plaats"}, objectsoort_code,
                    sum(bedrag_eur)::double as bedrag
                from zaken group by jaar, wat, dossier, cube ({", ".join([*place, "objectsoort_code"])})
            )
            select jaar, wat, coalesce(plaats, 'NL'), if(objectsoort_code is null, 'geen', 'objectsoort'),
                coalesce(objectsoort_code, 'totaal'), list(bedrag)
            from per_zaak group by all""",
        )
        for year, name, place, split, code, sizes in rows:
            names = (name,) if where else (WHOLE_OF_POLICE, POLICE)
            found[year][tuple((each, place, split, code, "bedrag") for each in names)] = sizes
    return found


def view(file: Path, year: int) -> View:
    """Read a release as a stranger does."""
    rules, found = _rules(file), View()
    rows = _ask(
        file,
        f"""select indicator_code, eenheid_code, uitsplitsing_soort, uitsplitsing_code, eenheid_van_maat, realisatie,
            teller, noemer, "CONF_STATUS", vrijgave_reden, afgerond_op
        from marts.fct_realisatie where jaar = {year}""",
    )
    for indicator, unit, split, code, measure, value, numerator, denominator, status, reason, base in rows:
        if rules.get(indicator, {}).get("vrijgave", "vrij") == "vrij":
            continue
        numbers = {"teller": numerator, "noemer": denominator} if measure == "pct" else {"aantal": value}
        if measure == "eur":
            _see_amount(found, (indicator, unit, split, code, "bedrag"), value, reason)
            continue
        for what, number in numbers.items():
            key = (indicator, unit, split, code, what)
            if status != "F":
                found.why[key] = reason
            if status == "F" and number is None:
                continue
            found.bounds[key] = _bounds(
                number, reason if what == "aantal" else None, base, int(rules[indicator]["drempel"] or 0)
            )
    for *key, value, reason in _monitor(file, year, "vrijgave_reden"):
        _see_amount(found, (key[0], key[1], key[2], key[3], "bedrag"), value, reason)
    _adds_up(file, found)
    return found


def _see_amount(found: View, key: Key, value: Any, reason: str | None) -> None:
    if reason is not None:
        found.why[key] = reason
        found.bounds[key] = (0, None)
    elif value is not None:
        number = float(value) / EURO_PER_SOLVED
        found.bounds[key] = (number, number)


def _monitor(file: Path, year: int, reason: str) -> list[tuple[Any, ...]]:
    """The afpakmonitor as he reads it: each way, step and kind of seizure a table of its own."""
    return _ask(
        file,
        f"""select concat_ws('/', weg_code, stap_code, beslagsoort), replace(aanleveraar_code, 'totaal', 'NL'),
            if(objectsoort_code = 'totaal', 'geen', 'objectsoort'), objectsoort_code, bedrag_eur, {reason}
        from marts.fct_afpakmonitor where jaar = {year}""",
    )


def _bounds(value: Any, reason: str | None, base: int | None, threshold: int) -> Bounds:
    if value is not None:
        around = (base or 1) - 1
        return max(0, int(value) - around), int(value) + around
    if reason == "klein":
        return 1, threshold - 1
    return (threshold if reason == "samenhang" else 0), None


def _adds_up(file: Path, found: View) -> None:
    composition = _ask(
        file, "select indicator_code, deel_indicator_code, telt_op from marts.dim_indicator_samenstelling"
    )
    with seed_file("uitsplitsing").open(encoding="utf-8", newline="") as lines:
        additive = {row["uitsplitsing_soort"] for row in csv.DictReader(lines) if row["is_optelbaar"] == "true"}
    groups: dict[tuple[str, Key], list[Key]] = defaultdict(list)
    parent = {part: whole for whole, part, adds in composition if adds}
    children = {
        whole: {part for total, part, adds in composition if adds and total == whole} for whole in parent.values()
    }
    held = {key[0] for key in found.bounds if key[1] != "NL"}
    for key in found.bounds:
        indicator, unit, split, code, what = key
        if unit != "NL":
            groups["eenheid", (indicator, "NL", split, code, what)].append(key)
        if split != "geen" and split in additive:
            groups[split, (indicator, unit, "geen", "totaal", what)].append(key)
        if (whole := parent.get(indicator)) and unit != "NL" and children[whole] | {whole} <= held:
            groups["deel", (whole, unit, split, code, what)].append(key)
        if indicator == POLICE and (whole := (WHOLE_OF_POLICE, *key[1:])) in found.bounds:
            found.at_most.append((key, whole))
        if what == "teller":
            found.at_most.append((key, (*key[:4], "noemer")))
        for whole, part, adds in composition:
            if part == indicator and not adds and (whole, *key[1:]) in found.bounds:
                found.at_most.append((key, (whole, *key[1:])))
    found.sums += [(total, parts) for (_, total), parts in groups.items() if total in found.bounds]


def _attack(
    views: Sequence[View],
    truth: Mapping[Key, float],
    rules: Mapping[str, Any],
    contributions: Mapping[tuple[Key, ...], Sequence[float]],
) -> Found:
    now, last = views[-1], len(views) - 1
    targets = {**_targets(views, truth, rules), **_amounts(now, contributions, rules)}
    narrowed = [step for each in views[:-1] for step in _steps(each, now, rules)]
    singles = 0
    if not targets:
        return Found(0, 0, narrowed)
    solver = _Solver(views)
    if last and not solver.is_possible:
        # Something that is hidden became less: he was wrong to take it that nothing did.
        return Found(len(targets), 0, narrowed)
    for target, margin in targets.items():
        first, rest = next(iter(target)), target[1:]
        low, high = solver.range([(last, first, 1), *((last, key, -1) for key in rest)])
        value = truth.get(first, 0) - sum(truth.get(key, 0) for key in rest)
        is_true = low - TOLERANCE < value and (high is None or value < high + TOLERANCE)
        # Who takes it that nothing became less may be wrong, and then knows nothing.
        assert is_true or last, (target, value, low, high)
        is_narrow = is_true and _is_narrow(first[4] == "bedrag", value, low, high, margin)
        if first[4] != "bedrag" and value == 1 and not rest and not is_narrow:
            singles += 1
            low, high = solver.range([(last, first, 1)], whole=True)
            is_narrow = high is not None and high - low < 1 - TOLERANCE
        if is_narrow:
            narrowed.append((first, 0, value, low, high))
    solver.close()
    return Found(len(targets), singles, narrowed)


def _is_narrow(is_amount: bool, value: float, low: float, high: float | None, margin: float) -> bool:
    if not is_amount:
        return high is not None and high - low < margin - TOLERANCE
    # From above it tells of the largest in it, from below that it is there.
    above = high is not None and high - value < margin - TOLERANCE
    return above or value - low < min(margin, value) - TOLERANCE


def _targets(views: Sequence[View], truth: Mapping[Key, float], rules: Mapping[str, Any]) -> dict[tuple[Key, ...], int]:
    """What may not be known too well, a number or the rest of two: with how wide it has to stay."""
    now, targets = views[-1], {}

    def is_small(indicator: str, value: float) -> bool:
        return 0 < value < int(rules[indicator]["drempel"] or 0)

    def margin(indicator: str) -> int:
        return int(rules[indicator]["marge"])

    for key, reason in now.why.items():
        assert reason, key
        if key[4] == "bedrag":
            continue
        before = [each.bounds[key] for each in views[:-1] if key in each.bounds]
        is_step = any(low == high and is_small(key[0], abs(truth.get(key, 0) - low)) for low, high in before)
        if is_step or is_small(key[0], truth.get(key, 0)):
            targets[(key,)] = margin(key[0])
    for key, (low, high) in now.bounds.items():
        # Rounded: there is no reason, and a number.
        if (
            key[4] != "bedrag"
            and high not in (None, low)
            and key not in now.why
            and is_small(key[0], truth.get(key, 0))
        ):
            targets[(key,)] = margin(key[0])
    for part, whole in now.at_most:
        if whole[1] != "NL" and whole[4] != "bedrag" and is_small(whole[0], truth.get(whole, 0) - truth.get(part, 0)):
            targets[whole, part] = margin(whole[0])
    return targets


def _amounts(
    now: View, contributions: Mapping[tuple[Key, ...], Sequence[float]], rules: Mapping[str, Any]
) -> dict[tuple[Key, ...], float]:
    """Amounts of which he may not come close to the largest contribution, shown or not: with how far he must stay."""
    targets = {}
    for key, sizes in contributions.items():
        if not all(each in now.bounds for each in key):
            continue
        rule = rules.get(key[0][0], rules["afpakmonitor"])
        largest, *others = sorted(sizes, reverse=True)
        close = int(rule["dominantie_pct"]) / 100 * largest
        is_public = not int(rule["drempel_landelijk"] or 0) and key[0][1:3] == ("NL", "geen")
        if not is_public and (len(sizes) < int(rule["drempel"]) or sum(others[1:]) < close):
            targets[key] = close / EURO_PER_SOLVED
    return targets


def _steps(then: View, now: View, rules: Mapping[str, Any]) -> Iterator[tuple[Key, int, float, float, float | None]]:
    """Numbers of which he sees that few came or went since another release."""
    for key in then.bounds.keys() & now.bounds.keys():
        (old, old_high), (new, new_high) = then.bounds[key], now.bounds[key]
        if key[4] == "bedrag":
            continue
        if old == old_high and new == new_high and 0 < abs(new - old) < int(rules[key[0]]["drempel"] or 0):
            yield key, 0, int(new), new - old, new - old


class _Solver:
    """One problem of GLPK, asked over and over with another goal."""

    def __init__(self, views: Sequence[View]) -> None:
        keys = [(number, key) for number, each in enumerate(views) for key in each.bounds]
        self._place = {key: at for at, key in enumerate(keys, start=1)}
        self._counts = [at for (_, key), at in self._place.items() if key[4] != "bedrag"]
        rows = list(_conditions(views))
        self._problem = glpk.glp_create_prob()
        glpk.glp_add_cols(self._problem, max(1, len(keys)))
        for number, key in keys:
            low, high = views[number].bounds[key]
            kind = glpk.GLP_LO if high is None else glpk.GLP_FX if low == high else glpk.GLP_DB
            glpk.glp_set_col_bnds(self._problem, self._place[number, key], kind, low, high or 0.0)
        if rows:
            glpk.glp_add_rows(self._problem, len(rows))
        entries = [
            (at, self._place[number, key], value) for at, (row, _) in enumerate(rows, 1) for number, key, value in row
        ]
        for at, (_, is_equal) in enumerate(rows, 1):
            glpk.glp_set_row_bnds(self._problem, at, glpk.GLP_FX if is_equal else glpk.GLP_LO, 0.0, 0.0)
        lists = glpk.intArray(len(entries) + 1), glpk.intArray(len(entries) + 1), glpk.doubleArray(len(entries) + 1)
        for at, entry in enumerate(entries, 1):
            for array, value in zip(lists, entry, strict=True):
                array[at] = value
        glpk.glp_load_matrix(self._problem, len(entries), *lists)
        self._quiet = glpk.glp_smcp()
        glpk.glp_init_smcp(self._quiet)
        self._quiet.msg_lev = glpk.GLP_MSG_OFF
        self._whole = glpk.glp_iocp()
        glpk.glp_init_iocp(self._whole)
        self._whole.msg_lev, self._whole.presolve = glpk.GLP_MSG_OFF, glpk.GLP_ON
        self._whole.tm_lim = 5000

    @property
    def is_possible(self) -> bool:
        """Whether all that is said can be true."""
        assert glpk.glp_simplex(self._problem, self._quiet) == 0
        return glpk.glp_get_status(self._problem) in (glpk.GLP_OPT, glpk.GLP_UNBND)

    def range(self, goal: Iterable[tuple[int, Key, float]], whole: bool = False) -> tuple[float, float | None]:
        """Lowest and highest value of a sum; None where there is no bound. With `whole`, of whole numbers alone."""
        wanted = [(self._place[number, key], sign) for number, key, sign in goal]
        for place, sign in wanted:
            glpk.glp_set_obj_coef(self._problem, place, sign)
        ends: list[float | None] = []
        for direction in (glpk.GLP_MIN, glpk.GLP_MAX):
            glpk.glp_set_obj_dir(self._problem, direction)
            ends.append(self._solve_whole() if whole else self._solve())
        for place, _ in wanted:
            glpk.glp_set_obj_coef(self._problem, place, 0.0)
        assert ends[0] is not None
        return ends[0], ends[1]

    def _solve(self) -> float | None:
        assert glpk.glp_simplex(self._problem, self._quiet) == 0
        status = glpk.glp_get_status(self._problem)
        if status == glpk.GLP_UNBND:
            return None
        assert status == glpk.GLP_OPT, "what the releases say cannot all be true"
        return glpk.glp_get_obj_val(self._problem)

    def _solve_whole(self) -> float | None:
        for place in self._counts:
            glpk.glp_set_col_kind(self._problem, place, glpk.GLP_IV)
        code = glpk.glp_intopt(self._problem, self._whole)
        status = glpk.glp_mip_status(self._problem)
        value = glpk.glp_mip_obj_val(self._problem)
        for place in self._counts:
            glpk.glp_set_col_kind(self._problem, place, glpk.GLP_CV)
        if code == glpk.GLP_ENODFS or status == glpk.GLP_UNBND:
            return None
        assert code == 0, code
        assert status == glpk.GLP_OPT, status
        return value

    def close(self) -> None:
        """Give back what GLPK holds."""
        glpk.glp_delete_prob(self._problem)


def _conditions(views: Sequence[View]) -> Iterator[tuple[list[tuple[int, Key, float]], bool]]:
    """Sums that are zero (True), or zero or more (False)."""
    for number, each in enumerate(views):
        for total, parts in each.sums:
            yield [(number, total, -1.0), *((number, part, 1.0) for part in parts)], True
        for part, whole in each.at_most:
            if part in each.bounds and whole in each.bounds:
                yield [(number, whole, 1.0), (number, part, -1.0)], False
    for number in range(1, len(views)):
        for key in views[number].bounds:
            before = next((each for each in range(number - 1, -1, -1) if key in views[each].bounds), None)
            if before is not None and all(map(_only_grew, views[before:number], views[before + 1 : number + 1])):
                yield [(number, key, 1.0), (before, key, -1.0)], False


def _only_grew(then: View, now: View) -> bool:
    """Whether no number that both show became less; where all are the same he takes it that nothing changed."""
    pairs = [
        (then.bounds[key][0], now.bounds[key][0])
        for key in then.bounds.keys() & now.bounds.keys()
        if all(each.bounds[key][0] == each.bounds[key][1] for each in (then, now))
    ]
    return bool(pairs) and all(old <= new for old, new in pairs)


def _truth(files: Sequence[Path], published: Sequence[Path], year: int) -> dict[Key, float]:
    """What was hidden; of an earlier day where a release kept what there was."""
    found: dict[Key, float] = {}
    for file, source in zip(files, published, strict=True):
        kept = _ask(
            file,
            f"""select indicator_code from marts.fct_achtergehouden
            where jaar = {year} and vrijgave_reden = 'kleine_verandering'""",
        )
        fresh = _counted(source, year)
        still = {indicator for (indicator,) in kept}
        found = {
            **{key: value for key, value in found.items() if key[0] in still},
            **{key: value for key, value in fresh.items() if key[0] not in still},
        }
    return found


def _counted(published: Path, year: int) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for series, unit, split, code, value, _ in _monitor(published, year, "geen_bedrag_reden"):
        totals = {(split, code), ("geen", "totaal")}
        for key in ((series, place, *part, "bedrag") for place in (unit, "NL") for part in totals):
            found[key] = found.get(key, 0.0) + float(value) / EURO_PER_SOLVED
    for indicator, unit, split, code, value, numerator, denominator, measure in _ask(
        published,
        f"""select indicator_code, eenheid_code, uitsplitsing_soort, uitsplitsing_code, realisatie, teller, noemer,
            eenheid_van_maat
        from marts.fct_realisatie where jaar = {year} and realisatie is not null""",
    ):
        numbers = {"aantal": int(value)} if denominator is None else {"teller": numerator, "noemer": denominator}
        if measure == "eur":
            numbers = {"bedrag": float(value) / EURO_PER_SOLVED}
        found |= {(indicator, unit, split, code, what): number for what, number in numbers.items()}
    return found


def _rules(file: Path) -> dict[str, dict[str, Any]]:
    names = ("indicator_code", "vrijgave", "drempel", "drempel_landelijk", "marge", "dominantie_pct")
    rows = _ask(file, f"select {', '.join(names)} from marts.dim_vrijgaveregel")
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def _ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(query).fetchall()
