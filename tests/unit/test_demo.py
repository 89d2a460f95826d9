"""The demo deliveries: counted by the definitions they give the published totals, counted naively others.

The files are read back here with DuckDB alone, and each definition is spelled out once more in SQL: nothing
of the program that made them is used to check them.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.declarations import Extract, read_declarations
from orchestration.deliveries import find_deliveries
from orchestration.demo import scenario
from orchestration.paths import seed_file

YEARS = range(2017, 2023)
README = Path(scenario.__file__).with_name("README.md")

# domein.md paragraphs 1.3 and 1.5: csv's tackled by the police.
CSV_AANGEPAKT = {2017: 1361, 2018: 1406, 2019: 1522, 2020: 1529, 2021: 1662, 2022: 1672}
# domein.md paragraph 1.5: csv investigations with drugs as first aandachtsgebied (NDM).
DRUGS_EERSTE = {2020: 651, 2021: 746, 2022: 786}
DRUGSOORT_EERSTE = {
    ("hennep", 2020): 121,
    ("cocaine_heroine", 2020): 248,
    ("synthetisch", 2020): 282,
    ("hennep", 2021): 110,
    ("cocaine_heroine", 2021): 324,
    ("synthetisch", 2021): 312,
    ("hennep", 2022): 79,
}
# domein.md paragraphs 1.3 and 1.6: suspects of human trafficking delivered to the prosecutor by the police.
OM_VERDACHTEN = {2017: 153, 2019: 145, 2020: 187}
# domein.md paragraphs 1.3 and 1.6: victims that the police reported to CoMensha, and those of all reporters.
SLACHTOFFERS = {2019: 975, 2020: 490, 2021: 310}
SLACHTOFFERS_ALLE_MELDERS = {2019: 1372, 2020: 1013, 2021: 791}
# domein.md paragraph 1.3.
COMPLEXE_ONDERZOEKEN = {2019: 39, 2020: 7}

# domein.md paragraph 1.3: dossiers positively disposed of, in percent.
EXECUTIE_POSITIEF = {2020: 26}
# domein.md paragraphs 1.3 and 1.8: investigations into cybercrime (JV20, MVT22, POL22; 2018: SEC).
CYBER = {
    "cyber_regulier": {2018: 299, 2019: 381, 2020: 468},
    "cyber_regulier_alternatief": {2019: 36, 2020: 38},
    "cyber_fenomeen": {2019: 21, 2020: 39, 2021: 40},
    "cyber_fenomeen_alternatief": {2019: 0, 2020: 0},
    "cyber_thtc": {2019: 19, 2020: 12},
    "cyber_totaal": {2019: 421, 2020: 519},
}
# domein.md paragraph 1.3: investigations into online child sexual abuse (JV20; total of 2021: POL22).
OSKM = {"oskm_a": {2020: 113}, "oskm_b": {2020: 14}, "oskm_c": {2020: 351}, "oskm_totaal": {2020: 478, 2021: 505}}

# What most extracts have: a year before, with errors, and corrected. A registration that is not among these files needs
# no place here: of it is asked that each of its extracts is delivered.
THREE = ("20220115_ontvangen_20220120", "20230115_ontvangen_20230120", "20230115_ontvangen_20230210")
FILES = {
    "bestuurlijk_afpakken": {"maatregelen": THREE},
    "cbs_misdrijven": {"provincies": ("20180301_ontvangen_20180305", "20190301_ontvangen_20190305")},
    "cjib_incasso": {"incasso": THREE},
    "comensha_meldingen": {"meldingen": ("20210228_ontvangen_20210301", "20210430_ontvangen_20210510", *THREE)},
    "csv_onderzoeken": {"aandachtsgebieden": THREE, "onderzoeken": THREE},
    "cyber_onderzoeken": {"feiten": THREE, "onderzoeken": THREE},
    "cyber_verdachten": {"verdachten": ("20240115_ontvangen_20240120", "20240115_ontvangen_20240210")},
    "executie_dossiers": {
        "dossiers": (
            "20220115_ontvangen_20220120_volledig",
            "20220715_ontvangen_20220720_mutaties",
            "20230115_ontvangen_20230120_mutaties",
            "20230115_ontvangen_20230210_mutaties",
        )
    },
    "fiscaal_afpakken": {"vorderingen": THREE},
    "geregistreerde_misdrijven": {"misdrijven": ("20240201_ontvangen_20240205", "20250201_ontvangen_20250205")},
    "integrale_acties": {"acties": THREE},
    "mensenhandel_onderzoeken": {"interventies": THREE, "onderzoeken": THREE},
    "mensenhandel_verdachten": {"instroom": ("20210115_ontvangen_20210215", *THREE)},
    "om_beslag": {
        "beslag": (
            "20190115_ontvangen_20190120",
            "20190515_ontvangen_20190520",
            "20190915_ontvangen_20190920",
            "20200115_ontvangen_20200120",
            "20200515_ontvangen_20200520",
            "20200915_ontvangen_20200920",
            "20210115_ontvangen_20210120",
            "20210515_ontvangen_20210520",
            "20210915_ontvangen_20210920",
            "20220115_ontvangen_20220120",
            "20220515_ontvangen_20220520",
            "20220915_ontvangen_20220920",
            "20230115_ontvangen_20230120",
            "20230115_ontvangen_20230210",
        )
    },
    "ondermijningssignalen": {"signalen": THREE, "zaken": THREE},
    "oskm_onderzoeken": {"onderzoeken": THREE, "resultaten": THREE},
}
ARRIVALS = {"20220120": "eerder", "20230120": "fout", "20230210": "goed"}
# The agenda of 2023 begins a year later; a year before, nothing of it was known.
LATER_ARRIVALS = {"20230120": "20240120", "20230210": "20240210"}
LATER = ("cyber_verdachten",)
EXTRACTS = read_declarations()
CODE_LISTS = {column.code_list for extract in EXTRACTS.values() for column in extract.columns if column.code_list}
SEEDS_READ = sorted(CODE_LISTS | {"afdoening_mapping", "wetsartikel"})


def table_of(extract: Extract) -> str:
    """The name of its table here: the extract, after its registration where others have an extract of that name."""
    first = next(registration for registration, name in EXTRACTS if name == extract.name and registration in FILES)
    prefixed = extract.registration.startswith(("cyber_", "oskm_")) or first != extract.registration
    return f"{extract.registration}__{extract.name}" if prefixed else extract.name


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "leveringen"
    folder.mkdir()
    scenario.write_demo(folder, say=lambda text: None)
    return folder


@pytest.fixture(scope="module")
def con(inbox: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A schema for each arrival, `eerder`, `fout` and `goed`, with the rows that fit and what counts.

    Deliveries in between are in the schema `voorlopig`, those of the seizures each in a table of its own.
    """
    with duckdb.connect() as connection:
        for seed in SEEDS_READ:
            file = seed_file(seed)
            # Of a list with versions the first: the others are for the question what if.
            chosen = "where lijst_versie like '%_1'" if "lijst_versie" in file.read_text().splitlines()[0] else ""
            connection.execute(f"create table {seed} as from read_csv('{file}', header = true) {chosen}")
        connection.execute("create table afgekeurd (bestand varchar, record bigint, reden varchar)")
        for received, schema in ARRIVALS.items():
            connection.execute(f"create schema {schema}")
            for (registration, name), extract in EXTRACTS.items():
                if extract.delivery == "volledig" and registration in FILES:
                    arrival = LATER_ARRIVALS.get(received, "never") if registration in LATER else received
                    files = list((inbox / registration).glob(f"demo_{name}_*_ontvangen_{arrival}.csv"))
                    assert len(files) == (0 if arrival == "never" else 1)
                    _read(connection, extract, files, f"{schema}.{table_of(extract)}")
            _read_changes(connection, inbox / "executie_dossiers", received, f"{schema}.dossiers")
            connection.execute(f"set search_path = '{schema},main'")
            for name, query in COUNTED.items():
                connection.execute(f"create table {schema}.{name} as {query}")
        connection.execute("create schema voorlopig")
        for registration, name, moment in (
            ("comensha_meldingen", "meldingen", "20210228_ontvangen_20210301"),
            ("mensenhandel_verdachten", "instroom", "20210115_ontvangen_20210215"),
            *(("om_beslag", "beslag", moment) for moment in FILES["om_beslag"]["beslag"]),
        ):
            table = f"beslag_{moment[-8:]}" if name == "beslag" else name
            file = inbox / registration / f"demo_{name}_{moment}.csv"
            _read(connection, EXTRACTS[registration, name], [file], f"voorlopig.{table}")
        connection.execute("set search_path = 'voorlopig,main'")
        for name in ("verdacht", "paar"):
            connection.execute(f"create table voorlopig.{name} as {COUNTED[name]}")
        for file in (inbox / "geregistreerde_misdrijven").iterdir():
            _read_wide(connection, file)
        for file in sorted((inbox / "cbs_misdrijven").iterdir()):
            _read_provinces(connection, file)
        connection.execute("set search_path = 'goed,main'")
        yield connection


def _read(con: duckdb.DuckDBPyConnection, extract: Extract, files: list[Path], table: str) -> None:
    """Read a file by its dialect; reject what has the wrong type, lacks a value or breaks a pattern."""
    if not files:
        columns = ", ".join(f"{column.name} {column.data_type}" for column in extract.columns)
        con.execute(f"create table {table} ({columns})")
        return
    (file,) = files
    text = file.read_bytes().decode(extract.encoding)
    copy = file.parents[2] / f"{file.name}.utf8"
    copy.write_text(text, encoding="utf-8", newline="")
    columns = {column.name: column.data_type for column in extract.columns}
    nulls = extract.null_values
    thousands = f", thousands = '{extract.thousands}'" if extract.thousands else ""
    con.execute(
        f"""create table {table} as from read_csv('{copy}', auto_detect = false, header = false, skip = 1,
        delim = '{extract.delimiter}', quote = '"', escape = '"', columns = {columns}, nullstr = {nulls},
        dateformat = '{extract.date_format}', decimal_separator = '{extract.decimal}'{thousands},
        store_rejects = true, rejects_limit = 0)"""
    )
    con.execute(f"insert into afgekeurd select '{table}', line, column_name from reject_errors")
    con.execute("drop table reject_errors; drop table reject_scans")
    for column in extract.columns:
        wrong = f"{column.name} is null" if column.required else "false"
        pattern = column.canonical_pattern or column.pattern
        wrong += f" or not regexp_full_match({column.name}, '{pattern}')" if pattern else ""
        con.execute(f"insert into afgekeurd select '{table}', null, '{column.name}' from {table} where {wrong}")
        con.execute(f"delete from {table} where {wrong}")


