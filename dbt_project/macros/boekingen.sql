{#
    A register of bookings in the form that the partners agreed on, in the form of staging. Not every supplier knows who
    seized, and which kind of seizure it is.
#}
{% macro boekingen(registratie, extract) %}
{%- set geleverd = kolommen_van(registratie, extract) -%}
with

bron as (

    {{ van_kracht(registratie, extract) }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        boeking_nr,
        dossier_nr,
        object_nr,
        corrigeert_nr,

        ---------- codes
        aanleveraar as aanleveraar_code,
        {{ 'dienst' if 'dienst' in geleverd else 'cast(null as varchar)' }} as dienst_code,
        {{ 'beslagsoort' if 'beslagsoort' in geleverd else 'cast(null as varchar)' }} as beslagsoort_code,
        eenheid as eenheid_code,
        soort_boeking as boekingsoort_code,
        objectsoort as objectsoort_code,

        ---------- datums
        boekdatum as boek_datum,
        geregistreerd_op as registratie_datum,

        ---------- maten
        bedrag as bedrag_eur

    from bron

)

select * from hernoemd
{%- endmacro %}
