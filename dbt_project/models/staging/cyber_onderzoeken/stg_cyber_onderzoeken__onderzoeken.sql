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
        eenheid as eenheid_code,
        soort as opgegeven_soort_code,
        team as team_code,
        focus as focus_code,
        niveau,
        {{ ja_nee('bijstand') }} as is_bijstand,
        {{ ja_nee('high_tech') }} as is_high_tech,
        {{ ja_nee('innovatief') }} as is_innovatief,
        {{ ja_nee('digitaal') }} as is_digitaal,
        {{ ja_nee('alternatief') }} as is_alternatief,
        {{ is_onbekend('high_tech') }} as is_high_tech_onbekend,
        {{ is_onbekend('innovatief') }} as is_innovatief_onbekend,
        {{ is_onbekend('digitaal') }} as is_digitaal_onbekend,

        ---------- datums
        startdatum as start_datum,
        tactisch_afgerond as tactisch_afgerond_datum

    from bron

)

select * from hernoemd
