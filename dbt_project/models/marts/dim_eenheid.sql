with

eenheden as (

    {{ lijst_per_code('eenheid', 'eenheid_code') }}

)

-- A unit that is no more has figures of the years in which it was.
select
    eenheid_code,
    eenheid_naam,
    eenheid_soort,
    volgorde
from eenheden
