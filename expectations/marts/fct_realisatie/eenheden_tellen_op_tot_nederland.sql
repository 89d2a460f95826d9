select
    land.indicator_code,
    land.jaar,
    land.uitsplitsing_soort,
    land.uitsplitsing_code,
    land.realisatie,
    sum(eenheid.realisatie) as som_eenheden
from {{ batch }} as land
inner join {{ batch }} as eenheid
    on
        land.indicator_code = eenheid.indicator_code and land.jaar = eenheid.jaar
        and land.uitsplitsing_soort = eenheid.uitsplitsing_soort
        and land.uitsplitsing_code = eenheid.uitsplitsing_code and eenheid.eenheid_code != 'NL'
inner join marts.dim_indicator as indicator on land.indicator_code = indicator.indicator_code
where land.eenheid_code = 'NL' and indicator.meetwijze in ('aantal', 'som') and land.realisatie is not null
group by land.indicator_code, land.jaar, land.uitsplitsing_soort, land.uitsplitsing_code, land.realisatie
having count(eenheid.geen_realisatie_reden) = 0 and land.realisatie != sum(eenheid.realisatie)
