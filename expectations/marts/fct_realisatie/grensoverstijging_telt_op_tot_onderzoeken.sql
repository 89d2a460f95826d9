select
    geheel.jaar,
    geheel.eenheid_code,
    soort.uitsplitsing_soort,
    geheel.realisatie,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
cross join (values ('regio_overstijgend'), ('lands_overstijgend')) as soort (uitsplitsing_soort)
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and soort.uitsplitsing_soort = deel.uitsplitsing_soort
where geheel.indicator_code = 'csv_onderzoeken' and geheel.uitsplitsing_soort = 'geen' and geheel.realisatie > 0
group by geheel.jaar, geheel.eenheid_code, soort.uitsplitsing_soort, geheel.realisatie
having sum(deel.realisatie) is distinct from geheel.realisatie
