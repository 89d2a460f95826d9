with

opsporingsindicatie as (

    {{ gekozen_lijst('opsporingsindicatie') }}

),

criteria as (

    {{ gekozen_lijst('fast_criterium') }}

),

vakken as (

    {{ jaarvakken() }}

),

dossiers as (

    select
        dossier.*,
        vak.jaar_van,
        vak.jaar_tot
    from {{ ref('stg_executie_dossiers__dossiers') }} as dossier
    cross join vakken as vak

),

-- One ground is enough; a condition that a ground leaves empty does not matter.
gronden as (

    select
        dossier.dossier_nr,
        dossier.jaar_van,
        dossier.restantstraf_dagen >= grond.restantstraf_dagen_vanaf
        and (
            grond.heeft_vaste_verblijfplaats is null
            or dossier.heeft_vaste_verblijfplaats = grond.heeft_vaste_verblijfplaats
        )
        and (
            grond.heeft_buitenlandsignaal is null
            or dossier.heeft_buitenlandsignaal = grond.heeft_buitenlandsignaal
        ) as geldt
    from dossiers as dossier
    inner join criteria as grond on {{ in_zijn_jaren('grond', 'dossier.jaar_van') }}

),

fast as (

    select
        dossier_nr,
        jaar_van,
        bool_or(geldt) as is_fast,
        bool_or(geldt is null) as is_onbekend
    from gronden
    group by dossier_nr, jaar_van

),

beoordeeld as (

    select
        dossier.levering_nr,
        dossier.record_nr,
        dossier.dossier_nr,
        dossier.eenheid_code,
        dossier.aanlever_datum,
        dossier.behandel_datum,
        dossier.afdoening_datum,
        dossier.afdoening_code,
        dossier.jaar_van,
        dossier.jaar_tot,
        case
            when indicatie.is_binnenland = false then 'geen_opsporingsindicatie'
            when fast.is_fast then 'fast'
            when indicatie.is_binnenland is null or fast.is_onbekend then 'onbekende_code'
            else 'telt'
        end as regel_code
    from dossiers as dossier
    left join fast on dossier.dossier_nr = fast.dossier_nr and dossier.jaar_van is not distinct from fast.jaar_van
    left join opsporingsindicatie as indicatie
        on
            dossier.opsporingsindicatie_code = indicatie.opsporingsindicatie_code
            and {{ in_zijn_jaren('indicatie', 'dossier.jaar_van') }}

)

select
    beoordeeld.*,
    regel.telt_mee
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
