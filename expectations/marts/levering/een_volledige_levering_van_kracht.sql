select
    registratie,
    extract,
    count(*) as aantal_van_kracht,
    count(*) filter (where oordeel != 'toegelaten') as fout
from {{ batch }}
where is_van_kracht and soort = 'volledig'
group by registratie, extract
having count(*) > 1 or count(*) filter (where oordeel != 'toegelaten') > 0
