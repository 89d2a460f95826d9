with

lijst as (

    {{ gekozen_lijst('aandachtsgebied') }}

)

select
    aandachtsgebied_code,
    lijst_versie,
    aandachtsgebied_naam,
    is_accent,
    geldig_van,
    geldig_tot,
    bron
from lijst
-- An area that is no more has figures of the years in which it was.
qualify row_number() over (partition by aandachtsgebied_code order by jaar_van desc nulls last) = 1
