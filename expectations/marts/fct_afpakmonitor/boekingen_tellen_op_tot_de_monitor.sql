with geboekt as (
    select
        jaar,
        stap_code,
        sum(bedrag_eur) as bedrag
    from intermediate.int_afpakboekingen_beoordeeld
    where telt_mee
    group by jaar, stap_code
)

select
    geboekt.jaar,
    geboekt.stap_code,
    geboekt.bedrag,
    sum(afpakmonitor.bedrag_eur) as bedrag_in_monitor
from geboekt
left join {{ batch }} as afpakmonitor
    on geboekt.jaar = afpakmonitor.jaar and geboekt.stap_code = afpakmonitor.stap_code
group by geboekt.jaar, geboekt.stap_code, geboekt.bedrag
having
    count(afpakmonitor.geen_bedrag_reden) = 0
    and sum(afpakmonitor.bedrag_eur) is distinct from geboekt.bedrag
