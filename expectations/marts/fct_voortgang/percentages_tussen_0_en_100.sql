select
    indicator_code,
    jaar,
    realisatie,
    streefcijfer
from {{ batch }}
where
    (realisatie < 0 and eenheid_van_maat != 'eur') or streefcijfer < 0
    or (eenheid_van_maat = 'pct' and (realisatie > 100 or streefcijfer > 100))
