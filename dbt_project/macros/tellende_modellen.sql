{#
    The models that count, in the order of the list; the compilation fails where the list and what the models say of
    themselves (`telt` in the meta of their own yml) are not the same. While dbt is still parsing, the list alone.

    Args:
        namen: The names, written out: dbt must know what a model reads before it knows the models.

    Returns:
        Of each model its name, the model that makes the definition (itself, or the one that it splits), and the names of
        its columns.
#}
{% macro tellende_modellen(namen) %}
    {%- set modellen = [] -%}
    {%- set genoemd = [] -%}
    {%- if execute -%}
        {%- for node in nodes_die_tellen() -%}
            {%- do genoemd.append(node.name) -%}
        {%- endfor -%}
        {%- for naam in genoemd if naam not in namen -%}
            {{- exceptions.raise_compiler_error(naam ~ ' zegt dat het telt, en int_tellingen_verzameld leest het niet') -}}
        {%- endfor -%}
    {%- endif -%}
    {%- for naam in namen -%}
        {%- if execute and naam not in genoemd -%}
            {{- exceptions.raise_compiler_error(
                'int_tellingen_verzameld leest ' ~ naam ~ ', en dat zegt niet dat het telt (telt in zijn yml)'
            ) -}}
        {%- endif -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ naam] if execute else none -%}
        {%- if execute and not node.config.contract.enforced -%}
            {{- exceptions.raise_compiler_error(
                naam ~ ' telt, en heeft geen contract: wat zijn yml niet noemt, vult int_tellingen_verzameld in'
            ) -}}
        {%- endif -%}
        {%- do modellen.append({
            'naam': naam,
            'telmodel': (node.config.meta.get('splitst') or naam) if execute else naam,
            'kolommen': node.columns.keys() | list if execute else [],
        }) -%}
    {%- endfor -%}
    {{- return(modellen) -}}
{% endmacro %}


{# The models that make an indicator, as the nodes of dbt say; of these, not those that split what another counts. #}
{% macro telmodellen() %}
    {%- set namen = [] -%}
    {%- for node in nodes_die_tellen() if not node.config.meta.get('splitst') -%}
        {%- do namen.append("'" ~ node.name ~ "'") -%}
    {%- endfor -%}
    {{- return(namen) -}}
{% endmacro %}


{# The models that say that they count (`telt` in the meta of their yml), as the nodes of dbt; none while dbt is parsing. #}
{% macro nodes_die_tellen() %}
    {%- set nodes = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.meta.get('telt') -%}
            {%- do nodes.append(node) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(nodes) -}}
{% endmacro %}
