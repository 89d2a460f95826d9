with

-- Every day that the register knows, and no day after it.
dagen as (

    select
        gedekt.jaar,
        unnest(generate_series(jaar.eerste_dag, gedekt.gedekt_tot, interval 1 day))::date as dag
    from {{ ref('int_jaren_gedekt') }} as gedekt
    inner join {{ ref('int_jaren_opgesomd') }} as jaar on gedekt.jaar = jaar.jaar
    where gedekt.indicator_code = 'executie_werkvoorraad'

),

dossiers as (

    select
        dossier.* replace (
            case
                when dossier.telt_mee = false then dossier.regel_code
                when eenheid.eenheid_soort = 'landelijk' then 'niet_regionaal'
                else dossier.regel_code
            end as regel_code
        )
    from {{ ref('int_executie_dossiers_beoordeeld') }} as dossier
    left join {{ ref('eenheid') }} as eenheid on dossier.eenheid_code = eenheid.eenheid_code

),

-- The stock at the end of the day: a dossier is in it from the day it is taken up, up to the day it is disposed of.
dossierdagen as (

    select
        dagen.jaar,
        dagen.dag,
        dossiers.eenheid_code,
        1 as waarde,
        dossiers.levering_nr,
        dossiers.record_nr,
        case
            when regel.telt_mee = false then dossiers.regel_code
            when dagen.dag is null then 'niet_in_voorraad'
            else dossiers.regel_code
        end as regel_code
    from dossiers
    inner join {{ ref('regel') }} as regel on dossiers.regel_code = regel.regel_code
    -- Only of what may count is the stock followed from day to day.
    left join dagen
        on
            dossiers.behandel_datum <= dagen.dag
            and (dossiers.afdoening_datum is null or dossiers.afdoening_datum > dagen.dag)
            and regel.telt_mee is distinct from false

),

-- A day without a dossier has a stock too: zero.
lege_dagen as (

    select
        dagen.jaar,
        dagen.dag,
        eenheid.eenheid_code,
        0 as waarde,
        null::integer as levering_nr,
        null::bigint as record_nr,
        'telt' as regel_code
    from dagen
    cross join {{ ref('eenheid') }} as eenheid
    where eenheid.eenheid_soort in ('regionaal', 'rest')

),

standen as (

    select * from dossierdagen

    union all

    select * from lege_dagen

)

select
    'executie_werkvoorraad' as indicator_code,
    stand.jaar,
    stand.eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    stand.dag::varchar as teleenheid,
    'stand' as rol,
    stand.waarde,
    stand.levering_nr,
    stand.record_nr,
    stand.regel_code,
    regel.telt_mee
from standen as stand
inner join {{ ref('regel') }} as regel on stand.regel_code = regel.regel_code
