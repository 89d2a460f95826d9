with delen (totaal_code, deel_code) as (
    values
    ('cyber_totaal', 'cyber_regulier'), ('cyber_totaal', 'cyber_fenomeen'), ('cyber_totaal', 'cyber_thtc'),
    ('oskm_totaal', 'oskm_a'), ('oskm_totaal', 'oskm_b'), ('oskm_totaal', 'oskm_c')
)

select
    totaal.indicator_code,
    totaal.jaar,
    totaal.eenheid_code,
    totaal.realisatie,
    sum(deel.realisatie) as som
from {{ batch }} as totaal
inner join delen on totaal.indicator_code = delen.totaal_code
left join {{ batch }} as deel
    on
        delen.deel_code = deel.indicator_code and totaal.jaar = deel.jaar
        and totaal.eenheid_code = deel.eenheid_code and deel.uitsplitsing_soort = 'geen'
where totaal.uitsplitsing_soort = 'geen' and totaal.realisatie is not null
group by totaal.indicator_code, totaal.jaar, totaal.eenheid_code, totaal.realisatie
having
    count(deel.geen_realisatie_reden) = 0
    and totaal.realisatie is distinct from sum(deel.realisatie)
