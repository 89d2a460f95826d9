with

meldingen as (

    select
        -- An unknown unit hides where, not whether: nationally the row counts.
        melding.* replace (coalesce(eenheid.eenheid_code, 'NTD') as eenheid_code),
        year(melding.melding_datum) as jaar,
        coalesce(melder.melder_code, 'onbekend') as bekende_melder_code,
        melder.is_politie,
        coalesce(
            bool_or(melder.is_politie) over (partition by melding.slachtoffer_nr, year(melding.melding_datum)), false
        ) as is_door_politie_gemeld,
        -- Once per reporter: a report by another party takes nothing away from the police.
        row_number() over (
            partition by
                melding.slachtoffer_nr,
                melding.melder_code,
                case when gekozen.telregel = 'een_keer_per_jaar' then year(melding.melding_datum) end
            order by melding.melding_datum, melding.melding_nr
        ) > 1 as is_dubbel
    from {{ ref('stg_comensha_meldingen__meldingen') }} as melding
    inner join {{ ref('int_definities_gekozen') }} as gekozen on gekozen.indicator_code = 'slachtoffers_comensha'
    left join {{ ref('melder') }} as melder on melding.melder_code = melder.melder_code
    left join {{ ref('eenheid') }} as eenheid
        on melding.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort != 'nederland'

),

beoordeeld as (

    select
        *,
        case
            when is_politie = false then 'andere_melder'
            -- Whoever it was, a victim that the police reported that year counts already.
            when is_politie is null and is_door_politie_gemeld then 'dubbel'
            when is_politie is null then 'onbekende_code'
            when is_dubbel then 'dubbel'
            else 'telt'
        end as regel_code
    from meldingen

),

indelingen as (

    select distinct indeling_code from {{ ref('uitbuitingsvorm_indeling') }}

),

uitgesplitst as (

    select
        beoordeeld.*,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code
    from beoordeeld

    union all

    select
        beoordeeld.*,
        concat('uitbuiting_', indelingen.indeling_code) as uitsplitsing_soort,
        coalesce(vorm.categorie_code, 'onbekend') as uitsplitsing_code
    from beoordeeld
    cross join indelingen
    left join {{ ref('uitbuitingsvorm_indeling') }} as vorm
        on
            beoordeeld.uitbuitingsvorm_code = vorm.uitbuitingsvorm_code
            and indelingen.indeling_code = vorm.indeling_code

    union all

    -- Here every reporter counts, each by itself.
    select
        beoordeeld.* replace (case when beoordeeld.is_dubbel then 'dubbel' else 'telt' end as regel_code),
        'melder' as uitsplitsing_soort,
        beoordeeld.bekende_melder_code as uitsplitsing_code
    from beoordeeld

)

select
    'slachtoffers_comensha' as indicator_code,
    uitgesplitst.jaar,
    uitgesplitst.eenheid_code,
    uitgesplitst.uitsplitsing_soort,
    uitgesplitst.uitsplitsing_code,
    uitgesplitst.slachtoffer_nr as teleenheid,
    'teller' as rol,
    1 as waarde,
    uitgesplitst.levering_nr,
    uitgesplitst.record_nr,
    uitgesplitst.regel_code,
    regel.telt_mee
from uitgesplitst
inner join {{ ref('regel') }} as regel on uitgesplitst.regel_code = regel.regel_code
