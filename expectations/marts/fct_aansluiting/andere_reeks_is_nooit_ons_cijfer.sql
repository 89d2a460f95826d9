select
    reeks_code,
    jaar,
    verklaring_code
from {{ batch }}
where not is_eigen_reeks and verklaring_code in ('gelijk', 'afronding')
