select
    deel.indicator_code,
    deel.jaar,
    deel.realisatie,
    geheel.realisatie as geheel
from {{ batch }} as deel
inner join marts.dim_indicator as indicator on deel.indicator_code = indicator.indicator_code
inner join {{ batch }} as geheel
    on
        indicator.waarvan = geheel.indicator_code and deel.jaar = geheel.jaar
        and deel.agenda_code = geheel.agenda_code
where deel.realisatie > geheel.realisatie or deel.streefcijfer > geheel.streefcijfer
