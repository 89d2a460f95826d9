with

partner as (

    {{ gekozen_lijst('partner') }}

),

bijdrage as (

    {{ gekozen_lijst('bijdrage') }}

),

actie_status as (

    {{ gekozen_lijst('actie_status') }}

),

gekozen as (

    {{ definities_van('int_integrale_acties_geteld') }}

),

acties as (

    select
        actie.levering_nr,
        actie.record_nr,
        actie.actie_nr,
        actie.actie_datum,
        partner.is_politie,
        status.is_uitgevoerd,
        bijdrage.is_bijdrage,
        actie.eenheid_code,
        count(*) filter (bijdrage.is_bijdrage) over (partition by actie.actie_nr) as aantal_partners,
        count(*) filter (bijdrage.is_bijdrage is distinct from false) over (
            partition by actie.actie_nr
        ) as aantal_mogelijk
    from {{ ref('stg_integrale_acties__acties') }} as actie
    left join partner
        on actie.partner_code = partner.partner_code and {{ in_zijn_jaren('partner', 'year(actie.actie_datum)') }}
    left join bijdrage
        on actie.bijdrage_code = bijdrage.bijdrage_code and {{ in_zijn_jaren('bijdrage', 'year(actie.actie_datum)') }}
    left join actie_status as status
        on
            actie.actie_status_code = status.actie_status_code
            and {{ in_zijn_jaren('status', 'year(actie.actie_datum)') }}

),

beoordeeld as (

    select
        acties.*,
        gekozen.indicator_code,
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
    inner join gekozen
        on
            gekozen.telregel = 'jaar_van_gebeurtenis'
            and {{ in_zijn_jaren('gekozen', 'year(acties.actie_datum)') }}
    inner join {{ ref('definitie_parameter') }} as parameter
        on gekozen.definitie_versie = parameter.definitie_versie and parameter.parameter = 'minimum_aantal_partners'

)

select
    indicator_code,
    year(actie_datum) as jaar,
    eenheid_code,
    actie_nr as teleenheid,
    'altijd' as eenmaal_per,
    levering_nr,
    record_nr,
    regel_code
from beoordeeld
