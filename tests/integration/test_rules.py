"""Each rule of a definition carries its figure: without the rule the figure is another one.

What is executed for the model is executed as it stands and once more with the rule cut out, on the demo deliveries.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.building import PRESENT, execute, open_building, removal
from orchestration.paths import DataPaths
from orchestration.recording import Node, recorded
from tests.integration.conftest import ask

VERDACHTEN = """select jaar, count(distinct teleenheid) filter (telt_mee) from {model}
    where jaar between 2019 and 2020 group by jaar order by jaar"""
CSVS = """select jaar, count(distinct teleenheid) filter (telt_mee) from {model}
    where jaar between 2018 and 2022 group by jaar order by jaar"""
PROVINCIES = """select jaar, sum(aantal) filter (onderwerp_code = 'geregistreerd')::bigint, bool_or(is_voorlopig),
    count(distinct onderwerp_code) from {model}
    where jaar between 2016 and 2018 and regio_soort = 'nederland' and soort_misdrijf_code = 'totaal'
    and eenheid_van_maat is not null group by jaar order by jaar"""
ACTIES = """select jaar, count(distinct teleenheid) filter (telt_mee) from {model}
    where jaar between 2018 and 2022 group by jaar order by jaar"""
AANDEEL = """select jaar, count(distinct teleenheid) filter (telt_mee and rol = 'teller'),
    count(distinct teleenheid) filter (telt_mee and rol = 'noemer') from {model}
    where jaar between 2018 and 2022 and uitsplitsing_soort = 'geen' group by jaar order by jaar"""
BESLAG = """select jaar, sum(waarde) filter (telt_mee) from {model}
    where jaar between 2018 and 2022 and uitsplitsing_soort = 'geen' group by jaar order by jaar"""
AFGEPAKT = """select jaar, sum(bedrag_eur) filter (weg_code = 'fiscaal' and stap_code = 'beslag_gelegd'),
    sum(bedrag_zonder_groot_eur) filter (weg_code = 'strafrechtelijk' and stap_code = 'geincasseerd'),
    sum(bedrag_eerste_stand_eur) filter (weg_code = 'strafrechtelijk' and stap_code = 'beslag_gelegd'),
    sum(bedrag_eur) filter (maat_soort = 'stand')
    from {model} where jaar between 2018 and 2022 group by jaar order by jaar"""
SLACHTOFFERS = """select jaar, count(distinct teleenheid) filter (telt_mee) from {model}
    where uitsplitsing_soort = 'geen' and jaar between 2019 and 2021 group by jaar order by jaar"""
INZET = """select jaar, count(distinct teleenheid) filter (telt_mee) from {model}
    where indicator_code = 'complexe_onderzoeken_mensenhandel' and jaar between 2019 and 2020
    group by jaar order by jaar"""
# In hundredths of a percent.
AFDOENINGEN = """select jaar, round(10000.0 * count(distinct teleenheid) filter (telt_mee and rol = 'teller')
    / count(distinct teleenheid) filter (telt_mee and rol = 'noemer'))::integer from {model}
    where uitsplitsing_soort = 'geen' and jaar between 2019 and 2020 group by jaar order by jaar"""
VOORRAAD = """select jaar, min(stand) from (select jaar, teleenheid, sum(waarde) filter (telt_mee) as stand from {model}
    where jaar between 2019 and 2022 group by all) group by jaar order by jaar"""
PER_INDICATOR = """select indicator_code, jaar, rol, count(distinct teleenheid) filter (telt_mee) from {model}
    where jaar between 2019 and 2020 and uitsplitsing_soort = 'geen' group by all order by all"""
RIGHT = {
    "int_cbs_misdrijven_ingedeeld": [(2016, 765480, False, 3), (2017, 742915, False, 3), (2018, 731060, True, 3)],
    "int_om_verdachten_geteld": [(2019, 145), (2020, 187)],
    "int_csvs_geteld": [(2018, 1406), (2019, 1522), (2020, 1529), (2021, 1662), (2022, 1672)],
    # Made up: the totals of the demo scenario.
    "int_integrale_acties_geteld": [(2018, 612), (2019, 655), (2020, 548), (2021, 601), (2022, 688)],
    "int_signalen_geteld": [(2018, 288, 640), (2019, 385, 700), (2020, 429, 660), (2021, 522, 720), (2022, 600, 750)],
    "int_ondermijningszaken_geteld": [
        (2018, 248, 400),
        (2019, 308, 440),
        (2020, 315, 420),
        (2021, 368, 460),
        (2022, 408, 480),
    ],
    "int_beslag_politie_geteld": [
        (2018, 251_700_000),
        (2019, 148_200_000),
        (2020, 171_900_000),
        (2021, 203_800_000),
        (2022, 131_400_000),
    ],
    # Seized at the first state: NTGM. Collected: 171 (2018), 261.871.048 - 183.676.000 (2019); the rest made up.
    "int_afpakmonitor_berekend": [
        (2018, 18_400_000, 171_000_000, 401_000_000, 540_000_000),
        (2019, 19_100_000, 78_195_048, 258_000_000, 552_000_000),
        (2020, 17_600_000, 84_200_000, 303_000_000, 561_000_000),
        (2021, 21_300_000, 95_700_000, 368_000_000, 573_000_000),
        (2022, 22_800_000, 101_300_000, 246_000_000, 588_000_000),
    ],
    "int_slachtoffers_comensha_geteld": [(2019, 975), (2020, 490), (2021, 310)],
    "int_mensenhandel_inzet_geteld": [(2019, 39), (2020, 7)],
    "int_executie_afdoeningen_geteld": [(2019, 3200), (2020, 2600)],
    "int_executie_voorraad_geteld": [(2019, 112), (2020, 96), (2021, 134), (2022, 121)],
}
QUERY = {
    "int_cbs_misdrijven_ingedeeld": PROVINCIES,
    "int_om_verdachten_geteld": VERDACHTEN,
    "int_csvs_geteld": CSVS,
    "int_integrale_acties_geteld": ACTIES,
    "int_signalen_geteld": AANDEEL,
    "int_ondermijningszaken_geteld": AANDEEL,
    "int_beslag_politie_geteld": BESLAG,
    "int_afpakmonitor_berekend": AFGEPAKT,
    "int_slachtoffers_comensha_geteld": SLACHTOFFERS,
    "int_mensenhandel_inzet_geteld": INZET,
    "int_executie_afdoeningen_geteld": AFDOENINGEN,
    "int_executie_voorraad_geteld": VOORRAAD,
}
RIGHT |= {
    "int_cyber_onderzoeken_geteld": [
        ("cyber_fenomeen", 2019, "teller", 21),
        ("cyber_fenomeen", 2020, "teller", 39),
        ("cyber_fenomeen_alternatief", 2019, "teller", 0),
        ("cyber_fenomeen_alternatief", 2020, "teller", 0),
        ("cyber_fenomeen_enge_zin_pct", 2019, "noemer", 21),
        ("cyber_fenomeen_enge_zin_pct", 2019, "teller", 19),
        ("cyber_fenomeen_enge_zin_pct", 2020, "noemer", 39),
        ("cyber_fenomeen_enge_zin_pct", 2020, "teller", 35),
        ("cyber_regulier", 2019, "teller", 381),
        ("cyber_regulier", 2020, "teller", 468),
        ("cyber_regulier_alternatief", 2019, "teller", 36),
        ("cyber_regulier_alternatief", 2020, "teller", 38),
        ("cyber_thtc", 2019, "teller", 19),
        ("cyber_thtc", 2020, "teller", 12),
        ("cyber_totaal", 2019, "teller", 421),
        ("cyber_totaal", 2020, "teller", 519),
    ],
    "int_oskm_onderzoeken_geteld": [
        ("oskm_a", 2019, "teller", 104),
        ("oskm_a", 2020, "teller", 113),
        ("oskm_b", 2019, "teller", 13),
        ("oskm_b", 2020, "teller", 14),
        ("oskm_c", 2019, "teller", 382),
        ("oskm_c", 2020, "teller", 351),
        ("oskm_totaal", 2019, "teller", 499),
        ("oskm_totaal", 2020, "teller", 478),
    ],
    "int_oskm_resultaten_geteld": [
        ("oskm_daders", 2019, "teller", 372),
        ("oskm_daders", 2020, "teller", 349),
        ("oskm_slachtoffers", 2019, "teller", 141),
        ("oskm_slachtoffers", 2020, "teller", 152),
    ],
    "int_cyber_verdachten_geteld": [(2023, 297), (2024, 9)],
}
QUERY |= {
    "int_cyber_onderzoeken_geteld": PER_INDICATOR,
    "int_oskm_onderzoeken_geteld": PER_INDICATOR,
    "int_oskm_resultaten_geteld": PER_INDICATOR,
    "int_cyber_verdachten_geteld": """select jaar, count(distinct teleenheid) filter (telt_mee) from {model}
        where jaar >= 2023 group by jaar order by jaar""",
}

# What says that a unit counts by its first row alone, and what stands there without it.
COUNTS_ONCE = (
    "and count(*) filter (regel_code = 'telt') over (",
    "and false and count(*) filter (regel_code = 'telt') over (",
)

# rule, file in which it stands, the text that is the rule, what stands there without it, model that gives the figure
RULES = [
    (
        "andere dienst telt niet",
        "intermediate/mensenhandel/int_om_verdachten_geteld.sql",
        "when dienst.is_politie = false then 'andere_dienst'",
        "when false then 'andere_dienst'",
        "int_om_verdachten_geteld",
    ),
    (
        "ander wetsartikel telt niet",
        "intermediate/mensenhandel/int_om_verdachten_geteld.sql",
        "when gelezen.geldig_vanaf is null then 'ander_wetsartikel'",
        "when gelezen.geldig_vanaf is null and dienst.is_politie then 'telt'",
        "int_om_verdachten_geteld",
    ),
    (
        "spelling van het wetsartikel doet er niet toe",
        "staging/mensenhandel_verdachten/stg_mensenhandel_verdachten__instroom.sql",
        "gelezen as wetsartikel_code",
        "wetsartikel as wetsartikel_code",
        "int_om_verdachten_geteld",
    ),
    (
        "verdachte in dezelfde zaak telt eenmaal, in het eerste jaar",
        "intermediate/mensenhandel/int_om_verdachten_geteld.sql",
        *COUNTS_ONCE,
        "int_om_verdachten_geteld",
    ),
    (
        "niet strafrechtelijke aanpak telt niet",
        "intermediate/ondermijning/int_csv_onderzoeken_beoordeeld.sql",
        "when aanpak.is_strafrechtelijk = false then 'niet_strafrechtelijk'",
        "when false then 'niet_strafrechtelijk'",
        "int_csvs_geteld",
    ),
    (
        "vereiste fase moet zijn bereikt",
        "intermediate/ondermijning/int_csv_onderzoeken_beoordeeld.sql",
        "when fase.is_aangepakt = false then 'fase_niet_bereikt'",
        "when false then 'fase_niet_bereikt'",
        "int_csvs_geteld",
    ),
    (
        "csv telt eenmaal, in het jaar van het eerste onderzoek",
        "intermediate/ondermijning/int_csvs_geteld.sql",
        *COUNTS_ONCE,
        "int_csvs_geteld",
    ),
    (
        "sterretje in de kop betekent voorlopig",
        "intermediate/context/int_cbs_misdrijven_ingedeeld.sql",
        "kop like '%*' as is_voorlopig",
        "false as is_voorlopig",
        "int_cbs_misdrijven_ingedeeld",
    ),
    (
        "strepen voor een onderwerp horen niet bij zijn naam",
        "intermediate/context/int_cbs_misdrijven_ingedeeld.sql",
        "(?:[|][|])?",
        "",
        "int_cbs_misdrijven_ingedeeld",
    ),
    (
        "nieuwste stand van een periode vervangt de eerdere",
        "staging/leveringen/base_leveringen__van_kracht.sql",
        "order by stand_datum desc, ontvangen_op desc, bestand desc, levering_nr desc",
        "order by stand_datum asc, ontvangen_op asc, bestand asc, levering_nr asc",
        "int_cbs_misdrijven_ingedeeld",
    ),
    (
        "slachtoffer dat alleen anderen meldden telt niet",
        "intermediate/mensenhandel/int_slachtoffers_comensha_geteld.sql",
        "when melder.is_politie = false then 'andere_melder'",
        "when melder.is_politie = false then 'telt'",
        "int_slachtoffers_comensha_geteld",
    ),
    (
        "slachtoffer telt in elk jaar waarin de politie het meldt",
        "intermediate/mensenhandel/int_slachtoffers_comensha_geteld.sql",
        "case gekozen.telregel when 'een_keer_per_jaar' then year(melding.melding_datum)::varchar else 'altijd' end",
        "'altijd'",
        "int_slachtoffers_comensha_geteld",
    ),
    (
        "melding van een ander neemt de politie niets af",
        "intermediate/mensenhandel/int_slachtoffers_comensha_geteld.sql",
        "count(*) filter (regel_code = 'telt') over (",
        "count(*) over (",
        "int_slachtoffers_comensha_geteld",
    ),
    (
        "onderzoek met te weinig elementen is niet complex",
        "intermediate/mensenhandel/int_mensenhandel_inzet_beoordeeld.sql",
        "when beoordeeld.aantal_elementen >= beoordeeld.minimum_aantal_elementen then 'telt'",
        "when true then 'telt'",
        "int_mensenhandel_inzet_geteld",
    ),
    (
        "onderzoek telt in het jaar waarin het begint",
        "intermediate/mensenhandel/int_mensenhandel_inzet_geteld.sql",
        "inzet.telregel = 'jaar_van_start' and jaar.jaar = year(inzet.start_datum)",
        "inzet.telregel = 'jaar_van_start' and jaar.jaar >= year(inzet.start_datum)",
        "int_mensenhandel_inzet_geteld",
    ),
    (
        "dossier van FAST telt niet",
        "intermediate/executie/int_executie_dossiers_beoordeeld.sql",
        "when fast.is_fast then 'fast'",
        "when false then 'fast'",
        "int_executie_afdoeningen_geteld",
    ),
    (
        "dossier zonder opsporingsindicatie binnen Nederland telt niet",
        "intermediate/executie/int_executie_dossiers_beoordeeld.sql",
        "when indicatie.is_binnenland = false then 'geen_opsporingsindicatie'",
        "when false then 'geen_opsporingsindicatie'",
        "int_executie_afdoeningen_geteld",
    ),
    (
        "alleen een positieve afdoening telt",
        "intermediate/executie/int_executie_afdoeningen_geteld.sql",
        "afdoening.is_positief = false then 'niet_positief'",
        "afdoening.is_positief = false then 'telt'",
        "int_executie_afdoeningen_geteld",
    ),
    (
        "noemer en toerekening zijn de gekozen",
        "intermediate/executie/int_executie_afdoeningen_geteld.sql",
        "variant.noemer = gekozen.noemer",
        "variant.noemer != gekozen.noemer",
        "int_executie_afdoeningen_geteld",
    ),
    (
        "vervallen dossier telt niet",
        "staging/executie_dossiers/stg_executie_dossiers__dossiers.sql",
        "and bron.mutatie is distinct from 'V'",
        "",
        "int_executie_afdoeningen_geteld",
    ),
    (
        "laatste mutatie van een dossier geldt",
        "staging/executie_dossiers/stg_executie_dossiers__dossiers.sql",
        "order by kracht.stand_datum desc, bron.record_nr desc",
        "order by kracht.stand_datum asc, bron.record_nr asc",
        "int_executie_afdoeningen_geteld",
    ),
    (
        "landelijke eenheid telt niet in de voorraad",
        "intermediate/executie/int_executie_voorraad_geteld.sql",
        "when eenheid.eenheid_soort != 'regionaal' then 'niet_regionaal'",
        "when false then 'niet_regionaal'",
        "int_executie_voorraad_geteld",
    ),
    (
        "afgedaan dossier is niet meer in voorraad",
        "intermediate/executie/int_executie_voorraad_geteld.sql",
        "dossiers.afdoening_datum > dagen.dag",
        "dossiers.afdoening_datum >= dagen.dag",
        "int_executie_voorraad_geteld",
    ),
    (
        "spelling van het cyberartikel doet er niet toe",
        "staging/cyber_onderzoeken/stg_cyber_onderzoeken__feiten.sql",
        "gelezen as wetsartikel_code",
        "wetsartikel as wetsartikel_code",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "138c en 139g tellen pas vanaf 1 maart 2019",
        "intermediate/cyber/int_cyber_feiten_beoordeeld.sql",
        "when feit.pleeg_datum < gelezen.geldig_vanaf then",
        "when false then",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "van 317 telt alleen lid 2",
        "intermediate/cyber/int_cyber_feiten_beoordeeld.sql",
        "when artikel.artikel_code like '% lid %'",
        "when false",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: team thtc",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_thtc is null or kenmerken.is_thtc = indeling.is_thtc)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: regionaal niveau",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_regionaal is null or kenmerken.is_regionaal = indeling.is_regionaal)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: cybercrimeteam",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_cybercrimeteam is null or kenmerken.is_cybercrimeteam = indeling.is_cybercrimeteam)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: bijstand",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_bijstand is null or kenmerken.is_bijstand = indeling.is_bijstand)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: high tech component",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_high_tech is null or kenmerken.is_high_tech = indeling.is_high_tech)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: gericht op enge zin",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_focus_enge_zin is null or kenmerken.is_focus_enge_zin = indeling.is_focus_enge_zin)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: feit in enge zin",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.heeft_feit_enge_zin is null or kenmerken.heeft_feit_enge_zin = indeling.heeft_feit_enge_zin)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: innovatief",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_innovatief is null or kenmerken.is_innovatief = indeling.is_innovatief)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: digitale nadruk",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.is_digitaal is null or kenmerken.is_digitaal = indeling.is_digitaal)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: laagste niveau",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.niveau_van is null or kenmerken.niveau >= indeling.niveau_van)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "indeling kijkt naar: hoogste niveau",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "(indeling.niveau_tot is null or kenmerken.niveau <= indeling.niveau_tot)",
        "true",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "regel met de laagste prioriteit beslist",
        "intermediate/cyber/int_cyber_onderzoeken_ingedeeld.sql",
        "order by indeling.prioriteit) = 1",
        "order by indeling.prioriteit desc) = 1",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "lopend onderzoek telt niet en het jaar is dat van de afronding",
        "intermediate/cyber/int_cyber_onderzoeken_geteld.sql",
        "year(tactisch_afgerond_datum) as jaar",
        "year(start_datum) as jaar",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "waarvan telt alleen met een alternatieve interventie",
        "intermediate/cyber/int_cyber_onderzoeken_geteld.sql",
        "when rollen.eis = 'alternatief' and not per_telregel.is_alternatief then 'cyber_geen_alternatief'",
        "when false then 'cyber_geen_alternatief'",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "aandeel in enge zin volgt uit de gerichtheid",
        "intermediate/cyber/int_cyber_onderzoeken_geteld.sql",
        "not per_telregel.is_focus_enge_zin",
        "not per_telregel.heeft_feit_enge_zin",
        "int_cyber_onderzoeken_geteld",
    ),
    (
        "verdachte van een ander soort onderzoek telt niet",
        "intermediate/cyber/int_cyber_verdachten_geteld.sql",
        "when soort.cyber_soort_code is not null then 'cyber_andere_soort'",
        "when soort.cyber_soort_code is not null then 'telt'",
        "int_cyber_verdachten_geteld",
    ),
    (
        "zwaarste categorie bepaalt het onderzoek",
        "intermediate/oskm/int_oskm_verdenkingen_beoordeeld.sql",
        "order by not is_bekend, zwaarte, verdenking_nr\n",
        "order by not is_bekend, verdenking_nr\n",
        "int_oskm_onderzoeken_geteld",
    ),
    (
        "precies een verdenking bepaalt het onderzoek",
        "intermediate/oskm/int_oskm_verdenkingen_beoordeeld.sql",
        "when is_bekend and not is_zwaarste_bekende then 'oskm_lichtere_categorie'",
        "when false then 'oskm_lichtere_categorie'",
        "int_oskm_onderzoeken_geteld",
    ),
    (
        "categorie bij de inzet telt",
        "intermediate/oskm/int_oskm_verdenkingen_beoordeeld.sql",
        "categorie_inzet_code as categorie_code",
        "coalesce(categorie_resultaat_code, categorie_inzet_code) as categorie_code",
        "int_oskm_onderzoeken_geteld",
    ),
    (
        "resultaat buiten de 150 fte telt niet",
        "intermediate/oskm/int_oskm_resultaten_beoordeeld.sql",
        "when resultaat.is_inzet_150_fte = false then 'oskm_buiten_capaciteit'",
        "when false then 'oskm_buiten_capaciteit'",
        "int_oskm_resultaten_geteld",
    ),
    (
        "resultaat van een ander team telt niet",
        "intermediate/oskm/int_oskm_resultaten_beoordeeld.sql",
        "when team.is_gespecialiseerd = false then 'oskm_ander_team'",
        "when false then 'oskm_ander_team'",
        "int_oskm_resultaten_geteld",
    ),
    (
        "persoon telt eenmaal, in het jaar van de eerste vaststelling",
        "intermediate/oskm/int_oskm_resultaten_geteld.sql",
        *COUNTS_ONCE,
        "int_oskm_resultaten_geteld",
    ),
    (
        "correctie vervangt wat eerder voor dezelfde stand kwam",
        "staging/leveringen/base_leveringen__van_kracht.sql",
        "order by stand_datum desc, ontvangen_op desc, bestand desc, levering_nr desc",
        "order by stand_datum desc, ontvangen_op asc, bestand asc, levering_nr asc",
        "int_csvs_geteld",
    ),
    (
        "actie zonder bijdrage van de politie telt niet",
        "intermediate/ondermijning/int_integrale_acties_geteld.sql",
        "when acties.is_bijdrage = false then 'geen_bijdrage'",
        "when false then 'geen_bijdrage'",
        "int_integrale_acties_geteld",
    ),
    (
        "actie die niet is uitgevoerd telt niet",
        "intermediate/ondermijning/int_integrale_acties_geteld.sql",
        "when acties.is_uitgevoerd = false then 'niet_uitgevoerd'",
        "when false then 'niet_uitgevoerd'",
        "int_integrale_acties_geteld",
    ),
    (
        "actie van de politie alleen is niet integraal",
        "intermediate/ondermijning/int_integrale_acties_geteld.sql",
        "when acties.aantal_mogelijk < parameter.waarde::integer then 'niet_integraal'",
        "when acties.aantal_mogelijk < parameter.waarde::integer then 'telt'",
        "int_integrale_acties_geteld",
    ),
    (
        "alleen de rij van de politie telt",
        "intermediate/ondermijning/int_integrale_acties_geteld.sql",
        "when acties.is_politie = false then 'andere_partner'",
        "when false then 'andere_partner'",
        "int_integrale_acties_geteld",
    ),
    (
        "signaal dat niet is voorgelegd telt niet",
        "intermediate/ondermijning/int_signalen_geteld.sql",
        "when signalen.is_voorgelegd = false then 'niet_voorgelegd'",
        "when signalen.is_voorgelegd = false then 'telt'",
        "int_signalen_geteld",
    ),
    (
        "signaal telt eenmaal, in het eerste jaar",
        "intermediate/ondermijning/int_signalen_geteld.sql",
        *COUNTS_ONCE,
        "int_signalen_geteld",
    ),
    (
        "analyse bij een latere voorlegging telt mee",
        "intermediate/ondermijning/int_signalen_geteld.sql",
        "bool_or(status.is_voorgelegd and signaal.heeft_financiele_analyse) over (\n"
        "                    partition by signaal.signaal_nr\n                )",
        "signaal.heeft_financiele_analyse",
        "int_signalen_geteld",
    ),
    (
        "evident geen meerwaarde valt buiten de noemer",
        "intermediate/ondermijning/int_ondermijningszaken_geteld.sql",
        "when grond.is_uitzondering and signaal.is_geanalyseerd then 'evident_geen_meerwaarde'",
        "when grond.is_uitzondering and signaal.is_geanalyseerd then 'zonder_financieel_onderzoek'",
        "int_ondermijningszaken_geteld",
    ),
    (
        "uitzondering zonder analyse blijft in de noemer",
        "intermediate/ondermijning/int_ondermijningszaken_geteld.sql",
        "when grond.is_uitzondering then 'uitzondering_zonder_analyse'",
        "when grond.is_uitzondering then 'evident_geen_meerwaarde'",
        "int_ondermijningszaken_geteld",
    ),
    (
        "andere grond is geen uitzondering",
        "intermediate/ondermijning/int_ondermijningszaken_geteld.sql",
        "when not grond.is_uitzondering then 'zonder_financieel_onderzoek'",
        "when false then 'zonder_financieel_onderzoek'",
        "int_ondermijningszaken_geteld",
    ),
    (
        "beslag van een andere dienst telt niet voor de politie",
        "intermediate/afpakken/int_beslag_politie_geteld.sql",
        "when is_politie = false then 'andere_dienst'",
        "when false then 'andere_dienst'",
        "int_beslag_politie_geteld",
    ),
    (
        "klassiek beslag is geen conservatoir beslag",
        "intermediate/afpakken/int_beslag_politie_geteld.sql",
        "when beslagsoort not in ('conservatoir', 'onbekend') then 'ander_beslag'",
        "when false then 'ander_beslag'",
        "int_beslag_politie_geteld",
    ),
    (
        "opheffing is een andere stap",
        "intermediate/afpakken/int_beslag_politie_geteld.sql",
        "when stap_code not in ('beslag_gelegd', 'onbekend') then 'andere_stap'",
        "when false then 'andere_stap'",
        "int_beslag_politie_geteld",
    ),
    (
        "correctie valt in het jaar van de oorspronkelijke boeking",
        "intermediate/afpakken/int_afpakboekingen_beoordeeld.sql",
        "when soort.is_stand or gekozen.telregel = 'jaar_van_oorspronkelijke_boeking'",
        "when false",
        "int_beslag_politie_geteld",
    ),
    (
        "object van twee aanleveraars telt een keer",
        "intermediate/afpakken/int_afpakboekingen_beoordeeld.sql",
        "when volgorde > eerste_volgorde then",
        "when false then",
        "int_afpakmonitor_berekend",
    ),
    (
        "grote schikking staat er met en zonder",
        "intermediate/afpakken/int_afpakboekingen_beoordeeld.sql",
        "grote_zaak.dossier_nr is not null as is_groot",
        "false as is_groot",
        "int_afpakmonitor_berekend",
    ),
    (
        "stand binnen het jaar telt niet",
        "intermediate/afpakken/int_afpakboekingen_beoordeeld.sql",
        "when is_stand and (",
        "when false and (",
        "int_afpakmonitor_berekend",
    ),
    (
        "na-ijlen hoort niet bij de eerste stand",
        "intermediate/afpakken/int_afpakmonitor_berekend.sql",
        "filter (is_eerste_stand)",
        "filter (true)",
        "int_afpakmonitor_berekend",
    ),
]


@pytest.fixture(scope="module")
def warehouse(
    after_first_night: DataPaths, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the warehouse, in which a rule can be cut out; whoever does so takes it back."""
    paths = DataPaths(tmp_path_factory.mktemp("regels"))
    for database in ("raw", "ledger", "warehouse"):
        shutil.copyfile(getattr(after_first_night, database), getattr(paths, database))
    with open_building(paths) as con:
        yield con


