select
    voortgang.indicator_code,
    voortgang.jaar,
    voortgang.realisatie as voortgang,
    cijfer.realisatie
from marts.fct_voortgang as voortgang
left join {{ batch }} as cijfer
    on
        voortgang.indicator_code = cijfer.indicator_code and voortgang.jaar = cijfer.jaar
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where voortgang.realisatie is distinct from cijfer.realisatie
