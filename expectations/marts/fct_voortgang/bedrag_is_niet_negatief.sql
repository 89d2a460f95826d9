select
    indicator_code,
    jaar,
    realisatie
from {{ batch }}
where eenheid_van_maat = 'eur' and realisatie < 0
