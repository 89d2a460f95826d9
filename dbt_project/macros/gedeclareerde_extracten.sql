{#
    Every extract that is declared, from dbt's graph: rows (registratie, extract, omschrijving, leverancier, levering_soort, levering_ritme), as
    values of SQL.
#}
{% macro gedeclareerde_extracten() %}
    {%- set rijen = [] -%}
    {%- for bron in (graph.sources.values() if execute else []) if bron.config.meta.get('delivery') -%}
        {%- set meta = bron.config.meta -%}
        {%- do rijen.append(
            (bron.source_name, bron.name, bron.description, meta.owner, meta.delivery, meta.cadence)
        ) -%}
    {%- endfor -%}
    {{- return(als_values(rijen, 6)) -}}
{% endmacro %}
