with

bron as (

    {{ van_kracht('cyber_onderzoeken', 'feiten') }}

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
        bron.onderzoek_nr,
        bron.feit_nr,

        ---------- codes
        wetsartikelen.wetsartikel_code,

        ---------- datums
        bron.pleegdatum as pleeg_datum

    from bron
    left join wetsartikelen on bron.wetsartikel is not distinct from wetsartikelen.wetsartikel

)

select * from hernoemd
