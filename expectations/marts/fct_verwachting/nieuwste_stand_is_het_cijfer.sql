select
    verwachting.indicator_code,
    verwachting.jaar,
    verwachting.realisatie,
    verwachting.stand_datum,
    stand.realisatie as volgens_stand
from {{ batch }} as verwachting
inner join intermediate.int_ontwikkelingen_verzameld as stand
    on
        verwachting.indicator_code = stand.indicator_code
        and verwachting.jaar = stand.jaar and verwachting.stand_datum = stand.stand_datum
where verwachting.realisatie is distinct from stand.realisatie
