with

afdoeningen as (

    {{ gekozen_lijst('afdoening_mapping', 'afdoening') }}

),

definities as (

    {{ definities_van('int_executie_afdoeningen_geteld') }}

),

gekozen as (

    select
        definitie.indicator_code,
        definitie.telregel,
        definitie.jaar_van,
        definitie.jaar_tot,
        noemer.waarde as noemer
    from definities as definitie
    inner join {{ ref('definitie_parameter') }} as noemer
        on definitie.definitie_versie = noemer.definitie_versie and noemer.parameter = 'noemer'

),

dossiers as (

    select
        dossier.*,
        case
            when dossier.telt_mee = false then dossier.regel_code
            when dossier.afdoening_code is null then 'nog_open'
            when afdoening.is_positief = false then 'niet_positief'
            when dossier.telt_mee and afdoening.is_positief then 'telt'
            else 'onbekende_code'
        end as teller_regel_code
    from {{ ref('int_executie_dossiers_beoordeeld') }} as dossier
    left join afdoeningen as afdoening
        on
            dossier.afdoening_code = afdoening.afdoening_code
            and {{ in_zijn_jaren('afdoening', 'dossier.jaar_van') }}

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
            where {{ in_zijn_jaren(none, 'year(' ~ noemer_datum ~ ')') }}

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
            where {{ in_zijn_jaren(none, 'year(' ~ (teller_datum or noemer_datum) ~ ')') }}
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
        gekozen.indicator_code,
        'noemer_executie' as uitsplitsing_soort,
        concat(variant.noemer, '_', variant.telregel) as uitsplitsing_code,
        variant.*
    from varianten as variant
    inner join gekozen on {{ in_zijn_jaren('gekozen', 'variant.jaar') }}
    where variant.is_in_noemer and variant.jaar is not null

    union all

    -- The one that is the figure.
    select
        gekozen.indicator_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        variant.*
    from varianten as variant
    inner join gekozen
        on
            variant.noemer = gekozen.noemer
            and variant.telregel = gekozen.telregel
            and {{ in_zijn_jaren('gekozen', 'variant.jaar') }}

)

select
    indicator_code,
    jaar,
    eenheid_code,
    uitsplitsing_soort,
    uitsplitsing_code,
    dossier_nr as teleenheid,
    rol,
    levering_nr,
    record_nr,
    beslissende_regel_code as regel_code
from uitgesplitst
