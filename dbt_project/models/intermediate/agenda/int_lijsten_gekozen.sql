select
    versie.lijst_code,
    versie.lijst_versie,
    versie.is_aanname
from {{ ref('lijst_versie') }} as versie
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
where
    versie.geldig_vanaf <= peildatum.peildatum
    or versie.lijst_versie in ({{ gevraagde_versies() }})
qualify
    row_number() over (
        partition by versie.lijst_code
        order by
            versie.lijst_versie in ({{ gevraagde_versies() }}) desc,
            versie.geldig_vanaf desc,
            versie.lijst_versie desc
    ) = 1
