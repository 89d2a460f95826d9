with

bron as (

    {{ van_kracht('cyber_verdachten', 'verdachten') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        registratie_nr,
        verdachte_nr,

        ---------- codes
        soort as cyber_soort_code,
        eenheid as eenheid_code,

        ---------- datums
        registratiedatum as registratie_datum

    from bron

)

select * from hernoemd
