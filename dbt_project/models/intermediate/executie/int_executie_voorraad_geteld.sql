with

gekozen as (

    {{ definities_van('int_executie_voorraad_geteld') }}

),

-- Every day that the register knows, and no day after it.
dagen as (

    select
        gekozen.indicator_code,
        gedekt.jaar,
        unnest(generate_series(jaar.eerste_dag, gedekt.gedekt_tot, interval 1 day))::date as dag
    from {{ ref('int_jaren_gedekt') }} as gedekt
    inner join {{ ref('int_jaren_opgesomd') }} as jaar on gedekt.jaar = jaar.jaar
    inner join gekozen on gedekt.indicator_code = gekozen.indicator_code

),

dossiers as (

    select
        gekozen.indicator_code,
        dossier.* replace (
            case
                when dossier.telt_mee = false then dossier.regel_code
                when eenheid.eenheid_soort = 'landelijk' then 'niet_regionaal'
                else dossier.regel_code
            end as regel_code
        )
    from {{ ref('int_executie_dossiers_beoordeeld') }} as dossier
    inner join gekozen on gekozen.telregel = 'dagstand'
    left join {{ ref('eenheid') }} as eenheid on dossier.eenheid_code = eenheid.eenheid_code

),

-- The stock at the end of the day: a dossier is in it from the day it is taken up, up to the day it is disposed of.
dossierdagen as (

    select
        dossiers.indicator_code,
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
            dossiers.indicator_code = dagen.indicator_code
            and dossiers.behandel_datum <= dagen.dag
            and (dossiers.afdoening_datum is null or dossiers.afdoening_datum > dagen.dag)
            and regel.telt_mee is distinct from false

),

-- A day without a dossier has a stock too: zero.
lege_dagen as (

    select
        dagen.indicator_code,
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
    indicator_code,
    jaar,
    eenheid_code,
    dag::varchar as teleenheid,
    'stand' as rol,
    waarde,
    levering_nr,
    record_nr,
    regel_code
from standen
