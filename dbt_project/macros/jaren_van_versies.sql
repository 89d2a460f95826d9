{#
    Whether what holds for some reporting years (a version, or a judgement by one) holds for a year.

    Args:
        van: alias of what holds, with jaar_van and jaar_tot; empty is without bound. None in a select from it alone.
        jaar: the year; one that is not known goes with the years before all bounds, so that it falls in one span only.
#}
{% macro in_zijn_jaren(van, jaar) -%}
    {%- set van = van ~ '.' if van else '' -%}
    coalesce({{ jaar }}, 0) between coalesce({{ van }}jaar_van, 0) and coalesce({{ van }}jaar_tot, 9999)
{%- endmacro %}


{#
    The years, cut where another version of any list begins: rows (jaar_van, jaar_tot). For what judges before it is known
    in which year a row counts: it judges the row once per span, and what counts takes the judgement of its year.
#}
{% macro jaarvakken() -%}
    select
        grens.jaar_van,
        lead(grens.jaar_van) over (order by grens.jaar_van nulls first) - 1 as jaar_tot
    from (
        select null::integer as jaar_van
        union
        select gekozen.jaar_van from {{ ref('int_lijsten_gekozen') }} as gekozen
    ) as grens
{%- endmacro %}


{#
    Per span of years the version that holds, as two CTEs that end in `gekozen`: of those that hold for it the one that is
    asked for with a what-if, else the one that is known last.

    Args:
        sleutel: column by which versions belong to one thing.
        versie: column that names the version.

    The CTE `versies` before it has both, geldig_vanaf, jaar_van, jaar_tot and is_gevraagd; the CTE `grenzen` the first
    years of the spans, empty for the one without.
#}
{% macro gekozen_per_jaarvak(sleutel, versie) -%}
    vakken as (

        select
            {{ sleutel }},
            jaar_van,
            lead(jaar_van) over (partition by {{ sleutel }} order by jaar_van nulls first) - 1 as jaar_tot
        from grenzen

    ),

    gekozen as (

        select
            versies.* exclude (geldig_vanaf, is_gevraagd) replace (vak.jaar_van as jaar_van, vak.jaar_tot as jaar_tot)
        from versies
        inner join vakken as vak
            on
                versies.{{ sleutel }} = vak.{{ sleutel }}
                and {{ in_zijn_jaren('versies', 'vak.jaar_van') }}
        qualify
            row_number() over (
                partition by versies.{{ sleutel }}, vak.jaar_van
                order by versies.is_gevraagd desc, versies.geldig_vanaf desc, versies.{{ versie }} desc
            ) = 1

    )
{%- endmacro %}


{#
    Judged rows, one per version that a definition has in the course of the years, without those that fall in a year of
    another version. A row that falls so by every version counts in no year; it stays once, and says so.

    Args:
        geteld: CTE of the judged rows, with jaar, regel_code, and the jaar_van and jaar_tot of the version.
        rij: columns that tell one row from another.
#}
{% macro in_het_jaar_van_hun_versie(geteld, rij) -%}
    {%- set buiten_zijn_jaren -%}
        select {{ rij }} from {{ geteld }} where not {{ in_zijn_jaren(none, 'jaar') }}
    {%- endset -%}
    select *
    from {{ geteld }}
    where {{ in_zijn_jaren(none, 'jaar') }}

    union all

    -- Hardly any row falls in a year of another version, and the others need no window.
    select ander.* replace ('andere_versie' as regel_code)
    from {{ geteld }} as ander
    where
        not {{ in_zijn_jaren('ander', 'ander.jaar') }}
        and ({{ rij }}) not in (
            select {{ rij }} from {{ geteld }}
            where {{ in_zijn_jaren(none, 'jaar') }} and ({{ rij }}) in ({{ buiten_zijn_jaren }})
        )
    qualify row_number() over (partition by {{ rij }} order by ander.jaar_van nulls first) = 1
{%- endmacro %}


{# The units of a year. They say where a row belongs and not whether it counts, so no figure is judged by this choice. #}
{% macro eenheden_per_jaar() -%}
    {{ gekozen_lijst('eenheid') }}
{%- endmacro %}


{# A list that is kept in versions, of each code the row of the newest years: for who shows names, and judges nothing. #}
{% macro lijst_per_code(seed, code) -%}
    select *
    from ({{ gekozen_lijst(seed) }}) as lijst_met_jaren
    qualify row_number() over (partition by {{ code }} order by jaar_van desc nulls last) = 1
{%- endmacro %}
