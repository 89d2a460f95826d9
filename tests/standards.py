"""Open data held against the marts that they come from, and against the standards that they name."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import csvw
import duckdb
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, RDF

from orchestration.open_data import METADATA, OWN_COLUMNS, tables_of
from orchestration.open_data.catalogue import RECORD

# Verplicht in DCAT-AP-NL 3.0 (Geonovum, shapes/300/dcat-ap-nl-OPT.ttl), with what DCAT-AP 3.0 makes mandatory below it;
# of the conditional properties those whose condition holds: a file has a format, a media type and a size.
MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint, DCAT.dataset),
    DCAT.Dataset: (
        *(DCTERMS.title, DCTERMS.description, DCTERMS.accessRights, DCAT.contactPoint, DCTERMS.creator),
        *(DCTERMS.identifier, DCTERMS.publisher, DCAT.theme, DCAT.distribution),
    ),
    DCAT.Distribution: (DCAT.accessURL, DCTERMS.license, DCTERMS["format"], DCAT.mediaType, DCAT.byteSize),
}


def faults_of_values(folder: Path, published: Path) -> Iterator[str]:
    """Each row that differs from its mart, read by DuckDB from the files and from the published tables.

    Args:
        folder: The open data.
        published: The published file.
    """
    with duckdb.connect() as con:
        con.execute(f"attach '{published}' as p (read_only); use p")
        for table in tables_of(is_released=False):
            names = [name for name in table.columns if name not in OWN_COLUMNS]
            shared = ", ".join(f'"{name}"::varchar as "{name}"' for name in names)
            ours = f"select {shared} from read_csv('{folder / table.name}.csv', all_varchar = true, header = true)"
            mart = f"select {shared} from ({table.query})"
            for one, other in ((ours, mart), (mart, ours)):
                yield from (f"{table.name}: {row}" for row in con.execute(f"{one} except all {other}").fetchall())
            if not con.execute(f"select 1 from ({ours})").fetchall():
                yield f"{table.name}: no rows"


def is_csvw(folder: Path) -> bool:
    """Whether the library finds nothing; it raises where a value or a key is wrong, after a warning that says less.

    Args:
        folder: The open data.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Invalid column value")
        return csvw.CSVW(str(folder / METADATA), validate=True, strict=False).is_valid


def read_record(folder: Path) -> rdflib.Graph:
    """The record for data portals, read as RDF.

    Args:
        folder: The open data.
    """
    with pytest.warns(DeprecationWarning, match="ConjunctiveGraph"):
        return rdflib.Graph().parse(folder / RECORD, format="json-ld")


def missing(graph: rdflib.Graph) -> list[str]:
    """What DCAT-AP-NL asks and is not there.

    Args:
        graph: The record.
    """
    return [
        f"{subject} {name}"
        for kind, names in MANDATORY.items()
        for subject in graph.subjects(RDF.type, kind)
        for name in names
        if (subject, name, None) not in graph
    ]