def _read_changes(con: duckdb.DuckDBPyConnection, folder: Path, arrival: str, table: str) -> None:
    """Lay the changes that were received by then on the whole register: the last record of a dossier counts.

    Each file has a table of its own, numbered from 0; in `<table>_laatste` stand dropped dossiers too.
    """
    of_stand = {}
    for file in sorted(folder.iterdir()):
        stand, received = re.findall(r"\d{8}", file.name)
        if received <= arrival:
            of_stand[stand] = file
    for number, file in enumerate(of_stand.values()):
        _read(con, EXTRACTS["executie_dossiers", "dossiers"], [file], f"{table}_{number}")
    delivered = [
        f"select {number} as levering, rowid as regel, * from {table}_{number}" for number in range(len(of_stand))
    ]
    con.execute(
        f"""create table {table}_laatste as select * exclude (levering, regel) from ({" union all ".join(delivered)})
        qualify row_number() over (partition by dossier_nr order by levering desc, regel desc) = 1"""
    )
    con.execute(f"create table {table} as from {table}_laatste where mutatie != 'V'")


def _read_wide(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    years = next(csv.reader([lines[4]], delimiter=";"))[1:]
    con.execute("create table if not exists main.misdrijven (regio varchar, jaar integer, aantal bigint)")
    for regio, *numbers in csv.reader(lines[6:-1], delimiter=";"):
        for year, number in zip(years, numbers, strict=True):
            con.execute("insert into main.misdrijven values (?, ?, try_cast(? as bigint))", [regio, year, number])


def _read_provinces(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Read a later file over an earlier one: the newest figure of a year is the one that holds."""
    (_, *headings), *lines = csv.reader(file.read_text(encoding="utf-8").splitlines())
    con.execute(
        """create table if not exists main.provincies
        (stand varchar, soort varchar, regio varchar, onderwerp varchar, jaar varchar, aantal bigint)"""
    )
    for soort, *numbers in lines:
        for heading, number in zip(headings, numbers, strict=True):
            values = [file.name[16:24], soort, *heading.split("_"), int(number)]
            con.execute("insert into main.provincies values (?, ?, ?, ?, ?, ?)", values)


COUNTED = {
    # What counts: investigated by criminal law, and in a phase in which the csv is tackled.
    "tellend": """select onderzoeken.* from onderzoeken
        join main.aanpak on aanpak = aanpak_code join main.fase on fase = fase_code
        where is_strafrechtelijk and is_aangepakt""",
    "eerste": """select csv_nr, year(min(startdatum)) as jaar from tellend group by csv_nr""",
    "lopend": """select jaar, tellend.* from tellend join (select unnest(range(2017, 2023)) as jaar) as jaren
        on startdatum <= make_date(jaar, 12, 31)
        and (einddatum is null or einddatum >= make_date(jaar, 1, 1))""",
    "verdacht": r"""select *,
        regexp_replace(lower(wetsartikel), '^art\.|sr$|lid \d+ sr$|\s', '', 'g') as artikel,
        lpad(verdachte_nr, 8, '0') as verdachte,
        lpad(regexp_extract(parketnummer, '^(\d+)\D', 1), 2, '0')
            || regexp_extract(parketnummer, '\D(\d{6})\D', 1) || parketnummer[-2:] as zaak
        from instroom""",
    "paar": """select verdachte, zaak, year(min(instroomdatum)) as jaar from verdacht
        where artikel = '273f' and aanleverende_dienst = 'POL' group by verdachte, zaak""",
    "actie": """select actie_nr, year(min(actiedatum)) as jaar from acties
        join main.partner on acties.partner = partner_code join main.bijdrage on acties.bijdrage = bijdrage_code
        where status = 'UIT' and is_bijdrage group by actie_nr having count(*) >= 2 and bool_or(is_politie)""",
    "signaal": """select signaal_nr, year(min(statusdatum)) as jaar, bool_or(financiele_analyse = 'J') as geanalyseerd
        from signalen where status = 'VRG' group by signaal_nr""",
    "zaak_geteld": """select *, year(startdatum) as jaar, reden_geen_onderzoek is not distinct from 'GMW'
        and exists (select 1 from signalen where signalen.signaal_nr = zaken.signaal_nr and financiele_analyse = 'J')
        as uitgezonderd from zaken""",
    "boeking": r"""with alle as (
            select 'om_beslag' as register, * from beslag
            union all by name select 'cjib_incasso' as register, * from incasso
            union all by name select 'fiscaal_afpakken' as register, * from vorderingen
            union all by name select 'bestuurlijk_afpakken' as register, * from maatregelen)
        select alle.*, regexp_replace(alle.object_nr, '\D', '', 'g') as object, stap_code, weg_code, volgorde,
            year(coalesce(eerste.boekdatum, alle.boekdatum)) as jaar
        from alle join main.afpak_aanleveraar on alle.aanleveraar = aanleveraar_code
        join main.boekingsoort on alle.soort_boeking = boekingsoort_code
        left join alle as eerste on alle.register = eerste.register and alle.corrigeert_nr = eerste.boeking_nr""",
    "geboekt": """select * from boeking
        qualify object is null or volgorde = min(volgorde) over (partition by object, stap_code)""",
    # Lower sentences with an indication within the Netherlands; footnote 11 says which are of FAST.
    "dossier": """select *, coalesce(is_positief, false) as positief from dossiers
        left join main.afdoening_mapping on afdoening = afdoening_code
        where opsporingsindicatie = 'BINNENLAND' and not (vaste_verblijfplaats = 'N' and restantstraf_dagen >= 300)
        and not (buitenlandsignaal = 'J' and restantstraf_dagen > 120)""",
    "dag": """select unnest(generate_series(date '2019-01-01', date '2022-12-31', interval 1 day))::date as dag""",
    "stand": """select dag, eenheid, count(*) as aantal from dag
        join dossier on in_behandeling_op <= dag and (afgedaan_op is null or afgedaan_op > dag) group by all""",
    "voorraad": """select dag, year(dag) as jaar, coalesce(sum(aantal) filter (eenheid != 'LE'), 0) as aantal
        from dag left join stand using (dag) group by dag""",
    "complex": "select *, year(startdatum) as jaar from mensenhandel_onderzoeken__onderzoeken where {elementen} >= 2",
    "interventie": "select *, year(interventiedatum) as jaar from interventies where {elementen} >= 1",
}
ELEMENTEN = ("csv_betrokken", "eenheidsoverstijgend", "barrieremodel", "internationaal")
COUNTED |= {
    name: query.replace("{elementen}", "(" + " + ".join(f"({element} = 'J')::int" for element in ELEMENTEN) + ")")
    for name, query in COUNTED.items()
}
# The newest figure of each year; the year as the heading has it, with its asterisk, stands in `jaar`.
PROVINCIES = """(select *, left(jaar, 4)::integer as heel_jaar from provincies
    qualify rank() over (partition by left(jaar, 4) order by stand desc) = 1)"""
COUNTED |= {
    # An article as the list has it, however it is spelled.
    "feit": r"""with lijst as (from main.wetsartikel where lijst_versie = 'cyber_artikel_1')
        select *, exists (from lijst where artikel_code = artikel) as op_lijst,
        exists (from lijst where artikel_code = artikel and pleegdatum >= geldig_vanaf) as eng
        from (select onderzoek_nr, pleegdatum, wetsartikel, replace(
            regexp_replace(lower(wetsartikel), 'art\.|sr|lid|[ /]', '', 'g'), '3172', '317 lid 2') as artikel
            from cyber_onderzoeken__feiten)""",
    "cyber": """select onderzoek.*, year(tactisch_afgerond) as jaar, is_regionaal, is_cybercrimeteam, is_thtc,
        coalesce(eng, false) as eng, coalesce(op_lijst, false) as op_lijst, coalesce(zonder_lid, false) as zonder_lid,
        coalesce(vast_gespeld, false) as vast_gespeld,
        case when is_thtc and bijstand = 'N' and high_tech = 'J' then 'THTC'
            when is_cybercrimeteam and niveau = 3 and eng
                and (focus = 'EZ' or (innovatief = 'J' and digitaal = 'J')) then 'FEN'
            when is_regionaal and niveau in (1, 2) and focus = 'EZ' and eng then 'REG' end as eigen_soort
        from cyber_onderzoeken__onderzoeken as onderzoek
        join main.cyber_team on team = team_code
        left join (select onderzoek_nr, bool_or(eng) as eng, bool_or(op_lijst) as op_lijst,
            bool_or(eng or regexp_matches(artikel, '^317')) as zonder_lid,
            bool_or(eng and wetsartikel = artikel || ' Sr') as vast_gespeld
            from feit group by onderzoek_nr) using (onderzoek_nr)""",
    "oskm": """select onderzoek_nr, min(categorie_inzet) as categorie, min(categorie_resultaat) as uitkomst,
        year(min(startdatum)) as jaar, year(max(einddatum)) as eindjaar from oskm_onderzoeken__onderzoeken
        group by onderzoek_nr having count(categorie_inzet) > 0""",
    "persoon": """select soort, persoon, year(min(vastgesteld_op)) as jaar
        from (select *, lpad(persoon_nr, 8, '0') as persoon from oskm_onderzoeken__resultaten)
        where inzet_150_fte = 'J' and team != 'OVT' group by soort, persoon""",
    "cyberverdachte": """select distinct lpad(verdachte_nr, 8, '0') as verdachte, year(registratiedatum) as jaar
        from cyber_verdachten__verdachten where soort = 'REG'""",
}
GEBIED = """lopend join aandachtsgebieden using (onderzoek_nr)
    left join main.drugsoort on drugsoort = drugsoort_code"""
RIGHT = {
    "csv_aangepakt": "select count(*) from eerste where jaar = {jaar}",
    "csv_onderzoeken": "select count(distinct onderzoek_nr) from lopend where jaar = {jaar}",
    "csv_onderzoeken, drugs": f"select count(distinct onderzoek_nr) from {GEBIED} "
    "where eerste = 'J' and aandachtsgebied = 'DRUGS' and jaar = {jaar}",
    "csv_onderzoeken, hennep": f"select count(distinct onderzoek_nr) from {GEBIED} "
    "where eerste = 'J' and drugsoort_groep = 'hennep' and jaar = {jaar}",
    "om_verdachten_mensenhandel": "select count(*) from paar where jaar = {jaar}",
    "slachtoffers_comensha": """select count(distinct slachtoffer_nr) from meldingen
        where melder = 'POL' and year(meldingsdatum) = {jaar}""",
    "complexe_onderzoeken_mensenhandel": "select count(*) from complex where jaar = {jaar}",
    "interventies_mensenhandel": "select count(*) from interventie where jaar = {jaar}",
    "executie_positief_pct": """select round(100.0 * count(*) filter (positief) / count(*)) from dossier
        where year(aangeleverd_op) = {jaar}""",
    "executie_werkvoorraad": "select min(aantal) from voorraad where jaar = {jaar}",
    "geregistreerde_misdrijven": "select aantal from misdrijven where regio = 'Nederland' and jaar = {jaar}",
    "context_misdrijven": f"select aantal from {PROVINCIES} where regio = 'Nederland' and heel_jaar = {{jaar}} "
    "and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'",
    "context_misdrijven, drugs": f"select aantal from {PROVINCIES} where regio = 'Nederland' and heel_jaar = {{jaar}} "
    "and onderwerp = 'Totaal geregistreerde misdrijven' and soort = '6 Drugsmisdrijven'",
    "context_misdrijven, cleared up": f"select aantal from {PROVINCIES} where regio = 'Nederland' "
    "and heel_jaar = {jaar} and onderwerp = '||Totaal opgehelderde misdrijven' and soort = 'Misdrijven, totaal'",
    "csv_onderzoeken, regio-overstijgend": "select count(distinct onderzoek_nr) from lopend "
    "where regio_overstijgend = 'J' and jaar = {jaar}",
    "integrale_acties_politie": "select count(*) from actie where jaar = {jaar}",
    "signalen_financiele_analyse_pct": "select 100 * count(*) filter (geanalyseerd) / count(*) "
    "from signaal where jaar = {jaar}",
    "onderzoeken_financieel_pct": "select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) "
    "from zaak_geteld where not uitgezonderd and jaar = {jaar}",
    "beslag_conservatoir_politie_eur": "select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' "
    "and beslagsoort = 'CONS' and dienst = 'POL' and jaar = {jaar}",
    "afpakmonitor, fiscaal beslag gelegd": "select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' "
    "and weg_code = 'fiscaal' and jaar = {jaar}",
    "afpakmonitor, geincasseerd": "select sum(bedrag) from geboekt where stap_code = 'geincasseerd' "
    "and weg_code = 'strafrechtelijk' and jaar = {jaar}",
    "afpakmonitor, geincasseerd zonder grote schikking": "select sum(bedrag) from geboekt "
    "where stap_code = 'geincasseerd' and weg_code = 'strafrechtelijk' and bedrag < 100000000 and jaar = {jaar}",
    "afpakmonitor, openstaand": "select sum(bedrag) from geboekt where stap_code = 'openstaand' "
    "and boekdatum = make_date({jaar}, 12, 31)",
    "cyber_regulier": "select count(*) from cyber where eigen_soort = 'REG' and jaar = {jaar}",
    "cyber_regulier_alternatief": """select count(*) from cyber
        where eigen_soort = 'REG' and alternatief = 'J' and jaar = {jaar}""",
    "cyber_fenomeen": "select count(*) from cyber where eigen_soort = 'FEN' and jaar = {jaar}",
    "cyber_fenomeen, enge zin": """select count(*) from cyber
        where eigen_soort = 'FEN' and focus = 'EZ' and jaar = {jaar}""",
    "cyber_fenomeen_alternatief": """select count(*) from cyber
        where eigen_soort = 'FEN' and alternatief = 'J' and jaar = {jaar}""",
    "cyber_thtc": "select count(*) from cyber where eigen_soort = 'THTC' and jaar = {jaar}",
    "cyber_totaal": "select count(eigen_soort) from cyber where jaar = {jaar}",
    "cyber_regulier_verdachten": "select count(*) from cyberverdachte where jaar = {jaar}",
    "oskm_a": "select count(*) from oskm where categorie = 'A' and jaar = {jaar}",
    "oskm_b": "select count(*) from oskm where categorie = 'B' and jaar = {jaar}",
    "oskm_c": "select count(*) from oskm where categorie = 'C' and jaar = {jaar}",
    "oskm_totaal": "select count(*) from oskm where jaar = {jaar}",
    "oskm_daders": "select count(*) from persoon where soort = 'DAD' and jaar = {jaar}",
    "oskm_slachtoffers": "select count(*) from persoon where soort = 'SLA' and jaar = {jaar}",
}


def pairs(which: str, case: str = "zaak") -> str:
    """Count pairs of suspect and case among some of the rows, in the year of their first inflow."""
    return f"""select count(*) from (select verdachte, {case}, year(min(instroomdatum)) as jaar from verdacht
        where {which} group by all) where jaar = {{jaar}}"""


def positive_share(dossiers: str) -> str:
    """The share of dossiers positively disposed of, among some of the records of the register."""
    counting = COUNTED["dossier"].replace("from dossiers", f"from {dossiers}", 1)
    return RIGHT["executie_positief_pct"].replace("from dossier", f"from ({counting})", 1)


@dataclass(frozen=True)
class Trap:
    """A way to count that looks right; its name is the first column of the table in the README."""

    name: str
    figure: str
    year: int
    naive: str


TRAPS = (
    Trap(
        "Onderzoeken that are not criminal investigations counted too",
        "csv_aangepakt",
        2019,
        """select count(*) from (select csv_nr, year(min(startdatum)) as jaar from onderzoeken
        join fase on fase = fase_code where is_aangepakt group by csv_nr) where jaar = {jaar}""",
    ),
    Trap(
        "Onderzoeken whose phase did not get far enough counted too",
        "csv_aangepakt",
        2019,
        """select count(*) from (select csv_nr, year(min(startdatum)) as jaar from onderzoeken
        join aanpak on aanpak = aanpak_code where is_strafrechtelijk group by csv_nr) where jaar = {jaar}""",
    ),
    Trap(
        "The first onderzoek of a csv taken before looking whether it counts",
        "csv_aangepakt",
        2019,
        """select count(*) from (select * from onderzoeken qualify row_number() over (
            partition by csv_nr order by startdatum, onderzoek_nr) = 1)
        join aanpak on aanpak = aanpak_code join fase on fase = fase_code
        where is_strafrechtelijk and is_aangepakt and year(startdatum) = {jaar}""",
    ),
    Trap(
        "Onderzoeken counted instead of csv's",
        "csv_aangepakt",
        2019,
        "select count(*) from tellend where year(startdatum) = {jaar}",
    ),
    Trap(
        "A csv counted again in a year in which a new onderzoek starts",
        "csv_aangepakt",
        2019,
        "select count(distinct csv_nr) from tellend where year(startdatum) = {jaar}",
    ),
    Trap(
        "A csv counted in every year in which it is under investigation",
        "csv_aangepakt",
        2019,
        "select count(distinct csv_nr) from lopend where jaar = {jaar}",
    ),
    Trap(
        "What happened before 2017 forgotten",
        "csv_aangepakt",
        2018,
        """select count(*) from (select csv_nr, year(min(startdatum)) as jaar from tellend
        where startdatum >= date '2017-01-01' group by csv_nr) where jaar = {jaar}""",
    ),
    Trap(
        "The csv's of each eenheid added up",
        "csv_aangepakt",
        2020,
        """select sum(aantal) from (select eenheid, count(distinct csv_nr) as aantal from tellend
        where year(startdatum) = {jaar} group by eenheid)""",
    ),
    Trap(
        "A csv counted once for every aandachtsgebied",
        "csv_aangepakt",
        2020,
        """select count(distinct (csv_nr, aandachtsgebied)) from tellend
        join aandachtsgebieden using (onderzoek_nr) join eerste using (csv_nr)
        where eerste.jaar = {jaar} and year(startdatum) = {jaar}""",
    ),
    Trap(
        "The delivery that was corrected later still used",
        "csv_aangepakt",
        2022,
        "select count(*) from fout.eerste where jaar = {jaar}",
    ),
    Trap(
        "The correction added to what it corrects",
        "csv_aangepakt",
        2018,
        """select count(*) from (select csv_nr, min(jaar) as jaar
        from (from fout.eerste union all from goed.eerste) group by csv_nr) where jaar = {jaar}""",
    ),
    Trap(
        "Only onderzoeken that started in the year counted",
        "csv_onderzoeken",
        2020,
        "select count(*) from tellend where year(startdatum) = {jaar}",
    ),
    Trap(
        "Only onderzoeken that run on 31 December counted",
        "csv_onderzoeken",
        2020,
        """select count(*) from lopend where jaar = {jaar}
        and (einddatum is null or einddatum > make_date({jaar}, 12, 31))""",
    ),
    Trap(
        "Onderzoeken per aandachtsgebied added up",
        "csv_onderzoeken",
        2020,
        f"select count(distinct (onderzoek_nr, aandachtsgebied)) from {GEBIED} where jaar = {{jaar}}",
    ),
    Trap(
        "Rows counted after joining the aandachtsgebieden",
        "csv_onderzoeken",
        2020,
        f"select count(*) from {GEBIED} where jaar = {{jaar}}",
    ),
    Trap(
        "Drugs as any aandachtsgebied instead of the first",
        "csv_onderzoeken, drugs",
        2020,
        f"""select count(distinct onderzoek_nr) from {GEBIED}
        where aandachtsgebied = 'DRUGS' and jaar = {{jaar}}""",
    ),
    Trap(
        "Drugs first, and every aanpak and phase",
        "csv_onderzoeken, drugs",
        2020,
        """select count(*) from onderzoeken join aandachtsgebieden using (onderzoek_nr)
        where eerste = 'J' and aandachtsgebied = 'DRUGS' and startdatum <= make_date({jaar}, 12, 31)
        and (einddatum is null or einddatum >= make_date({jaar}, 1, 1))""",
    ),
    Trap(
        "Any drugsoort instead of the first",
        "csv_onderzoeken, hennep",
        2021,
        f"""select count(distinct onderzoek_nr) from {GEBIED}
        where drugsoort_groep = 'hennep' and jaar = {{jaar}}""",
    ),
    Trap(
        "Suspects delivered by other services counted too",
        "om_verdachten_mensenhandel",
        2020,
        pairs("artikel = '273f'"),
    ),
    Trap(
        "Suspects of other offences counted too",
        "om_verdachten_mensenhandel",
        2020,
        pairs("aanleverende_dienst = 'POL'"),
    ),
    Trap(
        "Every article that begins with 273 counted",
        "om_verdachten_mensenhandel",
        2020,
        pairs("aanleverende_dienst = 'POL' and artikel like '273%'"),
    ),
    Trap(
        "Only the article spelled 273f Sr recognised",
        "om_verdachten_mensenhandel",
        2020,
        pairs("aanleverende_dienst = 'POL' and wetsartikel = '273f Sr'"),
    ),
    Trap(
        "Rows counted instead of suspects in a case",
        "om_verdachten_mensenhandel",
        2020,
        """select count(*) from verdacht where artikel = '273f' and aanleverende_dienst = 'POL'
        and year(instroomdatum) = {jaar}""",
    ),
    Trap(
        "Suspects counted, whatever the number of their cases",
        "om_verdachten_mensenhandel",
        2019,
        "select count(distinct verdachte) from paar where jaar = {jaar}",
    ),
    Trap(
        "Cases counted, whatever the number of their suspects",
        "om_verdachten_mensenhandel",
        2019,
        "select count(distinct zaak) from paar where jaar = {jaar}",
    ),
    Trap(
        "Parketnummers compared as they are spelled",
        "om_verdachten_mensenhandel",
        2019,
        pairs("artikel = '273f' and aanleverende_dienst = 'POL'", case="parketnummer"),
    ),
    Trap(
        "A parketnummer without its leading zero taken for another",
        "om_verdachten_mensenhandel",
        2019,
        pairs(
            "artikel = '273f' and aanleverende_dienst = 'POL'",
            case=r"regexp_replace(parketnummer, '\D', '', 'g')",
        ),
    ),
    Trap(
        "A suspect counted in every year of inflow in the same case",
        "om_verdachten_mensenhandel",
        2020,
        """select count(distinct (verdachte, zaak)) from verdacht
        where artikel = '273f' and aanleverende_dienst = 'POL' and year(instroomdatum) = {jaar}""",
    ),
    Trap(
        "The delivery of suspects that was corrected later still used",
        "om_verdachten_mensenhandel",
        2022,
        "select count(*) from fout.paar where jaar = {jaar}",
    ),
    Trap(
        "Victims reported by anybody counted",
        "slachtoffers_comensha",
        2019,
        "select count(distinct slachtoffer_nr) from meldingen where year(meldingsdatum) = {jaar}",
    ),
    Trap(
        "Reports of the police counted instead of victims",
        "slachtoffers_comensha",
        2019,
        "select count(*) from meldingen where melder = 'POL' and year(meldingsdatum) = {jaar}",
    ),
    Trap(
        "Victims whom others reported too left out",
        "slachtoffers_comensha",
        2019,
        """select count(*) from (select slachtoffer_nr from meldingen where year(meldingsdatum) = {jaar}
        group by slachtoffer_nr having bool_and(melder = 'POL'))""",
    ),
    Trap(
        "A victim counted only in the first year",
        "slachtoffers_comensha",
        2020,
        """select count(*) from (select min(year(meldingsdatum)) as jaar from meldingen where melder = 'POL'
        group by slachtoffer_nr) where jaar = {jaar}""",
    ),
    Trap(
        "The victims of each eenheid added up",
        "slachtoffers_comensha",
        2020,
        """select count(distinct (slachtoffer_nr, eenheid)) from meldingen
        where melder = 'POL' and year(meldingsdatum) = {jaar}""",
    ),
    Trap(
        "The victims of each form of exploitation added up",
        "slachtoffers_comensha",
        2020,
        """select count(distinct (slachtoffer_nr, uitbuitingsvorm)) from meldingen
        where melder = 'POL' and year(meldingsdatum) = {jaar}""",
    ),
    Trap(
        "Reports put in the year in which they were entered",
        "slachtoffers_comensha",
        2021,
        """select count(distinct slachtoffer_nr) from meldingen
        where melder = 'POL' and year(registratiedatum) = {jaar}""",
    ),
    Trap(
        "The provisional delivery of February taken for the definitive one",
        "slachtoffers_comensha",
        2020,
        """select count(distinct slachtoffer_nr) from voorlopig.meldingen
        where melder = 'POL' and year(meldingsdatum) = {jaar}""",
    ),
    Trap(
        "The delivery of reports that was corrected later still used",
        "slachtoffers_comensha",
        2022,
        """select count(distinct slachtoffer_nr) from fout.meldingen
        where melder = 'POL' and year(meldingsdatum) = {jaar}""",
    ),
    Trap(
        "Every onderzoek with an element of the agenda called complex",
        "complexe_onderzoeken_mensenhandel",
        2020,
        f"""select count(*) from mensenhandel_onderzoeken__onderzoeken
        where 'J' in ({", ".join(ELEMENTEN)}) and year(startdatum) = {{jaar}}""",
    ),
    Trap(
        "The elements of complex onderzoeken added up",
        "complexe_onderzoeken_mensenhandel",
        2019,
        " + ".join(
            f"(select count(*) from complex where {element} = 'J' and jaar = {{jaar}})" for element in ELEMENTEN
        ).join(("select ", "")),
    ),
    Trap(
        "Complex onderzoeken counted in every year in which they run",
        "complexe_onderzoeken_mensenhandel",
        2020,
        """select count(*) from complex where year(startdatum) <= {jaar}
        and (einddatum is null or year(einddatum) >= {jaar})""",
    ),
    Trap(
        "Interventions added to the complex onderzoeken",
        "complexe_onderzoeken_mensenhandel",
        2019,
        """select (select count(*) from complex where jaar = {jaar})
        + (select count(*) from interventie where jaar = {jaar})""",
    ),
    Trap(
        "Only interventions that came from an onderzoek counted",
        "interventies_mensenhandel",
        2019,
        "select count(*) from interventie where onderzoek_nr is not null and jaar = {jaar}",
    ),
    Trap(
        "Every intervention counted, whatever its elements",
        "interventies_mensenhandel",
        2019,
        "select count(*) from interventies where year(interventiedatum) = {jaar}",
    ),
    Trap(
        "Dossiers of FAST and without an indication within the Netherlands counted too",
        "executie_positief_pct",
        2020,
        """select round(100.0 * count(*) filter (is_positief) / count(*)) from dossiers
        left join afdoening_mapping on afdoening = afdoening_code where year(aangeleverd_op) = {jaar}""",
    ),
    Trap(
        "Dossiers taken up instead of dossiers delivered as the denominator",
        "executie_positief_pct",
        2020,
        """select round(100.0 * count(*) filter (positief) / count(*)) from dossier
        where year(in_behandeling_op) = {jaar}""",
    ),
    Trap(
        "Dossiers disposed of instead of dossiers delivered as the denominator",
        "executie_positief_pct",
        2020,
        """select round(100.0 * count(*) filter (positief) / count(*)) from dossier
        where year(afgedaan_op) = {jaar}""",
    ),
    Trap(
        "Disposals of the year set against the dossiers delivered in it",
        "executie_positief_pct",
        2022,
        """select round(100.0 * count(*) filter (positief and year(afgedaan_op) = {jaar})
        / count(*) filter (year(aangeleverd_op) = {jaar})) from dossier""",
    ),
    Trap(
        "Every disposal called positive",
        "executie_positief_pct",
        2020,
        """select round(100.0 * count(afgedaan_op) / count(*)) from dossier where year(aangeleverd_op) = {jaar}""",
    ),
    Trap(
        "Only arrests called positive",
        "executie_positief_pct",
        2020,
        """select round(100.0 * count(*) filter (afdoening = 'AANGEHOUDEN') / count(*)) from dossier
        where year(aangeleverd_op) = {jaar}""",
    ),
    Trap(
        "The delivery of dossiers that was corrected later still used",
        "executie_positief_pct",
        2020,
        """select round(100.0 * count(*) filter (positief) / count(*)) from fout.dossier
        where year(aangeleverd_op) = {jaar}""",
    ),
    Trap(
        "Dossiers that were dropped later still counted",
        "executie_positief_pct",
        2020,
        positive_share("dossiers_laatste"),
    ),
    Trap(
        "Every record counted as a dossier, changes as well",
        "executie_positief_pct",
        2021,
        positive_share("(from dossiers_0 union all from dossiers_1 union all from dossiers_2)"),
    ),
    Trap(
        "The changes taken for the whole register",
        "executie_positief_pct",
        2022,
        positive_share("dossiers_2"),
    ),
    Trap(
        "The stock on 31 December taken for that of the year",
        "executie_werkvoorraad",
        2020,
        "select aantal from voorraad where dag = make_date({jaar}, 12, 31)",
    ),
    Trap(
        "The mean stock taken",
        "executie_werkvoorraad",
        2020,
        "select round(avg(aantal)) from voorraad where jaar = {jaar}",
    ),
    Trap(
        "The lowest of the stocks at the end of a month taken",
        "executie_werkvoorraad",
        2020,
        "select min(aantal) from voorraad where jaar = {jaar} and dag = last_day(dag)",
    ),
    Trap(
        "The Landelijke Eenheid counted in the stock",
        "executie_werkvoorraad",
        2020,
        """select min(aantal) from (select dag, sum(aantal) as aantal from stand
        where year(dag) = {jaar} group by dag)""",
    ),
    Trap(
        "Every dossier at the police counted in the stock",
        "executie_werkvoorraad",
        2020,
        """select min(aantal) from (select dag, count(*) as aantal from dag
        join dossiers on in_behandeling_op <= dag and (afgedaan_op is null or afgedaan_op > dag)
        where year(dag) = {jaar} and eenheid != 'LE' group by dag)""",
    ),
    Trap(
        "The dossiers that were in treatment in the year added up",
        "executie_werkvoorraad",
        2020,
        """select count(*) from dossier where year(in_behandeling_op) <= {jaar} and eenheid != 'LE'
        and (afgedaan_op is null or year(afgedaan_op) >= {jaar})""",
    ),
    Trap(
        "The lowest stocks of the eenheden added up",
        "executie_werkvoorraad",
        2022,
        """select sum(aantal) from (select eenheid, min(aantal) as aantal from stand
        where year(dag) = {jaar} and eenheid != 'LE' group by eenheid)""",
    ),
    Trap(
        "The kind that the deliverer gives taken over",
        "cyber_regulier",
        2020,
        "select count(*) from cyber where soort = 'REG' and jaar = {jaar}",
    ),
    Trap(
        "Investigations counted in the year in which they start",
        "cyber_regulier",
        2019,
        "select count(*) from cyber where eigen_soort = 'REG' and year(startdatum) = {jaar}",
    ),
    Trap(
        "Articles 138c and 139g counted before 1 March 2019 too",
        "cyber_regulier",
        2019,
        """select count(*) from cyber
        where is_regionaal and niveau < 3 and focus = 'EZ' and op_lijst and jaar = {jaar}""",
    ),
    Trap(
        "Article 317 counted whatever its paragraph",
        "cyber_regulier",
        2020,
        """select count(*) from cyber
        where is_regionaal and niveau < 3 and focus = 'EZ' and zonder_lid and jaar = {jaar}""",
    ),
    Trap(
        "Only the articles spelled as in 138ab Sr recognised",
        "cyber_regulier",
        2020,
        "select count(*) from cyber where eigen_soort = 'REG' and vast_gespeld and jaar = {jaar}",
    ),
    Trap(
        "An offence in the narrow sense taken for an investigation aimed at it",
        "cyber_regulier",
        2020,
        "select count(*) from cyber where is_regionaal and niveau < 3 and eng and jaar = {jaar}",
    ),
    Trap(
        "Offences counted instead of investigations",
        "cyber_regulier",
        2020,
        "select count(*) from cyber join feit using (onderzoek_nr) where eigen_soort = 'REG' and jaar = {jaar}",
    ),
    Trap(
        "The alternative interventions of every investigation counted",
        "cyber_regulier_alternatief",
        2020,
        "select count(*) from cyber where alternatief = 'J' and jaar = {jaar}",
    ),
    Trap(
        "Investigations that still run counted where they began",
        "cyber_fenomeen",
        2019,
        """select count(*) from cyber
        where eigen_soort = 'FEN' and startdatum < date '2020-01-01'
        and (tactisch_afgerond is null or year(tactisch_afgerond) >= {jaar})""",
    ),
    Trap(
        "Cyber-enabled investigations counted without their conditions",
        "cyber_fenomeen",
        2020,
        "select count(*) from cyber where is_cybercrimeteam and niveau = 3 and jaar = {jaar}",
    ),
    Trap(
        "Level 3 counted whatever the team",
        "cyber_fenomeen",
        2020,
        """select count(*) from cyber
        where is_regionaal and niveau = 3 and eng and jaar = {jaar}
        and (focus = 'EZ' or (innovatief = 'J' and digitaal = 'J'))""",
    ),
    Trap(
        "The share in the narrow sense taken from the articles",
        "cyber_fenomeen, enge zin",
        2021,
        "select count(*) from cyber where eigen_soort = 'FEN' and eng and jaar = {jaar}",
    ),
    Trap(
        "Assistance by THTC counted too",
        "cyber_thtc",
        2019,
        "select count(*) from cyber where is_thtc and high_tech = 'J' and jaar = {jaar}",
    ),
    Trap(
        "A high-tech component counted whatever the team",
        "cyber_thtc",
        2020,
        "select count(*) from cyber where high_tech = 'J' and bijstand = 'N' and jaar = {jaar}",
    ),
    Trap(
        "The waarvan rows added to the total",
        "cyber_totaal",
        2020,
        """select count(eigen_soort) + count(*) filter (alternatief = 'J' and eigen_soort in ('REG', 'FEN'))
        from cyber where jaar = {jaar}""",
    ),
    Trap(
        "The delivery of cybercrime that was corrected later still used",
        "cyber_totaal",
        2020,
        "select count(eigen_soort) from fout.cyber where jaar = {jaar}",
    ),
    Trap(
        "Suspects in phenomenon investigations counted too",
        "cyber_regulier_verdachten",
        2023,
        """select count(distinct lpad(verdachte_nr, 8, '0')) from cyber_verdachten__verdachten
        where year(registratiedatum) = {jaar}""",
    ),
    Trap(
        "Registrations counted instead of suspects",
        "cyber_regulier_verdachten",
        2023,
        "select count(*) from cyber_verdachten__verdachten where soort = 'REG' and year(registratiedatum) = {jaar}",
    ),
    Trap(
        "A suspect counted only in the first year",
        "cyber_regulier_verdachten",
        2024,
        """select count(*) from (select verdachte, min(jaar) as jaar from cyberverdachte group by verdachte)
        where jaar = {jaar}""",
    ),
    Trap(
        "Investigations counted where suspects are asked",
        "cyber_regulier_verdachten",
        2023,
        "select count(*) from cyber where eigen_soort = 'REG' and jaar = {jaar}",
    ),
    Trap(
        "An investigation counted in every category that it has",
        "oskm_c",
        2020,
        """select count(distinct onderzoek_nr) from oskm_onderzoeken__onderzoeken
        where categorie_inzet = 'C' and year(startdatum) = {jaar}""",
    ),
    Trap(
        "The category at the end instead of at the start",
        "oskm_a",
        2020,
        "select count(*) from oskm where coalesce(uitkomst, categorie) = 'A' and jaar = {jaar}",
    ),
    Trap(
        "The year of the end instead of that of the start",
        "oskm_totaal",
        2020,
        "select count(*) from oskm where eindjaar = {jaar}",
    ),
    Trap(
        "Suspicions counted instead of investigations",
        "oskm_totaal",
        2020,
        "select count(categorie_inzet) from oskm_onderzoeken__onderzoeken where year(startdatum) = {jaar}",
    ),
    Trap(
        "The delivery of child abuse that was corrected later still used",
        "oskm_totaal",
        2020,
        "select count(*) from fout.oskm where jaar = {jaar}",
    ),
    Trap(
        "Results outside the 150 fte and the eleven teams counted too",
        "oskm_slachtoffers",
        2020,
        """select count(*) from (select persoon_nr::bigint as persoon, year(min(vastgesteld_op)) as jaar from
        oskm_onderzoeken__resultaten where soort = 'SLA' group by persoon) where jaar = {jaar}""",
    ),
    Trap(
        "Results of another team counted as those of the 150 fte",
        "oskm_daders",
        2020,
        """select count(*) from (select persoon_nr::bigint as persoon, year(min(vastgesteld_op)) as jaar from
        oskm_onderzoeken__resultaten where soort = 'DAD' and inzet_150_fte = 'J' group by persoon)
        where jaar = {jaar}""",
    ),
    Trap(
        "A victim counted again in every year",
        "oskm_slachtoffers",
        2020,
        """select count(distinct persoon_nr::bigint) from oskm_onderzoeken__resultaten
        where soort = 'SLA' and inzet_150_fte = 'J' and team != 'OVT' and year(vastgesteld_op) = {jaar}""",
    ),
    Trap(
        "Reports counted with the victims",
        "oskm_slachtoffers",
        2020,
        "select count(*) from persoon where soort in ('SLA', 'MEL') and jaar = {jaar}",
    ),
    Trap(
        "All rows of the crime table added up",
        "geregistreerde_misdrijven",
        2022,
        "select sum(aantal) from misdrijven where jaar = {jaar}",
    ),
    Trap(
        "Eenheden found by their plain name",
        "geregistreerde_misdrijven",
        2023,
        """select sum(aantal) from misdrijven
        join eenheid on regio = eenheid_naam || ' (RE)' where jaar = {jaar}""",
    ),
    Trap(
        "Country and provinces of the province table added up",
        "context_misdrijven",
        2018,
        f"""select sum(aantal) from {PROVINCIES} where heel_jaar = {{jaar}}
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    ),
    Trap(
        "The provinces added up, each rounded",
        "context_misdrijven",
        2016,
        f"""select sum(aantal) from {PROVINCIES} where heel_jaar = {{jaar}} and regio != 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    ),
    Trap(
        "All kinds of crime added up, with those above them",
        "context_misdrijven",
        2018,
        f"""select sum(aantal) from {PROVINCIES} where heel_jaar = {{jaar}} and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven'""",
    ),
    Trap(
        "A heading with an asterisk not read as a year",
        "context_misdrijven",
        2018,
        f"""select coalesce(sum(aantal), 0) from {PROVINCIES} where jaar = '{{jaar}}' and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    ),
    Trap(
        "The provisional figure of the first file still used",
        "context_misdrijven",
        2017,
        """select aantal from provincies where jaar = '{jaar}*' and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    ),
    Trap(
        "Hard and soft drugs taken for all drugs",
        "context_misdrijven, drugs",
        2018,
        f"""select sum(aantal) from {PROVINCIES} where heel_jaar = {{jaar}} and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort in ('6.1 Harddrugs', '6.2 Softdrugs')""",
    ),
    Trap(
        "The subject with bars before it not recognised",
        "context_misdrijven, cleared up",
        2017,
        f"""select coalesce(sum(aantal), 0) from {PROVINCIES} where heel_jaar = {{jaar}} and regio = 'Nederland'
        and onderwerp = 'Totaal opgehelderde misdrijven' and soort = 'Misdrijven, totaal'""",
    ),
    Trap(
        "An onderzoek of which it is not filled in taken for one across a border",
        "csv_onderzoeken, regio-overstijgend",
        2020,
        """select count(distinct onderzoek_nr) from lopend
        where regio_overstijgend is distinct from 'N' and jaar = {jaar}""",
    ),
    Trap(
        "Actions counted once for every partner",
        "integrale_acties_politie",
        2020,
        """select count(*) from acties join main.bijdrage on acties.bijdrage = bijdrage_code
        join actie using (actie_nr) where is_bijdrage and jaar = {jaar}""",
    ),
    Trap(
        "Actions to which the police did not contribute counted too",
        "integrale_acties_politie",
        2020,
        "select count(distinct actie_nr) from acties where status = 'UIT' and year(actiedatum) = {jaar}",
    ),
    Trap(
        "Actions that were planned or cancelled counted too",
        "integrale_acties_politie",
        2021,
        """select count(*) from (select actie_nr from acties
        join main.partner on acties.partner = partner_code join main.bijdrage on acties.bijdrage = bijdrage_code
        where is_bijdrage and year(actiedatum) = {jaar} group by actie_nr
        having count(*) >= 2 and bool_or(is_politie))""",
    ),
    Trap(
        "Actions of the police alone taken for integral ones",
        "integrale_acties_politie",
        2021,
        """select count(*) from acties join main.bijdrage on acties.bijdrage = bijdrage_code
        where partner = 'POL' and is_bijdrage and status = 'UIT' and year(actiedatum) = {jaar}""",
    ),
    Trap(
        "All signals in the denominator, and not only those presented",
        "signalen_financiele_analyse_pct",
        2020,
        """select 100 * count(distinct signaal_nr) filter (financiele_analyse = 'J') / count(distinct signaal_nr)
        from signalen where year(statusdatum) = {jaar}""",
    ),
    Trap(
        "Presentations counted instead of signals",
        "signalen_financiele_analyse_pct",
        2020,
        """select 100 * count(*) filter (financiele_analyse = 'J') / count(*)
        from signalen where status = 'VRG' and year(statusdatum) = {jaar}""",
    ),
    Trap(
        "Excepted cases left in the denominator",
        "onderzoeken_financieel_pct",
        2020,
        """select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) from zaak_geteld where jaar = {jaar}""",
    ),
    Trap(
        "An exception believed that no financial analysis shows",
        "onderzoeken_financieel_pct",
        2020,
        """select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) from zaak_geteld
        where reden_geen_onderzoek is distinct from 'GMW' and jaar = {jaar}""",
    ),
    Trap(
        "Every ground taken for an exception",
        "onderzoeken_financieel_pct",
        2020,
        """select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) from zaak_geteld
        where reden_geen_onderzoek is null and jaar = {jaar}""",
    ),
    Trap(
        "Seizures by every service taken for those of the police",
        "beslag_conservatoir_politie_eur",
        2021,
        """select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS'
        and jaar = {jaar}""",
    ),
    Trap(
        "Klassiek beslag counted too",
        "beslag_conservatoir_politie_eur",
        2022,
        "select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and dienst = 'POL' and jaar = {jaar}",
    ),
    Trap(
        "What was lifted taken off what was seized",
        "beslag_conservatoir_politie_eur",
        2021,
        """select sum(case when stap_code = 'beslag_opgeheven' then -bedrag else bedrag end) from geboekt
        where beslagsoort = 'CONS' and dienst = 'POL' and jaar = {jaar}""",
    ),
    Trap(
        "Corrections forgotten",
        "beslag_conservatoir_politie_eur",
        2021,
        """select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS'
        and dienst = 'POL' and corrigeert_nr is null and jaar = {jaar}""",
    ),
    Trap(
        "A correction booked in the year in which it was made",
        "beslag_conservatoir_politie_eur",
        2021,
        """select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS'
        and dienst = 'POL' and year(boekdatum) = {jaar}""",
    ),
    Trap(
        "The first state of the year taken for the last word",
        "beslag_conservatoir_politie_eur",
        2021,
        """select sum(bedrag) from eerder.geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS'
        and dienst = 'POL' and jaar = {jaar}""",
    ),
    Trap(
        "What the old system booked twice still counted",
        "beslag_conservatoir_politie_eur",
        2022,
        """select sum(bedrag) from fout.geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS'
        and dienst = 'POL' and jaar = {jaar}""",
    ),
    Trap(
        "The delivery of seizures that was corrected later still used",
        "beslag_conservatoir_politie_eur",
        2020,
        """select sum(bedrag) from fout.geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS'
        and dienst = 'POL' and jaar = {jaar}""",
    ),
    Trap(
        "An object that two parties deliver counted twice",
        "afpakmonitor, fiscaal beslag gelegd",
        2020,
        "select sum(bedrag) from boeking where stap_code = 'beslag_gelegd' and weg_code = 'fiscaal' and jaar = {jaar}",
    ),
    Trap(
        "Objects compared as their numbers are spelled",
        "afpakmonitor, fiscaal beslag gelegd",
        2020,
        """select sum(bedrag) from (from boeking qualify object_nr is null
            or volgorde = min(volgorde) over (partition by object_nr, stap_code))
        where stap_code = 'beslag_gelegd' and weg_code = 'fiscaal' and jaar = {jaar}""",
    ),
    Trap(
        "A single settlement taken for the yield of normal cases",
        "afpakmonitor, geincasseerd zonder grote schikking",
        2019,
        """select sum(bedrag) from geboekt where stap_code = 'geincasseerd' and weg_code = 'strafrechtelijk'
        and jaar = {jaar}""",
    ),
    Trap(
        "Steps added up",
        "afpakmonitor, geincasseerd",
        2020,
        """select sum(bedrag) from geboekt where stap_code in ('opgelegd', 'geincasseerd', 'aan_slachtoffers')
        and weg_code = 'strafrechtelijk' and jaar = {jaar}""",
    ),
    Trap(
        "States of two days added up as if they were a flow",
        "afpakmonitor, openstaand",
        2020,
        "select sum(bedrag) from geboekt where stap_code = 'openstaand' and jaar = {jaar}",
    ),
)


