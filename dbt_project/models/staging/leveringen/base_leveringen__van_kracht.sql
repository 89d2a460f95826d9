{{ config(materialized='table') }}

with

nieuwste_versies as (

    {{ nieuwste_versies() }}

),

nieuwste_volledige as (

    select
        registratie,
        extract,
        max(stand_datum) as stand_datum
    from nieuwste_versies
    where soort = 'volledig'
    group by registratie, extract

)

select
    versie.levering_nr,
    versie.registratie,
    versie.extract,
    versie.soort,
    versie.stand_datum,
    versie.ontvangen_op,
    versie.dekking_vanaf,
    versie.is_demo,
    versie.aantal_apart,
    versie.periode
from nieuwste_versies as versie
left join nieuwste_volledige as volledige
    on versie.registratie = volledige.registratie and versie.extract = volledige.extract
where
    versie.soort = 'periode'
    or (versie.soort = 'volledig' and versie.stand_datum = volledige.stand_datum)
    -- Changes say nothing about the rows that did not change: without a full delivery below them they are no register.
    or (versie.soort = 'mutaties' and versie.stand_datum > volledige.stand_datum)
