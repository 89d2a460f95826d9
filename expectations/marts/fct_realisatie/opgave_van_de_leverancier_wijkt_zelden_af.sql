with soorten (indicator_code, soort_code) as (
    values ('cyber_regulier', 'REG'), ('cyber_fenomeen', 'FEN'), ('cyber_thtc', 'THTC')
)

select
    cijfer.jaar,
    sum(cijfer.realisatie) filter (where cijfer.uitsplitsing_code != soorten.soort_code) as wijkt_af,
    sum(cijfer.realisatie) as geteld
from {{ batch }} as cijfer
inner join soorten on cijfer.indicator_code = soorten.indicator_code
where cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'opgave_leverancier'
group by cijfer.jaar
having
    sum(cijfer.realisatie) filter (where cijfer.uitsplitsing_code != soorten.soort_code)
    > 0.1 * sum(cijfer.realisatie)
