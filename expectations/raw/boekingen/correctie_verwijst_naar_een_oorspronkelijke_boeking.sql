select
    correctie.record_nr,
    correctie.boeking_nr,
    correctie.corrigeert_nr
from {{ batch }} as correctie
left join {{ batch }} as origineel
    on correctie.corrigeert_nr = origineel.boeking_nr and origineel.corrigeert_nr is null
where correctie.corrigeert_nr is not null and origineel.boeking_nr is null
qualify count(*) over () > 0.01 * (select count(*) from {{ batch }})
