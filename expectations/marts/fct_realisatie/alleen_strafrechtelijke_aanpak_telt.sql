select
    telling.levering_nr,
    telling.record_nr,
    onderzoek.aanpak_code,
    cijfer.indicator_code,
    cijfer.jaar
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_csv_onderzoeken__onderzoeken as onderzoek
    on telling.levering_nr = onderzoek.levering_nr and telling.record_nr = onderzoek.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    telling.indicator_code in ('csv_aangepakt', 'csv_onderzoeken') and telling.telt_mee
    and onderzoek.aanpak_code != 'SR'
