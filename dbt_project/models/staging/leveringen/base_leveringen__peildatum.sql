{{ config(materialized='table') }}

with

-- Today's date would make a rebuild of tomorrow another one; what was received and decided does not. A verdict can hold
-- from a later day than the newest receipt: that of a delivery that was withdrawn.
tijdstippen as (

    select ontvangen_op as tijdstip
    from {{ source('leveringen', 'levering') }}
    union all
    select geldt_vanaf as tijdstip
    from {{ source('leveringen', 'oordeel') }}

),

nieuwste as (

    select max(tijdstip)::date as dag
    from tijdstippen

)

select coalesce(vraag.peildatum, nieuwste.dag, date '1900-01-01') as peildatum
from nieuwste
cross join {{ ref('base_leveringen__vraag') }} as vraag
