{{ config(materialized='table') }}

-- What is asked stands in a row and not in the text of every model: the same statements answer every question.
select
    {% if var('peildatum', none) -%}
        date '{{ var("peildatum") }}' as peildatum,
    {%- else -%}
        cast(null as date) as peildatum,
    {%- endif %}
    cast(current_timestamp at time zone 'Europe/Amsterdam' as date) as vandaag,
    {{ 'false' if var('peildatum', none) or var('versies', []) else 'true' }} as is_publicatie,
    cast(null as date) as stand_tot
