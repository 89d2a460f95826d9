with

eenheden as (

    {{ eenheden_per_jaar() }}

)

select
    eenheid_code,
    eenheid_naam,
    eenheid_soort,
    volgorde
from eenheden
-- A unit that is no more has figures of the years in which it was.
qualify row_number() over (partition by eenheid_code order by jaar_van desc nulls last) = 1
