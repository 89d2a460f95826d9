"""The page itself: what stands where, written as one file that needs nothing beside it.

Which rows a table has stands in `tables`, what is said of a figure in `sentences`; the order of the page and its look
stand in the template and the style sheet.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.clock import now
from orchestration.figures import NOTHING_FOLLOWS, RECONSTRUCTED, Compared
from orchestration.paths import version
from orchestration.reporting import DOWNLOADS, PAGE, charts, downloads, formats, look, sentences, tables, verdicts
from orchestration.reporting.published import Figure, Indicator, Published, Row, open_published
from orchestration.wording import counted

TEMPLATE = Path(__file__).with_name("page.html")
TITLE = "Voortgangsrapportage Veiligheidsagenda"


@dataclass(frozen=True)
class Occasion:
    """For what a report is made.

    Args:
        told: What a reader must know before anything else, in Dutch; empty where nothing is special.
        is_publication: The figures are published; otherwise they are the answer to another question, and nothing was
            published before them with which they are compared.
        made_from: From what the page is made, in Dutch.
        versions: The versions of which was asked what the figures would be.
        compared: The figures under these versions, beside the published ones.
        broken: What does not hold under these versions, in Dutch.
    """

    told: str = ""
    is_publication: bool = True
    made_from: str = "uit de gepubliceerde cijfers"
    versions: Sequence[str] = ()
    compared: Sequence[Compared] = ()
    broken: Sequence[str] = ()


PUBLICATION = Occasion()
RELEASE = Occasion(
    "Voor gebruik buiten: wat over enkele personen kan gaan of dat zou tonen, staat er niet, en er staat waarom.",
    is_publication=False,
)


def as_of(asked: date) -> Occasion:
    """The occasion of a report on what was known on an earlier day.

    Args:
        asked: The day.
    """
    told = f"De cijfers, normen en definities zoals bekend op {formats.day(asked)}; dit is geen publicatie."
    return Occasion(
        told, is_publication=False, made_from=f"uit wat er op {formats.day(asked)} bekend was; dit is niet gepubliceerd"
    )


def what_if(versions: Sequence[str], compared: Sequence[Compared] = (), broken: Sequence[str] = ()) -> Occasion:
    """The occasion of a report on the figures under other versions.

    Args:
        versions: The versions.
        compared: The figures under these versions, beside the published ones.
        broken: What does not hold under these versions, in Dutch.
    """
    told = f"Wat als: met {', '.join(versions)}. Dit zijn niet de gepubliceerde cijfers."
    return Occasion(
        told,
        is_publication=False,
        made_from="met andere versies dan die van de gepubliceerde cijfers",
        versions=versions,
        compared=compared,
        broken=broken,
    )


@dataclass(frozen=True)
class About:
    """One indicator as the page shows it.

    Args:
        indicator: The indicator.
        newest: The year that it is told of; None where it has no years.
        sentence: What is told of that year.
        chart: Its chart; None where it has no figure.
        chart_told: The same in words.
        legend: What the forms in the chart mean.
        download: Address of its figures, beside the page; None where there are none.
        years: Its figures against its norms; None where it has no years.
        per_eenheid: Its figures per eenheid; None where there are none.
        splits: Its figures by each characteristic.
        behind: What lies behind its figures, as tables.
        definitions: The versions by which the figure of that year was made.
    """

    indicator: Indicator
    newest: Figure | None
    sentence: str
    chart: str | None
    chart_told: str
    legend: list[str]
    download: str | None
    years: tables.Table | None
    per_eenheid: tables.Table | None
    splits: list[tables.Table]
    behind: list[tables.Table]
    definitions: list[Row]


@dataclass(frozen=True)
class Theme:
    """One theme of the agenda.

    Args:
        code: Its code.
        name: Its name.
        overview: All its indicators together; None where it has one.
        groups: Its indicators; those that must be read together stand together, with the sentence that says so.
        extra: Tables of the theme as a whole, with a heading over them.
    """

    code: str
    name: str
    overview: tables.Table | None
    groups: list[tuple[str, list[About]]]
    extra: list[tuple[str, list[tables.Table]]]


def write_report(file: Path, folder: Path, occasion: Occasion = PUBLICATION) -> Path:
    """Write the report on a published file: the page, and the figures behind each chart.

    Args:
        file: The published file; it is only read.
        folder: Where to write, in the place of an earlier report.
        occasion: For what it is made.

    Returns:
        The page.

    Raises:
        OSError: It cannot be written.
        duckdb.Error: The file is none of ours.
    """
    page = folder / PAGE
    page.unlink(missing_ok=True)
    shutil.rmtree(folder / DOWNLOADS, ignore_errors=True)
    with open_published(file) as published:
        written = render(published, occasion)
        downloads.write_downloads(published, folder / DOWNLOADS)
    # Last, so that who meets the page meets the rest.
    page.write_text(written, encoding="utf-8")
    for made in (page, *(folder / DOWNLOADS).iterdir()):
        # To be read by whoever may: with a publication everybody, beside an answer its owner.
        made.chmod(made.stat().st_mode & 0o444)
    return page


def render(published: Published, occasion: Occasion) -> str:
    """Make the page.

    Args:
        published: The published file.
        occasion: For what it is made.

    Returns:
        The page, as HTML.
    """
    own, before = _publications(published) if occasion.is_publication else (None, None)
    today = own["gepubliceerd_op"].date() if own else published.peildatum
    drawn = charts.draw(published.indicators)
    return look.template(TEMPLATE).render(
        title=TITLE,
        style=look.style(),
        occasion=occasion,
        published=published,
        own=own,
        before=before,
        made=now(),
        version=version(),
        reconstructed="" if published.is_release else _reconstructed(published),
        nothing_follows=NOTHING_FOLLOWS,
        versions=tables.versions(published, occasion.versions),
        otherwise=tables.otherwise(occasion.compared),
        agendas=_told_agendas(published),
        changes=tables.changes(published, before["publicatie_nr"]) if before else None,
        per_year=tables.verdicts_per_year(published),
        last_verdicts=tables.last_verdicts(published),
        not_judged=tables.not_judged(published),
        themes=_themes(published, drawn),
        # A release has none of these.
        deliveries=None if published.is_release else tables.deliveries(published),
        not_admitted=None if published.is_release else tables.not_admitted(published),
        late=None if published.is_release else tables.late(published, today),
        agreements=tables.agreements(published),
        own_series=None if published.is_release else tables.reconciliation(published, is_own=True),
        other_series=None if published.is_release else tables.reconciliation(published, is_own=False),
        remarks=tables.remarks(published),
    )


def _publications(published: Published) -> tuple[Row | None, Row | None]:
    """This publication, and the one that readers saw before it."""
    rows = published.rows("from marts.fct_publicatie where soort = 'gepubliceerd' order by publicatie_nr desc limit 2")
    return (rows[0] if rows else None), (rows[1] if len(rows) > 1 else None)


def _reconstructed(published: Published) -> str:
    """How many days were made afterwards, each of which has a number as a publication has; empty where none was."""
    ((number,),) = [row.values() for row in published.rows(RECONSTRUCTED)]
    return counted(number, "eerder nummer", "eerdere nummers") if number else ""


def _told_agendas(published: Published) -> list[str]:
    """How many norms of each agenda were met, in a sentence."""
    return [
        sentences.about_agenda(agenda["agenda_naam"], count, published.codes)
        for agenda, count in verdicts.per_agenda(published)
    ]


def _themes(published: Published, drawn: Mapping[str, str]) -> list[Theme]:
    found: dict[str, list[Indicator]] = {}
    for indicator in published.indicators:
        found.setdefault(indicator.about["thema_code"], []).append(indicator)
    themes = []
    for code, indicators in found.items():
        extra = []
        if crossed := tables.start_and_result(published, indicators):
            extra.append(("Van inzet naar resultaat", crossed))
        if code == "afpakken":
            extra.append(("Drie wegen van afpakken", tables.ways_of_taking(published)))
        themes.append(
            Theme(
                code,
                indicators[0].about["thema_naam"],
                tables.overview(indicators, published.codes) if len(indicators) > 1 else None,
                [
                    (
                        sentences.together(group) if len(group) > 1 else "",
                        [_about(published, indicator, drawn.get(indicator.code)) for indicator in group],
                    )
                    for group in read_together(indicators)
                ],
                extra,
            )
        )
    return themes


def read_together(indicators: Sequence[Indicator]) -> list[list[Indicator]]:
    """Set indicators that must be read together beside one another, where the first of them stands.

    Args:
        indicators: The indicators of a theme, in their order.

    Returns:
        Groups of one or more.
    """
    groups: list[list[Indicator]] = []
    for indicator in indicators:
        other = indicator.about["samen_lezen_met"]
        for group in groups:
            if any(each.code == other or each.about["samen_lezen_met"] == indicator.code for each in group):
                group.append(indicator)
                break
        else:
            groups.append([indicator])
    return groups


def _about(published: Published, indicator: Indicator, chart: str | None) -> About:
    newest = indicator.newest
    sentence = sentences.about_figure(indicator, newest, published.codes) if newest else ""
    behind = []
    if newest:
        behind = [
            tables.withheld(published, indicator.code),
            tables.norms(indicator, published.codes),
            tables.sources(published, indicator, newest),
            tables.revisions(published, indicator),
            tables.sizes_of_revisions(published, indicator),
        ]
    return About(
        indicator=indicator,
        newest=newest,
        sentence=sentence,
        chart=chart,
        chart_told=sentences.about_chart(indicator, charts.shown_years(indicator)),
        legend=charts.legend(indicator),
        download=f"{DOWNLOADS}/{downloads.file_name(indicator)}" if newest else None,
        years=tables.years(indicator, published.codes) if newest else None,
        per_eenheid=tables.per_eenheid(published, indicator),
        splits=tables.splits(published, indicator),
        behind=[table for table in behind if table.rows],
        definitions=_definitions(published, indicator, newest),
    )


def _definitions(published: Published, indicator: Indicator, newest: Figure | None) -> list[Row]:
    used = newest.definitie_versie if newest else None
    return [
        {**row, "ingevuld": [*published.parameters(used).items()]}
        for row in published.definitions[indicator.code]
        if row["definitie_versie"] == used
    ]
