select
    record_nr,
    aandachtsgebied,
    drugsoort
from {{ batch }}
where (aandachtsgebied = 'DRUGS') <> (drugsoort is not null)
