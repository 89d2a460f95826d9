with

melder as (

    {{ gekozen_lijst('melder') }}

),

uitbuitingsvorm_indeling as (

    {{ gekozen_lijst('uitbuitingsvorm_indeling') }}

),

gekozen as (

    {{ definities_van('int_slachtoffers_comensha_geteld') }}

),

meldingen as (

    select
        melding.*,
        gekozen.indicator_code,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        year(melding.melding_datum) as jaar,
        case gekozen.telregel when 'een_keer_per_jaar' then year(melding.melding_datum)::varchar else 'altijd' end
            as eenmaal_per,
        coalesce(melder.melder_code, 'onbekend') as bekende_melder_code,
        case
            when melder.is_politie then 'telt'
            when melder.is_politie = false then 'andere_melder'
            else 'onbekende_code'
        end as regel_code,
        -- Once per reporter: a report by another party takes nothing away from the police.
        row_number() over (
            partition by
                gekozen.indicator_code,
                gekozen.jaar_van,
                melding.slachtoffer_nr,
                melding.melder_code,
                eenmaal_per
            order by melding.melding_datum, melding.melding_nr
        ) > 1 as is_dubbel
    from {{ ref('stg_comensha_meldingen__meldingen') }} as melding
    inner join gekozen on gekozen.telregel in ('een_keer_per_jaar', 'eerste_melding')
    left join melder
        on
            melding.melder_code = melder.melder_code
            and {{ in_zijn_jaren('melder', 'year(melding.melding_datum)') }}

),

beoordeeld as (

    {{ eerste_telt('meldingen', 'slachtoffer_nr, eenmaal_per', 'melding_datum, melding_nr') }}

),

indelingen as (

    select distinct
        indeling_code,
        jaar_van,
        jaar_tot
    from uitbuitingsvorm_indeling

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
    inner join indelingen on {{ in_zijn_jaren('indelingen', 'beoordeeld.jaar') }}
    left join uitbuitingsvorm_indeling as vorm
        on
            beoordeeld.uitbuitingsvorm_code = vorm.uitbuitingsvorm_code
            and indelingen.indeling_code = vorm.indeling_code
            and {{ in_zijn_jaren('vorm', 'beoordeeld.jaar') }}

    union all

    -- Here every reporter counts, each by itself.
    select
        beoordeeld.* replace (
            case when beoordeeld.is_dubbel then 'dubbel' else 'telt' end as regel_code,
            null::varchar as eenmaal_per
        ),
        'melder' as uitsplitsing_soort,
        beoordeeld.bekende_melder_code as uitsplitsing_code
    from beoordeeld

)

select
    uitgesplitst.indicator_code,
    uitgesplitst.jaar,
    uitgesplitst.eenheid_code,
    uitgesplitst.uitsplitsing_soort,
    uitgesplitst.uitsplitsing_code,
    uitgesplitst.slachtoffer_nr as teleenheid,
    uitgesplitst.eenmaal_per,
    uitgesplitst.levering_nr,
    uitgesplitst.record_nr,
    uitgesplitst.regel_code
from uitgesplitst
