{#
    How near the cause of a row lies to a change of a counting unit: the lowest is its cause.

    Args:
        rij: alias of the rows, with telt_mee, rol and volgorde of the cause.
        is_eigen: condition that says that a row counts where the change is.
#}
{% macro rang_van_oorzaak(rij, is_eigen) -%}
    case
        when {{ rij }}.telt_mee and {{ is_eigen }} then 1
        when {{ rij }}.telt_mee and {{ rij }}.rol != 'grond' then 2
        when {{ rij }}.rol = 'grond' then 3
        else 4
    end * 100 + {{ rij }}.volgorde
{%- endmacro %}
