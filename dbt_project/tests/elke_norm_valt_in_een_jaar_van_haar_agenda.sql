select
    norm.agenda_code,
    norm.indicator_code,
    norm.jaar,
    norm.besluit_code
from {{ ref('norm') }} as norm
inner join {{ ref('agenda') }} as agenda on norm.agenda_code = agenda.agenda_code
where norm.jaar not between agenda.jaar_van and agenda.jaar_tot
