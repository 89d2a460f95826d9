select
    indicator_code,
    jaar,
    realisatie,
    geen_realisatie_reden,
    streefcijfer,
    geen_streefcijfer_reden
from {{ batch }}
where
    (realisatie is null) != (geen_realisatie_reden is not null)
    or (streefcijfer is null) != (geen_streefcijfer_reden is not null)
