select
    agenda_code,
    jaar_van,
    jaar_tot
from {{ ref('agenda') }}
qualify jaar_van != lag(jaar_tot) over (order by jaar_van) + 1