def count(con: duckdb.DuckDBPyConnection, query: str, year: int) -> int:
    row = con.execute(query.replace("{jaar}", str(year))).fetchone()
    assert row is not None
    return int(row[0])


def by_year(con: duckdb.DuckDBPyConnection, figure: str, years: dict[int, int] | range) -> dict[int, int]:
    return {year: count(con, RIGHT[figure], year) for year in years}


def test_tackled_csvs_are_the_published_ones(con: duckdb.DuckDBPyConnection) -> None:
    assert by_year(con, "csv_aangepakt", YEARS) == CSV_AANGEPAKT


def test_onderzoeken_with_drugs_first_are_the_published_ones(con: duckdb.DuckDBPyConnection) -> None:
    assert by_year(con, "csv_onderzoeken, drugs", DRUGS_EERSTE) == DRUGS_EERSTE
    found = {
        (groep, year): aantal
        for groep, year, aantal in con.execute(
            f"""select drugsoort_groep, jaar, count(distinct onderzoek_nr) from {GEBIED}
            where eerste = 'J' and aandachtsgebied = 'DRUGS' group by all"""
        ).fetchall()
    }
    assert {key: found[key] for key in DRUGSOORT_EERSTE} == DRUGSOORT_EERSTE


def test_trafficking_suspects_are_the_published_ones(con: duckdb.DuckDBPyConnection) -> None:
    assert by_year(con, "om_verdachten_mensenhandel", OM_VERDACHTEN) == OM_VERDACHTEN


