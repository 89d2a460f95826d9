select distinct
    telling.telmodel,
    telling.indicator_code,
    telling.regel_code,
    gekozen.telmodel as model_van_de_indicator
from {{ ref('int_tellingen_verzameld') }} as telling
left join {{ ref('int_definities_gekozen') }} as gekozen on telling.indicator_code = gekozen.indicator_code
left join {{ ref('regel') }} as regel on telling.regel_code = regel.regel_code
where telling.telmodel is distinct from gekozen.telmodel or regel.regel_code is null
