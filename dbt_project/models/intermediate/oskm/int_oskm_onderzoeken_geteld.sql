with

categorieen as (

    {{ gekozen_lijst('oskm_categorie') }}

),

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

-- The category decides which figures an investigation counts in. Of a suspicion that may decide it and has an unknown
-- one, each that would then weigh enough.
mogelijk as (

    select
        verdenking.moment,
        verdenking.onderzoek_nr,
        verdenking.verdenking_nr,
        categorie.categorie_code
    from verdenkingen as verdenking
    inner join categorieen as categorie
        on
            {{ in_zijn_jaren('categorie', 'year(verdenking.moment_datum)') }}
            and (
                verdenking.categorie_code = categorie.categorie_code
                or (verdenking.telt_mee is null and coalesce(verdenking.zwaarte_tot >= categorie.zwaarte, true))
            )
    where verdenking.telt_mee is distinct from false

),

per_indicator as (

    select
        rollen.indicator_code,
        rollen.rol,
        rollen.jaar_van,
        rollen.jaar_tot,
        year(verdenking.moment_datum) as jaar,
        verdenking.*,
        count(mogelijk.categorie_code) as aantal_mogelijk,
        count(deel.onderdeel_code) as aantal_in_deel
    from verdenkingen as verdenking
    inner join rollen on verdenking.moment = rollen.telregel
    left join mogelijk
        on
            verdenking.moment = mogelijk.moment
            and verdenking.onderzoek_nr = mogelijk.onderzoek_nr
            and verdenking.verdenking_nr = mogelijk.verdenking_nr
    left join {{ ref('indicator_samenstelling') }} as deel
        on
            rollen.indicator_code = deel.indicator_code
            and rollen.rol = deel.rol
            and mogelijk.categorie_code = deel.onderdeel_code
    group by all

),

-- What counts by the category that is known is certain if every other that may decide counts here as well.
geoordeeld as (

    select
        * replace (
            case
                when telt_mee = false then regel_code
                when aantal_in_deel = 0 then 'oskm_andere_categorie'
                when
                    telt_mee
                    and bool_and(aantal_in_deel = aantal_mogelijk) over (
                        partition by indicator_code, rol, jaar_van, onderzoek_nr
                    )
                    then 'telt'
                else 'onbekende_code'
            end as regel_code
        )
    from per_indicator

),

per_versie as (

    {{ in_het_jaar_van_hun_versie('geoordeeld', 'indicator_code, rol, onderzoek_nr, verdenking_nr') }}

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
    -- By one version it counts when it began, by another when it ended: once by each.
    concat_ws(' ', 'altijd', jaar_van) as eenmaal_per,
    rol,
    levering_nr,
    record_nr,
    regel_code
from gesplitst
