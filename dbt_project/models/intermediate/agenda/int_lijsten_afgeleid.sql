{{ config(materialized='view') }}

-- By which lists a figure is judged follows from what its model reads.
select distinct
    definitie.indicator_code,
    lijst.lijst_code
from (values {{ lijsten_van_telmodellen() }}) as lijst (telmodel, lijst_code)
inner join {{ ref('definitie') }} as definitie on lijst.telmodel = definitie.telmodel
