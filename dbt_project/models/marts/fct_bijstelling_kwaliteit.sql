with

gemiddelden as (

    select
        indicator_code,
        termijn_maanden,
        count(*)::integer as aantal_jaren,
        round(avg(bijstelling), 2)::decimal(18, 2) as gemiddelde_bijstelling,
        round(avg(abs(bijstelling)), 2)::decimal(18, 2) as gemiddelde_absolute_bijstelling,
        round(avg(bijstelling_pct), 2)::decimal(18, 2) as gemiddelde_bijstelling_pct,
        round(avg(abs(bijstelling_pct)), 2)::decimal(18, 2) as gemiddelde_absolute_bijstelling_pct
    from {{ ref('int_bijstellingen_gemeten') }}
    group by indicator_code, termijn_maanden

)

select
    indicator.indicator_code,
    termijn.termijn_maanden,
    peildatum.peildatum,
    indicator.eenheid_van_maat,
    coalesce(gemiddelde.aantal_jaren, 0) as aantal_jaren,
    gemiddelde.gemiddelde_bijstelling,
    gemiddelde.gemiddelde_absolute_bijstelling,
    gemiddelde.gemiddelde_bijstelling_pct,
    gemiddelde.gemiddelde_absolute_bijstelling_pct,
    case when toets.p_waarde is not null then 'tweezijdige t-toets van het gemiddelde tegen nul' end as toets,
    termijn.minimum_aantal_jaren,
    toets.toetsgrootheid::decimal(18, 4) as toetsgrootheid,
    toets.p_waarde::decimal(9, 4) as p_waarde,
    toets.is_vertekend,
    case
        when toets.p_waarde is null then coalesce(toets.geen_toets_reden, 'te_weinig_bijstellingen')
    end as geen_toets_reden
from {{ ref('indicator') }} as indicator
cross join {{ ref('bijstelling_termijn') }} as termijn
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
left join gemiddelden as gemiddelde
    on
        indicator.indicator_code = gemiddelde.indicator_code
        and termijn.termijn_maanden = gemiddelde.termijn_maanden
left join {{ ref('int_bijstellingen_getoetst') }} as toets
    on indicator.indicator_code = toets.indicator_code and termijn.termijn_maanden = toets.termijn_maanden
