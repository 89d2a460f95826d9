select
    definitie_versie,
    string_agg(concat(parameter, ' = ', waarde), '; ' order by parameter) as parameterwaarden
from {{ ref('definitie_parameter') }}
group by definitie_versie
