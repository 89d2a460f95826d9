select
    norm.indicator_code,
    norm.jaar,
    'heeft een getal als norm' as fout
from {{ ref('norm') }} as norm
where norm.indicator_code = 'cyber_fenomeen_enge_zin_pct' and norm.streefcijfer is not null

union all

select
    indicator.indicator_code,
    null as jaar,
    'is een deel van THTC' as fout
from {{ ref('indicator') }} as indicator
where indicator.waarvan = 'cyber_thtc'
