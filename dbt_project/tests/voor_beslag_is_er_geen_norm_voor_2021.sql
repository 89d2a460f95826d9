select
    norm.jaar,
    norm.besluit_code,
    norm.streefcijfer
from {{ ref('norm') }} as norm
inner join {{ ref('besluit') }} as besluit on norm.besluit_code = besluit.besluit_code
where
    norm.indicator_code = 'beslag_conservatoir_politie_eur'
    and norm.streefcijfer is not null
    and (norm.jaar < 2021 or besluit.besluit_datum < date '2020-11-23')
