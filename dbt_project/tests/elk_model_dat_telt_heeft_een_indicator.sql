{% set modellen = [] %}
{% if execute %}
    {% for node in graph.nodes.values() if node.config.meta.get('telt') and not node.config.meta.get('splitst') %}
        {% do modellen.append("'" ~ node.name ~ "'") %}
    {% endfor %}
{% endif %}

with

modellen as (

    select unnest([{{ modellen | join(', ') }}]::varchar[]) as telmodel

)

select distinct
    coalesce(definitie.telmodel, modellen.telmodel) as telmodel,
    definitie.indicator_code
from {{ ref('definitie') }} as definitie
full join modellen on definitie.telmodel = modellen.telmodel
where definitie.telmodel is null or modellen.telmodel is null
