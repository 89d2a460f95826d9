select
    telling.levering_nr,
    telling.record_nr,
    melding.melder_code,
    cijfer.jaar
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_comensha_meldingen__meldingen as melding
    on telling.levering_nr = melding.levering_nr and telling.record_nr = melding.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    telling.indicator_code = 'slachtoffers_comensha' and telling.uitsplitsing_soort = 'geen' and telling.telt_mee
    and melding.melder_code != 'POL'
