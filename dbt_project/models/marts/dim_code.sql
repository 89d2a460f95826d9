select
    code_soort,
    code,
    naam,
    omschrijving,
    volgorde
from {{ ref('int_codes_verzameld') }}
