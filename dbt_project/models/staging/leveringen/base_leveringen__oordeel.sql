{{ config(materialized='table') }}

select
    oordeel.levering_nr,
    oordeel.oordeel,
    oordeel.reden,
    oordeel.door,
    oordeel.geldt_vanaf,
    verwijderd.verwijderd_op,
    verwijderd.reden as verwijderd_reden,
    verwijderd.van_kracht_tot
from {{ source('leveringen', 'oordeel') }} as oordeel
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
cross join {{ ref('base_leveringen__vraag') }} as vraag
-- Whatever day is asked: what is gone now, is gone for every day.
left join {{ source('leveringen', 'verwijderd') }} as verwijderd on oordeel.levering_nr = verwijderd.levering_nr
-- In the present every refusal is known; only what is in force waits for its day.
where
    oordeel.geldt_vanaf::date <= peildatum.peildatum
    or (vraag.peildatum is null and oordeel.oordeel != 'toegelaten')
qualify
    row_number() over (
        partition by oordeel.levering_nr order by oordeel.geldt_vanaf desc, oordeel.vastgelegd_op desc
    ) = 1
