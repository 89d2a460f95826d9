with

modellen as (

    select unnest([{{ telmodellen() | join(', ') }}]::varchar[]) as telmodel

)

select distinct
    coalesce(definitie.telmodel, modellen.telmodel) as telmodel,
    definitie.indicator_code,
    case
        when definitie.telmodel is null then 'een rij in definitie.csv met dit telmodel'
        else 'een model van deze naam dat zegt dat het telt'
    end as ontbreekt
from {{ ref('definitie') }} as definitie
full join modellen on definitie.telmodel = modellen.telmodel
where definitie.telmodel is null or modellen.telmodel is null
