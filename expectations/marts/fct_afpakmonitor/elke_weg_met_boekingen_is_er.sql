with geboekt as (
    select distinct
        jaar,
        weg_code
    from intermediate.int_afpakboekingen_beoordeeld
    where telt_mee is distinct from false
),

gemeld as (
    select distinct
        jaar,
        weg_code
    from {{ batch }}
)

select
    coalesce(geboekt.jaar, gemeld.jaar) as jaar,
    coalesce(geboekt.weg_code, gemeld.weg_code) as weg_code
from geboekt
full join gemeld on geboekt.jaar = gemeld.jaar and geboekt.weg_code = gemeld.weg_code
where geboekt.jaar is null or gemeld.jaar is null
