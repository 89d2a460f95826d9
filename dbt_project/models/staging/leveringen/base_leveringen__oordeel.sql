{{ config(materialized='table') }}

select
    oordeel.levering_nr,
    oordeel.oordeel,
    oordeel.reden,
    oordeel.door,
    oordeel.geldt_vanaf
from {{ source('leveringen', 'oordeel') }} as oordeel
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
where oordeel.geldt_vanaf::date <= peildatum.peildatum
qualify
    row_number() over (
        partition by oordeel.levering_nr order by oordeel.geldt_vanaf desc, oordeel.vastgelegd_op desc
    ) = 1
