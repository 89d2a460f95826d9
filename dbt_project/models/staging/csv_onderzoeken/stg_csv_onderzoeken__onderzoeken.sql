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
        upper(trim(eenheid)) as eenheid_code,
        upper(trim(aanpak)) as aanpak_code,
        upper(trim(fase)) as fase_code,
        upper(trim(regio_overstijgend)) = 'J' as is_regio_overstijgend,
        upper(trim(lands_overstijgend)) = 'J' as is_lands_overstijgend,

        ---------- datums
        startdatum as start_datum,
        einddatum as eind_datum,

        ---------- maten
        inzet_fte

    from bron

)

select * from hernoemd
