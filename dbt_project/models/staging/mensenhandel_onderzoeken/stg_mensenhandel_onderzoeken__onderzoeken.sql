with

bron as (

    {{ van_kracht('mensenhandel_onderzoeken', 'onderzoeken') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        onderzoek_nr,

        ---------- codes
        eenheid as eenheid_code,
        {{ ja_nee('csv_betrokken') }} as is_csv,
        {{ ja_nee('eenheidsoverstijgend') }} as is_eenheidsoverstijgend,
        {{ ja_nee('barrieremodel') }} as is_barrieremodel,
        {{ ja_nee('internationaal') }} as is_internationaal,

        ---------- datums
        startdatum as start_datum,
        einddatum as eind_datum

    from bron

)

select * from hernoemd
