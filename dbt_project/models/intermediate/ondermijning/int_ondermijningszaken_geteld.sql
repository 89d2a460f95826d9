with

gekozen as (

    {{ definities_van('int_ondermijningszaken_geteld') }}

),

gronden as (

    {{ gekozen_lijst('geen_financieel_onderzoek') }}

),

analyses as (

    select
        signaal_nr,
        -- One is enough; without one, a row of which it is not known leaves it open.
        case
            when bool_or(heeft_financiele_analyse) then true
            when bool_and(heeft_financiele_analyse is not null) then false
        end as is_geanalyseerd
    from {{ ref('stg_ondermijningssignalen__signalen') }}
    group by signaal_nr

),

-- The exception is one that the financial analysis shows: without an analysis the case stays in the denominator, and it
-- does not matter which ground it has.
zaken as (

    select
        zaak.*,
        case
            when zaak.geen_financieel_onderzoek_code is null then 'zonder_financieel_onderzoek'
            when not grond.is_uitzondering then 'zonder_financieel_onderzoek'
            when grond.is_uitzondering and signaal.is_geanalyseerd then 'evident_geen_meerwaarde'
            when signaal.signaal_nr is not null and coalesce(signaal.is_geanalyseerd, true) then 'onbekende_code'
            when grond.is_uitzondering then 'uitzondering_zonder_analyse'
            else 'zonder_financieel_onderzoek'
        end as zonder_onderzoek_regel_code
    from {{ ref('stg_ondermijningssignalen__zaken') }} as zaak
    left join analyses as signaal on zaak.signaal_nr = signaal.signaal_nr
    left join gronden as grond
        on
            zaak.geen_financieel_onderzoek_code = grond.geen_financieel_onderzoek_code
            and {{ in_zijn_jaren('grond', 'year(zaak.start_datum)') }}

),

per_rol as (

    select
        'teller' as rol,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        case
            when heeft_financieel_onderzoek then 'telt'
            when heeft_financieel_onderzoek is null then 'onbekende_code'
            else zonder_onderzoek_regel_code
        end as regel_code,
        *
    from zaken

    union all

    select
        'noemer' as rol,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        case
            when heeft_financieel_onderzoek then 'telt'
            when zonder_onderzoek_regel_code not in ('evident_geen_meerwaarde', 'onbekende_code') then 'telt'
            when heeft_financieel_onderzoek is null then 'onbekende_code'
            else zonder_onderzoek_regel_code
        end as regel_code,
        *
    from zaken

    union all

    -- What the figure leaves out can be counted beside it.
    select
        'teller' as rol,
        'uitgezonderde_zaken' as uitsplitsing_soort,
        'evident_geen_meerwaarde' as uitsplitsing_code,
        case
            when not heeft_financieel_onderzoek and zonder_onderzoek_regel_code = 'evident_geen_meerwaarde' then 'telt'
            else 'onbekende_code'
        end as regel_code,
        *
    from zaken
    where
        heeft_financieel_onderzoek is distinct from true
        and zonder_onderzoek_regel_code in ('evident_geen_meerwaarde', 'onbekende_code')

)

select
    gekozen.indicator_code,
    year(per_rol.start_datum) as jaar,
    per_rol.eenheid_code,
    per_rol.uitsplitsing_soort,
    per_rol.uitsplitsing_code,
    per_rol.zaak_nr as teleenheid,
    per_rol.rol,
    per_rol.levering_nr,
    per_rol.record_nr,
    per_rol.regel_code
from per_rol
inner join gekozen
    on
        gekozen.telregel = 'jaar_van_gebeurtenis'
        and {{ in_zijn_jaren('gekozen', 'year(per_rol.start_datum)') }}
