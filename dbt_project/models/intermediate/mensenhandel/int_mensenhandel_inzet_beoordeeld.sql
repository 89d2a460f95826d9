{% set elementen = ['is_csv', 'is_eenheidsoverstijgend', 'is_barrieremodel', 'is_internationaal'] %}

with

gekozen as (

    {{ definities_van('int_mensenhandel_inzet_geteld') }}

),

-- Two figures that are judged by the same elements and never added up.
inzet as (

    select
        'complexe_onderzoeken_mensenhandel' as indicator_code,
        onderzoek_nr as teleenheid,
        levering_nr,
        record_nr,
        eenheid_code,
        start_datum,
        eind_datum,
        {{ elementen | join(',\n        ') }}
    from {{ ref('stg_mensenhandel_onderzoeken__onderzoeken') }}

    union all

    select
        'interventies_mensenhandel' as indicator_code,
        interventie_nr::varchar as teleenheid,
        levering_nr,
        record_nr,
        eenheid_code,
        interventie_datum as start_datum,
        interventie_datum as eind_datum,
        {{ elementen | join(',\n        ') }}
    from {{ ref('stg_mensenhandel_onderzoeken__interventies') }}

),

beoordeeld as (

    select
        inzet.*,
        gekozen.telregel,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        {% for element in elementen %}
            coalesce(inzet.{{ element }}, false)::integer {% if not loop.last %}+{% endif %}
        {% endfor %} as aantal_elementen,
        {% for element in elementen %}
            (inzet.{{ element }} is null)::integer {% if not loop.last %}+{% endif %}
        {% endfor %} as aantal_onbekend,
        parameter.waarde::integer as minimum_aantal_elementen
    from inzet
    inner join gekozen on inzet.indicator_code = gekozen.indicator_code
    inner join {{ ref('definitie_parameter') }} as parameter
        on gekozen.definitie_versie = parameter.definitie_versie and parameter.parameter = 'minimum_aantal_elementen'

)

select
    beoordeeld.indicator_code,
    beoordeeld.teleenheid,
    beoordeeld.levering_nr,
    beoordeeld.record_nr,
    beoordeeld.eenheid_code,
    beoordeeld.start_datum,
    beoordeeld.eind_datum,
    {% for element in elementen %}
        beoordeeld.{{ element }},
    {% endfor %}
    beoordeeld.telregel,
    beoordeeld.jaar_van,
    beoordeeld.jaar_tot,
    beoordeeld.aantal_elementen,
    regel.regel_code,
    regel.telt_mee
from beoordeeld
inner join {{ ref('regel') }} as regel
    on
        regel.regel_code = case
            when beoordeeld.aantal_elementen >= beoordeeld.minimum_aantal_elementen then 'telt'
            when
                beoordeeld.aantal_elementen + beoordeeld.aantal_onbekend < beoordeeld.minimum_aantal_elementen
                then 'te_weinig_elementen'
            else 'onbekende_code'
        end
