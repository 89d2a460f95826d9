select
    nummer.kanttekening_nr,
    count(kanttekening.kanttekening_nr) as aantal
from (select unnest(generate_series(1, 25)) as kanttekening_nr) as nummer
left join {{ batch }} as kanttekening on nummer.kanttekening_nr = kanttekening.kanttekening_nr
group by nummer.kanttekening_nr
having count(kanttekening.kanttekening_nr) != 1
