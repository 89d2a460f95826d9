with

bron as (

    {{ van_kracht('fiscaal_afpakken', 'vorderingen') }}

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
