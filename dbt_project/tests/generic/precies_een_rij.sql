{#
    The model has one row, whatever was delivered: what is joined to it neither disappears nor doubles.
#}
{% test precies_een_rij(model) %}

select count(*) as aantal_rijen
from {{ model }}
having count(*) != 1

{% endtest %}
