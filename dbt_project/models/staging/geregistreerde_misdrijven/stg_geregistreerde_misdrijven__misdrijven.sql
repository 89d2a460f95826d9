with

bron as (

    {{ van_kracht_gedraaid('geregistreerde_misdrijven', 'misdrijven', ['regio'], 'aantallen') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        {{ canoniek_label('regio') }} as gebied_label,

        ---------- maten
        periode::integer as jaar,
        waarde as aantal_misdrijven

    from bron

)

select * from hernoemd
