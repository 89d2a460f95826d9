select
    versie.lijst_code,
    versie.lijst_versie,
    versie.is_aanname
from {{ ref('lijst_versie') }} as versie
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
left join {{ ref('base_leveringen__gevraagde_versies') }} as gevraagd on versie.lijst_versie = gevraagd.versie
where
    versie.geldig_vanaf <= peildatum.kijkdag
    or gevraagd.versie is not null
qualify
    row_number() over (
        partition by versie.lijst_code
        order by
            gevraagd.versie is not null desc,
            versie.geldig_vanaf desc,
            versie.lijst_versie desc
    ) = 1
