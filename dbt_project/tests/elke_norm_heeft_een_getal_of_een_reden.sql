select
    agenda_code,
    indicator_code,
    jaar,
    besluit_code,
    streefcijfer,
    geen_streefcijfer_reden
from {{ ref('norm') }}
where (streefcijfer is null) = (geen_streefcijfer_reden is null)
