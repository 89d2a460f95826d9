select
    aansluiting.reeks_code,
    aansluiting.jaar,
    aansluiting.realisatie,
    cijfer.realisatie as landelijk,
    aansluiting.verschil
from {{ batch }} as aansluiting
inner join seeds.publicatie_reeks as reeks on aansluiting.reeks_code = reeks.reeks_code
left join marts.fct_realisatie as cijfer
    on
        aansluiting.indicator_code = cijfer.indicator_code
        and aansluiting.jaar = cijfer.jaar and cijfer.eenheid_code = 'NL'
        and reeks.uitsplitsing_soort = cijfer.uitsplitsing_soort
        and reeks.uitsplitsing_code = cijfer.uitsplitsing_code
where
    aansluiting.realisatie is distinct from cijfer.realisatie
    or aansluiting.verschil != cijfer.realisatie - aansluiting.gepubliceerde_waarde
