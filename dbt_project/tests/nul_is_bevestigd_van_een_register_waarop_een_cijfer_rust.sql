select
    nul.registratie,
    nul.jaar
from {{ ref('nul_bevestigd') }} as nul
left join {{ ref('int_bronnen_afgeleid') }} as bron on nul.registratie = bron.registratie
where bron.registratie is null
