select
    cijfer.indicator_code,
    cijfer.jaar,
    cijfer.eenheid_code,
    cijfer.verandering,
    cijfer.realisatie,
    vorige.realisatie as vorig_jaar
from {{ batch }} as cijfer
left join {{ batch }} as vorige
    on
        cijfer.indicator_code = vorige.indicator_code and cijfer.jaar = vorige.jaar + 1
        and cijfer.eenheid_code = vorige.eenheid_code and cijfer.uitsplitsing_soort = vorige.uitsplitsing_soort
        and cijfer.uitsplitsing_code = vorige.uitsplitsing_code
where
    cijfer.verandering is not null
    and cijfer.verandering is distinct from cijfer.realisatie - vorige.realisatie
