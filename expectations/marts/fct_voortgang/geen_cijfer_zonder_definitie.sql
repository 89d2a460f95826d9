select
    indicator_code,
    jaar,
    realisatie
from {{ batch }}
where realisatie is not null and (definitie_versie is null or realisatie_status is null)
