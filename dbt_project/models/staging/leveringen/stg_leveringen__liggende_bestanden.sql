select
    liggend.registratie,
    liggend.bestand,
    liggend.reden as oordeel_reden
from {{ source('leveringen', 'blijft_liggen') }} as liggend
cross join {{ ref('base_leveringen__vraag') }} as vraag
-- What lies there now says nothing of what lay there on an earlier day.
where vraag.peildatum is null
