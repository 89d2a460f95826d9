select
    min(record_nr) as record_nr,
    onderzoek_nr,
    count(*) as aantal_aandachtsgebieden,
    count(*) filter (where eerste = 'J') as aantal_eerste
from {{ batch }}
group by onderzoek_nr
having count(*) filter (where eerste = 'J') <> 1
qualify count(*) over () > 0.01 * (select count(distinct alle.onderzoek_nr) from {{ batch }} as alle)
