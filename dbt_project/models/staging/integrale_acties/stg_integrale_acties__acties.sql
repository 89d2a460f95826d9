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
        upper(trim(partner)) as partner_code,
        upper(trim(eenheid)) as eenheid_code,
        upper(trim(bijdrage)) as bijdrage_code,
        upper(trim(status)) as actie_status_code,

        ---------- datums
        actiedatum as actie_datum

    from bron

)

select * from hernoemd
