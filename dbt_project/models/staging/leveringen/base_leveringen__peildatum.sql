{{ config(materialized='table') }}

select
    {% if var('peildatum', none) -%}
        date '{{ var("peildatum") }}' as peildatum
    {%- else -%}
        coalesce(max(ontvangen_op)::date, date '1900-01-01') as peildatum
    {%- endif %}
from {{ source('leveringen', 'levering') }}
