select distinct
    voortgang.agenda_code,
    voortgang.indicator_code
from marts.fct_voortgang as voortgang
left join {{ batch }} as afspraak
    on
        voortgang.agenda_code = afspraak.agenda_code
        and voortgang.indicator_code = afspraak.indicator_code
where voortgang.agenda_code != 'va_2015_2018' and afspraak.afspraak_code is null
