"""What an extract is: the strict reader of the dbt source entries, which are its only description.

Loader, expectations, documentation, lineage and synthetic deliveries all take an `Extract` from here. Nothing here
opens a delivered file or a database, and nothing here knows one registration from another.
"""

import re
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.paths import ROOT, STAGING

TYPE = re.compile(r"^(varchar|integer|bigint|double|boolean|date|timestamp|decimal\(\d+,\d+\))(\[\])?$")
RESERVED = {"levering_nr", "record_nr", "stand_datum"}
DAYS = ("date", "timestamp")
DATE_PARTS = ("%d", "%m", "%Y")
DATE_FORMAT = re.compile(r"%[dmY][^%]*%[dmY][^%]*%[dmY]")
IDENTIFIER = r"^[a-z][a-z0-9_]*$"


class DeclarationError(ValueError):
    """A source entry does not describe an extract; the message names file, entry, key, and what was expected."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One delivered column.

    Args:
        name: Name in raw: the source's own name as an identifier.
        data_type: DuckDB type; ends in `[]` for a column that repeats once per heading (a wide file).
        description: Dutch, complete: what a BI user reads.
        header: Heading in the delivered file, where it differs from the name.
        required: An empty value sets the row aside.
        personal: Stored as a keyed hash only.
        canonical_pattern: Regular expression with one group per part of a number that is spelled in several ways.
        canonical_widths: Width of each part, padded with zeros; the parts are joined with `-`.
        code_list: Name of the seed that holds the permitted codes in its first column.
        references: `<extract>.<column>` of the same registration in which every value must occur; not for `mutaties`.
        minimum: Smallest permitted value.
        maximum: Largest permitted value.
        pattern: Regular expression that the whole delivered value matches.
        shown: Its text may be quoted in messages: nothing that can stand in it says anything of a person.
        case: The case in which its codes are put; as delivered where it is not given.
        signed: A minus sign may stand in front of the number.
        future: The day may lie after the stand of the register.
    """

    name: str = Field(pattern=IDENTIFIER)
    data_type: str = Field(pattern=TYPE.pattern)
    description: str = Field(min_length=10)
    header: str = ""
    required: bool = False
    personal: bool = False
    canonical_pattern: str | None = None
    canonical_widths: list[int] | None = None
    code_list: str | None = Field(default=None, pattern=IDENTIFIER)
    references: str | None = Field(default=None, pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")
    minimum: int | float | date | None = None
    maximum: int | float | date | None = None
    pattern: str | None = None
    case: Literal["upper", "lower"] | None = None
    signed: bool = False
    future: bool = False
    shown: bool = False

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.canonical_pattern is None) != (self.canonical_widths is None):
            raise ValueError("canonical_pattern and canonical_widths go together")
        if self.canonical_pattern and self.canonical_widths:
            groups = re.compile(self.canonical_pattern).groups
            if groups != len(self.canonical_widths):
                raise ValueError(
                    f"canonical_pattern has {groups} groups, canonical_widths {len(self.canonical_widths)}"
                )
        if self.personal and self.shown:
            raise ValueError("a personal column is never shown")
        if self.personal and self.data_type != "varchar":
            raise ValueError("a personal column is delivered as varchar")
        if self.case and (self.element_type != "varchar" or self.personal):
            raise ValueError("case goes with a varchar column that is not personal")
        if self.signed and self.element_type in ("varchar", "boolean", "date", "timestamp"):
            raise ValueError("signed goes with a column of numbers")
        if self.future and self.element_type not in DAYS:
            raise ValueError("future goes with a column of days")
        if isinstance(self.minimum, int | float) and self.minimum < 0 and not self.signed:
            raise ValueError("a minimum below zero needs signed: true")
        return self

    @property
    def heading(self) -> str:
        """The heading as delivered."""
        return self.header or self.name

    @property
    def repeats(self) -> bool:
        """Whether the file holds this column once per heading."""
        return self.data_type.endswith("[]")

    @property
    def identifies(self) -> bool:
        """Whether a value may tell who or which: it is personal, or the number of a thing, as the ending `_nr` says."""
        return self.personal or self.name.endswith("_nr")

    @property
    def element_type(self) -> str:
        """The type of one value."""
        return self.data_type.removesuffix("[]")


