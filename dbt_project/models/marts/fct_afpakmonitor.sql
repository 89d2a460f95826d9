select
    berekend.jaar::integer as jaar,
    berekend.weg_code,
    berekend.stap_code,
    berekend.beslagsoort,
    berekend.aanleveraar_code,
    berekend.objectsoort_code,
    peildatum.peildatum,
    berekend.maat_soort,
    berekend.bedrag_eur,
    berekend.aantal,
    berekend.bedrag_zonder_groot_eur,
    berekend.aantal_groot,
    berekend.bedrag_politie_eur,
    berekend.bedrag_eerste_stand_eur,
    berekend.geen_bedrag_reden,
    berekend.gedekt_tot
from {{ ref('int_afpakmonitor_berekend') }} as berekend
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
