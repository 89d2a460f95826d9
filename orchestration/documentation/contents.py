"""What stands on each page of the documentation, and in which words; how it looks stands in the template."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.dbt_nodes import Key, Node, Rule
from orchestration.declarations import Extract
from orchestration.documentation import lineage
from orchestration.documentation.parts import Cell, Page, Part, Picture, Table
from orchestration.expectations import Expectation
from orchestration.reporting import formats

BLOCK = re.compile(r"^## ([^\n]+)$|\{%\s*docs\s+(\w+)\s*%\}(.*?)\{%\s*enddocs\s*%\}", re.MULTILINE | re.DOTALL)
REFERENCE = re.compile(r"\{\{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*\}\}")

INDICATORS, MARTS, TERMS = "indicatoren.html", "tabellen.html", "woordenlijst.html"
REGISTRATIONS, CHECKS, LINEAGE = "registraties.html", "controles.html", "herkomst.html"
MODELS, LISTS, REGISTER = "modellen.html", "lijsten.html", "register.html"
PAGES = {"marts": MARTS, "staging": MODELS, "intermediate": MODELS, "seeds": LISTS}

# Where a reader begins who has no question yet.
FIRST_MART = "rpt_voortgang"

# Name, where it stands, what kind of thing it is, and what is told of it.
Entry = tuple[str, str, str, str]

# The groups of models, in the order in which figures are made; those of a theme say which in the list of themes.
GROUPS = {
    "ondermijning": "Ondermijning",
    "afpakken": "Afpakken van crimineel vermogen",
    "mensenhandel": "Mensenhandel",
    "cyber": "Cybercrime",
    "oskm": "Online seksueel kindermisbruik",
    "executie": "Executie",
    "context": "Context: geregistreerde misdrijven",
    "agenda": "De agenda: indicatoren, normen en versies",
    "cijfers": "Van tellingen naar cijfers en oordelen",
    "verantwoording": "Verantwoording: herkomst, bijstellingen en aansluiting",
}
KINDS = {
    "volledig": "het hele register",
    "periode": "een deel, volledig voor zijn periode",
    "mutaties": "de wijzigingen sinds de vorige levering",
}
CADENCES = {
    "dag": "elke dag",
    "week": "elke week",
    "maand": "elke maand",
    "kwartaal": "elk kwartaal",
    "halfjaar": "elk halfjaar",
    "jaarlijks": "elk jaar",
}
QUALITIES = {
    "populatie": "Over wie of wat het gaat",
    "bronregister": "Register",
    "vertraging": "Hoe laat het bekend is",
    "dekking": "Wat erin staat en wat niet",
    "beperkingen": "Wat het cijfer niet zegt",
    "beslist_door": "Wie beslist",
    "bron": "Bron",
    "kwaliteit_bron": "Waar deze beschrijving staat",
}


@dataclass(frozen=True)
class CheckIn:
    """A check of the border in.

    Args:
        name: Its name.
        description: What is expected.
        otherwise: What happens where it is not met.
        is_of_extract: It is about how the extract stands, and looks at no delivery by itself.
    """

    name: str
    description: str
    otherwise: str
    is_of_extract: bool = False


@dataclass(frozen=True)
class Found:
    """What the checks found of one delivery, as numbers.

    Args:
        number: Number of the delivery.
        state: Day of which it gives the state.
        is_demo: It is fictitious.
        checks: By check whether it was met, how many rows were not, and how many were looked at where that is known.
    """

    number: int
    state: date
    is_demo: bool
    checks: dict[str, tuple[bool, int, int | None]]


@dataclass(frozen=True)
class Site:
    """All that the pages tell of.

    Args:
        nodes: Seeds and models by schema and name.
        rules: The rules over models that are a query of their own.
        terms: The glossary: per heading its terms with their texts.
        declared: The declared extracts.
        checks_in: Per extract every check of it.
        checks_out: Per mart what is expected of it.
        indicators: The rows of the list of indicators.
        definitions: The rows of the list of definitions.
        themes: The rows of the list of themes.
        found: Per extract what was found of its newest delivery; empty where nothing was delivered.
    """

    nodes: Mapping[Key, Node]
    rules: Sequence[Rule]
    terms: Mapping[str, Mapping[str, str]]
    declared: Mapping[tuple[str, str], Extract]
    checks_in: Mapping[tuple[str, str], Sequence[CheckIn]]
    checks_out: Mapping[str, Sequence[Expectation]]
    indicators: Sequence[Mapping[str, str]]
    definitions: Sequence[Mapping[str, str]]
    themes: Sequence[Mapping[str, str]]
    found: Mapping[tuple[str, str], Found]

    def of_layer(self, *layers: str) -> list[Node]:
        """The seeds or models of some layers, by name.

        Args:
            layers: Names of the layers.
        """
        return sorted((node for node in self.nodes.values() if node.layer in layers), key=lambda node: node.key[1])


def read_terms(text: str) -> dict[str, dict[str, str]]:
    """Read the glossary.

    Args:
        text: Its file: headings, and below them blocks as dbt knows them.

    Returns:
        Per heading its terms with their texts, in the order of the file.

    Raises:
        ValueError: A term stands above the first heading.
    """
    found: dict[str, dict[str, str]] = {}
    heading = None
    for match in BLOCK.finditer(text):
        if match[1]:
            heading = match[1].strip()
        elif heading is None:
            raise ValueError(f"het begrip {match[2]} staat boven de eerste kop van de woordenlijst")
        else:
            found.setdefault(heading, {})[match[2]] = " ".join(match[3].split())
    return found


def fill_terms(extract: Extract, terms: Mapping[str, Mapping[str, str]]) -> Extract:
    """Put terms in the place of what refers to them: who reads a declaration by itself, without dbt, meets references.

    Args:
        extract: A declared extract.
        terms: The glossary.

    Returns:
        The extract, with its descriptions in full.

    Raises:
        KeyError: A term stands in no glossary.
    """
    texts = {term: text for own in terms.values() for term, text in own.items()}

    def filled(text: str) -> str:
        return REFERENCE.sub(lambda match: texts[match[1]], text)

    columns = [each.model_copy(update={"description": filled(each.description)}) for each in extract.columns]
    return extract.model_copy(update={"description": filled(extract.description), "columns": columns})


def pages(site: Site) -> list[Page]:
    """Make all pages, in the order of the navigation.

    Args:
        site: What they tell of.

    Returns:
        The pages; the first is where a reader begins.
    """
    return [
        _welcome(site),
        _indicators(site),
        _marts(site),
        _glossary(site),
        _registrations(site),
        _checks(site),
        _lineage(site),
        _models(site),
        _lists(site),
        _register(site),
    ]


def _welcome(site: Site) -> Page:
    begin = [
        ("Wat telt dit cijfer, en wie beslist daarover?", "Indicatoren", INDICATORS),
        ("Welke tabel heb ik nodig, en wat betekent een kolom?", "Tabellen", MARTS),
        ("Wat betekent een woord?", "Woordenlijst", TERMS),
        ("Wat moet ik aanleveren, in welke vorm en hoe vaak?", "Registraties", REGISTRATIONS),
        ("Wat wordt nagekeken, en wat gebeurt er als het niet klopt?", "Controles", CHECKS),
        ("Uit welke leveringen komt een tabel?", "Herkomst", LINEAGE),
        ("Volgens welke regel telt een rij?", "Modellen", MODELS),
        ("Welke normen, codes en aannames zijn met de hand bijgehouden?", "Lijsten", LISTS),
        ("Ik zoek een naam", "Register", REGISTER),
    ]
    columns = sum(len(node.columns) for node in site.of_layer("marts"))
    return Page(
        "index.html",
        "Welkom",
        "De Veiligheidsagenda maakt van leveringen uit registraties van politie, Openbaar Ministerie en partners de "
        "landelijke cijfers van de Veiligheidsagenda, en kan elk cijfer verantwoorden.",
        [
            Part(
                "wat",
                "Wat dit is",
                [
                    "Deze bladen zeggen wat elk cijfer, elke tabel, elke kolom en elke controle betekent. Zij openen "
                    "van schijf, zonder netwerk, en er staat geen cijfer op: dat staat in de gepubliceerde tabellen en "
                    "in de voortgangsrapportage (make report).",
                    "De weg gaat een kant op. Een levering wordt bij de grens in toegelaten of geweigerd; wat van "
                    "kracht is, wordt gelezen onder onze namen; een definitie beslist per rij of zij telt; de "
                    "tabellen tonen wat daaruit volgt; bij de grens uit wordt de publicatie doorgelaten of gestopt.",
                ],
            ),
            Part(
                "begin",
                "Waar u begint",
                tables=[
                    Table(
                        "Per vraag het blad met het antwoord",
                        ["Vraag", "Blad"],
                        [[Cell(asked), Cell(name, link)] for asked, name, link in begin],
                    )
                ],
            ),
            Part(
                "lezen",
                "Hoe u leest",
                [
                    "Namen staan er zoals de machine ze spelt: zo zoekt u ze ook. csv is hier een crimineel "
                    "samenwerkingsverband, en nooit een bestandsvorm.",
                    "Leeg is niet nul. Waar een cijfer of een norm ontbreekt, staat de reden in een kolom ernaast.",
                    "Begin in een BI-programma bij rpt_voortgang, en voor afpakken bij rpt_afpakmonitor: daarin is een "
                    "som goed of leeg. Tel cijfers van verschillende indicatoren nooit op.",
                    "Een aanname heet een aanname, met de lijst waarin zij staat.",
                ],
            ),
            Part(
                "aantallen",
                "Wat erop staat",
                facts=[
                    ("Indicatoren", formats.number(len(site.indicators))),
                    (
                        "Tabellen",
                        f"{formats.number(len(site.of_layer('marts')))}, met {formats.number(columns)} kolommen",
                    ),
                    ("Begrippen", formats.number(sum(map(len, site.terms.values())))),
                    ("Extracten", formats.number(len(site.declared))),
                    ("Controles bij de grens in", formats.number(sum(map(len, site.checks_in.values())))),
                    ("Controles bij de grens uit", formats.number(sum(map(len, site.checks_out.values())))),
                    ("Regels over modellen", formats.number(len(site.rules))),
                    ("Modellen", formats.number(len(site.of_layer("staging", "intermediate")))),
                    ("Lijsten", formats.number(len(site.of_layer("seeds")))),
                ],
            ),
        ],
    )


def _indicators(site: Site) -> Page:
    parts = []
    for theme in sorted(site.themes, key=lambda row: int(row["volgorde"])):
        own = [row for row in site.indicators if row["thema_code"] == theme["thema_code"]]
        if own:
            told = [_indicator(site, row) for row in sorted(own, key=lambda row: int(row["volgorde"]))]
            parts.append(Part(f"thema-{theme['thema_code']}", theme["thema_naam"], parts=told))
    return Page(
        INDICATORS,
        "Indicatoren",
        "Per thema van de agenda: wat elke indicator telt, volgens welke definitie, en wat het cijfer niet zegt.",
        parts,
    )


def _indicator(site: Site, row: Mapping[str, str]) -> Part:
    facts = [("Code", row["indicator_code"]), ("Eenheid van maat", row["eenheid_van_maat"])]
    facts += [(told, row[name]) for name, told in QUALITIES.items() if row[name]]
    if row["kwaliteit_is_aanname"] == "true":
        facts.append(("Aanname", "Een deel van deze beschrijving is een aanname."))
    if row["waarvan"]:
        facts.append(("Is een deel van", row["waarvan"]))
    if row["samen_lezen_met"]:
        facts.append(("Samen lezen met", row["samen_lezen_met"]))
    versions = [
        [
            Cell(each["definitie_versie"], is_code=True),
            Cell(each["omschrijving"]),
            Cell(each["geldig_vanaf"] or "niet besloten; alleen voor de vraag wat als"),
            Cell(_years(each["jaar_van"], each["jaar_tot"])),
            Cell(each["bron"] + (" (aanname)" if each["is_aanname"] == "true" else "")),
        ]
        for each in site.definitions
        if each["indicator_code"] == row["indicator_code"]
    ]
    table = Table(
        f"Definities van {row['indicator_naam']}",
        ["Versie", "Wat telt", "Bekend vanaf", "Voor de jaren", "Bron"],
        versions,
    )
    return Part(row["indicator_code"], row["indicator_naam"], [row["definitie"]], facts, tables=[table])


def _years(first: str, last: str) -> str:
    """The reporting years for which a version holds, where it is known."""
    bounds = [f"vanaf {first}"] * bool(first) + [f"tot en met {last}"] * bool(last)
    return " ".join(bounds) or "alle"


def _marts(site: Site) -> Page:
    marts = site.of_layer("marts")
    kinds = [
        ("rpt_", "Om te beginnen"),
        ("fct_", "Cijfers en gebeurtenissen"),
        ("dim_", "Wie, wat en waarmee"),
        ("", "Oude namen"),
    ]
    parts, shown = [], set[str]()
    for start, heading in kinds:
        own = [node for node in marts if node.key[1].startswith(start) and node.key[1] not in shown]
        shown |= {node.key[1] for node in own}
        if own:
            told = [_node(site, node) for node in sorted(own, key=lambda node: node.key[1] != FIRST_MART)]
            parts.append(Part(f"soort-{start.rstrip('_') or 'anders'}", heading, parts=told))
    return Page(
        MARTS,
        "Tabellen",
        "De tabellen in het gepubliceerde bestand, in het schema marts: wat een rij is, waaraan u haar herkent, en "
        "wat elke kolom betekent.",
        parts,
    )


def _node(site: Site, node: Node) -> Part:
    facts = [("Een rij herkent u aan", ", ".join(node.unique))] if node.unique else []
    if node.parents:
        facts.append(("Leest", ", ".join(lineage.name_of(key) for key in node.parents)))
    if node.tests and node.layer != "seeds":
        names = ", ".join(sorted(node.tests.values()))
        facts.append(("Controle dbt_tests", f"{formats.number(len(node.tests))} tests: {names}"))
    rows = []
    for column in node.columns:
        target = node.references.get(column.name)
        parent = next((each for each in site.nodes.values() if target and each.key[1] == target[0]), None)
        key = "sleutel" if column.name in node.unique else ""
        if parent:
            refers = f"{key}; uit {parent.key[1]}" if key else f"uit {parent.key[1]}"
            told = Cell(refers, f"{PAGES[parent.layer]}#{parent.key[1]}")
        else:
            told = Cell(key)
        rows.append([Cell(column.name, is_code=True), Cell(column.data_type), told, Cell(column.description)])
    table = Table(f"Kolommen van {node.key[1]}", ["Kolom", "Type", "Sleutel", "Betekenis"], rows)
    return Part(node.key[1], node.key[1], [node.description], facts, tables=[table] if rows else [])


def _glossary(site: Site) -> Page:
    parts = [
        Part(
            f"woorden-{place}",
            heading,
            tables=[
                Table(
                    f"Begrippen: {heading}",
                    ["Begrip", "Betekenis"],
                    [[Cell(term, is_code=True, anchor=f"begrip-{term}"), Cell(text)] for term, text in terms.items()],
                )
            ],
        )
        for place, (heading, terms) in enumerate(site.terms.items(), start=1)
    ]
    return Page(
        TERMS, "Woordenlijst", "Elk begrip, een keer beschreven; kolommen verwijzen ernaar.", parts, can_search=True
    )


def _registrations(site: Site) -> Page:
    by_registration: dict[str, list[Extract]] = defaultdict(list)
    for (registration, _), extract in site.declared.items():
        by_registration[registration].append(extract)
    parts = [
        Part(registration, registration, parts=[_extract(site, extract) for extract in extracts])
        for registration, extracts in sorted(by_registration.items())
    ]
    return Page(
        REGISTRATIONS,
        "Registraties",
        "Wat elke registratie levert: van wie, hoe vaak, op welke grond, in welke kolommen, en wat bij de grens in "
        "wordt nagekeken.",
        parts,
    )


def _extract(site: Site, extract: Extract) -> Part:
    facts = [
        ("Wie levert", extract.owner),
        ("Waarvoor", extract.purpose),
        ("Op welke grond", extract.legal_ground),
        ("Hoe lang bewaard", f"{extract.retention_years} jaar na ontvangst. {extract.retention_source}"),
        ("Hoe vaak", CADENCES[extract.cadence]),
        (
            "Wat een levering is",
            KINDS[extract.delivery] + ("; samen met de andere extracten" if extract.together else ""),
        ),
        ("Sleutel van een rij", ", ".join(extract.key)),
        ("Vorm", f"scheidingsteken {extract.delimiter!r}, {extract.encoding}, decimaalteken {extract.decimal!r}"),
        ("Hooguit apart gezet", f"{formats.number(round(extract.max_set_aside_pct, 2))}% van de records"),
    ]
    columns = [
        [
            Cell(column.heading, is_code=True),
            Cell(column.data_type),
            Cell(_agreed(extract, column.name)),
            Cell(column.description),
        ]
        for column in extract.columns
    ]
    key = (extract.registration, extract.name)
    found = site.found.get(key)
    checks = [
        [
            Cell(check.name, is_code=True),
            Cell(check.description),
            Cell(check.otherwise),
            *([Cell(_told_found(found, check))] if found else []),
        ]
        for check in site.checks_in[key]
    ]
    headings = ["Controle", "Wat wordt verwacht", "Anders"]
    caption = f"Controles bij de grens in: {extract.registration} / {extract.name}"
    if found:
        demo = "verzonnen " if found.is_demo else ""
        caption += f"; gevonden in {demo}levering {found.number}, stand {formats.short_day(found.state)}"
        headings.append("Gevonden")
    return Part(
        f"{extract.registration}-{extract.name}",
        f"{extract.registration} / {extract.name}",
        [extract.description],
        facts,
        tables=[
            Table(
                f"Kolommen van {extract.registration} / {extract.name}",
                ["Kolom", "Type", "Afgesproken", "Betekenis"],
                columns,
            ),
            Table(caption, headings, checks),
        ],
    )


def _agreed(extract: Extract, name: str) -> str:
    column = next(each for each in extract.columns if each.name == name)
    told = [
        ("sleutel", name in extract.key),
        ("verplicht", column.required),
        ("persoonsgegeven, alleen als pseudoniem bewaard", column.personal),
        (f"codelijst {column.code_list}", column.code_list),
        (f"komt voor als {column.references}", column.references),
        (f"minstens {column.minimum}", column.minimum is not None),
        (f"hooguit {column.maximum}", column.maximum is not None),
        ("ook negatief", column.signed),
    ]
    return "; ".join(text for text, holds in told if holds)


def _told_found(found: Found, check: CheckIn) -> str:
    """In numbers alone: what was delivered is nobody's business here."""
    if check.is_of_extract:
        return "staat in Dagster, en in de samenvatting van de nacht"
    if check.name not in found.checks:
        return "niet uitgevoerd"
    passed, wrong, seen = found.checks[check.name]
    looked = "" if seen is None else f" ({formats.number(seen)} rijen bekeken)"
    # A rule may bear a few.
    told = f"{'voldaan, met' if passed else 'niet voldaan:'} {formats.number(wrong)} afwijkend"
    return ("voldaan" if passed and not wrong else told) + looked


