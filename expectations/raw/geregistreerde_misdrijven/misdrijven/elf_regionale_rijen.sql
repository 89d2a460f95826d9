select count(*) as aantal_regionale_rijen
from {{ batch }}
where regio like '% (RE)'
having count(*) <> 11
