{{ config(materialized='table') }}

select cast(null as varchar) as versie
where false
{% for versie in var('versies', []) -%}
    union all
    select '{{ versie }}' as versie
{% endfor %}
