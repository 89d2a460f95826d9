select
    deel.indicator_code,
    deel.jaar,
    deel.levering_nr,
    deel.record_nr
from intermediate.int_tellingen_verzameld as deel
inner join marts.dim_indicator as indicator on deel.indicator_code = indicator.indicator_code
inner join {{ batch }} as cijfer
    on
        deel.indicator_code = cijfer.indicator_code and deel.jaar = cijfer.jaar
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
left join intermediate.int_tellingen_verzameld as geheel
    on
        indicator.waarvan = geheel.indicator_code
        and deel.jaar = geheel.jaar and deel.teleenheid = geheel.teleenheid and geheel.telt_mee
where
    indicator.waarvan is not null and deel.telt_mee and deel.uitsplitsing_soort = 'geen'
    and geheel.indicator_code is null
