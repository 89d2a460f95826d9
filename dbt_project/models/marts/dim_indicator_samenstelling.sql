select
    indicator_code,
    deel_indicator_code,
    telt_op
from {{ ref('int_samenstellingen_afgeleid') }}
