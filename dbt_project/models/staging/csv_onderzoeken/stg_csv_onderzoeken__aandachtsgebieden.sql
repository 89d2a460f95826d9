with

bron as (

    {{ van_kracht('csv_onderzoeken', 'aandachtsgebieden') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        onderzoek_nr,

        ---------- codes
        aandachtsgebied as aandachtsgebied_code,
        drugsoort as drugsoort_code,
        {{ ja_nee('eerste') }} as is_eerste

    from bron

)

select * from hernoemd
