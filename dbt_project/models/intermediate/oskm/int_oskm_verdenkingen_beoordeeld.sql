with

categorieen as (

    {{ gekozen_lijst('oskm_categorie') }}

),

zwaarten as (

    select
        jaar_van,
        jaar_tot,
        min(zwaarte) as zwaarste
    from categorieen
    group by jaar_van, jaar_tot

),

-- Both are kept: what the effort was aimed at, and what it led to. Which one counts is for the definition to say.
per_moment as (

    select
        'inzet' as moment,
        levering_nr,
        record_nr,
        onderzoek_nr,
        verdenking_nr,
        eenheid_code,
        start_datum as moment_datum,
        categorie_inzet_code as categorie_code
    from {{ ref('stg_oskm_onderzoeken__onderzoeken') }}

    union all

    select
        'resultaat' as moment,
        levering_nr,
        record_nr,
        onderzoek_nr,
        verdenking_nr,
        eenheid_code,
        eind_datum as moment_datum,
        categorie_resultaat_code as categorie_code
    from {{ ref('stg_oskm_onderzoeken__onderzoeken') }}

),

gewogen as (

    select
        per_moment.*,
        -- An unknown category can be any, so that only the heaviest one is certain to weigh at least as much.
        case
            when per_moment.categorie_code is null then 3
            when categorie.categorie_code is null then 1
            when categorie.zwaarte = 1 then 0
            else 2
        end as zekerheid,
        categorie.zwaarte,
        zwaarten.zwaarste,
        categorie.categorie_code is not null as is_bekend
    from per_moment
    left join categorieen as categorie
        on
            per_moment.categorie_code = categorie.categorie_code
            and {{ in_zijn_jaren('categorie', 'year(per_moment.moment_datum)') }}
    left join zwaarten on {{ in_zijn_jaren('zwaarten', 'year(per_moment.moment_datum)') }}

),

zwaarste as (

    select
        *,
        is_bekend
        and row_number() over (
            partition by moment, onderzoek_nr, moment_datum is null order by not is_bekend, zwaarte, verdenking_nr
        ) = 1 as is_zwaarste_bekende
    from gewogen

),

-- An unknown category decides where it is heavier than the heaviest that is known, or as heavy and earlier.
vergeleken as (

    select
        *,
        case
            when verdenking_nr < max(case when is_zwaarste_bekende then verdenking_nr end) over in_onderzoek
                then min(zwaarte) over in_onderzoek
            else min(zwaarte) over in_onderzoek - 1
        end as zwaarte_tot
    from zwaarste
    window in_onderzoek as (partition by moment, onderzoek_nr, moment_datum is null)

),

-- Exactly one suspicion decides the category of an investigation: the heaviest, and of equals the first. One with an
-- unknown category may be that one, unless nothing is heavier than what is known.
beoordeeld as (

    select
        *,
        case
            when moment_datum is null then 'niet_afgerond'
            when categorie_code is null then 'oskm_categorie_ontbreekt'
            when is_bekend and not is_zwaarste_bekende then 'oskm_lichtere_categorie'
            when is_bekend then 'telt'
            when zwaarte_tot < zwaarste then 'oskm_lichtere_categorie'
            else 'onbekende_code'
        end as regel_code,
        -- What an investigation led to so far is known before it ends, though it does not count by that yet.
        is_bekend
        and row_number() over (partition by moment, onderzoek_nr order by zekerheid, zwaarte, verdenking_nr) = 1
            as is_zwaarste
    from vergeleken

)

select
    beoordeeld.moment,
    beoordeeld.levering_nr,
    beoordeeld.record_nr,
    beoordeeld.onderzoek_nr,
    beoordeeld.verdenking_nr,
    beoordeeld.eenheid_code,
    beoordeeld.moment_datum,
    beoordeeld.categorie_code,
    case when regel.telt_mee is null then beoordeeld.zwaarte_tot end as zwaarte_tot,
    beoordeeld.is_zwaarste,
    beoordeeld.regel_code,
    regel.telt_mee
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
