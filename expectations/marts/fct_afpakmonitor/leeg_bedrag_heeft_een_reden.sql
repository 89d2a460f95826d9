select
    jaar,
    stap_code,
    aanleveraar_code,
    bedrag_eur,
    geen_bedrag_reden
from {{ batch }}
where (bedrag_eur is null) != (geen_bedrag_reden is not null) or (bedrag_eur is null) != (aantal is null)
