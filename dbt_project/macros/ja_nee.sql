{# J and N as a boolean; any other code is unknown, and so is an empty one. #}
{% macro ja_nee(kolom) -%}
    case {{ kolom }} when 'J' then true when 'N' then false end
{%- endmacro %}


{# Whether a J or N was meant and something else stands there; what is not filled in is not unknown. #}
{% macro is_onbekend(kolom) -%}
    coalesce({{ kolom }} not in ('J', 'N'), false)
{%- endmacro %}
