with

gekozen as (

    {{ definities_van('int_executie_voorraad_geteld') }}

),

eenheden as (

    {{ gekozen_lijst('eenheid') }}

),

-- Every day that the register knows, and no day after it.
dagen as (

    select
        opgesomd.indicator_code,
        opgesomd.jaar,
        opgesomd.dag::date as dag
    from (
        select
            gekozen.indicator_code,
            gedekt.jaar,
            unnest(generate_series(jaar.eerste_dag, gedekt.gedekt_tot, interval 1 day)) as dag
        from {{ ref('int_jaren_gedekt') }} as gedekt
        inner join {{ ref('int_jaren_opgesomd') }} as jaar on gedekt.jaar = jaar.jaar
        inner join gekozen
            on gedekt.indicator_code = gekozen.indicator_code and {{ in_zijn_jaren('gekozen', 'gedekt.jaar') }}
    ) as opgesomd

),

-- A row per unit that a dossier was with: on each day it is in the stock of the unit of that day.
dossiers as (

    select
        gekozen.indicator_code,
        dossier.jaar_van,
        dossier.jaar_tot,
        dossier.levering_nr,
        dossier.record_nr,
        dossier.dossier_nr,
        dossier.behandel_datum,
        dossier.afdoening_datum,
        geweest.vanaf_datum,
        geweest.tot_datum,
        coalesce(geweest.eenheid_code, dossier.eenheid_code) as eenheid_code,
        case
            when dossier.telt_mee = false then dossier.regel_code
            when eenheid.eenheid_soort != 'regionaal' then 'niet_regionaal'
            -- Of what unit it is decides here whether it counts, and not only where.
            when eenheid.eenheid_code is null then 'onbekende_code'
            else dossier.regel_code
        end as regel_code
    from {{ ref('int_executie_dossiers_beoordeeld') }} as dossier
    inner join gekozen
        on gekozen.telregel = 'dagstand' and {{ in_zijn_jaren('gekozen', 'dossier.jaar_van') }}
    left join {{ ref('stg_executie_dossiers__eenheden') }} as geweest on dossier.dossier_nr = geweest.dossier_nr
    left join eenheden as eenheid
        on
            coalesce(geweest.eenheid_code, dossier.eenheid_code) = eenheid.eenheid_code
            and {{ in_zijn_jaren('eenheid', 'dossier.jaar_van') }}

),

-- The stock at the end of the day: a dossier is in it from the day it is taken up, up to the day it is disposed of.
-- Only of what may count it is followed from day to day.
dossierdagen as (

    select
        dossiers.indicator_code,
        dagen.jaar,
        dagen.dag,
        dossiers.eenheid_code,
        1 as waarde,
        dossiers.levering_nr,
        dossiers.record_nr,
        dossiers.dossier_nr,
        dossiers.regel_code
    from dossiers
    inner join {{ ref('regel') }} as regel
        on dossiers.regel_code = regel.regel_code and regel.telt_mee is distinct from false
    inner join dagen
        on
            dossiers.indicator_code = dagen.indicator_code
            and {{ in_zijn_jaren('dossiers', 'dagen.jaar') }}
            and dossiers.behandel_datum <= dagen.dag
            and (dossiers.afdoening_datum is null or dossiers.afdoening_datum > dagen.dag)
            and (dossiers.vanaf_datum is null or dossiers.vanaf_datum <= dagen.dag)
            and (dossiers.tot_datum is null or dossiers.tot_datum > dagen.dag)

),

zonder_dag as (

    select
        dossiers.indicator_code,
        null::integer as jaar,
        null::date as dag,
        dossiers.eenheid_code,
        1 as waarde,
        dossiers.levering_nr,
        dossiers.record_nr,
        dossiers.dossier_nr,
        case when regel.telt_mee = false then dossiers.regel_code else 'niet_in_voorraad' end as regel_code
    from dossiers
    inner join {{ ref('regel') }} as regel on dossiers.regel_code = regel.regel_code
    where
        dossiers.tot_datum is null
        and dossiers.jaar_van is null
        and dossiers.dossier_nr not in (select geteld.dossier_nr from dossierdagen as geteld)

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
        null::varchar as dossier_nr,
        'telt' as regel_code
    from dagen
    inner join eenheden as eenheid on {{ in_zijn_jaren('eenheid', 'dagen.jaar') }}
    where eenheid.eenheid_soort = 'regionaal'

),

standen as (

    select * from dossierdagen

    union all

    select * from zonder_dag

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
