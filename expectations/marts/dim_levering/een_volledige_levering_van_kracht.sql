select
    registratie,
    extract,
    count(*) as aantal_van_kracht,
    count(*) filter (where levering_oordeel != 'toegelaten') as fout
from {{ batch }}
where is_van_kracht and levering_soort = 'volledig'
group by registratie, extract
having count(*) > 1 or count(*) filter (where levering_oordeel != 'toegelaten') > 0
