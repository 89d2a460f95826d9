select
    jaar,
    weg_code,
    stap_code,
    beslagsoort
from {{ batch }}
where
    beslagsoort in ('conservatoir', 'klassiek')
    and (weg_code != 'strafrechtelijk' or stap_code in ('opgelegd', 'geincasseerd', 'aan_slachtoffers'))
