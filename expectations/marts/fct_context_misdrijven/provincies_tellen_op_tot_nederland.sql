select
    soort_misdrijf_code,
    onderwerp_code,
    jaar,
    sum(aantal) filter (regio_soort = 'nederland') as nederland,
    sum(aantal) filter (regio_soort != 'nederland') as som_provincies
from {{ batch }}
group by soort_misdrijf_code, onderwerp_code, jaar
having
    count(*) = count(aantal)
    and abs(sum(aantal) filter (regio_soort = 'nederland') - sum(aantal) filter (regio_soort != 'nederland'))
    > count(*) * max(afgerond_op) / 2
