"""The demo deliveries: counted by the definitions they give the published totals, counted naively others.

The files are read back here with DuckDB alone, and each definition is spelled out once more in SQL: nothing
of the program that made them is used to check them.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.declarations import Extract, read_declarations
from orchestration.deliveries import find_deliveries
from orchestration.demo import scenario
from orchestration.paths import seed_file

YEARS = range(2017, 2023)
README = Path(scenario.__file__).with_name("README.md")

# What was published, by the name of the figure (those of `scenario.csv`); the paragraphs are those of domein.md.
PUBLISHED = {
    # 1.3 and 1.5: csv's tackled by the police, and investigations with drugs as first aandachtsgebied (NDM).
    "csv_aangepakt": {2017: 1361, 2018: 1406, 2019: 1522, 2020: 1529, 2021: 1662, 2022: 1672},
    "csv_onderzoeken, aandachtsgebied_eerste:DRUGS": {2020: 651, 2021: 746, 2022: 786},
    "csv_onderzoeken, drugsoort_eerste:hennep": {2020: 121, 2021: 110, 2022: 79},
    "csv_onderzoeken, drugsoort_eerste:cocaine_heroine": {2020: 248, 2021: 324},
    "csv_onderzoeken, drugsoort_eerste:synthetisch": {2020: 282, 2021: 312},
    # 1.3 and 1.6: suspects of human trafficking delivered to the prosecutor by the police, and victims that the police
    # reported to CoMensha, those of all reporters, and those of 2020 as they were provisionally (JV20).
    "om_verdachten_mensenhandel": {2017: 153, 2019: 145, 2020: 187},
    "slachtoffers_comensha": {2019: 975, 2020: 490, 2021: 310},
    "slachtoffers_comensha, alle_melders": {2019: 1372, 2020: 1013, 2021: 791},
    "slachtoffers_comensha, stand_20210228": {2020: 481},
    # 1.3.
    "complexe_onderzoeken_mensenhandel": {2019: 39, 2020: 7},
    "executie_positief_pct": {2020: 26},
    # 1.3 and 1.8: investigations into cybercrime (JV20, MVT22, POL22; 2018: SEC).
    "cyber_regulier": {2018: 299, 2019: 381, 2020: 468},
    "cyber_regulier_alternatief": {2019: 36, 2020: 38},
    "cyber_fenomeen": {2019: 21, 2020: 39, 2021: 40},
    "cyber_fenomeen_alternatief": {2019: 0, 2020: 0},
    "cyber_thtc": {2019: 19, 2020: 12},
    "cyber_totaal": {2019: 421, 2020: 519},
    # 1.3: investigations into online child sexual abuse (JV20; total of 2021: POL22).
    "oskm_a": {2020: 113},
    "oskm_b": {2020: 14},
    "oskm_c": {2020: 351},
    "oskm_totaal": {2020: 478, 2021: 505},
}

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
        # Three times a year, and the correction.
        "beslag": (
            *(
                f"{year}{month}15_ontvangen_{year}{month}20"
                for year in range(2019, 2023)
                for month in ("01", "05", "09")
            ),
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
        for name in ("melding", "verdacht", "paar"):
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
        (stand varchar, soort varchar, regio varchar, onderwerp varchar, kop varchar, aantal bigint)"""
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
    "melding": "select *, year(meldingsdatum) as jaar from meldingen",
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
    "dossier": """select *, year(aangeleverd_op) as jaar, coalesce(is_positief, false) as positief from dossiers
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
# The newest figure of each year; the year as the heading has it, with its asterisk, stands in `kop`.
PROVINCIES = """(select stand, soort, regio, onderwerp, kop, aantal, left(kop, 4)::integer as jaar from provincies
    qualify rank() over (partition by left(kop, 4) order by stand desc) = 1)"""
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
POSITIVE_SHARE = "100.0 * count(*) filter (positief) / count(*) from dossier"
SEIZED = "sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort"
SEIZED_BROADLY = SEIZED.replace("geboekt", "fout.geboekt")
AT_FIRST = "geregistreerd_op <= make_date(jaar + 1, 1, 31) and jaar < 2023"
REGISTERED = f"from {PROVINCIES} where regio = 'Nederland' and onderwerp = 'Totaal geregistreerde misdrijven' and soort"
# How each figure is counted per year; what stands behind a comma splits it, or says what else is in the scenario.
FIGURES = {
    "csv_aangepakt": "count(*) from eerste",
    "csv_onderzoeken": "count(*) from lopend",
    "csv_onderzoeken, aandachtsgebied_eerste": f"count(*), aandachtsgebied from {GEBIED} where eerste = 'J'",
    "csv_onderzoeken, drugsoort_eerste": f"""count(*), drugsoort_groep from {GEBIED}
        where eerste = 'J' and aandachtsgebied = 'DRUGS'""",
    "csv_onderzoeken, regio-overstijgend": "count(*) from lopend where regio_overstijgend = 'J'",
    "om_verdachten_mensenhandel": "count(*) from paar",
    "slachtoffers_comensha": "count(distinct slachtoffer_nr) from melding where melder = 'POL'",
    "slachtoffers_comensha, alle_melders": "count(distinct slachtoffer_nr) from melding",
    "slachtoffers_comensha, stand_20210228": """count(distinct slachtoffer_nr) from voorlopig.melding
        where melder = 'POL'""",
    "complexe_onderzoeken_mensenhandel": "count(*) from complex",
    "interventies_mensenhandel": "count(*) from interventie",
    "executie_positief_pct": POSITIVE_SHARE,
    "executie_positief_pct, noemer": "count(*) from dossier",
    "executie_werkvoorraad": "min(aantal) from voorraad",
    "executie_werkvoorraad, jaareinde": "max(aantal) from voorraad where dag = make_date(jaar, 12, 31)",
    "executie_werkvoorraad, laagste_eenheid": """min(aantal) from (select *, year(dag) as jaar from stand)
        where eenheid != 'LE'""",
    "cyber_regulier": "count(*) from cyber where eigen_soort = 'REG'",
    "cyber_regulier_alternatief": "count(*) filter (alternatief = 'J') from cyber where eigen_soort = 'REG'",
    "cyber_fenomeen": "count(*) from cyber where eigen_soort = 'FEN'",
    "cyber_fenomeen, focus": "count(*), focus from cyber where eigen_soort = 'FEN'",
    "cyber_fenomeen_alternatief": "count(*) filter (alternatief = 'J') from cyber where eigen_soort = 'FEN'",
    "cyber_thtc": "count(*) from cyber where eigen_soort = 'THTC'",
    "cyber_totaal": "count(eigen_soort) from cyber",
    "cyber_regulier_verdachten": "count(*) from cyberverdachte",
    "oskm_a": "count(*) from oskm where categorie = 'A'",
    "oskm_b": "count(*) from oskm where categorie = 'B'",
    "oskm_c": "count(*) from oskm where categorie = 'C'",
    "oskm_totaal": "count(*) from oskm",
    "oskm_daders": "count(*) from persoon where soort = 'DAD'",
    "oskm_slachtoffers": "count(*) from persoon where soort = 'SLA'",
    "geregistreerde_misdrijven, regio": "max(aantal), regio from misdrijven",
    "context_misdrijven, nederland": f"max(aantal), 'geregistreerd' {REGISTERED} = 'Misdrijven, totaal'",
    "context_misdrijven, drugs": f"max(aantal) {REGISTERED} = '6 Drugsmisdrijven'",
    "context_misdrijven, cleared up": f"""max(aantal) from {PROVINCIES} where regio = 'Nederland'
        and onderwerp = '||Totaal opgehelderde misdrijven' and soort = 'Misdrijven, totaal'""",
    "integrale_acties_politie": "count(*) from actie",
    "signalen_financiele_analyse_pct": "100.0 * count(*) filter (geanalyseerd) / count(*) from signaal",
    "signalen_financiele_analyse_pct, voorgelegd": "count(*) from signaal",
    "signalen_financiele_analyse_pct, geanalyseerd": "count(*) from signaal where geanalyseerd",
    "onderzoeken_financieel_pct": """100.0 * count(*) filter (financieel_onderzoek = 'J') / count(*)
        from zaak_geteld where not uitgezonderd""",
    "onderzoeken_financieel_pct, zaken": "count(*) from zaak_geteld where not uitgezonderd",
    "onderzoeken_financieel_pct, onderzocht": "count(*) from zaak_geteld where financieel_onderzoek = 'J'",
    "onderzoeken_financieel_pct, uitgezonderde_zaken": """count(*), 'evident_geen_meerwaarde' from zaak_geteld
        where uitgezonderd""",
    "beslag_conservatoir_politie_eur": f"{SEIZED} = 'CONS' and dienst = 'POL'",
    "beslag_conservatoir_politie_eur, eerste_stand": f"{SEIZED} = 'CONS' and dienst = 'POL' and {AT_FIRST}",
    "beslag_conservatoir_politie_eur, brede_basis": f"{SEIZED_BROADLY} = 'CONS' and dienst = 'POL'",
    "afpakmonitor, conservatoir_gelegd": f"{SEIZED} = 'CONS'",
    "afpakmonitor, conservatoir_gelegd_eerste_stand": f"{SEIZED} = 'CONS' and {AT_FIRST}",
    "afpakmonitor, conservatoir_gelegd_brede_basis": f"{SEIZED_BROADLY} = 'CONS'",
    "afpakmonitor, klassiek_gelegd": f"{SEIZED} = 'KLAS'",
    "afpakmonitor, klassiek_gelegd_brede_basis": f"{SEIZED_BROADLY} = 'KLAS'",
    "afpakmonitor, strafvorderlijk_gelegd_eerste_stand": f"""sum(bedrag) from geboekt
        where stap_code = 'beslag_gelegd' and register = 'om_beslag' and {AT_FIRST}""",
    "afpakmonitor, conservatoir_opgeheven": """sum(bedrag) from geboekt
        where stap_code = 'beslag_opgeheven' and beslagsoort = 'CONS'""",
    "afpakmonitor, fiscaal_gelegd": """sum(bedrag) from geboekt
        where stap_code = 'beslag_gelegd' and weg_code = 'fiscaal'""",
    "afpakmonitor, strafrechtelijk_geincasseerd_groot": """sum(bedrag) from geboekt
        where register = 'cjib_incasso' and stap_code = 'geincasseerd' and bedrag > 1e8""",
    "afpakmonitor, geincasseerd zonder grote schikking": """sum(bedrag) from geboekt
        where stap_code = 'geincasseerd' and weg_code = 'strafrechtelijk' and bedrag < 1e8""",
    "afpakmonitor, strafrechtelijk_openstaand": """sum(bedrag) from geboekt
        where stap_code = 'openstaand' and boekdatum = make_date(jaar, 12, 31)""",
} | {
    f"afpakmonitor, {weg}_{stap}": f"sum(bedrag) from geboekt where weg_code = '{weg}' and stap_code = '{stap}'"
    for weg in ("strafrechtelijk", "fiscaal", "bestuurlijk")
    for stap in ("opgelegd", "geincasseerd", "aan_slachtoffers")
}


def pairs(which: str, case: str = "zaak") -> str:
    """Count pairs of suspect and case among some of the rows, in the year of their first inflow."""
    return f"""select count(*) from (select verdachte, {case}, year(min(instroomdatum)) as jaar from verdacht
        where {which} group by all) where jaar = {{jaar}}"""


def positive_share(dossiers: str) -> str:
    """The share of dossiers positively disposed of, among some of the records of the register."""
    counting = COUNTED["dossier"].replace("from dossiers", f"from {dossiers}", 1)
    return f"select {POSITIVE_SHARE.replace('dossier', f'({counting})')} where jaar = {{jaar}}"


# Ways to count that look right, by their name in the table of the README, which holds the figure, the year and both
# counts. One word is another arrival: what counts is then right, and what was delivered is not.
TRAPS = {
    "Onderzoeken that are not criminal investigations counted too": """
        select count(*) from (select csv_nr, year(min(startdatum)) as jaar from onderzoeken
        join fase on fase = fase_code where is_aangepakt group by csv_nr) where jaar = {jaar}""",
    "Onderzoeken whose phase did not get far enough counted too": """
        select count(*) from (select csv_nr, year(min(startdatum)) as jaar from onderzoeken
        join aanpak on aanpak = aanpak_code where is_strafrechtelijk group by csv_nr) where jaar = {jaar}""",
    "The first onderzoek of a csv taken before looking whether it counts": """
        select count(*) from (select * from onderzoeken
        qualify row_number() over (partition by csv_nr order by startdatum, onderzoek_nr) = 1)
        join aanpak on aanpak = aanpak_code join fase on fase = fase_code where is_strafrechtelijk and is_aangepakt
        and year(startdatum) = {jaar}""",
    "Onderzoeken counted instead of csv's": "select count(*) from tellend where year(startdatum) = {jaar}",
    "A csv counted again in a year in which a new onderzoek starts": """
        select count(distinct csv_nr) from tellend where year(startdatum) = {jaar}""",
    "A csv counted in every year in which it is under investigation": """
        select count(distinct csv_nr) from lopend where jaar = {jaar}""",
    "What happened before 2017 forgotten": """
        select count(*) from (select csv_nr, year(min(startdatum)) as jaar from tellend
        where startdatum >= date '2017-01-01' group by csv_nr) where jaar = {jaar}""",
    "The csv's of each eenheid added up": """
        select sum(aantal) from (select eenheid, count(distinct csv_nr) as aantal from tellend
        where year(startdatum) = {jaar} group by eenheid)""",
    "A csv counted once for every aandachtsgebied": """
        select count(distinct (csv_nr, aandachtsgebied)) from tellend join aandachtsgebieden using (onderzoek_nr)
        join eerste using (csv_nr) where eerste.jaar = {jaar} and year(startdatum) = {jaar}""",
    "The delivery that was corrected later still used": "fout",
    "The correction added to what it corrects": """
        select count(*) from (select csv_nr, min(jaar) as jaar from (from fout.eerste union all from goed.eerste)
        group by csv_nr) where jaar = {jaar}""",
    "Only onderzoeken that started in the year counted": "select count(*) from tellend where year(startdatum) = {jaar}",
    "Only onderzoeken that run on 31 December counted": """
        select count(*) from lopend where jaar = {jaar} and (einddatum is null
        or einddatum > make_date({jaar}, 12, 31))""",
    "Onderzoeken per aandachtsgebied added up": f"""
        select count(distinct (onderzoek_nr, aandachtsgebied)) from {GEBIED} where jaar = {{jaar}}""",
    "Rows counted after joining the aandachtsgebieden": f"select count(*) from {GEBIED} where jaar = {{jaar}}",
    "Drugs as any aandachtsgebied instead of the first": f"""
        select count(distinct onderzoek_nr) from {GEBIED} where aandachtsgebied = 'DRUGS' and jaar = {{jaar}}""",
    "Drugs first, and every aanpak and phase": """
        select count(*) from onderzoeken join aandachtsgebieden using (onderzoek_nr) where eerste = 'J'
        and aandachtsgebied = 'DRUGS' and startdatum <= make_date({jaar}, 12, 31) and (einddatum is null
        or einddatum >= make_date({jaar}, 1, 1))""",
    "Any drugsoort instead of the first": f"""
        select count(distinct onderzoek_nr) from {GEBIED} where drugsoort_groep = 'hennep' and jaar = {{jaar}}""",
    "Suspects delivered by other services counted too": pairs("artikel = '273f'"),
    "Suspects of other offences counted too": pairs("aanleverende_dienst = 'POL'"),
    "Every article that begins with 273 counted": pairs("aanleverende_dienst = 'POL' and artikel like '273%'"),
    "Only the article spelled 273f Sr recognised": pairs("aanleverende_dienst = 'POL' and wetsartikel = '273f Sr'"),
    "Rows counted instead of suspects in a case": """
        select count(*) from verdacht where artikel = '273f' and aanleverende_dienst = 'POL'
        and year(instroomdatum) = {jaar}""",
    "Suspects counted, whatever the number of their cases": """
        select count(distinct verdachte) from paar where jaar = {jaar}""",
    "Cases counted, whatever the number of their suspects": "select count(distinct zaak) from paar where jaar = {jaar}",
    "Parketnummers compared as they are spelled": pairs(
        "artikel = '273f' and aanleverende_dienst = 'POL'", case="parketnummer"
    ),
    "A parketnummer without its leading zero taken for another": pairs(
        "artikel = '273f' and aanleverende_dienst = 'POL'",
        case=r"regexp_replace(parketnummer, '\D', '', 'g')",
    ),
    "A suspect counted in every year of inflow in the same case": """
        select count(distinct (verdachte, zaak)) from verdacht where artikel = '273f' and aanleverende_dienst = 'POL'
        and year(instroomdatum) = {jaar}""",
    "The delivery of suspects that was corrected later still used": "fout",
    "Victims reported by anybody counted": """
        select count(distinct slachtoffer_nr) from meldingen where year(meldingsdatum) = {jaar}""",
    "Reports of the police counted instead of victims": """
        select count(*) from meldingen where melder = 'POL' and year(meldingsdatum) = {jaar}""",
    "Victims whom others reported too left out": """
        select count(*) from (select slachtoffer_nr from meldingen where year(meldingsdatum) = {jaar}
        group by slachtoffer_nr having bool_and(melder = 'POL'))""",
    "A victim counted only in the first year": """
        select count(*) from (select min(year(meldingsdatum)) as jaar from meldingen where melder = 'POL'
        group by slachtoffer_nr) where jaar = {jaar}""",
    "The victims of each eenheid added up": """
        select count(distinct (slachtoffer_nr, eenheid)) from meldingen where melder = 'POL'
        and year(meldingsdatum) = {jaar}""",
    "The victims of each form of exploitation added up": """
        select count(distinct (slachtoffer_nr, uitbuitingsvorm)) from meldingen where melder = 'POL'
        and year(meldingsdatum) = {jaar}""",
    "Reports put in the year in which they were entered": """
        select count(distinct slachtoffer_nr) from meldingen where melder = 'POL'
        and year(registratiedatum) = {jaar}""",
    "The provisional delivery of February taken for the definitive one": "voorlopig",
    "The delivery of reports that was corrected later still used": "fout",
    "Every onderzoek with an element of the agenda called complex": f"""
        select count(*) from mensenhandel_onderzoeken__onderzoeken where 'J' in ({", ".join(ELEMENTEN)})
        and year(startdatum) = {{jaar}}""",
    "The elements of complex onderzoeken added up": " + ".join(
        f"(select count(*) from complex where {element} = 'J' and jaar = {{jaar}})" for element in ELEMENTEN
    ).join(("select ", "")),
    "Complex onderzoeken counted in every year in which they run": """
        select count(*) from complex where year(startdatum) <= {jaar} and (einddatum is null
        or year(einddatum) >= {jaar})""",
    "Interventions added to the complex onderzoeken": """
        select (select count(*) from complex where jaar = {jaar}) + (select count(*) from interventie
        where jaar = {jaar})""",
    "Only interventions that came from an onderzoek counted": """
        select count(*) from interventie where onderzoek_nr is not null and jaar = {jaar}""",
    "Every intervention counted, whatever its elements": """
        select count(*) from interventies where year(interventiedatum) = {jaar}""",
    "Dossiers of FAST and without an indication within the Netherlands counted too": """
        select round(100.0 * count(*) filter (is_positief) / count(*)) from dossiers left
        join afdoening_mapping on afdoening = afdoening_code where year(aangeleverd_op) = {jaar}""",
    "Dossiers taken up instead of dossiers delivered as the denominator": """
        select round(100.0 * count(*) filter (positief) / count(*)) from dossier
        where year(in_behandeling_op) = {jaar}""",
    "Dossiers disposed of instead of dossiers delivered as the denominator": """
        select round(100.0 * count(*) filter (positief) / count(*)) from dossier where year(afgedaan_op) = {jaar}""",
    "Disposals of the year set against the dossiers delivered in it": """
        select round(100.0 * count(*) filter (positief
        and year(afgedaan_op) = {jaar}) / count(*) filter (year(aangeleverd_op) = {jaar})) from dossier""",
    "Every disposal called positive": """
        select round(100.0 * count(afgedaan_op) / count(*)) from dossier where year(aangeleverd_op) = {jaar}""",
    "Only arrests called positive": """
        select round(100.0 * count(*) filter (afdoening = 'AANGEHOUDEN') / count(*)) from dossier
        where year(aangeleverd_op) = {jaar}""",
    "The delivery of dossiers that was corrected later still used": "fout",
    "Dossiers that were dropped later still counted": positive_share("dossiers_laatste"),
    "Every record counted as a dossier, changes as well": positive_share(
        "(from dossiers_0 union all from dossiers_1 union all from dossiers_2)"
    ),
    "The changes taken for the whole register": positive_share("dossiers_2"),
    "The stock on 31 December taken for that of the year": """
        select aantal from voorraad where dag = make_date({jaar}, 12, 31)""",
    "The mean stock taken": "select round(avg(aantal)) from voorraad where jaar = {jaar}",
    "The lowest of the stocks at the end of a month taken": """
        select min(aantal) from voorraad where jaar = {jaar} and dag = last_day(dag)""",
    "The Landelijke Eenheid counted in the stock": """
        select min(aantal) from (select dag, sum(aantal) as aantal from stand where year(dag) = {jaar} group by dag)""",
    "Every dossier at the police counted in the stock": """
        select min(aantal) from (select dag, count(*) as aantal from dag join dossiers on in_behandeling_op <= dag
        and (afgedaan_op is null or afgedaan_op > dag) where year(dag) = {jaar} and eenheid != 'LE' group by dag)""",
    "The dossiers that were in treatment in the year added up": """
        select count(*) from dossier where year(in_behandeling_op) <= {jaar} and eenheid != 'LE'
        and (afgedaan_op is null or year(afgedaan_op) >= {jaar})""",
    "The lowest stocks of the eenheden added up": """
        select sum(aantal) from (select eenheid, min(aantal) as aantal from stand where year(dag) = {jaar}
        and eenheid != 'LE' group by eenheid)""",
    "The kind that the deliverer gives taken over": "select count(*) from cyber where soort = 'REG' and jaar = {jaar}",
    "Investigations counted in the year in which they start": """
        select count(*) from cyber where eigen_soort = 'REG' and year(startdatum) = {jaar}""",
    "Articles 138c and 139g counted before 1 March 2019 too": """
        select count(*) from cyber where is_regionaal and niveau < 3 and focus = 'EZ' and op_lijst and jaar = {jaar}""",
    "Article 317 counted whatever its paragraph": """
        select count(*) from cyber where is_regionaal and niveau < 3 and focus = 'EZ' and zonder_lid
        and jaar = {jaar}""",
    "Only the articles spelled as in 138ab Sr recognised": """
        select count(*) from cyber where eigen_soort = 'REG' and vast_gespeld and jaar = {jaar}""",
    "An offence in the narrow sense taken for an investigation aimed at it": """
        select count(*) from cyber where is_regionaal and niveau < 3 and eng and jaar = {jaar}""",
    "Offences counted instead of investigations": """
        select count(*) from cyber join feit using (onderzoek_nr) where eigen_soort = 'REG' and jaar = {jaar}""",
    "The alternative interventions of every investigation counted": """
        select count(*) from cyber where alternatief = 'J' and jaar = {jaar}""",
    "Investigations that still run counted where they began": """
        select count(*) from cyber where eigen_soort = 'FEN' and startdatum < date '2020-01-01'
        and (tactisch_afgerond is null or year(tactisch_afgerond) >= {jaar})""",
    "Cyber-enabled investigations counted without their conditions": """
        select count(*) from cyber where is_cybercrimeteam and niveau = 3 and jaar = {jaar}""",
    "Level 3 counted whatever the team": """
        select count(*) from cyber where is_regionaal and niveau = 3 and eng and jaar = {jaar} and (focus = 'EZ'
        or (innovatief = 'J' and digitaal = 'J'))""",
    "The share in the narrow sense taken from the articles": """
        select count(*) from cyber where eigen_soort = 'FEN' and eng and jaar = {jaar}""",
    "Assistance by THTC counted too": "select count(*) from cyber where is_thtc and high_tech = 'J' and jaar = {jaar}",
    "A high-tech component counted whatever the team": """
        select count(*) from cyber where high_tech = 'J' and bijstand = 'N' and jaar = {jaar}""",
    "The waarvan rows added to the total": """
        select count(eigen_soort) + count(*) filter (alternatief = 'J' and eigen_soort in ('REG', 'FEN')) from cyber
        where jaar = {jaar}""",
    "The delivery of cybercrime that was corrected later still used": "fout",
    "Suspects in phenomenon investigations counted too": """
        select count(distinct lpad(verdachte_nr, 8, '0')) from cyber_verdachten__verdachten
        where year(registratiedatum) = {jaar}""",
    "Registrations counted instead of suspects": """
        select count(*) from cyber_verdachten__verdachten where soort = 'REG' and year(registratiedatum) = {jaar}""",
    "A suspect counted only in the first year": """
        select count(*) from (select verdachte, min(jaar) as jaar from cyberverdachte group by verdachte)
        where jaar = {jaar}""",
    "Investigations counted where suspects are asked": """
        select count(*) from cyber where eigen_soort = 'REG' and jaar = {jaar}""",
    "An investigation counted in every category that it has": """
        select count(distinct onderzoek_nr) from oskm_onderzoeken__onderzoeken where categorie_inzet = 'C'
        and year(startdatum) = {jaar}""",
    "The category at the end instead of at the start": """
        select count(*) from oskm where coalesce(uitkomst, categorie) = 'A' and jaar = {jaar}""",
    "The year of the end instead of that of the start": "select count(*) from oskm where eindjaar = {jaar}",
    "Suspicions counted instead of investigations": """
        select count(categorie_inzet) from oskm_onderzoeken__onderzoeken where year(startdatum) = {jaar}""",
    "The delivery of child abuse that was corrected later still used": "fout",
    "Results outside the 150 fte and the eleven teams counted too": """
        select count(*) from (select persoon_nr::bigint as persoon, year(min(vastgesteld_op)) as jaar
        from oskm_onderzoeken__resultaten where soort = 'SLA' group by persoon) where jaar = {jaar}""",
    "Results of another team counted as those of the 150 fte": """
        select count(*) from (select persoon_nr::bigint as persoon, year(min(vastgesteld_op)) as jaar
        from oskm_onderzoeken__resultaten where soort = 'DAD' and inzet_150_fte = 'J' group by persoon)
        where jaar = {jaar}""",
    "A victim counted again in every year": """
        select count(distinct persoon_nr::bigint) from oskm_onderzoeken__resultaten where soort = 'SLA'
        and inzet_150_fte = 'J' and team != 'OVT' and year(vastgesteld_op) = {jaar}""",
    "Reports counted with the victims": "select count(*) from persoon where soort in ('SLA', 'MEL') and jaar = {jaar}",
    "All rows of the crime table added up": "select sum(aantal) from misdrijven where jaar = {jaar}",
    "Eenheden found by their plain name": """
        select sum(aantal) from misdrijven join eenheid on regio = eenheid_naam || ' (RE)' where jaar = {jaar}""",
    "Country and provinces of the province table added up": f"""
        select sum(aantal) from {PROVINCIES} where jaar = {{jaar}}
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    "The provinces added up, each rounded": f"""
        select sum(aantal) from {PROVINCIES} where jaar = {{jaar}} and regio != 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    "All kinds of crime added up, with those above them": f"""
        select sum(aantal) from {PROVINCIES} where jaar = {{jaar}} and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven'""",
    "A heading with an asterisk not read as a year": f"""
        select coalesce(sum(aantal), 0) from {PROVINCIES} where kop = '{{jaar}}' and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    "The provisional figure of the first file still used": """
        select aantal from provincies where kop = '{jaar}*' and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort = 'Misdrijven, totaal'""",
    "Hard and soft drugs taken for all drugs": f"""
        select sum(aantal) from {PROVINCIES} where jaar = {{jaar}} and regio = 'Nederland'
        and onderwerp = 'Totaal geregistreerde misdrijven' and soort in ('6.1 Harddrugs', '6.2 Softdrugs')""",
    "The subject with bars before it not recognised": f"""
        select coalesce(sum(aantal), 0) from {PROVINCIES} where jaar = {{jaar}} and regio = 'Nederland'
        and onderwerp = 'Totaal opgehelderde misdrijven' and soort = 'Misdrijven, totaal'""",
    "An onderzoek of which it is not filled in taken for one across a border": """
        select count(distinct onderzoek_nr) from lopend where regio_overstijgend is distinct from 'N'
        and jaar = {jaar}""",
    "Actions counted once for every partner": """
        select count(*) from acties join main.bijdrage on acties.bijdrage = bijdrage_code join actie using (actie_nr)
        where is_bijdrage and jaar = {jaar}""",
    "Actions to which the police did not contribute counted too": """
        select count(distinct actie_nr) from acties where status = 'UIT' and year(actiedatum) = {jaar}""",
    "Actions that were planned or cancelled counted too": """
        select count(*) from (select actie_nr from acties join main.partner on acties.partner = partner_code
        join main.bijdrage on acties.bijdrage = bijdrage_code where is_bijdrage and year(actiedatum) = {jaar}
        group by actie_nr having count(*) >= 2 and bool_or(is_politie))""",
    "Actions of the police alone taken for integral ones": """
        select count(*) from acties join main.bijdrage on acties.bijdrage = bijdrage_code where partner = 'POL'
        and is_bijdrage and status = 'UIT' and year(actiedatum) = {jaar}""",
    "All signals in the denominator, and not only those presented": """
        select 100 * count(distinct signaal_nr) filter (financiele_analyse = 'J') / count(distinct signaal_nr)
        from signalen where year(statusdatum) = {jaar}""",
    "Presentations counted instead of signals": """
        select 100 * count(*) filter (financiele_analyse = 'J') / count(*) from signalen where status = 'VRG'
        and year(statusdatum) = {jaar}""",
    "Excepted cases left in the denominator": """
        select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) from zaak_geteld where jaar = {jaar}""",
    "An exception believed that no financial analysis shows": """
        select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) from zaak_geteld
        where reden_geen_onderzoek is distinct from 'GMW' and jaar = {jaar}""",
    "Every ground taken for an exception": """
        select 100 * count(*) filter (financieel_onderzoek = 'J') / count(*) from zaak_geteld
        where reden_geen_onderzoek is null and jaar = {jaar}""",
    "Seizures by every service taken for those of the police": """
        select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS' and jaar = {jaar}""",
    "Klassiek beslag counted too": """
        select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and dienst = 'POL' and jaar = {jaar}""",
    "What was lifted taken off what was seized": """
        select sum(case when stap_code = 'beslag_opgeheven' then -bedrag else bedrag end) from geboekt
        where beslagsoort = 'CONS' and dienst = 'POL' and jaar = {jaar}""",
    "Corrections forgotten": """
        select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS' and dienst = 'POL'
        and corrigeert_nr is null and jaar = {jaar}""",
    "A correction booked in the year in which it was made": """
        select sum(bedrag) from geboekt where stap_code = 'beslag_gelegd' and beslagsoort = 'CONS' and dienst = 'POL'
        and year(boekdatum) = {jaar}""",
    "The first state of the year taken for the last word": "eerder",
    "What the old system booked twice still counted": "fout",
    "The delivery of seizures that was corrected later still used": "fout",
    "An object that two parties deliver counted twice": """
        select sum(bedrag) from boeking where stap_code = 'beslag_gelegd' and weg_code = 'fiscaal' and jaar = {jaar}""",
    "Objects compared as their numbers are spelled": """
        select sum(bedrag) from (from boeking qualify object_nr is null
        or volgorde = min(volgorde) over (partition by object_nr, stap_code)) where stap_code = 'beslag_gelegd'
        and weg_code = 'fiscaal' and jaar = {jaar}""",
    "A single settlement taken for the yield of normal cases": """
        select sum(bedrag) from geboekt where stap_code = 'geincasseerd' and weg_code = 'strafrechtelijk'
        and jaar = {jaar}""",
    "Steps added up": """
        select sum(bedrag) from geboekt where stap_code in ('opgelegd', 'geincasseerd', 'aan_slachtoffers')
        and weg_code = 'strafrechtelijk' and jaar = {jaar}""",
    "States of two days added up as if they were a flow": """
        select sum(bedrag) from geboekt where stap_code = 'openstaand' and jaar = {jaar}""",
}


