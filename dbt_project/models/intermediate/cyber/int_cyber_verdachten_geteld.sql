with

beoordeeld as (

    select
        -- An unknown unit hides where, not whether: nationally the row counts.
        verdachte.* replace (coalesce(eenheid.eenheid_code, 'NTD') as eenheid_code),
        year(verdachte.registratie_datum) as jaar,
        case
            when samenstelling.onderdeel_code is not null then 'telt'
            when soort.cyber_soort_code is not null then 'cyber_andere_soort'
            else 'onbekende_code'
        end as regel_code
    from {{ ref('stg_cyber_verdachten__verdachten') }} as verdachte
    left join {{ ref('cyber_soort') }} as soort on verdachte.cyber_soort_code = soort.cyber_soort_code
    left join {{ ref('eenheid') }} as eenheid
        on verdachte.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort != 'nederland'
    left join {{ ref('indicator_samenstelling') }} as samenstelling
        on
            samenstelling.indicator_code = 'cyber_regulier_verdachten'
            and verdachte.cyber_soort_code = samenstelling.onderdeel_code

),

-- One suspect counts once a year, at the unit of the first registration.
ontdubbeld as (

    select
        * replace (
            case
                when
                    regel_code = 'telt'
                    and row_number() over (
                        partition by regel_code, verdachte_nr, jaar order by registratie_datum, registratie_nr
                    ) > 1
                    then 'dubbel'
                -- Once the suspect counts, what is unknown about another row of the year changes nothing.
                when
                    regel_code = 'onbekende_code'
                    and bool_or(regel_code = 'telt') over (partition by verdachte_nr, jaar)
                    then 'dubbel'
                else regel_code
            end as regel_code
        )
    from beoordeeld

)

select
    'cyber_regulier_verdachten' as indicator_code,
    ontdubbeld.jaar,
    ontdubbeld.eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    ontdubbeld.verdachte_nr as teleenheid,
    'teller' as rol,
    1 as waarde,
    ontdubbeld.levering_nr,
    ontdubbeld.record_nr,
    ontdubbeld.regel_code,
    regel.telt_mee
from ontdubbeld
inner join {{ ref('regel') }} as regel on ontdubbeld.regel_code = regel.regel_code
