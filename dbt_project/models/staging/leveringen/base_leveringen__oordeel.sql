{{ config(materialized='table') }}

select
    oordeel.levering_nr,
    oordeel.oordeel,
    oordeel.reden,
    oordeel.door,
    oordeel.geldt_vanaf
from {{ source('leveringen', 'oordeel') }} as oordeel
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
cross join {{ ref('base_leveringen__vraag') }} as vraag
-- In the present every refusal is known; only what is in force waits for its day.
where
    oordeel.geldt_vanaf::date <= peildatum.peildatum
    or (vraag.peildatum is null and oordeel.oordeel != 'toegelaten')
qualify
    row_number() over (
        partition by oordeel.levering_nr order by oordeel.geldt_vanaf desc, oordeel.vastgelegd_op desc
    ) = 1
