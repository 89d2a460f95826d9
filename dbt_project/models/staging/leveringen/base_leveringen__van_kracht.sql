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
        levering.dekking_vanaf,
        periode.periode
    from {{ source('leveringen', 'levering') }} as levering
    inner join {{ ref('base_leveringen__oordeel') }} as oordeel on levering.levering_nr = oordeel.levering_nr
    left join {{ source('leveringen', 'levering_periode') }} as periode on levering.levering_nr = periode.levering_nr
    where oordeel.oordeel = 'toegelaten'

),

-- A correction supersedes what was received earlier for the same state, or (periode) for the same period.
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
            order by stand_datum desc, ontvangen_op desc, levering_nr desc
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
    or (versie.soort = 'mutaties' and (volledige.stand_datum is null or versie.stand_datum > volledige.stand_datum))
