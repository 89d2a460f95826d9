{#
    Of the rows of a counting unit that count once the first one counts. One after it does nothing, whatever is unknown
    of it; one before it of which a code is unknown may be the first, and stays open beside it.

    A version of a definition judges the rows of all years and counts those of its own: what counts first in a year of
    another version is no first one in its years. One of there that is open leaves the first one here open too.

    Args:
        rijen: The CTE with the rows, once per version by which they are judged: with jaar, regel_code, and the
            indicator_code, jaar_van and jaar_tot of the version.
        eenheid: The columns that make the rows of an indicator rows of one unit, for once.
        volgorde: The columns that say which of them is the first.

    Returns:
        The rows of the years of their version, each with the rule that then decides.
#}
{% macro eerste_telt(rijen, eenheid, volgorde) -%}
    {%- set ervoor -%}
        over (
            partition by indicator_code, jaar_van, {{ eenheid }}
            order by {{ volgorde }}
            rows between unbounded preceding and 1 preceding
        )
    {%- endset -%}
    select
        * replace (
            case
                when
                    regel_code in ('telt', 'onbekende_code')
                    and count(*) filter (regel_code = 'telt') {{ ervoor }} > 0
                    then 'dubbel'
                when
                    regel_code = 'telt'
                    and count(*) filter (
                        regel_code = 'onbekende_code' and not {{ in_zijn_jaren(none, 'jaar') }}
                    ) {{ ervoor }} > 0
                    then 'onbekende_code'
                else regel_code
            end as regel_code
        )
    from {{ rijen }}
    qualify {{ in_zijn_jaren(none, 'jaar') }}
{%- endmacro %}


{#
    What is certain of each row in the place where it stands. Of the rows of a unit with one `eenmaal_per` exactly one
    counts; a code that is unknown leaves open which. So the unit counts in a place only where each of them lies in it,
    and is open in every place where only some do: nationally it may count though its police unit is not known.

    Args:
        rijen: The relation with the rows, in the columns of int_tellingen_verzameld.
        plaats: The columns that make a place, such as the year and the unit.

    Returns:
        The same rows, where `telt_mee` holds for the place.
#}
{% macro vastgesteld(rijen, plaats) %}
    {% set eenheid = ['indicator_code', 'rol', 'teleenheid', 'eenmaal_per'] %}
    {% set open_eenheden %}
        select
            {{ eenheid | join(', ') }},
            count(distinct concat(levering_nr, '/', record_nr)) as aantal_mogelijk
        from {{ rijen }}
        where eenmaal_per is not null and telt_mee is distinct from false
        group by {{ eenheid | join(', ') }}
        having bool_or(telt_mee is null)
    {% endset %}
    -- What each counts by itself is certain everywhere.
    select *
    from {{ rijen }}
    where eenmaal_per is null

    union all

    -- Hardly any unit is open, and the others need no window.
    select rij.*
    from {{ rijen }} as rij
    left join ({{ open_eenheden }}) as open_eenheid using ({{ eenheid | join(', ') }})
    where rij.eenmaal_per is not null and open_eenheid.aantal_mogelijk is null

    union all

    select
        rij.* replace (
            case
                when rij.telt_mee = false then false
                when count(*) filter (rij.telt_mee is distinct from false) over in_de_plaats = open_eenheid.aantal_mogelijk
                    then bool_or(rij.telt_mee) over in_de_plaats
            end as telt_mee
        )
    from {{ rijen }} as rij
    inner join ({{ open_eenheden }}) as open_eenheid using ({{ eenheid | join(', ') }})
    window in_de_plaats as (partition by {{ (eenheid + plaats) | join(', ') }})
{% endmacro %}
