"""What a BI user asks of the published file, naively and with the tools of others: the answer is right, or none.

The national figures that answers are held against are the totals that the demo was made for, and not what models say.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import sqlalchemy
from sqlalchemy.pool import NullPool

from orchestration.paths import ROOT, SEEDS, DataPaths
from orchestration.transformation import manifest_file
from tests.integration.conftest import ask

# What is counted, and the column that may be summed. An indicator that is not here has no figure that may be: a share
# has numerator and denominator, and of a stock, a total, a part taken out of another or what counts in more years than
# one (csv_onderzoeken, slachtoffers_comensha, cyber_regulier_verdachten) a sum would say something else. A client that
# makes 0 of nothing, as pandas and polars do, would say it without a word: those have no column.
SUMS = {
    "aantal_csvs_ondermijning": ["csv_aangepakt"],
    "aantal_acties_ondermijning": ["integrale_acties_politie"],
    "bedrag_afpakken_eur": ["beslag_conservatoir_politie_eur"],
    "aantal_verdachten_mensenhandel": ["om_verdachten_mensenhandel"],
    "aantal_onderzoeken_mensenhandel": ["complexe_onderzoeken_mensenhandel"],
    "aantal_interventies_mensenhandel": ["interventies_mensenhandel"],
    "aantal_onderzoeken_cybercrime": ["cyber_regulier", "cyber_fenomeen", "cyber_thtc"],
    "aantal_onderzoeken_oskm": ["oskm_a", "oskm_b", "oskm_c"],
    "aantal_daders_oskm": ["oskm_daders"],
    "aantal_slachtoffers_oskm": ["oskm_slachtoffers"],
    "aantal_misdrijven_context": ["geregistreerde_misdrijven"],
}
# The columns of seizures that may be summed: a step, and the kind of seizure.
STEPS = {
    "beslag_conservatoir_gelegd_eur": ("beslag_gelegd", "conservatoir"),
    "beslag_klassiek_gelegd_eur": ("beslag_gelegd", "klassiek"),
    "beslag_overig_gelegd_eur": ("beslag_gelegd", "nvt"),
    "beslag_conservatoir_opgeheven_eur": ("beslag_opgeheven", "conservatoir"),
    "beslag_klassiek_opgeheven_eur": ("beslag_opgeheven", "klassiek"),
    "opgelegd_eur": ("opgelegd", "nvt"),
    "geincasseerd_eur": ("geincasseerd", "nvt"),
    "aan_slachtoffers_eur": ("aan_slachtoffers", "nvt"),
}
SHARES = {
    "cyber_fenomeen_enge_zin_pct",
    "executie_positief_pct",
    "onderzoeken_financieel_pct",
    "signalen_financiele_analyse_pct",
}


@pytest.fixture(scope="module")
def published(after_first_night: DataPaths) -> Path:
    """The published file after the first night of the demo."""
    return after_first_night.published


def totals() -> dict[tuple[str, int], float]:
    """The national figures that the demo was made for, by indicator and year."""
    with (ROOT / "orchestration" / "demo" / "scenario.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["uitsplitsing"] == "totaal"]
    return {(row["indicator_code"], int(row["jaar"])): float(row["totaal"]) for row in rows}


def shown(published: Path) -> dict[tuple[str, int], float]:
    """The national figures as the file says them one by one."""
    rows = ask(
        published,
        """select indicator_code, jaar, realisatie from marts.fct_realisatie
        where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and realisatie is not null""",
    )
    return {(code, year): float(figure) for code, year, figure in rows}


def national(published: Path) -> dict[tuple[str, int], float]:
    """What the demo was made for, of the years that are published; as the file says it where nobody chose it."""
    meant = totals()
    return {at: meant.get(at, figure) for at, figure in shown(published).items()}


def mature(published: Path) -> dict[tuple[str, int], float]:
    """The same of the years that are whole, and of which no growth is expected and no share is open that decides."""
    whole = ask(
        published,
        """select indicator_code, jaar from marts.fct_realisatie
        left join marts.fct_voortgang using (indicator_code, jaar)
        where eenheid_code = 'NL' and uitsplitsing_soort = 'geen'
            and fct_realisatie.gedekt_tot = make_date(jaar, 12, 31)
            and coalesce(oordeel_reden, '') not in ('groeit_nog', 'cohort_onrijp')""",
    )
    return {at: figure for at, figure in national(published).items() if at in set(whole)}


@pytest.mark.parametrize("group", ["indicator_naam", "jaar", "thema_naam", "agenda_naam", "'alles'"])
def test_a_sum_of_the_flat_table_is_the_sum_of_the_national_figures_or_empty(published: Path, group: str) -> None:
    figures = mature(published)
    places = {
        (code, year): value
        for code, year, value in ask(published, f"select indicator_code, jaar, {group} from marts.rpt_voortgang")
    }
    looked_at = 0
    for column, indicators in SUMS.items():
        expected: dict[object, float] = defaultdict(float)
        for (code, year), figure in figures.items():
            if code in indicators:
                expected[places[code, year]] += figure
        answers = ask(published, f"select {group}, sum({column}) from marts.rpt_voortgang group by all")
        given = {value: float(total) for value, total in answers if total is not None}
        assert given == {value: total for value, total in expected.items() if total}, column
        looked_at += len(given)
    assert looked_at >= len(SUMS)


def test_no_sum_of_the_flat_table_stands_beside_the_nation(published: Path) -> None:
    """A filter on the nation, which people set by habit, gives no part of an answer."""
    parts = [f"{part}_{code.removesuffix('_pct')}" for code in SHARES for part in ("teller", "noemer")]
    sums = ", ".join(f"sum({column})" for column in [*SUMS, *parts])
    assert set(ask(published, f"select {sums} from marts.rpt_voortgang where is_landelijk")[0]) == {None}


def test_an_average_over_the_units_holds_those_of_which_nothing_counts(published: Path) -> None:
    """Of the 14 investigations of category B in 2020 (JV20), by ten regional units and the national one."""
    rows = ask(
        published,
        """select count(*), sum(aantal_onderzoeken_oskm), avg(aantal_onderzoeken_oskm)
        from marts.rpt_voortgang inner join marts.dim_eenheid using (eenheid_code)
        where indicator_code = 'oskm_b' and jaar = 2020 and eenheid_soort in ('regionaal', 'landelijk')""",
    )
    assert rows == [(11, 14, pytest.approx(14 / 11))]
    assert ask(
        published,
        """select count(*), count(distinct eenheid_code) from marts.fct_realisatie
        where indicator_code = 'oskm_b' and jaar = 2020 and uitsplitsing_soort = 'geen' and realisatie = 0""",
    ) == [(0, 0)], "otherwise this looks at nothing that was filled in"


@pytest.mark.parametrize("group", ["jaar", "weg_code", "objectsoort_code", "aanleveraar_code", "'alles'"])
def test_a_sum_of_a_seizure_column_is_one_step_of_whole_years_or_empty(published: Path, group: str) -> None:
    """A plain sum over fct_afpakmonitor holds the same euro at each step, and a stock of each year."""
    looked_at = 0
    for column, (step, kind) in STEPS.items():
        given = ask(published, f"select {group}, sum({column}) from marts.rpt_afpakmonitor group by all order by all")
        expected = ask(
            published,
            f"""with stap as (
                select *, bool_and(gedekt_tot = make_date(jaar, 12, 31)) over (partition by jaar) as is_heel
                from marts.fct_afpakmonitor where stap_code = '{step}'
            )
            select {group}, sum(bedrag_eur) from stap
            where is_heel and beslagsoort = '{kind}' and (beslagsoort != 'conservatoir' or jaar not in (
                select jaar from marts.fct_voortgang
                where indicator_code = 'beslag_conservatoir_politie_eur' and oordeel_reden = 'groeit_nog'
            ))
            group by all order by all""",
        )
        assert [row for row in given if row[1] is not None] == expected
        looked_at += len(expected)
    assert looked_at >= len(STEPS)


def test_what_was_collected_is_what_was_published(published: Path) -> None:
    """domein.md paragraph 1.7: 171.0 million in 2018 and 261,871,048 euro in 2019, by way of criminal law."""
    rows = ask(
        published,
        """select jaar, sum(geincasseerd_eur), sum(geincasseerd_zonder_groot_eur) from marts.rpt_afpakmonitor
        where weg_code = 'strafrechtelijk' and jaar < 2020 group by jaar order by jaar""",
    )
    # One settlement of 2019 was 183,676,000 euro.
    assert [(year, float(total), float(rest)) for year, total, rest in rows] == [
        (2018, 171_000_000, 171_000_000),
        (2019, 261_871_048, 78_195_048),
    ]


def test_a_share_is_the_sum_of_its_numerators_by_that_of_its_denominators(published: Path) -> None:
    asked = " union all ".join(
        f"""select '{code}', jaar, 100.0 * sum(teller_{name}) / sum(noemer_{name}), any_value(nl.realisatie)
        from marts.rpt_voortgang inner join marts.fct_realisatie as nl using (jaar)
        where nl.indicator_code = '{code}' and nl.eenheid_code = 'NL' and nl.uitsplitsing_soort = 'geen'
        group by jaar having sum(noemer_{name}) > 0"""
        for code in SHARES
        for name in [code.removesuffix("_pct")]
    )
    shares = ask(published, asked)
    assert {code for code, *_ in shares} == SHARES
    # Three of 2018 to 2022, and executie of 2019 to 2021: of 2022 too much is open.
    assert len(shares) == 3 * 5 + 3
    assert [row for row in shares if abs(row[2] - float(row[3])) > 0.005] == []


def test_a_sum_of_what_may_be_added_up_doubles_nothing(published: Path) -> None:
    """By unit of measure, and by split: what is_optelbaar lets through has no total beside its parts."""
    rows = ask(
        published,
        """select jaar, sum(realisatie) filter (indicator_code like 'cyber%'),
            sum(realisatie) filter (indicator_code like 'oskm%')
        from marts.fct_realisatie where is_optelbaar and eenheid_van_maat = 'onderzoek' group by jaar""",
    )
    figures = national(published)
    compared = [
        (float(cyber), figures["cyber_totaal", year], float(oskm), figures["oskm_totaal", year])
        for year, cyber, oskm in rows
        if ("cyber_totaal", year) in figures and ("oskm_totaal", year) in figures
    ]
    assert len(compared) > 3
    assert [row for row in compared if row[0] != row[1] or row[2] != row[3]] == []
    wrong = ask(
        published,
        """select indicator_code from marts.fct_realisatie inner join marts.dim_indicator using (indicator_code)
        where is_optelbaar and fct_realisatie.eenheid_van_maat in ('pct', 'dossier')""",
    )
    assert wrong == []


def test_without_waarvan_no_part_stands_beside_its_total(published: Path) -> None:
    """What P7 asked: the totals of a theme, without the parts."""
    rows = ask(
        published,
        """select indicator.thema_code, sum(voortgang.realisatie)
        from marts.fct_voortgang as voortgang inner join marts.dim_indicator as indicator using (indicator_code)
        where indicator.waarvan is null and voortgang.jaar = 2020 and voortgang.eenheid_van_maat = 'onderzoek'
            and indicator.thema_code in ('cybercrime', 'oskm') group by all""",
    )
    figures = national(published)
    assert {theme: float(total) for theme, total in rows} == {
        "cybercrime": figures["cyber_totaal", 2020],
        "oskm": figures["oskm_totaal", 2020],
    }


def test_a_year_is_joined_to_a_year_and_not_to_its_days(published: Path) -> None:
    counts = ask(
        published,
        """select (select count(*) from marts.fct_voortgang),
            (select count(*) from marts.fct_voortgang join marts.dim_jaar using (jaar))""",
    )
    assert counts[0][0] == counts[0][1] > 100
    with pytest.raises(duckdb.BinderException, match="jaar"):
        ask(published, "select count(*) from marts.fct_voortgang join marts.dim_datum using (jaar)")


def test_each_code_of_a_split_has_its_name_through_one_key(published: Path) -> None:
    unnamed, rows = ask(
        published,
        """select count(*) filter (naam is null), count(*) from marts.fct_realisatie
        left join marts.dim_code on uitsplitsing_key = code_key""",
    )[0]
    assert unnamed == 0
    assert rows == ask(published, "select count(*) from marts.fct_realisatie")[0][0] > 5000


def test_no_comment_points_to_a_list_that_is_not_in_the_file(published: Path) -> None:
    comments = ask(
        published,
        """select table_name || '.' || column_name, comment from duckdb_columns() where schema_name = 'marts'
        union all select table_name, comment from duckdb_tables()""",
    )
    there = {name for at, _ in comments for name in at.split(".")}
    lists = {file.stem for file in SEEDS.rglob("*.csv")} - there
    pointed = [
        (at, name)
        for at, comment in comments
        for name in re.findall(r"\b(?:seed|lijst) (\w+)|\b([a-z]+_[a-z_]+)\b", comment)
        if lists & set(name)
    ]
    assert len(comments) > 300
    assert len(lists) > 20
    assert pointed == []


def test_sqlalchemy_reflects_each_table_with_its_comments_and_pandas_reads_it(published: Path) -> None:
    """With the dialect `duckdb-sqlalchemy`, and the address as the README spells it."""
    engine = sqlalchemy.create_engine(f"duckdb:///{published}?access_mode=read_only", poolclass=NullPool)
    inspector = sqlalchemy.inspect(engine)
    names = inspector.get_table_names(schema="marts")
    assert sorted(names) == sorted(row[0] for row in ask(published, "select table_name from duckdb_tables()"))
    for name in names:
        assert "Een rij per " in (inspector.get_table_comment(name, schema="marts")["text"] or "")
        columns = inspector.get_columns(name, schema="marts")
        assert columns
        assert [column["name"] for column in columns if isinstance(column["type"], sqlalchemy.types.NullType)] == []
        assert [column["name"] for column in columns if not column.get("comment")] == []
    flat = sqlalchemy.Table("rpt_voortgang", sqlalchemy.MetaData(), autoload_with=engine, schema="marts")
    with engine.connect() as connection:
        asked = sqlalchemy.select(sqlalchemy.func.sum(flat.c.aantal_verdachten_mensenhandel)).where(flat.c.jaar == 2020)
        total = connection.execute(asked).scalar_one()
        frame = pd.read_sql("select * from marts.rpt_voortgang", connection)
    assert total == national(published)["om_verdachten_mensenhandel", 2020]
    suspects = frame[(frame.indicator_code == "om_verdachten_mensenhandel") & (frame.jaar == 2020)]
    assert suspects.aantal_verdachten_mensenhandel.sum() == total
    engine.dispose()


def test_parquet_beside_the_file_gives_the_same_answer(published: Path) -> None:
    folder = published.resolve().parent / "parquet"
    tables = {row[0] for row in ask(published, "select table_name from duckdb_tables()")}
    assert {file.stem for file in folder.iterdir()} == tables
    question = "select thema_naam, sum(bedrag_afpakken_eur) from {} group by all order by all"
    with duckdb.connect() as con:
        beside = con.sql(question.format(f"read_parquet('{folder}/rpt_voortgang.parquet')")).fetchall()
    assert beside == ask(published, question.format("marts.rpt_voortgang"))


# The figures that each metric adds up; a share by the indicator that it is of.
METRICS = {column.removeprefix("aantal_"): indicators for column, indicators in SUMS.items()}
RATIOS = {f"{code.removesuffix('_pct')}_aandeel": code for code in SHARES}
VERDICTS = {"normen_behaald": "behaald", "normen_niet_behaald": "niet_behaald"}
DIMENSION = re.compile(r"\{\{ Dimension\('\w+__(\w+)'\) \}\}")


@pytest.fixture(scope="module")
def semantics(published: Path) -> dict[str, Any]:
    """What dbt understood of semantic models and metrics."""
    return json.loads(manifest_file().read_text(encoding="utf-8"))


def by_year(published: Path, semantics: dict[str, Any], metric: dict[str, Any]) -> dict[int, float]:
    """The answer to a metric per year, worked out from what its measure, filters and dimensions say."""
    parameters = metric["type_params"]
    if metric["type"] == "ratio":
        over, under = (
            by_year(published, semantics, filtered(semantics, parameters[part]))
            for part in ("numerator", "denominator")
        )
        return {year: over[year] / under[year] for year in over}
    model, measure = next(
        (model, measure)
        for model in semantics["semantic_models"].values()
        for measure in model["measures"]
        if measure["name"] == parameters["measure"]["name"]
    )
    expressions = {each["name"]: each["expr"] or each["name"] for each in model["dimensions"]}
    filters = [each["where_sql_template"] for each in (metric["filter"] or {"where_filters": []})["where_filters"]]
    where = " and ".join(DIMENSION.sub(lambda found: expressions[found[1]], text) for text in filters) or "true"
    query = f"""select year({expressions["verslagjaar"]}), {measure["agg"]}({measure["expr"]})
        from marts.{model["node_relation"]["alias"]} where {where} group by all"""
    return {year: float(total) for year, total in ask(published, query) if total is not None}


def filtered(semantics: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The metric that a ratio reads, with the filter of the ratio."""
    metric = semantics["metrics"][f"metric.veiligheidsagenda.{part['name']}"]
    return metric | {"filter": part["filter"]}


