{#
    The delivered rows of every extract that were in force when these deliveries were: per key the newest, without what was
    deleted. Of the kind periode each delivery keeps its rows, since they are in force side by side.

    Args:
        leveringen: a relation with levering_nr, and a row per delivery in force (or more, of the kind periode).
#}
{% macro rijen_in_kracht(leveringen) -%}
    select
        rij.registratie,
        rij.extract,
        rij.sleutel,
        rij.inhoud,
        rij.levering_nr,
        rij.record_nr
    from {{ ref('base_leveringen__rijen') }} as rij
    where rij.levering_nr in (select kracht.levering_nr from {{ leveringen }} as kracht)
    qualify
        row_number() over (
            partition by
                rij.registratie, rij.extract, rij.sleutel, case when rij.soort = 'periode' then rij.levering_nr end
            order by rij.stand_datum desc, rij.levering_nr desc, rij.record_nr desc
        ) = 1
        and not rij.is_vervallen
{%- endmacro %}
