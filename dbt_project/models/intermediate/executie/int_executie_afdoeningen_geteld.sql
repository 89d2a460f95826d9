with

afdoeningen as (

    {{ gekozen_lijst('afdoening_mapping', 'afdoening') }}

),

gekozen as (

    select
        gekozen.telregel,
        noemer.waarde as noemer
    from {{ ref('int_definities_gekozen') }} as gekozen
    inner join {{ ref('definitie_parameter') }} as noemer
        on gekozen.definitie_versie = noemer.definitie_versie and noemer.parameter = 'noemer'
    where gekozen.indicator_code = 'executie_positief_pct'

),

dossiers as (

    select
        dossier.*,
        case
            when not coalesce(dossier.telt_mee, false) then dossier.regel_code
            when dossier.afdoening_code is null or afdoening.is_positief = false then 'niet_positief'
            when afdoening.is_positief then 'telt'
            else 'onbekende_code'
        end as teller_regel_code
    from {{ ref('int_executie_dossiers_beoordeeld') }} as dossier
    left join afdoeningen as afdoening on dossier.afdoening_code = afdoening.afdoening_code

),

-- Both denominators that the text allows. By cohort a disposal counts in the year of the denominator, so that it is a
-- share of the same dossiers; by period in its own year.
{% set noemers = {'aangeleverd': 'aanlever_datum', 'in_behandeling': 'behandel_datum'} %}
{% set tellers = {'cohort': none, 'periode': 'afdoening_datum'} %}
varianten as (

    {% for noemer, noemer_datum in noemers.items() %}
        {% for telregel, teller_datum in tellers.items() %}
            select
                '{{ noemer }}' as noemer,
                '{{ telregel }}' as telregel,
                {{ noemer_datum }} is not null as is_in_noemer,
                'noemer' as rol,
                year({{ noemer_datum }}) as jaar,
                case
                    when {{ noemer_datum }} is null and coalesce(telt_mee, true) then 'niet_in_noemer'
                    else regel_code
                end as beslissende_regel_code,
                *
            from dossiers

            union all

            select
                '{{ noemer }}' as noemer,
                '{{ telregel }}' as telregel,
                {{ noemer_datum }} is not null as is_in_noemer,
                'teller' as rol,
                year({{ teller_datum or noemer_datum }}) as jaar,
                case
                    when {{ noemer_datum }} is null and coalesce(telt_mee, true) then 'niet_in_noemer'
                    {%- if teller_datum %}
                        when {{ teller_datum }} is null and coalesce(telt_mee, true) then 'niet_positief'
                    {%- endif %}
                    else teller_regel_code
                end as beslissende_regel_code,
                *
            from dossiers
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

uitgesplitst as (

    select
        'noemer_executie' as uitsplitsing_soort,
        concat(noemer, '_', telregel) as uitsplitsing_code,
        *
    from varianten
    where is_in_noemer and jaar is not null

    union all

    -- The one that is the figure.
    select
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        variant.*
    from varianten as variant
    inner join gekozen on variant.noemer = gekozen.noemer and variant.telregel = gekozen.telregel

)

select
    'executie_positief_pct' as indicator_code,
    uitgesplitst.jaar,
    uitgesplitst.eenheid_code,
    uitgesplitst.uitsplitsing_soort,
    uitgesplitst.uitsplitsing_code,
    uitgesplitst.dossier_nr as teleenheid,
    uitgesplitst.rol,
    1 as waarde,
    uitgesplitst.levering_nr,
    uitgesplitst.record_nr,
    uitgesplitst.beslissende_regel_code as regel_code,
    regel.telt_mee
from uitgesplitst
inner join {{ ref('regel') }} as regel on uitgesplitst.beslissende_regel_code = regel.regel_code
