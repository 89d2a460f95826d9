select
    voortgang.agenda_code,
    voortgang.indicator_code,
    count(*) as aantal_rijen,
    min(voortgang.jaar) as eerste,
    max(voortgang.jaar) as laatste
from {{ batch }} as voortgang
inner join marts.dim_agenda as agenda on voortgang.agenda_code = agenda.agenda_code
group by voortgang.agenda_code, voortgang.indicator_code, agenda.jaar_van, agenda.jaar_tot
having
    count(*) != agenda.jaar_tot - agenda.jaar_van + 1
    or min(voortgang.jaar) != agenda.jaar_van or max(voortgang.jaar) != agenda.jaar_tot
