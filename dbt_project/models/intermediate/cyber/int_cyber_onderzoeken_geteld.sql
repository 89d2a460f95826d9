with

cyber_soort as (

    {{ gekozen_lijst('cyber_soort') }}

),

gekozen as (

    {{ definities_van('int_cyber_onderzoeken_geteld') }}

),

ingedeeld as (

    select * from {{ ref('int_cyber_onderzoeken_ingedeeld') }}

),

per_telregel as (

    select
        'tactisch_afgerond' as telregel,
        year(tactisch_afgerond_datum) as jaar,
        * exclude (jaar_van, jaar_tot) replace (
            case
                when tactisch_afgerond_datum is null and telt_mee is distinct from false then 'niet_afgerond'
                else regel_code
            end as regel_code
        )
    from ingedeeld
    where {{ in_zijn_jaren(none, 'year(tactisch_afgerond_datum)') }}

    union all

    select
        'gestart' as telregel,
        year(start_datum) as jaar,
        * exclude (jaar_van, jaar_tot)
    from ingedeeld
    where {{ in_zijn_jaren(none, 'year(start_datum)') }}

),

-- The kind of an investigation decides in which figures it counts.
rollen as (

    select distinct
        samenstelling.indicator_code,
        samenstelling.rol,
        samenstelling.eis,
        indicator.meetwijze,
        gekozen.telregel,
        gekozen.jaar_van,
        gekozen.jaar_tot
    from {{ ref('indicator_samenstelling') }} as samenstelling
    inner join gekozen on samenstelling.indicator_code = gekozen.indicator_code
    inner join {{ ref('indicator') }} as indicator on samenstelling.indicator_code = indicator.indicator_code

),

per_indicator as (

    select
        rollen.indicator_code,
        rollen.rol,
        rollen.meetwijze,
        rollen.jaar_van,
        rollen.jaar_tot,
        per_telregel.* replace (
            case
                when per_telregel.telt_mee = false then per_telregel.regel_code
                when per_telregel.telt_mee and deel.onderdeel_code is null then 'cyber_andere_soort'
                when rollen.eis = 'alternatief' and not per_telregel.is_alternatief then 'cyber_geen_alternatief'
                when rollen.eis = 'alternatief' and per_telregel.is_alternatief is null then 'onbekende_code'
                when rollen.eis = 'enge_zin' and not per_telregel.is_focus_enge_zin
                    then 'cyber_niet_enge_zin'
                else per_telregel.regel_code
            end as regel_code
        )
    from per_telregel
    inner join rollen on per_telregel.telregel = rollen.telregel
    left join {{ ref('indicator_samenstelling') }} as deel
        on
            rollen.indicator_code = deel.indicator_code
            and rollen.rol = deel.rol
            and per_telregel.cyber_soort_code = deel.onderdeel_code

),

-- Where a code leaves open of which kind it is, an investigation counts if it does as each of them, and not if as none.
verenigd as (

    select
        per_indicator.indicator_code,
        per_indicator.rol,
        per_indicator.meetwijze,
        per_indicator.jaar_van,
        per_indicator.jaar_tot,
        per_indicator.jaar,
        per_indicator.eenheid_code,
        per_indicator.onderzoek_nr,
        per_indicator.opgegeven_soort_code,
        per_indicator.levering_nr,
        per_indicator.record_nr,
        case
            when count(distinct per_indicator.regel_code) = 1 then min(per_indicator.regel_code)
            when bool_and(coalesce(regel.telt_mee, false)) then 'telt'
            when not bool_or(coalesce(regel.telt_mee, true)) then min(per_indicator.regel_code)
            else 'onbekende_code'
        end as regel_code
    from per_indicator
    inner join {{ ref('regel') }} as regel on per_indicator.regel_code = regel.regel_code
    group by all

),

per_versie as (

    {{ in_het_jaar_van_hun_versie('verenigd', 'indicator_code, rol, onderzoek_nr') }}

),

beoordeeld as (

    select
        per_versie.*,
        regel.telt_mee
    from per_versie
    inner join {{ ref('regel') }} as regel on per_versie.regel_code = regel.regel_code

)

select
    indicator_code,
    jaar,
    eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    onderzoek_nr as teleenheid,
    rol,
    levering_nr,
    record_nr,
    regel_code
from beoordeeld

union all

-- Not of a share: the parts of a share do not add up to it.
select
    beoordeeld.indicator_code,
    beoordeeld.jaar,
    beoordeeld.eenheid_code,
    'opgave_leverancier' as uitsplitsing_soort,
    coalesce(soort.cyber_soort_code, 'onbekend') as uitsplitsing_code,
    beoordeeld.onderzoek_nr as teleenheid,
    beoordeeld.rol,
    beoordeeld.levering_nr,
    beoordeeld.record_nr,
    beoordeeld.regel_code
from beoordeeld
left join cyber_soort as soort
    on beoordeeld.opgegeven_soort_code = soort.cyber_soort_code and {{ in_zijn_jaren('soort', 'beoordeeld.jaar') }}
where beoordeeld.meetwijze = 'aantal' and beoordeeld.telt_mee is distinct from false
