with registers as (
    select
        registratie,
        min(dekking_vanaf) as gedekt_vanaf,
        max(stand_datum) as gedekt_tot
    from staging.base_leveringen__van_kracht
    where registratie in (select boeking.registratie from intermediate.int_afpakboekingen_beoordeeld as boeking)
    group by registratie
),

jaren as (
    select afpakmonitor.jaar from {{ batch }} as afpakmonitor
    cross join registers
    group by afpakmonitor.jaar
    having
        max(registers.gedekt_vanaf) <= make_date(afpakmonitor.jaar::integer, 1, 1)
        and min(registers.gedekt_tot) >= make_date(afpakmonitor.jaar::integer, 12, 31)
),

wegen as (
    select distinct weg_code from {{ batch }}
    where weg_code != 'onbekend'
)

select
    jaren.jaar,
    wegen.weg_code
from jaren
cross join wegen
left join {{ batch }} as afpakmonitor
    on jaren.jaar = afpakmonitor.jaar and wegen.weg_code = afpakmonitor.weg_code
where afpakmonitor.jaar is null
