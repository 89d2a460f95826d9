select
    jaar,
    streefcijfer
from {{ ref('norm') }}
where
    indicator_code = 'csv_aangepakt'
    and besluit_code = 'lovp_2018_12_03'
    and (streefcijfer is not null) != (jaar = 2019)
