select distinct
    norm.agenda_code,
    norm.indicator_code
from {{ ref('norm') }} as norm
left join {{ ref('afspraak') }} as afspraak
    on norm.agenda_code = afspraak.agenda_code and norm.indicator_code = afspraak.indicator_code
-- The text of the agenda 2015-2018 is not at hand.
where norm.agenda_code != 'va_2015_2018' and afspraak.afspraak_code is null
