select
    afspraak_code,
    indicator_code,
    geen_indicator_reden
from {{ ref('afspraak') }}
where (indicator_code is null) = (geen_indicator_reden is null)
