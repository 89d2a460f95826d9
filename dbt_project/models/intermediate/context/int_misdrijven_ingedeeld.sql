select
    'geregistreerde_misdrijven' as indicator_code,
    misdrijven.jaar,
    gebied.eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    misdrijven.gebied_label as teleenheid,
    'bedrag' as rol,
    misdrijven.aantal_misdrijven as waarde,
    misdrijven.levering_nr,
    misdrijven.record_nr,
    coalesce(gebied.gebied_soort, 'gemeente') as gebied_soort,
    -- Nation, units and municipalities stack; only the units, with what cannot be placed, are parts of one whole.
    case when gebied.gebied_soort = 'eenheid' then 'telt' else 'ander_gebied' end as regel_code,
    coalesce(gebied.gebied_soort = 'eenheid', false) as telt_mee
from {{ ref('stg_geregistreerde_misdrijven__misdrijven') }} as misdrijven
left join {{ ref('eenheid_label') }} as gebied on misdrijven.gebied_label = gebied.label
