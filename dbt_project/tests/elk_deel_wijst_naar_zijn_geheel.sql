-- What counts some of the kinds that a total counts, and nothing else, is a part of it, in one step or more.
with

soorten as (

    select
        samenstelling.indicator_code,
        indicator.eenheid_van_maat,
        indicator.waarvan,
        list_sort(list(samenstelling.onderdeel_code)) as onderdelen
    from {{ ref('indicator_samenstelling') }} as samenstelling
    inner join {{ ref('indicator') }} as indicator on samenstelling.indicator_code = indicator.indicator_code
    where indicator.meetwijze = 'aantal'
    group by samenstelling.indicator_code, indicator.eenheid_van_maat, indicator.waarvan

)

select
    deel.indicator_code,
    deel.waarvan,
    geheel.indicator_code as geheel
from soorten as deel
inner join soorten as geheel
    on
        deel.eenheid_van_maat = geheel.eenheid_van_maat
        and len(deel.onderdelen) < len(geheel.onderdelen)
        and list_has_all(geheel.onderdelen, deel.onderdelen)
left join {{ ref('indicator') }} as tussen on deel.waarvan = tussen.indicator_code
where
    deel.waarvan is distinct from geheel.indicator_code
    and tussen.waarvan is distinct from geheel.indicator_code
