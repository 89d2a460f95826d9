with

bron as (

    {{ van_kracht('ondermijningssignalen', 'signalen') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        signaal_nr,
        volgnummer as volg_nr,

        ---------- codes
        upper(trim(eenheid)) as eenheid_code,
        upper(trim(status)) as signaal_status_code,
        upper(trim(financiele_analyse)) = 'J' as heeft_financiele_analyse,

        ---------- datums
        statusdatum as status_datum

    from bron

)

select * from hernoemd
