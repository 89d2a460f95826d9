{{ config(materialized='table') }}

with

toegelaten as (

    select
        levering.levering_nr,
        levering.registratie,
        levering.extract,
        levering.soort,
        levering.stand_datum,
        levering.ontvangen_op,
        levering.bestand,
        levering.dekking_vanaf,
        periode.periode
    from {{ source('leveringen', 'levering') }} as levering
    inner join {{ ref('base_leveringen__oordeel') }} as oordeel on levering.levering_nr = oordeel.levering_nr
    left join {{ source('leveringen', 'levering_periode') }} as periode on levering.levering_nr = periode.levering_nr
    cross join {{ ref('base_leveringen__vraag') }} as vraag
    where
        oordeel.oordeel = 'toegelaten'
        and (vraag.stand_tot is null or levering.stand_datum <= vraag.stand_tot)

),

-- A correction supersedes what was received earlier for the same state, or (periode) for the same period. Of two that
-- were received at one time the name of the file decides, so that it does not matter which was loaded first.
nieuwste_versies as (

    select *
    from toegelaten
    qualify
        row_number() over (
            partition by
                registratie,
                extract,
                soort,
                case when soort = 'periode' then periode else stand_datum::varchar end
            order by stand_datum desc, ontvangen_op desc, bestand desc, levering_nr desc
        ) = 1

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
    versie.periode
from nieuwste_versies as versie
left join nieuwste_volledige as volledige
    on versie.registratie = volledige.registratie and versie.extract = volledige.extract
where
    versie.soort = 'periode'
    or (versie.soort = 'volledig' and versie.stand_datum = volledige.stand_datum)
    -- Changes say nothing about the rows that did not change: without a full delivery below them they are no register.
    or (versie.soort = 'mutaties' and versie.stand_datum > volledige.stand_datum)
