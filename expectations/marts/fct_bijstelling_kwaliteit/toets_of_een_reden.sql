select
    indicator_code,
    termijn_maanden,
    aantal_jaren,
    p_waarde,
    geen_toets_reden
from {{ batch }}
where
    (p_waarde is null) != (geen_toets_reden is not null)
    or (p_waarde is null) != (is_vertekend is null)
    or (p_waarde is null) != (toets is null)
    or p_waarde not between 0 and 1
    or (p_waarde is not null and aantal_jaren < minimum_aantal_jaren)
    or (geen_toets_reden = 'te_weinig_bijstellingen' and aantal_jaren >= minimum_aantal_jaren)
