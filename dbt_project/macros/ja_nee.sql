{# J and N as a boolean; any other code is unknown, and so is an empty one. #}
{% macro ja_nee(kolom) -%}
    case upper(trim({{ kolom }})) when 'J' then true when 'N' then false end
{%- endmacro %}