def count(con: duckdb.DuckDBPyConnection, query: str, year: int = 0) -> int:
    row = con.execute(query.replace("{jaar}", str(year))).fetchone()
    assert row is not None
    return round(row[0])


def counted(con: duckdb.DuckDBPyConnection, figure: str, arrival: str = "goed") -> dict[int, float]:
    """Count a figure in every year, by its definition and as one arrival has it."""
    name, _, part = figure.partition(":")
    con.execute(f"set search_path = '{arrival},main'")
    found = con.execute(f"select jaar, {FIGURES[name]} group by all").fetchall()
    con.execute("set search_path = 'goed,main'")
    return {jaar: total for jaar, total, *split in found if split == ([part] if part else [])}


def by_figure(file: Path) -> dict[str, dict[int, int]]:
    """Read totals by the name of the figure and the year."""
    totals: dict[str, dict[int, int]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            figure = f"{row['indicator_code']}, {row['uitsplitsing']}".removesuffix(", totaal")
            totals.setdefault(figure, {})[int(row["jaar"])] = int(row["totaal"])
    return totals


TOTALS = by_figure(scenario.SCENARIO)


@pytest.mark.parametrize("figure", PUBLISHED)
def test_figures_are_the_published_ones(con: duckdb.DuckDBPyConnection, figure: str) -> None:
    found = counted(con, figure)
    assert {year: found[year] for year in PUBLISHED[figure]} == PUBLISHED[figure]


@pytest.mark.parametrize("figure", TOTALS)
def test_every_total_of_the_scenario_is_found(con: duckdb.DuckDBPyConnection, figure: str) -> None:
    found = counted(con, figure)
    assert {year: found.get(year) for year in TOTALS[figure]} == TOTALS[figure]


def test_no_total_of_the_scenario_is_left_out() -> None:
    assert sum(map(len, TOTALS.values())) == 335


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


def traps_of_readme() -> dict[str, str]:
    """The lines of the table of traps, each by its name: what counts, in which year, naively and rightly."""
    lines = README.read_text(encoding="utf-8").splitlines()
    traps = [line for line in lines if re.fullmatch(r"\|.*, \d{4} \| \d+ \| \d+ \|", line)]
    assert len(traps) == len({line.split(" | ")[0] for line in traps})
    return {line.split(" | ")[0].removeprefix("| "): line for line in traps}


def test_the_readme_tells_of_every_trap() -> None:
    assert traps_of_readme().keys() == TRAPS.keys()


@pytest.mark.parametrize("trap", TRAPS)
def test_counting_naively_is_wrong_as_the_readme_says(con: duckdb.DuckDBPyConnection, trap: str) -> None:
    line = traps_of_readme()[trap]
    figure, _, moment = line.split(" | ")[1].rpartition(", ")
    year, query = int(moment), TRAPS[trap]
    naive = count(con, query, year) if " " in query else round(counted(con, figure, query)[year])
    right = round(counted(con, figure)[year])
    assert naive != right
    found = f"| {trap} | {figure}, {year} | {naive} | {right} |"
    assert found == line, found


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
    wrong, right = counted(con, figure, "fout"), counted(con, figure)
    assert [year for year in WRONG_AT_FIRST[figure] if wrong.get(year) == right.get(year)] == []


@pytest.mark.parametrize("figure", ["csv_aangepakt", "om_verdachten_mensenhandel"])
def test_a_year_before_nothing_of_later_was_known(con: duckdb.DuckDBPyConnection, figure: str) -> None:
    query = """select max(greatest(startdatum, einddatum)) <= date '2022-01-15' from eerder.onderzoeken
        union all select max(instroomdatum) <= date '2022-01-15' from eerder.instroom"""
    assert con.execute(query).fetchall() == [(True,), (True,)]
    earlier, right = counted(con, figure, "eerder"), counted(con, figure)
    assert [earlier[year] for year in range(2017, 2022)] == [right[year] for year in range(2017, 2022)]


def test_the_suspects_of_2020_were_known_in_february_2021(con: duckdb.DuckDBPyConnection) -> None:
    published = PUBLISHED["om_verdachten_mensenhandel"]
    found = counted(con, "om_verdachten_mensenhandel", "voorlopig")
    assert {year: found[year] for year in published} == published


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
    final = TOTALS["beslag_conservatoir_politie_eur"][year]
    first = TOTALS["beslag_conservatoir_politie_eur, eerste_stand"][year]
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
