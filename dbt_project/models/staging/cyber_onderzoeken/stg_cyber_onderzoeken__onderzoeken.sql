with

bron as (

    {{ van_kracht('cyber_onderzoeken', 'onderzoeken') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        onderzoek_nr,

        ---------- codes
        upper(trim(eenheid)) as eenheid_code,
        upper(trim(soort)) as opgegeven_soort_code,
        upper(trim(team)) as team_code,
        upper(trim(focus)) as focus_code,
        niveau,
        upper(trim(bijstand)) = 'J' as is_bijstand,
        upper(trim(high_tech)) = 'J' as is_high_tech,
        upper(trim(innovatief)) = 'J' as is_innovatief,
        upper(trim(digitaal)) = 'J' as is_digitaal,
        upper(trim(alternatief)) = 'J' as is_alternatief,

        ---------- datums
        startdatum as start_datum,
        tactisch_afgerond as tactisch_afgerond_datum

    from bron

)

select * from hernoemd
