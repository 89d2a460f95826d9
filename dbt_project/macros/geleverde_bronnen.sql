{# The extracts that are declared, as the sources of dbt, by name; none while dbt is still parsing. #}
{% macro geleverde_bronnen() %}
    {%- set bronnen = [] -%}
    {%- if execute -%}
        {%- for bron in graph.sources.values() | sort(attribute='unique_id') if bron.config.meta.get('delivery') -%}
            {%- do bronnen.append(bron) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(bronnen) -}}
{% endmacro %}


{#
    Every extract: rows (registratie, extract, omschrijving, leverancier, levering_soort, levering_ritme), as values of SQL.
#}
{% macro gedeclareerde_extracten() %}
    {%- set rijen = [] -%}
    {%- for bron in geleverde_bronnen() -%}
        {%- set meta = bron.config.meta -%}
        {%- do rijen.append(
            (bron.source_name, bron.name, bron.description, meta.owner, meta.delivery, meta.cadence)
        ) -%}
    {%- endfor -%}
    {{- return(als_values(rijen, 6)) -}}
{% endmacro %}


{#
    What is delivered, as the declarations say: of each registration its code, its name (how its description begins), its
    description and its extracts; none while dbt is still parsing.
#}
{% macro geleverde_registraties() %}
    {%- set gevonden = {} -%}
    {%- for bron in geleverde_bronnen() -%}
        {%- set omschrijving = bron.source_description | trim -%}
        {%- set registratie = gevonden.setdefault(bron.source_name, {
            'code': bron.source_name,
            'naam': modules.re.split('[:.,]', omschrijving)[0],
            'omschrijving': omschrijving,
            'extracten': [],
        }) -%}
        {%- do registratie.extracten.append(bron.name) -%}
    {%- endfor -%}
    {{- return(gevonden.values() | list) -}}
{% endmacro %}