POLICE_SEIZED = "from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS' and dienst = 'POL'"
# The totals of the monitor in the scenario, each as the bookings that make it.
AFGEPAKT = {
    "conservatoir_gelegd": "beslagsoort = 'CONS' and stap_code = 'beslag_gelegd'",
    "conservatoir_gelegd_eerste_stand": """beslagsoort = 'CONS' and stap_code = 'beslag_gelegd'
        and geregistreerd_op <= make_date(jaar + 1, 1, 31) and jaar < 2023""",
    "strafvorderlijk_gelegd_eerste_stand": """register = 'om_beslag' and stap_code = 'beslag_gelegd'
        and geregistreerd_op <= make_date(jaar + 1, 1, 31) and jaar < 2023""",
    "conservatoir_opgeheven": "beslagsoort = 'CONS' and stap_code = 'beslag_opgeheven'",
    "klassiek_gelegd": "beslagsoort = 'KLAS' and stap_code = 'beslag_gelegd'",
    "strafrechtelijk_geincasseerd_groot": "register = 'cjib_incasso' and stap_code = 'geincasseerd' and bedrag > 1e8",
    "strafrechtelijk_openstaand": "stap_code = 'openstaand' and month(boekdatum) = 12",
    "fiscaal_gelegd": "weg_code = 'fiscaal' and stap_code = 'beslag_gelegd'",
} | {
    f"{weg}_{stap}": f"weg_code = '{weg}' and stap_code = '{stap}'"
    for weg in ("strafrechtelijk", "fiscaal", "bestuurlijk")
    for stap in ("opgelegd", "geincasseerd", "aan_slachtoffers")
}


