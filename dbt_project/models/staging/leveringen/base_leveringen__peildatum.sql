{{ config(materialized='table') }}

with

besluiten as (

    select
        levering_nr,
        oordeel,
        geldt_vanaf,
        lead(geldt_vanaf) over (partition by levering_nr order by geldt_vanaf, vastgelegd_op) as volgend_geldt_vanaf
    from {{ source('leveringen', 'oordeel') }}

),

-- What was admitted, and not held or withdrawn from that same moment on.
ooit_van_kracht as (

    select distinct levering_nr
    from besluiten
    where oordeel = 'toegelaten' and volgend_geldt_vanaf is distinct from geldt_vanaf

),

-- Today's date would make a rebuild of tomorrow another one; what was received and decided does not. A verdict can hold
-- from a later day than the newest receipt: that of a delivery that was withdrawn. What was refused changes no figure,
-- and a date later than the clock is never believed.
tijdstippen as (

    select levering.ontvangen_op as tijdstip
    from {{ source('leveringen', 'levering') }} as levering
    inner join ooit_van_kracht on levering.levering_nr = ooit_van_kracht.levering_nr

    union all

    select besluit.geldt_vanaf as tijdstip
    from besluiten as besluit
    inner join ooit_van_kracht on besluit.levering_nr = ooit_van_kracht.levering_nr

),

nieuwste as (

    select max(tijdstippen.tijdstip)::date as dag
    from tijdstippen
    cross join {{ ref('base_leveringen__vraag') }} as vraag
    where tijdstippen.tijdstip::date <= vraag.vandaag

)

-- What was known follows from what was received. What has begun, and what was decided, follows from the day on which
-- somebody looks: a decision that is younger than the last delivery holds.
select
    coalesce(vraag.peildatum, nieuwste.dag, date '1900-01-01') as peildatum,
    coalesce(vraag.peildatum, vraag.vandaag) as kijkdag
from nieuwste
cross join {{ ref('base_leveringen__vraag') }} as vraag
