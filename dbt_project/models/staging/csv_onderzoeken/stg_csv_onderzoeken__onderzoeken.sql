with

bron as (

    {{ van_kracht('csv_onderzoeken', 'onderzoeken') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        onderzoek_nr,
        csv_nr,

        ---------- codes
        eenheid as eenheid_code,
        aanpak as aanpak_code,
        fase as fase_code,
        {{ ja_nee('regio_overstijgend') }} as is_regio_overstijgend,
        {{ ja_nee('lands_overstijgend') }} as is_lands_overstijgend,

        ---------- datums
        startdatum as start_datum,
        einddatum as eind_datum,

        ---------- maten
        inzet_fte

    from bron

)

select * from hernoemd
