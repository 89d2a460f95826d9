select
    teller.jaar,
    teller.uitsplitsing_code,
    teller.levering_nr,
    teller.record_nr,
    cijfer.realisatie
from intermediate.int_tellingen_verzameld as teller
inner join {{ batch }} as cijfer
    on
        teller.indicator_code = cijfer.indicator_code and teller.jaar = cijfer.jaar
        and teller.uitsplitsing_code = cijfer.uitsplitsing_code and cijfer.eenheid_code = 'NL'
where
    teller.indicator_code = 'executie_positief_pct' and teller.rol = 'teller' and teller.telt_mee
    and teller.uitsplitsing_code like '%cohort'
    and (teller.teleenheid, teller.jaar, teller.uitsplitsing_code) not in (
        select (noemer.teleenheid, noemer.jaar, noemer.uitsplitsing_code)
        from intermediate.int_tellingen_verzameld as noemer
        where noemer.indicator_code = 'executie_positief_pct' and noemer.rol = 'noemer' and noemer.telt_mee
    )