def test_victims_are_the_published_ones_then_and_now(con: duckdb.DuckDBPyConnection) -> None:
    assert by_year(con, "slachtoffers_comensha", SLACHTOFFERS) == SLACHTOFFERS
    # JV20: 481 was provisional.
    assert count(con, RIGHT["slachtoffers_comensha"].replace("from ", "from voorlopig."), 2020) == 481


def test_complex_onderzoeken_are_the_published_ones(con: duckdb.DuckDBPyConnection) -> None:
    assert by_year(con, "complexe_onderzoeken_mensenhandel", COMPLEXE_ONDERZOEKEN) == COMPLEXE_ONDERZOEKEN


def test_the_share_of_dossiers_positively_disposed_of_is_the_published_one(con: duckdb.DuckDBPyConnection) -> None:
    assert by_year(con, "executie_positief_pct", EXECUTIE_POSITIEF) == EXECUTIE_POSITIEF


@pytest.mark.parametrize("figure", [*CYBER, *OSKM])
def test_cybercrime_and_child_abuse_are_the_published_ones(con: duckdb.DuckDBPyConnection, figure: str) -> None:
    published = (CYBER | OSKM)[figure]
    assert by_year(con, figure, published) == published


def test_35_phenomenon_investigations_ran_on_when_2019_ended(con: duckdb.DuckDBPyConnection) -> None:
    # domein.md paragraph 1.8: 21 completed, and a further 35 in the tactical phase.
    query = """select count(*) from cyber where eigen_soort = 'FEN' and startdatum < date '2020-01-01'
        and (tactisch_afgerond is null or tactisch_afgerond >= date '2020-01-01')"""
    assert count(con, query, 0) == 35


