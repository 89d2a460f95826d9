"""The release: what of a publication may leave the house, as a file of its own beside it.

Every figure about persons is protected together with all that adds up to it and with every release before. Only marts
that the list `vrijgave_tabel` names are in it, and of a figure that is hidden goes all that follows from it. What
leaves counts as released: each release is kept, and the next one is held against it.
"""

import logging
import re
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import journal
from orchestration.checksums import of_folder
from orchestration.clock import now
from orchestration.ledger import folder_name
from orchestration.paths import DataPaths, seed_file, version
from orchestration.progress import step
from orchestration.release import amounts, tables
from orchestration.release.blocks import (
    AMOUNT,
    DENOMINATOR,
    FIGURE,
    NUMERATOR,
    Block,
    Cell,
    Composition,
    in_cents,
    make_blocks,
)
from orchestration.release.protection import (
    BEFORE,
    CONFIDENTIAL,
    DOMINATED,
    FREE,
    SECONDARY,
    SMALL,
    Earlier,
    Outcome,
    Shown,
    protect,
)
from orchestration.release.rules import Rule, additive_splits, read_rules, read_tables
from orchestration.reporting import page_beside, report_beside
from orchestration.rights import share
from orchestration.sql import attach, quoted

log = logging.getLogger(__name__)

# What leaves stands here, one folder per release.
FILE = "veiligheidsagenda_vrijgave.duckdb"
# As of a publication: the oldest format that every client since DuckDB 1.2 reads.
STORAGE_VERSION = "v1.2.0"
ALL = "alle"
# As the log of acts has it.
ACT = "vrijgave"
NOTED = re.compile(r"vrijgave ([0-9]+), sha256 ([0-9a-f]{64})")
# In which way it was made (`wijze`); one folder knows one.
HIDDEN, ROUNDED = "achtergehouden", "afgerond"
KEY = ("indicator_code", "jaar", "eenheid_code", "uitsplitsing_soort", "uitsplitsing_code")
WITHHELD = ("indicator_code", "jaar", "uitsplitsing_soort", "vrijgave_reden")
Row = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """One release.

    Args:
        number: Its number.
        publication: Number of the publication that it was made of.
        file: The file.
        is_new: False where it would be what was released last, which stays.
        cells: How many numbers it shows or hides, by their status (CL_CONF_STATUS).
        withheld: How many tables of an indicator and a year it does not show.
        kept: How many blocks (indicators that hang together, in a year) keep what an earlier release shows.
    """

    number: int
    publication: int
    file: Path
    is_new: bool
    cells: Mapping[str, int]
    withheld: int
    kept: int


def releases(paths: DataPaths) -> list[Path]:
    """The files that were released, oldest first.

    What left is known by the gaps in the numbers and by the log of acts, which has the checksum of each.

    Args:
        paths: The data folder.

    Raises:
        ValueError: One of them is gone, or is other than when it left: nothing can be held against it.
    """
    found = {int(file.parent.name): file for file in sorted(paths.releases.glob(f"[0-9]*/{FILE}"))}
    known, left, is_begun = _noted(paths)
    if lost := sorted((set(range(1, max(found, default=0) + 1)) | left) - set(found)):
        raise ValueError(_lost(paths, lost))
    if is_begun and not found:
        raise ValueError(_lost(paths, [1]))
    changed = [number for number, file in found.items() if number in known and of_folder(file.parent) != known[number]]
    if changed:
        raise ValueError(
            f"{_named(paths, changed)} is anders dan toen zij werd vrijgegeven; er is niets gedaan. {_back(changed)}"
        )
    return list(found.values())


def _noted(paths: DataPaths) -> tuple[dict[int, str], set[int], bool]:
    """What the log of acts has: of which release the checksum, which are known to have left, and whether any did."""
    known: dict[int, str] = {}
    left: set[int] = set()
    is_begun = False
    for act in journal.acts(paths)[0]:
        if act.act == "release" and act.outcome == "code 0":
            is_begun = True
        elif act.act == ACT and (noted := NOTED.fullmatch(act.subject)):
            number = int(noted[1])
            # One that was killed before it was in place never left, and its number is given again.
            known[number] = noted[2]
            left |= {number} if act.outcome == journal.DONE else set()
    return known, left, is_begun


