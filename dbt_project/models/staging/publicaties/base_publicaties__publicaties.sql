{{ config(materialized='table') }}

with

-- On a day in the past a publication that was taken back later still stood.
gebeurtenissen as (

    select
        gebeurtenis.*,
        vraag.is_publicatie or vraag.peildatum is null as is_alles_bekend,
        vraag.peildatum as gevraagde_dag
    from {{ source('publicaties', 'gebeurtenis') }} as gebeurtenis
    cross join {{ ref('base_leveringen__vraag') }} as vraag
    where
        -- Other pseudonyms behind the figures, or figures by more states, change nothing of what was published.
        gebeurtenis.soort not in ('omgesleuteld', 'geteld')
        and (
            gebeurtenis.soort not in ('teruggezet', 'hersteld')
            or vraag.is_publicatie
            or vraag.peildatum is null
            or vraag.peildatum >= gebeurtenis.vastgelegd_op::date
        )

)

select
    ---------- sleutels
    publicatie_nr,

    ---------- codes
    case max_by(soort, gebeurtenis_nr)
        when 'voornemen' then 'voorgenomen'
        when 'bevestigd' then 'gepubliceerd'
        when 'hersteld' then 'gepubliceerd'
        else max_by(soort, gebeurtenis_nr)
    end as soort,
    max_by(reden, gebeurtenis_nr) as reden,

    ---------- datums
    min(vastgelegd_op) as gepubliceerd_op,
    min(peildatum) as peildatum,

    ---------- inhoud
    max(vingerafdruk) as vingerafdruk,
    max(rekenwijze) as rekenwijze,
    max(aantal_tabellen) as aantal_tabellen,
    max(aantal_rijen) as aantal_rijen,
    max_by(sha256, -gebeurtenis_nr) as keten_sha256,

    -- On a day in the past only what was published by then is known; what was reconstructed stands for its own day.
    bool_or(
        is_alles_bekend
        or gevraagde_dag >= case when soort = 'gereconstrueerd' then peildatum else vastgelegd_op::date end
    ) as is_bekend
from gebeurtenissen
group by publicatie_nr
