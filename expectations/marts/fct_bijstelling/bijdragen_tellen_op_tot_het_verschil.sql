select
    publicatie_nr,
    indicator_code,
    jaar,
    grootheid,
    waarde_van,
    waarde_naar,
    sum(bijdrage) as som
from {{ batch }}
group by publicatie_nr, indicator_code, jaar, grootheid, waarde_van, waarde_naar
having
    (waarde_van is null or waarde_naar is null) != (count(bijdrage) = 0)
    or sum(bijdrage) != waarde_naar - waarde_van
