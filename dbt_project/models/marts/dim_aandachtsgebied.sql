select
    aandachtsgebied_code,
    aandachtsgebied_naam,
    is_accent,
    geldig_van,
    geldig_tot,
    bron
from {{ ref('aandachtsgebied') }}
