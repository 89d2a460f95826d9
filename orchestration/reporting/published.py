"""What the report reads from a published file; nothing is counted, judged or told here."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]
# What an earlier release shows of it stands there still.
KEPT = "kleine_verandering"
CODE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
ASIDE = re.compile(rf" \(({CODE.pattern})\)")
TABLES = ("fct", "dim", "rpt")
# Codes that texts of lists name beside those of indicators.
NAMED = ("telregel", "uitsplitsing_soort", "lijst_code")


@dataclass(frozen=True)
class Figure:
    """The national figure of a year; its fields are columns of `fct_voortgang` and mean what they mean there.

    Of a year that no agenda has, the fields about agenda, norm and verdict are None. Of a release,
    `is_achtergehouden` says that there is a figure and that it is hidden.
    """

    indicator_code: str
    jaar: int
    agenda_code: str | None = None
    realisatie: Decimal | None = None
    realisatie_status: str | None = None
    geen_realisatie_reden: str | None = None
    streefcijfer: Decimal | None = None
    streefcijfer_besluit: str | None = None
    streefcijfer_bron: str | None = None
    geen_streefcijfer_reden: str | None = None
    streefcijfer_is_aanname: bool | None = None
    referentie_jaar: int | None = None
    referentie_waarde: Decimal | None = None
    verschil: Decimal | None = None
    oordeel: str | None = None
    oordeel_reden: str | None = None
    verandering: Decimal | None = None
    verandering_pct: Decimal | None = None
    geen_vergelijking_reden: str | None = None
    gedekt_tot: date | None = None
    aantal_apartgezet: int | None = None
    aandeel_open_pct: Decimal | None = None
    eenheden_onder_minimum: str | None = None
    definitie_versie: str | None = None
    lijst_versies: str | None = None
    is_achtergehouden: bool = False
    vrijgave_reden: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is a figure, and of the whole year."""
        return self.realisatie is not None and self.gedekt_tot == date(self.jaar, 12, 31)

    @property
    def target(self) -> Decimal | None:
        """What the figure is held against: the norm, or the figure that it has to exceed."""
        return self.referentie_waarde if self.streefcijfer is None else self.streefcijfer


@dataclass(frozen=True)
class Expected:
    """Where a figure that still grows is expected to end; its fields are columns of `fct_verwachting`."""

    verwachte_eindwaarde: Decimal
    ondergrens: Decimal | None
    bovengrens: Decimal | None
    betrouwbaarheid_pct: int


