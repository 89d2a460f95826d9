select
    agenda_code,
    indicator_code,
    jaar,
    besluit_code
from {{ ref('norm') }}
where streefcijfer = 0
