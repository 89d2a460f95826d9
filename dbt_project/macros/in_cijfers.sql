{# A number as it is written in Dutch: a dot between thousands, a comma before cents that are not zero. #}
{% macro in_cijfers(getal) %}
    concat(
        format('{:t.}', trunc({{ getal }})::bigint),
        case when {{ getal }} != trunc({{ getal }}) then concat(',', right({{ getal }}::decimal(18, 2)::varchar, 2)) end
    )
{% endmacro %}
