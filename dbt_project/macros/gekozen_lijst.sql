{# The rows of a list that is kept in versions, of the version that holds on the peildatum. #}
{% macro gekozen_lijst(seed, lijst_code=none) -%}
    select lijst.*
    from {{ ref(seed) }} as lijst
    inner join {{ ref('int_lijsten_gekozen') }} as gekozen
        on lijst.lijst_versie = gekozen.lijst_versie and gekozen.lijst_code = '{{ lijst_code or seed }}'
{%- endmacro %}
