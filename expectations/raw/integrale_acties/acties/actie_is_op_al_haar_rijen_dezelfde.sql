select
    min(record_nr) as record_nr,
    actie_nr,
    count(distinct row(eenheid, status, actiedatum)) as aantal_versies
from {{ batch }}
group by actie_nr
having count(distinct row(eenheid, status, actiedatum)) > 1
