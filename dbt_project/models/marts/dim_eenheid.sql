select
    eenheid_code,
    eenheid_naam,
    eenheid_soort,
    is_regionaal,
    volgorde
from {{ ref('eenheid') }}