def _checks(site: Site) -> Page:
    out = [
        Part(
            f"uit-{mart}",
            mart,
            tables=[
                Table(
                    f"Controles op {mart}",
                    ["Controle", "Wat wordt verwacht", "Anders"],
                    [
                        [
                            Cell(check.name, is_code=True),
                            Cell(check.description),
                            Cell("houdt de publicatie tegen" if check.severity == "critical" else "meldt het alleen"),
                        ]
                        for check in checks
                    ],
                )
            ],
        )
        for mart, checks in site.checks_out.items()
    ]
    between = Table(
        "Regels over modellen en lijsten",
        ["Regel", "Waarom", "Over"],
        [[Cell(rule.name, is_code=True), Cell(rule.description), Cell(", ".join(rule.about))] for rule in site.rules],
    )
    where = [
        [Cell(extract.name, f"{REGISTRATIONS}#{registration}-{extract.name}"), Cell(registration), Cell(number)]
        for (registration, _), extract in site.declared.items()
        for number in [formats.number(len(site.checks_in[registration, extract.name]))]
    ]
    return Page(
        CHECKS,
        "Controles",
        "Wat wordt nagekeken: bij de grens in per levering, onderweg per model, en bij de grens uit voordat een "
        "publicatie mag.",
        [
            Part(
                "grens-in",
                "Grens in",
                [
                    "Een levering wordt toegelaten, geweigerd of aangehouden; dat besluit gaat over haar alleen en "
                    "nacht nooit op. Per extract staan de controles bij zijn registratie, met wat zij het laatst "
                    "vonden."
                ],
                tables=[Table("Controles per extract", ["Extract", "Registratie", "Controles"], where)],
            ),
            Part(
                "onderweg",
                "Onderweg",
                [
                    "Elk model bewijst dat zijn rijen een eigen sleutel hebben; al zijn tests staan bij het model, als "
                    "controle dbt_tests. Deze regels gaan over meer modellen "
                    "of lijsten tegelijk; wat er een breekt, wordt niet gepubliceerd."
                ],
                tables=[between],
            ),
            Part(
                "grens-uit",
                "Grens uit",
                [
                    "Wat niet klopt, houdt de publicatie tegen: lezers houden die van de nacht ervoor. Van een "
                    "publicatie die er is, is dus aan elke controle voldaan die haar kan tegenhouden; wat de andere "
                    "vonden, staat in de samenvatting van de nacht en in Dagster."
                ],
                parts=out,
            ),
        ],
    )


