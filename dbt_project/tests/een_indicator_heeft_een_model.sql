select
    indicator_code,
    min(telmodel) as telmodel,
    max(telmodel) as ander_telmodel
from {{ ref('definitie') }}
group by indicator_code
having count(distinct telmodel) > 1
