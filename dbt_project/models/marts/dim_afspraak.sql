select
    afspraak_code,
    agenda_code,
    paragraaf,
    regel_van,
    regel_tot,
    voetnoot,
    afspraak,
    afspraak_soort,
    eigenaar,
    rapportagemoment_code,
    indicator_code,
    geen_indicator_reden,
    bron
from {{ ref('afspraak') }}
