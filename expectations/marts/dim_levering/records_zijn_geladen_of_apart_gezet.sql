select
    levering_nr,
    bestand,
    aantal_records,
    aantal_geladen,
    aantal_apart
from {{ batch }}
where levering_oordeel = 'toegelaten' and aantal_records is distinct from aantal_geladen + aantal_apart
