select
    'geregistreerde_misdrijven' as indicator_code,
    misdrijven.levering_nr,
    misdrijven.record_nr,
    misdrijven.jaar,
    misdrijven.aantal_misdrijven,
    label.eenheid_code,
    coalesce(label.gebied_soort, 'gemeente') as gebied_soort,
    -- Nation, units and municipalities stack; only the units, with what cannot be placed, are parts of one whole.
    coalesce(label.gebied_soort = 'eenheid', false) as telt_mee
from {{ ref('stg_geregistreerde_misdrijven__misdrijven') }} as misdrijven
left join {{ ref('eenheid_label') }} as label on misdrijven.gebied_label = label.label
