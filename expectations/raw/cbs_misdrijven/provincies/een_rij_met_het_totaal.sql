select count(*) filter (where not regexp_matches(soort_misdrijf, '^\s*[0-9]')) as aantal_zonder_code
from {{ batch }}
having count(*) filter (where not regexp_matches(soort_misdrijf, '^\s*[0-9]')) <> 1
