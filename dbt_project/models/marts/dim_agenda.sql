select
    agenda_code,
    agenda_naam,
    jaar_van,
    jaar_tot,
    vastgesteld_op,
    bron
from {{ ref('agenda') }}
