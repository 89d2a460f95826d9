select
    publicatie_nr,
    indicator_code,
    jaar,
    grootheid,
    oorzaak_code
from {{ batch }}
where
    (grootheid = 'streefcijfer') != (oorzaak_code = 'gewijzigde_norm')
    and oorzaak_code not in ('nieuw', 'nieuwe_indicator', 'vervallen')
