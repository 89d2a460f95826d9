select
    min(record_nr) as record_nr,
    onderzoek_nr
from {{ batch }}
group by onderzoek_nr
having count(distinct row(startdatum, einddatum, eenheid)) > 1
qualify count(*) over () > 0.01 * (select count(distinct alle.onderzoek_nr) from {{ batch }} as alle)
