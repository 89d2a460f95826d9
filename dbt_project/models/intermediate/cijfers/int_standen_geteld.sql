{% set modellen = groeiende_modellen() %}

with

beoordeeld as not materialized (

    {% for model, zegt in modellen.items() %}
        select
            telling.indicator_code,
            telling.jaar,
            telling.teleenheid,
            {{ zegt.eenmaal_per }} as eenmaal_per,
            'teller' as rol,
            {{ zegt.waarde }} as waarde,
            telling.levering_nr,
            telling.record_nr,
            regel.telt_mee
        from {{ ref(model) }} as telling
        left join {{ ref('regel') }} as regel on telling.regel_code = regel.regel_code
        where telling.uitsplitsing_soort = 'geen' and telling.jaar is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

tellingen as (

    {{ vastgesteld('beoordeeld', ['jaar']) }}

),

registers as (

    select
        registratie,
        extract,
        min(dekking_vanaf) as gedekt_vanaf,
        max(stand_datum) as stand_datum
    from {{ ref('base_leveringen__van_kracht') }}
    group by registratie, extract

),

-- An indicator that rests on several extracts is known as far as the least known of them.
standen as (

    select
        bron.indicator_code,
        max(register.gedekt_vanaf) as gedekt_vanaf,
        min(register.stand_datum) as stand_datum
    from {{ ref('int_bronnen_afgeleid') }} as bron
    left join registers as register on bron.registratie = register.registratie and bron.extract = register.extract
    group by bron.indicator_code
    having bool_and(register.registratie is not null)

)

select
    telling.indicator_code,
    telling.jaar::integer as jaar,
    stand.stand_datum,
    case
        when bool_or(telling.telt_mee is null or (telling.telt_mee and telling.waarde is null)) then null
        when indicator.meetwijze = 'aantal' then count(distinct telling.teleenheid) filter (telling.telt_mee)
        else coalesce(sum(telling.waarde) filter (telling.telt_mee), 0)
    end::decimal(18, 2) as realisatie
from tellingen as telling
inner join {{ ref('indicator') }} as indicator on telling.indicator_code = indicator.indicator_code
inner join standen as stand on telling.indicator_code = stand.indicator_code
where
    stand.stand_datum >= make_date(telling.jaar, 12, 31) and stand.gedekt_vanaf <= make_date(telling.jaar, 1, 1)
group by telling.indicator_code, telling.jaar, stand.stand_datum, indicator.meetwijze
