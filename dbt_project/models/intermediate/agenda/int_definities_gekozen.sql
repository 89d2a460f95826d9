with

lijsten as (

    select
        gebruik.indicator_code,
        string_agg(gekozen.lijst_versie, ', ' order by gekozen.lijst_versie) as lijst_versies
    from {{ ref('indicator_lijst') }} as gebruik
    inner join {{ ref('int_lijsten_gekozen') }} as gekozen on gebruik.lijst_code = gekozen.lijst_code
    group by gebruik.indicator_code

)

select
    definitie.indicator_code,
    definitie.definitie_versie,
    definitie.telregel,
    definitie.is_aanname,
    lijsten.lijst_versies
from {{ ref('definitie') }} as definitie
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
left join lijsten on definitie.indicator_code = lijsten.indicator_code
where
    definitie.geldig_vanaf <= peildatum.peildatum
    or definitie.definitie_versie in ({{ gevraagde_versies() }})
qualify
    row_number() over (
        partition by definitie.indicator_code
        order by
            definitie.definitie_versie in ({{ gevraagde_versies() }}) desc,
            definitie.geldig_vanaf desc,
            definitie.definitie_versie desc
    ) = 1
