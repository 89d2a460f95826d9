select
    levering_nr,
    registratie,
    extract,
    bestand,
    soort as levering_soort,
    stand_datum,
    ontvangen_op,
    geladen_op,
    is_demo,
    aantal_records,
    aantal_geladen,
    aantal_apart,
    oordeel as levering_oordeel,
    oordeel_reden as levering_oordeel_reden,
    oordeel_door as levering_oordeel_door,
    is_van_kracht,
    verwijderd_datum,
    verwijderd_reden,
    van_kracht_tot_datum
from {{ ref('stg_leveringen__leveringen') }}
union all
select
    null as levering_nr,
    registratie,
    null as extract,  -- noqa: RF04
    bestand,
    null as levering_soort,
    null as stand_datum,
    null as ontvangen_op,
    null as geladen_op,
    null as is_demo,
    null as aantal_records,
    null as aantal_geladen,
    null as aantal_apart,
    'blijft_liggen' as levering_oordeel,
    oordeel_reden as levering_oordeel_reden,
    'grens_in' as levering_oordeel_door,
    false as is_van_kracht,
    null as verwijderd_datum,
    null as verwijderd_reden,
    null as van_kracht_tot_datum
from {{ ref('stg_leveringen__liggende_bestanden') }}
