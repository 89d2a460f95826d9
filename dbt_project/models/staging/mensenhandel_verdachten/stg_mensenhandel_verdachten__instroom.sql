with

bron as (

    {{ van_kracht('mensenhandel_verdachten', 'instroom') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        inschrijving_nr,
        parketnummer as parket_nr,
        verdachte_nr,

        ---------- codes
        {{ canoniek_wetsartikel('wetsartikel') }} as wetsartikel_code,
        aanleverende_dienst as dienst_code,
        eenheid as eenheid_code,

        ---------- datums
        instroomdatum as instroom_datum

    from bron

)

select * from hernoemd
