select
    geheel.indicator_code,
    geheel.jaar,
    geheel.eenheid_code,
    geheel.realisatie,
    max(deel.realisatie) as grootste,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and deel.uitsplitsing_soort = 'element_mensenhandel'
where
    geheel.indicator_code in ('complexe_onderzoeken_mensenhandel', 'interventies_mensenhandel')
    and geheel.uitsplitsing_soort = 'geen' and geheel.realisatie > 0
group by geheel.indicator_code, geheel.jaar, geheel.eenheid_code, geheel.realisatie
having
    max(deel.realisatie) > geheel.realisatie
    or (count(deel.geen_realisatie_reden) = 0 and coalesce(sum(deel.realisatie), 0) < geheel.realisatie)
