select
    rapportagemoment_code,
    agenda_code,
    paragraaf,
    regel_van,
    gremium,
    ritme,
    aantal_per_jaar,
    tijdvak_van,
    tijdvak_tot,
    drager,
    omschrijving,
    is_aanname
from {{ ref('rapportagemoment') }}
