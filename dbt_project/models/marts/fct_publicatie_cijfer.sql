{% set kolommen = [
    'indicator_code',
    'jaar',
    'agenda_code',
    'realisatie',
    'realisatie_status',
    'geen_realisatie_reden',
    'gedekt_tot',
    'definitie_versie',
    'lijst_versies',
    'streefcijfer',
    'streefcijfer_besluit',
    'geen_streefcijfer_reden',
] %}

with

alle as (

    select
        publicatie_nr,
        {{ kolommen | join(', ') }}
    from {{ ref('stg_publicaties__cijfers') }}

    union all

    select
        laatste.volgend_publicatie_nr as publicatie_nr,
        {{ kolommen | join(', ') }}
    from {{ ref('int_cijfers_samengevoegd') }}
    cross join {{ ref('base_publicaties__laatste') }} as laatste
    inner join {{ ref('base_leveringen__vraag') }} as vraag on vraag.is_publicatie

)

select
    alle.publicatie_nr,
    coalesce(publicatie.peildatum, peildatum.peildatum) as peildatum,
    {% for kolom in kolommen %}
        alle.{{ kolom }},
    {% endfor %}
    indicator.eenheid_van_maat
from alle
inner join {{ ref('indicator') }} as indicator on alle.indicator_code = indicator.indicator_code
left join {{ ref('stg_publicaties__publicaties') }} as publicatie on alle.publicatie_nr = publicatie.publicatie_nr
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
