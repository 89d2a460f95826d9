with

-- Of each that decides for some year.
gekozen as (

    select distinct lijst_versie from {{ ref('int_lijsten_gekozen') }}

)

select
    versie.lijst_versie,
    versie.lijst_code,
    versie.geldig_vanaf,
    versie.jaar_van,
    versie.jaar_tot,
    gekozen.lijst_versie is not null as is_gekozen,
    versie.eigenaar,
    versie.omschrijving,
    versie.is_aanname,
    versie.bron
from {{ ref('lijst_versie') }} as versie
left join gekozen
    on versie.lijst_versie = gekozen.lijst_versie
