{{ config(materialized='view') }}

-- Every judged row, whether it counts or not, in one shape. An indicator joins the figures by joining this list.
{% set modellen = [
    'int_csvs_geteld',
    'int_csv_onderzoeken_geteld',
    'int_csv_onderzoeken_uitgesplitst',
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
    'int_integrale_acties_geteld',
    'int_signalen_geteld',
    'int_ondermijningszaken_geteld',
    'int_csv_grenzen_uitgesplitst',
    'int_beslag_politie_geteld',
] %}

{% for model in modellen %}
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        teleenheid,
        rol,
        waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
