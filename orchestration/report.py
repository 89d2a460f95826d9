"""What a person reads in the terminal: figures, deliveries, publications. Reads only what is published or kept.

All of it fits in 80 columns but a long path, and no letter is cut off. How far the work is stands in `progress`.
"""

import itertools
import os
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.measure import measure_renderables
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from orchestration import anchor, figures, register
from orchestration.beside import WhatIf
from orchestration.checking import Checked, Judged
from orchestration.declarations import read_declarations
from orchestration.expectations import code_list_check
from orchestration.explanation import GROUND, Figure, Part, Place, Row
from orchestration.ledger import OF_NO_PUBLICATION, Audit, shown
from orchestration.locking import open_database
from orchestration.paths import ANCHOR_SETTING, ROOT, DataPaths, seed_file
from orchestration.progress import CAUTION, LEFT, SUMMARY, WRITING
from orchestration.retention import Retained, told_retention
from orchestration.standing import told_late, what_to_do
from orchestration.supplier_report import report_files
from orchestration.wording import counted, dutch

SHOWN_RECORDS = 12
SHOWN_NOTICED = 5
JUDGED = {"behaald": "green", "op_schema": "green", "niet_behaald": "red", "achter_op_schema": "red"}
# A verdict that is wider takes several lines.
VERDICT_WIDTH = 15
REASON, UNKNOWN = "geen_realisatie_reden", "onbekende_code"