def figures(con: duckdb.DuckDBPyConnection, model: str) -> list[tuple]:
    # Whether a row of a counting model counts is said where they are collected.
    counted = f"(from intermediate.int_tellingen_verzameld where telmodel = '{model}')"
    return con.execute(
        QUERY[model].format(model=counted if model.endswith("_geteld") else f"intermediate.{model}")
    ).fetchall()


def between(changed: Node, model: str) -> list[Node]:
    """What has to be made again for the model where a node changed, from that node to the model itself."""
    nodes = [node for node in recorded().nodes if node.kind == "model"]
    reading = {changed.id}
    for node in nodes:
        if reading.intersection(node.depends_on):
            reading.add(node.id)
    needed = {node.id for node in nodes if node.name == model}
    for node in reversed(nodes):
        if node.id in needed:
            needed.update(node.depends_on)
    return [node for node in nodes if node.id in reading & needed and node.id != changed.id]


@pytest.mark.parametrize("model", RIGHT)
def test_with_all_rules_the_figures_are_right(warehouse: duckdb.DuckDBPyConnection, model: str) -> None:
    assert figures(warehouse, model) == RIGHT[model]


@pytest.mark.parametrize(("rule", "file", "text", "without", "model"), RULES, ids=[rule[0] for rule in RULES])
def test_without_the_rule_the_figures_are_wrong(
    warehouse: duckdb.DuckDBPyConnection, rule: str, file: str, text: str, without: str, model: str
) -> None:
    (changed,) = (node for node in recorded().nodes if node.name == Path(file).stem)
    assert changed.statements[0].count(text) == 1, f"{rule}: the rule stands elsewhere now"
    cut = replace(changed, statements=(changed.statements[0].replace(text, without), *changed.statements[1:]))
    warehouse.execute("begin")
    try:
        for node in (cut, *between(changed, model)):
            warehouse.execute(removal(node))
            execute(warehouse, node, PRESENT)
        assert figures(warehouse, model) != RIGHT[model]
    finally:
        warehouse.execute("rollback")


def test_parketnummers_are_one_case_in_every_spelling(after_first_night: DataPaths) -> None:
    # The canonical form is made while loading; as delivered, the same case has several spellings.
    files = after_first_night.inbox / "mensenhandel_verdachten" / "demo_instroom_20230115_ontvangen_20230210.csv"
    with duckdb.connect() as con:
        delivered = con.sql(
            f"select count(distinct parketnummer) from read_csv('{files}', all_varchar = true)"
        ).fetchall()
    stored = ask(
        after_first_night.raw,
        """select count(distinct parketnummer) from mensenhandel_verdachten.instroom
        where levering_nr = (select max(levering_nr) from leveringen.levering where extract = 'instroom')""",
    )
    assert stored[0][0] < delivered[0][0]
