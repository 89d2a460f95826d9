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
        upper(trim(aandachtsgebied)) as aandachtsgebied_code,
        upper(trim(drugsoort)) as drugsoort_code,
        upper(trim(eerste)) = 'J' as is_eerste

    from bron

)

select * from hernoemd
