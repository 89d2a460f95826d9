with

gekozen as (

    {{ definities_van('int_oskm_resultaten_geteld') }}

),

per_indicator as (

    select
        samenstelling.indicator_code,
        samenstelling.rol,
        gekozen.telregel,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        year(resultaat.vaststelling_datum) as jaar,
        resultaat.* replace (
            case
                when
                    resultaat.regel_code in ('telt', 'onbekende_code')
                    and resultaat.resultaatsoort_code != samenstelling.onderdeel_code
                    then 'oskm_andere_soort'
                else resultaat.regel_code
            end as regel_code
        )
    from {{ ref('int_oskm_resultaten_beoordeeld') }} as resultaat
    inner join gekozen on gekozen.telregel in ('eerste_vaststelling', 'jaar_van_vaststelling')
    inner join {{ ref('indicator_samenstelling') }} as samenstelling
        on gekozen.indicator_code = samenstelling.indicator_code

),

-- A person counts once for good, or once in each year: of rows with the same `eenmaal` only the first counts.
per_persoon as (

    select
        *,
        concat(
            indicator_code, jaar_van, persoon_nr, case when telregel = 'jaar_van_vaststelling' then jaar end
        ) as eenmaal
    from per_indicator

),

-- A row that may count leaves open its own year and that of a later first row; once the person counts it does nothing.
ontdubbeld as (

    select
        * replace (
            case
                when
                    regel_code = 'telt'
                    and row_number() over (
                        partition by eenmaal, regel_code order by vaststelling_datum, resultaat_nr
                    ) > 1
                    then 'dubbel'
                when
                    regel_code = 'telt'
                    and jaar > min(case when regel_code = 'onbekende_code' then jaar end) over (partition by eenmaal)
                    then 'onbekende_code'
                when
                    regel_code = 'onbekende_code'
                    and jaar >= min(case when regel_code = 'telt' then jaar end) over (partition by eenmaal)
                    then 'dubbel'
                else regel_code
            end as regel_code
        )
    from per_persoon

)

select
    indicator_code,
    jaar,
    eenheid_code,
    persoon_nr as teleenheid,
    rol,
    levering_nr,
    record_nr,
    regel_code
from ontdubbeld
where {{ in_zijn_jaren(none, 'jaar') }}