def _lost(paths: DataPaths, numbers: Sequence[int]) -> str:
    return (
        f"{_named(paths, numbers)} ontbreekt, en wat vrijkomt moet naast alles worden gehouden wat al buiten is; "
        f"er is niets gedaan. {_back(numbers)}"
    )


def _named(paths: DataPaths, numbers: Sequence[int]) -> str:
    return f"vrijgave {' en '.join(map(str, numbers))} (in {paths.releases})"


def _back(numbers: Sequence[int]) -> str:
    folders = " en ".join(folder_name(number) for number in numbers)
    return (
        f"Zet de map {folders} terug: haal haar uit een reservekopie (zet die terug in een lege datamap, met make "
        "restore VAN=<bestand> en VEILIGHEIDSAGENDA_DATA=<lege map>), of vraag de bestanden aan wie ze kreeg. Een "
        "nieuwe begint niet vanzelf"
    )


def write_release(paths: DataPaths, round_off: bool = False, origin: str = "opdrachtregel") -> Release:
    """Release the present publication.

    Args:
        paths: The data folder, with a publication.
        round_off: Round numbers where they would be hidden.
        origin: From where, for the log of acts.

    Returns:
        The release; the last one where this would be the same.

    Raises:
        ValueError: The published file names no publication, a rule of the lists cannot be kept, an earlier release is
            gone or changed, or was made in the other way.
        OSError: It cannot be written.
    """
    rules, treatments = read_rules(), read_tables()
    earlier = releases(paths)
    number = int(earlier[-1].parent.name) + 1 if earlier else 1
    folder = paths.releases / folder_name(number)
    fresh = folder.with_name(f"{folder.name}.nieuw")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        with duckdb.connect() as con:
            attach(con, paths.published, "bron")
            attach(con, fresh / FILE, "doel", f"storage_version {quoted(STORAGE_VERSION)}")
            con.execute("create schema doel.marts")
            for place, file in enumerate(earlier, start=1):
                attach(con, file, f"eerder_{place}")
            if earlier:
                _check_way(con, f"eerder_{len(earlier)}", _way(round_off))
            found = _release(con, paths, number, rules, treatments, earlier, fresh / FILE, round_off)
            is_new = not earlier or _differs(con, f"eerder_{len(earlier)}")
        if not is_new:
            shutil.rmtree(fresh)
            _report_on(paths, earlier[-1])
            return Release(number - 1, found.publication, earlier[-1], False, found.cells, found.withheld, found.kept)
        (fresh / FILE).chmod(0o444)
        report_beside(fresh / FILE, is_release=True)
        with journal.noted(paths, ACT, f"vrijgave {number}, sha256 {of_folder(fresh)}", origin):
            fresh.rename(folder)
        share(paths, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return Release(number, found.publication, folder / FILE, True, found.cells, found.withheld, found.kept)


def _report_on(paths: DataPaths, file: Path) -> None:
    """Make the report on a release of which it failed, such as on a disk without room."""
    if page_beside(file) is None:
        report_beside(file, is_release=True)
        share(paths, file.parent)


def _way(round_off: bool) -> str:
    return ROUNDED if round_off else HIDDEN


def _check_way(con: duckdb.DuckDBPyConnection, last: str, way: str) -> None:
    """Refuse to round what was hidden, or to hide what was rounded: who has both subtracts the one from the other."""
    (before,) = _rows(con, f"select vrijgave_nr, wijze from {last}.marts.fct_vrijgave")
    if before["wijze"] == way:
        return
    number = before["vrijgave_nr"]
    if way == ROUNDED:
        raise ValueError(
            f"vrijgave {number} hield kleine aantallen achter; afgerond ernaast zouden zij zijn uit te rekenen. Er is "
            "niets vrijgegeven: geef make release zonder AFRONDEN=1"
        )
    raise ValueError(
        f"vrijgave {number} is afgerond; wat nu wordt achtergehouden zou daarmee zijn uit te rekenen. Er is niets "
        "vrijgegeven: geef make release AFRONDEN=1"
    )


def _release(
    con: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    number: int,
    rules: Mapping[str, Rule],
    treatments: Mapping[str, str],
    earlier: Sequence[Path],
    file: Path,
    round_off: bool,
) -> Release:
    step("vrijgave")
    publications = _rows(
        con, "select max(publicatie_nr) as nr from bron.marts.fct_publicatie where soort = 'gepubliceerd'"
    )
    if publications[0]["nr"] is None:
        raise ValueError(f"{paths.published} noemt geen publicatie; draai eerst make nightly")
    figures = _rows(con, "from bron.marts.fct_realisatie")
    monitor = _rows(con, amounts.ROWS)
    series = {row["indicator_code"] for row in monitor}
    rules = amounts.monitor_rules(rules, series)
    composition = amounts.with_monitor(Composition.of(_rows(con, "from bron.marts.dim_indicator_samenstelling"), rules))
    before = [
        _read_earlier(con, f"eerder_{place}", int(path.parent.name)) for place, path in enumerate(earlier, start=1)
    ]
    outcomes = [
        protect(block, rules, composition, _of_block(block, before), paths.scratch, round_off)
        for block in make_blocks(
            [*figures, *monitor], rules, composition, additive_splits(), amounts.read_weights(paths)
        )
    ]
    of_year: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in (*figures, *monitor):
        of_year[row["indicator_code"], row["jaar"]].append(row)
    decided = [row for outcome in outcomes if outcome.kept_from is None for row in _decisions(outcome, of_year)]
    free = [indicator for indicator, rule in rules.items() if rule.treatment == "vrij"]
    con.execute(tables.DECISIONS)
    con.execute(tables.AMOUNTS_DECIDED)
    _insert(con, "besluit", [row for row in decided if row["indicator_code"] not in series])
    _insert(con, "besluit_afpakken", [row for row in decided if row["indicator_code"] in series])
    con.execute("create temp table vrij as select unnest(?::varchar[]) as indicator_code", [free])
    con.execute(tables.KEPT)
    place_of = {int(path.parent.name): place for place, path in enumerate(earlier, start=1)}
    kept = [
        {"indicator_code": indicator, "jaar": outcome.block.year, "eerder": place_of[outcome.kept_from]}
        for outcome in outcomes
        if outcome.kept_from is not None
        for indicator in outcome.block.indicators
    ]
    _insert(con, "behouden", kept)
    con.execute(tables.FIGURES)
    con.execute(tables.AMOUNTS)
    con.execute(tables.PROGRESS)
    con.execute(tables.EXPECTED)
    con.execute(tables.WITHHELD)
    _insert(con, "doel.marts.fct_achtergehouden", list(_withheld(outcomes, rules, [*figures, *monitor], series)))
    for place in sorted({row["eerder"] for row in kept}):
        con.execute(tables.kept_tables(place))
    for table, treatment in treatments.items():
        if treatment == "geheel":
            con.execute(f"create table doel.marts.{table} as from bron.marts.{table}")
    for seed, table in (("vrijgave_indicator", "dim_vrijgaveregel"), ("vrijgave_reden", "dim_vrijgave_reden")):
        con.execute(f"create table doel.marts.{table} as from read_csv({quoted(seed_file(seed))}, nullstr = '')")
    con.execute(tables.CODES)
    counted = dict(con.execute(tables.COUNTED).fetchall())
    withheld = con.execute(
        f"select count(*) from doel.marts.fct_achtergehouden where vrijgave_reden <> {quoted(tables.SMALL_CHANGE)}"
    )
    found = Release(
        number,
        publications[0]["nr"],
        file,
        True,
        {status: counted.get(status, 0) for status in (FREE, CONFIDENTIAL, SECONDARY)},
        withheld.fetchall()[0][0],
        sum(outcome.kept_from is not None for outcome in outcomes),
    )
    con.execute(
        tables.ABOUT,
        [
            number,
            found.publication,
            now().replace(microsecond=0),
            _way(round_off),
            version(),
            found.cells[FREE],
            found.cells[CONFIDENTIAL],
            found.cells[SECONDARY],
            found.withheld,
            found.kept,
        ],
    )
    tables.describe(con)
    con.execute("checkpoint doel")
    return found


def _read_earlier(con: duckdb.DuckDBPyConnection, name: str, number: int) -> Earlier:
    """All that an earlier release shows or hides."""
    rules = {row["indicator_code"]: Rule.of(row) for row in _rows(con, f"from {name}.marts.dim_vrijgaveregel")}
    cells: dict[Cell, Shown] = {}
    present = _rows(con, f"from duckdb_tables() where database_name = '{name}' and table_name = 'fct_afpakmonitor'")
    monitor = _rows(con, f"from {name}.marts.fct_afpakmonitor") if present else []
    rules = amounts.monitor_rules(rules, {amounts.series_of(row) for row in monitor})
    for row in monitor:
        if row["CONF_STATUS"] != FREE or row["bedrag_eur"]:
            value = None if row["CONF_STATUS"] != FREE else in_cents(row["bedrag_eur"])
            cells[amounts.cell_of(row)] = Shown(value, row["CONF_STATUS"], row["vrijgave_reden"])
    for row in _rows(con, f'select *, "CONF_STATUS" as status from {name}.marts.fct_realisatie'):
        cell = Cell(*(row[column] for column in KEY))
        is_share = row["eenheid_van_maat"] == "pct"
        if row["eenheid_van_maat"] == "eur":
            cell = cell._replace(measure=AMOUNT)
            if row["status"] != FREE or row["realisatie"]:
                value = None if row["status"] != FREE else in_cents(row["realisatie"])
                cells[cell] = Shown(value, row["status"], row["vrijgave_reden"])
            continue
        for measure in (NUMERATOR, DENOMINATOR) if is_share else (FIGURE,):
            value = row[measure]
            if row["status"] != FREE:
                hidden = Shown(None, row["status"], row["vrijgave_reden"])
                # Which of the two is small, the release does not say.
                shown = hidden._replace(reason=BEFORE, told=hidden.reason) if is_share else hidden
            elif value:
                shown = Shown(int(value), rounded_to=row["afgerond_op"])
            elif row["afgerond_op"]:
                shown = Shown(0, rounded_to=row["afgerond_op"])
            else:
                continue
            cells[cell._replace(measure=measure)] = shown
    return Earlier(number, cells, rules)


def _of_block(block: Block, before: Iterable[Earlier]) -> list[Earlier]:
    own = frozenset(block.indicators)
    return [
        Earlier(
            each.number,
            {
                cell: shown
                for cell, shown in each.cells.items()
                if cell.year == block.year and cell.indicator in own and not (cell.is_national and shown.value is None)
            },
            each.rules,
        )
        for each in before
    ]


def _decisions(outcome: Outcome, figures: Mapping[tuple[str, int], Sequence[Row]]) -> Iterable[Row]:
    """What stands in the table of figures of a block: of each of its rows the numbers, or why they are not there."""
    block, seen = outcome.block, set()
    for row in (row for indicator in block.indicators for row in figures[indicator, block.year]):
        cell = Cell(*(row[column] for column in KEY))
        seen.add(cell)
        if not cell.is_national and _is_withheld(cell, block):
            continue
        if cell.indicator in block.gone:
            yield _decision(cell, {AMOUNT: Shown(None, CONFIDENTIAL, DOMINATED)}, row)
            continue
        if outcome.is_national_hidden:
            yield _decision(cell, {FIGURE: Shown(None, CONFIDENTIAL, SMALL)}, row)
            continue
        measures = _measures(row)
        shown = {measure: outcome.cells.get(cell._replace(measure=measure), Shown(0)) for measure in measures}
        yield _decision(cell, shown, row)
    for cell, shown in outcome.cells.items():
        # Hidden before, and nothing now: a row that fell away would say so.
        if cell.measure in (FIGURE, DENOMINATOR, AMOUNT) and cell._replace(measure=FIGURE) not in seen:
            yield _decision(cell._replace(measure=FIGURE), {cell.measure: shown}, None)


def _measures(row: Row) -> tuple[str, ...]:
    if row["eenheid_van_maat"] == "eur":
        return (AMOUNT,)
    return (FIGURE,) if row["teller"] is None else (NUMERATOR, DENOMINATOR)


def _decision(cell: Cell, shown: Mapping[str, Shown], row: Row | None) -> Row:
    found = {**dict(zip(KEY, cell, strict=False)), "waarde": None, "teller": None, "noemer": None, "afgerond_op": None}
    hidden = [each for each in shown.values() if each.value is None]
    if hidden and not (row and row["realisatie"] is None):
        # Of a share that is hidden for one of its numbers, the other goes with it.
        worst = min(hidden, key=lambda each: each.status)
        return {**found, "status": worst.status, "reden": worst.told or worst.reason}
    found |= {"status": FREE, "reden": None, "afgerond_op": next(iter(shown.values())).rounded_to}
    if row is None or row["realisatie"] is None:
        return found
    if AMOUNT in shown:
        return {**found, "waarde": row["realisatie"]}
    if FIGURE in shown:
        number = shown[FIGURE]
        return {**found, "waarde": number.value if number.rounded_to else row["realisatie"]}
    numerator, denominator = shown[NUMERATOR].value, shown[DENOMINATOR].value
    if found["afgerond_op"] or shown[DENOMINATOR].rounded_to:
        found["afgerond_op"] = shown[DENOMINATOR].rounded_to
        share = round(100 * (numerator or 0) / denominator, 2) if denominator else None
    else:
        share = row["realisatie"]
    return {**found, "waarde": share, "teller": numerator, "noemer": denominator}


def _is_withheld(cell: Cell, block: Block) -> bool:
    return (cell.indicator, None) in block.withheld or (cell.indicator, cell.split) in block.withheld


def _withheld(
    outcomes: Iterable[Outcome], rules: Mapping[str, Rule], figures: Iterable[Row], series: Collection[str]
) -> Iterable[Row]:
    def named(indicator: str, year: int, split: str | None, reason: str) -> Row:
        if indicator in series:
            indicator, split = amounts.MONITOR, f"{indicator}/{split}" if split else indicator
        return dict(zip(WITHHELD, (indicator, year, split or ALL, reason), strict=True))

    for outcome in outcomes:
        year, withheld = outcome.block.year, outcome.block.withheld
        if outcome.kept_from is not None:
            for indicator in outcome.block.indicators:
                yield named(indicator, year, None, tables.SMALL_CHANGE)
            continue
        for (indicator, split), reason in withheld.items():
            if split is None or (indicator, None) not in withheld:
                yield named(indicator, year, split, reason)
    # Nobody decided about it, so nothing of it leaves.
    for indicator, year in sorted({(row["indicator_code"], row["jaar"]) for row in figures}):
        if indicator not in rules:
            yield named(indicator, year, None, "niet_beoordeeld")


def _differs(con: duckdb.DuckDBPyConnection, last: str) -> bool:
    """Whether anything but the row about itself is other than in the last release."""
    names = [
        {
            row["table_name"]
            for row in _rows(con, f"select table_name from duckdb_tables() where database_name = '{name}'")
        }
        for name in ("doel", last)
    ]
    return names[0] != names[1] or any(
        con.execute(
            f"""select sum(hash(rij)::hugeint) from doel.marts.{table} as rij
            except select sum(hash(rij)::hugeint) from {last}.marts.{table} as rij"""
        ).fetchall()
        for table in names[0] - {"fct_vrijgave"}
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        columns = ", ".join(rows[0])
        lists = ", ".join("unnest(?)" for _ in rows[0])
        con.execute(
            f"insert into {table} ({columns}) select {lists}", [[row[name] for row in rows] for name in rows[0]]
        )


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
