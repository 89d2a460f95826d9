with

bron as (

    {{ van_kracht('integrale_acties', 'acties') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        actie_nr,

        ---------- codes
        partner as partner_code,
        eenheid as eenheid_code,
        bijdrage as bijdrage_code,
        status as actie_status_code,

        ---------- datums
        actiedatum as actie_datum

    from bron

)

select * from hernoemd
