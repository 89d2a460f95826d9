select
    telmodel,
    telregel,
    indicator_code,
    definitie_versie
from {{ ref('definitie') }}
where (telmodel, telregel) not in ({{ telregels() }})
