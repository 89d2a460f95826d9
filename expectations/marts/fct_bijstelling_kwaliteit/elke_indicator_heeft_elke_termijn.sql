select
    indicator.indicator_code,
    termijn.maanden
from marts.dim_indicator as indicator
cross join (values (3), (12), (24)) as termijn (maanden)
left join {{ batch }} as kwaliteit
    on indicator.indicator_code = kwaliteit.indicator_code and termijn.maanden = kwaliteit.termijn_maanden
where kwaliteit.indicator_code is null
