select
    bron.publicatie_nr,
    bron.vorige_publicatie_nr,
    bron.indicator_code,
    bron.jaar,
    bron.grootheid,
    bron.oorzaak_code,
    bron.waarde_van,
    bron.waarde_naar,
    bron.bijdrage
from {{ source('publicaties', 'bijstelling') }} as bron
inner join {{ ref('base_publicaties__publicaties') }} as publicatie
    on bron.publicatie_nr = publicatie.publicatie_nr and publicatie.is_bekend
where publicatie.soort in ('gepubliceerd', 'gereconstrueerd', 'teruggezet')
