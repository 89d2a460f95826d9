with

bron as (

    {{ van_kracht('comensha_meldingen', 'meldingen') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        melding_nr,
        slachtoffer_nr,

        ---------- codes
        melder as melder_code,
        eenheid as eenheid_code,
        uitbuitingsvorm as uitbuitingsvorm_code,

        ---------- datums
        meldingsdatum as melding_datum,
        registratiedatum as registratie_datum

    from bron

)

select * from hernoemd
