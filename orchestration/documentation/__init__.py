"""The documentation of the project: pages in Dutch that open from the disk and need nothing beside them.

Made of what says it already: dbt's manifest, the declarations, the expectations and the lists; and of a data folder
only what the checks of the border in found last, as numbers. No figure and no delivered text stands in it.
"""

import csv
import shutil
from pathlib import Path
from typing import Any

from orchestration import size, standing
from orchestration.dbt_nodes import read_nodes, read_rules
from orchestration.declarations import Extract, read_declarations
from orchestration.documentation import contents
from orchestration.documentation.contents import CheckIn, Found, Site
from orchestration.documentation.parts import Page
from orchestration.expectations import marts_with_expectations, suite_of_extract, suite_of_mart
from orchestration.locking import open_database
from orchestration.paths import DBT_PROJECT, DataPaths, seed_file, version
from orchestration.reporting import look
from orchestration.rights import share

TEMPLATE = Path(__file__).with_name("site.html")
STYLE = Path(__file__).with_name("site.css")
GLOSSARY = DBT_PROJECT / "dbt_project" / "models" / "_woordenlijst.md"


def write_documentation(paths: DataPaths, manifest: Path) -> Path:
    """Write the pages, whole, in the place of earlier ones.

    Args:
        paths: The data folder; nothing need have been delivered there.
        manifest: Path of dbt's `manifest.json`.

    Returns:
        The page to begin with.

    Raises:
        OSError: They cannot be written.
        ValueError: A declaration, a file of expectations or the glossary is not in order.
    """
    site = read_site(manifest, paths)
    fresh = paths.documentation.with_name(f"{paths.documentation.name}.nieuw")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    pages = contents.pages(site)
    for page in pages:
        (fresh / page.file).write_text(render(page, pages), encoding="utf-8")
    shutil.rmtree(paths.documentation, ignore_errors=True)
    fresh.rename(paths.documentation)
    share(paths, paths.documentation)
    return paths.documentation / pages[0].file


def render(page: Page, pages: list[Page]) -> str:
    """Make one page.

    Args:
        page: What stands on it.
        pages: All pages, in the order of the navigation.

    Returns:
        The page, as HTML.
    """
    style = look.style() + STYLE.read_text(encoding="utf-8")
    return look.template(TEMPLATE).render(page=page, pages=pages, style=style, version=version())


def read_site(manifest: Path, paths: DataPaths) -> Site:
    """Read all that the pages tell of.

    Args:
        manifest: Path of dbt's `manifest.json`.
        paths: The data folder.

    Returns:
        What was read.

    Raises:
        ValueError: A declaration, a file of expectations or the glossary is not in order.
    """
    terms = contents.read_terms(GLOSSARY.read_text(encoding="utf-8"))
    declared = {key: contents.fill_terms(extract, terms) for key, extract in read_declarations().items()}
    return Site(
        nodes={node.key: node for node in read_nodes(manifest).values()},
        rules=read_rules(manifest),
        terms=terms,
        declared=declared,
        checks_in={key: _checks_in(extract) for key, extract in declared.items()},
        checks_out={mart: suite_of_mart(mart) for mart in marts_with_expectations()},
        indicators=_list("indicator"),
        definitions=_list("definitie"),
        themes=_list("thema"),
        found=_found(paths),
    )


def _checks_in(extract: Extract) -> list[CheckIn]:
    """Every check of an extract: what a rule says, what a whole delivery must be, and how the extract stands."""
    alone = "meldt het alleen"
    return [
        *(
            CheckIn(each.name, each.description, "weigert de levering" if each.severity == "critical" else alone)
            for each in suite_of_extract(extract)
        ),
        *(CheckIn(each.name, each.description, "houdt de levering aan") for each in size.checks_of(extract)),
        *(CheckIn(name, text, alone, is_of_extract=True) for name, text in standing.checks_of(extract).items()),
    ]


def _list(name: str) -> list[dict[str, str]]:
    with seed_file(name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _found(paths: DataPaths) -> dict[tuple[str, str], Found]:
    """What the checks found of the newest delivery of each extract that was looked at."""
    if not paths.raw.exists():
        return {}
    with open_database(paths.raw, read_only=True) as con:
        rows: list[Any] = con.execute(
            """select registratie, extract, levering_nr, stand_datum, is_demo, controle, is_voldaan, aantal_afwijkend,
                aantal_bekeken
            from leveringen.levering inner join leveringen.bevinding using (levering_nr)
            qualify dense_rank() over (partition by registratie, extract order by levering_nr desc) = 1
            order by all"""
        ).fetchall()
    found: dict[tuple[str, str], Found] = {}
    for registration, extract, number, state, is_demo, check, passed, wrong, seen in rows:
        delivery = found.setdefault((registration, extract), Found(number, state, is_demo, {}))
        delivery.checks[check] = (passed, wrong, seen)
    return found
