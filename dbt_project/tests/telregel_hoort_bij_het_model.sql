select
    definitie.telmodel,
    definitie.telregel,
    definitie.indicator_code,
    definitie.definitie_versie
from {{ ref('definitie') }} as definitie
left join (values {{ telregels() }}) as bekend (telmodel, telregel)
    on definitie.telmodel = bekend.telmodel and definitie.telregel = bekend.telregel
where bekend.telregel is null
