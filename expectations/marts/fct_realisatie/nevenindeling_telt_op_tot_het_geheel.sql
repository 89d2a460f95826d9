with nevenindeling (code, soort) as (
    values
    ('cyber_regulier', 'opgave_leverancier'), ('cyber_fenomeen', 'opgave_leverancier'),
    ('cyber_thtc', 'opgave_leverancier'), ('cyber_totaal', 'opgave_leverancier'),
    ('oskm_a', 'categorie_resultaat'), ('oskm_b', 'categorie_resultaat'),
    ('oskm_c', 'categorie_resultaat'), ('oskm_totaal', 'categorie_resultaat')
)

select
    geheel.indicator_code,
    geheel.jaar,
    geheel.eenheid_code,
    geheel.realisatie,
    sum(deel.realisatie) as som
from {{ batch }} as geheel
inner join nevenindeling on geheel.indicator_code = nevenindeling.code
left join {{ batch }} as deel
    on
        geheel.indicator_code = deel.indicator_code and geheel.jaar = deel.jaar
        and geheel.eenheid_code = deel.eenheid_code and nevenindeling.soort = deel.uitsplitsing_soort
where geheel.uitsplitsing_soort = 'geen' and geheel.realisatie > 0
group by geheel.indicator_code, geheel.jaar, geheel.eenheid_code, geheel.realisatie
having count(deel.geen_realisatie_reden) = 0 and sum(deel.realisatie) is distinct from geheel.realisatie
