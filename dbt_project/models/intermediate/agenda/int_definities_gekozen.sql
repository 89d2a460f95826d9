select
    definitie.indicator_code,
    definitie.definitie_versie,
    definitie.telregel,
    definitie.is_aanname
from {{ ref('definitie') }} as definitie
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
where definitie.geldig_vanaf <= peildatum.peildatum
qualify
    row_number() over (
        partition by definitie.indicator_code
        order by definitie.geldig_vanaf desc, definitie.definitie_versie desc
    ) = 1
