select
    sleutel,
    indicator_code,
    jaar,
    stand_datum,
    realisatie
from {{ source('publicaties', 'stand') }}
where jaar is not null
