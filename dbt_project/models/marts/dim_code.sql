select
    concat(code_soort, '/', code) as code_key,
    code_soort,
    code,
    naam,
    omschrijving,
    volgorde
from {{ ref('int_codes_verzameld') }}
