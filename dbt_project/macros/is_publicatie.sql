{# Whether the present is built, which may be published; and not an earlier day or the answer to "what if". #}
{% macro is_publicatie() -%}
    {{- return(not var('peildatum', none) and not var('versies', [])) -}}
{%- endmacro %}
