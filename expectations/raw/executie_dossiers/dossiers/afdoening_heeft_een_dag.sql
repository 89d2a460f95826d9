select
    record_nr,
    afdoening,
    afgedaan_op
from {{ batch }}
where (afdoening is null) <> (afgedaan_op is null)
