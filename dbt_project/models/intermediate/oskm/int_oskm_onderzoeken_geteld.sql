with

gekozen as (

    {{ definities_van('int_oskm_onderzoeken_geteld') }}

),

verdenkingen as (

    select * from {{ ref('int_oskm_verdenkingen_beoordeeld') }}

),

resultaat as (

    select
        onderzoek_nr,
        categorie_code
    from verdenkingen
    where moment = 'resultaat' and is_zwaarste

),

-- The category decides which figures an investigation counts in; where that is not known, it leaves all of them open.
rollen as (

    select distinct
        samenstelling.indicator_code,
        samenstelling.rol,
        gekozen.telregel,
        gekozen.jaar_van,
        gekozen.jaar_tot
    from {{ ref('indicator_samenstelling') }} as samenstelling
    inner join gekozen on samenstelling.indicator_code = gekozen.indicator_code

),

per_indicator as (

    select
        rollen.indicator_code,
        rollen.rol,
        rollen.jaar_van,
        rollen.jaar_tot,
        year(verdenking.moment_datum) as jaar,
        verdenking.* replace (
            case
                when verdenking.telt_mee and deel.onderdeel_code is null then 'oskm_andere_categorie'
                else verdenking.regel_code
            end as regel_code
        )
    from verdenkingen as verdenking
    inner join rollen on verdenking.moment = rollen.telregel
    left join {{ ref('indicator_samenstelling') }} as deel
        on
            rollen.indicator_code = deel.indicator_code
            and rollen.rol = deel.rol
            and verdenking.categorie_code = deel.onderdeel_code

),

per_versie as (

    {{ in_het_jaar_van_hun_versie('per_indicator', 'indicator_code, rol, onderzoek_nr, verdenking_nr') }}

),

beoordeeld as (

    select per_versie.* replace (regel.telt_mee as telt_mee)
    from per_versie
    inner join {{ ref('regel') }} as regel on per_versie.regel_code = regel.regel_code

),

gesplitst as (

    select
        *,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code
    from beoordeeld

    union all

    select
        beoordeeld.*,
        'categorie_resultaat' as uitsplitsing_soort,
        coalesce(resultaat.categorie_code, 'onbekend') as uitsplitsing_code
    from beoordeeld
    left join resultaat on beoordeeld.onderzoek_nr = resultaat.onderzoek_nr
    where beoordeeld.telt_mee is distinct from false

)

select
    indicator_code,
    jaar,
    eenheid_code,
    uitsplitsing_soort,
    uitsplitsing_code,
    onderzoek_nr as teleenheid,
    rol,
    levering_nr,
    record_nr,
    regel_code
from gesplitst
