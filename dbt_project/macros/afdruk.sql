{# A fingerprint of columns: equal where they are equal. It is made anew at each use and never kept. #}
{% macro afdruk(kolommen) -%}
    hash({{ kolommen | join(', ') }})
{%- endmacro %}


{# The columns that identify a row of an extract within a delivery; while dbt is still parsing, one that always is there. #}
{% macro sleutel_van(registratie, extract) %}
    {{- return(declaratie(registratie, extract).get('key', ['record_nr'])) -}}
{% endmacro %}


{# What an extract says of a thing: its columns, but for the one that says whether this is a change of it. #}
{% macro kolommen_van(registratie, extract) %}
    {%- if not execute %}{{ return(['record_nr']) }}{% endif -%}
    {%- set bron = graph.sources['source.' ~ project_name ~ '.' ~ registratie ~ '.' ~ extract] -%}
    {{ return(bron.columns.keys() | reject('equalto', bron.config.meta.get('change_column')) | list) }}
{% endmacro %}


{# Whether a row says that the thing has gone from the register; only an extract of changes can say so. #}
{% macro is_vervallen(registratie, extract) -%}
    {%- set meta = declaratie(registratie, extract) -%}
    {%- if meta.get('change_column') -%}
        coalesce({{ meta.change_column }} = '{{ meta.deletion_code }}', false)
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
