with

acties as (

    select
        actie.levering_nr,
        actie.record_nr,
        actie.actie_nr,
        actie.actie_datum,
        partner.is_politie,
        status.is_uitgevoerd,
        bijdrage.is_bijdrage,
        -- An unknown unit hides where, not whether: nationally the row counts.
        coalesce(eenheid.eenheid_code, 'NTD') as eenheid_code,
        count(*) filter (bijdrage.is_bijdrage) over (partition by actie.actie_nr) as aantal_partners,
        count(*) filter (bijdrage.is_bijdrage is distinct from false) over (
            partition by actie.actie_nr
        ) as aantal_mogelijk
    from {{ ref('stg_integrale_acties__acties') }} as actie
    left join {{ ref('partner') }} as partner on actie.partner_code = partner.partner_code
    left join {{ ref('bijdrage') }} as bijdrage on actie.bijdrage_code = bijdrage.bijdrage_code
    left join {{ ref('actie_status') }} as status on actie.actie_status_code = status.actie_status_code
    left join {{ ref('eenheid') }} as eenheid
        on actie.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort != 'nederland'

),

beoordeeld as (

    select
        acties.*,
        case
            when acties.is_politie = false then 'andere_partner'
            when acties.is_uitgevoerd = false then 'niet_uitgevoerd'
            when acties.is_bijdrage = false then 'geen_bijdrage'
            when acties.aantal_mogelijk < parameter.waarde::integer then 'niet_integraal'
            when acties.is_politie is null or acties.is_uitgevoerd is null or acties.is_bijdrage is null
                then 'onbekende_code'
            when acties.aantal_partners < parameter.waarde::integer then 'onbekende_code'
            else 'telt'
        end as regel_code
    from acties
    inner join {{ ref('int_definities_gekozen') }} as gekozen on gekozen.indicator_code = 'integrale_acties_politie'
    inner join {{ ref('definitie_parameter') }} as parameter
        on gekozen.definitie_versie = parameter.definitie_versie and parameter.parameter = 'minimum_aantal_partners'

)

select
    'integrale_acties_politie' as indicator_code,
    year(beoordeeld.actie_datum) as jaar,
    beoordeeld.eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    beoordeeld.actie_nr as teleenheid,
    'teller' as rol,
    1 as waarde,
    beoordeeld.levering_nr,
    beoordeeld.record_nr,
    beoordeeld.regel_code,
    regel.telt_mee
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
