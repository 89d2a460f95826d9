"""What was released as open data: tables in CSV, what is in them, and a record for a data portal.

Where nothing was released, only national totals leave here: no eenheid, and no split, which may be about few persons.
What
a figure is was decided by the models, and what is hidden by the release; here it gets the status that SDMX has for it.
The
record itself stands in `catalogue`.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestration.ledger import folder_name
from orchestration.open_data.catalogue import PLACEHOLDER, RECORD, Distribution, Settings, record
from orchestration.paths import DataPaths
from orchestration.release import releases
from orchestration.release.amounts import MONITOR
from orchestration.reporting import formats
from orchestration.reporting.downloads import CONTEXT, DIALECT, described_column, write_csv
from orchestration.reporting.published import Published, Row, open_published
from orchestration.rights import share

# Where W3C has a reader look for what is in the tables of a folder.
METADATA = "csv-metadata.json"
README = "LEESMIJ.txt"
CODE_LISTS = "codelijsten"
DEMO = "Demo: deze cijfers rusten op verzonnen leveringen. "
NATIONAL = (
    "Alleen landelijke cijfers, zonder uitsplitsing: kleine aantallen per eenheid of kenmerk zijn nog niet afgeschermd "
    "en worden daarom niet vrijgegeven."
)
RELEASED = (
    "Per eenheid en uitsplitsing is achtergehouden (of afgerond) wat klein is of met de totalen een klein "
    "aantal zou tonen, "
    "ook naast eerdere vrijgaven."
)
PUBLICATIONS = "from marts.fct_publicatie where soort = 'gepubliceerd' order by publicatie_nr"
RELEASES = "select *, vrijgegeven_op as gepubliceerd_op from marts.fct_vrijgave"
KINDS = {"VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DATE": "date", "BOOLEAN": "boolean"}

# The codes of SDMX that our rules give, from its cross-domain lists CL_OBS_STATUS and CL_CONF_STATUS.
OBS_STATUS = {
    "A": ("Normaal", "Het cijfer is definitief."),
    "P": ("Voorlopig", "Het cijfer kan nog veranderen door leveringen die nog komen."),
    "B": ("Breuk in de reeks", "Vanaf dit jaar wordt anders geteld; vergelijk niet met eerdere jaren."),
    "E": ("Geschat", "De waarde is geschat uit hoe eerdere jaren groeiden, en is niet het cijfer zelf."),
    "M": ("Ontbreekt", "Er is geen waarde; de reden staat ernaast. Leeg is niet nul."),
    "Q": ("Achtergehouden", "Er is een waarde, en zij wordt niet vrijgegeven."),
}
CONF_STATUS = {
    "F": ("Vrij", "De waarde mag vrij worden gebruikt."),
    "C": ("Vertrouwelijk", "De waarde is zelf klein en kan over een enkele persoon gaan; zij is achtergehouden."),
    "D": ("Vertrouwelijk door andere", "De waarde zou met andere een kleine waarde tonen; zij is achtergehouden."),
}
OWN_COLUMNS = {
    "OBS_STATUS": "Status van de waarde volgens SDMX: A definitief, P voorlopig, B eerste jaar na een breuk in de "
    "reeks (of het voorlopig is, zegt realisatie_status), E geschat, M ontbreekt, Q achtergehouden.",
    "CONF_STATUS": "Vertrouwelijkheid van de waarde volgens SDMX: F vrij te gebruiken, C of D achtergehouden.",
}

# Of a publication, where a national figure is free; a release has its own columns for that.
FREE = ", 'F' as \"CONF_STATUS\""
OBSERVED = """
    case
        when "CONF_STATUS" <> 'F' then 'Q'
        when realisatie is null then 'M'
        when exists (
            from marts.dim_trendbreuk as breuk
            where breuk.indicator_code = cijfers.indicator_code and breuk.jaar_vanaf = cijfers.jaar
                and (breuk.ontvangen_vanaf is null or breuk.ontvangen_vanaf <= cijfers.peildatum)
        ) then 'B'
        when realisatie_status = 'voorlopig' then 'P'
        else 'A'
    end as "OBS_STATUS"
