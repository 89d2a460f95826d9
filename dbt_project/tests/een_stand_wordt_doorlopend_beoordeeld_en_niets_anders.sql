select
    indicator_code,
    meetwijze,
    oordeel_regel
from {{ ref('indicator') }}
where (meetwijze = 'laagste_stand') != (oordeel_regel = 'doorlopend')
