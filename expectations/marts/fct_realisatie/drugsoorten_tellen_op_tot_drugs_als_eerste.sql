with indelingen (soort) as (
    values ('drugsoort_eerste'), ('drugsoort_agenda_eerste')
)

select
    geheel.jaar,
    geheel.eenheid_code,
    geheel.realisatie,
    indelingen.soort,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
cross join indelingen
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and indelingen.soort = deel.uitsplitsing_soort
where geheel.uitsplitsing_soort = 'aandachtsgebied_eerste' and geheel.uitsplitsing_code = 'DRUGS'
group by geheel.jaar, geheel.eenheid_code, geheel.realisatie, indelingen.soort
having sum(deel.realisatie) is distinct from geheel.realisatie
