select
    levering.publicatie_nr,
    levering.levering_nr
from {{ source('publicaties', 'levering') }} as levering
inner join {{ ref('base_publicaties__laatste') }} as laatste on levering.publicatie_nr = laatste.publicatie_nr