def show_figures(paths: DataPaths, console: Console, year: int | None = None, indicator: str | None = None) -> None:
    """Print the published figures: one line per indicator and year that has one, and how many have none.

    Across a break in a series the change says so. What is expected of figures that still grow is a table of its own.
    Figures that no agenda asks for are shown where a year or an indicator is asked, and counted otherwise.

    Args:
        paths: The data folder.
        console: Where to print.
        year: Only this year; all where None.
        indicator: Code of the only indicator; all where None.

    Raises:
        ValueError: There is no such year or indicator.
    """
    asked = {"jaar": year, "indicator": indicator}
    with open_database(paths.published, read_only=True) as con:
        _check_asked(con, year, indicator)
        rows = figures.national(con, year, indicator)
        ((outside, indicators),) = con.execute(
            f"select count(*), count(distinct indicator_code) from ({figures.FIGURES}) where agenda_code is null"
        ).fetchall()
        unknown = con.execute(
            """select indicator_code, string_agg(jaar, ', ' order by jaar) from marts.fct_voortgang
            where geen_realisatie_reden = 'onbekende_code'
                and jaar = coalesce($jaar, jaar) and indicator_code = coalesce($indicator, indicator_code)
            group by all order by all""",
            asked,
        ).fetchall()
        without = con.execute(
            """select geen_realisatie_reden, count(*) from marts.fct_voortgang
            where realisatie is null
                and jaar = coalesce($jaar, jaar) and indicator_code = coalesce($indicator, indicator_code)
            group by all order by all""",
            asked,
        ).fetchall()
        expected = con.execute(
            """select indicator_naam, jaar, realisatie, verwachte_eindwaarde, ondergrens, bovengrens,
                betrouwbaarheid_pct
            from marts.fct_verwachting inner join marts.dim_indicator using (indicator_code)
            where verwachte_eindwaarde is not null
                and jaar = coalesce($jaar, jaar) and indicator_code = coalesce($indicator, indicator_code)
            order by indicator_naam, jaar""",
            asked,
        ).fetchall()
        below = con.execute(
            """select indicator_code, jaar, eenheden_onder_minimum from marts.fct_voortgang
            where eenheden_onder_minimum is not null
                and jaar = coalesce($jaar, jaar) and indicator_code = coalesce($indicator, indicator_code)
            order by all""",
            asked,
        ).fetchall()
        names = figures.names_of_codes(con, REASON)
        peildatum, demo = _known(con)
    table = _table(f"Voortgang van de Veiligheidsagenda, zoals bekend op {peildatum:%d-%m-%Y}{demo}")
    _wrapping(table, "indicator (maat)")
    table.add_column("jaar", no_wrap=True)
    for heading in ("cijfer", "t.o.v.\nvorig jaar", "norm"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("oordeel", no_wrap=True)
    # One row per indicator, whose years are lines of it: a long name then wraps beside them.
    for name, years in itertools.groupby(rows, key=lambda row: row.name):
        lines = [_year(found) for found in years]
        table.add_row(name, *(Text.from_markup("\n".join(cells)) for cells in zip(*lines, strict=True)))
        table.add_section()
    _keep_words(table, (row.name for row in rows), console)
    if rows:
        console.print(table)
        for told in figures.legend(rows):
            _say(console, told)
    else:
        console.print(f"Er is geen cijfer, zoals bekend op {peildatum:%d-%m-%Y}{demo}.", highlight=False)
    for code, of_year, units in below:
        _say(console, f"{code} {of_year}, onder het minimum per eenheid: {units}")
    if without:
        _say(console, "Zonder cijfer: " + ", ".join(f"{number} x {names[REASON, code]}" for code, number in without))
    for code, years in unknown:
        _say(console, f"{names[REASON, UNKNOWN]}: {code} {years}")
    if outside and year is None and indicator is None:
        told = (
            f"Buiten een agenda: {outside} cijfers van {indicators} indicatoren; te zien met INDICATOR=... of JAAR=..."
        )
        console.print(told, highlight=False)
    if expected:
        _show_expected(expected, console)


def _known(con: duckdb.DuckDBPyConnection) -> tuple[date, str]:
    """The day of which the published figures speak, and what to add where they are made up."""
    ((day,),) = con.execute("select max(peildatum) from marts.fct_voortgang").fetchall()
    return day, f" ({figures.DEMO})" if figures.is_demo(con) else ""


def _check_asked(con: duckdb.DuckDBPyConnection, year: int | None, indicator: str | None) -> None:
    there = f"""select indicator_code, jaar from marts.fct_voortgang
        union select indicator_code, jaar from ({figures.FIGURES})"""
    known = con.execute(
        f"""select indicator_code from marts.dim_indicator
        where indicator_code in (select indicator_code from ({there})) order by volgorde"""
    ).fetchall()
    codes = [code for (code,) in known]
    if indicator is not None and indicator not in codes:
        raise ValueError(f"indicator {indicator!r} bestaat niet; wel {', '.join(codes)}")
    found = con.execute(
        f"select distinct jaar from ({there}) where indicator_code = coalesce(?, indicator_code) order by all",
        [indicator],
    ).fetchall()
    years = [int(number) for (number,) in found]
    if year is not None and year not in years:
        raise ValueError(f"over {year} zijn er geen cijfers; wel over {', '.join(map(str, years))}")


def _year(told: figures.Told) -> tuple[str, ...]:
    """The cells of a year behind the name; a verdict of several lines makes the others as high."""
    verdict = textwrap.wrap(told.verdict, VERDICT_WIDTH)
    below = "\n" * (len(verdict) - 1)
    colour = JUDGED.get(told.judged, "dim")
    # So that digits stand below digits, with a mark or without.
    figure = told.figure if told.figure.endswith(figures.PROVISIONAL) else f"{told.figure} "
    return (
        *(cell + below for cell in (told.year, figure, told.change, told.asked)),
        "\n".join(f"[{colour}]{line}[/]" for line in verdict),
    )


def _show_expected(rows: Sequence[tuple], console: Console) -> None:
    table = _table("Verwachting: waar cijfers die nog groeien op uitkomen (schatting)")
    _wrapping(table, "indicator")
    table.add_column("jaar")
    for heading in ("nu", "verwacht", f"{rows[0][-1]}% ligt tussen"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, year, figure, expected, low, high, _ in rows:
        table.add_row(
            name,
            str(year),
            *(dutch(round(float(number))) for number in (figure, expected)),
            "niet te zeggen" if low is None else f"{dutch(round(float(low)))} - {dutch(round(float(high)))}",
        )
    console.print(table)


@dataclass(frozen=True)
class Stand:
    """What was there at some moment: what came after it is what a night did.

    Args:
        verdicts: The verdict on each delivery, by levering_nr; empty where nothing was ever delivered.
        publication: The publication that readers see; None where there is none.
    """

    verdicts: Mapping[int, str | None]
    publication: int | None

    @classmethod
    def now(cls, paths: DataPaths) -> "Stand":
        """Look what is there.

        Args:
            paths: The data folder.
        """
        verdicts: dict[int, str | None] = {}
        if paths.raw.exists():
            with open_database(paths.raw, read_only=True) as con:
                verdicts = {row.number: row.verdict for row in register.deliveries(con)}
        return cls(verdicts, shown(paths) if paths.published.exists() else None)


def show_night(
    paths: DataPaths, console: Console, before: Stand, kept: Mapping[str, Sequence[str]], failures: Mapping[str, str]
) -> bool:
    """Print what a night did, what matters most first.

    Args:
        paths: The data folder.
        console: Where to print.
        before: What was there before the night.
        kept: What the night said that belongs here, by the place in which it is told (`progress`).
        failures: Why nothing was published, by the step that failed; empty where the night went well.

    Returns:
        Whether a delivery was refused or held, or a file was left.
    """
    now = Stand.now(paths)
    _show_outcome(paths, console, before, now, failures)
    is_incomplete = _show_deliveries(paths, console, before, kept)
    cautions = kept.get(CAUTION[SUMMARY], ())
    for told in cautions:
        _say(console, Text.assemble(("Let op:", "yellow"), f" {told}"))
    for told in told_late(paths):
        _say(console, Text.assemble(("te laat", "yellow"), f" {told}"), 2)
    if not failures and now.publication != before.publication:
        with open_database(paths.published, read_only=True) as con:
            _show_changes(con, console)
            _show_norms_not_met(con, console)
    if now.publication:
        console.print("Alle cijfers: make figures of make report. Waarop een cijfer rust: make explain.")
    return is_incomplete


def _show_outcome(paths: DataPaths, console: Console, before: Stand, now: Stand, failures: Mapping[str, str]) -> None:
    if failures:
        stays = f"Publicatie {now.publication} blijft staan." if now.publication else "Er is nog geen publicatie."
        console.print(Text.assemble(("Niet gepubliceerd.", "bold red"), f" {stays} Oorzaak:"))
        for name, cause in failures.items():
            _say(console, f"stap {name}: {cause}", 2)
    else:
        with open_database(paths.published, read_only=True) as con:
            day, demo = _known(con)
        is_new = now.publication != before.publication
        outcome = ("Gepubliceerd:" if is_new else "Niets veranderd:", "bold green")
        stays = "" if is_new else " blijft staan"
        known = f", zoals bekend op {day:%d-%m-%Y}{demo}"
        console.print(Text.assemble(outcome, f" publicatie {now.publication}{stays}{known}"))
    if now.publication:
        console.print(f"  {paths.published}", highlight=False, markup=False, soft_wrap=True)


def _show_deliveries(paths: DataPaths, console: Console, before: Stand, kept: Mapping[str, Sequence[str]]) -> bool:
    """Print what became of deliveries; return whether some were not admitted, or left."""
    rows: list[register.Row] = []
    first_set_aside: dict[int, list[str]] = {}
    noticed: list[tuple[int, str, str]] = []
    opened: list[register.Row] = []
    if paths.raw.exists():
        with open_database(paths.raw, read_only=True) as con:
            rows = [row for row in register.deliveries(con) if row.verdict != before.verdicts.get(row.number)]
            first_set_aside = {
                row.number: register.first_set_aside(con, row.number)
                for row in rows
                if row.verdict == "geweigerd" and row.set_aside
            }
            noticed = register.noticed(con, [row.number for row in rows if row.verdict == "toegelaten"])
            told_now = {row.number for row in rows}
            opened = [row for row in register.still_open(con) if row.number not in told_now]
    admitted = [row for row in rows if row.verdict == "toegelaten"]
    others = [row for row in rows if row.verdict != "toegelaten"]
    refused_sets = {row.set_number for row in others if row.verdict == "geweigerd"}
    left = kept.get(LEFT[SUMMARY], ())
    told = "niets nieuws"
    if rows:
        records = sum(row.loaded or 0 for row in admitted)
        told = f"{len(admitted)} toegelaten ({dutch(records)} records), {len(others)} niet toegelaten"
    lying = f", {len(left)} {'blijft' if len(left) == 1 else 'blijven'} liggen" if left else ""
    console.print(f"Leveringen: {told}{lying}.")
    for row in others:
        shown = f"{row.registration}/{row.file}"
        _say(console, Text.assemble((row.verdict or "niet beoordeeld", "red"), f" levering {row.number} {shown}"), 2)
        # In older registers the reason of what could not be read begins with the name of the file.
        _say(console, (row.reason or "").removeprefix(shown).lstrip(" ,:"), 4)
        for told in first_set_aside.get(row.number, ()):
            _say(console, told, 6)
        for told in what_to_do(row, refused_sets):
            _say(console, told, 4)
    for told in left:
        _say(console, Text.assemble(("blijft liggen", "yellow"), f" {told}"), 2)
    for told in register.told_open(opened):
        _say(console, told, 2)
    for told in kept.get(WRITING[SUMMARY], ()):
        _say(console, told, 2)
    _show_set_aside(console, [row for row in admitted if row.set_aside])
    _show_noticed(console, admitted, noticed)
    if reported := [row for row in rows if report_files(paths.reports, row)[0].exists()]:
        one = "een rapport" if len(reported) == 1 else f"{dutch(len(reported))} rapporten"
        console.print(f"  {one} voor leveranciers: {paths.reports}", highlight=False, markup=False, soft_wrap=True)
    return bool(others or left)


def _show_set_aside(console: Console, rows: Sequence[register.Row]) -> None:
    if not rows:
        return
    most = max(rows, key=lambda row: row.set_aside or 0)
    whole = dutch(sum(row.set_aside or 0 for row in rows))
    many = f"in {len(rows)} leveringen, de meeste" if len(rows) > 1 else "alle"
    told = (
        f" {whole} records; {many} ({dutch(most.set_aside)} van {dutch(most.records)}) in levering {most.number} "
        f"{most.registration}/{most.file}; record, kolom en reden staan in het rapport"
    )
    _say(console, Text.assemble(("apart gezet", "yellow"), told), 2)


def _show_noticed(console: Console, admitted: Sequence[register.Row], noticed: Sequence[tuple[int, str, str]]) -> None:
    of = {row.number: row for row in admitted}
    lists = _list_behind_each_check() if noticed else {}
    lines = []
    for number, check, told in noticed[:SHOWN_NOTICED]:
        row = of[number]
        lines.append(f"levering {number} {row.registration}/{row.file}: {told}")
        if file := lists.get((row.registration, row.extract, check)):
            lines[-1] += f"; hoort de code erbij, zet haar in {file}, en anders verbetert de leverancier haar"
    if (more := len(noticed) - SHOWN_NOTICED) > 0:
        other = "1 andere; die staat in het rapport" if more == 1 else f"{more} andere; zij staan in de rapporten"
        lines.append(f"en {other} voor leveranciers")
    for told in lines:
        _say(console, Text.assemble(("let op", "yellow"), f" {told}"), 2)


def _list_behind_each_check() -> dict[tuple[str, str, str], Path]:
    """The file of each code list, by registration, extract and the check that holds a column against it."""
    return {
        (*key, code_list_check(column)): seed_file(column.code_list).relative_to(ROOT)
        for key, extract in read_declarations().items()
        for column in extract.columns
        if column.code_list
    }


CHANGES = """
select indicator_code, jaar, grootheid, waarde_van, waarde_naar, bijdrage, oorzaak_code
from marts.fct_bijstelling inner join marts.dim_indicator using (indicator_code)
where publicatie_nr > ? order by dim_indicator.volgorde, jaar, grootheid, publicatie_nr, fct_bijstelling.volgorde
"""


# Told once for the indicator, and not for each of its years.
NEW = "nieuwe_indicator"


def _show_changes(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Print figure by figure what is otherwise than in the publication that readers saw before this one."""
    earlier = con.execute(
        """select publicatie_nr, peildatum from marts.fct_publicatie where soort = 'gepubliceerd'
        order by publicatie_nr desc limit 1 offset 1"""
    ).fetchall()
    if not earlier:
        shown, indicators = con.execute(
            "select count(*), count(distinct indicator_code) from marts.fct_voortgang where realisatie is not null"
        ).fetchall()[0]
        ((made_afterwards,),) = con.execute(figures.RECONSTRUCTED).fetchall()
        before = "er was nog geen eerdere"
        if made_afterwards:
            before = f"achteraf gereconstrueerd: {counted(made_afterwards, 'eerder nummer', 'eerdere nummers')}"
        _say(console, f"Eerste publicatie: {dutch(shown)} cijfers van {indicators} indicatoren; {before}.")
        return
    number, day = earlier[0]
    since = f"publicatie {number} (zoals bekend op {day:%d-%m-%Y})"
    changes = []
    for (indicator, year, quantity), parts in itertools.groupby(
        con.execute(CHANGES, [number]).fetchall(), key=lambda row: row[:3]
    ):
        causes = [row[3:] for row in parts]
        first, last = causes[0][0], causes[-1][1]
        if first != last:
            changes.append((indicator, year, quantity, first, last, [cause[2:] for cause in causes]))
    if not changes:
        console.print(f"Geen cijfer en geen norm is anders dan in {since}.", highlight=False)
        return
    console.print(f"Veranderd sinds {since}:", highlight=False)
    table = _table()
    _wrapping(table, "indicator")
    table.add_column("jaar", no_wrap=True)
    for heading in ("van", "naar"):
        table.add_column(heading, justify="right", no_wrap=True)
    _wrapping(table, "oorzaak")
    new = [change for change in changes if change[5][0][1] == NEW]
    for indicator, rows in itertools.groupby(new, key=lambda change: change[0]):
        of_year = [(year, quantity) for _, year, quantity, *_ in rows]
        years = sorted({year for year, _ in of_year})
        counts = Counter(quantity for _, quantity in of_year)
        told = ", ".join(
            f"{counts[quantity]} {one if counts[quantity] == 1 else more}"
            for quantity, one, more in (("realisatie", "cijfer", "cijfers"), ("streefcijfer", "norm", "normen"))
            if counts[quantity]
        )
        span = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        table.add_row(indicator, span, "-", told, _cause(NEW, None))
    for indicator, year, quantity, first, last, causes in (change for change in changes if change not in new):
        told = "\n".join(_cause(code, amount) for amount, code in causes)
        table.add_row(
            indicator if quantity == "realisatie" else f"{indicator} (norm)",
            str(year),
            "-" if first is None else dutch(first),
            "-" if last is None else dutch(last),
            told,
        )
    console.print(table)


def _cause(code: str, amount: object) -> str:
    return code.replace("_", " ") + ("" if amount is None else f" {dutch(amount, sign='+')}")


NOT_MET = """
select indicator_code, indicator.eenheid_van_maat, jaar, realisatie, streefcijfer, referentie_waarde, oordeel
from marts.fct_voortgang inner join marts.dim_indicator as indicator using (indicator_code)
where oordeel in ('niet_behaald', 'achter_op_schema') order by indicator.volgorde, jaar
"""


def _show_norms_not_met(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    rows = con.execute(NOT_MET).fetchall()
    if not rows:
        console.print("Geen norm is niet gehaald.", style="green", highlight=False)
        return
    console.print(
        f"Norm niet gehaald: {len(rows)} cijfers (cijfer/norm; >: meer dan in een eerder jaar)", highlight=False
    )
    table = _table()
    table.show_header = False
    table.add_column("indicator", no_wrap=True)
    table.add_column("jaren")
    notes = {}
    for indicator, years in itertools.groupby(rows, key=lambda row: row[0]):
        told = []
        for _, unit, year, figure, norm, reference, verdict in years:
            mark = ""
            if verdict == "achter_op_schema":
                mark = figures.NOT_WHOLE
                notes[mark] = "het jaar is nog niet heel bekend, en loopt achter"
            elif norm is not None and figure >= norm:
                # The stock of dossiers has to be there on every day and in every eenheid.
                mark, notes["**"] = "**", "landelijk gehaald, maar niet op alle voorwaarden van de norm"
            held = f"{figures.amount(figure, unit)}/{figures.asked(norm, reference, unit)}"
            told.append(Text(f"{year} {held}{mark}"))
        table.add_row(indicator, Columns(told, padding=(0, 2)))
    console.print(table)
    for mark, note in notes.items():
        console.print(f"{mark} {note}", highlight=False)


def show_check(checked: Checked, console: Console) -> None:
    """Print what the border in would make of files.

    Args:
        checked: What came of the dry run.
        console: Where to print.
    """
    for told in checked.assumed:
        _say(console, told)
    for each in checked.judged:
        _show_judged(each, console)
    for told in checked.left:
        _say(console, Text.assemble(("blijft liggen", "yellow"), f" {told}"))
    for each in checked.alone:
        _say(console, f"{each.account.row.file} op zichzelf, zonder de regels over wat erbij hoort:")
        _show_judged(each, console)
    for name in checked.repeated:
        _say(console, f"{name} herhaalt wat in een ander bestand al staat, en telt niet als levering")
    outcome, colour = (
        ("zou worden toegelaten", "green") if checked.would_be_admitted else ("zou niet worden toegelaten", "red")
    )
    _say(console, Text.assemble("Uitkomst: ", (outcome, f"bold {colour}"), "."))
    _say(console, "Niet bekeken: eerdere leveringen, en de controles op de cijfers. Er is niets bewaard.")


def _show_judged(judged: Judged, console: Console) -> None:
    account, row = judged.account, judged.account.row
    colour = "green" if row.verdict == "toegelaten" else "red"
    shown = f" {row.registration}/{row.extract}, {row.file}, stand {row.stand_datum:%d-%m-%Y}, {account.kind}"
    _say(console, Text.assemble((row.verdict or "niet beoordeeld", f"bold {colour}"), shown))
    if account.reason:
        _say(console, account.reason, 2)
    if row.records is not None:
        _say(
            console,
            f"{dutch(row.records)} records: {dutch(row.loaded)} passen, {dutch(row.set_aside)} apart gezet",
            2,
        )
    if judged.faults:
        table = _table()
        table.add_column("record", justify="right", no_wrap=True)
        _wrapping(table, "kolom")
        _wrapping(table, "waarde")
        _wrapping(table, "wat er mis is")
        for fault in judged.faults:
            table.add_row(str(fault.record or ""), Text(fault.column), Text(fault.shown), Text(fault.told))
        console.print(Padding(table, (0, 0, 0, 2)))
        if judged.more:
            _say(console, f"en {dutch(judged.more)} andere afwijkingen", 2)
    if not account.findings:
        _say(console, "controles: niet uitgevoerd", 2)
        return
    failed = len(account.failed)
    _say(console, f"controles: {len(account.findings)} uitgevoerd, {failed or 'geen'} niet voldaan", 2)
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    for finding in account.findings:
        told = f"{finding['controle']}: {finding['gevonden']}"
        if finding["is_voldaan"]:
            lines.add_row(Text("goed", "green"), Text(told))
            continue
        mark = Text("weigert", "red") if finding["ernst"] == "critical" else Text("let op", "yellow")
        lines.add_row(mark, Text(f"{told}\nverwacht: {finding['verwachting']}"))
    console.print(Padding(lines, (0, 0, 0, 4)))


def _say(console: Console, text: str | Text, indent: int = 0) -> None:
    """Print words as they are, each line indented; a path that is longer than a line stays whole, to be copied."""
    for line in (Text(text) if isinstance(text, str) else text).split("\n", allow_blank=True):
        at = 0
        for part in _lines(line.plain, console.width - indent):
            at = line.plain.index(part, at)
            console.print(Text(" " * indent) + line[at : at + len(part)], soft_wrap=True)
            at += len(part)


def _lines(text: str, width: int) -> list[str]:
    # Rich can only break a word that does not fit, or no line at all.
    plain = textwrap.TextWrapper(
        width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False, expand_tabs=False
    )
    return plain.wrap(text) or [""]


def show_what_if(answer: WhatIf, console: Console) -> None:
    """Print figures under other versions beside the published ones.

    Args:
        answer: The answer.
        console: Where to print.
    """
    demo = f" ({figures.DEMO})" if answer.is_demo else ""
    table = _table(f"Wat als: de gepubliceerde cijfers naast die onder andere versies{demo}")
    _wrapping(table, "indicator, en de versies van wat als")
    table.add_column("jaar", no_wrap=True)
    for heading in ("nu", "wat als", "verschil"):
        table.add_column(heading, justify="right", no_wrap=True)
    for (indicator, unit, versions), rows in itertools.groupby(
        answer.figures, key=lambda row: (row.indicator, row.unit, row.versions)
    ):
        lines = [
            (
                figures.marked(row.year, row.covered),
                *(figures.amount(number, unit) for number in (row.figure, row.other)),
                figures.difference(row.difference, unit),
            )
            for row in rows
        ]
        cells = ("\n".join(cells) for cells in zip(*lines, strict=True))
        table.add_row(f"{indicator} ({unit})\n  {versions}", *cells)
        table.add_section()
    console.print(table)
    for told in figures.not_whole((row.indicator, row.covered) for row in answer.figures):
        _say(console, told)
    for told in answer.broken:
        _say(console, f"onder deze versies gaat niet op: {told}")
    console.print(f"Alle tabellen: {answer.file}", highlight=False, soft_wrap=True)


def show_figure_explained(figure: Figure, parts: Sequence[Part], console: Console) -> None:
    """Print a figure and the delivered rows behind it.

    Args:
        figure: The figure.
        parts: Its rows per delivery, role and rule.
        console: Where to print.
    """
    value = f"geen cijfer ({figure.reason})" if figure.value is None else f"{dutch(figure.value)} {figure.unit}"
    known = f"{figure.status}, " if figure.status else ""
    heading = (f"{figure.name}, {figure.year}: {value}", "bold")
    console.print(Text.assemble(heading, f" ({known}bekend op {figure.peildatum:%d-%m-%Y})"))
    versions = ", ".join(filter(None, (figure.definition, figure.lists)))
    _say(console, f"Definitie {versions}: {figure.rule}")
    table = _table()
    table.add_column("levering", justify="right", no_wrap=True)
    table.add_column("rol", no_wrap=True)
    table.add_column("telt", no_wrap=True)
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column("teleenheden", justify="right", no_wrap=True)
    _wrapping(table, "regel")
    for part in parts:
        counts, rule = _counting(part.role, part.counts, part.rule)
        rule = rule if part.amount is None else f"{rule} ({dutch(part.amount)} {figure.unit})"
        table.add_row(str(part.delivery), part.role, counts, dutch(part.rows), dutch(part.units), rule)
    if figure.lowest_day:
        console.print(f"De voorraad was het laagst op {figure.lowest_day:%d-%m-%Y}; een teleenheid is een dag.")
    console.print(table)
    for delivery, file in dict.fromkeys((part.delivery, part.file) for part in parts):
        deciding = [part for part in parts if part.delivery == delivery and part.counts]
        counts = any(part.role != GROUND for part in deciding)
        which = "daarvan telt record:" if counts else "daarvan telt geen record"
        console.print(f"Levering {delivery} is {file}; {which}", markup=False, highlight=False, soft_wrap=True)
        for part in deciding:
            role = "grond van wat meetelt" if part.role == GROUND else part.role
            shown = ", ".join(str(number) for number in part.records[:SHOWN_RECORDS])
            rest = len(part.records) - SHOWN_RECORDS
            more = f" en {dutch(rest)} andere" if rest > 0 else ""
            console.print(f"  {role}: {shown}{more}", highlight=False)
    asked = f"CIJFER={figure.indicator}/{figure.year}"
    console.print(f"Alle records in een bestand: make explain {asked} NAAR=herkomst.csv", highlight=False)


def _counting(role: str, counts: bool | None, rule: str) -> tuple[str, str]:
    """What stands under `telt` and `regel`: a ground counts nowhere, and its rule does not decide about itself."""
    if role != GROUND:
        return {True: "ja", False: "nee", None: "?"}[counts], rule
    judged = {True: "wel", False: "niet", None: "misschien"}[counts]
    return "-", f"Besliste mee over een rij die {judged} meetelt, en telt zelf nergens. Over de grond: {rule}"


def show_row_explained(row: Row, console: Console) -> None:
    """Print where a delivered row counts, and by which rule it does not.

    Args:
        row: The row.
        console: Where to print.
    """
    named = Text.assemble((f"Record {row.record} van levering {row.delivery}", "bold"), f" ({row.file})")
    console.print(named, highlight=False)
    if row.remark:
        console.print(f"Telt nergens mee: {row.remark}", markup=False, highlight=False)
        return
    table = _table()
    table.add_column("telt", no_wrap=True)
    _wrapping(table, "cijfer, en waarnaar het is uitgesplitst")
    for heading in ("jaar", "rol"):
        table.add_column(heading, no_wrap=True)
    _wrapping(table, "regel")
    # The figure itself comes first among its places; below it stand the splits in which the row does the same.
    for (counts, indicator, year, role, rule), places in itertools.groupby(
        sorted(row.places, key=_counting_first), key=_same
    ):
        splits = [place.split for place in places if place.split != "geen/totaal"]
        told, why = _counting(role, counts, rule)
        table.add_row(told, "\n  ".join([indicator, *splits]), "-" if year is None else str(year), role, why)
    console.print(table)


def _counting_first(place: Place) -> tuple[bool | str, ...]:
    return place.role == GROUND, place.counts is not True, *map(str, _same(place))


def _same(place: Place) -> tuple[bool | None, str, int | None, str, str]:
    return place.counts, place.indicator, place.year, place.role, place.rule


def show_retention(outcome: Retained, console: Console) -> None:
    """Print what was kept as long as it may be: what went or would go, what stays, and what was shown of it.

    Args:
        outcome: What came of it.
        console: Where to print.
    """
    for deliveries in filter(None, (outcome.going, outcome.staying)):
        table = _table("Termijn voorbij" if deliveries is outcome.going else "Termijn voorbij, en nog niet weg")
        for heading in ("levering", "ontvangen", "tot en met"):
            table.add_column(heading, no_wrap=True)
        _wrapping(table, "registratie en bestand")
        for kept in deliveries:
            days = (f"{day:%d-%m-%Y}" for day in (kept.received, kept.until))
            table.add_row(str(kept.number), *days, Text(f"{kept.extract[0]}/{kept.file}"))
        console.print(table)
    for line in told_retention(outcome):
        console.print(line, markup=False, highlight=False)


def show_ledger(
    con: duckdb.DuckDBPyConnection, found: Audit, damage: Sequence[str], number: int, console: Console
) -> None:
    """Print the newest publications of the ledger, whether it is whole, and whether readers see what it says.

    Args:
        con: Connection to the ledger.
        found: What checking it showed.
        damage: What is otherwise in the published file than what was published.
        number: How many publications are shown.
        console: Where to print.
    """
    if not (found.events or found.faults or damage):
        console.print("Er staat nog niets in het grootboek; het begint bij de eerste publicatie.")
        return
    table = _table("Grootboek van publicaties")
    for heading in ("nr", "soort", "opgeschreven", "peildatum", "cijfers", "bijgesteld", "controle"):
        table.add_column(heading, no_wrap=True)
    rows = con.execute(
        f"""select publicatie_nr, arg_max(soort, gebeurtenis_nr) filter (soort not in {OF_NO_PUBLICATION}),
            min(vastgelegd_op), min(peildatum),
            (select count(*) from cijfer where cijfer.publicatie_nr = gebeurtenis.publicatie_nr),
            (select count(*) from bijstelling where bijstelling.publicatie_nr = gebeurtenis.publicatie_nr),
            arg_max(sha256, gebeurtenis_nr)
        from gebeurtenis where publicatie_nr > 0 group by publicatie_nr order by publicatie_nr desc limit ?""",
        [number],
    ).fetchall()
    for row, kind, written, day, held, adjustments, digest in reversed(rows):
        # In the words of the published table: that the swap was confirmed is of interest to the ledger alone.
        kind = {"bevestigd": "gepubliceerd", "hersteld": "gepubliceerd"}.get(kind, kind)
        cells = (row, kind, f"{written:%d-%m-%Y}", f"{day:%d-%m-%Y}", dutch(held), dutch(adjustments), digest[:8])
        table.add_row(*(str(cell) for cell in cells))
    console.print(table)
    _show_reasons(con, console)
    told = (
        f"Gecontroleerd: {dutch(found.events)} gebeurtenissen, {dutch(found.rows)} rijen, {dutch(found.tellings)} "
        f"tellingen achter de nieuwste publicatie, {dutch(found.anchored)} regels van het anker, "
        f"{dutch(found.witnesses)} rijen in gepubliceerde "
        "bestanden. De laatste gebeurtenis heeft controlegetal"
    )
    console.print(told, highlight=False)
    console.print(found.head, highlight=False)
    _show_anchor(found, console)
    if found.faults:
        console.print(f"Het grootboek is niet heel: {len(found.faults)} afwijkingen", style="red", highlight=False)
    else:
        console.print("Het grootboek is zoals het is opgeschreven.", style="green", highlight=False)
    for fault in found.faults:
        console.print(f"  {fault}", markup=False, highlight=False)
    if damage:
        console.print("Lezers zien niet wat is gepubliceerd:", style="red", highlight=False)
    for fault in damage:
        console.print(f"  {fault}", markup=False, highlight=False)


def _show_reasons(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Print what people decided about publications, and did with what they rest on."""
    for number, kind, written, reason in con.execute(
        """select publicatie_nr, soort, vastgelegd_op, reden from gebeurtenis
        where reden is not null order by gebeurtenis_nr"""
    ).fetchall():
        _say(console, f"{number} {kind} op {written:%d-%m-%Y}: {reason}")


def _show_anchor(found: Audit, console: Console) -> None:
    """Print what holding the ledger against the anchor does not prove."""
    told = ""
    if found.events and not found.anchored:
        told = "het anker is er niet; de volgende run begint er een"
    elif not os.environ.get(ANCHOR_SETTING):
        told = f"er is geen anker buiten de datamap: {ANCHOR_SETTING} noemt geen bestand op een andere schijf"
    elif not anchor.is_signed():
        told = f"het anker is niet ondertekend: {anchor.KEY_SETTING} noemt geen sleutel"
    if told:
        _say(console, Text.assemble(("Let op:", "yellow"), f" {told}"))


def _table(title: str | None = None) -> Table:
    """A table that leaves as much of the line as it can to what is in it."""
    return Table(title=title, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)


def _wrapping(table: Table, heading: str) -> None:
    """Add a column whose text takes as many lines as it needs, in what width the other columns leave."""
    table.add_column(heading, overflow="fold")


def _keep_words(table: Table, texts: Iterable[str], console: Console) -> None:
    """Break no word of the first column, unless the others leave no room for that: of a figure nothing is cut off."""
    first, *others = table.columns
    taken = sum(
        # And a blank before each.
        measure_renderables(console, console.options, [column.header, *column.cells]).maximum + 1
        for column in others
    )
    longest = max((len(word) for text in texts for word in text.split()), default=0)
    first.min_width = longest if longest + taken <= console.width else None
