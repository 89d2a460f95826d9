select
    bron.publicatie_nr,
    bron.indicator_code,
    bron.jaar,
    bron.agenda_code,
    bron.realisatie,
    bron.realisatie_status,
    bron.geen_realisatie_reden,
    bron.gedekt_tot,
    bron.definitie_versie,
    bron.lijst_versies,
    bron.streefcijfer,
    bron.streefcijfer_besluit,
    bron.geen_streefcijfer_reden
from {{ source('publicaties', 'cijfer') }} as bron
inner join {{ ref('base_publicaties__publicaties') }} as publicatie
    on bron.publicatie_nr = publicatie.publicatie_nr and publicatie.is_bekend
where publicatie.soort in ('gepubliceerd', 'gereconstrueerd', 'teruggezet')
