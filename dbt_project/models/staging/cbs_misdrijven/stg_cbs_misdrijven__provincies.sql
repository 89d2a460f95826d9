with

bron as (

    {{ van_kracht_gedraaid('cbs_misdrijven', 'provincies', ['soort_misdrijf'], 'aantallen') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        soort_misdrijf as soort_misdrijf_naam,
        trim(kop) as kop,

        ---------- maten
        periode::integer as jaar,
        waarde as aantal

    from bron

)

select * from hernoemd
