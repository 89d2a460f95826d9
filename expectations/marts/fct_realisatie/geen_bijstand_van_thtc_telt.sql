select
    telling.indicator_code,
    telling.jaar,
    telling.levering_nr,
    telling.record_nr
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_cyber_onderzoeken__onderzoeken as onderzoek
    on telling.levering_nr = onderzoek.levering_nr and telling.record_nr = onderzoek.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    telling.indicator_code in ('cyber_thtc', 'cyber_totaal') and telling.uitsplitsing_soort = 'geen'
    and telling.telt_mee and onderzoek.team_code = 'THTC' and onderzoek.is_bijstand
