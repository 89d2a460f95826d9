select
    record_nr,
    financieel_onderzoek,
    reden_geen_onderzoek
from {{ batch }}
where financieel_onderzoek = 'J' and reden_geen_onderzoek is not null
