-- A minimum that holds for each regional unit apart, where the definition of an indicator sets one. A unit without a
-- figure has not kept it.
select
    realisatie.indicator_code,
    realisatie.jaar,
    parameter.waarde::decimal(18, 2) as minimum_per_eenheid,
    count(*) filter (realisatie.realisatie >= parameter.waarde::decimal(18, 2)) as aantal_eenheden_gehaald,
    count(*) filter (realisatie.realisatie >= parameter.waarde::decimal(18, 2))
    = (
        select count(*)
        from {{ ref('eenheid') }} as alle
        where alle.eenheid_soort = 'regionaal'
    ) as is_elke_eenheid_gehaald
from {{ ref('int_realisaties_berekend') }} as realisatie
inner join {{ ref('eenheid') }} as eenheid
    on realisatie.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort = 'regionaal'
inner join {{ ref('definitie_parameter') }} as parameter
    on realisatie.definitie_versie = parameter.definitie_versie and parameter.parameter = 'minimum_per_eenheid'
where realisatie.uitsplitsing_soort = 'geen'
group by realisatie.indicator_code, realisatie.jaar, parameter.waarde
