{{ config(materialized='view') }}

{% set kolommen = [
    'indicator_code',
    'jaar',
    'eenheid_code',
    'uitsplitsing_soort',
    'uitsplitsing_code',
    'teleenheid',
    'rol',
    'waarde',
    'levering_nr',
    'record_nr',
    'regel_code',
    'telt_mee',
] %}

with

-- A stock of zero on a day without a dossier rests on no row.
cijfers as (

    select {{ kolommen | join(', ') }}
    from {{ ref('int_tellingen_verzameld') }}
    where levering_nr is not null

    union all

    select {{ kolommen | join(', ') }}
    from {{ ref('int_gronden_verzameld') }}

),

-- What is published beside the indicators rests on delivered rows too.
ernaast as (

    select
        'afpakmonitor' as indicator_code,
        jaar,
        eenheid_code,
        'weg_en_stap' as uitsplitsing_soort,
        concat(weg_code, '/', stap_code) as uitsplitsing_code,
        teleenheid,
        'bedrag' as rol,
        bedrag_eur as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref('int_afpakboekingen_beoordeeld') }}

    union all

    select
        'context_misdrijven' as indicator_code,
        jaar,
        null as eenheid_code,
        'regio_en_onderwerp' as uitsplitsing_soort,
        concat(regio_code, '/', onderwerp_code) as uitsplitsing_code,
        concat(regio_code, '/', soort_misdrijf_code) as teleenheid,
        'bedrag' as rol,
        aantal as waarde,
        levering_nr,
        record_nr,
        'telt' as regel_code,
        true as telt_mee
    from {{ ref('int_cbs_misdrijven_ingedeeld') }}

),

alle as (

    select * from cijfers

    union all

    select * from ernaast

)

select
    alle.*,
    levering.registratie,
    levering.extract,
    levering.bestand,
    levering.stand_datum,
    levering.ontvangen_op,
    regel.omschrijving as regel
from alle
inner join {{ ref('stg_leveringen__leveringen') }} as levering on alle.levering_nr = levering.levering_nr
inner join {{ ref('regel') }} as regel on alle.regel_code = regel.regel_code
