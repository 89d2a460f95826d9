{#
    The columns together identify a row: no combination occurs twice, and no part of it is empty, but for those that may
    be: of two rows in which these are empty the others tell which is which.
#}
{% test unieke_sleutel(model, kolommen, mag_leeg=[]) %}

select
    {{ kolommen | join(', ') }},
    count(*) as aantal_rijen
from {{ model }}
group by {{ kolommen | join(', ') }}
having
    count(*) > 1
    {%- for kolom in kolommen if kolom not in mag_leeg %}
    or {{ kolom }} is null
    {%- endfor %}

{% endtest %}
