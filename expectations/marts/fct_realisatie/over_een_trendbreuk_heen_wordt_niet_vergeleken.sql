select
    cijfer.indicator_code,
    cijfer.jaar,
    cijfer.eenheid_code,
    cijfer.verandering,
    cijfer.verandering_pct,
    cijfer.geen_vergelijking_reden
from {{ batch }} as cijfer
left join marts.dim_trendbreuk as breuk
    on
        cijfer.indicator_code = breuk.indicator_code
        and cijfer.jaar = breuk.jaar_vanaf
where (
    breuk.trendbreuk_code is not null and cijfer.realisatie is not null
    and cijfer.geen_vergelijking_reden is distinct from 'trendbreuk'
)
or (cijfer.verandering is null) != (cijfer.geen_vergelijking_reden is not null)
or (cijfer.verandering is null and cijfer.verandering_pct is not null)
