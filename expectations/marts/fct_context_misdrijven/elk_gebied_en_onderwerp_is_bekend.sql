select distinct
    regio_code,
    onderwerp_code
from {{ batch }}
where regio_soort = 'onbekend' or eenheid_van_maat is null
