select
    record_nr,
    aanleverende_dienst,
    eenheid
from {{ batch }}
where aanleverende_dienst = 'POL' and eenheid is null