def test_every_rule_of_the_classification_has_investigations(con: duckdb.DuckDBPyConnection) -> None:
    kinds = {
        "assistance": "is_thtc and bijstand = 'J'",
        "THTC without high tech": "is_thtc and high_tech = 'N'",
        "level 3 by a district": "niveau = 3 and not is_cybercrimeteam",
        "another team": "not is_thtc and not is_regionaal",
        "level missing": "is_regionaal and niveau is null",
        "no offence in the narrow sense": "is_regionaal and not eng",
        "only a new article, in time": "eigen_soort = 'REG' and not exists (from feit where "
        "feit.onderzoek_nr = cyber.onderzoek_nr and eng and artikel not in ('138c', '139g'))",
        "only a new article, too early": "op_lijst and not eng",
        "deliverer and rules differ": "eigen_soort != soort",
        "deliverer says nothing": "eigen_soort is not null and soort is null",
    }
    for kind, which in kinds.items():
        assert count(con, f"select count(*) from cyber where {which}", 0) > 0, kind


def test_every_total_of_the_scenario_is_found(con: duckdb.DuckDBPyConnection) -> None:
    queries = {
        ("csv_aangepakt", "totaal"): "select jaar, count(*) from eerste group by jaar",
        ("csv_onderzoeken", "totaal"): "select jaar, count(*) from lopend group by jaar",
        (
            "csv_onderzoeken",
            "aandachtsgebied_eerste",
        ): f"""select jaar, count(*), aandachtsgebied from {GEBIED}
            where eerste = 'J' group by all""",
        ("csv_onderzoeken", "drugsoort_eerste"): f"""select jaar, count(*), drugsoort_groep from {GEBIED}
            where eerste = 'J' and aandachtsgebied = 'DRUGS' group by all""",
        ("om_verdachten_mensenhandel", "totaal"): "select jaar, count(*) from paar group by jaar",
        ("slachtoffers_comensha", "totaal"): """select year(meldingsdatum), count(distinct slachtoffer_nr)
            from meldingen where melder = 'POL' group by all""",
        ("slachtoffers_comensha", "stand_20210228"): """select year(meldingsdatum), count(distinct slachtoffer_nr)
            from voorlopig.meldingen where melder = 'POL' group by all""",
        ("slachtoffers_comensha", "alle_melders"): """select year(meldingsdatum), count(distinct slachtoffer_nr)
            from meldingen group by all""",
        ("complexe_onderzoeken_mensenhandel", "totaal"): "select jaar, count(*) from complex group by jaar",
        ("interventies_mensenhandel", "totaal"): "select jaar, count(*) from interventie group by jaar",
        ("executie_positief_pct", "totaal"): """select year(aangeleverd_op),
            100.0 * count(*) filter (positief) / count(*) from dossier group by all""",
        ("executie_positief_pct", "noemer"): "select year(aangeleverd_op), count(*) from dossier group by all",
        ("executie_werkvoorraad", "totaal"): "select jaar, min(aantal) from voorraad group by jaar",
        ("executie_werkvoorraad", "jaareinde"): """select jaar, aantal from voorraad
            where dag = make_date(jaar, 12, 31)""",
        ("executie_werkvoorraad", "laagste_eenheid"): """select year(dag), min(aantal) from stand
            where eenheid != 'LE' group by all""",
        ("cyber_regulier", "totaal"): "select jaar, count(*) from cyber where eigen_soort = 'REG' group by jaar",
        ("cyber_fenomeen", "totaal"): "select jaar, count(*) from cyber where eigen_soort = 'FEN' group by jaar",
        ("cyber_fenomeen", "focus"): """select jaar, count(*), focus from cyber
            where eigen_soort = 'FEN' group by all""",
        ("cyber_regulier_alternatief", "totaal"): """select jaar, count(*) filter (alternatief = 'J') from cyber
            where eigen_soort = 'REG' group by jaar""",
        ("cyber_fenomeen_alternatief", "totaal"): """select jaar, count(*) filter (alternatief = 'J') from cyber
            where eigen_soort = 'FEN' group by jaar""",
        ("cyber_thtc", "totaal"): "select jaar, count(*) from cyber where eigen_soort = 'THTC' group by jaar",
        ("cyber_totaal", "totaal"): "select jaar, count(eigen_soort) from cyber group by jaar",
        ("cyber_regulier_verdachten", "totaal"): "select jaar, count(*) from cyberverdachte group by jaar",
        ("oskm_a", "totaal"): "select jaar, count(*) from oskm where categorie = 'A' group by jaar",
        ("oskm_b", "totaal"): "select jaar, count(*) from oskm where categorie = 'B' group by jaar",
        ("oskm_c", "totaal"): "select jaar, count(*) from oskm where categorie = 'C' group by jaar",
        ("oskm_totaal", "totaal"): "select jaar, count(*) from oskm group by jaar",
        ("oskm_daders", "totaal"): "select jaar, count(*) from persoon where soort = 'DAD' group by jaar",
        ("oskm_slachtoffers", "totaal"): "select jaar, count(*) from persoon where soort = 'SLA' group by jaar",
        ("geregistreerde_misdrijven", "regio"): "select jaar, aantal, regio from misdrijven",
        ("context_misdrijven", "nederland"): f"""select heel_jaar, aantal, 'geregistreerd' from {PROVINCIES}
            where regio = 'Nederland' and onderwerp = 'Totaal geregistreerde misdrijven'
            and soort = 'Misdrijven, totaal'""",
        ("integrale_acties_politie", "totaal"): "select jaar, count(*) from actie group by jaar",
        ("signalen_financiele_analyse_pct", "voorgelegd"): "select jaar, count(*) from signaal group by jaar",
        (
            "signalen_financiele_analyse_pct",
            "geanalyseerd",
        ): "select jaar, count(*) from signaal where geanalyseerd group by jaar",
        (
            "onderzoeken_financieel_pct",
            "zaken",
        ): "select jaar, count(*) from zaak_geteld where not uitgezonderd group by jaar",
        (
            "onderzoeken_financieel_pct",
            "onderzocht",
        ): "select jaar, count(*) from zaak_geteld where financieel_onderzoek = 'J' group by jaar",
        (
            "onderzoeken_financieel_pct",
            "uitgezonderde_zaken",
        ): "select jaar, count(*), 'evident_geen_meerwaarde' from zaak_geteld where uitgezonderd group by jaar",
        ("beslag_conservatoir_politie_eur", "totaal"): f"select jaar, sum(bedrag) {POLICE_SEIZED} group by jaar",
        ("beslag_conservatoir_politie_eur", "eerste_stand"): f"""select jaar, sum(bedrag) {POLICE_SEIZED}
            and geregistreerd_op <= make_date(jaar + 1, 1, 31) group by jaar""",
        ("beslag_conservatoir_politie_eur", "brede_basis"): f"""select jaar, sum(bedrag)
            {POLICE_SEIZED.replace("from ", "from fout.")} group by jaar""",
        ("afpakmonitor", "conservatoir_gelegd_brede_basis"): f"""select jaar, sum(bedrag) from fout.geboekt
            where {AFGEPAKT["conservatoir_gelegd"]} group by jaar""",
        ("afpakmonitor", "klassiek_gelegd_brede_basis"): f"""select jaar, sum(bedrag) from fout.geboekt
            where {AFGEPAKT["klassiek_gelegd"]} group by jaar""",
    } | {
        ("afpakmonitor", name): f"select jaar, sum(bedrag) from geboekt where {which} group by jaar"
        for name, which in AFGEPAKT.items()
    }
    found = {
        (indicator, ":".join([kind, *value]), year): total
        for (indicator, kind), query in queries.items()
        for year, total, *value in con.execute(query).fetchall()
    }
    with scenario.SCENARIO.open(encoding="utf-8") as stream:
        planned = {
            (row["indicator_code"], row["uitsplitsing"], int(row["jaar"])): int(row["totaal"])
            for row in csv.DictReader(stream)
        }
    assert len(planned) == 335
    assert {key: found.get(key) for key in planned} == planned


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_counting_naively_is_wrong_as_the_readme_says(con: duckdb.DuckDBPyConnection, trap: Trap) -> None:
    naive, right = count(con, trap.naive, trap.year), count(con, RIGHT[trap.figure], trap.year)
    assert naive != right
    line = f"| {trap.name} | {trap.figure}, {trap.year} | {naive} | {right} |"
    assert line in README.read_text(encoding="utf-8").splitlines()


