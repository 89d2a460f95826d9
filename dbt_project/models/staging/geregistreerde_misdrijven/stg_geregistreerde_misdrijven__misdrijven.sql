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
        -- Spaces around a hyphen come and go in these labels: 'Zeeland - West-Brabant (RE)'.
        regexp_replace(lower(trim(regio)), '\s*-\s*', '-', 'g') as gebied_label,

        ---------- maten
        periode::integer as jaar,
        waarde as aantal_misdrijven

    from bron

)

select * from hernoemd
