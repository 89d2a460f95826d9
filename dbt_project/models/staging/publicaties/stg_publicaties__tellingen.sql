select
    telling.indicator_code,
    telling.jaar,
    telling.rol,
    telling.teleenheid,
    telling.waarde,
    telling.levering_nr,
    telling.record_nr,
    telling.regel_code,
    telling.telt_mee
from {{ source('publicaties', 'telling') }} as telling
inner join {{ ref('base_publicaties__laatste') }} as laatste on telling.publicatie_nr = laatste.publicatie_nr
