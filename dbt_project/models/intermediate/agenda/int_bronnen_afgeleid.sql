{{ config(materialized='view') }}

-- What a figure rests on follows from what its model reads; no list can forget one.
select distinct
    definitie.indicator_code,
    bron.registratie,
    bron.extract
from (values {{ bronnen_van_telmodellen() }}) as bron (telmodel, registratie, extract)
inner join {{ ref('int_definities_gekozen') }} as definitie on bron.telmodel = definitie.telmodel
left join (values {{ alleen_bekeken() }}) as bekeken (indicator_code, registratie, extract)
    on
        definitie.indicator_code = bekeken.indicator_code
        and bron.registratie = bekeken.registratie
        and bron.extract = bekeken.extract
where bekeken.extract is null
