with

versies as (

    select
        versie.lijst_code,
        versie.lijst_versie,
        versie.is_aanname,
        versie.geldig_vanaf,
        versie.jaar_van,
        versie.jaar_tot,
        gevraagd.versie is not null as is_gevraagd
    from {{ ref('lijst_versie') }} as versie
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    left join {{ ref('base_leveringen__gevraagde_versies') }} as gevraagd on versie.lijst_versie = gevraagd.versie
    where
        versie.geldig_vanaf <= peildatum.kijkdag
        or gevraagd.versie is not null

),

grenzen as (

    select
        lijst_code,
        null::integer as jaar_van
    from versies

    union

    select
        lijst_code,
        jaar_van
    from versies

    union

    select
        lijst_code,
        jaar_tot + 1 as jaar_van
    from versies

),

{{ gekozen_per_jaarvak('lijst_code', 'lijst_versie') }}

select * from gekozen
