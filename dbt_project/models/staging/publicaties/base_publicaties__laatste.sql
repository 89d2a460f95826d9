{{ config(materialized='table') }}

-- What the present state is compared with, and the number that it will have if it is published.
select
    max(publicatie_nr) filter (soort in ('bevestigd', 'gereconstrueerd')) as publicatie_nr,
    coalesce(max(publicatie_nr), 0) + 1 as volgend_publicatie_nr
from {{ source('publicaties', 'gebeurtenis') }}
