select
    indicator_code,
    jaar,
    publicatie_nr,
    eerste_publicatie_nr,
    bijstelling,
    geen_bijstelling_reden
from {{ batch }}
where
    publicatie_nr < eerste_publicatie_nr
    or (bijstelling is null) != (geen_bijstelling_reden is not null)
    or bijstelling != realisatie - eerste_waarde
    or (publicatie_nr = eerste_publicatie_nr and bijstelling is distinct from 0)
