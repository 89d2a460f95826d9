select
    record_nr,
    boeking_nr,
    bedrag
from {{ batch }}
where bedrag < 0 and corrigeert_nr is null