class Extract(_Strict):
    """The declared shape of the deliveries of one kind of file.

    Args:
        registration: Name of the registration (the dbt source).
        name: Name of the extract (the dbt source table, the raw table, the expectations file, the asset).
        description: Dutch: what one row is, and whose.
        together: The extracts of this registration are delivered, and admitted, as one set per stand_datum.
        delivery: `volledig` (the whole register), `periode` (complete for its periods) or `mutaties`.
        form: Name of the form that it shares with extracts of other suppliers: what `expectations/raw/<form>.yml`
            expects is expected of it.
        key: Columns that identify a row within one delivery.
        columns: The columns, in the order in which they are delivered.
        delimiter: Sign between two values.
        encoding: Encoding of the file, as Python spells it.
        decimal: Decimal sign of its numbers.
        thousands: Sign between thousands; where it is not given, no number has one.
        date_format: How a day is written, in `%d`, `%m` and `%Y`.
        null_values: Values that mean that there is none.
        cadence: How often it is delivered.
        complete_from: First day from which the register is complete.
        preamble_lines: Lines before the line with the column headings.
        heading_line: Line (from 1) with the headings of a repeating column; where it is not given, that of the other
            headings.
        preamble_patterns: By number (from 1) of a line before the headings, the regular expression that it matches as
            a whole, its quotes left out: what the table is about, and what selection of it.
        heading_pattern: Regular expression that such a heading matches as a whole (`periode` only). Its first group is
            the period; its second, where there is one, the mark of a provisional figure: `*` voorlopig, `**` nader
            voorlopig.
        footer_pattern: Regular expression that the last line matches, which is no record.
        period_column: Column with the period of a row (`periode`, where no column repeats).
        change_column: Column that says what a change is (`mutaties`).
        deletion_code: Its value for a deletion.
        max_set_aside_pct: Share of records, in percent, above which set-aside records refuse the delivery.
        size_by: Day by whose year the rows of the whole register are compared with those of the delivery before; the
            first required day where it is not given.
        max_loss_pct: What a delivery may have less than the one that it replaces, in percent, before a person decides:
            rows, also by year or period, and amounts. Little, since a register keeps what it has.
        max_growth_pct: What a year or period may have more, in percent. A year that still ran, or had still to come,
            may have so much more than the largest that was there; one without years as a whole.
        max_shift_points: How much larger, in percent points, the share of rows may be in which a column is empty, or in
            no code list.
        owner: Dutch: who answers for the register.
        purpose: Dutch: what its rows may be used for here.
        legal_ground: Dutch: by which law or agreement they are delivered.
        retention_years: How many years after its receipt a delivery may be kept; then it is removed, when nothing rests
            on it any more.
        retention_source: Dutch: where that term comes from; or that it is an assumption.
    """

    registration: str = Field(pattern=IDENTIFIER)
    name: str = Field(pattern=IDENTIFIER)
    description: str = Field(min_length=10)
    together: bool = False
    delivery: Literal["volledig", "periode", "mutaties"]
    form: str | None = Field(default=None, pattern=IDENTIFIER)
    key: list[str] = Field(min_length=1)
    columns: list[Column] = Field(min_length=1)
    delimiter: str = Field(min_length=1, max_length=1)
    encoding: str
    decimal: str = Field(default=".", min_length=1, max_length=1)
    thousands: str | None = Field(default=None, min_length=1, max_length=1)
    date_format: str = "%Y-%m-%d"
    null_values: list[str] = [""]
    preamble_lines: int = Field(default=0, ge=0)
    heading_line: int | None = Field(default=None, ge=1)
    preamble_patterns: dict[int, str] = {}
    heading_pattern: str = "([0-9]{4})([*]{0,2})"
    footer_pattern: str | None = None
    period_column: str | None = None
    change_column: str | None = None
    deletion_code: str | None = None
    cadence: Literal["dag", "week", "maand", "kwartaal", "halfjaar", "jaarlijks"]
    complete_from: date | None = None
    max_set_aside_pct: float = Field(ge=0, le=100)
    size_by: str | None = None
    max_loss_pct: float = Field(default=20, ge=0, le=100)
    max_growth_pct: float = Field(default=90, ge=0)
    max_shift_points: float = Field(default=20, ge=0, le=100)
    owner: str
    purpose: str
    legal_ground: str
    retention_years: int = Field(ge=1)
    retention_source: str

    @model_validator(mode="after")
    def _agree(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("a column name occurs twice")
        if taken := RESERVED.intersection(names):
            raise ValueError(f"the loader itself adds {sorted(taken)}; give the column another name, and its header")
        for role in [*self.key, self.period_column, self.change_column, self.size_by]:
            if role is not None and role not in names:
                raise ValueError(f"{role!r} is not one of the columns {names}")
        if self.size_by and self.columns[names.index(self.size_by)].data_type not in DAYS:
            raise ValueError("size_by is a column of days")
        if any(column.repeats for column in self.columns[:-1]):
            raise ValueError("only the last column can repeat")
        if self.delivery == "periode" and not (self.period_column or self.columns[-1].repeats):
            raise ValueError("a `periode` extract needs a period_column or a repeating last column")
        if self.delivery == "mutaties" and not (self.change_column and self.deletion_code):
            raise ValueError("a `mutaties` extract needs change_column and deletion_code")
        if self.period_column and not any(
            column.name == self.period_column and column.required for column in self.columns
        ):
            raise ValueError("the period_column is required: a row without period is in force for no period")
        return self

    @model_validator(mode="after")
    def _agree_on_form(self) -> Self:
        if set(self.preamble_patterns) - set(range(1, self.preamble_lines + 1)):
            raise ValueError(f"preamble_patterns is about lines 1 to {self.preamble_lines}, the preamble_lines")
        if self.heading_line is not None and self.heading_line > self.preamble_lines:
            raise ValueError("heading_line is one of the preamble_lines")
        if not DATE_FORMAT.fullmatch(self.date_format) or {*DATE_PARTS} - {*re.findall("%.", self.date_format)}:
            raise ValueError(f"date_format is made of {', '.join(DATE_PARTS)}, once each, and what stands between them")
        if self.thousands == self.decimal:
            raise ValueError("thousands and decimal are two signs")
        for column in self.columns:
            if column.name == self.change_column and column.case and self.deletion_code:
                in_case = {"upper": str.upper, "lower": str.lower}[column.case]
                if self.deletion_code != in_case(self.deletion_code):
                    raise ValueError(f"deletion_code {self.deletion_code!r} is not in the case of its column")
        return self

    @property
    def asset_key(self) -> list[str]:
        """Key of the raw asset, equal to the default key of the dbt source."""
        return [self.registration, self.name]

    @property
    def table(self) -> str:
        """Name of the table in raw, quoted."""
        return f'"{self.registration}"."{self.name}"'

    @cached_property
    def year_column(self) -> str | None:
        """The column with the day by whose year the rows of the whole register are counted; None where it has none."""
        days = (column.name for column in self.columns if column.required and column.data_type in DAYS)
        return self.size_by or next(days, None)

    @cached_property
    def personal_columns(self) -> list[Column]:
        """The columns that are stored as a keyed hash."""
        return [column for column in self.columns if column.personal]


def read_declarations(folder: Path = STAGING) -> dict[tuple[str, str], Extract]:
    """Read every extract that the project declares.

    Args:
        folder: Folder with subfolders, of a registration or of several that share a form, each with one
            `_<subfolder>__sources.yml`.

    Returns:
        The extracts by (registration, extract), in the order of the files and of the entries in them.

    Raises:
        DeclarationError: A file is not YAML, has an unknown key, or describes something that cannot be.
    """
    extracts: dict[tuple[str, str], Extract] = {}
    for file in sorted(folder.glob("*/_*__sources.yml")):
        declared = {(extract.registration, extract.name): extract for extract in _read_file(file)}
        for extract in declared.values():
            _check_references(extract, declared, file)
        extracts |= declared
    if not extracts:
        raise DeclarationError(f"{folder}: no file */_*__sources.yml declares an extract")
    return extracts


def _read_file(file: Path) -> list[Extract]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DeclarationError(f"{_shown(file)}: not YAML: {error}") from error
    extracts = []
    for source in content["sources"]:
        source_meta = dict(source.get("config", {}).get("meta", {}))
        if source_meta.get("register"):
            continue
        for table in source["tables"]:
            where = f"{_shown(file)}: {source['name']}.{table['name']}"
            try:
                extracts.append(_extract(source["name"], source_meta, table))
            except ValidationError as error:
                raise DeclarationError(f"{where}:\n{_explain(error, table)}") from error
    return extracts


def _extract(registration: str, source_meta: dict[str, Any], table: dict[str, Any]) -> Extract:
    meta = _meta(table)
    columns = [
        {key: column[key] for key in ("name", "data_type", "description") if key in column} | _meta(column)
        for column in table.get("columns", [])
    ]
    return Extract.model_validate(
        {
            "registration": registration,
            "name": table["name"],
            "description": table.get("description", ""),
            "together": source_meta.get("together", False),
            "columns": columns,
        }
        | meta
    )


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    return entry.get("config", {}).get("meta", {})


def _explain(error: ValidationError, table: dict[str, Any]) -> str:
    lines = []
    for fault in error.errors():
        path = list(fault["loc"])
        if len(path) >= 2 and path[0] == "columns" and isinstance(path[1], int):
            path[1] = table["columns"][path[1]].get("name", path[1])
        key = ".".join(str(part) for part in path) or "(the whole entry)"
        given = fault["input"]
        shown = "" if isinstance(given, dict | BaseModel) else f", given {given!r}"
        lines.append(f"  {key}: {fault['msg']}{shown}")
    return "\n".join(lines)


def _check_references(extract: Extract, extracts: dict[tuple[str, str], Extract], file: Path) -> None:
    for column in extract.columns:
        if column.references is None:
            continue
        other, field = column.references.split(".")
        target = extracts.get((extract.registration, other))
        if target is None or field not in [target_column.name for target_column in target.columns]:
            raise DeclarationError(
                f"{_shown(file)}: {extract.registration}.{extract.name}.{column.name}: "
                f"references {column.references!r}, which is no column of an extract of this registration"
            )
        if "mutaties" in (extract.delivery, target.delivery):
            raise DeclarationError(
                f"{_shown(file)}: {extract.registration}.{extract.name}.{column.name}: "
                f"references {column.references!r}; of `mutaties` that row may stand in an earlier delivery"
            )


def _shown(file: Path) -> Path:
    return file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
