{{ config(materialized='view') }}

with

van_kracht as (

    select distinct levering_nr from {{ ref('base_leveringen__van_kracht') }}

)

{{ rijen_in_kracht('van_kracht') }}
