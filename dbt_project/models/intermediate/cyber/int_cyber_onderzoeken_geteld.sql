with

onderzoeken as (

    select * from {{ ref('int_cyber_onderzoeken_ingedeeld') }}
    where telt_mee is distinct from false

),

per_telregel as (

    select
        'tactisch_afgerond' as telregel,
        year(tactisch_afgerond_datum) as jaar,
        *
    from onderzoeken
    where tactisch_afgerond_datum is not null

    union all

    select
        'gestart' as telregel,
        year(start_datum) as jaar,
        *
    from onderzoeken

),

-- The kind of an investigation decides in which figures it counts; while that is not known, it leaves all of them open.
per_indicator as (

    select distinct
        samenstelling.indicator_code,
        samenstelling.rol,
        per_telregel.*
    from per_telregel
    inner join {{ ref('indicator_samenstelling') }} as samenstelling
        on
            (per_telregel.cyber_soort_code = samenstelling.onderdeel_code or per_telregel.telt_mee is null)
            and (
                samenstelling.eis is null
                or (samenstelling.eis = 'alternatief' and per_telregel.is_alternatief)
                or (samenstelling.eis = 'enge_zin' and coalesce(per_telregel.is_focus_enge_zin, true))
            )
    inner join {{ ref('int_definities_gekozen') }} as gekozen
        on samenstelling.indicator_code = gekozen.indicator_code and per_telregel.telregel = gekozen.telregel
    inner join {{ ref('indicator') }} as indicator
        on samenstelling.indicator_code = indicator.indicator_code and indicator.thema_code = 'cybercrime'

)

select
    indicator_code,
    jaar,
    eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    onderzoek_nr as teleenheid,
    rol,
    1 as waarde,
    levering_nr,
    record_nr,
    regel_code,
    telt_mee
from per_indicator

union all

-- Not of a share: the parts of a share do not add up to it.
select
    per_indicator.indicator_code,
    per_indicator.jaar,
    per_indicator.eenheid_code,
    'opgave_leverancier' as uitsplitsing_soort,
    coalesce(soort.cyber_soort_code, 'onbekend') as uitsplitsing_code,
    per_indicator.onderzoek_nr as teleenheid,
    per_indicator.rol,
    1 as waarde,
    per_indicator.levering_nr,
    per_indicator.record_nr,
    per_indicator.regel_code,
    per_indicator.telt_mee
from per_indicator
inner join {{ ref('indicator') }} as indicator
    on per_indicator.indicator_code = indicator.indicator_code and indicator.meetwijze = 'aantal'
left join {{ ref('cyber_soort') }} as soort on per_indicator.opgegeven_soort_code = soort.cyber_soort_code
