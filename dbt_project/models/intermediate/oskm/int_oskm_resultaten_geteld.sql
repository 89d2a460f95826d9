with

gekozen as (

    {{ definities_van('int_oskm_resultaten_geteld') }}

),

per_indicator as (

    select
        samenstelling.indicator_code,
        samenstelling.rol,
        gekozen.telregel,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        year(resultaat.vaststelling_datum) as jaar,
        resultaat.* replace (
            case
                when
                    resultaat.regel_code in ('telt', 'onbekende_code')
                    and resultaat.resultaatsoort_code != samenstelling.onderdeel_code
                    then 'oskm_andere_soort'
                else resultaat.regel_code
            end as regel_code
        )
    from {{ ref('int_oskm_resultaten_beoordeeld') }} as resultaat
    inner join gekozen on gekozen.telregel in ('eerste_vaststelling', 'jaar_van_vaststelling')
    inner join {{ ref('indicator_samenstelling') }} as samenstelling
        on gekozen.indicator_code = samenstelling.indicator_code

),

-- A person counts once for good, or once in each year.
per_persoon as (

    select
        *,
        case telregel when 'jaar_van_vaststelling' then jaar::varchar else 'altijd' end as eenmaal_per
    from per_indicator

),

ontdubbeld as (

    {{ eerste_telt('per_persoon', 'persoon_nr, eenmaal_per', 'vaststelling_datum, resultaat_nr') }}

)

select
    indicator_code,
    jaar,
    eenheid_code,
    persoon_nr as teleenheid,
    eenmaal_per,
    rol,
    levering_nr,
    record_nr,
    regel_code
from ontdubbeld
