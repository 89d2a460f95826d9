select
    geheel.jaar,
    geheel.eenheid_code,
    indeling.soort,
    geheel.realisatie,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
cross join (values ('uitbuiting_agenda'), ('uitbuiting_nrm'), ('melder')) as indeling (soort)
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and indeling.soort = deel.uitsplitsing_soort
        and (indeling.soort != 'melder' or deel.uitsplitsing_code = 'POL')
where
    geheel.indicator_code = 'slachtoffers_comensha' and geheel.uitsplitsing_soort = 'geen'
    and geheel.realisatie > 0
group by geheel.jaar, geheel.eenheid_code, indeling.soort, geheel.realisatie
having count(deel.geen_realisatie_reden) = 0 and sum(deel.realisatie) is distinct from geheel.realisatie
