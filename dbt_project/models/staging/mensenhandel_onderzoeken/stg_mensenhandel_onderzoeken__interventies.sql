with

bron as (

    {{ van_kracht('mensenhandel_onderzoeken', 'interventies') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        interventie_nr,
        onderzoek_nr,

        ---------- codes
        interventie_soort as interventie_soort_code,
        eenheid as eenheid_code,
        {{ ja_nee('csv_betrokken') }} as is_csv,
        {{ ja_nee('eenheidsoverstijgend') }} as is_eenheidsoverstijgend,
        {{ ja_nee('barrieremodel') }} as is_barrieremodel,
        {{ ja_nee('internationaal') }} as is_internationaal,

        ---------- datums
        interventiedatum as interventie_datum

    from bron

)

select * from hernoemd
