select
    jaar,
    stap_code,
    beslagsoort,
    sum(bedrag_eur) as bedrag,
    sum(bedrag_politie_eur) as politie
from {{ batch }}
where geen_bedrag_reden is null
group by jaar, stap_code, beslagsoort
having
    sum(bedrag_politie_eur) > sum(bedrag_eur) or count(*) filter (aantal_groot > aantal) > 0
    or count(*) filter (aantal_groot = 0 and bedrag_zonder_groot_eur != bedrag_eur) > 0
