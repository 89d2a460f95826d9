select
    norm.agenda_code,
    norm.indicator_code,
    norm.jaar,
    norm.besluit_code,
    norm.geen_streefcijfer_reden,
    indicator.oordeel_regel
from {{ ref('norm') }} as norm
inner join {{ ref('indicator') }} as indicator on norm.indicator_code = indicator.indicator_code
where
    (coalesce(norm.geen_streefcijfer_reden, '') = 'richting_toename') != (indicator.oordeel_regel = 'toename')
