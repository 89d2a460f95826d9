"""The figures behind each chart as a file: a CSV with a name that stays, and beside it what is in it, in CSVW.

How a table is written as a CSV, and a column of it described, is said here for every file that readers get.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.reporting.published import Indicator, Published

# Name and type of each column, as CSVW spells types.
COLUMNS = {
    "jaar": "integer",
    "realisatie": "decimal",
    "realisatie_status": "string",
    "geen_realisatie_reden": "string",
    "gedekt_tot": "date",
    "streefcijfer": "decimal",
    "streefcijfer_besluit": "string",
    "geen_streefcijfer_reden": "string",
    "referentie_jaar": "integer",
    "referentie_waarde": "decimal",
    "verschil": "decimal",
    "oordeel": "string",
    "oordeel_reden": "string",
    "definitie_versie": "string",
}
EXPECTED = {
    "verwachte_eindwaarde": "decimal",
    "ondergrens": "decimal",
    "bovengrens": "decimal",
    "betrouwbaarheid_pct": "integer",
}

DIALECT = {"encoding": "utf-8", "delimiter": ",", "header": True}
CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "nl"}]


def write_csv(file: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as RFC 4180 says, in UTF-8: numbers with a point, days as ISO 8601, what is not known as nothing.

    Args:
        file: Where to write.
        names: The names of the columns.
        rows: A value for each of them.

    Raises:
        OSError: It cannot be written.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        writer.writerows([str(value).lower() if isinstance(value, bool) else value for value in row] for row in rows)


def described_column(name: str, kind: str, description: str) -> dict[str, Any]:
    """A column as CSVW describes it.

    Args:
        name: Its name, as it stands above it.
        kind: Its type, as CSVW spells it.
        description: What it means, in Dutch.
    """
    titles = dict.fromkeys((name, name.replace("_", " ")))
    return {"name": name, "titles": [*titles], "datatype": kind, "dc:description": description}


def file_name(indicator: Indicator) -> str:
    """Name of the file with the figures of an indicator, which is the same in every publication.

    Args:
        indicator: The indicator.
    """
    return f"{indicator.code}.csv"


def write_downloads(published: Published, folder: Path) -> list[Path]:
    """Write a table for each indicator that has years, and its metadata.

    Args:
        published: The published file.
        folder: Where to write; made where it is not there.

    Returns:
        The tables.

    Raises:
        OSError: They cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    comments = _comments(published)
    files = []
    for indicator in published.indicators:
        if indicator.figures:
            files.append(folder / file_name(indicator))
            _write_table(indicator, files[-1], _columns(published))
            metadata = json.dumps(_metadata(published, indicator, comments), ensure_ascii=False, indent=1)
            files[-1].with_name(f"{files[-1].name}-metadata.json").write_text(metadata + "\n", encoding="utf-8")
    return files


def _write_table(indicator: Indicator, file: Path, columns: Iterable[str]) -> None:
    rows = []
    for figure in indicator.figures:
        expected = indicator.expected.get(figure.jaar)
        told = [expected and getattr(expected, name) for name in EXPECTED]
        rows.append([getattr(figure, name) for name in columns] + told)
    write_csv(file, [*columns, *EXPECTED], rows)


def _columns(published: Published) -> dict[str, str]:
    """What stands of a figure itself; of a release also why it is hidden."""
    return {**COLUMNS, **({"vrijgave_reden": "string"} if published.is_release else {})}


def _metadata(published: Published, indicator: Indicator, comments: Mapping[str, str]) -> dict[str, Any]:
    about = indicator.about
    demo = "Demo: deze cijfers rusten op verzonnen leveringen. " if published.is_demo else ""
    return {
        "@context": CONTEXT,
        "url": file_name(indicator),
        "dc:title": about["indicator_naam"],
        "dc:description": f"{demo}{about['definitie']} Eenheid van maat: {about['eenheid_van_maat_naam']}.",
        "dc:date": published.peildatum.isoformat(),
        "dc:source": about["bronregister"] or about["bron"],
        "dialect": DIALECT,
        "tableSchema": {
            "primaryKey": "jaar",
            "columns": [
                described_column(name, kind, comments[name])
                for name, kind in {**_columns(published), **EXPECTED}.items()
            ],
        },
    }


def _comments(published: Published) -> dict[str, str]:
    """What the published file says that its columns mean."""
    return {
        row["column_name"]: row["comment"]
        for row in published.rows(
            """select column_name, comment from duckdb_columns()
            where table_name in ('fct_voortgang', 'fct_verwachting') order by table_name"""
        )
    }