@dataclass(frozen=True)
class Indicator:
    """One indicator with all that the report tells of it.

    Args:
        about: Its row in `dim_indicator`.
        figures: Its figures by year, oldest first.
        expected: By year, where figures that still grow are expected to end.
        breaks: By year, why it is not compared with the year before.
    """

    about: Row
    figures: list[Figure]
    expected: dict[int, Expected] = field(default_factory=dict)
    breaks: dict[int, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Code of the indicator."""
        return self.about["indicator_code"]

    @property
    def unit(self) -> str:
        """Code of the unit in which its figures are."""
        return self.about["eenheid_van_maat"]

    @property
    def with_figure(self) -> list[Figure]:
        """The years that have a figure."""
        return [figure for figure in self.figures if figure.realisatie is not None]

    @property
    def newest(self) -> Figure | None:
        """The newest year with a figure of the whole year, else with any figure, else the first without."""
        whole = [figure for figure in self.figures if figure.is_whole]
        return next(iter([*whole[-1:], *self.with_figure[-1:], *self.figures[:1]]), None)


class Codes:
    """The names of codes, from `dim_code`."""

    def __init__(self, rows: list[Row], indicators: Mapping[str, str] | None = None) -> None:
        """Remember the names.

        Args:
            rows: Rows of `dim_code`.
            indicators: The names of indicators, by code.
        """
        self._rows = {(row["code_soort"], row["code"]): row for row in rows}
        named = {row["code"]: row["naam"] for kind in NAMED for row in rows if row["code_soort"] == kind}
        self._names = {**named, **(indicators or {})}
        self._registers = {row["code"] for row in rows if row["code_soort"] == "registratie"}

    def name(self, kind: str, code: str | None) -> str:
        """The name of a code; the code itself where nobody named it, and an empty text where there is none.

        Args:
            kind: Which code it is: the name of its column, or the split whose part it is.
            code: The code.
        """
        found = self._rows.get((kind, code or ""), {})
        return found.get("naam") or (code or "").replace("_", " ")

    def told(self, kind: str, code: str | None) -> str:
        """What a code means, in a sentence; its name where nothing more is said.

        Args:
            kind: Which code it is.
            code: The code.
        """
        found = self._rows.get((kind, code or ""), {})
        return self.plain(found.get("omschrijving")) or self.name(kind, code)

    def plain(self, text: str | None) -> str:
        """A text of a list as it stands on a page: with names in the place of codes.

        Args:
            text: The text.
        """

        def named(found: re.Match[str]) -> str:
            prefix, _, rest = found[0].partition("_")
            if prefix in TABLES:
                return f"de tabel “{rest.replace('_', ' ')}”"
            name = self._names.get(found[0])
            return found[0].replace("_", " ") if name is None else f"“{name}”"

        # A register is told in words; how it is called here stands behind it, for who looks for its files.
        without = ASIDE.sub(lambda found: "" if found[1] in self._registers else found[0], text or "")
        return CODE.sub(named, without)

    def place(self, kind: str, code: str | None) -> tuple[int, str]:
        """Where a code stands among its kind, to sort by.

        Args:
            kind: Which code it is.
            code: The code.
        """
        order = self._rows.get((kind, code or ""), {}).get("volgorde")
        return (len(self._rows) if order is None else order, code or "")


class Published:
    """A published file, read as a whole by what is asked of it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read from a connection.

        Args:
            con: Connection to the file; whoever opened it closes it.
        """
        self._con = con

    def rows(self, query: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """The rows that a query gives, each by the names of its columns.

        Args:
            query: The query.
            parameters: What it is asked with.
        """
        found = self._con.execute(query, parameters or {})
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @cached_property
    def tables(self) -> frozenset[str]:
        """The tables that the file has: a release has those that may leave."""
        return frozenset(row["table_name"] for row in self.rows("select table_name from duckdb_tables()"))

    @property
    def is_release(self) -> bool:
        """Whether it is a release, in which some figures are hidden."""
        return "fct_vrijgave" in self.tables

    @property
    def _status(self) -> str:
        """Columns that say of a row whether it is hidden and why; a publication hides nothing."""
        reason = "vrijgave_reden" if self.is_release else "null::varchar as vrijgave_reden"
        hidden = "\"CONF_STATUS\" <> 'F'" if self.is_release else "false"
        return f"{hidden} as is_achtergehouden, {reason}"

    @cached_property
    def withheld(self) -> dict[str, list[Row]]:
        """By indicator what of a release is not there at all, and why."""
        return self._by_indicator(
            "from marts.fct_achtergehouden order by uitsplitsing_soort, vrijgave_reden, jaar", "fct_achtergehouden"
        )

    def is_withheld(self, indicator: str, year: int, split: str | None = None) -> bool:
        """Whether a table of an indicator is not there, so that what has no row is not nothing.

        Args:
            indicator: Code of the indicator.
            year: The year.
            split: The kind of split; None for the figures per eenheid.
        """
        return any(
            row["jaar"] == year and row["uitsplitsing_soort"] in ("alle", split) and row["vrijgave_reden"] != KEPT
            for row in self.withheld[indicator]
        )

    @cached_property
    def codes(self) -> Codes:
        """The names of all codes."""
        indicators = self.rows("select indicator_code, indicator_naam from marts.dim_indicator")
        return Codes(
            self.rows("from marts.dim_code"), {row["indicator_code"]: row["indicator_naam"] for row in indicators}
        )

    @cached_property
    def peildatum(self) -> date:
        """The day on which the figures were known so."""
        return self.rows("select max(peildatum) as dag from marts.fct_voortgang")[0]["dag"]

    @cached_property
    def is_demo(self) -> bool:
        """Whether any figure rests on made-up deliveries."""
        return self.rows("select coalesce(bool_or(is_demo), false) as ja from marts.fct_realisatie")[0]["ja"]

    @cached_property
    def indicators(self) -> list[Indicator]:
        """All indicators, in the order in which they are shown."""
        figures: dict[str, list[Figure]] = defaultdict(list)
        told = {"is_achtergehouden", "vrijgave_reden"}
        columns = ", ".join([*(each.name for each in fields(Figure) if each.name not in told), self._status])
        is_there = "realisatie is not null" + (" or \"CONF_STATUS\" <> 'F'" if self.is_release else "")
        # Years that no agenda has stand among the rest: an increase may be asked with regard to one of them.
        for row in self.rows(
            f"""select {columns} from (
                select * from marts.fct_voortgang
                union all by name
                select * from marts.fct_realisatie
                where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and ({is_there})
                    and (indicator_code, jaar) not in (select (indicator_code, jaar) from marts.fct_voortgang)
            ) order by jaar"""
        ):
            figures[row["indicator_code"]].append(Figure(**row))
        expected: dict[str, dict[int, Expected]] = defaultdict(dict)
        for row in self.rows(
            """select indicator_code, jaar, verwachte_eindwaarde, ondergrens, bovengrens, betrouwbaarheid_pct
            from marts.fct_verwachting where verwachte_eindwaarde is not null"""
        ):
            code, year = row.pop("indicator_code"), row.pop("jaar")
            expected[code][year] = Expected(**row)
        breaks: dict[str, dict[int, str]] = defaultdict(dict)
        for row in self.rows("from marts.dim_trendbreuk where indicator_code is not null order by trendbreuk_code"):
            breaks[row["indicator_code"]][row["jaar_vanaf"]] = row["omschrijving"]
        return [
            Indicator(about, figures[code], expected[code], breaks[code])
            for about in self.rows("from marts.dim_indicator order by volgorde, indicator_code")
            for code in [about["indicator_code"]]
        ]

    def indicator(self, code: str) -> Indicator | None:
        """An indicator by its code; None where there is none.

        Args:
            code: The code.
        """
        return next((each for each in self.indicators if each.code == code), None)

    def breaks_of_series(self, series: str) -> dict[int, str]:
        """By year, why a published series is not compared with the year before.

        Args:
            series: Code of the series.
        """
        rows = self.rows("from marts.dim_trendbreuk where reeks_code = $series", {"series": series})
        return {row["jaar_vanaf"]: row["omschrijving"] for row in rows}

    def parameters(self, version: str | None) -> dict[str, str]:
        """What is filled in in the rule of a definition, by name.

        Args:
            version: The version of the definition.
        """
        filled = next((row["parameterwaarden"] for row in self._versions if row["definitie_versie"] == version), None)
        pairs = (each.partition(" = ") for each in (filled or "").split("; ") if each)
        return {name: value for name, _, value in pairs}

    @cached_property
    def _versions(self) -> list[Row]:
        return [row for rows in self.definitions.values() for row in rows]

    @cached_property
    def changes(self) -> list[Row]:
        """Each figure or norm that differs between two publications, oldest first.

        `van` and `naar` are its values, `oorzaken` the causes in the order in which they apply, and `bijdragen` what
        each of them did.
        """
        if "fct_bijstelling" not in self.tables:
            return []
        return self.rows(
            """select publicatie_nr, peildatum, indicator_code, jaar, grootheid, eenheid_van_maat,
                any_value(waarde_van) as van, any_value(waarde_naar) as naar,
                list(oorzaak_code order by volgorde) as oorzaken, list(bijdrage order by volgorde) as bijdragen
            from marts.fct_bijstelling group by all order by publicatie_nr, indicator_code, jaar, grootheid"""
        )

    @cached_property
    def parts(self) -> dict[str, list[Row]]:
        """By indicator its figures per eenheid without a split, and its national figures with every split."""
        return self._by_indicator(
            f"""select indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code, eenheid_van_maat,
                realisatie, {self._status}
            from marts.fct_realisatie where (uitsplitsing_soort = 'geen') <> (eenheid_code = 'NL') order by jaar"""
        )

    @cached_property
    def origins(self) -> dict[str, list[Row]]:
        """By indicator and year the deliveries on which its figure rests, with how many of their rows count."""
        return self._by_indicator(
            """select indicator_code, jaar, herkomst.registratie, herkomst.extract, stand_datum, ontvangen_op,
                coalesce(sum(aantal_rijen) filter (telt_mee and rol <> 'grond'), 0) as meegeteld,
                sum(aantal_rijen) as bekeken
            from marts.fct_herkomst as herkomst inner join marts.dim_levering using (levering_nr)
            group by all order by jaar, ontvangen_op desc, herkomst.registratie, herkomst.extract""",
            "fct_herkomst",
        )

    @cached_property
    def qualities(self) -> dict[str, list[Row]]:
        """By indicator how far its figures moved after they were first published."""
        table = "fct_bijstelling_kwaliteit"
        return self._by_indicator(f"from marts.{table} order by termijn_maanden", table)

    @cached_property
    def definitions(self) -> dict[str, list[Row]]:
        """By indicator the versions of its definition."""
        return self._by_indicator("from marts.dim_definitie order by definitie_versie")

    @cached_property
    def agendas(self) -> list[Row]:
        """The agendas, oldest first."""
        return self.rows("from marts.dim_agenda order by jaar_van")

    @cached_property
    def eenheden(self) -> list[Row]:
        """The eenheden in the order in which they are shown."""
        return self.rows("select eenheid_code, eenheid_naam from marts.dim_eenheid order by volgorde")

    @cached_property
    def extracts(self) -> list[Row]:
        """The extracts, with how many deliveries of each count and do not, and what of them is in force."""
        return self.rows(
            """select extract.*, count(*) filter (levering_oordeel <> 'toegelaten') as aantal_anders,
                coalesce(sum(aantal_records) filter (is_van_kracht), 0) as records,
                coalesce(sum(aantal_apart) filter (is_van_kracht), 0) as apart
            from marts.dim_extract as extract left join marts.dim_levering using (registratie, extract)
            group by all order by registratie, extract"""
        )

    def _by_indicator(self, query: str, table: str = "fct_realisatie") -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(query) if table in self.tables else []:
            found[row["indicator_code"]].append(row)
        return found


@contextmanager
def open_published(file: Path) -> Iterator[Published]:
    """Read a published file.

    Args:
        file: The file.

    Yields:
        What stands in it.
    """
    with duckdb.connect(str(file), read_only=True) as con:
        yield Published(con)
