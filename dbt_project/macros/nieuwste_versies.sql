{#
    The deliveries that were admitted, without those of which the rows were removed or a later one took the place: a correction supersedes what was
    received earlier for the same state, or (periode) for the same period. Of two that were received at one time the name
    of the file decides, so that it does not matter which was loaded first.
#}
{% macro nieuwste_versies() -%}
    select *
    from (
        select
            levering.levering_nr,
            levering.registratie,
            levering.extract,
            levering.soort,
            levering.stand_datum,
            levering.ontvangen_op,
            levering.bestand,
            levering.dekking_vanaf,
            levering.is_demo,
            levering.aantal_apart,
            periode.periode
        from {{ source('leveringen', 'levering') }} as levering
        inner join {{ ref('base_leveringen__oordeel') }} as oordeel on levering.levering_nr = oordeel.levering_nr
        left join {{ source('leveringen', 'levering_periode') }} as periode
            on levering.levering_nr = periode.levering_nr
        cross join {{ ref('base_leveringen__vraag') }} as vraag
        where
            oordeel.oordeel = 'toegelaten'
            -- Without its rows a delivery would be a register in which nothing stands.
            and oordeel.verwijderd_op is null
            and (vraag.stand_tot is null or levering.stand_datum <= vraag.stand_tot)
    ) as toegelaten
    qualify
        row_number() over (
            partition by
                registratie,
                extract,
                soort,
                case when soort = 'periode' then periode else stand_datum::varchar end
            order by stand_datum desc, ontvangen_op desc, bestand desc, levering_nr desc
        ) = 1
{%- endmacro %}
