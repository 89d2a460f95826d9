select
    indicator_code,
    eenheid_van_maat
from {{ ref('indicator') }}
where
    (indicator_code = 'csv_aangepakt' and eenheid_van_maat != 'csv')
    or (indicator_code = 'csv_onderzoeken' and eenheid_van_maat != 'onderzoek')
