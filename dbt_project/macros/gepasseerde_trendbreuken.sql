{#
    The breaks in a series that were crossed since the last publication: CTEs that end in `gepasseerd`, with indicator_code
    and jaar_vanaf. What changed and what vanished across a break is the break.
#}
{% macro gepasseerde_trendbreuken() %}
nieuwste_leveringen as (

    select
        levering.registratie,
        max(levering.ontvangen_op) filter (vorige.levering_nr is not null) as vorige_ontvangen_op,
        max(levering.ontvangen_op) filter (levering.is_van_kracht) as ontvangen_op
    from {{ ref('stg_leveringen__leveringen') }} as levering
    left join {{ ref('stg_publicaties__leveringen') }} as vorige on levering.levering_nr = vorige.levering_nr
    group by levering.registratie

),

gepasseerd as (

    select distinct
        breuk.indicator_code,
        breuk.jaar_vanaf
    from {{ ref('int_trendbreuken_bekend') }} as breuk
    inner join nieuwste_leveringen as levering
        on
            breuk.registratie = levering.registratie
            and breuk.ontvangen_vanaf > levering.vorige_ontvangen_op
            and breuk.ontvangen_vanaf <= levering.ontvangen_op

)
{% endmacro %}
