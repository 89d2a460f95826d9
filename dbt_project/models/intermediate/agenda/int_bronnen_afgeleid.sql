{{ config(materialized='view') }}

-- What a figure rests on follows from what its model reads; no list can forget one.
select
    definitie.indicator_code,
    bron.registratie,
    bron.extract
from (values {{ bronnen_van_telmodellen() }}) as bron (telmodel, registratie, extract)
inner join {{ ref('int_definities_gekozen') }} as definitie on bron.telmodel = definitie.telmodel
where (definitie.indicator_code, bron.registratie, bron.extract) not in ({{ alleen_bekeken() }})
