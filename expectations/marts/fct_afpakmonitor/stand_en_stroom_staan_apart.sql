select
    jaar,
    stap_code,
    maat_soort
from {{ batch }}
where maat_soort is distinct from case when stap_code = 'openstaand' then 'stand' else 'stroom' end
