select
    agenda.agenda_code,
    agenda.vastgesteld_op,
    min(besluit.besluit_datum) as eerste_besluit
from {{ ref('agenda') }} as agenda
inner join {{ ref('norm') }} as norm on agenda.agenda_code = norm.agenda_code
inner join {{ ref('besluit') }} as besluit on norm.besluit_code = besluit.besluit_code
where agenda.vastgesteld_op is not null
group by agenda.agenda_code, agenda.vastgesteld_op
having min(besluit.besluit_datum) != agenda.vastgesteld_op
