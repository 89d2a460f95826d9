select
    aansluiting.reeks_code,
    aansluiting.jaar,
    aansluiting.verandering_pct,
    aansluiting.geen_vergelijking_reden
from {{ batch }} as aansluiting
inner join marts.dim_trendbreuk as breuk
    on
        aansluiting.reeks_code = breuk.reeks_code
        and aansluiting.jaar = breuk.jaar_vanaf
where
    coalesce(aansluiting.verandering, aansluiting.verandering_pct) is not null
    or aansluiting.geen_vergelijking_reden is distinct from 'trendbreuk'
