-- A minimum that holds for each regional unit apart, where the definition of an indicator sets one. A unit without a
-- figure has not kept it.
with

eenheden as (

    {{ gekozen_lijst('eenheid') }}

),

gesteld as (

    select distinct
        realisatie.indicator_code,
        realisatie.jaar,
        parameter.waarde::decimal(18, 2) as minimum_per_eenheid
    from {{ ref('int_realisaties_berekend') }} as realisatie
    inner join {{ ref('definitie_parameter') }} as parameter
        on realisatie.definitie_versie = parameter.definitie_versie and parameter.parameter = 'minimum_per_eenheid'
    where realisatie.uitsplitsing_soort = 'geen'

),

getoetst as (

    select
        gesteld.*,
        eenheid.eenheid_naam,
        eenheid.volgorde,
        realisatie.realisatie,
        coalesce(realisatie.realisatie >= gesteld.minimum_per_eenheid, false) as is_gehaald
    from gesteld
    inner join eenheden as eenheid
        on eenheid.eenheid_soort = 'regionaal' and {{ in_zijn_jaren('eenheid', 'gesteld.jaar') }}
    left join {{ ref('int_realisaties_berekend') }} as realisatie
        on
            gesteld.indicator_code = realisatie.indicator_code
            and gesteld.jaar = realisatie.jaar
            and eenheid.eenheid_code = realisatie.eenheid_code
            and realisatie.uitsplitsing_soort = 'geen'

)

select
    indicator_code,
    jaar,
    minimum_per_eenheid,
    count(*) filter (is_gehaald) as aantal_eenheden_gehaald,
    bool_and(is_gehaald) as is_elke_eenheid_gehaald,
    string_agg(
        concat(eenheid_naam, ' ', coalesce(realisatie::bigint::varchar, '(geen cijfer)')), ', ' order by volgorde
    ) filter (not is_gehaald) as eenheden_onder_minimum
from getoetst
group by indicator_code, jaar, minimum_per_eenheid
