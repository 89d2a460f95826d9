with

bron as (

    {{ van_kracht('bestuurlijk_afpakken', 'maatregelen') }}

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
        upper(trim(aanleveraar)) as aanleveraar_code,
        upper(trim(eenheid)) as eenheid_code,
        upper(trim(soort_boeking)) as boekingsoort_code,
        upper(trim(objectsoort)) as objectsoort_code,

        ---------- datums
        boekdatum as boek_datum,
        geregistreerd_op as registratie_datum,

        ---------- maten
        bedrag as bedrag_eur

    from bron

)

select * from hernoemd
