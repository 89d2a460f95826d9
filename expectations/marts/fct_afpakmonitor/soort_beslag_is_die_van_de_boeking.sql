with geleverd as (
    select distinct
        boeking.jaar,
        boeking.stap_code,
        boeking.aanleveraar_code,
        soort.beslagsoort
    from intermediate.int_afpakboekingen_beoordeeld as boeking
    inner join staging.stg_om_beslag__beslag as bron
        on boeking.levering_nr = bron.levering_nr and boeking.record_nr = bron.record_nr
    inner join seeds.beslagsoort as soort on bron.beslagsoort_code = soort.beslagsoort_code
    inner join intermediate.int_lijsten_gekozen as gekozen
        on
            soort.lijst_versie = gekozen.lijst_versie
            and boeking.jaar between coalesce(gekozen.jaar_van, 0) and coalesce(gekozen.jaar_tot, 9999)
    where boeking.telt_mee is distinct from false and not boeking.is_correctie
),

gemeld as (
    select distinct
        jaar,
        stap_code,
        aanleveraar_code,
        beslagsoort
    from {{ batch }}
    where beslagsoort in ('conservatoir', 'klassiek')
)

select
    coalesce(geleverd.jaar, gemeld.jaar) as jaar,
    coalesce(geleverd.stap_code, gemeld.stap_code) as stap_code,
    coalesce(geleverd.beslagsoort, gemeld.beslagsoort) as beslagsoort
from geleverd
full join gemeld
    on
        geleverd.jaar = gemeld.jaar and geleverd.stap_code = gemeld.stap_code
        and geleverd.aanleveraar_code = gemeld.aanleveraar_code and geleverd.beslagsoort = gemeld.beslagsoort
where geleverd.jaar is null or gemeld.jaar is null
