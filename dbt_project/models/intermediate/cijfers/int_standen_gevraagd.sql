with

leveringen as (

    select distinct
        naijling.indicator_code,
        levering.levering_nr,
        levering.stand_datum,
        levering.ontvangen_op,
        levering.registratie,
        levering.extract,
        levering.soort,
        levering.verwijderd_datum is not null as is_verwijderd
    from {{ ref('naijling') }} as naijling
    inner join {{ ref('int_bronnen_afgeleid') }} as bron on naijling.indicator_code = bron.indicator_code
    inner join {{ ref('stg_leveringen__leveringen') }} as levering
        on bron.registratie = levering.registratie and bron.extract = levering.extract
    where levering.oordeel = 'toegelaten'

),

standen as (

    select
        indicator_code,
        stand_datum,
        max(ontvangen_op) as ontvangen_op
    from leveringen
    group by indicator_code, stand_datum

),

-- A state rests on the newest full delivery of it or of an earlier one, and on what was delivered since.
verwijderd as (

    select distinct
        stand.indicator_code,
        stand.stand_datum
    from standen as stand
    inner join leveringen as weg
        on stand.indicator_code = weg.indicator_code and stand.stand_datum >= weg.stand_datum and weg.is_verwijderd
    left join leveringen as volledig
        on
            weg.indicator_code = volledig.indicator_code
            and weg.registratie = volledig.registratie
            and weg.extract = volledig.extract
            and volledig.soort = 'volledig'
            and not volledig.is_verwijderd
            and stand.stand_datum >= volledig.stand_datum
            and (volledig.stand_datum, volledig.ontvangen_op) > (weg.stand_datum, weg.ontvangen_op)
    where volledig.levering_nr is null

),

versies as (

    select
        indicator_code,
        string_agg(
            concat_ws('|', jaar_van, definitie_versie, lijst_versies), '|' order by jaar_van nulls first
        ) as versies
    from {{ ref('int_definities_gekozen') }}
    group by indicator_code

)

-- What a register was by the state of a day follows from the deliveries that tell that state or an earlier one.
select
    stand.indicator_code,
    stand.stand_datum,
    stand.ontvangen_op,
    md5(concat_ws(
        '|',
        versies.versies,
        string_agg(
            concat(levering.levering_nr, ' ', levering.ontvangen_op), ',' order by levering.levering_nr
        )
    )) as sleutel,
    (stand.indicator_code, stand.stand_datum) in (from verwijderd) as is_verwijderd
from standen as stand
inner join leveringen as levering
    on stand.indicator_code = levering.indicator_code and stand.stand_datum >= levering.stand_datum
inner join versies on stand.indicator_code = versies.indicator_code
group by stand.indicator_code, stand.stand_datum, stand.ontvangen_op, versies.versies
