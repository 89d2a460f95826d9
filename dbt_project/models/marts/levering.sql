select
    levering_nr,
    registratie,
    extract,
    bestand,
    levering_soort as soort,
    stand_datum,
    ontvangen_op,
    geladen_op,
    is_demo,
    aantal_records,
    aantal_geladen,
    aantal_apart,
    levering_oordeel as oordeel,
    levering_oordeel_reden as oordeel_reden,
    levering_oordeel_door as oordeel_door,
    is_van_kracht
from {{ ref('dim_levering') }}
