{#
    The rows of a list that is kept in versions, each with the years for which its version holds (jaar_van, jaar_tot); none
    where none holds yet. What joins it says of which year it judges, with `in_zijn_jaren`.
#}
{% macro gekozen_lijst(seed, lijst_code=none) -%}
    select
        lijst.*,
        gekozen.jaar_van,
        gekozen.jaar_tot
    from {{ ref(seed) }} as lijst
    left join {{ ref('int_lijsten_gekozen') }} as gekozen on gekozen.lijst_code = '{{ lijst_code or seed }}'
    where lijst.lijst_versie is not distinct from gekozen.lijst_versie
{%- endmacro %}
