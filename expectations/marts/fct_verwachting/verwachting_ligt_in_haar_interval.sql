select
    verwachting.indicator_code,
    verwachting.jaar,
    verwachting.ondergrens,
    verwachting.verwachte_eindwaarde,
    verwachting.bovengrens,
    verwachting.ontwikkelfactor,
    verwachting.aantal_jaren
from {{ batch }} as verwachting
inner join seeds.naijling as naijling on verwachting.indicator_code = naijling.indicator_code
where verwachting.verwachte_eindwaarde is not null and (
    verwachting.verwachte_eindwaarde not between coalesce(verwachting.ondergrens, 0)
    and coalesce(verwachting.bovengrens, verwachting.verwachte_eindwaarde)
    or abs(verwachting.verwachte_eindwaarde / verwachting.realisatie - verwachting.ontwikkelfactor) > 0.0001
    or verwachting.aantal_jaren < naijling.minimum_aantal_jaren
)
