with

lijsten as (

    select
        gebruik.indicator_code,
        string_agg(gekozen.lijst_versie, ', ' order by gekozen.lijst_versie) as lijst_versies
    from {{ ref('int_lijsten_afgeleid') }} as gebruik
    inner join {{ ref('int_lijsten_gekozen') }} as gekozen on gebruik.lijst_code = gekozen.lijst_code
    group by gebruik.indicator_code

)

select
    definitie.indicator_code,
    definitie.definitie_versie,
    definitie.telmodel,
    definitie.telregel,
    definitie.is_aanname,
    lijsten.lijst_versies
from {{ ref('definitie') }} as definitie
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
left join {{ ref('base_leveringen__gevraagde_versies') }} as gevraagd on definitie.definitie_versie = gevraagd.versie
left join lijsten on definitie.indicator_code = lijsten.indicator_code
where
    definitie.geldig_vanaf <= peildatum.kijkdag
    or gevraagd.versie is not null
qualify
    row_number() over (
        partition by definitie.indicator_code
        order by
            gevraagd.versie is not null desc,
            definitie.geldig_vanaf desc,
            definitie.definitie_versie desc
    ) = 1
