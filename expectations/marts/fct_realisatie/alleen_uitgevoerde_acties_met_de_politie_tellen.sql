select
    telling.levering_nr,
    telling.record_nr,
    actie.partner_code,
    actie.actie_status_code,
    cijfer.jaar
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_integrale_acties__acties as actie
    on telling.levering_nr = actie.levering_nr and telling.record_nr = actie.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL'
where
    telling.indicator_code = 'integrale_acties_politie' and telling.telt_mee
    and (actie.partner_code != 'POL' or actie.actie_status_code != 'UIT')
