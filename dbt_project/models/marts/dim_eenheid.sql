select
    eenheid_code,
    eenheid_naam,
    eenheid_soort,
    volgorde
from {{ ref('eenheid') }}
