with

alle as (

    select
        publicatie_nr,
        vorige_publicatie_nr,
        indicator_code,
        jaar,
        rol,
        oorzaak_code,
        erbij,
        eraf
    from {{ ref('stg_publicaties__stromen') }}

    union all

    select
        laatste.volgend_publicatie_nr as publicatie_nr,
        stroom.vorige_publicatie_nr,
        stroom.indicator_code,
        stroom.jaar,
        stroom.rol,
        stroom.oorzaak_code,
        stroom.erbij,
        stroom.eraf
    from {{ ref('int_stromen_opgeteld') }} as stroom
    cross join {{ ref('base_publicaties__laatste') }} as laatste
    inner join {{ ref('base_leveringen__vraag') }} as vraag on vraag.is_publicatie

)

select
    alle.publicatie_nr,
    alle.vorige_publicatie_nr,
    coalesce(publicatie.peildatum, peildatum.peildatum) as peildatum,
    alle.indicator_code,
    alle.jaar,
    alle.rol,
    alle.oorzaak_code,
    oorzaak.omschrijving as oorzaak,
    alle.erbij,
    alle.eraf,
    (alle.erbij - alle.eraf)::decimal(18, 2) as netto
from alle
inner join {{ ref('oorzaak') }} as oorzaak on alle.oorzaak_code = oorzaak.oorzaak_code
left join {{ ref('stg_publicaties__publicaties') }} as publicatie on alle.publicatie_nr = publicatie.publicatie_nr
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
