with

-- A year is compared with the one before it, if nothing broke in between, and both are known whole and grown.
naast_elkaar as (

    select
        cijfer.indicator_code,
        cijfer.jaar,
        cijfer.eenheid_code,
        cijfer.uitsplitsing_soort,
        cijfer.uitsplitsing_code,
        -- A change is the difference between two figures as they are shown.
        cijfer.realisatie::decimal(18, 2) as realisatie,
        vorige.realisatie::decimal(18, 2) as vorig_jaar_realisatie,
        breuk.trendbreuk_code,
        -- Of a percentage the change is in percentage points; a percentage of it again only misleads.
        coalesce(uitsplitsing.meetwijze, indicator.meetwijze) = 'aandeel' as is_percentage,
        case
            when cijfer.realisatie is null then 'geen_cijfer'
            when breuk.trendbreuk_code is not null then 'trendbreuk'
            when vorige.realisatie is null then 'geen_vorig_cijfer'
            when not cijfer.is_heel_jaar and cijfer.jaar = year(peildatum.kijkdag) then 'jaar_loopt'
            when not (cijfer.is_heel_jaar and vorige.is_heel_jaar) then 'jaar_niet_heel'
            else coalesce(cijfer.voorbehoud_reden, vorige.voorbehoud_reden)
        end as geen_vergelijking_reden
    from {{ ref('int_realisaties_berekend') }} as cijfer
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    inner join {{ ref('indicator') }} as indicator on cijfer.indicator_code = indicator.indicator_code
    inner join {{ ref('uitsplitsing') }} as uitsplitsing on cijfer.uitsplitsing_soort = uitsplitsing.uitsplitsing_soort
    left join {{ ref('int_realisaties_berekend') }} as vorige
        on
            cijfer.indicator_code = vorige.indicator_code
            and cijfer.jaar = vorige.jaar + 1
            and cijfer.eenheid_code = vorige.eenheid_code
            and cijfer.uitsplitsing_soort = vorige.uitsplitsing_soort
            and cijfer.uitsplitsing_code = vorige.uitsplitsing_code
    left join {{ ref('int_trendbreuken_bekend') }} as breuk
        on cijfer.indicator_code = breuk.indicator_code and cijfer.jaar = breuk.jaar_vanaf

)

select
    indicator_code,
    jaar,
    eenheid_code,
    uitsplitsing_soort,
    uitsplitsing_code,
    case when geen_vergelijking_reden is null then realisatie - vorig_jaar_realisatie end as verandering,
    case
        when geen_vergelijking_reden is null and not is_percentage
            then round(100.0 * (realisatie - vorig_jaar_realisatie) / nullif(vorig_jaar_realisatie, 0), 1)
    end::decimal(18, 1) as verandering_pct,
    geen_vergelijking_reden,
    trendbreuk_code
from naast_elkaar
