select
    boeking.teleenheid,
    boeking.stap_code,
    count(distinct boeking.aanleveraar_code) as aantal_aanleveraars
from intermediate.int_afpakboekingen_beoordeeld as boeking
where
    boeking.telt_mee and boeking.heeft_object
    and boeking.stap_code in (select afpakmonitor.stap_code from {{ batch }} as afpakmonitor)
group by boeking.teleenheid, boeking.stap_code
having count(distinct boeking.aanleveraar_code) > 1
