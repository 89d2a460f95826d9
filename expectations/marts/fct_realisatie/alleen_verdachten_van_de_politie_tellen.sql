select
    telling.levering_nr,
    telling.record_nr,
    instroom.dienst_code,
    instroom.wetsartikel_code,
    cijfer.jaar
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_mensenhandel_verdachten__instroom as instroom
    on telling.levering_nr = instroom.levering_nr and telling.record_nr = instroom.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL'
where
    telling.indicator_code = 'om_verdachten_mensenhandel' and telling.telt_mee
    and (
        instroom.dienst_code != 'POL'
        or not regexp_matches(instroom.wetsartikel_code, '(^|; )273f( lid [0-9,]+)?(;|$)')
    )
