with

alle as (

    select
        publicatie_nr,
        vorige_publicatie_nr,
        indicator_code,
        jaar,
        grootheid,
        oorzaak_code,
        waarde_van,
        waarde_naar,
        bijdrage
    from {{ ref('stg_publicaties__bijstellingen') }}

    union all

    select
        laatste.volgend_publicatie_nr as publicatie_nr,
        verklaard.vorige_publicatie_nr,
        verklaard.indicator_code,
        verklaard.jaar,
        verklaard.grootheid,
        verklaard.oorzaak_code,
        verklaard.waarde_van,
        verklaard.waarde_naar,
        verklaard.bijdrage
    from {{ ref('int_bijstellingen_verklaard') }} as verklaard
    cross join {{ ref('base_publicaties__laatste') }} as laatste
    inner join {{ ref('base_leveringen__vraag') }} as vraag on vraag.is_publicatie

)

select
    alle.publicatie_nr,
    alle.vorige_publicatie_nr,
    coalesce(publicatie.peildatum, peildatum.peildatum) as peildatum,
    vorige.peildatum as vorige_peildatum,
    alle.indicator_code,
    alle.jaar,
    alle.grootheid,
    alle.oorzaak_code,
    oorzaak.omschrijving as oorzaak,
    oorzaak.volgorde,
    indicator.eenheid_van_maat,
    alle.waarde_van,
    alle.waarde_naar,
    alle.bijdrage
from alle
inner join {{ ref('indicator') }} as indicator on alle.indicator_code = indicator.indicator_code
inner join {{ ref('oorzaak') }} as oorzaak on alle.oorzaak_code = oorzaak.oorzaak_code
inner join {{ ref('stg_publicaties__publicaties') }} as vorige on alle.vorige_publicatie_nr = vorige.publicatie_nr
left join {{ ref('stg_publicaties__publicaties') }} as publicatie on alle.publicatie_nr = publicatie.publicatie_nr
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
