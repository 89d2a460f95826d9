with

bron as (

    {{ van_kracht('oskm_onderzoeken', 'resultaten') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        resultaat_nr,
        onderzoek_nr,
        persoon_nr,

        ---------- codes
        soort as resultaatsoort_code,
        team as team_code,
        {{ ja_nee('inzet_150_fte') }} as is_inzet_150_fte,

        ---------- datums
        vastgesteld_op as vaststelling_datum

    from bron

)

select * from hernoemd
