{{ config(materialized='view') }}

-- Every judged row, whether it counts or not, in one shape. A counting model ends in its judgement; what is the same
-- for all of them is said here, once.
{% set modellen = tellende_modellen([
    'int_csvs_geteld',
    'int_csv_onderzoeken_geteld',
    'int_csv_onderzoeken_uitgesplitst',
    'int_csv_grenzen_uitgesplitst',
    'int_integrale_acties_geteld',
    'int_signalen_geteld',
    'int_ondermijningszaken_geteld',
    'int_beslag_politie_geteld',
    'int_om_verdachten_geteld',
    'int_slachtoffers_comensha_geteld',
    'int_mensenhandel_inzet_geteld',
    'int_executie_afdoeningen_geteld',
    'int_executie_voorraad_geteld',
    'int_cyber_onderzoeken_geteld',
    'int_cyber_verdachten_geteld',
    'int_oskm_onderzoeken_geteld',
    'int_oskm_resultaten_geteld',
    'int_misdrijven_ingedeeld',
]) %}
-- What a model does not say: it splits nothing, one row is one of what is counted, and each row counts by itself.
{% set aangevuld = {
    'uitsplitsing_soort': "'geen'",
    'uitsplitsing_code': "'totaal'",
    'rol': "'teller'",
    'waarde': '1',
    'eenmaal_per': 'null::varchar',
} %}

with

eenheden as (

    {{ eenheden_per_jaar() }}

),

tellingen as (

    {% for model in modellen %}
        select
            '{{ model.telmodel }}' as telmodel,
            indicator_code,
            jaar,
            eenheid_code,
            {% for kolom, waarde in aangevuld.items() %}
                {{ kolom if kolom in model.kolommen else waarde }} as {{ kolom }},
            {% endfor %}
            teleenheid,
            levering_nr,
            record_nr,
            regel_code
        from {{ ref(model.naam) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    tellingen.telmodel,
    tellingen.indicator_code,
    tellingen.jaar,
    -- An unknown unit hides where, not whether: nationally the row counts.
    coalesce(eenheid.eenheid_code, 'NTD') as eenheid_code,
    tellingen.uitsplitsing_soort,
    tellingen.uitsplitsing_code,
    tellingen.teleenheid,
    tellingen.eenmaal_per,
    tellingen.rol,
    tellingen.waarde,
    tellingen.levering_nr,
    tellingen.record_nr,
    tellingen.regel_code,
    -- A rule that no list knows leaves the figure open; with an inner join its rows would be gone without a word.
    regel.telt_mee,
    coalesce(regel.is_open, false) as is_open
from tellingen
left join {{ ref('regel') }} as regel on tellingen.regel_code = regel.regel_code
left join eenheden as eenheid
    on
        tellingen.eenheid_code = eenheid.eenheid_code
        and eenheid.eenheid_soort != 'nederland'
        and {{ in_zijn_jaren('eenheid', 'tellingen.jaar') }}
