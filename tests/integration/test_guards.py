"""Every guard at the border out is seen to fail: each expectation, on a warehouse in which it is broken."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.expectations import marts_with_expectations, parameters_of, suite_of_mart
from orchestration.paths import DataPaths
from orchestration.validation import validate

V = "update marts.fct_voortgang set"
R = "update marts.fct_realisatie set"
C = "update marts.fct_context_misdrijven set"
A = "update marts.fct_afpakmonitor set"
CYBER = "where indicator_code = 'cyber_regulier' and jaar = 2019"

# What breaks each expectation. A new expectation without an entry here fails the count below.
BREAKS = {
    ("fct_voortgang", "sleutel_uniek"): "insert into marts.fct_voortgang from marts.fct_voortgang limit 1",
    (
        "fct_voortgang",
        "elke_afgesproken_indicator_is_er",
    ): "delete from marts.fct_voortgang where indicator_code = 'oskm_daders'",
    (
        "fct_voortgang",
        "elk_jaar_van_de_agenda_is_er",
    ): "delete from marts.fct_voortgang where indicator_code = 'oskm_daders' and jaar = 2020",
    (
        "fct_voortgang",
        "geen_cijfer_zonder_definitie",
    ): f"{V} definitie_versie = null where indicator_code = 'csv_aangepakt'",
    ("fct_voortgang", "leeg_heeft_een_reden"): (
        f"{V} geen_realisatie_reden = 'nog_niet_geleverd' where indicator_code = 'csv_aangepakt'"
    ),
    (
        "fct_voortgang",
        "percentages_tussen_0_en_100",
    ): f"{V} streefcijfer = 140 where indicator_code = 'executie_positief_pct'",
    (
        "fct_voortgang",
        "bedrag_is_niet_negatief",
    ): f"{V} realisatie = -1 where indicator_code = 'beslag_conservatoir_politie_eur' and jaar = 2020",
    ("fct_voortgang", "normen_zijn_die_van_de_agenda"): (
        f"{V} streefcijfer = 205 where indicator_code = 'om_verdachten_mensenhandel' and jaar = 2022"
    ),
    ("fct_voortgang", "delen_tellen_op_tot_totaal"): f"{V} streefcijfer = 311 {CYBER}",
    ("fct_voortgang", "waarvan_is_hooguit_het_geheel"): (
        f"{V} streefcijfer = 400 where indicator_code = 'cyber_regulier_alternatief' and jaar = 2019"
    ),
    ("fct_voortgang", "oordeel_volgt_uit_cijfer_en_norm"): (
        f"{V} oordeel = 'behaald' where indicator_code = 'om_verdachten_mensenhandel' and jaar = 2019"
    ),
    # A third of the cases of that year is open.
    ("fct_voortgang", "geen_oordeel_voordat_het_kan"): (
        f"{V} oordeel = 'behaald' where indicator_code = 'executie_positief_pct' and jaar = 2022"
    ),
    ("fct_voortgang", "toename_heeft_de_referentie_van_de_agenda"): (
        f"{V} referentie_jaar = jaar - 1 where indicator_code = 'complexe_onderzoeken_mensenhandel' and jaar = 2021"
    ),
    # 134 dossiers on the lowest day, and one unit with fewer than 10.
    ("fct_voortgang", "werkvoorraad_is_elke_dag_en_in_elke_eenheid_gehaald"): (
        f"{V} oordeel = 'behaald' where indicator_code = 'executie_werkvoorraad' and jaar = 2021"
    ),
    ("fct_realisatie", "sleutel_uniek"): "insert into marts.fct_realisatie from marts.fct_realisatie limit 1",
    (
        "fct_realisatie",
        "eenheden_tellen_op_tot_nederland",
    ): f"{R} realisatie = realisatie + 1 where eenheid_code = 'NN'",
    ("fct_realisatie", "eerste_aandachtsgebied_telt_op_tot_onderzoeken"): (
        f"{R} realisatie = realisatie + 1 "
        "where uitsplitsing_soort = 'aandachtsgebied_eerste' and uitsplitsing_code = 'WAPENS'"
    ),
    ("fct_realisatie", "drugsoorten_tellen_op_tot_drugs_als_eerste"): (
        f"{R} realisatie = realisatie + 1 "
        "where uitsplitsing_soort = 'drugsoort_eerste' and uitsplitsing_code = 'hennep'"
    ),
    ("fct_realisatie", "grensoverstijging_telt_op_tot_onderzoeken"): (
        "delete from marts.fct_realisatie "
        "where uitsplitsing_soort = 'lands_overstijgend' and uitsplitsing_code = 'onbekend'"
    ),
    ("fct_realisatie", "uitgezonderde_zaken_tellen_niet_in_het_aandeel"): (
        "update intermediate.int_ondermijningszaken_geteld set regel_code = 'telt' "
        "where regel_code = 'evident_geen_meerwaarde' and rol = 'noemer'"
    ),
    ("fct_realisatie", "alleen_uitgevoerde_acties_met_de_politie_tellen"): (
        "update intermediate.int_integrale_acties_geteld set regel_code = 'telt' where regel_code = 'niet_uitgevoerd'"
    ),
    ("fct_realisatie", "alleen_voorgelegde_signalen_tellen"): (
        "update intermediate.int_signalen_geteld set regel_code = 'telt' where regel_code = 'dubbel'"
    ),
    ("fct_realisatie", "misdrijven_zijn_het_landelijke_aantal"): (
        f"{R} realisatie = realisatie * 2 where indicator_code = 'geregistreerde_misdrijven' and eenheid_code = 'NL'"
    ),
    (
        "fct_realisatie",
        "elk_gebied_van_de_misdrijven_is_bekend",
    ): "update intermediate.int_misdrijven_ingedeeld set gebied_soort = 'onbekend' where record_nr = 1",
    ("fct_realisatie", "alleen_verdachten_van_de_politie_tellen"): (
        "update intermediate.int_om_verdachten_geteld set regel_code = 'telt' where regel_code = 'andere_dienst'"
    ),
    ("fct_realisatie", "alleen_strafrechtelijke_aanpak_telt"): (
        "update intermediate.int_csv_onderzoeken_geteld as geteld set record_nr = ander.record_nr "
        "from (select record_nr from intermediate.int_csv_onderzoeken_beoordeeld "
        "where regel_code = 'niet_strafrechtelijk' limit 1) as ander where geteld.record_nr % 2 = 0"
    ),
    ("fct_realisatie", "alleen_slachtoffers_gemeld_door_de_politie_tellen"): (
        "update intermediate.int_slachtoffers_comensha_geteld set regel_code = 'telt' "
        "where regel_code = 'andere_melder'"
    ),
    ("fct_realisatie", "vormen_van_uitbuiting_tellen_op_tot_slachtoffers"): (
        f"{R} realisatie = realisatie + 1 "
        "where uitsplitsing_soort = 'uitbuiting_nrm' and uitsplitsing_code = 'geen_categorie' and eenheid_code = 'NL'"
    ),
    ("fct_realisatie", "elementen_zijn_delen_van_de_inzet"): (
        f"{R} realisatie = realisatie + 1000 where uitsplitsing_code = 'barrieremodel' and eenheid_code = 'NL'"
    ),
    ("fct_realisatie", "alleen_dossiers_van_de_afspraken_tellen"): (
        "update intermediate.int_executie_afdoeningen_geteld set regel_code = 'telt' where regel_code = 'fast'"
    ),
    ("fct_realisatie", "executie_heeft_alle_vier_de_percentages"): (
        "delete from marts.fct_realisatie where uitsplitsing_code = 'in_behandeling_periode'"
    ),
    ("fct_realisatie", "teller_van_een_cohort_valt_binnen_de_noemer"): (
        "update intermediate.int_executie_afdoeningen_geteld set jaar = jaar + 1 where rol = 'teller'"
    ),
    ("fct_realisatie", "laagste_stand_is_geen_eindstand_en_geen_som"): (
        f"{R} realisatie = 141 where indicator_code = 'executie_werkvoorraad' and eenheid_code = 'NL'"
    ),
    ("fct_realisatie", "landelijk_cijfer_is_dat_van_de_voortgang"): f"{V} realisatie = realisatie + 1",
    ("fct_afpakmonitor", "sleutel_uniek"): "insert into marts.fct_afpakmonitor from marts.fct_afpakmonitor limit 1",
    ("fct_afpakmonitor", "alleen_afgesproken_wegen_stappen_en_soorten"): f"{A} stap_code = 'beslag' where jaar = 2020",
    ("fct_afpakmonitor", "stand_en_stroom_staan_apart"): f"{A} maat_soort = 'stroom' where stap_code = 'openstaand'",
    (
        "fct_afpakmonitor",
        "soort_beslag_is_die_van_de_boeking",
    ): f"{A} beslagsoort = 'conservatoir' where stap_code = 'geincasseerd'",
    ("fct_afpakmonitor", "deel_is_hooguit_het_geheel"): f"{A} bedrag_politie_eur = 2 * bedrag_eur",
    ("fct_afpakmonitor", "politie_is_de_indicator"): f"{A} bedrag_politie_eur = bedrag_politie_eur - 1",
    ("fct_afpakmonitor", "object_telt_bij_een_aanleveraar"): (
        "update intermediate.int_afpakboekingen_beoordeeld set telt_mee = true where regel_code = 'andere_aanleveraar'"
    ),
    (
        "fct_afpakmonitor",
        "elk_jaar_heeft_elke_weg",
    ): "delete from marts.fct_afpakmonitor where weg_code = 'fiscaal' and jaar = 2020",
    (
        "fct_afpakmonitor",
        "elke_weg_met_boekingen_is_er",
    ): "delete from marts.fct_afpakmonitor where weg_code = 'bestuurlijk' and jaar = 2019",
    ("fct_afpakmonitor", "boekingen_tellen_op_tot_de_monitor"): f"{A} bedrag_eur = bedrag_eur + 1 where jaar = 2019",
    ("fct_afpakmonitor", "leeg_bedrag_heeft_een_reden"): f"{A} geen_bedrag_reden = 'onbekende_code' where jaar = 2019",
    ("fct_realisatie", "delen_van_cyber_en_oskm_tellen_op_tot_totaal"): (
        f"{R} realisatie = realisatie + 1 where indicator_code = 'oskm_b' and uitsplitsing_soort = 'geen'"
    ),
    ("fct_realisatie", "onderzoek_telt_in_precies_een_deel"): (
        "insert into intermediate.int_oskm_onderzoeken_geteld select * replace ('oskm_a' as indicator_code) "
        "from intermediate.int_oskm_onderzoeken_geteld where indicator_code = 'oskm_c'"
    ),
    (
        "fct_realisatie",
        "waarvan_onderzoek_zit_in_zijn_geheel",
    ): "delete from intermediate.int_cyber_onderzoeken_geteld where indicator_code = 'cyber_regulier'",
    ("fct_realisatie", "geen_bijstand_van_thtc_telt"): (
        "update intermediate.int_cyber_onderzoeken_geteld as geteld set record_nr = ander.record_nr "
        "from (select record_nr from intermediate.int_cyber_onderzoeken_ingedeeld "
        "where regel_code = 'cyber_bijstand_thtc' limit 1) as ander where geteld.indicator_code = 'cyber_thtc'"
    ),
    (
        "fct_realisatie",
        "feit_is_pas_enge_zin_als_het_artikel_geldt",
    ): "update intermediate.int_cyber_feiten_beoordeeld set is_enge_zin = true where regel_code = 'artikel_gold_niet'",
    (
        "fct_realisatie",
        "nevenindeling_telt_op_tot_het_geheel",
    ): f"{R} realisatie = realisatie + 1 where uitsplitsing_soort = 'categorie_resultaat'",
    ("fct_realisatie", "opgave_van_de_leverancier_wijkt_zelden_af"): (
        f"{R} realisatie = realisatie + 60 where indicator_code = 'cyber_regulier' and eenheid_code = 'NL' "
        "and uitsplitsing_soort = 'opgave_leverancier' and uitsplitsing_code = 'FEN'"
    ),
    (
        "fct_realisatie",
        "alleen_resultaten_van_de_150_fte_tellen",
    ): "update intermediate.int_oskm_resultaten_geteld set regel_code = 'telt' where regel_code = 'oskm_ander_team'",
    ("dim_levering", "sleutel_uniek"): "insert into marts.dim_levering from marts.dim_levering limit 1",
    ("dim_levering", "een_volledige_levering_van_kracht"): "update marts.dim_levering set is_van_kracht = true",
    (
        "dim_levering",
        "records_zijn_geladen_of_apart_gezet",
    ): "update marts.dim_levering set aantal_geladen = aantal_geladen - 1",
    ("dim_afspraak", "elke_paragraaf_is_er"): "delete from marts.dim_afspraak where paragraaf = '3d'",
    (
        "dim_afspraak",
        "elke_indicator_van_de_voortgang_heeft_een_afspraak",
    ): "delete from marts.dim_afspraak where indicator_code = 'oskm_daders'",
    (
        "dim_afspraak",
        "zes_ontwikkelopgaven",
    ): "delete from marts.dim_afspraak where afspraak_code = 'ontwikkelopgave_burger_centraal'",
    (
        "dim_rapportagemoment",
        "elk_ritme_is_er",
    ): "update marts.dim_rapportagemoment set aantal_per_jaar = 1 where paragraaf = '5' and ritme = 'minstens'",
    ("dim_kanttekening", "elke_kanttekening_is_er"): "delete from marts.dim_kanttekening where kanttekening_nr = 17",
    ("fct_aansluiting", "sleutel_uniek"): "insert into marts.fct_aansluiting from marts.fct_aansluiting limit 1",
    (
        "fct_aansluiting",
        "elk_gepubliceerd_cijfer_is_er",
    ): "update marts.fct_aansluiting set gepubliceerde_waarde = 490 where gepubliceerde_waarde = 481",
    ("fct_aansluiting", "ons_cijfer_is_dat_van_de_realisatie"): (
        "update marts.fct_aansluiting set realisatie = 150 where reeks_code = 'om_verdachten' and jaar = 2019"
    ),
    ("fct_aansluiting", "andere_reeks_is_nooit_ons_cijfer"): (
        "update marts.fct_aansluiting set verklaring_code = 'gelijk' where reeks_code = 'om_instroom_mensenhandel'"
    ),
    ("fct_aansluiting", "elk_verschil_is_verklaard"): (
        "update marts.fct_aansluiting set verklaring_code = 'onverklaard' where reeks_code = 'om_verdachten'"
    ),
    (
        "fct_context_misdrijven",
        "sleutel_uniek",
    ): "insert into marts.fct_context_misdrijven from marts.fct_context_misdrijven limit 1",
    (
        "fct_context_misdrijven",
        "provincies_tellen_op_tot_nederland",
    ): f"{C} aantal = aantal + 100 where regio_code = 'PV23' and jaar = 2016",
    (
        "fct_context_misdrijven",
        "soorten_tellen_op_tot_hun_hoofdsoort",
    ): "delete from marts.fct_context_misdrijven where soort_misdrijf_code = '6.3'",
    (
        "fct_context_misdrijven",
        "elk_jaar_heeft_elk_gebied_en_elke_soort",
    ): "delete from marts.fct_context_misdrijven where regio_code = 'PV31' and jaar = 2018",
    (
        "fct_context_misdrijven",
        "provincie_is_geen_eenheid",
    ): f"{C} regio_code = 'LB' where regio_code = 'PV31'",
    (
        "fct_context_misdrijven",
        "elk_gebied_en_onderwerp_is_bekend",
    ): f"{C} regio_soort = 'onbekend' where regio_code = 'PV31'",
    ("fct_realisatie", "elk_cijfer_is_terug_te_vinden_in_zijn_herkomst"): (
        "delete from intermediate.int_slachtoffers_comensha_geteld where regel_code = 'telt' and jaar = 2020 "
        "and teleenheid = (select min(teleenheid) from intermediate.int_slachtoffers_comensha_geteld "
        "where regel_code = 'telt' and jaar = 2020)"
    ),
    ("fct_realisatie", "over_een_trendbreuk_heen_wordt_niet_vergeleken"): (
        f"{R} verandering = 1, geen_vergelijking_reden = null "
        "where indicator_code = 'beslag_conservatoir_politie_eur' and jaar = 2022"
    ),
    ("fct_realisatie", "verandering_is_het_verschil_met_het_jaar_ervoor"): (
        f"{R} verandering = verandering + 1 where indicator_code = 'oskm_a' and jaar = 2020"
    ),
    ("fct_voortgang", "verandering_is_die_van_de_realisatie"): f"{V} verandering = 1 where indicator_code = 'oskm_a'",
    ("fct_aansluiting", "gepubliceerde_reeks_wordt_niet_over_een_trendbreuk_heen_vergeleken"): (
        "update marts.fct_aansluiting set verandering_pct = -33.2 "
        "where reeks_code = 'beslag_alle_diensten' and jaar = 2022"
    ),
    ("fct_herkomst", "sleutel_uniek"): "insert into marts.fct_herkomst from marts.fct_herkomst limit 1",
    ("fct_herkomst", "elk_record_van_kracht_heeft_een_herkomst"): (
        "delete from intermediate.int_om_verdachten_geteld where regel_code = 'andere_dienst'"
    ),
    (
        "fct_herkomst",
        "herkomst_wijst_alleen_geleverde_records_aan",
    ): "update intermediate.int_om_verdachten_geteld set record_nr = record_nr + 100000 where jaar = 2020",
    ("fct_bijstelling", "sleutel_uniek"): "insert into marts.fct_bijstelling from marts.fct_bijstelling limit 1",
    ("fct_bijstelling", "bijdragen_tellen_op_tot_het_verschil"): (
        "update marts.fct_bijstelling set bijdrage = bijdrage + 1 where indicator_code = 'slachtoffers_comensha' "
        "and jaar = 2020 and waarde_van = 481"
    ),
    ("fct_bijstelling", "elke_verandering_tussen_publicaties_is_verklaard"): (
        "delete from marts.fct_bijstelling where indicator_code = 'slachtoffers_comensha' and waarde_van = 481"
    ),
    (
        "fct_bijstelling",
        "een_norm_verandert_door_een_besluit",
    ): "update marts.fct_bijstelling set oorzaak_code = 'correctie' where grootheid = 'streefcijfer'",
    ("fct_bijstelling", "dezelfde_definitie_telt_dezelfde_records_hetzelfde"): (
        "update marts.fct_bijstelling set oorzaak_code = 'gewijzigde_definitie', indicator_code = 'oskm_a', "
        "jaar = 2020 where publicatie_nr = (select max(publicatie_nr) from marts.fct_publicatie_cijfer)"
    ),
    (
        "fct_bijstelling_stroom",
        "sleutel_uniek",
    ): "insert into marts.fct_bijstelling_stroom from marts.fct_bijstelling_stroom limit 1",
    ("fct_bijstelling_stroom", "saldo_van_de_stromen_is_de_bijstelling"): (
        "update marts.fct_publicatie_cijfer set realisatie = realisatie + 1 where indicator_code = 'oskm_a' "
        "and publicatie_nr = (select max(publicatie_nr) from marts.fct_publicatie_cijfer)"
    ),
    (
        "fct_bijstelling_driehoek",
        "sleutel_uniek",
    ): "insert into marts.fct_bijstelling_driehoek from marts.fct_bijstelling_driehoek limit 1",
    ("fct_bijstelling_driehoek", "driehoek_heeft_elk_gepubliceerd_jaarcijfer"): (
        "delete from marts.fct_bijstelling_driehoek where indicator_code = 'slachtoffers_comensha' and realisatie = 481"
    ),
    ("fct_bijstelling_driehoek", "bijstelling_of_een_reden"): (
        "update marts.fct_bijstelling_driehoek set bijstelling = 10 where indicator_code = 'slachtoffers_comensha' "
        "and realisatie = 490 and eerste_waarde = 481"
    ),
    (
        "fct_bijstelling_kwaliteit",
        "sleutel_uniek",
    ): "insert into marts.fct_bijstelling_kwaliteit from marts.fct_bijstelling_kwaliteit limit 1",
    (
        "fct_bijstelling_kwaliteit",
        "elke_indicator_heeft_elke_termijn",
    ): "delete from marts.fct_bijstelling_kwaliteit where indicator_code = 'oskm_a' and termijn_maanden = 12",
    ("fct_bijstelling_kwaliteit", "gemiddelde_volgt_uit_de_driehoek"): (
        "update marts.fct_bijstelling_kwaliteit set gemiddelde_absolute_bijstelling = 0 "
        "where indicator_code = 'beslag_conservatoir_politie_eur'"
    ),
    (
        "fct_bijstelling_kwaliteit",
        "toets_of_een_reden",
    ): "update marts.fct_bijstelling_kwaliteit set geen_toets_reden = null where indicator_code = 'oskm_a'",
    ("fct_publicatie", "sleutel_uniek"): "insert into marts.fct_publicatie from marts.fct_publicatie limit 1",
    (
        "fct_publicatie",
        "peildatum_loopt_nooit_terug",
    ): "update marts.fct_publicatie set peildatum = gepubliceerd_op::date where publicatie_nr = 1",
    (
        "fct_publicatie_cijfer",
        "sleutel_uniek",
    ): "insert into marts.fct_publicatie_cijfer from marts.fct_publicatie_cijfer limit 1",
    ("fct_publicatie_cijfer", "nieuwste_publicatie_heeft_de_cijfers_van_de_voortgang"): (
        "update marts.fct_publicatie_cijfer set realisatie = 491 where realisatie = 490"
    ),
    ("fct_verwachting", "sleutel_uniek"): "insert into marts.fct_verwachting from marts.fct_verwachting limit 1",
    (
        "fct_verwachting",
        "verwachting_staat_los_van_het_cijfer",
    ): "update marts.fct_verwachting set realisatie = realisatie * 1.3 where jaar = 2021",
    ("fct_verwachting", "verwachting_ligt_in_haar_interval"): (
        "update marts.fct_verwachting set verwachte_eindwaarde = realisatie, ontwikkelfactor = 1, aantal_jaren = 3, "
        "ondergrens = realisatie + 1, bovengrens = realisatie + 2 where jaar = 2021"
    ),
    ("fct_verwachting", "nieuwste_stand_is_het_cijfer"): (
        "update intermediate.int_ontwikkelingen_verzameld set realisatie = realisatie + 1 "
        "where indicator_code = 'slachtoffers_comensha' and jaar = 2020 and stand_datum = date '2023-01-15'"
    ),
    ("dim_definitie", "sleutel_uniek"): "insert into marts.dim_definitie from marts.dim_definitie limit 1",
    (
        "dim_definitie",
        "cijfers_zijn_met_de_gekozen_versies_gemaakt",
    ): f"{R} lijst_versies = 'afdoening_2, fast_criterium_1' where indicator_code = 'executie_positief_pct'",
}


@pytest.fixture
def warehouse(after_first_night: DataPaths, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    file = tmp_path / "warehouse.duckdb"
    shutil.copyfile(after_first_night.warehouse, file)
    with duckdb.connect(str(file)) as con:
        con.execute(f"attach '{after_first_night.raw}' as raw (read_only)")
        con.execute(f"attach '{after_first_night.ledger}' as publicaties (read_only)")
        yield con


def test_every_expectation_has_its_break() -> None:
    expectations = {(mart, rule.name) for mart in marts_with_expectations() for rule in suite_of_mart(mart)}
    assert expectations == set(BREAKS)


def test_all_expectations_hold_on_the_demo_deliveries_and_look_at_rows(warehouse: duckdb.DuckDBPyConnection) -> None:
    for mart in marts_with_expectations():
        suite = suite_of_mart(mart)
        for finding in validate(warehouse, f"marts.{mart}", suite, parameters_of(suite)):
            assert finding.passed, f"{mart}.{finding.name}: {finding.found}"
            assert finding.row_count


@pytest.mark.parametrize(("mart", "name"), BREAKS, ids=[f"{mart}-{name}" for mart, name in BREAKS])
def test_broken_it_is_seen(warehouse: duckdb.DuckDBPyConnection, mart: str, name: str) -> None:
    warehouse.execute(BREAKS[mart, name])
    suite = [rule for rule in suite_of_mart(mart) if rule.name == name]
    (finding,) = validate(warehouse, f"marts.{mart}", suite, parameters_of(suite))
    assert not finding.passed
    assert finding.row_count is not None, finding.found
    assert finding.unexpected_count > 0
