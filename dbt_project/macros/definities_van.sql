{# The definitions that hold of the indicators that a model makes: no value of a list lets another model speak for them. #}
{% macro definities_van(model_naam) -%}
    select *
    from {{ ref('int_definities_gekozen') }}
    where telmodel = '{{ model_naam }}'
{%- endmacro %}
