select
    min(record_nr) as record_nr,
    onderzoek_nr
from {{ batch }}
group by onderzoek_nr
having count(categorie_inzet) = 0
qualify count(*) over () > 0.03 * (select count(distinct alle.onderzoek_nr) from {{ batch }} as alle)
