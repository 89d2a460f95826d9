with delen (totaal_code, deel_code) as (
    values
    ('cyber_totaal', 'cyber_regulier'), ('cyber_totaal', 'cyber_fenomeen'), ('cyber_totaal', 'cyber_thtc'),
    ('oskm_totaal', 'oskm_a'), ('oskm_totaal', 'oskm_b'), ('oskm_totaal', 'oskm_c')
)

select
    totaal.indicator_code,
    totaal.jaar,
    min(totaal.record_nr) as record_nr,
    count(distinct deel.indicator_code) filter (deel.telt_mee) as aantal_delen,
    count(distinct deel.indicator_code) as aantal_mogelijk
from intermediate.int_tellingen_verzameld as totaal
inner join {{ batch }} as cijfer
    on
        totaal.indicator_code = cijfer.indicator_code and totaal.jaar = cijfer.jaar
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
left join delen on totaal.indicator_code = delen.totaal_code
left join intermediate.int_tellingen_verzameld as deel
    on
        delen.deel_code = deel.indicator_code
        and totaal.jaar = deel.jaar and totaal.teleenheid = deel.teleenheid and deel.uitsplitsing_soort = 'geen'
        and deel.telt_mee is distinct from false
where
    totaal.indicator_code in ('cyber_totaal', 'oskm_totaal') and totaal.uitsplitsing_soort = 'geen'
    and totaal.telt_mee
group by totaal.indicator_code, totaal.jaar, totaal.teleenheid
-- A category that no list knows leaves open which of them it is.
having not (aantal_delen = 1 and aantal_mogelijk = 1) and not (aantal_delen = 0 and aantal_mogelijk > 1)
