select
    record_nr,
    team,
    inzet_150_fte
from {{ batch }}
where team = 'OVT' and inzet_150_fte = 'J'
qualify count(*) over () > 0.15 * (select count(*) from {{ batch }})
