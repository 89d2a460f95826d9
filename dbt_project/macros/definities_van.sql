{#
    The definitions that hold of the indicators that a model makes, each with the years for which it holds (jaar_van,
    jaar_tot): no value of a list lets another model speak for them. A row counts by each, and only in its years.
#}
{% macro definities_van(model_naam) -%}
    select *
    from {{ ref('int_definities_gekozen') }}
    where telmodel = '{{ model_naam }}'
{%- endmacro %}
