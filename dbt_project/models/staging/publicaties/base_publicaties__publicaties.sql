{{ config(materialized='table') }}

select
    ---------- sleutels
    publicatie_nr,

    ---------- codes
    case max(case soort when 'voornemen' then 1 when 'afgebroken' then 2 when 'bevestigd' then 3 else 4 end)
        when 1 then 'voorgenomen'
        when 2 then 'afgebroken'
        when 3 then 'gepubliceerd'
        else 'gereconstrueerd'
    end as soort,

    ---------- datums
    min(vastgelegd_op) as gepubliceerd_op,
    min(gebeurtenis.peildatum) as peildatum,

    ---------- inhoud
    max(vingerafdruk) as vingerafdruk,
    max(rekenwijze) as rekenwijze,
    max(aantal_tabellen) as aantal_tabellen,
    max(aantal_rijen) as aantal_rijen,
    max_by(sha256, -gebeurtenis_nr) as keten_sha256,

    -- On a day in the past only what was published by then is known; what was reconstructed stands for its own day.
    bool_or(
        vraag.is_publicatie
        or vraag.peildatum is null
        or case when soort = 'gereconstrueerd' then gebeurtenis.peildatum else vastgelegd_op::date end
        <= vraag.peildatum
    ) as is_bekend
from {{ source('publicaties', 'gebeurtenis') }} as gebeurtenis
cross join {{ ref('base_leveringen__vraag') }} as vraag
group by publicatie_nr
