select
    verwachting.indicator_code,
    verwachting.jaar,
    verwachting.realisatie,
    cijfer.realisatie as landelijk,
    verwachting.verwachte_eindwaarde,
    verwachting.geen_verwachting_reden
from {{ batch }} as verwachting
left join marts.fct_realisatie as cijfer
    on
        verwachting.indicator_code = cijfer.indicator_code
        and verwachting.jaar = cijfer.jaar and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    verwachting.realisatie is distinct from cijfer.realisatie
    or (verwachting.verwachte_eindwaarde is null) != (verwachting.geen_verwachting_reden is not null)
    or (verwachting.verwachte_eindwaarde is not null and verwachting.bovengrens is null)
    != (verwachting.geen_interval_reden is not null)
