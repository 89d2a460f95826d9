select
    reeks_code,
    jaar,
    publicatie_bron_code,
    gepubliceerde_waarde,
    realisatie,
    verschil
from {{ batch }}
where verklaring_code = 'onverklaard'
