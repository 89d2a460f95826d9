{#
    Of the rows of a counting unit that count once the first one counts. One after it does nothing, whatever is unknown
    of it; one before it of which a code is unknown may be the first, and stays open beside it.

    Args:
        eenheid: The columns that make the rows rows of one unit, for once.
        volgorde: The columns that say which of them is the first.

    Returns:
        The rule of a row, given its own in `regel_code`.
#}
{% macro eerste_telt(eenheid, volgorde) %}
    case
        when
            regel_code in ('telt', 'onbekende_code')
            and count(*) filter (regel_code = 'telt') over (
                partition by {{ eenheid }}
                order by {{ volgorde }}
                rows between unbounded preceding and 1 preceding
            ) > 0
            then 'dubbel'
        else regel_code
    end
{% endmacro %}


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
    -- Hardly any unit is open, and the others need no window.
    select rij.*
    from {{ rijen }} as rij
    left join ({{ open_eenheden }}) as open_eenheid using ({{ eenheid | join(', ') }})
    where open_eenheid.aantal_mogelijk is null

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
