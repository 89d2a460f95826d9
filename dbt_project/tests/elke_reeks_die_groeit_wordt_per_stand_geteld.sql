-- A series that grows and is not counted by each state would have no estimate, and no reason that a person believes.
select
    naijling.indicator_code,
    definitie.telmodel
from {{ ref('naijling') }} as naijling
inner join {{ ref('definitie') }} as definitie on naijling.indicator_code = definitie.indicator_code
inner join {{ ref('indicator') }} as indicator on naijling.indicator_code = indicator.indicator_code
where
    definitie.telmodel not in (
        {% for model in groeiende_modellen() -%}
            '{{ model }}'{{ ', ' if not loop.last }}
        {%- endfor %}
    )
    or indicator.meetwijze not in ('aantal', 'som')
