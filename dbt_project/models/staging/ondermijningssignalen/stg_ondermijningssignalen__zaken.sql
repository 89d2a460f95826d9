with

bron as (

    {{ van_kracht('ondermijningssignalen', 'zaken') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        zaak_nr,
        signaal_nr,

        ---------- codes
        eenheid as eenheid_code,
        reden_geen_onderzoek as geen_financieel_onderzoek_code,
        {{ ja_nee('financieel_onderzoek') }} as heeft_financieel_onderzoek,

        ---------- datums
        startdatum as start_datum

    from bron

)

select * from hernoemd
