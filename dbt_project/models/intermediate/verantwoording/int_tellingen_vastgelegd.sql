{{ config(materialized='view') }}

{% for model in ['int_tellingen_verzameld', 'int_gronden_verzameld'] %}
    select
        indicator_code,
        jaar,
        rol,
        teleenheid,
        waarde::decimal(18, 2) as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref(model) }}
    where uitsplitsing_soort = 'geen'
    {% if not loop.last %}union all{% endif %}
{% endfor %}
