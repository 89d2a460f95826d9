select
    geheel.jaar,
    geheel.eenheid_code,
    geheel.realisatie,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and deel.uitsplitsing_soort = 'drugsoort_eerste'
where geheel.uitsplitsing_soort = 'aandachtsgebied_eerste' and geheel.uitsplitsing_code = 'DRUGS'
group by geheel.jaar, geheel.eenheid_code, geheel.realisatie
having sum(deel.realisatie) is distinct from geheel.realisatie
