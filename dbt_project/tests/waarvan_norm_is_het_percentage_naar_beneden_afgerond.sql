select
    deel.agenda_code,
    deel.indicator_code,
    deel.jaar,
    deel.besluit_code,
    deel.streefcijfer,
    deel.streefcijfer_pct,
    geheel.streefcijfer as streefcijfer_geheel
from {{ ref('norm') }} as deel
inner join {{ ref('indicator') }} as indicator on deel.indicator_code = indicator.indicator_code
left join {{ ref('norm') }} as geheel
    on
        deel.agenda_code = geheel.agenda_code
        and indicator.waarvan = geheel.indicator_code
        and deel.jaar = geheel.jaar
        and deel.besluit_code = geheel.besluit_code
where
    deel.streefcijfer_pct is not null
    and deel.streefcijfer is distinct from floor(geheel.streefcijfer * deel.streefcijfer_pct / 100)