def test_readme_holds_no_other_trap() -> None:
    lines = [line for line in README.read_text(encoding="utf-8").splitlines() if re.search(r"\| \d+ \|$", line)]
    assert len(lines) == len(TRAPS)


WRONG_AT_FIRST = {
    "csv_aangepakt": YEARS,
    "csv_onderzoeken": YEARS,
    "om_verdachten_mensenhandel": YEARS,
    "cyber_totaal": YEARS,
    "oskm_totaal": YEARS,
    "integrale_acties_politie": range(2018, 2023),
    "signalen_financiele_analyse_pct": range(2018, 2023),
    "onderzoeken_financieel_pct": range(2018, 2023),
    "beslag_conservatoir_politie_eur": range(2018, 2023),
}


@pytest.mark.parametrize("figure", WRONG_AT_FIRST)
def test_the_first_delivery_is_wrong_in_every_year(con: duckdb.DuckDBPyConnection, figure: str) -> None:
    wrong = re.sub(r"from (\w+)", r"from fout.\1", RIGHT[figure])
    for year in WRONG_AT_FIRST[figure]:
        assert count(con, wrong, year) != count(con, RIGHT[figure], year), year


def test_a_year_before_nothing_of_later_was_known(con: duckdb.DuckDBPyConnection) -> None:
    query = """select max(greatest(startdatum, einddatum)) <= date '2022-01-15' from eerder.onderzoeken
        union all select max(instroomdatum) <= date '2022-01-15' from eerder.instroom"""
    assert con.execute(query).fetchall() == [(True,), (True,)]
    for view, years in (("eerste", range(2017, 2022)), ("paar", range(2017, 2022))):
        for year in years:
            query = f"select count(*) from {{schema}}.{view} where jaar = {year}"
            assert count(con, query.replace("{schema}", "eerder"), year) == count(
                con, query.replace("{schema}", "goed"), year
            )


def test_the_suspects_of_2020_were_known_in_february_2021(con: duckdb.DuckDBPyConnection) -> None:
    naive = RIGHT["om_verdachten_mensenhandel"].replace("from ", "from voorlopig.")
    assert {year: count(con, naive, year) for year in OM_VERDACHTEN} == OM_VERDACHTEN


def seized_as_delivered(con: duckdb.DuckDBPyConnection, received: str, year: int) -> int:
    """What the police seized in a year, as one delivery has it."""
    return count(
        con,
        f"""select sum(boeking.bedrag) from voorlopig.beslag_{received} as boeking
        left join voorlopig.beslag_{received} as eerste on boeking.corrigeert_nr = eerste.boeking_nr
        where boeking.soort_boeking = 'GEL' and boeking.beslagsoort = 'CONS' and boeking.dienst = 'POL'
        and year(coalesce(eerste.boekdatum, boeking.boekdatum)) = {{jaar}}""",
        year,
    )


@pytest.mark.parametrize("year", range(2018, 2022))
def test_seizures_grow_by_about_30_percent_until_september(con: duckdb.DuckDBPyConnection, year: int) -> None:
    # domein.md paragraph 1.7: 2023 "gaat nog oplopen met circa 30 procent".
    planned = scenario.read_totals()
    first, final = (planned["beslag_conservatoir_politie_eur", name][year] for name in ("eerste_stand", "totaal"))
    assert 1.27 < final / first < 1.33
    days = [f"{year + 1}0120", f"{year + 1}0520", f"{year + 1}0920", f"{year + 2}0120"]
    # The last delivery of 2021 is the correction.
    days[3] = "20230210" if year == 2021 else days[3]
    january, may, september, last = (seized_as_delivered(con, day, year) for day in days)
    assert (january, last) == (first, final)
    assert january < may < september <= last


@pytest.mark.parametrize("received", ["20220520", "20220920", "20230120"])
def test_what_the_old_system_booked_twice_is_gone_from_the_correction(
    con: duckdb.DuckDBPyConnection, received: str
) -> None:
    rows = con.execute(
        f"""select dubbel.dienst, dubbel.beslagsoort, sum(dubbel.bedrag)::integer, count(*), count(eerste.boeking_nr)
        from voorlopig.beslag_{received} as dubbel
        left join goed.beslag as eerste on dubbel.boeking_nr = eerste.boeking_nr + 1 and dubbel.bedrag = eerste.bedrag
            and dubbel.boekdatum = eerste.boekdatum and dubbel.geregistreerd_op = eerste.geregistreerd_op
            and dubbel.dienst = eerste.dienst and dubbel.beslagsoort = eerste.beslagsoort
            and dubbel.objectsoort = eerste.objectsoort and dubbel.eenheid is not distinct from eerste.eenheid
            and dubbel.dossier_nr != eerste.dossier_nr and dubbel.object_nr != eerste.object_nr
        where dubbel.boeking_nr not in (select boeking_nr from goed.beslag) group by all"""
    ).fetchall()
    assert {(dienst == "POL", soort) for dienst, soort, *_ in rows} == {(True, "CONS"), (True, "KLAS"), (False, "CONS")}
    assert all(doubles == twins for *_, doubles, twins in rows)
    if received == "20230120":
        # The scenario: 161.000.000 - 131.400.000, and 222.500.000 - 182.500.000 of all services.
        amounts = {(dienst == "POL", soort): amount for dienst, soort, amount, *_ in rows}
        assert amounts[True, "CONS"] == 29_600_000
        assert amounts[False, "CONS"] == 10_400_000
        assert 0.20 < amounts[True, "CONS"] / 131_400_000 < 0.25


