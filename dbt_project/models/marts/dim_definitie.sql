with

-- Of each that decides for some year.
gekozen as (

    select distinct definitie_versie from {{ ref('int_definities_gekozen') }}

)

select
    definitie.definitie_versie,
    definitie.indicator_code,
    definitie.geldig_vanaf,
    definitie.jaar_van,
    definitie.jaar_tot,
    definitie.telregel,
    ingevuld.parameterwaarden,
    gekozen.definitie_versie is not null as is_gekozen,
    definitie.omschrijving,
    definitie.is_aanname,
    definitie.bron
from {{ ref('definitie') }} as definitie
left join gekozen
    on definitie.definitie_versie = gekozen.definitie_versie
left join {{ ref('int_parameters_opgesomd') }} as ingevuld
    on definitie.definitie_versie = ingevuld.definitie_versie
