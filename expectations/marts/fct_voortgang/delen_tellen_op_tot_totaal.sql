with delen (totaal_code, deel_code) as (
    values
    ('cyber_totaal', 'cyber_regulier'), ('cyber_totaal', 'cyber_fenomeen'), ('cyber_totaal', 'cyber_thtc'),
    ('oskm_totaal', 'oskm_a'), ('oskm_totaal', 'oskm_b'), ('oskm_totaal', 'oskm_c')
)

select
    totaal.indicator_code,
    totaal.jaar,
    totaal.streefcijfer,
    sum(deel.streefcijfer) as som_normen,
    totaal.realisatie,
    sum(deel.realisatie) as som_cijfers
from {{ batch }} as totaal
inner join delen on totaal.indicator_code = delen.totaal_code
inner join {{ batch }} as deel
    on
        delen.deel_code = deel.indicator_code and totaal.jaar = deel.jaar
        and totaal.agenda_code = deel.agenda_code
group by totaal.indicator_code, totaal.jaar, totaal.streefcijfer, totaal.realisatie
having
    count(*) != 3
    or totaal.streefcijfer is distinct from case when count(deel.streefcijfer) = 3 then sum(deel.streefcijfer) end
    or case
        when count(deel.realisatie) = 3 then totaal.realisatie is distinct from sum(deel.realisatie)
        -- It may be known that something counts and not in which part.
        else totaal.realisatie is not null and not bool_or(deel.geen_realisatie_reden = 'onbekende_code')
    end
