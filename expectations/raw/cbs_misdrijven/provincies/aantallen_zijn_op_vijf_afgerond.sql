select
    record_nr,
    aantal
from (select
    record_nr,
    unnest(aantallen) as aantal
from {{ batch }})
where aantal % 5 <> 0
