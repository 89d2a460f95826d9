{# The rows of a list that is kept in versions, of the version that holds on the day of looking; none where none holds yet. #}
{% macro gekozen_lijst(seed, lijst_code=none) -%}
    select lijst.*
    from {{ ref(seed) }} as lijst
    left join {{ ref('int_lijsten_gekozen') }} as gekozen on gekozen.lijst_code = '{{ lijst_code or seed }}'
    where lijst.lijst_versie is not distinct from gekozen.lijst_versie
{%- endmacro %}
