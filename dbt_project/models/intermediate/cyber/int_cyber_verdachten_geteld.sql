with

cyber_soort as (

    {{ gekozen_lijst('cyber_soort') }}

),

gekozen as (

    {{ definities_van('int_cyber_verdachten_geteld') }}

),

beoordeeld as (

    select
        verdachte.*,
        gekozen.indicator_code,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        year(verdachte.registratie_datum) as jaar,
        case
            when samenstelling.onderdeel_code is not null then 'telt'
            when soort.cyber_soort_code is not null then 'cyber_andere_soort'
            else 'onbekende_code'
        end as regel_code
    from {{ ref('stg_cyber_verdachten__verdachten') }} as verdachte
    inner join gekozen
        on
            gekozen.telregel = 'jaar_van_registratie'
            and {{ in_zijn_jaren('gekozen', 'year(verdachte.registratie_datum)') }}
    left join cyber_soort as soort
        on
            verdachte.cyber_soort_code = soort.cyber_soort_code
            and {{ in_zijn_jaren('soort', 'year(verdachte.registratie_datum)') }}
    left join {{ ref('indicator_samenstelling') }} as samenstelling
        on
            gekozen.indicator_code = samenstelling.indicator_code
            and verdachte.cyber_soort_code = samenstelling.onderdeel_code

),

-- One suspect counts once a year, at the unit of the first registration.
ontdubbeld as (

    {{ eerste_telt('beoordeeld', 'verdachte_nr, jaar', 'registratie_datum, registratie_nr') }}

)

select
    indicator_code,
    jaar,
    eenheid_code,
    verdachte_nr as teleenheid,
    jaar::varchar as eenmaal_per,
    levering_nr,
    record_nr,
    regel_code
from ontdubbeld
