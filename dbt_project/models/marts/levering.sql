select
    levering_nr,
    registratie,
    extract,
    bestand,
    soort,
    stand_datum,
    ontvangen_op,
    geladen_op,
    is_demo,
    aantal_records,
    aantal_geladen,
    aantal_apart,
    oordeel,
    oordeel_reden,
    oordeel_door,
    is_van_kracht
from {{ ref('stg_leveringen__leveringen') }}
