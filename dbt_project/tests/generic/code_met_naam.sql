{#
    Every code of a column has a name in dim_code. The kind of code is the name of the column, or another one (`soort`), or
    what stands in another column of the row (`soort_kolom`).
#}
{% test code_met_naam(model, column_name, soort=none, soort_kolom=none) %}

with

gegeven as (

    select
        {% if soort_kolom %}{{ soort_kolom }}{% else %}'{{ soort or column_name }}'{% endif %} as code_soort,
        {{ column_name }} as code,
        count(*) as aantal_rijen
    from {{ model }}
    where {{ column_name }} is not null
    group by all

)

select
    gegeven.code_soort,
    gegeven.code,
    gegeven.aantal_rijen
from gegeven
left join {{ ref('dim_code') }} as naam on gegeven.code_soort = naam.code_soort and gegeven.code = naam.code
where naam.code is null

{% endtest %}
