with

bron as (

    {{ van_kracht('cyber_onderzoeken', 'feiten') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        onderzoek_nr,
        feit_nr,

        ---------- codes
        {{ canoniek_wetsartikel('wetsartikel') }} as wetsartikel_code,

        ---------- datums
        pleegdatum as pleeg_datum

    from bron

)

select * from hernoemd
