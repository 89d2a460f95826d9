{# The columns together identify a row: no combination occurs twice, and no part of it is empty. #}
{% test unieke_sleutel(model, kolommen) %}

select
    {{ kolommen | join(', ') }},
    count(*) as aantal_rijen
from {{ model }}
group by {{ kolommen | join(', ') }}
having
    count(*) > 1
    {%- for kolom in kolommen %}
    or {{ kolom }} is null
    {%- endfor %}

{% endtest %}
