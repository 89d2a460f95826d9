select
    record_nr,
    melder,
    eenheid
from {{ batch }}
where melder = 'POL' and eenheid is null
