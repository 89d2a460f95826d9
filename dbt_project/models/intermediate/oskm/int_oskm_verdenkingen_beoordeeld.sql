with

categorieen as (

    {{ gekozen_lijst('oskm_categorie') }}

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
        categorie.categorie_code is not null as is_bekend
    from per_moment
    left join categorieen as categorie
        on
            per_moment.categorie_code = categorie.categorie_code
            and {{ in_zijn_jaren('categorie', 'year(per_moment.moment_datum)') }}

),

-- Exactly one suspicion decides the category of an investigation: the heaviest, and of equals the first.
beoordeeld as (

    select
        *,
        case
            when moment_datum is null then 'niet_afgerond'
            when categorie_code is null then 'oskm_categorie_ontbreekt'
            when
                row_number() over (
                    partition by moment, onderzoek_nr, moment_datum is null order by zekerheid, zwaarte, verdenking_nr
                ) > 1
                then 'oskm_lichtere_categorie'
            when not is_bekend then 'onbekende_code'
            else 'telt'
        end as regel_code,
        -- What an investigation led to so far is known before it ends, though it does not count by that yet.
        is_bekend
        and row_number() over (partition by moment, onderzoek_nr order by zekerheid, zwaarte, verdenking_nr) = 1
            as is_zwaarste
    from gewogen

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
    beoordeeld.is_zwaarste,
    beoordeeld.regel_code,
    regel.telt_mee
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
