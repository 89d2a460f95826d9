with

onderzoeken as (

    select * from {{ ref('int_csv_onderzoeken_geteld') }}

),

aandachtsgebieden as (

    select
        gebied.onderzoek_nr,
        gebied.is_eerste,
        gebied.drugsoort_code,
        drugsoort.drugsoort_groep,
        coalesce(bekend.aandachtsgebied_code, 'ONBEKEND') as aandachtsgebied_code,
        coalesce(bekend.is_accent, false) as is_accent
    from {{ ref('stg_csv_onderzoeken__aandachtsgebieden') }} as gebied
    left join {{ ref('aandachtsgebied') }} as bekend on gebied.aandachtsgebied_code = bekend.aandachtsgebied_code
    left join {{ ref('drugsoort') }} as drugsoort on gebied.drugsoort_code = drugsoort.drugsoort_code

),

per_onderzoek as (

    select
        onderzoek.*,
        gebied.is_eerste,
        coalesce(gebied.aandachtsgebied_code, 'ONBEKEND') as aandachtsgebied_code,
        gebied.drugsoort_groep
    from onderzoeken as onderzoek
    left join aandachtsgebieden as gebied on onderzoek.onderzoek_nr = gebied.onderzoek_nr

)

select
    * exclude (is_eerste, aandachtsgebied_code, drugsoort_groep),
    'aandachtsgebied_eerste' as uitsplitsing_soort,
    aandachtsgebied_code as uitsplitsing_code
from per_onderzoek
where coalesce(is_eerste, true)

union all

select
    * exclude (is_eerste, aandachtsgebied_code, drugsoort_groep),
    'aandachtsgebied_alle' as uitsplitsing_soort,
    aandachtsgebied_code as uitsplitsing_code
from per_onderzoek

union all

select
    * exclude (is_eerste, aandachtsgebied_code, drugsoort_groep),
    'drugsoort_eerste' as uitsplitsing_soort,
    coalesce(drugsoort_groep, 'onbekend') as uitsplitsing_code
from per_onderzoek
where is_eerste and aandachtsgebied_code = 'DRUGS'

union all

select
    * exclude (is_eerste, aandachtsgebied_code, drugsoort_groep),
    'drugsoort_alle' as uitsplitsing_soort,
    coalesce(drugsoort_groep, 'onbekend') as uitsplitsing_code
from per_onderzoek
where aandachtsgebied_code = 'DRUGS'