def _lineage(site: Site) -> Page:
    parts = [_group(site, group, heading) for group, heading in _groups(site).items()]
    return Page(
        LINEAGE,
        "Herkomst",
        "Per thema: uit welke leveringen, langs welke modellen, in welke tabellen. De tekening en de tabel eronder "
        "zeggen hetzelfde.",
        parts,
    )


def _groups(site: Site) -> dict[str, str]:
    """The groups of models with their headings; one that is new here comes last, under its own name."""
    own = {node.group for node in site.of_layer("intermediate")}
    known = {group: heading for group, heading in GROUPS.items() if group in own}
    return known | {group: group.capitalize() for group in sorted(own - {*known})}


def _group(site: Site, group: str, heading: str) -> Part:
    traced = lineage.trace(group, site.nodes)
    readers: dict[Key, list[str]] = defaultdict(list)
    for one, other in traced.edges:
        readers[one].append(lineage.name_of(other))
    rows = []
    for column, keys in traced.columns:
        for key in keys:
            node = site.nodes.get(key)
            link = f"{PAGES[node.layer]}#{key[1]}" if node else f"{REGISTRATIONS}#{key[0]}-{key[1]}"
            what = node.description if node else site.declared[key].description
            name = Cell(lineage.name_of(key), link, is_code=True)
            rows.append([name, Cell(column), Cell(_sentence(what)), Cell(", ".join(readers[key]))])
    facts = [("Lijsten die meebeslissen", ", ".join(traced.lists))] if traced.lists else []
    if traced.general:
        facts.append(("Ook gelezen, en niet getekend", ", ".join(traced.general)))
    counted = ", ".join(f"{len(keys)} onder {column}" for column, keys in traced.columns)
    picture = Picture(
        lineage.draw(traced), f"Van links naar rechts: {counted}. De tabel eronder noemt ze met wie ze leest."
    )
    table = Table(f"Herkomst: {heading}", ["Naam", "Waar", "Wat het is", "Gelezen door"], rows)
    return Part(f"groep-{group}", heading, facts=facts, picture=picture, tables=[table])


