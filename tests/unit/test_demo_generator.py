"""The generator alone: a registration without a scenario gets rows that fit, in its own dialect."""

import re
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pandas as pd
import pytest

from orchestration.declarations import Extract
from orchestration.demo.generator import PLAIN, Form, Kind, each_different, rows, write
from orchestration.demo.scenario import plan

CODES = {"soort": ["A", "B", "X"]}
COLUMNS: list[dict[str, Any]] = [
    {"name": "nr", "data_type": "varchar", "required": True, "pattern": "[A-Z]{2}[0-9]{4}"},
    {"name": "zaak", "data_type": "varchar", "required": True, "canonical_pattern": r"(\d{1,2})-(\d{4})"}
    | {"canonical_widths": [2, 4]},
    {"name": "soort", "data_type": "varchar", "required": True, "code_list": "soort"},
    {"name": "aantal", "data_type": "integer", "minimum": 3, "maximum": 7},
    {"name": "groot", "data_type": "bigint", "minimum": 1},
    {"name": "bedrag", "data_type": "decimal(7,3)", "minimum": -5000, "signed": True},
    {"name": "maat", "data_type": "double"},
    {"name": "is_open", "data_type": "boolean"},
    {"name": "dag", "data_type": "date", "minimum": date(2020, 1, 1), "maximum": date(2020, 1, 31)},
    {"name": "tijdstip", "data_type": "timestamp"},
    {"name": "tekst", "data_type": "varchar"},
]


def extract(name: str = "dossiers", columns: list[dict[str, Any]] | None = None, **changes: Any) -> Extract:
    described = [{"description": "Kolom van de proef."} | column for column in columns or COLUMNS]
    return Extract.model_validate(
        {
            "registration": "proef",
            "name": name,
            "description": "Een rij per proef.",
            "delivery": "volledig",
            "key": ["nr"],
            "columns": described,
            "delimiter": "|",
            "encoding": "windows-1252",
            "decimal": ",",
            "thousands": ".",
            "date_format": "%d-%m-%Y",
            "cadence": "maand",
            "max_set_aside_pct": 0,
            "owner": "niemand",
            "purpose": "proef",
            "legal_ground": "geen",
            "retention_years": 1,
            "retention_source": "een proef",
        }
        | changes
    )


def written(declared: Extract, frame: pd.DataFrame, folder: Path, form: Form = PLAIN, kind: Kind = "volledig") -> Path:
    return write(declared, frame, folder, date(2022, 1, 1), date(2022, 1, 5), form, kind)


def test_rows_of_every_type_come_back_as_declared(tmp_path: Path) -> None:
    declared = extract()
    path = written(declared, rows(declared, 500, Random(1), CODES), tmp_path)
    copy = tmp_path / "utf8.csv"
    copy.write_text(path.read_bytes().decode("windows-1252"), encoding="utf-8", newline="")
    columns = {column.name: column.data_type for column in declared.columns}
    found = duckdb.sql(
        f"""select count(distinct nr), bool_and(regexp_full_match(nr, '[A-Z]{{2}}[0-9]{{4}}')),
        bool_and(regexp_full_match(zaak, '\\d\\d-\\d{{4}}')), list_sort(list(distinct soort)),
        min(aantal), max(aantal), min(groot) >= 1, min(bedrag) < -1000 and max(bedrag) <= 9999,
        min(dag), max(dag), count(*) filter (maat is null) between 1 and 200, max(tekst) like '%€%'
        from read_csv('{copy}', auto_detect = false, header = true, delim = '|', columns = {columns},
        dateformat = '%d-%m-%Y', decimal_separator = ',', thousands = '.')"""
    ).fetchall()[0]
    assert found[:8] == (500, True, True, ["A", "B", "X"], 3, 7, True, True)
    assert found[8:11] == (date(2020, 1, 1), date(2020, 1, 31), True)


def test_the_same_chance_gives_the_same_rows() -> None:
    first, second = (rows(extract(), 50, Random("zelfde"), CODES) for _ in range(2))
    assert first.equals(second)


def test_given_columns_stand_and_text_is_written_as_it_is(tmp_path: Path) -> None:
    declared = extract()
    frame = rows(declared, 2, Random(1), CODES, dag=["31-02-2021", None], tekst=["a|b", 'zegt "ja"'])
    lines = written(declared, frame, tmp_path).read_bytes().decode("windows-1252").split("\r\n")
    assert "|31-02-2021|" in lines[1] and lines[1].endswith('"a|b"')
    assert "||" in lines[2] and lines[2].endswith('"zegt ""ja"""')
    assert lines[0] == "|".join(column.name for column in declared.columns)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bestaat_niet": [1, 2]}, "no column 'bestaat_niet'"),
        ({"dag": [None]}, "1 values given for 2 rows"),
        ({"nr": ["AA0001", "AA0001"]}, "is given twice"),
    ],
)
def test_what_cannot_be_given_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rows(extract(), 2, Random(1), CODES, **given)


def test_a_key_of_several_columns_is_unique_and_one_that_cannot_be_is_refused() -> None:
    declared = extract(key=["soort", "aantal"])
    frame = rows(declared, 15, Random(1), CODES)
    assert not frame.duplicated(["soort", "aantal"]).any()
    with pytest.raises(ValueError, match="gave no other"):
        rows(declared, 16, Random(1), CODES)


