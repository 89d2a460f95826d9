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
        eenheid as eenheid_code,
        status as signaal_status_code,
        {{ ja_nee('financiele_analyse') }} as heeft_financiele_analyse,

        ---------- datums
        statusdatum as status_datum

    from bron

)

select * from hernoemd