# Each of these kinds of change must be there, or a trap would be empty: records of one dossier, in order.
CHANGES = {
    "new, and changed in the same file": (1, "NW"),
    "changed twice in the same file": (1, "WW"),
    "dropped, and back in the same file": (1, "VN"),
    "entered twice, and dropped in the next file": (1, "NW", 2, "V"),
    "dropped, and back in the next file": (1, "V", 2, "N"),
    "new, and changed in the next file": (1, "N", 2, "W"),
    "changed and dropped": (0, "N", 1, "WV"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_dossiers_change_in_every_way(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    steps = CHANGES[kind]
    files = [
        f"""select dossier_nr from (select dossier_nr, string_agg(mutatie, '' order by rowid) as stappen
        from goed.dossiers_{number} group by dossier_nr) where stappen = '{codes}'"""
        for number, codes in zip(steps[::2], steps[1::2], strict=True)
    ]
    assert count(con, f"select count(*) from ({' intersect '.join(files)})", 0) > 0


def test_the_first_delivery_of_dossiers_is_whole_and_the_others_are_changes(con: duckdb.DuckDBPyConnection) -> None:
    query = "select string_agg(distinct mutatie, '' order by mutatie) from goed.dossiers_{}"
    assert [con.execute(query.format(number)).fetchall() for number in range(3)] == [
        [("N",)], [("NVW",)], [("NVW",)]
    ]  # fmt: skip


# Each of these kinds of csv must be there, or a trap would be empty.
KINDS = {
    "two onderzoeken in the same year and eenheid": """a.eenheid = b.eenheid and
        year(a.startdatum) = year(b.startdatum)""",
    "two eenheden in the same year": "a.eenheid != b.eenheid and year(a.startdatum) = year(b.startdatum)",
    "two eenheden in different years": "a.eenheid != b.eenheid and year(a.startdatum) < year(b.startdatum)",
    "first in 2017, again in 2019": "eerste.jaar = 2017 and year(b.startdatum) = 2019",
    "first in 2015, again in 2018": "eerste.jaar = 2015 and year(b.startdatum) = 2018",
    "first in 2016, again in 2018": "eerste.jaar = 2016 and year(b.startdatum) = 2018",
}


@pytest.mark.parametrize("kind", KINDS)
def test_csvs_of_every_kind_are_there(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    query = f"""select count(distinct csv_nr) from tellend as a join tellend as b using (csv_nr)
        join eerste using (csv_nr) where a.onderzoek_nr != b.onderzoek_nr and {KINDS[kind]}"""
    assert count(con, query, 0) > 0


def test_it_is_never_in_doubt_which_onderzoek_came_first(con: duckdb.DuckDBPyConnection) -> None:
    query = """select csv_nr from (select csv_nr from tellend
        qualify rank() over (partition by csv_nr order by startdatum) = 1)
        group by csv_nr having count(*) > 1"""
    assert con.execute(query).fetchall() == []


@pytest.mark.parametrize(
    "edge", ["month(startdatum) = 12 and day(startdatum) = 31", "month(einddatum) = 1 and day(einddatum) = 1"]
)
def test_onderzoeken_start_on_the_last_and_end_on_the_first_day_of_a_year(
    con: duckdb.DuckDBPyConnection, edge: str
) -> None:
    assert count(con, f"select count(*) from tellend where {edge}", 0) > 0


REGISTERS = [
    extract for extract in EXTRACTS.values() if extract.registration in FILES and extract.delivery != "periode"
]


@pytest.mark.parametrize("schema", ARRIVALS.values())
@pytest.mark.parametrize("extract", REGISTERS, ids=table_of)
def test_accepted_rows_fit_their_declaration(con: duckdb.DuckDBPyConnection, schema: str, extract: Extract) -> None:
    table = f"{schema}.{table_of(extract)}"
    misfits = [f"select 'sleutel' from {table} group by {', '.join(extract.key)} having count(*) > 1"]
    for column in extract.columns:
        name = column.name
        if column.code_list:
            con.execute(f"from {column.code_list}")
            code = con.description[0][0]
            known = f"(select {code} from {column.code_list})"
            misfits.append(f"select '{name}' from {table} where {name} not in {known}")
        if column.references:
            other, field = column.references.split(".")
            known = f"(select {field} from {schema}.{table_of(EXTRACTS[extract.registration, other])})"
            misfits.append(f"select '{name}' from {table} where {name} not in {known}")
        for bound, sign in ((column.minimum, "<"), (column.maximum, ">")):
            if bound is not None:
                misfits.append(f"select '{name}' from {table} where {name} {sign} '{bound}'")
    assert len(misfits) > len(extract.key)
    assert con.execute(" union all ".join(misfits)).fetchall() == []


@pytest.mark.parametrize("schema", ARRIVALS.values())
def test_every_onderzoek_has_one_first_aandachtsgebied_and_drugs_have_a_drugsoort(
    con: duckdb.DuckDBPyConnection, schema: str
) -> None:
    query = f"""select onderzoek_nr from {schema}.onderzoeken
        left join {schema}.aandachtsgebieden using (onderzoek_nr)
        group by onderzoek_nr having count(*) filter (eerste = 'J') != 1
        union all select onderzoek_nr from {schema}.aandachtsgebieden
        where (aandachtsgebied = 'DRUGS') != (drugsoort is not null)"""
    assert con.execute(query).fetchall() == []


@pytest.mark.parametrize("schema", ARRIVALS.values())
@pytest.mark.parametrize("extract", REGISTERS, ids=table_of)
def test_a_handful_of_rows_does_not_fit(con: duckdb.DuckDBPyConnection, schema: str, extract: Extract) -> None:
    table = f"{schema}.{table_of(extract)}"
    if extract.registration in LATER and schema == "eerder":
        assert count(con, f"select count(*) from {table}", 0) == 0
        return
    files = con.execute("select distinct bestand from afgekeurd where bestand ~ ?", [rf"{table}(_\d)?"]).fetchall()
    assert len(files) == (1 if extract.delivery == "volledig" or schema == "eerder" else 3)
    for (file,) in files:
        fits = count(con, f"select count(*) from {file}", 0)
        aside = count(con, f"select count(*) from afgekeurd where bestand = '{file}'", 0)
        assert aside >= 2
        assert 100 * aside / (fits + aside) < extract.max_set_aside_pct / 2


def test_the_crime_table_adds_up_and_has_unknowns(con: duckdb.DuckDBPyConnection) -> None:
    query = """select jaar, sum(aantal) filter (regio like '%(RE)'), sum(aantal) filter (regio = 'Nederland'),
        count(*) filter (regio like '%(RE)'), count(*) filter (aantal is null)
        from misdrijven group by jaar order by jaar"""
    rows = con.execute(query).fetchall()
    assert [(jaar, units, unknown) for jaar, _, _, units, unknown in rows] == [
        (2022, 11, 4),
        (2023, 11, 4),
        (2024, 11, 4),
    ]
    assert all(total == whole for _, total, whole, *_ in rows)


def test_files_are_named_for_their_arrival_and_none_is_left_waiting(inbox: Path) -> None:
    found = {
        folder.name: sorted(file.name for file in folder.iterdir()) for folder in inbox.iterdir() if folder.is_dir()
    }
    assert found.keys() == {registration for registration, _ in EXTRACTS}
    assert {registration: found[registration] for registration in FILES} == {
        registration: sorted(f"demo_{name}_{moment}.csv" for name, moments in own.items() for moment in moments)
        for registration, own in FILES.items()
    }
    sets, waiting = find_deliveries(inbox, EXTRACTS, pause=lambda seconds: None)
    assert waiting == []
    assert {(each.extract.registration, each.extract.name) for item in sets for each in item.deliveries} == set(
        EXTRACTS
    )
    assert sum(len(item.deliveries) for item in sets) == sum(map(len, found.values())) >= 75
    assert all(delivery.is_demo for item in sets for delivery in item.deliveries)


def test_onderzoeken_are_delivered_as_a_windows_program_writes_them(inbox: Path) -> None:
    for file in (inbox / "csv_onderzoeken").glob("demo_onderzoeken_*.csv"):
        content = file.read_bytes()
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")
        text = content.decode("windows-1252")
        assert content.count(b"\r\n") > 10_000
        assert "€" in text and "ë" in text
        assert re.search(r";\d{2}-\d{2}-\d{4};", text)
        assert re.search(r";1\.\d{3},\d{2}\r\n", text)
        assert ";Onb.\r\n" in text
        assert re.search(r'"Demo [^"\r]*\n[^"]*"', text[: text.index("31-02-2021")])


def test_instroom_is_delivered_in_utf8_with_commas(inbox: Path) -> None:
    for file in (inbox / "mensenhandel_verdachten").iterdir():
        content = file.read_bytes()
        assert b"\r" not in content and not content.startswith(b"\xef\xbb\xbf")
        head, first, *_ = content.decode("utf-8").split("\n")
        assert head.split(",")[:2] == ["inschrijving_nr", "parketnummer"]
        assert re.search(r",\d{4}-\d{2}-\d{2}$", first)


def test_parketnummers_and_articles_are_spelled_in_every_way(con: duckdb.DuckDBPyConnection) -> None:
    spellings = [r"\d\d/\d{6}-\d\d", r"\d\d-\d{6}-\d\d", r"\d\d\.\d{6}\.\d\d", r"\d/\d{6}-\d\d"]
    for spelling in spellings:
        assert count(con, f"select count(*) from instroom where regexp_full_match(parketnummer, '{spelling}')", 0) > 10
    articles = {article for (article,) in con.execute("select distinct wetsartikel from instroom").fetchall()}
    assert articles == {
        "273f Sr", "273F", "art. 273 f Sr", "273f lid 1 Sr", "Art. 273f", "197a Sr", "273g", "231",
    }  # fmt: skip


def test_the_crime_table_has_the_form_of_the_public_one(inbox: Path) -> None:
    content = min((inbox / "geregistreerde_misdrijven").iterdir()).read_bytes()
    assert b"\r" not in content and not content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8").splitlines()
    assert lines[1:6] == [
        '"Soort misdrijf: Totaal misdrijven"',
        '""',
        '"Onderwerp";"Geregistreerde misdrijven";"Geregistreerde misdrijven"',
        '"Perioden";"2022";"2023"',
        '"Regio\'s";"aantal";"aantal"',
    ]
    assert re.fullmatch(r'"Nederland";"\d+";"\d+"', lines[6])
    assert '"Buitenland";".";"."' in lines
    assert any(line.startswith('"Zeeland - West-Brabant (RE)";') for line in lines)
    assert lines[-1].startswith('"Bron: ')
    assert content.endswith(b'"\n')


def test_the_province_table_has_the_form_of_the_public_one(inbox: Path) -> None:
    content = min((inbox / "cbs_misdrijven").iterdir()).read_bytes()
    assert b"\r" not in content and not content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8").splitlines()
    (kind, *headings), total, *_ = csv.reader(lines)
    assert kind == "Soort Misdrijf"
    assert len(headings) == 14 * 3 * 4
    assert "Nederland_||Totaal opgehelderde misdrijven_2016*" in headings
    assert "Niet in te delen (PV)_Registraties van verdachten_2014" in headings
    assert total[0] == "Misdrijven, totaal"
    assert lines[1].startswith('"Misdrijven, totaal",')
    numbers = [int(number) for line in csv.reader(lines[1:]) for number in line[1:]]
    assert all(number % 5 == 0 for number in numbers)


def test_every_file_says_or_shows_that_it_is_fictitious(inbox: Path) -> None:
    for file in (inbox / "csv_onderzoeken").glob("demo_onderzoeken_*.csv"):
        names = re.findall(r"(?s)Demo .*?\(fictief\)", file.read_text(encoding="windows-1252"))
        assert len(names) > 10_000
    for file in (inbox / "geregistreerde_misdrijven").iterdir():
        assert "fictieve demogegevens" in file.read_text(encoding="utf-8").splitlines()[0]


def test_two_runs_write_the_same_bytes(inbox: Path, tmp_path: Path) -> None:
    told: list[str] = []
    paths = scenario.write_demo(tmp_path, told.append)
    assert len(told) == len(paths) >= 13
    for path in paths:
        assert path.read_bytes() == (inbox / path.relative_to(tmp_path)).read_bytes()
    assert sorted(file for file in tmp_path.rglob("*") if file.is_file()) == sorted(paths)
