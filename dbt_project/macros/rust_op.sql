{#
    What the models that make an indicator look at, as dbt's graph says it: nobody types it. The way down stops at what
    chooses definitions, lists and years (the folder `agenda`) and at what follows deliveries (`base_`); those judge no row.

    Returns:
        Of each model that makes an indicator its name, the nodes that judge or rename its rows (its own, and those of what
        splits it).
#}
{% macro telmodellen_met_grond() %}
    {%- set grond = [] -%}
    {%- for begin in nodes_die_tellen() -%}
        {%- set wachtend = [begin.unique_id] -%}
        {%- set gezien = [] -%}
        {#- A loop over what grows while it is walked is what Jinja has for a recursion without depth. -#}
        {%- for naam in wachtend if naam not in gezien -%}
            {%- do gezien.append(naam) -%}
            {%- for onder in graph.nodes[naam].depends_on.get('nodes', []) if onder.startswith('model.') -%}
                {%- set node = graph.nodes[onder] -%}
                {%- if '/agenda/' not in node.original_file_path and not node.name.startswith('base_') -%}
                    {%- do wachtend.append(onder) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do grond.append({
            'naam': begin.name,
            'telmodel': begin.config.meta.get('splitst') or begin.name,
            'nodes': gezien,
        }) -%}
    {%- endfor -%}
    {{- return(grond) -}}
{% endmacro %}


{# The extracts that each model looks at that makes an indicator: rows (telmodel, registratie, extract), as values of SQL. #}
{% macro bronnen_van_telmodellen() %}
    {%- set rijen = [] -%}
    {%- for geteld in telmodellen_met_grond() if geteld.naam == geteld.telmodel -%}
        {%- for naam in geteld.nodes -%}
            {%- for onder in graph.nodes[naam].depends_on.get('nodes', []) if onder in graph.sources -%}
                {%- set bron = graph.sources[onder] -%}
                {%- if bron.config.meta.get('delivery') -%}
                    {%- do rijen.append((geteld.naam, bron.source_name, bron.name)) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(als_values(rijen, 3)) -}}
{% endmacro %}


{#
    The extracts that a model looks at and on which one of its indicators does not rest (`bekijkt_alleen` in the meta of its
    yml): rows (indicator_code, registratie, extract), as values of SQL.
#}
{% macro alleen_bekeken() %}
    {%- set rijen = [] -%}
    {%- for node in nodes_die_tellen() -%}
        {%- for indicator, extracten in node.config.meta.get('bekijkt_alleen', {}).items() -%}
            {%- for extract in extracten -%}
                {%- do rijen.append((indicator, extract.split('.')[0], extract.split('.')[1])) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(als_values(rijen, 3)) -}}
{% endmacro %}


{# The lists with versions by which each model judges, or what splits it: rows (telmodel, lijst_code), as values of SQL. #}
{% macro lijsten_van_telmodellen() %}
    {%- set keuze = "gekozen_lijst[(]'([a-z_]+)'(?:, '([a-z_]+)')?[)]" -%}
    {%- set rijen = [] -%}
    {%- for geteld in telmodellen_met_grond() -%}
        {%- for naam in geteld.nodes -%}
            {%- for seed, code in modules.re.findall(keuze, graph.nodes[naam].raw_code) -%}
                {%- do rijen.append((geteld.telmodel, code or seed)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(als_values(rijen, 2)) -}}
{% endmacro %}


{#
    The counting rules that each model says that it knows (`telregels` in the meta of its yml), as values of SQL; or of these
    the rules by which what counts may count in more than one year (`telt_vaker`).
#}
{% macro telregels(welke='telregels') %}
    {%- set rijen = [] -%}
    {%- for node in nodes_die_tellen() -%}
        {%- for telregel in node.config.meta.get(welke, []) -%}
            {%- do rijen.append((node.name, telregel)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(als_values(rijen, 2)) -}}
{% endmacro %}


{# Rows of text as values of SQL; one row of nothing, which is equal to none, where there are none or dbt is still parsing. #}
{% macro als_values(rijen, breedte) %}
    {%- set geschreven = [] -%}
    {%- for rij in rijen | unique | sort -%}
        {%- do geschreven.append("('" ~ rij | map('replace', "'", "''") | join("', '") ~ "')") -%}
    {%- endfor -%}
    {{- return(geschreven | join(', ') or '(' ~ (['null'] * breedte) | join(', ') ~ ')') -}}
{% endmacro %}
