with

leveringen as (

    select distinct
        naijling.indicator_code,
        levering.levering_nr,
        levering.stand_datum,
        levering.ontvangen_op
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
    )) as sleutel
from standen as stand
inner join leveringen as levering
    on stand.indicator_code = levering.indicator_code and stand.stand_datum >= levering.stand_datum
inner join versies on stand.indicator_code = versies.indicator_code
group by stand.indicator_code, stand.stand_datum, stand.ontvangen_op, versies.versies
