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
