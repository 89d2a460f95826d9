with

{{ gepasseerde_trendbreuken() }},

bijdragen as (

    select
        bijdrage.indicator_code,
        bijdrage.jaar,
        bijdrage.rol,
        case
            when gepasseerd.indicator_code is not null and bijdrage.oorzaak_code in ('correctie', 'verwijdering')
                then 'trendbreuk'
            else bijdrage.oorzaak_code
        end as oorzaak_code,
        bijdrage.verandering
    from {{ ref('int_bijdragen_vergeleken') }} as bijdrage
    inner join {{ ref('indicator') }} as indicator on bijdrage.indicator_code = indicator.indicator_code
    left join gepasseerd
        on bijdrage.indicator_code = gepasseerd.indicator_code and bijdrage.jaar >= gepasseerd.jaar_vanaf
    -- Of a stock each dossier is in it on many days, and the lowest day says nothing of what went in and out.
    where indicator.meetwijze != 'laagste_stand'

)

select
    laatste.publicatie_nr as vorige_publicatie_nr,
    bijdragen.indicator_code,
    bijdragen.jaar::integer as jaar,
    bijdragen.rol,
    bijdragen.oorzaak_code,
    coalesce(sum(bijdragen.verandering) filter (bijdragen.verandering > 0), 0)::decimal(18, 2) as erbij,
    coalesce(-sum(bijdragen.verandering) filter (bijdragen.verandering < 0), 0)::decimal(18, 2) as eraf
from bijdragen
cross join {{ ref('base_publicaties__laatste') }} as laatste
group by
    laatste.publicatie_nr, bijdragen.indicator_code, bijdragen.jaar, bijdragen.rol, bijdragen.oorzaak_code