def test_distinct_values_differ() -> None:
    values = each_different(extract(), "aantal", Random(1), CODES)
    assert sorted(islice(values, 5)) == [3, 4, 5, 6, 7]
    with pytest.raises(ValueError, match="gave no other"):
        next(values)


def test_a_registration_without_a_scenario_is_delivered_with_its_references() -> None:
    part = {"name": "nr", "data_type": "varchar", "required": True, "references": "dossiers.nr"}
    regel = {"name": "regel", "data_type": "integer", "required": True, "minimum": 1}
    parts = extract("delen", [part, regel], key=["nr", "regel"])
    whole = extract()
    planned = plan({("proef", "delen"): parts, ("proef", "dossiers"): whole}, CODES, {})
    assert [item.extract.name for item in planned] == ["delen", "dossiers"]
    assert set(planned[0].frame["nr"]) <= set(planned[1].frame["nr"])


def test_a_register_delivered_as_changes_is_made_without_deletions_and_says_what_a_file_holds(tmp_path: Path) -> None:
    declared = extract(delivery="mutaties", change_column="soort", deletion_code="X")
    frame = rows(declared, 100, Random(1), CODES)
    assert set(frame["soort"]) == {"A", "B"}
    assert written(declared, frame, tmp_path).name == "demo_dossiers_20220101_ontvangen_20220105_volledig.csv"
    changes = written(declared, frame, tmp_path, kind="mutaties")
    assert changes.name == "demo_dossiers_20220101_ontvangen_20220105_mutaties.csv"
    assert written(extract(), frame, tmp_path).name == "demo_dossiers_20220101_ontvangen_20220105.csv"


def test_a_wide_file_has_its_preamble_headings_and_footer(tmp_path: Path) -> None:
    columns = [
        {"name": "nr", "data_type": "varchar", "required": True, "pattern": "[A-Z]{6}"},
        {"name": "aantallen", "data_type": "bigint[]", "header": "aantal", "minimum": 0},
    ]
    wide = extract(
        "breed",
        columns,
        delivery="periode",
        encoding="utf-8",
        preamble_lines=2,
        heading_line=2,
        footer_pattern="^Einde [0-9]{2}$",
    )
    frame = rows(wide, 3, Random(1), CODES, periods=2)
    lines = written(wide, frame, tmp_path).read_bytes().decode().split("\n")
    assert lines[:3] == ["Fictieve gegevens", "Fictieve gegevens|2021|2022", "nr|aantal|aantal"]
    assert all(re.fullmatch(r"[A-Z]{6}\|\d*\|\d*", line) for line in lines[3:6])
    assert re.fullmatch("Einde [0-9]{2}", lines[6]) and lines[7:] == [""]
    form = Form(preamble=(("een",), ("jaar",)), headings=("2010", "2011"), footer="Einde 99", quote_all=True)
    lines = written(wide, frame, tmp_path, form).read_bytes().decode().split("\n")
    assert lines[:3] == ['"een"', '"jaar"|"2010"|"2011"', '"nr"|"aantal"|"aantal"']
    assert lines[6] == "Einde 99"


WIDE: dict[str, Any] = {
    "columns": [
        {"name": "nr", "data_type": "varchar", "required": True, "pattern": "[A-Z]{6}"},
        {"name": "aantallen", "data_type": "bigint[]", "header": "aantal", "minimum": 0},
    ],
    "delivery": "periode",
    "delimiter": ";",
    "encoding": "utf-8",
}


def preamble(folder: Path, **changes: Any) -> list[str]:
    wide = extract("breed", **(WIDE | changes))
    frame = rows(wide, 3, Random(1), CODES, periods=2)
    return written(wide, frame, folder).read_bytes().decode().split("\n")[: wide.preamble_lines]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_lines_above_the_headings_say_what_is_agreed(tmp_path: Path, encoding: str) -> None:
    patterns = {
        1: "Fictieve .*",
        2: r"Soort misdrijf: .*[Dd]rugs.* \(alle\)",
        3: "Onderwerp(;Geregistreerde misdrijven){2,}",
        5: "(Perioden|Jaren);.+",
    }
    lines = preamble(tmp_path, encoding=encoding, preamble_lines=5, heading_line=5, preamble_patterns=patterns)
    lines = [line.removesuffix("\r") for line in lines]
    assert lines[0] == lines[3] == "Fictieve gegevens"
    assert re.fullmatch(r"Soort misdrijf: [a-z]*[Dd]rugs[a-z]* \(alle\)", lines[1])
    assert re.fullmatch("Onderwerp(;Geregistreerde misdrijven){2,}", lines[2])
    assert lines[4] in ("Perioden;2021;2022", "Jaren;2021;2022")


def test_a_line_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    # The years of the headings end the line, whatever stands before them.
    with pytest.raises(ValueError, match=r"breed: no line .* preamble_patterns 1, .*proef\.yml \(tabel, voorregels\)"):
        preamble(tmp_path, preamble_lines=1, heading_line=1, preamble_patterns={1: "Perioden"})


def test_a_file_has_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    declared = extract()
    frame = rows(declared, 1, Random(1), CODES, tekst=["\N{SNOWMAN}"])
    with pytest.raises(UnicodeEncodeError):
        written(declared, frame, tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".part"]
