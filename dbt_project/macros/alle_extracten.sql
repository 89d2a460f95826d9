{#
    The extracts of a list; the compilation fails where one that is delivered is not in it.

    Args:
        extracten: Registration and name of each, written out: dbt must know what a model reads before it knows the sources.
#}
{% macro alle_extracten(extracten) %}
    {%- if execute -%}
        {%- for bron in graph.sources.values() if bron.config.meta.get('delivery') -%}
            {%- if (bron.source_name, bron.name) not in extracten -%}
                {{- exceptions.raise_compiler_error(
                    bron.source_name ~ '.' ~ bron.name ~ ' wordt geleverd, en ' ~ model.name ~ ' leest het niet'
                ) -}}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(extracten) -}}
{% endmacro %}
