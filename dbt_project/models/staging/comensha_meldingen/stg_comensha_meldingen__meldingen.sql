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
        upper(trim(melder)) as melder_code,
        upper(trim(eenheid)) as eenheid_code,
        upper(trim(uitbuitingsvorm)) as uitbuitingsvorm_code,

        ---------- datums
        meldingsdatum as melding_datum,
        registratiedatum as registratie_datum

    from bron

)

select * from hernoemd
