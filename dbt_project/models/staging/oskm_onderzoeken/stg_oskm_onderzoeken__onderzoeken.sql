with

bron as (

    {{ van_kracht('oskm_onderzoeken', 'onderzoeken') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        onderzoek_nr,
        verdenking_nr,

        ---------- codes
        eenheid as eenheid_code,
        categorie_inzet as categorie_inzet_code,
        categorie_resultaat as categorie_resultaat_code,

        ---------- datums
        startdatum as start_datum,
        einddatum as eind_datum

    from bron

)

select * from hernoemd
