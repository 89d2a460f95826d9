{{ config(materialized='view') }}

with

in_beslag_politie as (

    select
        levering_nr,
        record_nr,
        jaar
    from {{ ref('int_beslag_politie_geteld') }}
    where uitsplitsing_soort = 'geen' and regel_code = 'telt'

)

select
    boeking.jaar,
    boeking.weg_code,
    boeking.stap_code,
    boeking.beslagsoort,
    boeking.aanleveraar_code,
    boeking.objectsoort_code,
    boeking.eenheid_code,
    in_beslag_politie.record_nr is not null as is_beslag_politie,
    boeking.registratie,
    boeking.dossier_nr,
    sum(boeking.bedrag_eur)::decimal(18, 2) as bedrag_eur
from {{ ref('int_afpakboekingen_beoordeeld') }} as boeking
left join in_beslag_politie
    on
        boeking.levering_nr = in_beslag_politie.levering_nr
        and boeking.record_nr = in_beslag_politie.record_nr
        and boeking.jaar = in_beslag_politie.jaar
where boeking.telt_mee is distinct from false
group by all