def _models(site: Site) -> Page:
    parts = [
        Part("staging", "Gelezen onder onze namen", parts=[_node(site, node) for node in site.of_layer("staging")])
    ]
    for group, heading in _groups(site).items():
        own = [node for node in site.of_layer("intermediate") if node.group == group]
        parts.append(Part(f"groep-{group}", heading, parts=[_node(site, node) for node in own]))
    return Page(
        MODELS,
        "Modellen",
        "Wat tussen de leveringen en de tabellen gebeurt: hoe een extract wordt gelezen, en welke definitie over een "
        "rij beslist.",
        parts,
    )


def _lists(site: Site) -> Page:
    by_kind: dict[str, list[Node]] = defaultdict(list)
    for node in site.of_layer("seeds"):
        by_kind[node.key[1][0].upper()].append(node)
    parts = [
        Part(f"letter-{letter.lower()}", letter, parts=[_node(site, node) for node in nodes])
        for letter, nodes in sorted(by_kind.items())
    ]
    return Page(
        LISTS,
        "Lijsten",
        "Kleine waarheden die met de hand worden bijgehouden: indicatoren, normen met hun besluit, codes, definities "
        "en wat anderen publiceerden.",
        parts,
    )


def _register(site: Site) -> Page:
    letters: dict[str, list[list[Cell]]] = defaultdict(list)
    entries = [*_names_of_tables(site), *_names_of_words(site), *_names_of_checks(site)]
    for name, link, kind, told in sorted(entries, key=lambda each: (each[0].lower(), *each[1:])):
        letters[name[0].upper()].append([Cell(name, link, is_code=True), Cell(kind), Cell(_sentence(told))])
    parts = []
    for letter, rows in letters.items():
        table = Table(f"Namen met een {letter}", ["Naam", "Soort", "Wat"], rows)
        parts.append(Part(f"letter-{letter.lower()}", letter, tables=[table]))
    return Page(REGISTER, "Register", "Alle namen op alfabet, met het blad waarop zij staan.", parts, can_search=True)


