select
    telling.teleenheid,
    count(distinct telling.jaar) as aantal_jaren,
    max(cijfer.realisatie) as cijfer
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_ondermijningssignalen__signalen as signaal
    on telling.levering_nr = signaal.levering_nr and telling.record_nr = signaal.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL'
where telling.indicator_code = 'signalen_financiele_analyse_pct' and telling.telt_mee
group by telling.teleenheid
having count(distinct telling.jaar) > 1 or count(*) filter (signaal.signaal_status_code != 'VRG') > 0
