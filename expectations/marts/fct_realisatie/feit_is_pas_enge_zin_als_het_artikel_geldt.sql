select
    cijfer.jaar,
    feit.levering_nr,
    feit.record_nr,
    feit.wetsartikel_code,
    feit.pleeg_datum
from intermediate.int_cyber_feiten_beoordeeld as feit
inner join {{ batch }} as cijfer
    on
        cijfer.indicator_code = 'cyber_totaal' and cijfer.jaar = 2019
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    feit.is_enge_zin
    and (
        (
            regexp_full_match(feit.wetsartikel_code, '(138c|139g)( lid [0-9,]+)?')
            and feit.pleeg_datum < date '2019-03-01'
        )
        or (
            regexp_full_match(feit.wetsartikel_code, '317( lid [0-9,]+)?')
            and not regexp_matches(feit.wetsartikel_code, '[ ,]2(,|$)')
        )
    )
