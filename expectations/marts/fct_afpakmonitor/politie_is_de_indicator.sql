select
    voortgang.jaar,
    voortgang.realisatie,
    sum(afpakmonitor.bedrag_politie_eur) as bedrag_in_monitor
from marts.fct_voortgang as voortgang
inner join {{ batch }} as afpakmonitor
    on
        voortgang.jaar = afpakmonitor.jaar and afpakmonitor.stap_code = 'beslag_gelegd'
        and afpakmonitor.beslagsoort = 'conservatoir'
where voortgang.indicator_code = 'beslag_conservatoir_politie_eur' and voortgang.realisatie is not null
group by voortgang.agenda_code, voortgang.jaar, voortgang.realisatie
having
    count(*) filter (afpakmonitor.geen_bedrag_reden is not null) = 0
    and sum(afpakmonitor.bedrag_politie_eur) is distinct from voortgang.realisatie
