with

bron as (

    {{ van_kracht('mensenhandel_verdachten', 'instroom') }}

),

wetsartikelen as (

    {{ canonieke_wetsartikelen('bron', 'wetsartikel') }}

),

hernoemd as (

    select
        ---------- herkomst
        bron.levering_nr,
        bron.record_nr,

        ---------- sleutels
        bron.inschrijving_nr,
        bron.parketnummer as parket_nr,
        bron.verdachte_nr,

        ---------- codes
        wetsartikelen.wetsartikel_code,
        bron.aanleverende_dienst as dienst_code,
        bron.eenheid as eenheid_code,

        ---------- datums
        bron.instroomdatum as instroom_datum

    from bron
    left join wetsartikelen on bron.wetsartikel is not distinct from wetsartikelen.wetsartikel

)

select * from hernoemd
