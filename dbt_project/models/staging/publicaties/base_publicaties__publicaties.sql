{{ config(materialized='table') }}

select
    ---------- sleutels
    gebeurtenis.publicatie_nr,

    ---------- codes
    case max(case gebeurtenis.soort when 'voornemen' then 1 when 'afgebroken' then 2 when 'bevestigd' then 3 else 4 end)
        when 1 then 'voorgenomen'
        when 2 then 'afgebroken'
        when 3 then 'gepubliceerd'
        else 'gereconstrueerd'
    end as soort,

    ---------- datums
    min(gebeurtenis.vastgelegd_op) as gepubliceerd_op,
    min(gebeurtenis.peildatum) as peildatum,

    ---------- inhoud
    max(gebeurtenis.vingerafdruk) as vingerafdruk,
    max(gebeurtenis.rekenwijze) as rekenwijze,
    max(gebeurtenis.aantal_tabellen) as aantal_tabellen,
    max(gebeurtenis.aantal_rijen) as aantal_rijen,
    max_by(gebeurtenis.sha256, -gebeurtenis.gebeurtenis_nr) as keten_sha256,

    -- On a day in the past only what was published by then is known; what was reconstructed stands for its own day.
    bool_or(
        vraag.is_publicatie
        or vraag.peildatum is null
        or vraag.peildatum >= case
            when gebeurtenis.soort = 'gereconstrueerd' then gebeurtenis.peildatum
            else gebeurtenis.vastgelegd_op::date
        end
    ) as is_bekend
from {{ source('publicaties', 'gebeurtenis') }} as gebeurtenis
cross join {{ ref('base_leveringen__vraag') }} as vraag
group by gebeurtenis.publicatie_nr
