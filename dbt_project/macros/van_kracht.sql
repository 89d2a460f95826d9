{#
    The rows of one extract that are in force on the peildatum, with everything that was delivered.

    volledig   the rows of the delivery in force
    periode    the rows of the delivery in force for their period
    mutaties   per key the newest row since the newest full delivery, without what was deleted; in one file the last

    Which delivery is in force stands in base_leveringen__van_kracht; how an extract is delivered, in its declaration.
    The extract is named in the join, so that DuckDB reads those deliveries and skips the rest of the history.
#}
{% macro van_kracht(registratie, extract) %}
    {%- set meta = declaratie(registratie, extract) %}
    select bron.*
    from {{ source(registratie, extract) }} as bron
    inner join {{ ref('base_leveringen__van_kracht') }} as kracht
        on bron.levering_nr = kracht.levering_nr
        and kracht.registratie = '{{ registratie }}'
        and kracht.extract = '{{ extract }}'
        {%- if meta.get('period_column') %}
            and bron.{{ meta.period_column }}::varchar = kracht.periode
        {%- endif %}
    {%- if meta.get('delivery') == 'mutaties' %}
    qualify
        row_number() over (
            partition by {{ meta.key | join(', ') }} order by kracht.stand_datum desc, bron.record_nr desc
        ) = 1
        and bron.{{ meta.change_column }} is distinct from '{{ meta.deletion_code }}'
    {%- endif %}
{% endmacro %}


{#
    The same for a wide file: one row per delivered row and heading, with the columns `kop` and `waarde` for the
    repeating column. A row is in force for the period in its heading.
#}
{% macro van_kracht_gedraaid(registratie, extract, vaste_kolommen, brede_kolom) %}
    {%- set meta = declaratie(registratie, extract) %}
    select gedraaid.*, kracht.periode
    from (
        select
            bron.levering_nr,
            bron.record_nr,
            {%- for kolom in vaste_kolommen %}
            bron.{{ kolom }},
            {%- endfor %}
            bron.koppen[bron.plaats] as kop,
            bron.{{ brede_kolom }}[bron.plaats] as waarde
        from (
            -- One list is taken apart, that of the places: two in one select are side by side in DuckDB only.
            select
                bron.*,
                levering.koppen,
                unnest(generate_series(1, array_length(levering.koppen))) as plaats
            from {{ source(registratie, extract) }} as bron
            inner join {{ source('leveringen', 'levering') }} as levering on bron.levering_nr = levering.levering_nr
            where bron.levering_nr in (
                select levering_nr
                from {{ ref('base_leveringen__van_kracht') }}
                where registratie = '{{ registratie }}' and extract = '{{ extract }}'
            )
        ) as bron
    ) as gedraaid
    inner join {{ ref('base_leveringen__van_kracht') }} as kracht
        on
            gedraaid.levering_nr = kracht.levering_nr
            and regexp_extract(gedraaid.kop, '^(?:{{ meta.get("heading_pattern", "([0-9]{4})([*]{0,2})") }})$', 1) = kracht.periode
{% endmacro %}


{# The meta of a source entry; empty while dbt is still parsing. #}
{% macro declaratie(registratie, extract) %}
    {%- if not execute %}{{ return({}) }}{% endif -%}
    {%- set naam = 'source.' ~ project_name ~ '.' ~ registratie ~ '.' ~ extract -%}
    {{ return(graph.sources[naam].config.meta) }}
{% endmacro %}
