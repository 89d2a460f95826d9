select
    telling.indicator_code,
    telling.jaar,
    telling.levering_nr,
    telling.record_nr
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_oskm_onderzoeken__resultaten as resultaat
    on telling.levering_nr = resultaat.levering_nr and telling.record_nr = resultaat.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    telling.indicator_code in ('oskm_daders', 'oskm_slachtoffers') and telling.telt_mee
    and (not resultaat.is_inzet_150_fte or resultaat.team_code = 'OVT' or resultaat.resultaatsoort_code = 'MEL')
