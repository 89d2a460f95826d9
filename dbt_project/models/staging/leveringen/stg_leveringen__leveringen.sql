select
    levering.levering_nr,
    levering.registratie,
    levering.extract,
    levering.bestand,
    levering.soort,
    levering.stand_datum,
    levering.ontvangen_op,
    levering.geladen_op,
    levering.is_demo,
    levering.aantal_records,
    levering.aantal_geladen,
    levering.aantal_apart,
    oordeel.oordeel,
    oordeel.reden as oordeel_reden,
    -- The name of a person stays in raw.
    case when oordeel.door in ('grens_in', 'proef') then oordeel.door else 'mens' end as oordeel_door,
    levering.levering_nr in (select kracht.levering_nr from {{ ref('base_leveringen__van_kracht') }} as kracht)
        as is_van_kracht,
    oordeel.verwijderd_op::date as verwijderd_datum,
    oordeel.verwijderd_reden,
    oordeel.van_kracht_tot as van_kracht_tot_datum
from {{ source('leveringen', 'levering') }} as levering
inner join {{ ref('base_leveringen__oordeel') }} as oordeel on levering.levering_nr = oordeel.levering_nr
