select
    geheel.jaar,
    geheel.eenheid_code,
    geheel.realisatie,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and deel.uitsplitsing_soort = 'aandachtsgebied_eerste'
where geheel.indicator_code = 'csv_onderzoeken' and geheel.uitsplitsing_soort = 'geen' and geheel.realisatie > 0
group by geheel.jaar, geheel.eenheid_code, geheel.realisatie
having sum(deel.realisatie) is distinct from geheel.realisatie
