{{ config(materialized='view') }}

-- The registers of all deliverers; staging gives them one shape.
{% set modellen = [
    'stg_om_beslag__beslag',
    'stg_cjib_incasso__incasso',
    'stg_fiscaal_afpakken__vorderingen',
    'stg_bestuurlijk_afpakken__maatregelen',
] %}

{% for model in modellen %}
    select
        '{{ model[4:].split("__")[0] }}' as registratie,
        levering_nr,
        record_nr,
        boeking_nr,
        dossier_nr,
        object_nr,
        corrigeert_nr,
        aanleveraar_code,
        dienst_code,
        beslagsoort_code,
        eenheid_code,
        boekingsoort_code,
        objectsoort_code,
        boek_datum,
        registratie_datum,
        bedrag_eur
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
