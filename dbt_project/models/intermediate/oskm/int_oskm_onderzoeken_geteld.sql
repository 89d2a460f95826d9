with

onderzoeken as (

    select * from {{ ref('int_oskm_verdenkingen_beoordeeld') }}
    where telt_mee is distinct from false

),

resultaat as (

    select
        onderzoek_nr,
        categorie_code
    from onderzoeken
    where moment = 'resultaat' and telt_mee

),

-- The category decides which figures an investigation counts in; where that is not known, it leaves all of them open.
per_indicator as (

    select distinct
        samenstelling.indicator_code,
        samenstelling.rol,
        year(onderzoek.moment_datum) as jaar,
        onderzoek.*
    from onderzoeken as onderzoek
    inner join {{ ref('indicator_samenstelling') }} as samenstelling
        on onderzoek.categorie_code = samenstelling.onderdeel_code or onderzoek.telt_mee is null
    inner join {{ ref('int_definities_gekozen') }} as gekozen
        on samenstelling.indicator_code = gekozen.indicator_code and onderzoek.moment = gekozen.telregel

),

gesplitst as (

    select
        *,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code
    from per_indicator

    union all

    select
        per_indicator.*,
        'categorie_resultaat' as uitsplitsing_soort,
        coalesce(resultaat.categorie_code, 'onbekend') as uitsplitsing_code
    from per_indicator
    left join resultaat on per_indicator.onderzoek_nr = resultaat.onderzoek_nr

)

select
    indicator_code,
    jaar,
    eenheid_code,
    uitsplitsing_soort,
    uitsplitsing_code,
    onderzoek_nr as teleenheid,
    rol,
    1 as waarde,
    levering_nr,
    record_nr,
    regel_code,
    telt_mee
from gesplitst