"""
FIGURES = """
with cijfers as (
    select * exclude (indicator_naam){status} from marts.fct_voortgang
    union all by name
    select *{status} from marts.fct_realisatie
    where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and realisatie is not null
        and (indicator_code, jaar) not in (select (indicator_code, jaar) from marts.fct_voortgang)
)
select cijfers.*, indicator.indicator_naam, {observed}
from cijfers left join marts.dim_indicator as indicator using (indicator_code) order by indicator_code, jaar
"""
PARTS = """
select cijfers.*, indicator.indicator_naam, {observed}
from marts.fct_realisatie as cijfers left join marts.dim_indicator as indicator using (indicator_code)
where eenheid_code <> 'NL' or uitsplitsing_soort <> 'geen'
order by indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code
"""
EXPECTED = """
select verwachting.*, indicator.indicator_naam{status}, if(verwachte_eindwaarde is null, 'M', 'E') as "OBS_STATUS",
    (select coalesce(bool_or(is_demo), false) from marts.fct_realisatie) as is_demo
from marts.fct_verwachting as verwachting left join marts.dim_indicator as indicator using (indicator_code)
order by indicator_code, jaar
"""


@dataclass(frozen=True)
class Table:
    """One table as it leaves.

    Args:
        name: Name of its file, without the ending.
        title: What it is called, in Dutch.
        description: What a row of it is, in Dutch.
        query: Where its rows come from.
        sources: The published tables that say what its columns mean; the first that has one decides.
        columns: Its columns, in order.
        key: Columns that tell its rows apart.
        references: By column the table in whose key its values stand.
        codes: Columns whose values stand in the list of codes of that name.
    """

    name: str
    title: str
    description: str
    query: str
    sources: tuple[str, ...]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


TABLES = (
    Table(
        "cijfers",
        "Landelijke cijfers per jaar",
        "Een rij per indicator en jaar, landelijk: cijfer, norm en oordeel. Een jaar dat in geen agenda staat, heeft "
        "geen norm en geen oordeel. Tel cijfers van verschillende indicatoren nooit op.",
        FIGURES,
        ("fct_voortgang",),
        (
            *("indicator_code", "indicator_naam", "jaar", "agenda_code", "peildatum", "eenheid_van_maat", "realisatie"),
            *("OBS_STATUS", "CONF_STATUS", "realisatie_status", "geen_realisatie_reden", "gedekt_tot", "streefcijfer"),
            *("streefcijfer_besluit", "geen_streefcijfer_reden", "streefcijfer_is_aanname", "referentie_jaar"),
            *("referentie_waarde", "verschil", "oordeel", "oordeel_reden", "verandering", "verandering_pct"),
            *("geen_vergelijking_reden", "aantal_apartgezet", "aandeel_open_pct", "definitie_versie", "is_demo"),
        ),
        ("indicator_code", "jaar"),
        {"indicator_code": "indicatoren", "agenda_code": "agendas", "definitie_versie": "definities"},
        (
            *("eenheid_van_maat", "OBS_STATUS", "CONF_STATUS", "realisatie_status", "geen_realisatie_reden"),
            *("streefcijfer_besluit", "geen_streefcijfer_reden", "oordeel", "oordeel_reden", "geen_vergelijking_reden"),
        ),
    ),
    Table(
        "verwachtingen",
        "Waar cijfers die nog groeien op uitkomen",
        "Een rij per indicator en jaar: de verwachte eindwaarde, een schatting met een interval, of de reden waarom "
        "zij er niet is.",
        EXPECTED,
        ("fct_verwachting", "fct_voortgang"),
        (
            *("indicator_code", "indicator_naam", "jaar", "peildatum", "verwachte_eindwaarde", "OBS_STATUS"),
            *("CONF_STATUS", "ondergrens", "bovengrens", "betrouwbaarheid_pct", "geen_verwachting_reden"),
            *("geen_interval_reden", "is_demo"),
        ),
        ("indicator_code", "jaar"),
        {"indicator_code": "indicatoren"},
        ("OBS_STATUS", "CONF_STATUS", "geen_verwachting_reden", "geen_interval_reden"),
    ),
    Table(
        "indicatoren",
        "Indicatoren",
        "Een rij per indicator: wat wordt geteld, in welke eenheid, uit welk register, en wat het cijfer niet zegt.",
        "from marts.dim_indicator order by volgorde, indicator_code",
        ("dim_indicator",),
        (
            *("indicator_code", "indicator_naam", "thema_code", "eenheid_van_maat", "meetwijze", "oordeel_regel"),
            *("samen_lezen_met", "waarvan", "definitie", "bron", "populatie", "bronregister", "vertraging", "dekking"),
            *("beperkingen", "beslist_door", "kwaliteit_is_aanname", "kwaliteit_bron", "volgorde"),
        ),
        ("indicator_code",),
        {"samen_lezen_met": "indicatoren", "waarvan": "indicatoren"},
        ("thema_code", "eenheid_van_maat", "meetwijze", "oordeel_regel"),
    ),
    Table(
        "definities",
        "Definities",
        "Een rij per versie van de definitie van een indicator.",
        "from marts.dim_definitie order by definitie_versie",
        ("dim_definitie",),
        (
            "definitie_versie",
            "indicator_code",
            "geldig_vanaf",
            "jaar_van",
            "jaar_tot",
            "parameterwaarden",
            "omschrijving",
            "is_aanname",
            "bron",
        ),
        ("definitie_versie",),
        {"indicator_code": "indicatoren"},
    ),
    Table(
        "agendas",
        "Veiligheidsagenda's",
        "Een rij per Veiligheidsagenda: haar jaren en haar bron.",
        "from marts.dim_agenda order by agenda_code",
        ("dim_agenda",),
        ("agenda_code", "agenda_naam", "jaar_van", "jaar_tot", "vastgesteld_op", "bron"),
        ("agenda_code",),
    ),
)
# What a release has besides.
RELEASED_TABLES = (
    Table(
        "cijfers_per_eenheid",
        "Cijfers per eenheid en uitsplitsing",
        "Een rij per indicator, jaar, eenheid en deel van een uitsplitsing. Wat geen rij heeft is nul, tenzij "
        "achtergehouden.csv de "
        "tabel noemt. Tel soorten uitsplitsing nooit bij elkaar op, en Nederland (NL) nooit bij de eenheden.",
        PARTS,
        ("fct_realisatie", "dim_indicator"),
        (
            *("indicator_code", "indicator_naam", "jaar", "eenheid_code"),
            *("uitsplitsing_soort", "uitsplitsing_code", "uitsplitsing_key"),
            *(
                "peildatum",
                "eenheid_van_maat",
                "realisatie",
                "OBS_STATUS",
                "CONF_STATUS",
                "vrijgave_reden",
                "afgerond_op",
            ),
            *(
                "teller",
                "noemer",
                "realisatie_status",
                "geen_realisatie_reden",
                "gedekt_tot",
                "definitie_versie",
                "is_demo",
            ),
        ),
        ("indicator_code", "jaar", "eenheid_code", "uitsplitsing_soort", "uitsplitsing_code"),
        {
            "indicator_code": "indicatoren",
            "eenheid_code": "eenheden",
            "uitsplitsing_key": "uitsplitsingen",
            "definitie_versie": "definities",
        },
        (
            *("eenheid_van_maat", "OBS_STATUS", "CONF_STATUS", "vrijgave_reden", "realisatie_status"),
            "geen_realisatie_reden",
        ),
    ),
    Table(
        "achtergehouden",
        "Wat in zijn geheel is achtergehouden",
        "Een rij per indicator, jaar en uitsplitsing die niet is vrijgegeven, met de reden; alle: ook de "
        "cijfers per eenheid. Bij "
        "kleine_verandering staan de waarden van een eerdere vrijgave er nog.",
        # The afpakmonitor is no indicator, and stands in none of these tables.
        f"from marts.fct_achtergehouden where indicator_code <> '{MONITOR}' order by all",
        ("fct_achtergehouden",),
        ("indicator_code", "jaar", "uitsplitsing_soort", "vrijgave_reden"),
        ("indicator_code", "jaar", "uitsplitsing_soort"),
        {"indicator_code": "indicatoren"},
        ("vrijgave_reden",),
    ),
    Table(
        "eenheden",
        "Eenheden van de politie",
        "Een rij per eenheid, met Nederland en wat in geen eenheid is in te delen.",
        "from marts.dim_eenheid order by volgorde",
        ("dim_eenheid",),
        ("eenheid_code", "eenheid_naam", "eenheid_soort", "volgorde"),
        ("eenheid_code",),
    ),
    Table(
        "uitsplitsingen",
        "Delen van uitsplitsingen",
        "Een rij per deel van een uitsplitsing, met zijn naam.",
        """select code_key as uitsplitsing_key, code_soort as uitsplitsing_soort, code as uitsplitsing_code, naam,
            omschrijving
        from marts.dim_code
        where code_soort in (select uitsplitsing_soort from marts.fct_realisatie) order by code_soort, volgorde,
        code""",
        ("fct_realisatie", "dim_code"),
        ("uitsplitsing_key", "uitsplitsing_soort", "uitsplitsing_code", "naam", "omschrijving"),
        ("uitsplitsing_key",),
    ),
)
CODE_COLUMNS = ("code", "naam", "omschrijving", "volgorde")


def write_open_data(paths: DataPaths, settings: Settings | None = None) -> Path:
    """Write what was released last, whole, in the place of what stood there of its publication.

    Where nothing was released, it is the national figures of the present publication.

    Args:
        paths: The data folder, with a publication.
        settings: Who publishes, where and under which licence; what the environment says where None.

    Returns:
        The folder.

    Raises:
        OSError: It cannot be written.
        ValueError: The published file names no publication of its own, or has a code that its list does not.
    """
    released = releases(paths)
    publications = [row for file in released for row in _rows(file, RELEASES)] or _rows(paths.published, PUBLICATIONS)
    if not publications:
        raise ValueError(f"{paths.published} noemt geen publicatie; draai eerst make nightly")
    folder = paths.open_data / folder_name(publications[-1]["publicatie_nr"])
    fresh = folder.with_name(f"{folder.name}.nieuw")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / CODE_LISTS).mkdir(parents=True)
    with open_published(released[-1] if released else paths.published) as published:
        _write(published, publications, fresh, settings or Settings.from_environment(), bool(released))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    share(paths, folder)
    return folder


def tables_of(is_released: bool) -> list[Table]:
    """The tables that leave, with their queries complete.

    Args:
        is_released: They are drawn from a release, which says of each value whether it is free.
    """
    filled = {"status": "" if is_released else FREE, "observed": OBSERVED}
    reason = ("vrijgave_reden",) if is_released else ()
    first, *others = TABLES
    first = replace(first, columns=(*first.columns, *reason), codes=(*first.codes, *reason))
    found = [first, *others, *(RELEASED_TABLES if is_released else ())]
    return [replace(table, query=table.query.format(**filled)) for table in found]


def _rows(file: Path, query: str) -> list[Row]:
    with open_published(file) as published:
        return published.rows(query)


def _write(published: Published, publications: list[Row], folder: Path, settings: Settings, is_released: bool) -> None:
    demo = DEMO if published.is_demo else ""
    tables = tables_of(is_released)
    described = [_write_table(published, table, folder) for table in tables]
    for name in sorted({name for table in tables for name in table.codes}):
        described.append(_write_codes(published, name, folder))
    for each in described:
        each["dc:description"] = demo + each["dc:description"]
    what = "cijfers" if is_released else "landelijke cijfers"
    title = f"{'Demo: ' if demo else ''}Veiligheidsagenda: {what}, normen en oordelen"
    about = RELEASED if is_released else NATIONAL
    told = f"{demo}De cijfers van de Veiligheidsagenda zoals bekend op {formats.day(published.peildatum)}. {about}"
    metadata = {"@context": CONTEXT, "dc:title": title, "dc:description": told, "dialect": DIALECT, "tables": described}
    _write_json(folder / METADATA, metadata)
    distributions = [
        Distribution.of(folder, each["url"], each["dc:title"], each["dc:description"]) for each in described
    ]
    years = published.rows(f"select min(jaar) as van, max(jaar) as tot from ({tables[0].query})")[0]
    _write_json(folder / RECORD, record(title, told, settings, publications, distributions, years["van"], years["tot"]))
    lines = [
        title,
        "",
        told,
        "",
        f"Wat in de bestanden staat, zegt {METADATA} (CSVW); voor een dataportaal is er {RECORD}.",
    ]
    lines += [f"{each['url']}: {each['dc:title']}. {each['dc:description']}" for each in described]
    if settings.unknown:
        lines += ["", f"Nog in te vullen ({PLACEHOLDER}): {', '.join(settings.unknown)}."]
    (folder / README).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_table(published: Published, table: Table, folder: Path) -> dict[str, Any]:
    names = ", ".join(f'"{name}"' for name in table.columns)
    rows = published.rows(f"select {names} from ({table.query})")
    write_csv(folder / f"{table.name}.csv", table.columns, [list(row.values()) for row in rows])
    known = _columns(published, table)
    keys = [_foreign_key(name, f"{other}.csv", _key_of(other)) for name, other in table.references.items()]
    keys += [_foreign_key(name, f"{CODE_LISTS}/{name}.csv", "code") for name in table.codes]
    columns = [described_column(name, *known[name]) for name in table.columns]
    return _described(f"{table.name}.csv", table.title, table.description, columns, table.key, keys)


def _columns(published: Published, table: Table) -> dict[str, tuple[str, str]]:
    """Type and meaning of each column, as the published file says them."""
    found = {name: ("string", told) for name, told in OWN_COLUMNS.items()}
    for source in reversed(table.sources):
        for row in published.rows(
            "select column_name, data_type, comment from duckdb_columns() where table_name = $table", {"table": source}
        ):
            kind = row["data_type"].partition("(")[0]
            found[row["column_name"]] = (KINDS.get(kind, "decimal"), row["comment"])
    return found


def _write_codes(published: Published, name: str, folder: Path) -> dict[str, Any]:
    own = {"OBS_STATUS": OBS_STATUS, "CONF_STATUS": CONF_STATUS}.get(name)
    if own:
        rows = [[code, *told, place] for place, (code, told) in enumerate(own.items(), start=1)]
    else:
        found = published.rows(
            """select code, naam, omschrijving, volgorde from marts.dim_code
            where code_soort = $kind order by volgorde, code""",
            {"kind": name},
        )
        rows = [list(row.values()) for row in found]
    if not rows:
        raise ValueError(f"dim_code heeft geen codes van de soort {name}")
    url = f"{CODE_LISTS}/{name}.csv"
    write_csv(folder / url, CODE_COLUMNS, rows)
    comments = {
        row["column_name"]: row["comment"]
        for row in published.rows("select column_name, comment from duckdb_columns() where table_name = 'dim_code'")
    }
    columns = [
        described_column(column, "integer" if column == "volgorde" else "string", comments[column])
        for column in CODE_COLUMNS
    ]
    title = f"Codelijst {name.replace('_', ' ')}"
    return _described(url, title, f"Een rij per code van {name}.", columns, ("code",), [])


def _described(
    url: str, title: str, description: str, columns: list[dict[str, Any]], key: tuple[str, ...], keys: list[Any]
) -> dict[str, Any]:
    for column in columns:
        # A key has no gaps.
        if column["name"] in key:
            column["required"] = True
    schema: dict[str, Any] = {"columns": columns, "primaryKey": list(key)}
    if keys:
        schema["foreignKeys"] = keys
    return {"url": url, "dc:title": title, "dc:description": description, "tableSchema": schema}


def _foreign_key(column: str, table: str, key: str) -> dict[str, Any]:
    return {"columnReference": column, "reference": {"resource": table, "columnReference": key}}


def _key_of(name: str) -> str:
    (key,) = next(table.key for table in (*TABLES, *RELEASED_TABLES) if table.name == name)
    return key


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
