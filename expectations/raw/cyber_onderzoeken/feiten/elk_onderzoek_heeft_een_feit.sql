select onderzoek.record_nr as record_nr_in_onderzoeken
from kandidaat.onderzoeken as onderzoek
left join {{ batch }} as feiten on onderzoek.onderzoek_nr = feiten.onderzoek_nr
where feiten.onderzoek_nr is null
qualify count(*) over () > 0.01 * (select count(*) from kandidaat.onderzoeken)
order by onderzoek.record_nr
