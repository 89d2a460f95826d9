select
    record_nr,
    actie_nr,
    actiedatum
from {{ batch }}
where status = 'UIT' and actiedatum > stand_datum
