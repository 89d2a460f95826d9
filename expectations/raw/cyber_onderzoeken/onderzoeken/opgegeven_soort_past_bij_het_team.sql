select
    record_nr,
    soort,
    team
from {{ batch }}
where soort is not null and (soort = 'THTC') <> (team = 'THTC')
qualify count(*) over () > 0.05 * (select count(*) from {{ batch }})
