select
    registratie,
    extract,
    omschrijving,
    leverancier,
    levering_soort,
    levering_ritme,
    aantal_toegelaten,
    stand_datum,
    ontvangen_datum,
    is_demo,
    verwacht_voor
from {{ ref('int_extracten_gevolgd') }}
