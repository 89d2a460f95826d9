with

versies as (

    select
        definitie.indicator_code,
        definitie.definitie_versie,
        definitie.telmodel,
        definitie.telregel,
        definitie.is_aanname,
        definitie.geldig_vanaf,
        definitie.jaar_van,
        definitie.jaar_tot,
        gevraagd.versie is not null as is_gevraagd
    from {{ ref('definitie') }} as definitie
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    left join {{ ref('base_leveringen__gevraagde_versies') }} as gevraagd
        on definitie.definitie_versie = gevraagd.versie
    where
        definitie.geldig_vanaf <= peildatum.kijkdag
        or gevraagd.versie is not null

),

gebruikte_lijsten as (

    select
        gebruik.indicator_code,
        lijst.lijst_versie,
        lijst.jaar_van,
        lijst.jaar_tot
    from {{ ref('int_lijsten_afgeleid') }} as gebruik
    inner join {{ ref('int_lijsten_gekozen') }} as lijst on gebruik.lijst_code = lijst.lijst_code

),

-- A figure names all versions by which it was made, so a span ends where any of them does.
grenzen as (

    select
        indicator_code,
        null::integer as jaar_van
    from versies

    union

    select
        indicator_code,
        jaar_van
    from versies

    union

    select
        indicator_code,
        jaar_tot + 1 as jaar_van
    from versies

    union

    select
        indicator_code,
        jaar_van
    from gebruikte_lijsten

),

{{ gekozen_per_jaarvak('indicator_code', 'definitie_versie') }},

lijsten as (

    select
        vak.indicator_code,
        vak.jaar_van,
        string_agg(lijst.lijst_versie, ', ' order by lijst.lijst_versie) as lijst_versies
    from vakken as vak
    inner join gebruikte_lijsten as lijst
        on vak.indicator_code = lijst.indicator_code and {{ in_zijn_jaren('lijst', 'vak.jaar_van') }}
    group by vak.indicator_code, vak.jaar_van

)

select
    gekozen.*,
    lijsten.lijst_versies
from gekozen
left join lijsten
    on gekozen.indicator_code = lijsten.indicator_code and gekozen.jaar_van is not distinct from lijsten.jaar_van