def test_each_metric_answers_what_the_marts_say(published: Path, semantics: dict[str, Any]) -> None:
    figures = mature(published)
    verdicts = ask(published, "select jaar, oordeel from marts.fct_voortgang")
    asked = {
        name: by_year(published, semantics, metric)
        for name in (*METRICS, *RATIOS, *VERDICTS)
        for metric in [semantics["metrics"][f"metric.veiligheidsagenda.{name}"]]
    }
    for name, indicators in METRICS.items():
        expected: dict[int, float] = defaultdict(float)
        for (code, year), figure in figures.items():
            expected[year] += figure if code in indicators else 0
        # Of a year in which nothing counted there is no eenheid to carry a zero.
        given = {year: total for year, total in asked[name].items() if total}
        assert given == {year: total for year, total in expected.items() if total}, name
    for name, code in RATIOS.items():
        # The totals of the demo are whole percentages; a share is held against the figure itself.
        found = shown(published)
        shares = {year: found[each, year] / 100 for each, year in figures if each == code}
        assert asked[name] == pytest.approx(shares, abs=0.00005), name
    for name, verdict in VERDICTS.items():
        assert asked[name] == Counter(year for year, given in verdicts if given == verdict), name
    # Numerator and denominator by themselves are for the ratios alone.
    parts = {f"{part}_{code.removesuffix('_pct')}" for code in SHARES for part in ("teller", "noemer")}
    assert {metric["name"] for metric in semantics["metrics"].values()} == {*asked, *parts}


def test_each_reader_of_the_marts_is_declared_with_what_it_reads(semantics: dict[str, Any]) -> None:
    reads = {each["name"]: each["depends_on"]["nodes"] for each in semantics["exposures"].values()}
    assert set(reads) == {"voortgangsrapportage", "dashboard", "open_data"}
    marts = {name for name, node in semantics["nodes"].items() if node.get("schema", "").endswith("marts")}
    assert [node for nodes in reads.values() for node in nodes if node not in marts] == []
