{{ config(materialized='view') }}

-- Every row that a figure rests on, in one shape. An indicator joins the figures by joining this list.
with

tellingen as (

    select
        indicator_code,
        jaar,
        eenheid_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        csv_nr as teleenheid,
        'teller' as rol,
        1 as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref('int_csvs_geteld') }}

    union all

    select
        indicator_code,
        jaar,
        eenheid_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        onderzoek_nr as teleenheid,
        'teller' as rol,
        1 as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref('int_csv_onderzoeken_geteld') }}

    union all

    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        onderzoek_nr as teleenheid,
        'teller' as rol,
        1 as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref('int_csv_onderzoeken_uitgesplitst') }}

    union all

    select
        indicator_code,
        jaar,
        eenheid_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        teleenheid,
        'teller' as rol,
        1 as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ ref('int_om_verdachten_geteld') }}
    where telt_mee is distinct from false

    union all

    select
        indicator_code,
        jaar,
        eenheid_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        concat(jaar, '/', eenheid_code) as teleenheid,
        'bedrag' as rol,
        aantal_misdrijven as waarde,
        levering_nr,
        record_nr,
        'telt' as regel_code,
        telt_mee
    from {{ ref('int_misdrijven_ingedeeld') }}
    where telt_mee

)

select * from tellingen
