{#
    What is delivered, as the declarations say: of each registration its code, its name (how its description begins), its
    description and its extracts; none while dbt is still parsing.
#}
{% macro geleverde_registraties() %}
    {%- set gevonden = {} -%}
    {%- if execute -%}
        {%- for bron in graph.sources.values() | sort(attribute='unique_id') if bron.config.meta.get('delivery') -%}
            {%- set omschrijving = bron.source_description | trim -%}
            {%- set registratie = gevonden.setdefault(bron.source_name, {
                'code': bron.source_name,
                'naam': modules.re.split('[:.,]', omschrijving)[0],
                'omschrijving': omschrijving,
                'extracten': [],
            }) -%}
            {%- do registratie.extracten.append(bron.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(gevonden.values() | list) -}}
{% endmacro %}
