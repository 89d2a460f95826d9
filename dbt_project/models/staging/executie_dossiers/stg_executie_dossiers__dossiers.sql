with

bron as (

    {{ van_kracht('executie_dossiers', 'dossiers') }}

),

hernoemd as (

    select
        ---------- herkomst
        levering_nr,
        record_nr,

        ---------- sleutels
        dossier_nr,
        veroordeelde_nr,

        ---------- codes
        eenheid as eenheid_code,
        opsporingsindicatie as opsporingsindicatie_code,
        afdoening as afdoening_code,
        {{ ja_nee('vaste_verblijfplaats') }} as heeft_vaste_verblijfplaats,
        {{ ja_nee('buitenlandsignaal') }} as heeft_buitenlandsignaal,

        ---------- datums
        aangeleverd_op as aanlever_datum,
        in_behandeling_op as behandel_datum,
        afgedaan_op as afdoening_datum,

        ---------- maten
        restantstraf_dagen

    from bron

)

select * from hernoemd