def _names_of_tables(site: Site) -> Iterator[Entry]:
    kinds = {"marts": "tabel", "seeds": "lijst"}
    columns: dict[str, list[str]] = defaultdict(list)
    for node in site.nodes.values():
        name = node.key[1]
        yield name, f"{PAGES[node.layer]}#{name}", kinds.get(node.layer, "model"), node.description
        if node.layer == "marts":
            for column in node.columns:
                columns[column.name].append(name)
    for name, marts in columns.items():
        yield name, f"{MARTS}#{marts[0]}", "kolom", f"In {', '.join(marts)}"


def _names_of_words(site: Site) -> Iterator[Entry]:
    for terms in site.terms.values():
        for term, text in terms.items():
            yield term, f"{TERMS}#begrip-{term}", "begrip", text
    for row in site.indicators:
        name = row["indicator_code"]
        yield name, f"{INDICATORS}#{name}", "indicator", row["indicator_naam"]


def _names_of_checks(site: Site) -> Iterator[Entry]:
    for (registration, name), extract in site.declared.items():
        link = f"{REGISTRATIONS}#{registration}-{name}"
        yield f"{registration} / {name}", link, "extract", extract.description
        for check in site.checks_in[registration, name]:
            yield check.name, link, "controle in", check.description
    for mart, checks in site.checks_out.items():
        for check in checks:
            yield check.name, f"{CHECKS}#uit-{mart}", "controle uit", check.description
    for rule in site.rules:
        yield rule.name, f"{CHECKS}#onderweg", "regel", rule.description


def _sentence(text: str) -> str:
    """The first sentence of a description: a whole one, never a part."""
    return re.split(r"(?<=[.?!])\s+(?=[A-Z])", text.strip(), maxsplit=1)[0]
