{{ config(materialized='table') }}

with

-- Today's date would make a rebuild of tomorrow another one; the newest receipt does not.
nieuwste_ontvangst as (

    select max(ontvangen_op)::date as dag
    from {{ source('leveringen', 'levering') }}

)

select
    {% if var('peildatum', none) -%}
        date '{{ var("peildatum") }}' as peildatum
    {%- else -%}
        coalesce(dag, date '1900-01-01') as peildatum
    {%- endif %}
from nieuwste_ontvangst
